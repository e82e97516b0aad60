/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_edges.h - the edges of one page of an answer
 */
#pragma once

#include "graph/bitset.h"
#include "graph/neighbours.h"

struct edge_search {
	struct neighbours near;	     /* with what it is about, else zeroed */
	const struct bitset *before; /* nodes of the pages before, or NULL: none */
	const struct bitset *page;
};

/* Fills in the edges of the answer, whose page of nodes is there; in the arena. */
NODISCARD int lineage_find_edges(
	const struct edge_search *search, struct arena *arena, struct lineage *answer);
