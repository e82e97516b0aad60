/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact.h - what breaks, and what silently changes, when a schema does
 *
 * Some changes of columns and datasets are put into the graph as it stands (or
 * stood), and their effects are followed to the end: a bit mask a node and a
 * worklist, no paths.  A node is looked at again only when it gains a bit; each
 * bit remembers the edge it came over first, so every effect has a shortest
 * explaining path.  All changes of a question are put in together: a column
 * that takes from two that go is gone itself.
 *
 * Two horizons, apart.  FAIL_STOP: the next run when nobody does anything; every
 * job that reads a column that is gone fails, and what it and those behind it
 * write is stale.  FIX_FORWARD: when those jobs are mended in the smallest way;
 * what columns feed changes by the rules in docs/IMPACT.md.
 *
 * Fields stand for columns, and a dataset for all of its columns and its rows:
 * what is true of a dataset is true of each of its columns, which are not
 * listed.  Aliases are one node, as everywhere.  What happens to a field on the way
 * happens to the fields in it and around it; to those of a changed column it does
 * when they are among the changes.
 */
#pragma once

#include "graph/columns.h"
#include "graph/flow.h"
#include "graph/lineage.h"
#include "graph/types.h"

enum impact_op {
	OP_DROP_COLUMN,
	OP_RENAME_COLUMN,
	OP_ALTER_TYPE,
	OP_SET_NULLABLE,
	OP_SET_NOT_NULL,
	OP_ADD_COLUMN,	 /* nullable, or with a default */
	OP_ADD_REQUIRED, /* neither */
	OP_MASK_COLUMN,
	OP_CHANGE_MEANING,
	OP_DROP_DATASET,
	OP_RENAME_DATASET,
};
#define IMPACT_OPS 11

/* "drop_column" and so on. */
const char *impact_op_text(enum impact_op op);

struct impact_change {
	enum impact_op op;
	node_id dataset;
	struct slice column;	   /* empty for datasets; for naming alone */
	node_id field;		   /* 0: no lineage names the column */
	struct type_verdict types; /* OP_ALTER_TYPE */
	bool aliased; /* renames: the old name goes on working (a view, a symlink) */
};

/* Worst last: an effect is the largest bit. */
enum impact_effect {
	EFFECT_NONE = 0,
	EFFECT_UNAFFECTED =
		1,	    /* reachable table by table, and proved not to be touched */
	EFFECT_UNKNOWN = 2, /* some hop tells no columns */
	EFFECT_STALE = 4,
	EFFECT_CHANGES_SCHEMA = 8,
	EFFECT_CHANGES_VALUES = 16,
	EFFECT_CHANGES_ROWS = 32,
	EFFECT_BREAKS = 64,
};

/* "BREAKS" and so on. */
const char *impact_effect_text(enum impact_effect effect);

enum impact_horizon { HORIZON_FAIL_STOP, HORIZON_FIX_FORWARD };

/* Of an effect: the weakest link of its explaining path. */
enum impact_certainty { CERTAIN_OBSERVED, CERTAIN_DECLARED, CERTAIN_INFERRED };

/*
 * One step of an explaining path, which is read from its end: each step knows
 * the one before it.  Paths share their beginnings.
 */
struct impact_step {
	const struct impact_step *from; /* NULL: the change itself */
	node_id node;			/* a field, a dataset or a job */
	uint32_t classes;		/* of the edge into it; 0: none were told */
	uint16_t rule;			/* impact_rule_text() */
};

struct impact {
	node_id node;		   /* a field, a dataset or a job */
	enum impact_effect effect; /* the worst at that horizon */
	uint32_t effects;	   /* all bits */
	enum impact_horizon horizon;
	enum impact_certainty certainty;
	/* Hops of the explaining path; a job is one hop together with what it writes. */
	uint32_t depth;
	size_t change; /* which change it is of */
	bool upstream; /* a writer of the changed dataset */
	bool masked;   /* on every way by which this effect comes, some hop masks */
	const struct impact_step *because;
};

struct impact_coverage {
	uint64_t datasets;	    /* reachable, table by table */
	uint64_t datasets_resolved; /* of them, column by column */
	uint64_t opaque_hops;	    /* that tell no columns: a job and an output, or a
				       flow between datasets */
	bool lower_bound;	    /* there may be more than is told */
};

/* Whether a column has a declared type: 1, or 0. */
typedef int impact_typed(void *ctx, node_id field);

/*
 * One such: a struct impact_schemas as its ctx, with its first members set and
 * the rest zeroed.  A column has the type that the standing schema facet of its
 * dataset gives it.
 */
struct impact_schemas {
	struct snapshot *snapshot;
	struct arena *arena;
	int64_t deadline_us; /* of clock_monotonic_us(); 0: none */
	node_id dataset;     /* the one that was read last ... */
	struct columns columns;
};
impact_typed impact_typed_by_schema;

/*
 * Of an added column: whether a dataset takes all columns of another one (SELECT
 * *), and will so take the new one.
 */
enum impact_mirror { MIRROR_NONE, MIRROR_POSSIBLE, MIRROR_SURE };

/* A dataset that takes some column of another one as it is. */
struct impact_pairs {
	node_id source;
	node_id target;
	const node_id *taken;  /* columns of the source ... */
	const node_id *takers; /* ... and beside each, what takes it as it is, or 0 */
	size_t count;
	bool more;	  /* it takes something else, too */
	int64_t until_us; /* schemas that were told later do not count */
};

/* An enum impact_mirror. */
typedef int impact_mirrors(void *ctx, const struct impact_pairs *pairs);

/*
 * One such, with the same ctx.  Names are compared, in any order, not types.
 * SURE: it takes nothing else and has no other columns, and each of both had two
 * sets of names or more, of which the last two are equal.  POSSIBLE: whatever else
 * takes each known column of the source under its own name.
 */
impact_mirrors impact_mirrors_by_schema;

struct impact_query {
	const struct impact_change *changes;
	size_t change_count;
	/* Time, evidence, budget (of each of three walks) and deadline; no roots. */
	struct lineage_query graph;
	/* For columns that take an incompatible type as it is.  NULL: all have one. */
	impact_typed *typed;
	void *typed_ctx;
	/* For added columns.  NULL: whatever takes a column as it is may be a mirror. */
	impact_mirrors *mirrors;
	void *mirrors_ctx;
	size_t opaque_max; /* in the list */
};

struct impact_answer {
	/* By (horizon, effect with the worst first, depth, node): a node is there once
	   at each horizon. */
	struct impact *list;
	size_t count;
	struct lineage_opaque *opaque; /* the first of them; job 0: between datasets */
	size_t opaque_count;
	struct impact_coverage coverage;
	enum lineage_cut cut; /* if not CUT_NONE: what was found until then */
};

/*
 * Names a rule: "drop/IDENTITY/sole", stable, for docs/IMPACT.md and answers.
 * NULL behind the last one: for (i = 0; impact_rule_text(i); i++) walks all.
 */
const char *impact_rule_text(uint16_t rule);

/*
 * What out points to is in the arena.  ERR_INVALID for a query that makes no
 * sense: without changes, or with one of what is no dataset or no field of it.
 */
NODISCARD int impact_find(struct snapshot *snapshot, const struct impact_query *query,
	struct arena *arena, struct impact_answer *out);
