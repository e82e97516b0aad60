/* SPDX-License-Identifier: Apache-2.0 */

/*
 * paths.h - ways from one node to another
 *
 * At any level of lineage.h, over the edges that a lineage_query asks for (its
 * time, evidence, precision, budget and deadline; its roots are the sources).
 * Paths are shortest first; of the same length in the order of their nodes'
 * ids.  No node is twice in one.  Simple paths are found by deviations from
 * those found before (Yen, "Finding the K shortest loopless paths", 1971).  A
 * root that is a target too is a path without edges.
 *
 * The budget is for going up from the targets, and again for going down and for
 * putting paths together, each time longer ones are looked for.
 */
#pragma once

#include "graph/lineage.h"

struct path {
	node_id *nodes;		    /* as in a lineage answer, source first */
	struct lineage_edge *edges; /* count - 1 of them */
	size_t count;
};

struct paths {
	struct path *list;
	size_t count;
	bool more;	      /* there are further paths */
	enum lineage_cut cut; /* not CUT_NONE: there may be more, or shorter ones */
};

/*
 * At most k paths from one of query->roots to one of the targets.  query's
 * direction, depth, filter, limit and cursor are not used.
 */
NODISCARD int paths_find(struct snapshot *snapshot, const struct lineage_query *query,
	const node_id *targets, size_t target_count, size_t k, struct arena *arena,
	struct paths *out);

/*
 * Everything on a path between: what is downstream of a root and upstream of a
 * target, with the edges between; roots and targets only when they are on one.
 * A lineage like others, without pages.
 */
NODISCARD int paths_between(struct snapshot *snapshot, const struct lineage_query *query,
	const node_id *targets, size_t target_count, struct arena *arena,
	struct lineage *out);
