/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_draft.c - copy what changes, share the rest
 */
#include "graph/image_draft.h"

#include <stdlib.h>
#include <string.h>

/* Changes of edges are merged when there are this many, so that they stay bounded. */
#define OPS_MAX ((size_t)1 << 20)

#define NODE_BIT(slot)	((uint64_t)1 << ((slot) % 64))
#define NODE_WORD(slot) ((slot) / 64)

static bool bit_get(const uint64_t *bits, size_t slot)
{
	return (bits[NODE_WORD(slot)] & NODE_BIT(slot)) != 0;
}

static void bit_set(uint64_t *bits, size_t slot, bool value)
{
	if (value)
		bits[NODE_WORD(slot)] |= NODE_BIT(slot);
	else
		bits[NODE_WORD(slot)] &= ~NODE_BIT(slot);
}

void *array_roomy(void *array, size_t *capacity, size_t count, size_t item_bytes)
{
	size_t wanted = *capacity ? *capacity : 16;
	size_t bytes;
	void *grown;

	if (count < *capacity)
		return array;
	if (__builtin_mul_overflow(wanted, 2, &wanted) ||
		__builtin_mul_overflow(wanted, item_bytes, &bytes))
		return NULL;
	grown = realloc(array, bytes);
	if (grown)
		*capacity = wanted;
	return grown;
}

static int garbage_reserve(struct garbage *garbage)
{
	struct garbage_item *items = array_roomy(garbage->items, &garbage->capacity,
		garbage->count, sizeof(*garbage->items));

	if (!items)
		return ERR_NOMEM;
	garbage->items = items;
	return 0;
}

/* Room was reserved. */
static void garbage_add(struct garbage *garbage, void *memory, bool in_slab)
{
	garbage->items[garbage->count++] = (struct garbage_item){ memory, in_slab };
}

int draft_begin(struct image_draft *draft, const struct image_version *base)
{
	struct image_version *version;

	if (draft->version)
		return 0;
	version = calloc(1, sizeof(*version));
	if (!version)
		return ERR_NOMEM;

	if (base && base->page_count) {
		version->pages = calloc(base->page_count, sizeof(struct image_page *));
		if (!version->pages) {
			free(version);
			return ERR_NOMEM;
		}
		memcpy(version->pages, base->pages,
			base->page_count * sizeof(struct image_page *));
		version->page_count = base->page_count;
	}
	if (base) {
		version->last = base->last;
		version->edge_count = base->edge_count;
		version->ring_count = base->ring_count;
	}
	draft->version = version;
	return 0;
}

static int pages_reach(struct image_version *version, size_t index)
{
	size_t count = index + 1;
	struct image_page **pages;

	if (index < version->page_count)
		return 0;
	pages = realloc(version->pages, count * sizeof(struct image_page *));
	if (!pages)
		return ERR_NOMEM;
	memset(pages + version->page_count, 0,
		(count - version->page_count) * sizeof(struct image_page *));
	version->pages = pages;
	version->page_count = count;
	return 0;
}

/* The draft's own copy of the page that holds a node. */
static int own_page(struct image_draft *draft, node_id id, struct image_page **out)
{
	struct image_page *old;
	struct image_page *page;
	size_t index = id / PAGE_NODES;
	int r = pages_reach(draft->version, index);

	if (r)
		return r;
	old = draft->version->pages[index];
	if (old && old->epoch == draft->epoch) {
		*out = old;
		return 0;
	}

	r = garbage_reserve(&draft->replaced);
	if (r)
		return r;
	page = calloc(1, sizeof(*page));
	if (!page)
		return ERR_NOMEM;
	if (old) {
		*page = *old;
		garbage_add(&draft->replaced, old, false);
	}
	page->epoch = draft->epoch;
	draft->version->pages[index] = page;
	*out = page;
	return 0;
}

static struct image_chunk *chunk_dup(const struct image_chunk *old)
{
	struct image_chunk *chunk =
		aligned_alloc(_Alignof(struct image_chunk), sizeof(*chunk));

	if (!chunk)
		return NULL;
	if (!old) {
		memset(chunk, 0, sizeof(*chunk));
		return chunk;
	}
	memcpy(chunk, old, sizeof(*chunk));
	memset(chunk->fresh, 0, sizeof(chunk->fresh));
	return chunk;
}

