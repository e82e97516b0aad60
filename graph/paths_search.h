/* SPDX-License-Identifier: Apache-2.0 */

/*
 * paths_search.h - the shortest simple paths of a path graph, in order
 */
#pragma once

#include "graph/paths_graph.h"

struct arena;

/* A path as places of the path graph. */
struct trail {
	uint32_t *places;
	size_t count;
};

struct trails {
	struct trail *list; /* room for max */
	size_t count;
	size_t max;
	bool more;
};

/*
 * At most out->max trails of so many hops at most, in the arena.  Returns 0, or 1
 * when the meter ended it.
 */
NODISCARD int paths_search(const struct path_graph *graph, uint32_t length,
	struct meter *meter, struct arena *arena, struct trails *out);
