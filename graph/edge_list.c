/* SPDX-License-Identifier: Apache-2.0 */

/*
 * edge_list.c - merging changes into packed neighbours
 */
#include "graph/edge_list.h"

#include <stdlib.h>
#include <string.h>

#include "graph/slab.h"

#define EDGE_BYTES (sizeof(node_id) + sizeof(uint32_t))

/* A list under construction. */
struct list_writer {
	node_id *peers;
	uint32_t *flags;
	size_t count;
};

/* One of the two sorted parts of a list. */
struct list_part {
	const node_id *peers;
	const uint32_t *flags;
	size_t count;
};

static int compare_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int edge_op_compare(const void *a, const void *b)
{
	const struct edge_op *x = a;
	const struct edge_op *y = b;

	if (x->node != y->node)
		return compare_u32(x->node, y->node);
	if (x->direction != y->direction)
		return compare_u32(x->direction, y->direction);
	if (x->peer != y->peer)
		return compare_u32(x->peer, y->peer);
	return compare_u32(x->order, y->order);
}

size_t edge_ops_squeeze(struct edge_op *ops, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && ops[i + 1].peer == ops[i].peer)
			continue;
		ops[kept++] = ops[i];
	}
	return kept;
}

static struct list_part part_of(const struct image_edges *list, bool now)
{
	size_t first = now ? 0 : list->now;
	size_t end = now ? list->now : list->total;

	if (!list->peers || first == end)
		return (struct list_part){ 0 };
	return (struct list_part){ list->peers + first, list->flags + first,
		end - first };
}

/* The first place in a part, from `from` on, whose peer is not below this one. */
static size_t part_find(const struct list_part *part, size_t from, node_id peer)
{
	size_t end = part->count;

	while (from < end) {
		size_t middle = from + (end - from) / 2;

		if (part->peers[middle] < peer)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

static bool part_holds(const struct list_part *part, node_id peer, uint32_t *flags_out)
{
	size_t at = part_find(part, 0, peer);

	if (!part->peers || at == part->count || part->peers[at] != peer)
		return false;
	*flags_out = part->flags[at];
	return true;
}

bool edge_list_find(const struct image_edges *list, node_id peer, uint32_t *flags_out)
{
	struct list_part now = part_of(list, true);
	struct list_part past = part_of(list, false);

	return part_holds(&now, peer, flags_out) || part_holds(&past, peer, flags_out);
}

bool edge_list_differs(
	const struct image_edges *list, const struct edge_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t flags = 0;
		bool there = edge_list_find(list, ops[i].peer, &flags);

		if (there == ops[i].gone || (there && flags != ops[i].flags))
			return true;
	}
	return false;
}

/* Takes memory of its own: first the peers, then the flags. */
static int writer_alloc(struct list_writer *writer, size_t max)
{
	node_id *peers = malloc(max * EDGE_BYTES);

	if (!peers)
		return ERR_NOMEM;
	*writer = (struct list_writer){ peers, peers + max, 0 };
	return 0;
}

static int writer_take(struct list_writer *writer, struct slab_pool *pool, size_t max)
{
	struct slab_list list;
	int r = slab_take(pool, max, &list);

	if (!r)
		*writer = (struct list_writer){ list.peers, list.flags, 0 };
	return r;
}

static void writer_add(struct list_writer *writer, node_id peer, uint32_t flags)
{
	writer->peers[writer->count] = peer;
	writer->flags[writer->count] = flags;
	writer->count++;
}

static void writer_copy(struct list_writer *writer, const struct list_part *part,
	size_t first, size_t end)
{
	if (!part->peers || first == end)
		return;
	memcpy(writer->peers + writer->count, part->peers + first,
		(end - first) * sizeof(*part->peers));
	memcpy(writer->flags + writer->count, part->flags + first,
		(end - first) * sizeof(*part->flags));
	writer->count += end - first;
}

static bool stands_now(uint32_t flags)
{
	return (flags & EDGE_NOW) != 0;
}

/* Copies a part without the peers that ops speak of, and adds the ops that belong to it.
 */
static void merge_part(struct list_writer *writer, const struct list_part *part,
	const struct edge_op *ops, size_t count, bool now)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		size_t next = part_find(part, at, ops[i].peer);

		writer_copy(writer, part, at, next);
		at = next;
		if (at < part->count && part->peers[at] == ops[i].peer)
			at++;
		if (!ops[i].gone && stands_now(ops[i].flags) == now)
			writer_add(writer, ops[i].peer, ops[i].flags);
	}
	writer_copy(writer, part, at, part->count);
}

bool edge_list_special(const struct image_edges *list)
{
	uint32_t all = 0;

	for (uint32_t i = 0; i < list->now; i++)
		all |= list->flags[i];
	return (all & (EDGE_COVERED | EDGE_IMPLIED)) != 0;
}

int edge_list_merge(const struct image_edges *old, const struct edge_op *ops,
	size_t count, struct image_edges *out)
{
	struct list_part now = part_of(old, true);
	struct list_part past = part_of(old, false);
	struct list_writer writer;
	size_t max = old->total + count;
	size_t now_count;
	int r;

	if (max > UINT32_MAX)
		return ERR_TOO_LARGE;
	r = writer_alloc(&writer, max);
	if (r)
		return r;

	merge_part(&writer, &now, ops, count, true);
	now_count = writer.count;
	merge_part(&writer, &past, ops, count, false);
	if (writer.count == 0) {
		free(writer.peers);
		*out = (struct image_edges){ 0 };
		return 0;
	}
	*out = (struct image_edges){ (uint32_t)now_count, (uint32_t)writer.count,
		writer.peers, writer.flags };
	return 0;
}

static void load_part(
	struct list_writer *writer, const struct edge *edges, size_t count, bool now)
{
	for (size_t i = 0; i < count; i++) {
		if (stands_now(edges[i].flags) == now)
			writer_add(writer, edges[i].peer, edges[i].flags);
	}
}

int edge_list_load(struct slab_pool *pool, const struct edge *edges, size_t count,
	struct image_edges *out, bool *in_slab_out)
{
	struct list_writer writer;
	size_t now_count;
	bool in_slab;
	int r;

	if (count > UINT32_MAX)
		return ERR_TOO_LARGE;
	in_slab = count <= SLAB_LIST_MAX;
	r = in_slab ? writer_take(&writer, pool, count) : writer_alloc(&writer, count);
	if (r)
		return r;

	load_part(&writer, edges, count, true);
	now_count = writer.count;
	load_part(&writer, edges, count, false);
	*out = (struct image_edges){ (uint32_t)now_count, (uint32_t)count, writer.peers,
		writer.flags };
	*in_slab_out = in_slab;
	return 0;
}

void *edge_list_memory(const struct image_edges *list)
{
	/* Const for readers; whoever asks here owns the list. */
	union {
		const node_id *borrowed;
		void *owned;
	} peers = { .borrowed = list->peers };

	return peers.owned;
}

void edge_list_release(void *memory, bool in_slab)
{
	if (in_slab)
		slab_release(memory);
	else
		free(memory);
}
