/* SPDX-License-Identifier: Apache-2.0 */

/*
 * arena.c - chunks that are filled from the front
 *
 * Small allocations fill the newest chunk.  A large one gets a chunk of its
 * own in a second list, so that the rest of the newest chunk is not lost to
 * it.  Under the address sanitizer, bytes that nobody was given are poisoned:
 * a use after arena_reset() is found like a use after free().
 */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(addr, size)	((void)(addr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(addr, size) ((void)(addr), (void)(size))
#endif

#define ARENA_ALIGN alignof(max_align_t)
/* What is larger than this part of a chunk gets its own. */
#define ARENA_LARGE_PART 4
/* Elements that a list has room for at first. */
#define ARENA_GROW_FIRST 16

struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct chunk *chunks; /* newest first; the last one survives a reset */
	struct chunk *large;
	size_t chunk_bytes;
	size_t max_bytes;
	size_t taken_bytes;
	bool was_full;
};

struct arena *arena_new(size_t chunk_bytes, size_t max_bytes)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		return NULL;
	arena->chunk_bytes = chunk_bytes;
	/* No object may be larger; sums of sizes below this cannot overflow. */
	arena->max_bytes = max_bytes < PTRDIFF_MAX ? max_bytes : PTRDIFF_MAX;
	return arena;
}

static void free_chunk(struct arena *arena, struct chunk *chunk)
{
	arena->taken_bytes -= sizeof(*chunk) + chunk->size;
	ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->size);
	free(chunk);
}

static void free_list(struct arena *arena, struct chunk *chunk)
{
	while (chunk) {
		struct chunk *next = chunk->next;

		free_chunk(arena, chunk);
		chunk = next;
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	free_list(arena, arena->chunks);
	free_list(arena, arena->large);
	assert(arena->taken_bytes == 0);
	free(arena);
}

void arena_reset(struct arena *arena)
{
	free_list(arena, arena->large);
	arena->large = NULL;
	while (arena->chunks && arena->chunks->next) {
		struct chunk *next = arena->chunks->next;

		free_chunk(arena, arena->chunks);
		arena->chunks = next;
	}
	if (!arena->chunks)
		return;
	arena->chunks->used = 0;
	ASAN_POISON_MEMORY_REGION(arena->chunks->bytes, arena->chunks->size);
}

/* size shrinks to what the ceiling leaves, but not below needed. */
static struct chunk *add_chunk(
	struct arena *arena, struct chunk **list, size_t size, size_t needed)
{
	size_t left = arena->max_bytes - arena->taken_bytes;
	struct chunk *chunk;

	if (left < sizeof(*chunk) || left - sizeof(*chunk) < needed) {
		arena->was_full = true;
		return NULL;
	}
	if (size < needed)
		size = needed;
	if (size > left - sizeof(*chunk))
		size = left - sizeof(*chunk);
	chunk = malloc(sizeof(*chunk) + size);
	if (!chunk)
		return NULL;
	*chunk = (struct chunk){ .next = *list, .size = size };
	ASAN_POISON_MEMORY_REGION(chunk->bytes, size);
	arena->taken_bytes += sizeof(*chunk) + size;
	*list = chunk;
	return chunk;
}

static void *take_from(struct chunk *chunk, size_t bytes, size_t align)
{
	size_t start = (chunk->used + align - 1) & ~(align - 1);

	if (start > chunk->size || bytes > chunk->size - start)
		return NULL;
	chunk->used = start + bytes;
	ASAN_UNPOISON_MEMORY_REGION(chunk->bytes + start, bytes);
	return chunk->bytes + start;
}

static void *take(struct arena *arena, size_t bytes, size_t align)
{
	struct chunk *chunk = arena->chunks;
	void *ptr = chunk ? take_from(chunk, bytes, align) : NULL;

	if (LIKELY(ptr != NULL))
		return ptr;
	if (bytes > arena->chunk_bytes / ARENA_LARGE_PART)
		chunk = add_chunk(arena, &arena->large, bytes, bytes);
	else
		chunk = add_chunk(arena, &arena->chunks, arena->chunk_bytes, bytes);
	return chunk ? take_from(chunk, bytes, align) : NULL;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	return take(arena, bytes ? bytes : 1, ARENA_ALIGN);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	void *ptr;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	ptr = arena_alloc(arena, bytes);
	if (ptr)
		memset(ptr, 0, bytes);
	return ptr;
}

void *arena_grow(struct arena *arena, void *list, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room ? *room : ARENA_GROW_FIRST;
	void *larger;

	if (count < *room)
		return list;
	if (__builtin_add_overflow(wanted, *room, &wanted))
		return NULL;
	larger = arena_array(arena, wanted, size);
	if (!larger)
		return NULL;
	if (count)
		memcpy(larger, list, count * size);
	*room = wanted;
	return larger;
}

struct slice arena_dup(struct arena *arena, struct slice s)
{
	char *ptr;

	if (s.len == 0)
		return SLICE("");
	ptr = take(arena, s.len, 1);
	if (!ptr)
		return slice_of(NULL, 0);
	memcpy(ptr, s.ptr, s.len);
	return slice_of(ptr, s.len);
}

size_t arena_bytes(const struct arena *arena)
{
	return arena->taken_bytes;
}

bool arena_was_full(const struct arena *arena)
{
	return arena->was_full;
}
