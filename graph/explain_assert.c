/* SPDX-License-Identifier: Apache-2.0 */

/*
 * explain_assert.c - one owner's lane that tells of a pair: when, and what came after
 */
#include "base/arena.h"
#include "graph/entity.h"
#include "graph/explain_impl.h"
#include "graph/timeline_step.h"

#include <endian.h>

#define LIST_FIRST 16

static int add(struct explaining *x, const struct assertion *assertion)
{
	size_t cap = x->cap ? x->cap * 2 : LIST_FIRST;
	struct assertion *list;

	if (x->count == x->cap) {
		list = arena_array(x->arena, cap, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		if (x->count)
			memcpy(list, x->list, x->count * sizeof(*list));
		x->list = list;
		x->cap = cap;
	}
	x->list[x->count++] = *assertion;
	return 0;
}

/* The event whose hash the id of a declaration is made of. */
static int declaring_event(
	struct explaining *x, const struct run_position *position, uint64_t *out)
{
	uint64_t hash;
	int r;

	memcpy(&hash, position->run.bytes, sizeof(hash));
	r = static_event_find(x->snapshot->txn, be64toh(hash), out);
	return r < 0 ? r : 0;
}

/* Of a run's events that are kept, the newest or the oldest. */
static int run_event_of(struct explaining *x, const struct run_position *position,
	bool newest, uint64_t *out)
{
	struct run run;
	int r = run_get(x->snapshot->txn, &position->run, &run);

	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	if (run.event_count)
		*out = run.events[newest ? 0 : run.event_count - 1].sequence;
	return 0;
}

static int find_events(struct explaining *x, struct assertion *assertion)
{
	int r;

	if (assertion->lane != EVIDENCE_OBSERVED) {
		r = declaring_event(x, &assertion->first, &assertion->first_event);
		return r ? r
			 : declaring_event(x, &assertion->last, &assertion->last_event);
	}
	r = run_event_of(x, &assertion->first, false, &assertion->first_event);
	return r ? r : run_event_of(x, &assertion->last, true, &assertion->last_event);
}

/* The set that the item was in last. */
static int last_set(
	struct explaining *x, const struct assertion *assertion, struct ioset *out)
{
	struct segment segment;
	int r = segment_floor(x->snapshot->txn, assertion->owner, assertion->lane,
		&assertion->last, &segment);

	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	arena_reset(x->scratch);
	return ioset_get(x->snapshot->txn, segment.io, x->scratch, out);
}

static bool has_input(const struct ioset *set, node_id dataset)
{
	for (size_t i = 0; i < set->input_count; i++)
		if (set->inputs[i] == dataset)
			return true;
	return false;
}

/* Whether a set has an output; covered: and tells the flows into it, or not. */
static bool has_output(const struct ioset *set, node_id dataset, bool covered)
{
	for (size_t i = 0; i < set->output_count; i++)
		if (set->outputs[i] == dataset)
			return (set->covers && set->covers[i]) == covered;
	return false;
}

/* The run of a segment that settled it: those before it took nothing away. */
static int find_settling(struct explaining *x, const struct assertion *assertion,
	const struct segment *segment, struct run_position *out)
{
	struct store_txn *txn = x->snapshot->txn;
	struct timeline_entry entry;
	int r;

	*out = segment->first;
	while (meter_allows(&x->meter, 1)) {
		r = timeline_entry_stored(
			txn, assertion->owner, assertion->lane, out, &entry);
		if (r || (entry.io == segment->io &&
				 entry.settled_us == segment->settled_us))
			return r;
		r = run_index_next(
			txn, assertion->owner, assertion->lane, RUN_NEWER, out, out);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
	}
	return 0;
}

/* The first segment behind the last one with the item that replaced all before. */
static int find_replacement(struct explaining *x, struct assertion *assertion)
{
	struct run_position at = assertion->last;
	struct segment segment;
	int r;

	while (meter_allows(&x->meter, 1)) {
		r = segment_next(x->snapshot->txn, assertion->owner, assertion->lane, &at,
			&segment);
		if (r)
			return r < 0 ? r : 0;
		if (segment.settled_us != TIME_OPEN) {
			assertion->replaced = true;
			return find_settling(
				x, assertion, &segment, &assertion->replaced_by);
		}
		at = segment.first;
	}
	return 0;
}

/* When it was told, by which events, and what came after.  past: the last set. */
static int find_times(struct explaining *x, struct assertion *assertion,
	const struct timeline_item *item, struct ioset *past)
{
	struct timeline_span span;
	int r = timeline_seen(x->snapshot->txn, item, &x->meter, &span);

	assertion->first.start_us = assertion->last.start_us = TIME_NEVER;
	/* Without the time to look they stay unknown. */
	if (r)
		return r < 0 ? r : 0;
	assertion->first = span.first;
	assertion->last = span.last;
	r = find_events(x, assertion);
	if (r || assertion->now)
		return r;
	r = last_set(x, assertion, past);
	return r ? r : find_replacement(x, assertion);
}

static int add_io(struct explaining *x, struct assertion *assertion, node_id dataset,
	struct explain_half *half)
{
	bool writes = assertion->what == ASSERT_WRITE;
	struct timeline_item item = {
		.owner = assertion->owner,
		.lane = assertion->lane,
		.what = writes ? ITEM_OUTPUT : ITEM_INPUT,
		.node = dataset,
	};
	struct ioset past = { 0 };
	int r = find_times(x, assertion, &item, &past);

	if (r)
		return r;
	half->ever = true;
	half->now |= assertion->now;
	if (writes && !assertion->now && has_output(&past, dataset, true))
		half->covered = true;
	return add(x, assertion);
}

int explain_io(struct explaining *x, node_id job, node_id dataset,
	enum direction direction, struct explain_half *out)
{
	static const struct {
		enum evidence lane;
		uint32_t now;
		uint32_t ever;
	} lanes[] = {
		{ EVIDENCE_OBSERVED, EDGE_OBSERVED_NOW, EDGE_OBSERVED_EVER },
		{ EVIDENCE_DECLARED, EDGE_DECLARED_NOW, EDGE_DECLARED_EVER },
	};
	uint32_t flags = explain_flags(x, job, direction, dataset);
	bool covered = flags & EDGE_COVERED;
	int r = 0;

	*out = (struct explain_half){ 0 };
	for (size_t i = 0; !r && i < ARRAY_LEN(lanes); i++) {
		struct assertion assertion = {
			.owner = job,
			.lane = lanes[i].lane,
			.what = direction == DOWNSTREAM ? ASSERT_WRITE : ASSERT_READ,
			.now = flags & lanes[i].now,
		};

		if (!(flags & lanes[i].ever))
			continue;
		assertion.covered =
			assertion.what == ASSERT_WRITE && assertion.now && covered;
		r = add_io(x, &assertion, dataset, out);
	}
	/* What stands says more than what is past. */
	if (out->now)
		out->covered = covered;
	return r;
}

/* Whether a set has both, and tells no flows into the output; 1 when not. */
static int set_is_open(struct explaining *x, ioset_id io, node_id source, node_id target)
{
	struct ioset set;
	int r;

	arena_reset(x->scratch);
	r = ioset_get(x->snapshot->txn, io, x->scratch, &set);
	if (r)
		return r;
	(void)meter_take(&x->meter, set.input_count + set.output_count + set.flow_count);
	return has_input(&set, source) && has_output(&set, target, false) ? 0 : 1;
}

static int lane_was_open(
	struct explaining *x, const struct timeline_item *read, node_id target, bool *out)
{
	struct run_position at = run_position_first;
	struct segment segment;

	while (!*out && meter_allows(&x->meter, 1)) {
		int r = segment_next(
			x->snapshot->txn, read->owner, read->lane, &at, &segment);

		if (!r)
			r = set_is_open(x, segment.io, read->node, target);
		else if (r > 0)
			return 0;
		if (r < 0)
			return r;
		*out = r == 0;
		at = segment.first;
	}
	return 0;
}

int explain_was_open(
	struct explaining *x, node_id job, node_id source, node_id target, bool *out)
{
	struct timeline_item read = { .owner = job, .node = source };
	int r;

	*out = false;
	read.lane = EVIDENCE_OBSERVED;
	r = lane_was_open(x, &read, target, out);
	read.lane = EVIDENCE_DECLARED;
	return r ? r : lane_was_open(x, &read, target, out);
}

static int see_row(void *ctx, const struct flow_row *row)
{
	struct explaining *x = ctx;
	struct timeline_item item = {
		.owner = row->owner,
		.lane = row->lane,
		.what = ITEM_FLOW,
		.node = row->target,
		.source = row->source,
	};
	struct assertion assertion = {
		.owner = row->owner,
		.lane = row->lane,
		.what = ASSERT_FLOW,
		.classes = row->now,
		.now = row->now != 0,
	};
	struct ioset past = { 0 };
	int r;

	if (!meter_allows(&x->meter, 1))
		return 1;
	r = find_times(x, &assertion, &item, &past);
	if (r)
		return r;
	if (!assertion.now)
		assertion.classes = ioset_flow(&past, row->target, row->source);
	x->ever = true;
	x->now |= assertion.now;
	return add(x, &assertion);
}

int explain_flow(struct explaining *x, node_id target, node_id source)
{
	int r = flow_each(x->snapshot->txn, target, source, see_row, x);

	return r < 0 ? r : 0;
}
