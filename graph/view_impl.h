/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view_impl.h - parts of a view that its makers share
 */
#pragma once

#include "graph/meter.h"
#include "graph/view.h"

/* When a node or edge of a diff was there. */
#define VIEW_BEFORE 1U
#define VIEW_AFTER  2U

static inline unsigned int view_times(enum view_change change)
{
	switch (change) {
	case VIEW_ADDED:
		return VIEW_AFTER;
	case VIEW_REMOVED:
		return VIEW_BEFORE;
	case VIEW_SAME:
	case VIEW_CHANGED:
		break;
	}
	return VIEW_BEFORE | VIEW_AFTER;
}

/* times is not 0. */
static inline enum view_change view_change_of(unsigned int times)
{
	if (times == VIEW_AFTER)
		return VIEW_ADDED;
	return times == VIEW_BEFORE ? VIEW_REMOVED : VIEW_SAME;
}

/* The same of an edge, by what its flags were before and are after. */
enum view_change view_edge_change(unsigned int times, uint32_t before, uint32_t after);

/* A node of a lineage; without its key (view_read_keys()). */
struct view_node view_node_of(const struct lineage_node *node);

/* What two edges in a row say together, as in struct lineage_edge. */
uint32_t view_join_flags(uint32_t a, uint32_t b);

/* Reads the key of every node that has an id. */
NODISCARD int view_read_keys(struct snapshot *snapshot, struct view *view);

/* The places of nodes by id. */
struct view_places {
	struct view_place {
		node_id id;
		uint32_t place;
	} * list;
	size_t count;
};
NODISCARD int view_places_make(
	const struct view *view, struct arena *arena, struct view_places *out);

/* UINT32_MAX when no node has this id. */
uint32_t view_place_of(const struct view_places *places, node_id id);

/*
 * Edges under construction, in any order; sorted by (from, to, via); and finished:
 * then there is one of those between the same two places.
 */
struct view_edges {
	struct arena *arena;
	struct view_edge *list;
	size_t count;
	size_t capacity;
};
NODISCARD int view_edges_add(struct view_edges *edges, const struct view_edge *edge);
void view_edges_sort(struct view_edges *edges);
void view_edges_finish(struct view_edges *edges);

/* Draws temporary datasets through, and takes them out. */
NODISCARD int view_draw_through(struct snapshot *snapshot, struct meter *meter,
	struct arena *arena, struct view *view);

/* Puts nodes together in groups. */
NODISCARD int view_make_groups(struct snapshot *snapshot, enum view_group group,
	struct meter *meter, struct arena *arena, struct view *view);
