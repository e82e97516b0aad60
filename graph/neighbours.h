/* SPDX-License-Identifier: Apache-2.0 */

/*
 * neighbours.h - the edges of one node of an answer
 *
 * Where walk.h goes by nodes and forgets the way, this has the edges: one hop
 * of a level, between nodes as answers have them.  Aliases are one node, a whole
 * is its dataset, and edges that become the same are one.
 *
 * At LEVEL_FIELD the edges of a whole are also those of its fields.  A flow into
 * a whole leads to its dataset and to each field.  With `answer` they are told
 * once: those of the dataset when that is in the answer, and only else those of
 * the fields; and a dataset in it has an edge with EDGE_CONTAINS to each field.
 * A column (level_column()) is a neighbour beside both.
 */
#pragma once

#include "graph/bitset.h"
#include "graph/walk.h"

struct neighbour {
	node_id id;
	node_id via; /* as in struct lineage_edge, like the flags */
	uint32_t flags;
};

struct neighbours {
	/* To be set; the rest is zeroed. */
	struct standing *standing;
	/* Nodes of the hidden kind that are in the answer: nothing goes through
	   them.  Or NULL. */
	const struct bitset *roots;
	const struct bitset *answer; /* LEVEL_FIELD; or NULL: any node may be in it */
	node_id target; /* a whole that is a column, like the query's root; or 0 */
	/* Only neighbours in one of these are wanted, in any order; all NULL: any,
	   by (id, via). */
	const struct bitset *among[2];

	bool begun;
	node_id columns[2]; /* of the query's root, and the target; or 0 */
	node_id start;	    /* whose neighbours they are */
	enum direction direction;
	struct level_kinds kinds;
	struct level_rule rule;
	bool fields;
	struct span_buffer near; /* edges of the node */
	struct span_buffer far;	 /* edges of a hidden node beside it */
	struct neighbour *list;
	size_t count;
	size_t capacity;
};

/*
 * The neighbours of a node (its id in answers), each once for every via; self
 * edges are left out.  The list lives until the next call.  When the meter ends
 * it, the list is what was found until then.
 */
NODISCARD int neighbours_find(struct neighbours *neighbours, node_id id,
	enum direction direction, const struct neighbour **out, size_t *count_out);
void neighbours_fini(struct neighbours *neighbours);
