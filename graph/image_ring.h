/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_ring.h - going round the nodes that are one
 *
 *	for (struct ring ring = ring_from(image, id); ring.at; ring_step(&ring))
 *		look_at(ring.at);
 */
#pragma once

#include "graph/image_layout.h"

struct ring {
	const struct image_version *image;
	node_id first;
	node_id at; /* 0: round */
	uint64_t left;
};

/* The node itself comes first; one that is in no ring comes alone. */
static inline struct ring ring_from(const struct image_version *image, node_id id)
{
	return (struct ring){ image, id, id, image->ring_count };
}

static inline void ring_step(struct ring *ring)
{
	const struct image_node *node = image_at(ring->image, ring->at);

	ring->at = node && ring->left && node->ring != ring->first ? node->ring : 0;
	if (ring->left)
		ring->left--;
}