int draft_own_chunk(struct image_draft *draft, node_id id, struct image_chunk **out)
{
	struct image_page *page;
	struct image_chunk **place;
	struct image_chunk *chunk;
	int r = own_page(draft, id, &page);

	if (r)
		return r;
	place = &page->chunks[id / CHUNK_NODES % PAGE_CHUNKS];
	if (*place && (*place)->epoch == draft->epoch) {
		*out = *place;
		return 0;
	}

	r = garbage_reserve(&draft->replaced);
	if (r)
		return r;
	chunk = chunk_dup(*place);
	if (!chunk)
		return ERR_NOMEM;
	if (*place)
		garbage_add(&draft->replaced, *place, false);
	chunk->epoch = draft->epoch;
	*place = chunk;
	*out = chunk;
	return 0;
}

int draft_put_node(
	struct image_draft *draft, node_id id, const struct image_node *attributes)
{
	struct image_chunk *chunk;
	struct image_node *node;
	int r = draft_own_chunk(draft, id, &chunk);

	if (r)
		return r;
	node = &chunk->nodes[id % CHUNK_NODES];
	node->kind = attributes->kind;
	node->namespace_id = attributes->namespace_id;
	node->parent = attributes->parent;
	for (int d = 0; d < 2; d++)
		chunk->lists[d][id % CHUNK_NODES].kind = attributes->kind;
	if (id > draft->version->last)
		draft->version->last = id;
	return 0;
}

int draft_set_nested(struct image_draft *draft, node_id id)
{
	struct image_chunk *chunk;
	int r;

	if (image_at(draft->version, id)->nested)
		return 0;
	r = draft_own_chunk(draft, id, &chunk);
	if (!r)
		chunk->nodes[id % CHUNK_NODES].nested = true;
	return r;
}

bool draft_has_node(const struct image_draft *draft, node_id id)
{
	const struct image_node *node = image_at(draft->version, id);

	return node && node->kind;
}

static bool leads_to_whole(
	const struct image_version *version, const struct image_edges *list)
{
	for (uint32_t i = 0; i < list->now; i++) {
		const struct image_node *peer = image_at(version, list->peers[i]);

		if (peer && peer->kind == NODE_WHOLE)
			return true;
	}
	return false;
}

static void set_walk_list(const struct image_version *version, struct walk_list *walk,
	const struct image_edges *list)
{
	walk->peers = list->peers;
	walk->now = list->now;
	walk->marks &= (uint8_t) ~(MARK_SPECIAL | MARK_TO_WHOLE);
	if (edge_list_special(list))
		walk->marks |= MARK_SPECIAL;
	if (walk->kind == NODE_FIELD && leads_to_whole(version, list))
		walk->marks |= MARK_TO_WHOLE;
}

/* Puts a list in the place of a node's old one, which the draft no longer uses. */
static int replace_list(struct image_draft *draft, const struct edge_op *where,
	const struct image_edges *list, bool in_slab)
{
	size_t slot = where->node % CHUNK_NODES;
	struct image_chunk *chunk;
	struct image_edges *place;
	int r = draft_own_chunk(draft, where->node, &chunk);

	if (r)
		return r;
	r = garbage_reserve(&draft->replaced);
	if (r)
		return r;
	r = draft_reserve_whole(draft);
	if (r)
		return r;

	place = &chunk->nodes[slot].edges[where->direction];
	if (place->peers) {
		bool old_in_slab = bit_get(chunk->in_slab[where->direction], slot);
		void *memory = edge_list_memory(place);

		if (bit_get(chunk->fresh[where->direction], slot))
			edge_list_release(memory, old_in_slab);
		else
			garbage_add(&draft->replaced, memory, old_in_slab);
	}
	if (where->direction == DOWNSTREAM)
		draft->version->edge_count += (uint64_t)list->total - place->total;
	*place = *list;
	set_walk_list(draft->version, &chunk->lists[where->direction][slot], list);
	if (chunk->nodes[slot].kind == NODE_WHOLE)
		draft_note_whole(draft, where->node);
	bit_set(chunk->fresh[where->direction], slot, true);
	bit_set(chunk->in_slab[where->direction], slot, in_slab);
	return 0;
}

int draft_load(struct image_draft *draft, node_id node, enum direction direction,
	const struct edge *edges, size_t count)
{
	struct edge_op where = { .node = node, .direction = (uint8_t)direction };
	struct image_edges list = { 0 };
	bool in_slab = false;
	int r;

	if (count) {
		r = edge_list_load(
			&draft->slabs[direction], edges, count, &list, &in_slab);
		if (r)
			return r;
	}
	r = replace_list(draft, &where, &list, in_slab);
	if (r && list.peers)
		edge_list_release(edge_list_memory(&list), in_slab);
	return r;
}

