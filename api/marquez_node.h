/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_node.h - the parameter nodeId: which node a graph is asked of
 *
 *	dataset:NAMESPACE:NAME   job:NAMESPACE:NAME   datasetField:NAMESPACE:NAME:FIELD
 *
 * each with #VERSION behind it when wanted.  Every part may hold colons and '#':
 * every way to split the text is tried against what is there, and the first that
 * names something counts.
 */
#pragma once

#include "api/marquez.h"

struct mq_node {
	enum node_kind kind;
	node_id id;    /* the job, or the dataset; a field's too */
	node_id field; /* NODE_FIELD; 0: only a schema has it */
	struct slice field_name;
	bool versioned;
	struct runid version;
};

#define MQ_NODE_FIELDS	 1 /* datasetField is understood */
#define MQ_NODE_VERSIONS 2 /* and #VERSION */

/*
 * Reads the parameter; flags say what it may be beside a dataset or a job.  Returns
 * 0, or 1 when the reply says what is wrong, or 2 when there is no such node.  With 0
 * and 2 name_out is what a refusal calls it, and *out has the kind.
 */
NODISCARD int mq_node_read(struct call *call, const struct params *p, unsigned flags,
	struct reply *reply, struct mq_node *out, struct slice *name_out);
