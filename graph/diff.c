/* SPDX-License-Identifier: Apache-2.0 */

/*
 * diff.c - the lineage of two times as one view
 */
#include "graph/diff.h"

#include <stdlib.h>

#include "graph/view_impl.h"

struct comparison {
	struct snapshot *snapshot;
	struct arena *arena;
	struct lineage before;
	struct lineage after;
	struct view view;
};

static int walk_at(struct comparison *c, const struct lineage_query *query,
	int64_t time_us, struct lineage *out)
{
	struct lineage_query then = *query;

	then.time = LINEAGE_AS_OF;
	then.as_of_us = time_us;
	then.limit = 0;
	then.after_node = 0;
	return lineage_walk(c->snapshot, &then, c->arena, out);
}

static int compare_ids(const void *a, const void *b)
{
	const struct view_node *x = a;
	const struct view_node *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int compare_depths(const void *a, const void *b)
{
	const struct view_node *x = a;
	const struct view_node *y = b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return compare_ids(a, b);
}

/* Makes one of a node that was at both times, with what is true after. */
static void merge_node(struct view_node *into, const struct view_node *node)
{
	struct view_node both = node->change == VIEW_ADDED ? *node : *into;

	both.depth = into->depth < node->depth ? into->depth : node->depth;
	both.change = VIEW_SAME;
	*into = both;
}

static void merge_nodes(struct view *view)
{
	size_t kept = 0;

	if (view->node_count == 0)
		return;
	qsort(view->nodes, view->node_count, sizeof(*view->nodes), compare_ids);
	for (size_t i = 1; i < view->node_count; i++) {
		if (view->nodes[i].id == view->nodes[kept].id)
			merge_node(&view->nodes[kept], &view->nodes[i]);
		else
			view->nodes[++kept] = view->nodes[i];
	}
	view->node_count = kept + 1;
	qsort(view->nodes, view->node_count, sizeof(*view->nodes), compare_depths);
}

static void add_nodes(
	struct view *view, const struct lineage *lineage, enum view_change change)
{
	for (size_t i = 0; i < lineage->node_count; i++) {
		struct view_node *node = &view->nodes[view->node_count++];

		*node = view_node_of(&lineage->nodes[i]);
		node->change = change;
	}
}

static int unite_nodes(struct comparison *c)
{
	struct view *view = &c->view;
	size_t most;

	if (__builtin_add_overflow(c->before.node_count, c->after.node_count, &most))
		return ERR_NOMEM;
	view->nodes = arena_array(c->arena, most, sizeof(*view->nodes));
	if (!view->nodes)
		return ERR_NOMEM;
	add_nodes(view, &c->before, VIEW_REMOVED);
	add_nodes(view, &c->after, VIEW_ADDED);
	merge_nodes(view);
	return view_read_keys(c->snapshot, view);
}

static int add_edges(const struct view_places *places, const struct lineage *lineage,
	enum view_change change, struct view_edges *into)
{
	int r = 0;

	for (size_t i = 0; !r && i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];
		struct view_edge it = {
			.from = view_place_of(places, edge->from),
			.to = view_place_of(places, edge->to),
			.via = edge->via,
			.flags = edge->flags,
			.before = edge->flags,
			.members = 1,
			.change = change,
		};

		r = view_edges_add(into, &it);
	}
	return r;
}

/* Where an edge was at both times, it is one. */
static void merge_edges(struct view_edges *edges)
{
	size_t kept = 0;

	for (size_t i = 0; i < edges->count; i++) {
		const struct view_edge *edge = &edges->list[i];
		struct view_edge *last = kept ? &edges->list[kept - 1] : NULL;

		if (last && last->from == edge->from && last->to == edge->to &&
			last->via == edge->via && last->change != edge->change) {
			if (edge->change == VIEW_ADDED)
				last->flags = edge->flags;
			else
				last->before = edge->flags;
			last->change = view_edge_change(
				VIEW_BEFORE | VIEW_AFTER, last->before, last->flags);
		} else {
			edges->list[kept++] = *edge;
		}
	}
	edges->count = kept;
}

static int unite_edges(struct comparison *c)
{
	struct view_edges edges = { .arena = c->arena };
	struct view_places places;
	int r = view_places_make(&c->view, c->arena, &places);

	if (!r)
		r = add_edges(&places, &c->before, VIEW_REMOVED, &edges);
	if (!r)
		r = add_edges(&places, &c->after, VIEW_ADDED, &edges);
	if (r)
		return r;
	view_edges_sort(&edges);
	merge_edges(&edges);
	c->view.edges = edges.list;
	c->view.edge_count = edges.count;
	return 0;
}

int lineage_diff(struct snapshot *snapshot, const struct lineage_query *query,
	const struct diff_times *times, struct arena *arena, struct view *out,
	enum lineage_cut *cut_out)
{
	struct comparison c = { .snapshot = snapshot, .arena = arena };
	int r = walk_at(&c, query, times->from_us, &c.before);

	if (!r)
		r = walk_at(&c, query, times->to_us, &c.after);
	if (!r)
		r = unite_nodes(&c);
	if (!r)
		r = unite_edges(&c);
	if (r)
		return r;
	*out = c.view;
	*cut_out = c.before.cut != CUT_NONE ? c.before.cut : c.after.cut;
	return 0;
}
