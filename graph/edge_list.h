/* SPDX-License-Identifier: Apache-2.0 */

/*
 * edge_list.h - a node's packed neighbours, and the changes made to them
 *
 * A list is made once, in memory of its own or in a slab, and never changed:
 * changes are gathered as edge_ops and merged with the old list into a new one.
 */
#pragma once

#include "graph/image.h"

#include <stdbool.h>

struct slab_pool;

/* One edge put, or taken away, on one of its sides. */
struct edge_op {
	node_id node;
	node_id peer;
	uint32_t order; /* the last op of an edge counts */
	uint32_t flags;
	uint8_t direction;
	bool gone;
};

/* Orders by (node, direction, peer, order), for qsort(). */
int edge_op_compare(const void *a, const void *b);

/* Keeps the last op of each peer of a sorted group; returns how many are left. */
size_t edge_ops_squeeze(struct edge_op *ops, size_t count);

/* Whether these ops (sorted by peer, one a peer) make a list another. */
bool edge_list_differs(
	const struct image_edges *list, const struct edge_op *ops, size_t count);

/* Whether a peer is in a list, and with what flags. */
bool edge_list_find(const struct image_edges *list, node_id peer, uint32_t *flags_out);

/* Whether an edge that stands now is not for every walk: EDGE_COVERED, EDGE_IMPLIED. */
bool edge_list_special(const struct image_edges *list);

/* A new list in memory of its own; old is left alone. */
NODISCARD int edge_list_merge(const struct image_edges *old, const struct edge_op *ops,
	size_t count, struct image_edges *out);

/* Edges sorted by peer into a list; it tells whether that lies in a slab. */
NODISCARD int edge_list_load(struct slab_pool *pool, const struct edge *edges,
	size_t count, struct image_edges *out, bool *in_slab_out);

/* The memory of a list, to be given back: NULL when it is empty. */
void *edge_list_memory(const struct image_edges *list);
void edge_list_release(void *memory, bool in_slab);
