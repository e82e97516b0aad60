/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view.c - making a view of a lineage, and the parts of views
 */
#include "graph/view_impl.h"

#include <stdlib.h>
#include <string.h>

#include "graph/budget.h"
#include "graph/entity.h"
#include "graph/flow.h"

#define EDGES_FIRST 64

uint32_t view_join_flags(uint32_t a, uint32_t b)
{
	uint32_t classes = (a | b) >> EDGE_CLASS_SHIFT << EDGE_CLASS_SHIFT;
	uint32_t both = a & b;
	uint32_t joined = classes | (both & EDGE_NOW ? both : a | b);

	/* From a dataset to its own field nothing is added. */
	if (b & EDGE_CONTAINS)
		return a;
	if (a & EDGE_CONTAINS)
		return b;
	/* What one half masks the other does not bring back. */
	if (flow_masked(EDGE_CLASSES(a)) || flow_masked(EDGE_CLASSES(b)))
		joined &= ~((uint32_t)CLASS_UNMASKED << EDGE_CLASS_SHIFT);
	return joined;
}

int view_read_keys(struct snapshot *snapshot, struct view *view)
{
	for (size_t i = 0; i < view->node_count; i++) {
		struct entity entity;
		int r;

		if (view->nodes[i].id == 0)
			continue;
		r = entity_get(snapshot->txn, view->nodes[i].id, &entity);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		view->nodes[i].key = entity.key;
	}
	return 0;
}