int draft_note(struct image_draft *draft, const struct edge_op *op)
{
	struct edge_op *ops;

	if (draft->op_count == OPS_MAX) {
		int r = draft_settle(draft);

		if (r)
			return r;
	}
	ops = array_roomy(
		draft->ops, &draft->op_capacity, draft->op_count, sizeof(*draft->ops));
	if (!ops)
		return ERR_NOMEM;
	draft->ops = ops;
	ops[draft->op_count] = *op;
	ops[draft->op_count].order = (uint32_t)draft->op_count;
	draft->op_count++;
	return 0;
}

/* Applies the ops of one node and direction. */
static int settle_list(struct image_draft *draft, struct edge_op *ops, size_t count)
{
	const struct image_node *node = image_at(draft->version, ops->node);
	const struct image_edges *old = &node->edges[ops->direction];
	struct image_edges list;
	int r;

	count = edge_ops_squeeze(ops, count);
	if (!edge_list_differs(old, ops, count))
		return 0;
	r = edge_list_merge(old, ops, count, &list);
	if (r)
		return r;
	r = replace_list(draft, ops, &list, false);
	if (r)
		free(edge_list_memory(&list));
	return r;
}

static size_t group_end(const struct edge_op *ops, size_t first, size_t count)
{
	size_t end = first + 1;

	while (end < count && ops[end].node == ops[first].node &&
		ops[end].direction == ops[first].direction)
		end++;
	return end;
}

int draft_settle(struct image_draft *draft)
{
	struct edge_op *ops = draft->ops;
	size_t end;

	/* The last op of an edge counts, so doing a part of them again is no harm. */
	if (draft->op_count > 1)
		qsort(ops, draft->op_count, sizeof(*ops), edge_op_compare);
	for (size_t first = 0; first < draft->op_count; first = end) {
		int r;

		end = group_end(ops, first, draft->op_count);
		r = settle_list(draft, ops + first, end - first);
		if (r)
			return r;
	}
	draft->op_count = 0;
	return draft_mark_fields(draft);
}

struct image_version *draft_take(struct image_draft *draft, struct garbage *replaced_out)
{
	*replaced_out = draft->replaced;
	draft->replaced = (struct garbage){ 0 };
	draft->epoch++;
	for (int d = 0; d < 2; d++)
		slab_pool_close(&draft->slabs[d]);
	return TAKE(draft->version);
}

/* Frees the lists of a chunk: all of them, or those made for its epoch. */
static void chunk_free_lists(struct image_chunk *chunk, bool all)
{
	for (size_t slot = 0; slot < CHUNK_NODES; slot++) {
		for (int d = 0; d < 2; d++) {
			void *memory = edge_list_memory(&chunk->nodes[slot].edges[d]);

			if (memory && (all || bit_get(chunk->fresh[d], slot)))
				edge_list_release(
					memory, bit_get(chunk->in_slab[d], slot));
		}
	}
}

/* Frees the chunks of a page: all of them, or those of an epoch. */
static void page_free_chunks(struct image_page *page, bool all, uint64_t epoch)
{
	for (size_t i = 0; i < PAGE_CHUNKS; i++) {
		struct image_chunk *chunk = page->chunks[i];

		if (!chunk || (!all && chunk->epoch != epoch))
			continue;
		chunk_free_lists(chunk, all);
		free(chunk);
	}
}

static void version_free_pages(struct image_version *version, bool all, uint64_t epoch)
{
	for (size_t i = 0; i < version->page_count; i++) {
		struct image_page *page = version->pages[i];

		if (!page || (!all && page->epoch != epoch))
			continue;
		page_free_chunks(page, all, epoch);
		free(page);
	}
}

void draft_drop(struct image_draft *draft)
{
	draft->op_count = 0;
	draft->whole_count = 0;
	draft->replaced.count = 0;
	if (!draft->version)
		return;
	version_free_pages(draft->version, false, draft->epoch);
	image_version_retire(TAKE(draft->version));
}

void draft_fini(struct image_draft *draft)
{
	draft_drop(draft);
	for (int d = 0; d < 2; d++)
		slab_pool_close(&draft->slabs[d]);
	free(draft->ops);
	free(draft->wholes);
	free(draft->replaced.items);
}

void image_version_retire(struct image_version *version)
{
	for (size_t i = 0; i < version->garbage.count; i++)
		edge_list_release(version->garbage.items[i].memory,
			version->garbage.items[i].in_slab);
	free(version->garbage.items);
	free(version->pages);
	free(version);
}

void image_version_destroy(struct image_version *version)
{
	version_free_pages(version, true, 0);
	image_version_retire(version);
}
