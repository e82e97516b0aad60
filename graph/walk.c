/* SPDX-License-Identifier: Apache-2.0 */

/*
 * walk.c - level by level, with the memory of the next nodes on its way
 *
 * A node is marked as seen when an edge to it is looked at, before anything is
 * known of it; its kind is looked at when its turn comes, since by then its
 * memory has been fetched.
 */
#include "graph/walk.h"

/* How many nodes ahead: their place in the image, then their edges. */
#define AHEAD_NODE  32
#define AHEAD_EDGES 16

struct level_kinds level_kinds(enum lineage_level level)
{
	switch (level) {
	case LEVEL_DATASET:
		return (struct level_kinds){ NODE_DATASET, NODE_JOB };
	case LEVEL_JOB:
		return (struct level_kinds){ NODE_JOB, NODE_DATASET };
	case LEVEL_MIXED:
	case LEVEL_FIELD:
		break;
	}
	return (struct level_kinds){ 0, 0 };
}

void walk_fini(struct walk *walk)
{
	bitset_fini(&walk->seen);
	frontier_fini(&walk->found);
	frontier_fini(&walk->starts);
	frontier_fini(&walk->level);
	frontier_fini(&walk->next);
	frontier_fini(&walk->middle);
	frontier_fini(&walk->beyond);
	frontier_fini(&walk->scratch);
	span_buffer_fini(&walk->buffer);
}

static inline const struct walk_list *list_of(const struct walk *walk, node_id id)
{
	return image_list_at(walk->standing->image, id, walk->direction);
}

/* Asks for the memory that the nodes some places on will need. */
static inline void fetch_ahead(
	const struct walk *walk, const struct frontier *nodes, size_t i)
{
	const struct walk_list *list;

	if (i + AHEAD_NODE < nodes->count)
		__builtin_prefetch(list_of(walk, nodes->ids[i + AHEAD_NODE]));
	if (i + AHEAD_EDGES < nodes->count) {
		list = list_of(walk, nodes->ids[i + AHEAD_EDGES]);
		if (list) {
			__builtin_prefetch(list->peers);
			__builtin_prefetch((const char *)list->peers + 64);
		}
	}
}

/* The kind of a node; 0 when it was never added. */
static uint8_t kind_of(const struct walk *walk, node_id id)
{
	const struct walk_list *list = list_of(walk, id);

	return list ? list->kind : 0;
}

/* Puts those neighbours that were not seen yet into a list. */
static inline int take_new(
	struct walk *walk, const node_id *peers, size_t count, struct frontier *into)
{
	int r = frontier_reserve(into, count);

	if (r)
		return r;
	r = bitset_reserve(&walk->seen, count);
	if (r)
		return r;
	into->count += bitset_add_new(&walk->seen, peers, count, into->ids + into->count);
	return 0;
}

/* The same for the edges of a node that must be gathered first. */
static int gather_new(struct walk *walk, node_id id, struct frontier *into)
{
	struct edge_source source = {
		.id = id,
		.node = image_at(walk->standing->image, id),
		.direction = walk->direction,
	};
	struct span span;
	int r = standing_gather(walk->standing, &source, &walk->buffer, &span);

	return r ? r : take_new(walk, span.peers, span.count, into);
}

/* Looks at the edges of a node, of which list is what the walk knows. */
static inline int expand(struct walk *walk, node_id id, const struct walk_list *list,
	struct frontier *into)
{
	if (UNLIKELY(!walk->standing->plain))
		return gather_new(walk, id, into);
	return take_new(
		walk, list->peers, meter_take(&walk->standing->meter, list->now), into);
}

static bool cut(const struct walk *walk)
{
	return walk->standing->meter.cut != CUT_NONE;
}

/*
 * A root of the hidden kind waits until the edges of the shown ones are looked
 * at: what it leads to must not be taken from them.
 */
static int put_off(struct walk *walk, node_id id)
{
	int r = frontier_reserve(&walk->middle, 1);

	if (!r)
		frontier_push(&walk->middle, id);
	return r;
}

/*
 * Takes the nodes of a level into the answer and, unless they are the last,
 * looks at their edges.
 */
static int visit_level(struct walk *walk, uint32_t depth)
{
	struct frontier *into = walk->kinds.shown ? &walk->middle : &walk->next;
	int r = frontier_reserve(&walk->found, walk->level.count);

	for (size_t i = 0; !r && i < walk->level.count; i++) {
		node_id id = walk->level.ids[i];
		const struct walk_list *list = list_of(walk, id);

		fetch_ahead(walk, &walk->level, i);
		if (!list || list->kind == 0 || list->kind == NODE_FIELD)
			continue;
		frontier_push(&walk->found, id);
		if (depth == walk->max_depth || cut(walk))
			continue;
		if (list->kind == walk->kinds.hidden)
			r = put_off(walk, id);
		else
			r = expand(walk, id, list, into);
	}
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
		const struct walk_list *list = list_of(walk, id);

		fetch_ahead(walk, &walk->middle, i);
		if (!list)
			continue;
		if (list->kind == walk->kinds.shown)
			frontier_push(&walk->next, id);
		else if (list->kind == walk->kinds.hidden && !cut(walk))
			r = expand(walk, id, list, &walk->beyond);
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

		fetch_ahead(walk, &walk->beyond, i);
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

	walk->level = walk->next;
	walk->next = done;
	walk->next.count = 0;
	return frontier_sort(&walk->level, &walk->scratch);
}

static int start(struct walk *walk, const node_id *roots, size_t root_count)
{
	int r = bitset_init(&walk->seen, image_last(walk->standing->image));

	if (r)
		return r;
	r = bitset_reserve(&walk->seen, root_count);
	if (r)
		return r;
	r = frontier_reserve(&walk->next, root_count);
	if (r)
		return r;
	for (size_t i = 0; i < root_count; i++) {
		if (bitset_add(&walk->seen, roots[i]))
			frontier_push(&walk->next, roots[i]);
	}
	return step_down(walk);
}

static int begin_depth(struct walk *walk)
{
	int r = frontier_reserve(&walk->starts, 1);

	if (r)
		return r;
	frontier_push(&walk->starts, (uint32_t)walk->found.count);
	return 0;
}

int walk_run(struct walk *walk, const node_id *roots, size_t root_count)
{
	int r = start(walk, roots, root_count);

	for (uint32_t depth = 0; !r && walk->level.count; depth++) {
		r = begin_depth(walk);
		if (r)
			return r;
		r = visit_level(walk, depth);
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
