/* SPDX-License-Identifier: Apache-2.0 */

/*
 * walk.c - level by level, with the memory of the next nodes on its way
 *
 * A node is marked as seen when an edge to it is looked at, before anything is
 * known of it; its kind is looked at when its turn comes, since by then its
 * memory has been fetched.
 */
#include "graph/walk.h"

#include <string.h>

#include "graph/image_ring.h"
#include "graph/walk_step.h"

void walk_fini(struct walk *walk)
{
	bitset_fini(&walk->seen);
	bitset_fini(&walk->datasets);
	bitset_fini(&walk->spread);
	frontier_fini(&walk->found);
	frontier_fini(&walk->starts);
	frontier_fini(&walk->level);
	frontier_fini(&walk->next);
	frontier_fini(&walk->roots);
	frontier_fini(&walk->middle);
	frontier_fini(&walk->beyond);
	frontier_fini(&walk->scratch);
	span_buffer_fini(&walk->buffer);
}

/* The kind of a node; 0 when it was never added. */
static uint8_t kind_of(const struct walk *walk, node_id id)
{
	const struct walk_list *list = walk_list_of(walk, id);

	return list ? list->kind : 0;
}

int walk_gather(
	struct walk *walk, node_id id, struct level_rule rule, struct frontier *into)
{
	struct edge_source source = {
		.id = id,
		.node = image_at(walk->standing->image, id),
		.direction = walk->direction,
	};
	struct span span;
	int r = standing_edges(walk->standing, &source, &walk->buffer, &span);

	if (r)
		return r;
	if (rule.blocked == 0)
		return walk_take(walk, span.peers, span.count, into);
	for (size_t i = 0; !r && i < span.count; i++) {
		if (rule_passes(rule, span.flags[i]))
			r = walk_take(walk, &span.peers[i], 1, into);
	}
	return r;
}

/*
 * A root of the hidden kind waits until the edges of the shown ones are looked
 * at: what it leads to must not be taken from them.
 */
static int put_off(struct walk *walk, node_id id)
{
	int r = frontier_reserve(&walk->roots, 1);

	if (!r)
		frontier_push(&walk->roots, id);
	return r;
}

/* Looks at the edges of a whole: once a walk, for itself or for its fields. */
static int spread_whole(struct walk *walk, node_id id)
{
	int r = bitset_reserve(&walk->spread, 1);

	if (r || !bitset_add(&walk->spread, id))
		return r;
	walk->met = MARK_TO_WHOLE; /* its list has no mark of that */
	return walk_gather(walk, id, level_any, &walk->next);
}

/* The edges of a field's whole count as its own. */
static int spread_wholes(struct walk *walk, node_id whole)
{
	struct ring ring = ring_from(walk->standing->image, whole);
	int r = 0;

	for (; !r && ring.at && !walk_cut(walk); ring_step(&ring))
		r = spread_whole(walk, ring.at);
	return r;
}

/* A dataset among fields is there once, by its whole, its aliases or itself. */
static int show_dataset(struct walk *walk, node_id id)
{
	node_id shown = walk_shown(walk->standing->image, id);
	int r = bitset_reserve(&walk->datasets, 1);

	if (!r && bitset_add(&walk->datasets, shown))
		frontier_push(&walk->found, shown);
	walk->jumbled = true;
	return r;
}

/* Answers have other ids for some nodes of a level: brings them in order. */
static int sort_found(struct walk *walk, size_t first)
{
	node_id *ids = walk->found.ids + first;
	size_t count = walk->found.count - first;
	int r;

	if (LIKELY(!walk->jumbled) || count == 0)
		return 0;
	walk->jumbled = false;
	r = frontier_reserve(&walk->middle, count);
	if (r)
		return r;
	memcpy(walk->middle.ids, ids, count * sizeof(*ids));
	walk->middle.count = count;
	r = frontier_sort(&walk->middle, &walk->scratch);
	if (!r)
		memcpy(ids, walk->middle.ids, count * sizeof(*ids));
	walk->middle.count = 0;
	return r;
}

/* Nodes that are more than a node with peers: by kind, one bit each, and by mark. */
struct odd {
	uint32_t kinds;
	uint8_t marks;
};

