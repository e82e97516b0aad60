/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_tail.c - the segments of a lane that stand now
 */
#include "graph/fold_tail.h"

#include "base/arena.h"
#include "graph/timeline_step.h"

#include <stdlib.h>
#include <string.h>

void tail_fini(struct tail *tail)
{
	free(tail->list);
	*tail = (struct tail){ 0 };
}

/* Where an ioset is, or would be. */
static size_t find(const struct tail *tail, ioset_id io)
{
	size_t low = 0;
	size_t high = tail->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (tail->list[mid].io < io)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int insert(struct tail *tail, size_t at, ioset_id io)
{
	if (tail->count == tail->cap) {
		size_t cap = tail->cap ? tail->cap * 2 : 4;
		struct tail_count *list = reallocarray(tail->list, cap, sizeof(*list));

		if (!list)
			return ERR_NOMEM;
		tail->list = list;
		tail->cap = cap;
	}
	memmove(&tail->list[at + 1], &tail->list[at],
		(tail->count - at) * sizeof(*tail->list));
	tail->list[at] = (struct tail_count){ io, 1 };
	tail->count++;
	return 0;
}

static int count_up(struct tail *tail, ioset_id io)
{
	size_t at = find(tail, io);

	if (at == tail->count || tail->list[at].io != io)
		return insert(tail, at, io);
	tail->list[at].count++;
	return 0;
}

static int count_down(struct tail *tail, ioset_id io)
{
	size_t at = find(tail, io);

	if (at == tail->count || tail->list[at].io != io)
		return ERR_CORRUPT;
	if (--tail->list[at].count)
		return 0;
	tail->count--;
	memmove(&tail->list[at], &tail->list[at + 1],
		(tail->count - at) * sizeof(*tail->list));
	return 0;
}

int tail_load(struct tail *tail, struct store_txn *txn, node_id job, enum evidence lane)
{
	struct segment segment;
	int r;

	tail->count = 0;
	tail->first = run_position_first;
	tail->settled = 0;
	r = segment_floor(txn, job, lane, &run_position_last, &segment);
	while (!r) {
		struct run_position first = segment.first;

		r = count_up(tail, segment.io);
		if (r)
			return r;
		if (segment.settled_us != TIME_OPEN) {
			tail->first = first;
			tail->settled = segment.io;
			break;
		}
		r = segment_previous(txn, job, lane, &first, &segment);
	}
	tail->stale = r < 0;
	return r < 0 ? r : 0;
}

int tail_change(struct tail *tail, const struct segment *segment, bool added)
{
	if (tail->stale || run_position_compare(&segment->first, &tail->first) < 0)
		return 0;
	if (segment->settled_us != TIME_OPEN) {
		tail->stale = true;
		return 0;
	}
	return added ? count_up(tail, segment->io) : count_down(tail, segment->io);
}

int tail_list(const struct tail *tail, struct arena *arena, struct ioset_list *out)
{
	ioset_id *ids = arena_array(arena, tail->count + 1, sizeof(*ids));

	if (!ids)
		return ERR_NOMEM;
	for (size_t i = 0; i < tail->count; i++)
		ids[i] = tail->list[i].io;
	ids[tail->count] = tail->settled;
	*out = (struct ioset_list){ ids, tail->count, ids + tail->count,
		tail->settled ? 1 : 0 };
	return 0;
}
