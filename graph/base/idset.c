/* SPDX-License-Identifier: Apache-2.0 */

/*
 * idset.c - linear probing in a table whose size is a power of two
 *
 * The table is at most three quarters full.  A removal closes the gap that it
 * leaves, so there are no tombstones and probes stay short.
 */
#include "base/idset.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define IDSET_FIRST_SLOTS 16

struct slot {
	uint64_t id; /* 0: free */
	uint64_t value;
};

struct idset {
	struct slot *slots;
	size_t mask; /* number of slots - 1; of no use while slots is NULL */
	size_t count;
	size_t max_members;
};

struct idset *idset_new(size_t max_members)
{
	struct idset *set = calloc(1, sizeof(*set));

	if (set)
		set->max_members = max_members;
	return set;
}

void idset_free(struct idset *set)
{
	if (!set)
		return;
	free(set->slots);
	free(set);
}

void idset_clear(struct idset *set)
{
	if (set->count)
		memset(set->slots, 0, (set->mask + 1) * sizeof(*set->slots));
	set->count = 0;
}

size_t idset_count(const struct idset *set)
{
	return set->count;
}

/* Ids are often sequential or multiples; every bit must reach the low ones. */
static size_t home_of(uint64_t id, size_t mask)
{
	id ^= id >> 32;
	id *= UINT64_C(0x9e3779b97f4a7c15);
	id ^= id >> 29;
	return (size_t)id & mask;
}

/* The slot that holds id, or the free one where it belongs. */
static struct slot *find(struct slot *slots, size_t mask, uint64_t id)
{
	size_t i = home_of(id, mask);

	while (slots[i].id != 0 && slots[i].id != id)
		i = (i + 1) & mask;
	return &slots[i];
}

static int grow(struct idset *set)
{
	size_t old_count = set->slots ? set->mask + 1 : 0;
	size_t new_count = IDSET_FIRST_SLOTS;
	struct slot *slots;

	if (old_count && __builtin_mul_overflow(old_count, (size_t)2, &new_count))
		return ERR_NOMEM;
	slots = calloc(new_count, sizeof(*slots));
	if (!slots)
		return ERR_NOMEM;
	for (size_t i = 0; i < old_count; i++) {
		if (set->slots[i].id)
			*find(slots, new_count - 1, set->slots[i].id) = set->slots[i];
	}
	free(set->slots);
	set->slots = slots;
	set->mask = new_count - 1;
	return 0;
}

static int add(struct idset *set, uint64_t id, uint64_t value)
{
	if (set->count >= set->max_members)
		return ERR_TOO_LARGE;
	if (!set->slots || set->count >= (set->mask + 1) / 4 * 3) {
		int r = grow(set);

		if (r)
			return r;
	}
	*find(set->slots, set->mask, id) = (struct slot){ id, value };
	set->count++;
	return 0;
}

int idset_put(struct idset *set, uint64_t id, uint64_t value)
{
	struct slot *slot;

	if (id == 0)
		return ERR_INVALID;
	if (!set->slots)
		return add(set, id, value);
	slot = find(set->slots, set->mask, id);
	if (slot->id == 0)
		return add(set, id, value);
	slot->value = value;
	return 1;
}

int idset_get(const struct idset *set, uint64_t id, uint64_t *value_out)
{
	const struct slot *slot;

	if (id == 0 || set->count == 0)
		return 1;
	slot = find(set->slots, set->mask, id);
	if (slot->id == 0)
		return 1;
	if (value_out)
		*value_out = slot->value;
	return 0;
}

/* Moves later members of the run into the gap, each not before its home. */
static void close_gap(struct idset *set, size_t gap)
{
	struct slot *slots = set->slots;
	size_t mask = set->mask;

	for (size_t i = (gap + 1) & mask; slots[i].id; i = (i + 1) & mask) {
		size_t home = home_of(slots[i].id, mask);

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		slots[gap] = slots[i];
		gap = i;
	}
	slots[gap] = (struct slot){ 0 };
}

int idset_remove(struct idset *set, uint64_t id)
{
	struct slot *slot;

	if (id == 0 || set->count == 0)
		return 1;
	slot = find(set->slots, set->mask, id);
	if (slot->id == 0)
		return 1;
	close_gap(set, (size_t)(slot - set->slots));
	set->count--;
	return 0;
}
