/* SPDX-License-Identifier: Apache-2.0 */

/*
 * frontier.c - lists of ids, sorted by marks or by their bytes
 */
#include "graph/frontier.h"

#include <stdlib.h>
#include <string.h>

/* Wide digits need fewer passes, narrow ones less to count them in. */
#define DIGIT_WIDE    11
#define DIGIT_NARROW  8
#define WIDE_FROM     4096
#define DIGIT_COUNT   ((size_t)1 << DIGIT_WIDE)
#define DIGIT_MASK(w) (((uint32_t)1 << (w)) - 1)

/* Below it, insertion is faster than counting. */
#define INSERTION_MAX 48

/* Ids that lie close together are marked, one bit each, and read off in order. */
#define MARK_WORDS    ((size_t)2048)
#define WORDS_PER_ID  2 /* with more of them, most words are empty */
#define MARKING_LEAST 16

void frontier_fini(struct frontier *frontier)
{
	free(frontier->ids);
	*frontier = (struct frontier){ 0 };
}

int frontier_grow(struct frontier *frontier, size_t more)
{
	size_t wanted = frontier->count + more;
	node_id *ids;

	if (wanted < frontier->capacity * 2)
		wanted = frontier->capacity * 2;
	if (wanted < 64)
		wanted = 64;
	ids = realloc(frontier->ids, wanted * sizeof(*ids));
	if (!ids)
		return ERR_NOMEM;
	frontier->ids = ids;
	frontier->capacity = wanted;
	return 0;
}

static void sort_few(node_id *ids, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		node_id id = ids[i];
		size_t at = i;

		for (; at > 0 && ids[at - 1] > id; at--)
			ids[at] = ids[at - 1];
		ids[at] = id;
	}
}

/* The first 64 ids, and how many times 64, that hold all of a list. */
struct stretch {
	node_id first_word;
	size_t words;
};

static struct stretch stretch_of(const node_id *ids, size_t count)
{
	node_id lowest = UINT32_MAX;
	node_id highest = 0;

	for (size_t i = 0; i < count; i++) {
		lowest = ids[i] < lowest ? ids[i] : lowest;
		highest = ids[i] > highest ? ids[i] : highest;
	}
	return (struct stretch){ lowest / 64, (size_t)highest / 64 - lowest / 64 + 1 };
}

static void sort_close(node_id *ids, size_t count, struct stretch stretch)
{
	uint64_t marks[MARK_WORDS];
	size_t at = 0;

	memset(marks, 0, stretch.words * sizeof(marks[0]));
	for (size_t i = 0; i < count; i++)
		marks[ids[i] / 64 - stretch.first_word] |= (uint64_t)1 << (ids[i] % 64);
	for (size_t w = 0; w < stretch.words; w++) {
		node_id base = (stretch.first_word + (node_id)w) * 64;

		for (uint64_t left = marks[w]; left; left &= left - 1)
			ids[at++] = base + (node_id)__builtin_ctzll(left);
	}
}

/* One digit: its width and how far it is shifted. */
struct digit {
	unsigned int width;
	unsigned int shift;
};

static size_t digit_of(node_id id, struct digit digit)
{
	return id >> digit.shift & DIGIT_MASK(digit.width);
}

/* Copies ids in order of one digit, those with the same one in the order they had. */
static void spread(const node_id *from, node_id *to, size_t count, struct digit digit)
{
	uint32_t place[DIGIT_COUNT];
	uint32_t sum = 0;

	memset(place, 0, ((size_t)1 << digit.width) * sizeof(place[0]));
	for (size_t i = 0; i < count; i++)
		place[digit_of(from[i], digit)]++;
	for (size_t d = 0; d <= DIGIT_MASK(digit.width); d++) {
		uint32_t same = place[d];

		place[d] = sum;
		sum += same;
	}
	for (size_t i = 0; i < count; i++)
		to[place[digit_of(from[i], digit)]++] = from[i];
}

/* All bits that stand in any of the ids. */
static node_id bits_of(const node_id *ids, size_t count)
{
	node_id bits = 0;

	for (size_t i = 0; i < count; i++)
		bits |= ids[i];
	return bits;
}

static int sort_many(struct frontier *frontier, struct frontier *scratch)
{
	size_t count = frontier->count;
	struct digit digit = { count < WIDE_FROM ? DIGIT_NARROW : DIGIT_WIDE, 0 };
	uint64_t bits;
	int r;

	scratch->count = 0;
	r = frontier_reserve(scratch, count);
	if (r)
		return r;

	bits = bits_of(frontier->ids, count);
	for (; bits >> digit.shift; digit.shift += digit.width) {
		struct frontier other = *scratch;

		spread(frontier->ids, scratch->ids, count, digit);
		*scratch = *frontier;
		*frontier = other;
		frontier->count = count;
	}
	return 0;
}

int frontier_sort(struct frontier *frontier, struct frontier *scratch)
{
	size_t count = frontier->count;

	if (count >= MARKING_LEAST) {
		struct stretch stretch = stretch_of(frontier->ids, count);

		if (stretch.words <= MARK_WORDS &&
			stretch.words <= count * WORDS_PER_ID) {
			sort_close(frontier->ids, count, stretch);
			return 0;
		}
	}
	if (count > INSERTION_MAX)
		return sort_many(frontier, scratch);
	sort_few(frontier->ids, count);
	return 0;
}
