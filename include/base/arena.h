/* SPDX-License-Identifier: Apache-2.0 */

/*
 * arena.h - many small allocations, one release
 *
 * What is allocated lives until the arena is reset or freed.  An arena has a
 * ceiling: beyond it, as without memory, an allocation gives NULL.  One thread
 * at a time may use it.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* chunk_bytes: how much to ask the system for at a time; max_bytes: in all. */
NODISCARD struct arena *arena_new(size_t chunk_bytes, size_t max_bytes);
void arena_free(struct arena *arena);
DEFINE_AUTO(arena, struct arena *, arena_free);

/* Forgets everything, and keeps the first chunk for the next use. */
void arena_reset(struct arena *arena);

/* Aligned for any type, not zeroed. */
NODISCARD void *arena_alloc(struct arena *arena, size_t bytes);

/* count * size bytes, zeroed; NULL too when the product overflows. */
NODISCARD void *arena_array(struct arena *arena, size_t count, size_t size);

/*
 * Room for one more element behind the count that a list has: the list as it is,
 * or a copy with twice the room, which is then *room.  NULL without memory; the
 * list is as it was then.
 *
 *	list = arena_grow(arena, x->list, x->count, &x->room, sizeof(*list));
 *	if (!list)
 *		return ERR_NOMEM;
 *	x->list = list;
 */
NODISCARD void *arena_grow(
	struct arena *arena, void *list, size_t count, size_t *room, size_t size);

/* A copy of the bytes; ptr is NULL when it failed and s was not empty. */
struct slice arena_dup(struct arena *arena, struct slice s);

/* Whether an allocation ever failed for the ceiling. */
bool arena_was_full(const struct arena *arena);

/* Bytes taken from the system so far. */
size_t arena_bytes(const struct arena *arena);
