/* SPDX-License-Identifier: Apache-2.0 */

/*
 * explain.h - who says that there is an edge, or why there is none
 */
#pragma once

#include "graph/flow.h"
#include "graph/lineage.h"
#include "graph/run.h"

/* One owner's lane that tells of the pair, now or once. */
struct assertion {
	node_id owner;
	enum evidence lane;
	enum { ASSERT_READ, ASSERT_WRITE, ASSERT_FLOW } what;
	uint32_t classes; /* of a flow, as of the last run that told it; with forms */
	bool now;
	bool covered; /* ASSERT_WRITE, now: flows into it are known */
	/* Runs, or declarations, that told it; their start is TIME_NEVER (entity.h) when
	   the budget ended the search for them. */
	struct run_position first;
	struct run_position last;
	/*
	 * Sequence numbers in the log, 0: not known any more.  Of a declaration: the
	 * event itself.  Of a run: the oldest event of `first` that its record keeps
	 * and the newest one of `last` (which of a run's events told it is not
	 * stored, and they accumulate).
	 */
	uint64_t first_event;
	uint64_t last_event;
	/* No longer now: what took its place; start 0 and a zero run when nothing. */
	bool replaced;
	struct run_position replaced_by;
};

/* Why a pair has no edge, or none now; the first that holds. */
enum absence {
	ABSENCE_NONE,	  /* it is there */
	ABSENCE_SAME,	  /* both are one node */
	ABSENCE_REPLACED, /* it was told once; a later run or declaration has it not */
	ABSENCE_COVERED,  /* a job reads the one and writes the other, but tells its
			     flows, and this is not among them */
	ABSENCE_REVERSE,  /* there is one the other way round */
	ABSENCE_INDIRECT, /* there is a longer way */
	ABSENCE_DATASETS_ONLY, /* fields: there is a way between their datasets, and
				  nobody tells that these columns are on one */
	ABSENCE_NO_PATH,       /* there is no way at all */
	ABSENCE_UNKNOWN,       /* the budget ended the search for one */
};

struct explanation {
	bool now;
	bool ever;
	struct assertion *list; /* those that stand first, then by newest */
	size_t count;
	bool more; /* beyond max, or not looked at since the budget ended it */
	enum absence absence;
	node_id job; /* ABSENCE_COVERED: the job */
	/* ABSENCE_INDIRECT: hops of that way, at LEVEL_FIELD when a field is asked for,
	   between two datasets at LEVEL_DATASET, else at LEVEL_MIXED. */
	uint32_t distance;
};

/*
 * From one node to another: dataset, job or field (a dataset among fields is its
 * whole, and what a whole takes part in counts for its fields; one that is asked for
 * by its own id is a column that no lineage names).  Between two
 * datasets also over one job in between: assertions of both halves, unless the
 * job always told the flows into its output.  Aliases count as the same node.
 * One of a dataset that has no
 * whole is asked for by the dataset's id: nobody tells anything of it.
 * From a node to itself there is no edge.  ERR_INVALID when there is no such node.
 */
struct explain_question {
	node_id from;
	node_id to;
	bool from_column; /* from is a dataset, and a column of it is meant */
	bool to_column;
	size_t max; /* assertions */
	uint64_t budget_edges;
	int64_t deadline_us;
};
NODISCARD int explain_edge(struct snapshot *snapshot,
	const struct explain_question *question, struct arena *arena,
	struct explanation *out);
