/* SPDX-License-Identifier: Apache-2.0 */

/*
 * walk_step.h - the steps that walks are made of
 */
#pragma once

#include "graph/walk.h"

/* How many nodes ahead: their place in the image, then their edges. */
#define AHEAD_NODE  32
#define AHEAD_EDGES 16

static inline const struct walk_list *walk_list_of(const struct walk *walk, node_id id)
{
	return image_list_at(walk->standing->image, id, walk->direction);
}

/* Asks for the memory that the nodes some places on will need. */
static inline void walk_fetch_ahead(
	const struct walk *walk, const struct frontier *nodes, size_t i)
{
	const struct walk_list *list;

	if (i + AHEAD_NODE < nodes->count)
		__builtin_prefetch(walk_list_of(walk, nodes->ids[i + AHEAD_NODE]));
	if (i + AHEAD_EDGES < nodes->count) {
		list = walk_list_of(walk, nodes->ids[i + AHEAD_EDGES]);
		if (list) {
			__builtin_prefetch(list->peers);
			__builtin_prefetch((const char *)list->peers + 64);
		}
	}
}

/* Puts those neighbours that were not seen yet into a list. */
static inline int walk_take(
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

/*
 * The same over those edges of a node that stand and that the rule lets pass, by
 * their flags.
 */
NODISCARD int walk_gather(
	struct walk *walk, node_id id, struct level_rule rule, struct frontier *into);

/* Looks at all peers that stand now. */
static inline int walk_take_all(
	struct walk *walk, const struct walk_list *list, struct frontier *into)
{
	return walk_take(
		walk, list->peers, meter_take(&walk->standing->meter, list->now), into);
}

/* Looks at the edges of a node, of which list is what the walk knows. */
static inline int walk_expand(struct walk *walk, node_id id, const struct walk_list *list,
	struct frontier *into)
{
	if (UNLIKELY(!walk->standing->plain ||
		     ((list->marks & MARK_SPECIAL) && walk->rule.blocked)))
		return walk_gather(walk, id, walk->rule, into);
	return walk_take_all(walk, list, into);
}

static inline bool walk_cut(const struct walk *walk)
{
	return walk->standing->meter.cut != CUT_NONE;
}

/* A root, or one of the nodes that are reached together with another one. */
static inline int walk_add(struct walk *walk, struct frontier *nodes, node_id id)
{
	return walk_take(walk, &id, 1, nodes);
}

/* Makes a sorted level whole: what comes in brings its own company. */
NODISCARD int walk_close(struct walk *walk, struct frontier *nodes);
