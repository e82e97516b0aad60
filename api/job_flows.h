/* SPDX-License-Identifier: Apache-2.0 */

/*
 * job_flows.h - which data flows where in a job of an answer
 */
#pragma once

#include "api/graph_format.h"
#include "api/told.h"
#include "graph/idlist.h"

struct job_question {
	const struct graph_picture *picture;
	uint32_t job;	       /* its place */
	const uint32_t *edges; /* places of its edges */
	size_t edge_count;
	const struct idlist *datasets; /* of the answer */
};

/*
 * What the job would have to tell in a facet `lineage`, so that exactly the
 * answer's edges are told: nothing, when its inputs and outputs say it all.
 * Flows count that stand at the time of the answer.
 */
NODISCARD int job_flows(
	struct call *call, const struct job_question *question, struct told_list *out);
