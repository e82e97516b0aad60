/* SPDX-License-Identifier: Apache-2.0 */

/*
 * adjacency.h - edges out of and into a node, packed
 *
 * An edge stands in two places: among the downstream neighbours of its source
 * and among the upstream neighbours of its target.  The kinds of the two nodes
 * give the kind of edge: dataset -> job reads, job -> dataset writes,
 * dataset -> dataset derives, job -> job flows, field -> field and field ->
 * dataset derive columns.
 *
 * Stored: one value per (node, direction, first neighbour of the chunk), with
 * sorted neighbours as deltas; a chunk has a limited size, so that a new edge
 * of a hub rewrites one small value.
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

enum direction { UPSTREAM = 0, DOWNSTREAM = 1 };

/* Flags of an edge. */
enum edge_flag {
	EDGE_OBSERVED_NOW = 1,	/* stands in the observed lane as of the end of time */
	EDGE_DECLARED_NOW = 2,	/* the same in the declared lane */
	EDGE_OBSERVED_EVER = 4, /* is in some segment of the observed lane */
	EDGE_DECLARED_EVER = 8,
};
#define EDGE_NOW (EDGE_OBSERVED_NOW | EDGE_DECLARED_NOW)

struct edge {
	node_id peer;
	uint16_t flags;
	/* How many segments of each lane hold it; on the job's side only, else 0. */
	uint32_t segments[2];
};

/* Returns 0, or 1 when there is no such edge. */
NODISCARD int adjacency_get(struct store_txn *txn, node_id node, enum direction direction,
	node_id peer, struct edge *out);

/* Writes one side of an edge; an equal one is left alone. Returns 1 then, else 0. */
NODISCARD int adjacency_put(struct store_txn *txn, node_id node, enum direction direction,
	const struct edge *edge);

/* Removes one side of an edge.  Returns 0, or 1 when it was not there. */
NODISCARD int adjacency_remove(
	struct store_txn *txn, node_id node, enum direction direction, node_id peer);

/* Calls visit for the edges of a node in order of peers; stops when it returns not 0. */
typedef int edge_visit(
	void *ctx, node_id node, enum direction direction, const struct edge *edge);
NODISCARD int adjacency_each(struct store_txn *txn, node_id node,
	enum direction direction, edge_visit *visit, void *ctx);

/* The same over the whole store, in order of (node, direction, peer): for opening and
 * checks. */
NODISCARD int adjacency_all(struct store_txn *txn, edge_visit *visit, void *ctx);
