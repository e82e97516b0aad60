/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_edges.c - from the nodes of a page to the edges it owns
 *
 * An edge belongs to the page that has the later of its two ends.  So each
 * node of the page is asked for edges within the page in one direction, and
 * for edges to the pages before in both.
 */
#include "graph/lineage_edges.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct edge_pass {
	const struct edge_search *search;
	struct span_buffer near; /* edges of the page's node */
	struct span_buffer far;	 /* edges of a hidden node beside it */
	struct lineage_edge *edges;
	size_t count;
	size_t capacity;
};

/* One node of the page and where its edges may lead. */
struct edge_start {
	struct edge_source source;
	bool within_page;
};

static void pass_fini(struct edge_pass *pass)
{
	span_buffer_fini(&pass->near);
	span_buffer_fini(&pass->far);
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

/* Room was reserved. */
static void add_edge(struct edge_pass *pass, const struct edge_source *source,
	node_id peer, node_id via, uint16_t flags)
{
	bool down = source->direction == DOWNSTREAM;

	pass->edges[pass->count++] = (struct lineage_edge){
		.from = down ? source->id : peer,
		.to = down ? peer : source->id,
		.via = via,
		.flags = flags,
	};
}

static bool leads_to(
	const struct edge_pass *pass, const struct edge_start *start, node_id peer)
{
	const struct edge_search *search = pass->search;

	if (peer == start->source.id)
		return false;
	return (start->within_page && bitset_has(search->page, peer)) ||
	       (search->before && bitset_has(search->before, peer));
}

/* What both halves say; when they have no lane in common, what either says. */
static uint16_t joined_flags(uint16_t a, uint16_t b)
{
	return (uint16_t)(a & b & EDGE_NOW ? a & b : a | b);
}

/* A node of the answer, or one known to lie beside it. */
static struct edge_source source_at(
	const struct edge_search *search, node_id id, enum direction direction)
{
	const struct image_node *node = image_at(search->standing->image, id);

	assert(node);
	return (struct edge_source){ id, node, direction };
}

/* Edges through a hidden neighbour. */
static int join_hidden(struct edge_pass *pass, const struct edge_start *start,
	node_id hidden, uint16_t flags)
{
	const struct edge_search *search = pass->search;
	const struct image_version *image = search->standing->image;
	struct edge_source beside = source_at(search, hidden, start->source.direction);
	struct span span;
	int r = standing_edges(search->standing, &beside, &pass->far, &span);

	if (r)
		return r;
	r = pass_reserve(pass, span.count);
	if (r)
		return r;
	for (size_t i = 0; i < span.count; i++) {
		if (leads_to(pass, start, span.peers[i]) &&
			image_at(image, span.peers[i])->kind == search->kinds.shown)
			add_edge(pass, &start->source, span.peers[i], hidden,
				joined_flags(flags, span.flags[i]));
	}
	return 0;
}

/* A hidden node that is a root stands in the answer itself: nothing goes through it. */
static bool goes_through(
	const struct edge_pass *pass, const struct edge_start *start, node_id peer)
{
	const struct edge_search *search = pass->search;
	const struct image_node *node;

	if (search->kinds.shown == 0 || start->source.node->kind != search->kinds.shown)
		return false;
	node = image_at(search->standing->image, peer);
	return node && node->kind == search->kinds.hidden &&
	       !bitset_has(search->roots, peer);
}

static int find_from(struct edge_pass *pass, const struct edge_start *start)
{
	struct span span;
	int r = standing_edges(
		pass->search->standing, &start->source, &pass->near, &span);

	for (size_t i = 0; !r && i < span.count; i++) {
		node_id peer = span.peers[i];

		if (leads_to(pass, start, peer)) {
			r = pass_reserve(pass, 1);
			if (!r)
				add_edge(pass, &start->source, peer, 0, span.flags[i]);
		} else if (goes_through(pass, start, peer)) {
			r = join_hidden(pass, start, peer, span.flags[i]);
		}
	}
	return r;
}

/* All edges that the page owns, from one of its nodes. */
static int find_of_node(struct edge_pass *pass, node_id id, enum direction within)
{
	const struct edge_search *search = pass->search;
	struct edge_start start = {
		.source = source_at(search, id, within),
		.within_page = true,
	};
	int r = find_from(pass, &start);

	if (r || !search->before)
		return r;
	start.source.direction = within == DOWNSTREAM ? UPSTREAM : DOWNSTREAM;
	start.within_page = false;
	return find_from(pass, &start);
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
	const struct meter *meter = &search->standing->meter;
	/* The walk has paid for the edges of this direction: hubs in the other
	 * one may be far larger. */
	enum direction within =
		search->standing->query->downstream ? DOWNSTREAM : UPSTREAM;
	struct edge_pass pass = { .search = search };
	int r = 0;

	for (size_t i = 0; !r && i < answer->node_count && meter->cut == CUT_NONE; i++)
		r = find_of_node(&pass, answer->nodes[i].id, within);
	if (!r)
		r = give_edges(&pass, arena, answer);
	pass_fini(&pass);
	return r;
}
