/* SPDX-License-Identifier: Apache-2.0 */

/*
 * paths_graph.h - the part of the graph that paths may go through
 *
 * Nodes are found going up from the targets, level by level, as far as asked
 * for.  Edges are found going down from the sources, over those nodes alone, and
 * only as far as a path of a given length may go.
 */
#pragma once

#include "graph/frontier.h"
#include "graph/neighbours.h"

struct idset;

/* Of a node: not reached. */
#define PATHS_AWAY UINT32_MAX

struct path_node {
	node_id id;
	uint32_t up;   /* hops to the nearest target */
	uint32_t down; /* hops from the nearest source, or PATHS_AWAY */
	bool target;
	size_t first; /* of its edges */
	size_t count;
	size_t first_back; /* of the edges that lead to it */
	size_t back_count;
};

struct path_edge {
	uint32_t to; /* place in nodes */
	node_id via;
	uint32_t flags;
};

struct path_graph {
	struct lineage_query query; /* going down from the sources */
	struct standing standing;
	struct neighbours near;
	struct bitset ends;	 /* sources and targets */
	struct idset *places;	 /* of node ids */
	struct frontier sources; /* their ids, sorted */
	struct path_node *nodes;
	size_t node_count;
	size_t node_capacity;
	size_t climbed; /* the edges above so many nodes were looked at */
	struct meter climbing;
	struct path_edge *edges; /* of each node by the id of where they lead */
	size_t edge_count;
	size_t edge_capacity;
	uint32_t *back; /* places of the nodes that edges come from */
	struct frontier queue;
	enum lineage_cut cut; /* of the last climb or descent */
};

/* Sources and targets as answers have them.  ERR_INVALID as lineage_walk(). */
NODISCARD int path_graph_init(struct path_graph *graph, struct snapshot *snapshot,
	const struct lineage_query *query, const node_id *targets, size_t target_count);
void path_graph_fini(struct path_graph *graph);

/* Looks at the nodes so many hops above the targets. */
NODISCARD int path_graph_climb(struct path_graph *graph, uint32_t depth);

/* Whether there is nothing above what was looked at. */
static inline bool path_graph_climbed(const struct path_graph *graph)
{
	return graph->climbed == graph->node_count;
}

/* Climbs until a source is found: its hops, or PATHS_AWAY. */
NODISCARD int path_graph_nearest(struct path_graph *graph, uint32_t *out);

/* Finds the edges anew that are on ways of so many hops at most. */
NODISCARD int path_graph_descend(struct path_graph *graph, uint32_t length);

/* The place of a node, or PATHS_AWAY. */
uint32_t path_graph_place(const struct path_graph *graph, node_id id);
