/* SPDX-License-Identifier: Apache-2.0 */

/*
 * adjacency.h - edges out of and into a node, packed
 *
 * An edge stands in two places: among the downstream neighbours of its source
 * and among the upstream neighbours of its target.  The kinds of the two nodes
 * give the kind of edge: dataset -> job reads, job -> dataset writes; any other
 * is a flow, told by some owner (flow.h has who).  A job and a dataset may be
 * joined by both.
 *
 * Stored: one value per (node, direction, first neighbour of the chunk), with
 * sorted neighbours as deltas; a chunk has a limited size, so that a new edge
 * of a hub rewrites one small value.
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

enum direction { UPSTREAM = 0, DOWNSTREAM = 1 };

/* Flags of an edge.  The high half of the 32 bits is its classes, see below. */
enum edge_flag {
	/* The job's own inputs and outputs. */
	EDGE_OBSERVED_NOW = 1,	/* stands in the observed lane as of the end of time */
	EDGE_DECLARED_NOW = 2,	/* the same in the declared lane */
	EDGE_OBSERVED_EVER = 4, /* is in some segment of the observed lane */
	EDGE_DECLARED_EVER = 8,
	/* Flows: some owner tells it. */
	EDGE_FLOW_OBSERVED_NOW = 16,
	EDGE_FLOW_DECLARED_NOW = 32,
	EDGE_FLOW_INFERRED_NOW = 64,
	EDGE_FLOW_OBSERVED_EVER = 128,
	EDGE_FLOW_DECLARED_EVER = 256,
	EDGE_FLOW_INFERRED_EVER = 512,
	/* Of a write that stands now: every set that has it covers the output. */
	EDGE_COVERED = 1024,
	/* Of a flow that stands now: the way over the owner's inputs and outputs is
	   there as well. */
	EDGE_IMPLIED = 2048,
	/* From a NODE_WHOLE to its fields; one-sided, in the downstream list alone. */
	EDGE_CONTAINS = 4096,
	/* Control flow between jobs (jobDependencies); never data flow. */
	EDGE_CONTROL = 8192,
};
#define EDGE_IO_NOW (EDGE_OBSERVED_NOW | EDGE_DECLARED_NOW)
#define EDGE_FLOW_NOW \
	(EDGE_FLOW_OBSERVED_NOW | EDGE_FLOW_DECLARED_NOW | EDGE_FLOW_INFERRED_NOW)
#define EDGE_NOW     (EDGE_IO_NOW | EDGE_FLOW_NOW)
#define EDGE_IO_EVER (EDGE_OBSERVED_EVER | EDGE_DECLARED_EVER)
#define EDGE_FLOW_EVER \
	(EDGE_FLOW_OBSERVED_EVER | EDGE_FLOW_DECLARED_EVER | EDGE_FLOW_INFERRED_EVER)

/* Of flows that stand now: enum flow_class (flow.h), in the high half. */
#define EDGE_CLASS_SHIFT    16
#define EDGE_CLASSES(flags) ((uint32_t)(flags) >> EDGE_CLASS_SHIFT)

struct edge {
	node_id peer;
	uint32_t flags;
	/*
	 * How many segments of each lane have it as the job's own input or output;
	 * on the job's side only, else 0.
	 */
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
