/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bitset.h - a set of dense 32-bit ids, cheap for few members and for many
 *
 * One bit an id, in blocks that come into being with their first member.  So
 * an empty set over 10 M ids costs 10 KB to make, and a full one 1.25 MB.
 * A small set, and one that has grown to have room for all, is flat: then no
 * block needs to be looked up.  Room for new members is reserved before they
 * are added, so that adding cannot fail.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITSET_BLOCK_WORDS ((size_t)64)
#define BITSET_BLOCK_SHIFT 12 /* ids of a block: 4096 */

_Static_assert(BITSET_BLOCK_WORDS * 64 == (size_t)1 << BITSET_BLOCK_SHIFT,
	"a block has one bit for each of its ids");

struct bitset {
	/*
	 * Of each place, a run of ids: what is added to id / 64 to find its word,
	 * plus 1; 0 when the place has no block yet.  The difference wraps.  All
	 * are 1 when the set is flat.
	 */
	uint32_t *shift_of;
	uint64_t *words;
	size_t places;
	size_t blocks;
	size_t capacity; /* of words, in blocks */
	bool flat;	 /* has a block for every place, in order of ids */
};

/* For ids from 0 to last. Zeroed, a bitset may be finished without being made. */
NODISCARD int bitset_init(struct bitset *set, uint32_t last);
void bitset_fini(struct bitset *set);

/* Makes sure that adding this many ids finds room. */
NODISCARD static inline int bitset_reserve(struct bitset *set, size_t count);

/* For the inline calls below only. */
NODISCARD int bitset_grow(struct bitset *set, size_t count);
uint32_t bitset_start_block(struct bitset *set, size_t place);

static inline uint32_t bitset_word(uint32_t shift, uint32_t id)
{
	return shift - 1 + id / 64;
}

static inline int bitset_reserve(struct bitset *set, size_t count)
{
	return LIKELY(set->flat || set->capacity - set->blocks >= count)
		       ? 0
		       : bitset_grow(set, count);
}

static inline bool bitset_has(const struct bitset *set, uint32_t id)
{
	uint32_t shift = set->shift_of[id >> BITSET_BLOCK_SHIFT];

	return shift && (set->words[bitset_word(shift, id)] >> (id % 64) & 1) != 0;
}

/* For the call below only, once for each value of flat. */
static inline __attribute__((always_inline)) size_t bitset_add_as(struct bitset *set,
	bool flat, const uint32_t *ids, size_t count, uint32_t *new_out)
{
	const uint32_t *shift_of = set->shift_of;
	uint64_t *words = set->words; /* they stay where they are: room was reserved */
	size_t added = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t id = ids[i];
		uint32_t shift = flat ? 1 : shift_of[id >> BITSET_BLOCK_SHIFT];
		uint64_t bit = (uint64_t)1 << (id % 64);
		uint64_t *word;

		if (UNLIKELY(shift == 0))
			shift = bitset_start_block(set, id >> BITSET_BLOCK_SHIFT);
		word = &words[bitset_word(shift, id)];
		/* Written always and counted when new: a branch would be guessed wrong.
		 */
		new_out[added] = id;
		added += (*word & bit) == 0;
		*word |= bit;
	}
	return added;
}

/*
 * Adds ids, and writes those that were not members before to new_out, which
 * has room for all of them.  Returns how many that were.
 */
static inline size_t bitset_add_new(
	struct bitset *set, const uint32_t *ids, size_t count, uint32_t *new_out)
{
	return set->flat ? bitset_add_as(set, true, ids, count, new_out)
			 : bitset_add_as(set, false, ids, count, new_out);
}

/* Returns whether it was not a member before. */
static inline bool bitset_add(struct bitset *set, uint32_t id)
{
	uint32_t new_id;

	return bitset_add_new(set, &id, 1, &new_id) == 1;
}

/* It is a member. */
static inline void bitset_remove(struct bitset *set, uint32_t id)
{
	uint32_t shift = set->shift_of[id >> BITSET_BLOCK_SHIFT];

	set->words[bitset_word(shift, id)] &= ~((uint64_t)1 << (id % 64));
}
