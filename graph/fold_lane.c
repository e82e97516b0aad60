/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_lane.c - the timelines that the fold is working on
 */
#include "graph/fold_lane.h"

#include "base/arena.h"
#include "base/idset.h"
#include "graph/fold.h"
#include "graph/fold_edge.h"
#include "graph/fold_tail.h"
#include "graph/timeline_step.h"

#include <stdlib.h>
#include <string.h>

#define LANES_MAX 65536

/* Segments that came and went are summed when there are so many. */
#define COUNTS_SUM 256

struct lane {
	struct lane_key key;
	bool has_last;
	bool dirty;
	struct segment last;
	struct tail tail;
	struct ioset_list standing; /* malloc'd; the tail's at the last flush */
	struct segment_count *counts;
	size_t count_total;
	size_t count_cap;
};

struct lanes {
	struct idset *index; /* owner and evidence -> place in list */
	struct lane *list;
	size_t count;
	uint32_t *dirty; /* places in list */
	size_t dirty_count;
};

/* What a hook of timeline_update() is called with. */
struct lane_call {
	struct fold *fold;
	struct lane *lane;
};

int lanes_new(struct lanes **out)
{
	AUTO(lanes) struct lanes *lanes = calloc(1, sizeof(*lanes));

	if (!lanes)
		return ERR_NOMEM;
	lanes->index = idset_new(LANES_MAX);
	lanes->list = calloc(LANES_MAX, sizeof(*lanes->list));
	lanes->dirty = calloc(LANES_MAX, sizeof(*lanes->dirty));
	if (!lanes->index || !lanes->list || !lanes->dirty)
		return ERR_NOMEM;
	*out = TAKE(lanes);
	return 0;
}

void lanes_clear(struct lanes *lanes)
{
	for (size_t i = 0; i < lanes->count; i++) {
		tail_fini(&lanes->list[i].tail);
		free(lanes->list[i].standing.ids);
		free(lanes->list[i].counts);
		lanes->list[i] = (struct lane){ 0 };
	}
	lanes->count = 0;
	lanes->dirty_count = 0;
	idset_clear(lanes->index);
}

void lanes_free(struct lanes *lanes)
{
	if (!lanes)
		return;
	if (lanes->list)
		lanes_clear(lanes);
	free(lanes->dirty);
	free(lanes->list);
	idset_free(lanes->index);
	free(lanes);
}

static uint64_t index_of(struct lane_key key)
{
	return (uint64_t)key.owner * EVIDENCE_COUNT + key.evidence;
}

/* Keeps a list beyond the arena it is in; its settled one lies behind the others. */
static int keep_standing(struct lane *lane, const struct ioset_list *list)
{
	ioset_id *ids = NULL;

	if (list->count) {
		ids = calloc(list->count + 1, sizeof(*ids));
		if (!ids)
			return ERR_NOMEM;
		memcpy(ids, list->ids, list->count * sizeof(*ids));
		ids[list->count] = list->settled_count ? *list->settled : 0;
	}
	free(lane->standing.ids);
	lane->standing = (struct ioset_list){ ids, list->count,
		ids ? ids + list->count : NULL, list->settled_count };
	return 0;
}

static int load_last(struct fold *fold, struct lane *lane)
{
	int r = segment_floor(fold->txn, lane->key.owner, lane->key.evidence,
		&run_position_last, &lane->last);

	lane->has_last = r == 0;
	return r < 0 ? r : 0;
}

static int load(struct fold *fold, struct lane *lane)
{
	struct ioset_list standing;
	int r;

	r = load_last(fold, lane);
	if (!r)
		r = tail_load(
			&lane->tail, fold->txn, lane->key.owner, lane->key.evidence);
	if (r)
		return r;
	arena_reset(fold->work);
	r = tail_list(&lane->tail, fold->work, &standing);
	return r ? r : keep_standing(lane, &standing);
}

static int find(struct fold *fold, struct lane_key key, struct lane **out)
{
	struct lanes *lanes = fold->lanes;
	struct lane *lane;
	uint64_t place;
	int r;

	/* Nodes begin at 1, so that 0, which an idset cannot hold, is no index. */
	if (idset_get(lanes->index, index_of(key), &place) == 0) {
		*out = &lanes->list[place];
		return 0;
	}
	if (lanes->count == LANES_MAX) {
		r = lanes_flush(fold);
		if (r)
			return r;
		lanes_clear(lanes);
	}
	place = lanes->count++;
	lane = &lanes->list[place];
	lane->key = key;
	r = load(fold, lane);
	if (!r)
		r = idset_put(lanes->index, index_of(key), place);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	*out = lane;
	return 0;
}

static int compare_counts(const void *a, const void *b)
{
	const struct segment_count *x = a;
	const struct segment_count *y = b;

	return (x->io > y->io) - (x->io < y->io);
}

