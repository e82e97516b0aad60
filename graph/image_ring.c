/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_ring.c - what nodes tell of others, so that walks need not look there
 *
 * Nodes that are one point at each other in a ring.  A field has a mark when its
 * whole has edges: only then a walk at a field asks the whole as well.
 */
#include "graph/image_ring.h"
#include "graph/image_draft.h"

int draft_reserve_whole(struct image_draft *draft)
{
	node_id *wholes = array_roomy(draft->wholes, &draft->whole_capacity,
		draft->whole_count, sizeof(*draft->wholes));

	if (!wholes)
		return ERR_NOMEM;
	draft->wholes = wholes;
	return 0;
}

void draft_note_whole(struct image_draft *draft, node_id id)
{
	draft->wholes[draft->whole_count++] = id;
}

static void set_mark(struct walk_list *list, enum walk_mark mark, bool value)
{
	if (value)
		list->marks |= (uint8_t)mark;
	else
		list->marks &= (uint8_t)~mark;
}

static int mark_field(
	struct image_draft *draft, node_id field, enum direction direction, bool value)
{
	const struct walk_list *list = image_list_at(draft->version, field, direction);
	struct image_chunk *chunk;
	int r;

	if (!list || ((list->marks & MARK_WHOLE) != 0) == value)
		return 0;
	r = draft_own_chunk(draft, field, &chunk);
	if (!r)
		set_mark(
			&chunk->lists[direction][field % CHUNK_NODES], MARK_WHOLE, value);
	return r;
}

static int mark_fields_of(struct image_draft *draft, node_id whole)
{
	/* A copy: marking a field may move the chunk, but never the lists. */
	struct image_node node = *image_at(draft->version, whole);
	const struct image_edges *edges = &node.edges[DOWNSTREAM];
	int r = 0;

	for (uint32_t i = 0; !r && i < edges->total; i++) {
		if (!(edges->flags[i] & EDGE_CONTAINS))
			continue;
		for (int d = UPSTREAM; !r && d <= DOWNSTREAM; d++)
			r = mark_field(draft, edges->peers[i], (enum direction)d,
				node.ring || node.edges[d].now);
	}
	return r;
}

int draft_mark_fields(struct image_draft *draft)
{
	while (draft->whole_count) {
		int r = mark_fields_of(draft, draft->wholes[draft->whole_count - 1]);

		if (r)
			return r;
		draft->whole_count--;
	}
	return 0;
}

/* Puts one node in its place of a ring; next 0: alone. */
static int ring_put(struct image_draft *draft, node_id id, node_id next, bool alias)
{
	size_t slot = id % CHUNK_NODES;
	struct image_chunk *chunk;
	struct image_node *node;
	int r = draft_reserve_whole(draft);

	if (!r)
		r = draft_own_chunk(draft, id, &chunk);
	if (r)
		return r;

	node = &chunk->nodes[slot];
	draft->version->ring_count += (uint64_t)(next != 0) - (node->ring != 0);
	node->ring = next;
	node->alias = alias;
	for (int d = UPSTREAM; d <= DOWNSTREAM; d++) {
		set_mark(&chunk->lists[d][slot], MARK_RING, next != 0);
		set_mark(&chunk->lists[d][slot], MARK_ALIAS, alias);
	}
	if (node->kind == NODE_WHOLE)
		draft_note_whole(draft, id);
	return 0;
}

int draft_set_ring(struct image_draft *draft, const node_id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!draft_has_node(draft, ids[i]))
			return ERR_CORRUPT;
	}
	for (size_t i = 0; i < count; i++) {
		node_id next = count == 1 ? 0 : ids[(i + 1) % count];
		int r = ring_put(draft, ids[i], next, i > 0);

		if (r)
			return r;
	}
	return 0;
}

node_id image_canonical(const struct image_version *version, node_id id)
{
	const struct image_node *node = image_at(version, id);
	node_id at = id;

	if (!node || !node->alias)
		return id;
	/* Never more steps than there are nodes in rings: a broken one ends as well. */
	for (uint64_t left = version->ring_count; left && node && node->alias; left--) {
		at = node->ring;
		node = image_at(version, at);
	}
	return node && !node->alias ? at : id;
}
