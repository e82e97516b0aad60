/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage.h - what is upstream and downstream
 *
 * A breadth-first walk over one snapshot: every node once, nearest first.
 * Asked about now, it reads the image alone; asked as of a time or over a
 * window, it also reads the timelines of those who tell the edges it passes.
 *
 * Upstream and downstream are two walks from the same roots; a node that both
 * reach (a cycle) is in both.  A dataset that is input and output of one job
 * is its own neighbour in the dataset view: such self edges are left out.
 *
 * There is a budget of edges looked at (and, where timelines are read, of their
 * segments and what these hold) and a deadline.  When one of them ends a
 * walk, the answer says so; it never looks complete: it has what was reached
 * until then.  Each of the two walks may use the whole budget, and so may the
 * search for the answer's edges behind them; edges beyond it are left out, and
 * the answer is cut as well.
 *
 * Aliases (alias.h) are one node: a walk that reaches one of them is at all of
 * them, and answers have the one that stands for the others.
 *
 * At LEVEL_FIELD the nodes are fields, and datasets where column lineage is
 * about all of their rows: the whole of a dataset and its fields are one hop
 * together.  A root that is a dataset stands for its whole and all its fields.
 * An edge of a whole ends at its dataset when that is in the answer, and at each
 * of its fields there when it is not.
 *
 * A root that is a whole, and then the only one, stands for a column that no
 * lineage names, one that only a schema has.  What flows into the whole flows into
 * it, and what flows out of the whole may come from it.  It is in the answer by
 * the whole's id, with edges of its own; other columns of its dataset, and that,
 * are there only when the walk comes to them.
 *
 * One hop of a level goes over one edge, or over two with a hidden node in
 * between: dataset -> job -> dataset and dataset -> dataset at LEVEL_DATASET,
 * job -> dataset -> job and job -> job at LEVEL_JOB.  Two hidden nodes in a row
 * (dataset -> job -> job -> dataset) are a way at LEVEL_MIXED only.  A root of
 * the hidden kind stays in the answer; its neighbours are one hop away, and
 * edges that would go through it end at it.
 *
 * The nodes of an answer are in order of (depth, id).  Its edges are all those
 * between two nodes of the answer; of its pages, an edge is in exactly one:
 * that of the later of its two ends.
 */
#pragma once

#include "base/arena.h"
#include "graph/graph.h"

struct idlist;

enum lineage_time { LINEAGE_CURRENT, LINEAGE_AS_OF, LINEAGE_WINDOW };

/*
 * What the nodes of the answer are: datasets and jobs, datasets joined by the
 * jobs between them, jobs joined by the datasets between them, or fields.
 */
enum lineage_level { LEVEL_MIXED, LEVEL_DATASET, LEVEL_JOB, LEVEL_FIELD };

#define DEPTH_ALL UINT32_MAX

/* Nodes that do not pass are walked through, and not in the answer.  Roots always pass.
 */
struct lineage_filter {
	const struct idlist *only; /* sorted ids (idlist_finish()); NULL: any */
	enum node_kind kind;	   /* 0: any */
	const uint32_t *namespaces;
	size_t namespace_count; /* 0: any */
};

struct lineage_query {
	const node_id *roots;
	size_t root_count;
	bool upstream;
	bool downstream;
	uint32_t depth; /* hops between nodes of the level, not counting hidden ones in
			   between */
	enum lineage_level level;
	/*
	 * LEVEL_DATASET: outputs whose flows are known are reached over these alone.
	 * Else also from all inputs of the job.
	 */
	bool precise;
	enum lineage_time time;
	int64_t as_of_us;
	int64_t from_us; /* window, both ends included */
	int64_t to_us;
	bool observed; /* evidence wanted; at least one of these */
	bool declared;
	bool inferred; /* flows of renames; products of inputs and outputs are always
			  followed, they have the evidence of their halves */
	struct lineage_filter filter;
	uint64_t
		budget_edges; /* of each walk, and of the search for edges; 0: no limit */
	int64_t deadline_us;  /* of clock_monotonic_us(); 0: none */
	size_t limit;	      /* nodes in the answer; 0: no limit */
	uint32_t after_depth; /* cursor: go on behind this node ... */
	node_id after_node;   /* ... of this depth; 0: from the start */
};

