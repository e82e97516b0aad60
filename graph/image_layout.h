/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_layout.h - how a version of the image lies in memory
 *
 *	version -> pages[] -> chunks[512] -> nodes[128] -> edge lists
 *
 * Versions share whatever is the same in both.  What carries the epoch of the
 * draft (the version not yet published) is the draft's own and is changed in
 * place; everything else is copied first.  A copy of a chunk shares the edge
 * lists of its nodes until they change.
 */
#pragma once

#include "graph/image.h"

#define CHUNK_NODES ((size_t)128)
#define PAGE_CHUNKS ((size_t)512)
#define PAGE_NODES  (CHUNK_NODES * PAGE_CHUNKS)
#define CHUNK_WORDS (CHUNK_NODES / 64)

/* What a walk wants to know of a node before it looks closer. */
enum walk_mark {
	MARK_SPECIAL = 1, /* some edge that stands now is COVERED or IMPLIED */
	MARK_RING = 2,	  /* it is in a ring */
	MARK_ALIAS = 4,	  /* and another one of it stands for it */
	/* Of a field: its whole has edges that stand now, or is in a ring. */
	MARK_WHOLE = 8,
	/* Of a field: some peer that stands now is a whole. */
	MARK_TO_WHOLE = 16,
};

/* What a walk reads of a node, once more: four of them fit in a cache line. */
struct walk_list {
	const node_id *peers;
	uint32_t now;
	uint8_t kind;
	uint8_t marks; /* enum walk_mark */
};

_Static_assert(sizeof(struct walk_list) == 16, "packed for walks");

struct image_chunk {
	/* One bit a node and direction. */
	uint64_t fresh[2][CHUNK_WORDS];	  /* its list was made for the chunk's epoch */
	uint64_t in_slab[2][CHUNK_WORDS]; /* its list lies in a slab */
	_Alignas(64) struct image_node nodes[CHUNK_NODES];
	_Alignas(64) struct walk_list lists[2][CHUNK_NODES]; /* by enum direction */
	uint64_t epoch;
};

_Static_assert(sizeof(struct image_node) == 64, "a node is one cache line");

struct image_page {
	uint64_t epoch;
	struct image_chunk *chunks[PAGE_CHUNKS];
};

/* Memory that a later version does not use any more. */
struct garbage_item {
	void *memory;
	bool in_slab;
};

struct garbage {
	struct garbage_item *items;
	size_t count;
	size_t capacity;
};

struct image_version {
	struct image *image;
	struct image_version *newer; /* with pins: under the image's lock */
	size_t pins;
	struct garbage garbage; /* what the next version replaced */
	uint64_t sequence;
	uint64_t edge_count;
	uint64_t ring_count; /* nodes in rings */
	node_id last;
	size_t page_count;
	struct image_page **pages;
};

/* The chunk of a node, or NULL when none of its nodes was ever added. */
static inline const struct image_chunk *image_chunk_at(
	const struct image_version *version, node_id id)
{
	size_t page = id / PAGE_NODES;

	if (UNLIKELY(page >= version->page_count || !version->pages[page]))
		return NULL;
	return version->pages[page]->chunks[id / CHUNK_NODES % PAGE_CHUNKS];
}

/* The place of a node: NULL, or kind 0, when it was never added. */
static inline const struct image_node *image_at(
	const struct image_version *version, node_id id)
{
	const struct image_chunk *chunk = image_chunk_at(version, id);

	return LIKELY(chunk) ? &chunk->nodes[id % CHUNK_NODES] : NULL;
}

/* The same for a walk in one direction. */
static inline const struct walk_list *image_list_at(
	const struct image_version *version, node_id id, enum direction direction)
{
	const struct image_chunk *chunk = image_chunk_at(version, id);

	return LIKELY(chunk) ? &chunk->lists[direction][id % CHUNK_NODES] : NULL;
}