/* One count for each ioset; those that came to nothing go. */
static void sum_counts(struct lane *lane)
{
	struct segment_count *counts = lane->counts;
	size_t n = 0;
	size_t i = 0;

	if (!lane->count_total)
		return;
	qsort(counts, lane->count_total, sizeof(*counts), compare_counts);
	while (i < lane->count_total) {
		struct segment_count total = counts[i++];

		while (i < lane->count_total && counts[i].io == total.io)
			total.delta += counts[i++].delta;
		if (total.delta)
			counts[n++] = total;
	}
	lane->count_total = n;
}

static int grow_counts(struct lane *lane)
{
	size_t cap = lane->count_cap ? lane->count_cap * 2 : 4;
	struct segment_count *counts;

	if (cap > COUNTS_SUM) {
		sum_counts(lane);
		if (lane->count_total < lane->count_cap / 2)
			return 0;
	}
	counts = reallocarray(lane->counts, cap, sizeof(*counts));
	if (!counts)
		return ERR_NOMEM;
	lane->counts = counts;
	lane->count_cap = cap;
	return 0;
}

/* A segment came or went (timeline_change). */
static int note_segment(void *ctx, const struct segment *segment, bool added)
{
	struct lane_call *call = ctx;
	struct lane *lane = call->lane;
	int r;

	if (lane->count_total == lane->count_cap) {
		r = grow_counts(lane);
		if (r)
			return r;
	}
	lane->counts[lane->count_total++] =
		(struct segment_count){ segment->io, added ? 1 : -1 };
	return tail_change(&lane->tail, segment, added);
}

static int stored_entry(void *ctx, node_id job, enum evidence lane,
	const struct run_position *position, struct timeline_entry *out)
{
	struct lane_call *call = ctx;

	return timeline_entry_stored(call->fold->txn, job, lane, position, out);
}

/* Whether an entry is in the last segment and leaves it as it is. */
static bool changes_nothing(const struct lane *lane, const struct timeline_entry *old,
	const struct timeline_entry *now)
{
	const struct segment *last = &lane->last;

	if (!lane->has_last || !now || now->io != last->io ||
		now->settled_us < last->settled_us ||
		run_position_compare(&now->position, &last->first) < 0)
		return false;
	if (!old || !old->io)
		return run_position_compare(&now->position, &last->first) > 0;
	if (old->io != now->io || run_position_compare(&old->position, &now->position))
		return false;
	/* The run that gave the segment its earliest end must not take it away. */
	return old->settled_us > last->settled_us || old->settled_us == now->settled_us;
}

static bool has_nothing(const struct timeline_entry *entry)
{
	return !entry || !entry->io;
}

int lane_update(struct fold *fold, struct lane_key key, const struct timeline_entry *old,
	const struct timeline_entry *now)
{
	struct lane_call call = { .fold = fold };
	const struct timeline_hooks hooks = { note_segment, stored_entry, &call };
	int r;

	if (has_nothing(old) && has_nothing(now))
		return 0;
	r = find(fold, key, &call.lane);
	if (r || changes_nothing(call.lane, old, now))
		return r;
	r = timeline_update(fold->txn, key.owner, key.evidence, old, now, &hooks);
	if (r <= 0)
		return r;
	if (!call.lane->dirty) {
		call.lane->dirty = true;
		fold->lanes->dirty[fold->lanes->dirty_count++] =
			(uint32_t)(call.lane - fold->lanes->list);
	}
	return load_last(fold, call.lane);
}

/* A lane that is not in memory is as it was flushed. */
static int load_standing(struct fold *fold, struct lane_key key, struct arena *arena,
	struct ioset_list *out)
{
	struct tail tail = { 0 };
	int r = tail_load(&tail, fold->txn, key.owner, key.evidence);

	if (!r)
		r = tail_list(&tail, arena, out);
	tail_fini(&tail);
	return r;
}

int lane_standing(struct fold *fold, struct lane_key key, struct arena *arena,
	struct ioset_list *out)
{
	uint64_t place;

	if (idset_get(fold->lanes->index, index_of(key), &place))
		return load_standing(fold, key, arena, out);
	*out = fold->lanes->list[place].standing;
	return 0;
}

static int flush_lane(struct fold *fold, struct lane *lane)
{
	struct lane_change change = {
		.owner = lane->key.owner,
		.evidence = lane->key.evidence,
		.was = lane->standing,
	};
	int r = 0;

	arena_reset(fold->work);
	sum_counts(lane);
	change.counts = lane->counts;
	change.count_total = lane->count_total;
	if (lane->tail.stale)
		r = tail_load(
			&lane->tail, fold->txn, lane->key.owner, lane->key.evidence);
	if (!r)
		r = tail_list(&lane->tail, fold->work, &change.now);
	if (!r)
		r = fold_edges(fold, &change);
	if (!r)
		r = keep_standing(lane, &change.now);
	if (r)
		return r;
	lane->count_total = 0;
	lane->dirty = false;
	return 0;
}

int lanes_flush(struct fold *fold)
{
	struct lanes *lanes = fold->lanes;

	for (size_t i = 0; i < lanes->dirty_count; i++) {
		int r = flush_lane(fold, &lanes->list[lanes->dirty[i]]);

		if (r)
			return r;
	}
	lanes->dirty_count = 0;
	return 0;
}
