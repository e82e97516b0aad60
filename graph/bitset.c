/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bitset.c - blocks of bits, made when they are needed
 */
#include "graph/bitset.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (BITSET_BLOCK_WORDS * sizeof(uint64_t))

/* Of so few places, all blocks are made at once. */
#define SMALL_PLACES 2

/* Up to here malloc() has used memory at hand, which calloc() does not look for. */
#define SMALL_BYTES 4096

static void *new_zeroed(size_t count, size_t size)
{
	void *memory;

	if (count > SMALL_BYTES / size)
		return calloc(count, size);
	memory = malloc(count * size);
	return memory ? memset(memory, 0, count * size) : NULL;
}

/* Gives every place its block; the blocks there are move to their own place. */
static int make_flat(struct bitset *set)
{
	uint64_t *words = new_zeroed(set->places, BLOCK_BYTES);

	if (!words)
		return ERR_NOMEM;
	for (size_t place = 0; place < set->places; place++) {
		size_t first = place * BITSET_BLOCK_WORDS;
		uint32_t shift = set->shift_of[place];

		if (shift)
			memcpy(words + first,
				set->words + bitset_word(shift, (uint32_t)first * 64),
				BLOCK_BYTES);
		set->shift_of[place] = 1;
	}
	free(set->words);
	set->words = words;
	set->blocks = set->places;
	set->capacity = set->places;
	set->flat = true;
	return 0;
}

int bitset_init(struct bitset *set, uint32_t last)
{
	*set = (struct bitset){ .places = ((size_t)last >> BITSET_BLOCK_SHIFT) + 1 };
	set->shift_of = new_zeroed(set->places, sizeof(*set->shift_of));
	if (!set->shift_of)
		return ERR_NOMEM;
	if (set->places > SMALL_PLACES || make_flat(set) == 0)
		return 0;
	bitset_fini(set);
	return ERR_NOMEM;
}

void bitset_fini(struct bitset *set)
{
	free(set->shift_of);
	free(set->words);
	*set = (struct bitset){ 0 };
}

int bitset_grow(struct bitset *set, size_t count)
{
	size_t wanted = set->blocks + count;
	uint64_t *words;

	if (wanted < set->capacity * 2)
		wanted = set->capacity * 2;
	if (wanted >= set->places) /* no set needs more blocks than this */
		return make_flat(set);
	words = realloc(set->words, wanted * BLOCK_BYTES);
	if (!words)
		return ERR_NOMEM;
	set->words = words;
	set->capacity = wanted;
	return 0;
}

uint32_t bitset_start_block(struct bitset *set, size_t place)
{
	size_t first = set->blocks++ * BITSET_BLOCK_WORDS;

	memset(set->words + first, 0, BLOCK_BYTES);
	set->shift_of[place] = (uint32_t)(first - place * BITSET_BLOCK_WORDS + 1);
	return set->shift_of[place];
}
