/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_graph.c - nodes with their edges, as Marquez's graphs have them
 */
#include "api/marquez_graph.h"

#include "base/err.h"

#include <stdlib.h>

int mq_graph_id(
	struct arena *arena, const struct slice *parts, size_t count, struct slice *out)
{
	size_t bytes = count;
	char *text;

	for (size_t i = 0; i < count; i++) {
		if (__builtin_add_overflow(bytes, parts[i].len, &bytes))
			return ERR_NOMEM;
	}
	text = arena_alloc(arena, bytes);
	if (!text)
		return ERR_NOMEM;
	*out = slice_of(text, 0);
	for (size_t i = 0; i < count; i++) {
		if (i)
			text[out->len++] = ':';
		if (parts[i].len)
			memcpy(text + out->len, parts[i].ptr, parts[i].len);
		out->len += parts[i].len;
	}
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const struct mq_graph_node *x = a;
	const struct mq_graph_node *y = b;

	return slice_compare(x->id, y->id);
}

static int compare_pairs(uint32_t a1, uint32_t b1, uint32_t a2, uint32_t b2)
{
	if (a1 != a2)
		return a1 < a2 ? -1 : 1;
	return (b1 > b2) - (b1 < b2);
}

static int by_from(const void *a, const void *b)
{
	const struct mq_graph_edge *x = a;
	const struct mq_graph_edge *y = b;

	return compare_pairs(x->from, x->to, y->from, y->to);
}

static int by_to(const void *a, const void *b)
{
	const struct mq_graph_edge *x = a;
	const struct mq_graph_edge *y = b;

	return compare_pairs(x->to, x->from, y->to, y->from);
}

/* Nodes go to their places, and the ends of edges with them. */
static int order_nodes(struct mq_graph *graph, struct arena *arena)
{
	uint32_t *place_of;

	if (graph->node_count > UINT32_MAX)
		return ERR_TOO_LARGE;
	place_of = arena_array(arena, graph->node_count, sizeof(*place_of));
	if (!place_of)
		return ERR_NOMEM;
	for (size_t i = 0; i < graph->node_count; i++)
		graph->nodes[i].given = (uint32_t)i;
	if (graph->node_count)
		qsort(graph->nodes, graph->node_count, sizeof(*graph->nodes),
			compare_ids);
	for (size_t i = 0; i < graph->node_count; i++)
		place_of[graph->nodes[i].given] = (uint32_t)i;
	for (size_t i = 0; i < graph->edge_count; i++) {
		graph->out[i].from = place_of[graph->out[i].from];
		graph->out[i].to = place_of[graph->out[i].to];
	}
	return 0;
}

static void drop_doubles(struct mq_graph *graph)
{
	size_t kept = 0;

	for (size_t i = 0; i < graph->edge_count; i++) {
		if (kept && by_from(&graph->out[i], &graph->out[kept - 1]) == 0)
			graph->out[kept - 1].classes |= graph->out[i].classes;
		else
			graph->out[kept++] = graph->out[i];
	}
	graph->edge_count = kept;
}

int mq_graph_order(struct mq_graph *graph, struct arena *arena)
{
	int r = order_nodes(graph, arena);

	if (r || !graph->edge_count)
		return r;
	qsort(graph->out, graph->edge_count, sizeof(*graph->out), by_from);
	drop_doubles(graph);
	graph->in = arena_array(arena, graph->edge_count, sizeof(*graph->in));
	if (!graph->in)
		return ERR_NOMEM;
	memcpy(graph->in, graph->out, graph->edge_count * sizeof(*graph->in));
	qsort(graph->in, graph->edge_count, sizeof(*graph->in), by_to);
	return 0;
}

static void write_edge(struct jsonw *w, struct slice origin, struct slice destination)
{
	jsonw_object(w);
	jsonw_key(w, "origin");
	jsonw_string(w, origin);
	jsonw_key(w, "destination");
	jsonw_string(w, destination);
	jsonw_object_end(w);
}

/* Where the edges of a place begin among sorted ones. */
static size_t first_edge(const struct mq_graph_edge *list, size_t count,
	const struct mq_graph_edge *from, int (*compare)(const void *, const void *))
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&list[middle], from) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct mq_graph_edge *mq_graph_into(
	const struct mq_graph *graph, uint32_t place, size_t *count_out)
{
	size_t begin = first_edge(graph->in, graph->edge_count,
		&(struct mq_graph_edge){ .to = place }, by_to);
	size_t end = begin;

	while (end < graph->edge_count && graph->in[end].to == place)
		end++;
	*count_out = end - begin;
	return graph->in + begin;
}

const struct mq_graph_edge *mq_graph_out_of(
	const struct mq_graph *graph, uint32_t place, size_t *count_out)
{
	size_t begin = first_edge(graph->out, graph->edge_count,
		&(struct mq_graph_edge){ .from = place }, by_from);
	size_t end = begin;

	while (end < graph->edge_count && graph->out[end].from == place)
		end++;
	*count_out = end - begin;
	return graph->out + begin;
}

void mq_graph_edges(
	struct jsonw *w, const struct mq_graph *graph, uint32_t place, bool reversed)
{
	const struct mq_graph_node *nodes = graph->nodes;
	struct slice own = nodes[place].id;
	const struct mq_graph_edge *edges;
	size_t count;

	jsonw_key(w, "inEdges");
	jsonw_array(w);
	edges = mq_graph_into(graph, place, &count);
	for (size_t i = 0; i < count; i++) {
		struct slice other = nodes[edges[i].from].id;

		write_edge(w, reversed ? own : other, reversed ? other : own);
	}
	jsonw_array_end(w);
	jsonw_key(w, "outEdges");
	jsonw_array(w);
	edges = mq_graph_out_of(graph, place, &count);
	for (size_t i = 0; i < count; i++)
		write_edge(w, own, nodes[edges[i].to].id);
	jsonw_array_end(w);
}