static int compare_places(const void *a, const void *b)
{
	const struct view_place *x = a;
	const struct view_place *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

int view_places_make(
	const struct view *view, struct arena *arena, struct view_places *out)
{
	out->count = 0;
	out->list = arena_array(arena, view->node_count, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < view->node_count; i++) {
		if (view->nodes[i].id)
			out->list[out->count++] =
				(struct view_place){ view->nodes[i].id, (uint32_t)i };
	}
	if (out->count)
		qsort(out->list, out->count, sizeof(*out->list), compare_places);
	return 0;
}

uint32_t view_place_of(const struct view_places *places, node_id id)
{
	const struct view_place wanted = { .id = id };
	const struct view_place *found = NULL;

	if (places->count)
		found = bsearch(&wanted, places->list, places->count, sizeof(wanted),
			compare_places);
	return found ? found->place : UINT32_MAX;
}

int view_edges_add(struct view_edges *edges, const struct view_edge *edge)
{
	if (edges->count == edges->capacity) {
		size_t capacity = edges->capacity ? edges->capacity : EDGES_FIRST / 2;
		struct view_edge *list;

		if (__builtin_mul_overflow(capacity, 2, &capacity))
			return ERR_NOMEM;
		list = arena_array(edges->arena, capacity, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		if (edges->count)
			memcpy(list, edges->list, edges->count * sizeof(*list));
		edges->list = list;
		edges->capacity = capacity;
	}
	edges->list[edges->count++] = *edge;
	return 0;
}

static int compare_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_edges(const void *a, const void *b)
{
	const struct view_edge *x = a;
	const struct view_edge *y = b;

	if (x->from != y->from)
		return compare_u32(x->from, y->from);
	if (x->to != y->to)
		return compare_u32(x->to, y->to);
	return compare_u32(x->via, y->via);
}

/* The forms of which answers name one, the one that says most first. */
static uint32_t form_of(uint32_t classes)
{
	static const uint32_t forms[] = { CLASS_FORM_EXPLICIT, CLASS_FORM_COLUMNS,
		CLASS_FORM_RENAME };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (classes & forms[i])
			return forms[i];
	}
	return 0;
}

/* What answers say of an edge. */
struct telling {
	unsigned int lanes;
	bool io;
	bool contains;
	uint32_t classes;
};

static struct telling telling_of(uint32_t flags)
{
	static const uint32_t lanes[EVIDENCE_COUNT] = {
		[EVIDENCE_OBSERVED] = EDGE_OBSERVED_NOW | EDGE_FLOW_OBSERVED_NOW,
		[EVIDENCE_DECLARED] = EDGE_DECLARED_NOW | EDGE_FLOW_DECLARED_NOW,
		[EVIDENCE_INFERRED] = EDGE_FLOW_INFERRED_NOW,
	};
	uint32_t classes = EDGE_CLASSES(flags);
	struct telling telling = {
		.io = flags & EDGE_IO_NOW,
		.contains = flags & EDGE_CONTAINS,
		.classes = classes & ~(uint32_t)CLASSES_FORM,
	};

	for (unsigned int i = 0; i < EVIDENCE_COUNT; i++)
		telling.lanes |= flags & lanes[i] ? 1U << i : 0;
	/* What is an input or output too is never masked, and has that as its basis. */
	if (telling.io)
		telling.classes &= ~(uint32_t)CLASS_UNMASKED;
	else
		telling.classes |= form_of(classes);
	return telling;
}

static bool tell_alike(uint32_t a, uint32_t b)
{
	struct telling x = telling_of(a);
	struct telling y = telling_of(b);

	return x.lanes == y.lanes && x.io == y.io && x.contains == y.contains &&
	       x.classes == y.classes;
}

enum view_change view_edge_change(unsigned int times, uint32_t before, uint32_t after)
{
	enum view_change change = view_change_of(times);

	if (change != VIEW_SAME)
		return change;
	return tell_alike(before, after) ? VIEW_SAME : VIEW_CHANGED;
}

/* Unites flags of two edges; what is not there at a time says nothing of it. */
static uint32_t unite_flags(uint32_t a, bool a_there, uint32_t b, bool b_there)
{
	if (a_there == b_there)
		return a | b;
	return a_there ? a : b;
}

/* Makes one of two edges between the same places. */
static void merge_edge(struct view_edge *into, const struct view_edge *edge)
{
	unsigned int a = view_times(into->change);
	unsigned int b = view_times(edge->change);

	if (into->via != edge->via)
		into->via = 0;
	into->flags =
		unite_flags(into->flags, a & VIEW_AFTER, edge->flags, b & VIEW_AFTER);
	into->before =
		unite_flags(into->before, a & VIEW_BEFORE, edge->before, b & VIEW_BEFORE);
	into->members += edge->members;
	into->change = view_edge_change(a | b, into->before, into->flags);
}

void view_edges_sort(struct view_edges *edges)
{
	if (edges->count)
		qsort(edges->list, edges->count, sizeof(*edges->list), compare_edges);
}

void view_edges_finish(struct view_edges *edges)
{
	size_t kept = 0;

	if (edges->count == 0)
		return;
	view_edges_sort(edges);
	for (size_t i = 1; i < edges->count; i++) {
		struct view_edge *last = &edges->list[kept];
		const struct view_edge *edge = &edges->list[i];

		if (edge->from == last->from && edge->to == last->to)
			merge_edge(last, edge);
		else
			edges->list[++kept] = *edge;
	}
	edges->count = kept + 1;
}

struct view_node view_node_of(const struct lineage_node *node)
{
	return (struct view_node){
		.id = node->id,
		.depth = node->depth,
		.upstream = node->upstream,
		.downstream = node->downstream,
		.root = node->root,
		.members = 1,
	};
}

static int take_nodes(
	const struct lineage *lineage, struct arena *arena, struct view *view)
{
	view->nodes = arena_array(arena, lineage->node_count, sizeof(*view->nodes));
	if (!view->nodes)
		return ERR_NOMEM;
	view->node_count = lineage->node_count;
	for (size_t i = 0; i < lineage->node_count; i++)
		view->nodes[i] = view_node_of(&lineage->nodes[i]);
	return 0;
}

static int take_edges(
	const struct lineage *lineage, struct arena *arena, struct view *view)
{
	struct view_places places;
	int r = view_places_make(view, arena, &places);

	if (r)
		return r;
	view->edges = arena_array(arena, lineage->edge_count, sizeof(*view->edges));
	if (!view->edges)
		return ERR_NOMEM;
	for (size_t i = 0; i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];
		uint32_t from = view_place_of(&places, edge->from);
		uint32_t to = view_place_of(&places, edge->to);

		/* A page has edges to nodes of the pages before it. */
		if (from == UINT32_MAX || to == UINT32_MAX)
			continue;
		view->edges[view->edge_count++] = (struct view_edge){
			.from = from,
			.to = to,
			.via = edge->via,
			.flags = edge->flags,
			.before = edge->flags,
			.members = 1,
		};
	}
	return 0;
}

int view_from_lineage(struct snapshot *snapshot, const struct lineage *lineage,
	struct arena *arena, struct view *out)
{
	struct view view = { 0 };
	int r = take_nodes(lineage, arena, &view);

	if (!r)
		r = view_read_keys(snapshot, &view);
	if (!r)
		r = take_edges(lineage, arena, &view);
	if (!r)
		*out = view;
	return r;
}

int view_reshape(struct snapshot *snapshot, const struct view_shape *shape,
	struct arena *arena, struct view *view)
{
	struct meter meter = meter_of(shape->budget, 0);
	struct view shaped = *view;
	int r = 0;

	if (shape->through_temporary)
		r = view_draw_through(snapshot, &meter, arena, &shaped);
	if (!r && shape->group != GROUP_NONE)
		r = view_make_groups(snapshot, shape->group, &meter, arena, &shaped);
	if (r)
		return r;
	*view = shaped;
	return meter.cut == CUT_NONE ? 0 : 1;
}