static struct odd odd_of(const struct walk *walk)
{
	uint8_t usual = walk->kinds.shown ? (uint8_t)(1 << walk->kinds.shown)
					  : walk->kinds.walked;
	uint8_t marks = MARK_ALIAS;

	/* Peers alone do not tell what stood, nor who said it. */
	if (!walk->standing->plain)
		return (struct odd){ UINT32_MAX, 0 };
	if (walk->fields) {
		usual = 1 << NODE_FIELD;
		marks |= MARK_WHOLE;
	}
	if (walk->rule.blocked)
		marks |= MARK_SPECIAL;
	return (struct odd){ ~(uint32_t)usual, marks };
}

/* A field or what is walked beside fields; room in found was reserved. */
static int visit_odd_field(
	struct walk *walk, node_id id, const struct walk_list *list, bool goes_on)
{
	int r = 0;

	if (list->kind != NODE_FIELD)
		r = show_dataset(walk, id);
	else if (!(list->marks & MARK_ALIAS))
		frontier_push(&walk->found, id);
	if (r || !goes_on || list->kind == NODE_DATASET)
		return r;
	if (list->kind == NODE_WHOLE)
		return spread_whole(walk, id);
	/* Edges that do not stand now may lead to wholes as well. */
	walk->met |= walk->standing->plain ? list->marks : MARK_TO_WHOLE;
	r = walk_expand(walk, id, list, &walk->next);
	return r ? r : spread_wholes(walk, image_at(walk->standing->image, id)->parent);
}

/* A node that wants more than to be shown and to have its peers looked at. */
static int visit_odd(
	struct walk *walk, node_id id, const struct walk_list *list, bool goes_on)
{
	if (!level_walks(walk->kinds, list->kind))
		return 0;
	if (walk->fields)
		return visit_odd_field(walk, id, list, goes_on);
	if (!(list->marks & MARK_ALIAS))
		frontier_push(&walk->found, id);
	if (!goes_on)
		return 0;
	if (list->kind == walk->kinds.hidden)
		return put_off(walk, id);
	return walk_expand(
		walk, id, list, walk->kinds.shown ? &walk->middle : &walk->next);
}

/*
 * Takes the nodes of a level into the answer and, unless they are the last,
 * looks at their edges.
 */
static int visit_level(struct walk *walk, bool last)
{
	struct frontier *into = walk->kinds.shown ? &walk->middle : &walk->next;
	const struct odd odd = odd_of(walk);
	size_t first = walk->found.count;
	uint8_t met = 0;
	int r = frontier_reserve(&walk->found, walk->level.count);

	for (size_t i = 0; !r && i < walk->level.count; i++) {
		node_id id = walk->level.ids[i];
		const struct walk_list *list = walk_list_of(walk, id);
		bool goes_on = !last && !walk_cut(walk);

		walk_fetch_ahead(walk, &walk->level, i);
		if (!list)
			continue;
		if (UNLIKELY(
			    (odd.kinds >> list->kind & 1) || (list->marks & odd.marks))) {
			r = visit_odd(walk, id, list, goes_on);
			continue;
		}
		frontier_push(&walk->found, id);
		if (goes_on)
			r = walk_take_all(walk, list, into);
		met |= list->marks;
	}
	walk->met |= met;
	return r ? r : sort_found(walk, first);
}

/* From roots of the hidden kind all edges lead on: they are no way through. */
static int visit_roots(struct walk *walk)
{
	int r = 0;

	for (size_t i = 0; !r && i < walk->roots.count && !walk_cut(walk); i++)
		r = walk_gather(walk, walk->roots.ids[i], level_any, &walk->beyond);
	walk->roots.count = 0;
	return r;
}

/*
 * Neighbours of shown nodes: shown ones are the next level, hidden ones lead
 * to it.
 */
static int visit_middle(struct walk *walk)
{
	int r = frontier_reserve(&walk->next, walk->middle.count);

	for (size_t i = 0; !r && i < walk->middle.count; i++) {
		node_id id = walk->middle.ids[i];
		const struct walk_list *list = walk_list_of(walk, id);

		walk_fetch_ahead(walk, &walk->middle, i);
		if (!list)
			continue;
		if (list->kind == walk->kinds.shown)
			frontier_push(&walk->next, id);
		else if (list->kind == walk->kinds.hidden && !walk_cut(walk))
			r = walk_expand(walk, id, list, &walk->beyond);
	}
	walk->middle.count = 0;
	return r;
}

