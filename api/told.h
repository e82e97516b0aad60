/* SPDX-License-Identifier: Apache-2.0 */

/*
 * told.h - flows, written as the facets that tell them
 *
 * A list of flows is gathered in any order; what it says of one target is then
 * written as a facet `lineage` has it (OpenLineage LineageFacet 1-0-0): targets
 * list their sources.
 */
#pragma once

#include "api/jsonw.h"
#include "base/arena.h"
#include "graph/flow.h"

struct told {
	struct node_key target; /* NODE_WHOLE is as NODE_DATASET here */
	/*
	 * Kind 0: none; it says that the target has an entry, though nothing known
	 * flows into it.
	 */
	struct node_key source;
	uint32_t classes;
};

struct told_list {
	struct told *list;
	size_t count;
	size_t room;
};

/*
 * Flows that one facet may tell.  A job with thousands of inputs and outputs has
 * millions of pairs of them, and somebody has to read such a facet.
 */
#define TOLD_MAX ((size_t)1 << 20)

/* ERR_TOO_LARGE beyond TOLD_MAX. */
NODISCARD int told_add(
	struct told_list *told, struct arena *arena, const struct told *flow);

/* Sorts, and adds up flows of the same ends. */
void told_finish(struct told_list *told);

/* How many flows at the front of told[begin...] are into one dataset or job. */
size_t told_of_target(const struct told_list *told, size_t begin);

/* The member "lineage" of a job: own is its key. */
void jsonw_job_lineage(
	struct jsonw *w, const struct told_list *told, const struct node_key *own);

/* The member "lineage" of the dataset that told[begin, begin + count) flow into. */
void jsonw_dataset_lineage(
	struct jsonw *w, const struct told_list *told, size_t begin, size_t count);
