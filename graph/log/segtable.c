/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segtable.c - which segment an event is in, and about where
 */
#include "graph/log/segtable.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_CAP 16

/* Doubles an array until it holds want items. */
static int grow(void **items, size_t *cap, size_t want, size_t item_bytes)
{
	size_t new_cap = *cap ? *cap : FIRST_CAP;
	size_t bytes;
	void *grown;

	if (want <= *cap)
		return 0;
	while (new_cap < want)
		if (__builtin_mul_overflow(new_cap, 2, &new_cap))
			return ERR_NOMEM;
	if (__builtin_mul_overflow(new_cap, item_bytes, &bytes))
		return ERR_NOMEM;
	grown = realloc(*items, bytes);
	if (!grown)
		return ERR_NOMEM;
	*items = grown;
	*cap = new_cap;
	return 0;
}

int segmarks_reserve(struct segmarks *marks, size_t more)
{
	void *items = marks->items;
	size_t want;
	int r;

	if (__builtin_add_overflow(marks->count, more, &want))
		return ERR_NOMEM;
	r = grow(&items, &marks->cap, want, sizeof(*marks->items));
	marks->items = items;
	return r;
}

void segmarks_fini(struct segmarks *marks)
{
	free(marks->items);
	*marks = (struct segmarks){ 0 };
}

void segmarks_note(struct segmarks *marks, uint64_t index, struct segmark mark)
{
	if (index % SEGTABLE_STRIDE)
		return;
	assert(marks->count == index / SEGTABLE_STRIDE && marks->count < marks->cap);
	marks->items[marks->count++] = mark;
}

void segtable_init(struct segtable *table)
{
	*table = (struct segtable){ .lock = PTHREAD_MUTEX_INITIALIZER };
}

void segtable_fini(struct segtable *table)
{
	for (size_t i = 0; i < table->count; i++)
		segmarks_fini(&table->items[i].marks);
	free(table->items);
	pthread_mutex_destroy(&table->lock);
}

static int add_locked(
	struct segtable *table, const struct segfile_header *head, bool marked)
{
	struct segtable_item segment = { .head = *head, .marked = marked };
	void *items = table->items;
	int r = grow(&items, &table->cap, table->count + 1, sizeof(segment));

	table->items = items;
	if (r)
		return r;
	if (table->count && table->items[table->count - 1].head.first == head->first)
		segmarks_fini(&table->items[--table->count].marks);
	table->items[table->count++] = segment;
	return 0;
}

int segtable_add(struct segtable *table, const struct segfile_header *head, bool marked)
{
	int r;

	pthread_mutex_lock(&table->lock);
	r = add_locked(table, head, marked);
	pthread_mutex_unlock(&table->lock);
	return r;
}

int segtable_reserve(struct segtable *table, size_t frames)
{
	int r;

	pthread_mutex_lock(&table->lock);
	r = segmarks_reserve(
		&table->items[table->count - 1].marks, frames / SEGTABLE_STRIDE + 1);
	pthread_mutex_unlock(&table->lock);
	return r;
}

void segtable_note(struct segtable *table, uint64_t sequence, struct segmark mark)
{
	struct segtable_item *newest;

	pthread_mutex_lock(&table->lock);
	newest = &table->items[table->count - 1];
	segmarks_note(&newest->marks, sequence - newest->head.first, mark);
	pthread_mutex_unlock(&table->lock);
}

/* The frame that mark number i is for, or the segment's start. */
static struct segplace place_at(const struct segtable *table, size_t at, size_t mark)
{
	const struct segtable_item *segment = &table->items[at];
	struct segplace place = {
		.first = segment->head.first,
		.last = UINT64_MAX,
		.size = segment->head.size,
		.bytes_before = segment->head.bytes_before,
		.offset = SEGFILE_FRAMES_AT,
		.sequence = segment->head.first,
		.marked = segment->marked,
	};

	if (at + 1 < table->count)
		place.last = table->items[at + 1].head.first - 1;
	if (segment->marks.count) {
		if (mark >= segment->marks.count)
			mark = segment->marks.count - 1;
		place.offset = segment->marks.items[mark].offset;
		place.sequence += (uint64_t)mark * SEGTABLE_STRIDE;
	}
	return place;
}

static int find_locked(
	const struct segtable *table, uint64_t sequence, struct segplace *out)
{
	size_t low = 0;
	size_t high = table->count; /* segments below low start at or before it */
	uint64_t mark;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->items[middle].head.first <= sequence)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return 1;
	mark = (sequence - table->items[low - 1].head.first) / SEGTABLE_STRIDE;
	*out = place_at(table, low - 1, (size_t)mark);
	return 0;
}

int segtable_find(struct segtable *table, uint64_t sequence, struct segplace *out)
{
	int r;

	pthread_mutex_lock(&table->lock);
	r = find_locked(table, sequence, out);
	pthread_mutex_unlock(&table->lock);
	return r;
}

/* How many marks are before the time. */
static size_t marks_before(const struct segmarks *marks, int64_t received_us)
{
	size_t low = 0;
	size_t high = marks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (marks->items[middle].received_us < received_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int find_time_locked(
	const struct segtable *table, int64_t received_us, struct segplace *out)
{
	size_t low = 0;
	size_t high = table->count;
	size_t marks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->items[middle].head.since_us < received_us)
			low = middle + 1;
		else
			high = middle;
	}
	if (table->count == 0)
		return 1;
	if (low > 0)
		low--;
	marks = marks_before(&table->items[low].marks, received_us);
	*out = place_at(table, low, marks ? marks - 1 : 0);
	return 0;
}

int segtable_find_time(struct segtable *table, int64_t received_us, struct segplace *out)
{
	int r;

	pthread_mutex_lock(&table->lock);
	r = find_time_locked(table, received_us, out);
	pthread_mutex_unlock(&table->lock);
	return r;
}

void segtable_give_marks(struct segtable *table, uint64_t first, struct segmarks *marks)
{
	pthread_mutex_lock(&table->lock);
	for (size_t i = 0; i < table->count; i++) {
		struct segtable_item *segment = &table->items[i];

		if (segment->head.first == first && !segment->marked) {
			segment->marks = *marks;
			segment->marked = true;
			*marks = (struct segmarks){ 0 };
			break;
		}
	}
	pthread_mutex_unlock(&table->lock);
	segmarks_fini(marks);
}