/*
 * Neighbours of hidden nodes: shown ones are the next level.  Another hidden
 * one is not led to from here, but may be from a shown node later.
 */
static int visit_beyond(struct walk *walk)
{
	int r = frontier_reserve(&walk->next, walk->beyond.count);

	for (size_t i = 0; !r && i < walk->beyond.count; i++) {
		node_id id = walk->beyond.ids[i];
		uint8_t kind = kind_of(walk, id);

		walk_fetch_ahead(walk, &walk->beyond, i);
		if (kind == walk->kinds.shown)
			frontier_push(&walk->next, id);
		else
			bitset_remove(&walk->seen, id);
	}
	walk->beyond.count = 0;
	return r;
}

/* From this level to the next, through the hidden nodes in between. */
static int cross_hidden(struct walk *walk)
{
	int r = frontier_sort(&walk->middle, &walk->scratch);

	if (r)
		return r;
	r = walk_close(walk, &walk->middle);
	if (r)
		return r;
	r = visit_roots(walk);
	if (r)
		return r;
	r = visit_middle(walk);
	if (r)
		return r;
	r = frontier_sort(&walk->beyond, &walk->scratch);
	if (r)
		return r;
	return visit_beyond(walk);
}

/* Makes the next level this one. */
static int step_down(struct walk *walk)
{
	struct frontier done = walk->level;
	int r;

	walk->level = walk->next;
	walk->next = done;
	walk->next.count = 0;
	r = frontier_sort(&walk->level, &walk->scratch);
	return r ? r : walk_close(walk, &walk->level);
}

static int init_sets(struct walk *walk)
{
	node_id last = image_last(walk->standing->image);
	int r = bitset_init(&walk->seen, last);

	if (!r && walk->fields)
		r = bitset_init(&walk->datasets, last);
	if (!r && walk->fields)
		r = bitset_init(&walk->spread, last);
	return r;
}

static int start(struct walk *walk)
{
	const struct lineage_query *query = walk->standing->query;
	int r;

	walk->kinds = level_kinds(query->level);
	walk->rule = level_rule(query);
	walk->fields = query->level == LEVEL_FIELD;
	walk->column = level_column(
		walk->standing->image, query->level, query->roots, query->root_count);
	walk->closing = walk->fields || walk->standing->rings;
	walk->met = MARK_TO_WHOLE; /* roots may be anything */
	r = init_sets(walk);
	if (r || walk->column)
		return r;
	for (size_t i = 0; !r && i < query->root_count; i++)
		r = walk_add(walk, &walk->next,
			image_canonical(walk->standing->image, query->roots[i]));
	return r ? r : step_down(walk);
}

static int begin_depth(struct walk *walk)
{
	int r = frontier_reserve(&walk->starts, 1);

	if (r)
		return r;
	frontier_push(&walk->starts, (uint32_t)walk->found.count);
	return 0;
}

/*
 * A column that no lineage names has the edges of its whole.  It is not the
 * whole: that and its other fields are reached when an edge leads there.
 */
static int visit_column(struct walk *walk)
{
	int r = begin_depth(walk);

	if (!r)
		r = bitset_reserve(&walk->datasets, 1);
	if (!r)
		r = frontier_reserve(&walk->found, 1);
	if (r)
		return r;
	(void)bitset_add(&walk->datasets, walk->column);
	frontier_push(&walk->found, walk->column);
	if (walk->standing->query->depth > 0)
		r = spread_wholes(walk, walk->column);
	return r ? r : step_down(walk);
}

int walk_run(struct walk *walk)
{
	int r = start(walk);

	if (!r && walk->column)
		r = visit_column(walk);
	for (uint32_t depth = walk->column ? 1 : 0; !r && walk->level.count; depth++) {
		bool last = depth == walk->standing->query->depth;

		r = begin_depth(walk);
		if (!r)
			r = visit_level(walk, last);
		if (r)
			return r;
		if (walk->kinds.shown) {
			r = cross_hidden(walk);
			if (r)
				return r;
		}
		r = step_down(walk);
	}
	return r;
}
