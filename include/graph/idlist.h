/* SPDX-License-Identifier: Apache-2.0 */

/*
 * idlist.h - 32-bit ids in an arena: gathered, then sorted, without doubles
 *
 * A list that is full is sorted and loses its doubles before it grows, so that
 * gathering the same few ids a million times keeps it small.
 */
#pragma once

#include "base/attr.h"

#include <stddef.h>
#include <stdint.h>

struct arena;

struct idlist {
	struct arena *arena;
	uint32_t *ids;
	size_t count;
	size_t cap;
};

/* Zeroed but for the arena, a list is empty. */
NODISCARD int idlist_add(struct idlist *list, uint32_t id);
NODISCARD int idlist_append(struct idlist *list, const uint32_t *ids, size_t count);

/* Sorts, and removes doubles. */
void idlist_finish(struct idlist *list);

/* Where an id is among sorted ones; count when it is not there. */
size_t idlist_place(const uint32_t *ids, size_t count, uint32_t id);
