/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view.h - a lineage answer as a graph to look at
 *
 * Whatever prints or draws a graph reads a view: nodes by place, and edges
 * between places.  A view is made of a lineage (or a diff, or paths) and may
 * be reshaped: temporary datasets drawn through, jobs rolled up to those that
 * started them, nodes put together in groups.  All of it is in the arena.
 */
#pragma once

#include "graph/lineage.h"

/* VIEW_CHANGED: an edge that is there at both times, and not told alike. */
enum view_change { VIEW_SAME, VIEW_ADDED, VIEW_REMOVED, VIEW_CHANGED };

struct view_node {
	node_id id; /* 0: a group, or a node that is in no store (a schema's column) */
	struct node_key key; /* of a group: kind 0 and the group's name */
	uint32_t depth;
	bool upstream;
	bool downstream;
	bool root;
	uint64_t members;	 /* nodes in a group; else 1 */
	enum view_change change; /* of a diff */
};

struct view_edge {
	uint32_t from; /* places in nodes */
	uint32_t to;
	node_id via;	  /* as in lineage_edge; 0 when several are in one */
	uint32_t flags;	  /* as in lineage_edge; of a diff, at the later time it has */
	uint32_t before;  /* of a diff: flags at the earlier time it has; else the same */
	uint64_t members; /* edges in one */
	enum view_change change;
};

struct view {
	struct view_node *nodes;
	size_t node_count;
	struct view_edge *edges;
	size_t edge_count;
	bool grouped;
};

/* From a lineage: nodes in its order, edges between nodes that are in it.  */
NODISCARD int view_from_lineage(struct snapshot *snapshot, const struct lineage *lineage,
	struct arena *arena, struct view *out);

enum view_group {
	GROUP_NONE,
	GROUP_NAMESPACE,
	GROUP_PREFIX, /* the name up to its last dot or slash, within a namespace */
	GROUP_OWNER,  /* without an owner: a group without name */
	GROUP_TAG,
	GROUP_PARENT, /* the job's parent in its place; others stay */
	GROUP_ROOT,   /* the job's root, else its parent */
};

struct view_shape {
	bool through_temporary;
	enum view_group group;
	uint64_t budget; /* of edges made while drawing through; 0: no limit */
};

/*
 * Reshapes in this order: temporary datasets, then groups.  Edges within a group
 * go.  Edges between the same two places are one; flags unite.  Returns 0, or 1
 * when the budget ended it (what is there is right, edges are missing).
 */
NODISCARD int view_reshape(struct snapshot *snapshot, const struct view_shape *shape,
	struct arena *arena, struct view *view);
