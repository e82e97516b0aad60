/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_graph.h - nodes with their edges, as Marquez's graphs have them
 *
 * Nodes stand in order of their ids, and each lists its edges in order of their
 * ends.  They are given in any order, and edges by the places that their ends had
 * then.
 */
#pragma once

#include "api/jsonw.h"
#include "base/arena.h"

struct mq_graph_node {
	struct slice id;
	uint32_t given; /* the place it was given at: mq_graph_order() sets it */
};

struct mq_graph_edge {
	uint32_t from;
	uint32_t to;
	uint32_t classes; /* enum flow_class; of doubles, united */
};

struct mq_graph {
	struct mq_graph_node *nodes; /* of different ids */
	size_t node_count;
	struct mq_graph_edge *out; /* by (from, to) */
	struct mq_graph_edge *in;  /* by (to, from) */
	size_t edge_count;
};

/* A node's id: its parts with colons between them, in the arena. */
NODISCARD int mq_graph_id(
	struct arena *arena, const struct slice *parts, size_t count, struct slice *out);

/*
 * Puts nodes and out in order, drops edges that are there twice, and makes in.
 * ERR_TOO_LARGE for more nodes than places have bits.
 */
NODISCARD int mq_graph_order(struct mq_graph *graph, struct arena *arena);

/* The edges into or out of the node at a place: the first, and how many there are. */
const struct mq_graph_edge *mq_graph_into(
	const struct mq_graph *graph, uint32_t place, size_t *count_out);
const struct mq_graph_edge *mq_graph_out_of(
	const struct mq_graph *graph, uint32_t place, size_t *count_out);

/*
 * The members inEdges and outEdges of the node at a place.  reversed: in inEdges
 * the origin is this node, and the destination is where the data comes from.
 */
void mq_graph_edges(
	struct jsonw *w, const struct mq_graph *graph, uint32_t place, bool reversed);
