/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view_through.c - drawing temporary datasets through
 *
 * From each node that stays and leads to temporary ones, those are walked until
 * nodes are met that stay: each of these gets an edge.  So chains and circles of
 * temporary datasets cost no more than their edges, for each node before them.
 *
 * In a diff a way was there at a time when all its edges were; what was at no
 * time is no way.
 */
#include "graph/view_facet.h"
#include "graph/view_impl.h"

#include <string.h>

/* A temporary dataset on the way, and what is known of the way to it. */
struct passage {
	uint32_t place;
	uint32_t flags;
	uint32_t before;
	unsigned int times;
};

/* Of each node. */
struct station {
	bool temporary;
	uint32_t place; /* in the view without temporary nodes */
	size_t first;	/* of its edges */
	uint32_t visit; /* the walk that came here last, and when its ways were there */
	unsigned int times;
};

struct drawing {
	struct meter *meter;
	const struct view *view;
	struct view_edges old; /* sorted */
	struct view_edges made;
	struct station *stations; /* one more than nodes */
	struct passage *queue;	  /* room for each temporary node twice */
	size_t queue_count;
	size_t temporary;
};

/* Finds the nodes that go.  A root that is one stays. */
static int find_temporary(
	struct drawing *d, struct snapshot *snapshot, struct arena *arena)
{
	uint32_t place = 0;
	int r = 0;

	for (size_t i = 0; !r && i < d->view->node_count; i++) {
		const struct view_node *node = &d->view->nodes[i];
		struct station *station = &d->stations[i];

		if (!node->root &&
			(node->key.kind == NODE_DATASET || node->key.kind == NODE_FIELD))
			r = view_is_temporary(snapshot, node, arena, &station->temporary);
		station->place = place;
		if (station->temporary)
			d->temporary++;
		else
			place++;
	}
	return r;
}

static int sort_edges(struct drawing *d)
{
	const struct view *view = d->view;
	size_t at = 0;
	int r = 0;

	for (size_t i = 0; !r && i < view->edge_count; i++)
		r = view_edges_add(&d->old, &view->edges[i]);
	if (r)
		return r;
	view_edges_sort(&d->old);
	for (size_t i = 0; i <= view->node_count; i++) {
		while (at < d->old.count && d->old.list[at].from < i)
			at++;
		d->stations[i].first = at;
	}
	return 0;
}

/* Comes to a temporary dataset, unless this walk was there at the same times. */
static void visit(struct drawing *d, uint32_t walk, struct passage passage)
{
	struct station *station = &d->stations[passage.place];

	if (station->visit != walk) {
		station->visit = walk;
		station->times = 0;
	}
	passage.times &= ~station->times;
	if (!passage.times)
		return;
	station->times |= passage.times;
	d->queue[d->queue_count++] = passage;
}

static int make_edge(struct drawing *d, uint32_t from, const struct passage *to)
{
	const struct view_edge edge = {
		.from = from,
		.to = to->place,
		.flags = to->times & VIEW_AFTER ? to->flags : to->before,
		.before = to->times & VIEW_BEFORE ? to->before : to->flags,
		.members = 1,
		.change = view_edge_change(to->times, to->before, to->flags),
	};

	return from == to->place ? 0 : view_edges_add(&d->made, &edge);
}

/* Goes on from a temporary dataset, on the walk from a node that stays. */
static int pass_on(struct drawing *d, uint32_t from, const struct passage *passage)
{
	size_t end = d->stations[passage->place + 1].first;
	int r = 0;

	for (size_t i = d->stations[passage->place].first;
		!r && i < end && meter_take(d->meter, 1); i++) {
		const struct view_edge *edge = &d->old.list[i];
		struct passage next = {
			.place = edge->to,
			.flags = view_join_flags(passage->flags, edge->flags),
			.before = view_join_flags(passage->before, edge->before),
			.times = passage->times & view_times(edge->change),
		};

		if (!next.times)
			continue;
		if (d->stations[edge->to].temporary)
			visit(d, from + 1, next);
		else
			r = make_edge(d, from, &next);
	}
	return r;
}

static int draw_from(struct drawing *d, uint32_t from)
{
	size_t end = d->stations[from + 1].first;
	int r = 0;

	d->queue_count = 0;
	for (size_t i = d->stations[from].first; !r && i < end; i++) {
		const struct view_edge *edge = &d->old.list[i];
		struct passage start = { edge->to, edge->flags, edge->before,
			view_times(edge->change) };

		if (d->stations[edge->to].temporary)
			visit(d, from + 1, start);
		else
			r = view_edges_add(&d->made, edge);
	}
	for (size_t i = 0; !r && i < d->queue_count; i++) {
		struct passage passage = d->queue[i];

		r = pass_on(d, from, &passage);
	}
	return r;
}

static int draw_all(struct drawing *d)
{
	int r = 0;

	for (uint32_t i = 0; !r && i < d->view->node_count; i++) {
		if (!d->stations[i].temporary)
			r = draw_from(d, i);
	}
	return r;
}

/* Takes the nodes out, and gives the edges their new places. */
static int take_out(struct drawing *d, struct arena *arena, struct view *view)
{
	size_t count = view->node_count - d->temporary;
	struct view_node *nodes = arena_array(arena, count, sizeof(*nodes));

	if (!nodes)
		return ERR_NOMEM;
	for (size_t i = 0; i < view->node_count; i++) {
		if (!d->stations[i].temporary)
			nodes[d->stations[i].place] = view->nodes[i];
	}
	view_edges_finish(&d->made);
	for (size_t i = 0; i < d->made.count; i++) {
		d->made.list[i].from = d->stations[d->made.list[i].from].place;
		d->made.list[i].to = d->stations[d->made.list[i].to].place;
	}
	view->nodes = nodes;
	view->node_count = count;
	view->edges = d->made.list;
	view->edge_count = d->made.count;
	return 0;
}

int view_draw_through(struct snapshot *snapshot, struct meter *meter, struct arena *arena,
	struct view *view)
{
	struct drawing d = {
		.meter = meter,
		.view = view,
		.old = { .arena = arena },
		.made = { .arena = arena },
	};
	int r;

	d.stations = arena_array(arena, view->node_count + 1, sizeof(*d.stations));
	if (!d.stations)
		return ERR_NOMEM;
	r = find_temporary(&d, snapshot, arena);
	if (!r)
		r = sort_edges(&d);
	if (r)
		return r;
	d.queue = arena_array(arena, d.temporary, 2 * sizeof(*d.queue));
	if (!d.queue)
		return ERR_NOMEM;
	r = draw_all(&d);
	return r ? r : take_out(&d, arena, view);
}
