/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_edges.c - from the nodes of a page to the edges it owns
 *
 * An edge belongs to the page that has the later of its two ends.  So each
 * node of the page is asked for edges within the page in one direction, and
 * for edges to the pages before in both.
 */
#include "graph/lineage_edges.h"

#include <stdlib.h>
#include <string.h>

struct edge_pass {
	struct neighbours near;
	const struct bitset *before;
	const struct bitset *page;
	struct lineage_edge *edges;
	size_t count;
	size_t capacity;
};

static void pass_fini(struct edge_pass *pass)
{
	neighbours_fini(&pass->near);
	free(pass->edges);
}

static int pass_reserve(struct edge_pass *pass, size_t more)
{
	size_t wanted = pass->count + more;
	struct lineage_edge *edges;
	size_t bytes;

	if (wanted <= pass->capacity)
		return 0;
	if (wanted < pass->capacity * 2)
		wanted = pass->capacity * 2;
	if (__builtin_mul_overflow(wanted, sizeof(*edges), &bytes))
		return ERR_NOMEM;
	edges = realloc(pass->edges, bytes);
	if (!edges)
		return ERR_NOMEM;
	pass->edges = edges;
	pass->capacity = wanted;
	return 0;
}

/* The edges of a node in one direction; to the page itself only when asked for. */
static int find_from(
	struct edge_pass *pass, node_id id, enum direction direction, bool within_page)
{
	bool down = direction == DOWNSTREAM;
	const struct neighbour *list;
	size_t count;
	int r;

	pass->near.among[0] = within_page ? pass->page : NULL;
	pass->near.among[1] = pass->before;
	r = neighbours_find(&pass->near, id, direction, &list, &count);
	if (!r)
		r = pass_reserve(pass, count);
	for (size_t i = 0; !r && i < count; i++) {
		pass->edges[pass->count++] = (struct lineage_edge){
			.from = down ? id : list[i].id,
			.to = down ? list[i].id : id,
			.via = list[i].via,
			.flags = list[i].flags,
		};
	}
	return r;
}

/* All edges that the page owns, from one of its nodes. */
static int find_of_node(struct edge_pass *pass, node_id id, enum direction within)
{
	int r = find_from(pass, id, within, true);

	if (r || !pass->before)
		return r;
	return find_from(pass, id, within == DOWNSTREAM ? UPSTREAM : DOWNSTREAM, false);
}

static int give_edges(struct edge_pass *pass, struct arena *arena, struct lineage *answer)
{
	if (pass->count == 0)
		return 0;
	answer->edges = arena_alloc(arena, pass->count * sizeof(*pass->edges));
	if (!answer->edges)
		return ERR_NOMEM;
	memcpy(answer->edges, pass->edges, pass->count * sizeof(*pass->edges));
	answer->edge_count = pass->count;
	return 0;
}

int lineage_find_edges(
	const struct edge_search *search, struct arena *arena, struct lineage *answer)
{
	const struct meter *meter = &search->near.standing->meter;
	/* The walk has paid for the edges of this direction: hubs in the other
	 * one may be far larger. */
	enum direction within =
		search->near.standing->query->downstream ? DOWNSTREAM : UPSTREAM;
	struct edge_pass pass = {
		.near = search->near, .before = search->before, .page = search->page
	};
	int r = 0;

	for (size_t i = 0; !r && i < answer->node_count && meter->cut == CUT_NONE; i++)
		r = find_of_node(&pass, answer->nodes[i].id, within);
	if (!r)
		r = give_edges(&pass, arena, answer);
	pass_fini(&pass);
	return r;
}
