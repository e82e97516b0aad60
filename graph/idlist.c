/* SPDX-License-Identifier: Apache-2.0 */

/*
 * idlist.c - 32-bit ids in an arena
 */
#include "graph/idlist.h"

#include "base/arena.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#define LIST_FIRST 16

static int compare(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	return (*x > *y) - (*x < *y);
}

static int reserve(struct idlist *list, size_t more)
{
	size_t cap = list->cap ? list->cap : LIST_FIRST;
	uint32_t *ids;
	size_t need;

	if (__builtin_add_overflow(list->count, more, &need))
		return ERR_NOMEM;
	while (cap < need)
		if (__builtin_mul_overflow(cap, 2, &cap))
			return ERR_NOMEM;
	if (cap == list->cap)
		return 0;

	ids = arena_array(list->arena, cap, sizeof(*ids));
	if (!ids)
		return ERR_NOMEM;
	if (list->count)
		memcpy(ids, list->ids, list->count * sizeof(*ids));
	list->ids = ids;
	list->cap = cap;
	return 0;
}

int idlist_add(struct idlist *list, uint32_t id)
{
	int r;

	if (list->count == list->cap) {
		idlist_finish(list);
		/* With less than half to spare, every few adds would sort again. */
		if (list->count >= list->cap / 2) {
			r = reserve(list, list->cap - list->count + 1);
			if (r)
				return r;
		}
	}
	list->ids[list->count++] = id;
	return 0;
}

int idlist_append(struct idlist *list, const uint32_t *ids, size_t count)
{
	int r;

	if (!count)
		return 0;
	r = reserve(list, count);
	if (r)
		return r;
	memcpy(list->ids + list->count, ids, count * sizeof(*ids));
	list->count += count;
	return 0;
}

void idlist_finish(struct idlist *list)
{
	size_t n = 0;

	if (list->count < 2)
		return;
	qsort(list->ids, list->count, sizeof(*list->ids), compare);
	for (size_t i = 1; i < list->count; i++)
		if (list->ids[i] != list->ids[n])
			list->ids[++n] = list->ids[i];
	list->count = n + 1;
}

size_t idlist_place(const uint32_t *ids, size_t count, uint32_t id)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ids[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < count && ids[low] == id ? low : count;
}
