/* SPDX-License-Identifier: Apache-2.0 */

/*
 * walk_close.c - nodes that are one hop together
 */
#include "graph/image_ring.h"
#include "graph/walk_step.h"

static int add_ring(struct walk *walk, struct frontier *nodes, node_id id)
{
	struct ring ring = ring_from(walk->standing->image, id);
	int r = 0;

	for (ring_step(&ring); !r && ring.at; ring_step(&ring)) {
		if (meter_take(&walk->standing->meter, 1) == 0)
			return 0;
		r = walk_add(walk, nodes, ring.at);
	}
	return r;
}

/* The fields of a whole. */
static int add_fields(struct walk *walk, struct frontier *nodes, node_id id)
{
	const struct image_node *node = image_at(walk->standing->image, id);
	const struct image_edges *edges = &node->edges[DOWNSTREAM];
	size_t count = meter_take(&walk->standing->meter, edges->total);
	int r = 0;

	for (size_t i = 0; !r && i < count; i++) {
		if (edges->flags[i] & EDGE_CONTAINS)
			r = walk_add(walk, nodes, edges->peers[i]);
	}
	return r;
}

/* What is reached together with one node of a level. */
static int add_company(struct walk *walk, struct frontier *nodes, node_id id,
	const struct walk_list *list)
{
	const struct image_node *node;
	int r = 0;

	if (list->marks & MARK_RING)
		r = add_ring(walk, nodes, id);
	if (r || !walk->fields || list->kind == NODE_FIELD)
		return r;
	if (list->kind == NODE_WHOLE)
		return add_fields(walk, nodes, id);
	node = image_at(walk->standing->image, id);
	if (list->kind == NODE_DATASET && node->parent)
		return walk_add(walk, nodes, node->parent);
	return 0;
}

int walk_close(struct walk *walk, struct frontier *nodes)
{
	size_t before = nodes->count;
	bool needless =
		walk->fields && !walk->standing->rings && !(walk->met & MARK_TO_WHOLE);
	int r = 0;

	walk->met = 0;
	if (LIKELY(!walk->closing) || needless)
		return 0;
	for (size_t i = 0; !r && i < nodes->count && !walk_cut(walk); i++) {
		node_id id = nodes->ids[i];
		const struct walk_list *list = walk_list_of(walk, id);

		if (i + AHEAD_NODE < nodes->count)
			__builtin_prefetch(
				walk_list_of(walk, nodes->ids[i + AHEAD_NODE]));
		if (list && ((list->marks & MARK_RING) ||
				    (walk->fields && list->kind != NODE_FIELD)))
			r = add_company(walk, nodes, id, list);
	}
	if (r || nodes->count == before)
		return r;
	return frontier_sort(nodes, &walk->scratch);
}
