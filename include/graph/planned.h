/* SPDX-License-Identifier: Apache-2.0 */

/*
 * planned.h - changes that owners have announced, and who still stands in the way
 *
 * A planned change is a facet of its dataset, headwater_change_ID (facets.h): as
 * long as it stands, the change is planned.  Each of its operations has readers:
 * those who take from the column, or from the dataset, that it is about.  They
 * are compared with those there were when the change was registered: the list
 * that has to burn down before it is made.
 *
 *	r = planned_get(snapshot, dataset, SLICE("2026-email"), arena, &change);
 *	...
 *	query = (struct planned_query){ .change = &change, .deadline_us = ... };
 *	r = planned_read(snapshot, &query, arena, &answer);
 *
 * What answers point to is in the arena, or in the snapshot.
 */
#pragma once

#include "graph/facets.h"
#include "graph/graph.h"
#include "graph/impact.h"

/* Operations of one change; those behind them are left out (ol_planned.skipped). */
#define PLANNED_OPERATIONS_MAX 1000

struct planned {
	node_id dataset; /* that has the facet: not always the one that stands for it */
	struct slice id;
	struct ol_planned told;
	int64_t told_us; /* event time that told it last */
};

/* Returns 0, or 1 when no such change is planned. */
NODISCARD int planned_get(struct snapshot *snapshot, node_id dataset, struct slice id,
	struct arena *arena, struct planned *out);

/* All of them, in order of (id, dataset). */
struct planned_name {
	struct slice id;
	node_id dataset;
};
struct planned_page {
	/* Cursor: go on behind this one; dataset 0 and an empty id: from the start. */
	struct planned_name after;
	size_t limit;	 /* not 0 */
	node_id dataset; /* 0: of all; else of this one and its aliases */
};
struct planned_names {
	struct planned_name *list;
	size_t count;
	bool more; /* there are others behind the last one */
};
NODISCARD int planned_list(struct snapshot *snapshot, const struct planned_page *page,
	struct arena *arena, struct planned_names *out);

/* What an operation is.  Returns 0, or 1 when we do not know it or it lacks something. */
int planned_op_of(const struct ol_operation *told, enum impact_op *out);

/*
 * Somebody who reads what goes.  `was`: it stood as of the registration; `now`: it
 * stands now.  was && !now has stopped; !was has begun since (and, when it is
 * not there now, has ended again).  Who stopped before the registration is none.
 */
struct planned_reader {
	/* A field or a dataset that takes from it; or the job that reads it as such. */
	node_id node;
	/* Who tells it: a job; or 0: an event of a dataset. */
	node_id job;
	bool whole; /* only from the whole dataset: from any column */
	bool was;
	bool now;
	int64_t first_us; /* first and last run or declaration that told it */
	int64_t last_us;
};

enum planned_safe {
	SAFE_YES,     /* nobody reads it now, as far as events tell */
	SAFE_NO,      /* somebody does */
	SAFE_UNKNOWN, /* who may, tells no columns; or not all was looked at; or what
			 the operation needs is not asked: who writes */
};

struct planned_op {
	const struct ol_operation *told;
	enum impact_op op;
	node_id field;	/* that stands for the column; 0: no lineage names it, or of
			   the dataset */
	bool in_schema; /* the standing schema has the column */
	/* Those now first, then by last_us, the newest first. */
	struct planned_reader *readers;
	size_t reader_count;
	size_t was; /* how many of them are so */
	size_t now;
	size_t stopped; /* were, and are not now */
	size_t began;	/* were not */
	/* The newest reading at all; TIME_NEVER: there was none. */
	int64_t last_read_us;
	node_id last_read_job; /* 0: a dataset event told it */
	enum planned_safe safe;
};

struct planned_answer {
	struct planned_op *ops; /* in the order told */
	size_t op_count;
	int64_t registered_us; /* what `was` means: as told, else told_us */
	/* As of columns.h: who may read any column, for all we know. */
	bool has_schema;
	node_id *opaque_readers;
	size_t opaque_count;
	node_id *opaque_datasets;
	size_t opaque_dataset_count;
	enum planned_safe safe; /* of all: the worst; UNKNOWN when some were skipped */
	bool complete;		/* within budget and deadline */
};

struct planned_query {
	const struct planned *change;
	uint64_t budget;     /* of what is looked at; 0: no limit */
	int64_t deadline_us; /* of clock_monotonic_us(); 0: none */
};

NODISCARD int planned_read(struct snapshot *snapshot, const struct planned_query *query,
	struct arena *arena, struct planned_answer *out);