/* Whether a query wants what this lane tells. */
static inline bool lineage_wants(const struct lineage_query *query, enum evidence lane)
{
	switch (lane) {
	case EVIDENCE_OBSERVED:
		return query->observed;
	case EVIDENCE_DECLARED:
		return query->declared;
	case EVIDENCE_INFERRED:
		break;
	}
	return query->inferred;
}

struct lineage_node {
	node_id id;
	uint32_t depth; /* the smaller one when both walks reach it */
	bool upstream;	/* reached going up; a root: neither */
	bool downstream;
	bool root;
};

struct lineage_edge {
	node_id from; /* data flows from -> to */
	node_id to;
	node_id via; /* LEVEL_DATASET: the job when it is a product of inputs and
			outputs; LEVEL_JOB: the dataset; else 0 */
	/*
	 * enum edge_flag; as of a time and over a window, "now" means then.  With
	 * via: the flags that both halves have or, when they share no lane, those
	 * of either; of those that tell lanes only.  Of aliases, what the edges
	 * say together; covered and implied are what all of them say.
	 * EDGE_CONTAINS: from a dataset to one of its fields.
	 */
	uint32_t flags;
};

enum lineage_cut { CUT_NONE, CUT_BUDGET, CUT_DEADLINE };

struct lineage {
	struct lineage_node *nodes; /* by (depth, id); the page */
	size_t node_count;
	struct lineage_edge
		*edges; /* between nodes reached, with at least one end in the page */
	size_t edge_count;
	uint64_t total_nodes; /* of the whole answer, not the page */
	bool more;	      /* there is a page behind this one */
	enum lineage_cut cut; /* CUT_NONE: the walk saw everything within depth */
	uint32_t depth;	      /* of the deepest node reached */
};

/*
 * What out points to is in the arena.  ERR_INVALID for a query that makes no
 * sense: without roots, direction or evidence, with a window that ends before
 * it begins, or with a root that is no dataset and no job (LEVEL_FIELD: no
 * dataset, no field, and no whole that is the only root).
 */
NODISCARD int lineage_walk(struct snapshot *snapshot, const struct lineage_query *query,
	struct arena *arena, struct lineage *out);

/*
 * Where lineage at LEVEL_FIELD ends without being known: a job reads a dataset of
 * the answer and writes one that it tells no flows of; or a flow leads from there
 * to another dataset (explicit lineage without fields, a rename), and none from a
 * field or the whole of the one to a field or the whole of the other.  Going up,
 * the other way round.  Nodes at the depth asked for are not asked.
 */
struct lineage_opaque {
	node_id job; /* 0: a flow leads there, and no job */
	node_id source;
	node_id target;
};
struct lineage_opaques {
	struct lineage_opaque *list;
	size_t count;
	uint64_t total;	      /* all there are; list has the first max */
	enum lineage_cut cut; /* not CUT_NONE: there may be more */
};
/*
 * Of an answer of LEVEL_FIELD (its datasets and the datasets of its fields), by
 * (job, source, target); with the query's budget.
 */
NODISCARD int lineage_opaque_hops(struct snapshot *snapshot,
	const struct lineage_query *query, const struct lineage *lineage, size_t max,
	struct arena *arena, struct lineage_opaques *out);

/*
 * First and last time an edge of the answer was seen: starts of runs, or event
 * times of declarations.  With via: from when on both halves had been seen
 * until one of them was seen last, or the former alone when that was later.
 * 0, or 1 when nothing is known, or it would take too long to look for.
 */
NODISCARD int lineage_edge_seen(struct snapshot *snapshot,
	const struct lineage_edge *edge, int64_t *first_us_out, int64_t *last_us_out);
