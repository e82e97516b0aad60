/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_column_graph.h - lineage of fields as a graph that has columns alone
 *
 * Marquez's column lineage has no node for the whole of a dataset.  What flows
 * into or out of one flows into or out of each of its columns in the answer; when
 * it has none there, its node is called "*".  Columns without edges are left out,
 * and so are those of hidden datasets.
 */
#pragma once

#include "api/marquez.h"
#include "api/marquez_graph.h"
#include "graph/lineage.h"

struct mq_column {
	node_id dataset;
	struct slice field;
};

struct mq_column_graph {
	struct mq_graph graph;
	struct mq_column *columns; /* in the order that nodes were given in */
	bool whole;		   /* no edges are missing */
};

struct mq_column_question {
	const struct lineage *found; /* of LEVEL_FIELD, all of it */
	/* Field ptr NULL, or the column that the root stands for, which is a whole. */
	struct mq_column lone;
	bool versioned; /* ids end in '#' and the version at a time */
	int64_t at_us;
};

NODISCARD int mq_column_graph(struct mq *mq, const struct mq_column_question *question,
	struct mq_column_graph *out);
