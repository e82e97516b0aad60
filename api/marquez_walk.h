/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_walk.h - the nodes around a node, as Marquez's lineage counts hops
 *
 * Jobs are joined by the datasets they share, whichever way the data flows: two
 * jobs that read one dataset are one hop apart.  Depth counts hops from job to
 * job; at depth 0 are the job that was asked for, or all jobs of the dataset, and
 * all their datasets.  Flows between two datasets have no place in these graphs.
 */
#pragma once

#include "api/lineage_query.h"

struct mq;
struct jsonw;

struct mq_walk {
	node_id root; /* a dataset or a job: the one that stands for its names */
	uint32_t depth;
	bool upstream; /* both: whichever way */
	bool downstream;
	bool around_hidden;	   /* nothing goes through what is hidden */
	struct lineage_query when; /* of which the time counts */
};

struct mq_around {
	node_id *nodes; /* the root first, then in order of hops */
	size_t count;
	/* Between a job and a dataset of these, each once. */
	struct lineage_edge *edges;
	size_t edge_count;
	enum lineage_cut cut;
};

/* What out points to is in the call's arena. */
NODISCARD int mq_walk_run(
	struct mq *mq, const struct mq_walk *walk, struct mq_around *out);

/* Whether a node is not to be shown. */
NODISCARD int mq_node_hidden(struct mq *mq, node_id id, bool *out);

/*
 * TIME_RULES, which are not of Marquez, and read as everywhere.  Returns 0, or 1
 * when the reply says what is wrong.
 */
NODISCARD int mq_walk_time(
	struct params *p, struct reply *reply, struct lineage_query *out);

/*
 * The member "truncated", which only an answer that lacks something has; why NULL: it
 * has all.
 */
void mq_truncated(struct jsonw *w, const char *why);
