/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_rules.h - what a change does over one edge
 *
 * A taint is what is wrong with a node, as those see it that take from it.  A
 * state is an effect together with the taint that it leaves behind.  The table
 * says, for a taint and the class of an edge, the state of the edge's target.
 */
#pragma once

#include "graph/impact.h"

enum taint {
	TAINT_NONE, /* nothing goes on from here */
	/* Of columns, by the table. */
	TAINT_DROP,
	TAINT_WIDEN,
	TAINT_GRAIN, /* widened, and equal values may become different ones */
	TAINT_NARROW,
	TAINT_RETYPE,
	TAINT_NULLABLE,
	TAINT_VALUES,
	TAINT_MASK,
	TAINT_UNTOLD, /* the new type is not understood */
	TAINT_ROWS,   /* of whole datasets from here on */
	TAINT_OPAQUE, /* some hop told no columns */
	/* Of datasets and jobs, from table to table. */
	TAINT_STALE,
	TAINT_DOUBT, /* a job that may fail is above */
	TAINT_TABLE, /* reachable */
	/* Of datasets, over what mirrors them. */
	TAINT_ADD,     /* a column comes */
	TAINT_MAY_ADD, /* or may come */
	/* Of exposure.h: what no mask hid so far. */
	TAINT_EXPOSE,
};
#define TAINT_TABLE_ROWS (TAINT_OPAQUE + 1)

enum state {
	STATE_NONE,
	STATE_GONE,
	STATE_WIDER,
	STATE_REGRAINED,
	STATE_NARROWER,
	STATE_RETYPED,
	STATE_NULLABLE,
	STATE_VALUES,
	STATE_MASKED,
	STATE_UNTOLD,
	STATE_ROWS,
	STATE_FAILS_VALUES, /* to be mended: then values change */
	STATE_FAILS_ROWS,
	STATE_OPAQUE,
	STATE_READER_FAILS,
	STATE_WRITER_FAILS,
	STATE_WRITER, /* fails, and is to be mended */
	STATE_STALE,
	STATE_DOUBT,
	STATE_TABLE,
	STATE_GROWN, /* by a column */
	STATE_MAY_GROW,
	STATE_EXPOSED,
	STATE_SHIELDED, /* a mask hid it on the way here */
};
#define STATES 24

/* Places of the classes in the table: the columns of docs/IMPACT.md. */
enum rule_place {
	PLACE_IDENTITY,
	PLACE_TRANSFORMATION,
	PLACE_AGGREGATION,
	PLACE_FILTER,
	PLACE_JOIN,
	PLACE_GROUP_BY,
	PLACE_WINDOW,
	PLACE_CONDITIONAL,
	PLACE_SORT,
};
#define RULE_PLACES 9

/* Rules beside the table, numbered behind its cells. */
enum rule {
	RULE_CHANGE = 0, /* no rule: the change itself */
	RULE_SOLE = RULE_PLACES * (TAINT_TABLE_ROWS - 1) + 1, /* of three places */
	RULE_TYPED = RULE_SOLE + 3,
	RULE_READER,
	RULE_DATASET_READER,
	RULE_WRITER,
	RULE_OPAQUE_READER,
	RULE_OPAQUE_HOP,
	RULE_OPAQUE_FLOW,
	RULE_STALE,
	RULE_DOUBT,
	RULE_PROVED,
	RULE_MIRROR,
	RULE_COPY,
	RULE_NESTED_IN,
	RULE_NESTED_AROUND,
	RULES_END,
};

enum impact_effect state_effect(enum state state);
enum taint state_taint(enum state state);

/* What a column's or dataset's change is at the changed node itself. */
enum state impact_seed(const struct impact_change *change);

/* Where a class (a single bit) is in the table; the strongest of its type, if new. */
enum rule_place rule_place(uint32_t class);

/* The state of the target of an edge of that class. */
enum state rule_state(enum taint taint, enum rule_place place);
uint16_t rule_number(enum taint taint, enum rule_place place);

static inline bool rule_direct(enum rule_place place)
{
	return place <= PLACE_AGGREGATION;
}

/* Whether the state is of datasets and jobs, never of a column alone. */
static inline bool state_of_rows(enum state state)
{
	return state_taint(state) == TAINT_ROWS || state_taint(state) == TAINT_OPAQUE;
}

/* Whether a step leads to a field in or around the one it comes from, over no hop. */
static inline bool rule_nested(uint16_t rule)
{
	return rule == RULE_NESTED_IN || rule == RULE_NESTED_AROUND;
}

static inline bool state_upstream(enum state state)
{
	return state == STATE_WRITER_FAILS || state == STATE_WRITER;
}
