/* SPDX-License-Identifier: Apache-2.0 */

/*
 * standing.h - the edges of a node that stand for a question
 *
 * Which edges count depends on the time and the evidence asked for.  Asked
 * about now with any evidence, the image's list is given as it is; otherwise
 * the edges that stand are gathered into a buffer, with flags that say what
 * stands then.  As of a time or over a window, a read, a write or a flow stands
 * when a lane of its owner's timeline says so.
 *
 * All that is looked at is taken from the meter: a budget and a deadline.
 */
#pragma once

#include "graph/image_layout.h"
#include "graph/lineage.h"
#include "graph/meter.h"

struct idset;
struct owner_lanes;

/* Some edges of a node, until the next use of the buffer. */
struct span {
	const node_id *peers;
	const uint32_t *flags;
	size_t count;
};

struct span_buffer {
	node_id *peers;
	uint32_t *flags;
	size_t capacity;
};

void span_buffer_fini(struct span_buffer *buffer);

struct standing {
	const struct image_version *image;
	struct store_txn *txn;
	const struct lineage_query *query;
	struct meter meter;
	uint32_t wanted; /* of EDGE_NOW: the lanes asked for */
	bool plain;	 /* now, any evidence */
	bool rings;	 /* some nodes are one */
	/* What the lanes of owners hold, each read once. */
	struct idset *owners; /* the place of an owner in lanes */
	struct owner_lanes *lanes;
	size_t lanes_count;
	size_t lanes_capacity;
	struct arena *arena;
};

/* The meter is empty then: see standing_refill(). */
NODISCARD int standing_init(struct standing *standing, const struct snapshot *snapshot,
	const struct lineage_query *query);
void standing_fini(struct standing *standing);

/*
 * Fills the meter anew with the query's budget.  eager: look at the clock
 * before the first edge, not some thousand later.
 */
void standing_refill(struct standing *standing, bool eager);

/* Where an edge list begins: a node's, in a direction. */
struct edge_source {
	node_id id;
	const struct image_node *node;
	enum direction direction;
};

NODISCARD int standing_gather(struct standing *standing, const struct edge_source *source,
	struct span_buffer *buffer, struct span *out);

static inline int standing_edges(struct standing *standing,
	const struct edge_source *source, struct span_buffer *buffer, struct span *out)
{
	const struct image_edges *edges = &source->node->edges[source->direction];

	if (UNLIKELY(!standing->plain))
		return standing_gather(standing, source, buffer, out);
	out->peers = edges->peers;
	out->flags = edges->flags;
	out->count = meter_take(&standing->meter, edges->now);
	return 0;
}
