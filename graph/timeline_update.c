/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_update.c - keeping the segments of a job's lane
 *
 * A run that changes is taken out of its segment and put where it now belongs.
 * Both touch at most three neighbouring segments.  What a segment says of its
 * runs is its first position and its earliest end: when the run that gave
 * either goes, the runs of the segment are looked through - for the earliest
 * end only up to the first run that starts after it, since no run ends before
 * its start.
 */
#include "graph/timeline.h"

#include "graph/timeline_step.h"

struct update {
	struct store_txn *txn;
	node_id job;
	enum evidence lane;
	const struct timeline_hooks *hooks;
	bool changed;
};

/* A segment with what comes behind it: where its runs end. */
struct stretch {
	struct segment segment;
	struct segment next;
	bool has_next;
};

static int floor_of(struct update *u, const struct run_position *at, struct segment *out)
{
	return segment_floor(u->txn, u->job, u->lane, at, out);
}

static int tell(struct update *u, const struct segment *segment, bool added)
{
	u->changed = true;
	return u->hooks->change(u->hooks->ctx, segment, added);
}

static int come(struct update *u, const struct segment *segment)
{
	int r = segment_put(u->txn, u->job, u->lane, segment);

	return r ? r : tell(u, segment, true);
}

static int go(struct update *u, const struct segment *segment)
{
	int r = tell(u, segment, false);

	if (!r)
		r = segment_remove(u->txn, u->job, u->lane, &segment->first);
	return r;
}

/* Another earliest end: the row keeps its place. */
static int become(struct update *u, const struct segment *was, const struct segment *now)
{
	int r = tell(u, was, false);

	return r ? r : come(u, now);
}

/* Another first run: the row moves. */
static int move(struct update *u, const struct segment *was, const struct segment *now)
{
	int r = go(u, was);

	return r ? r : come(u, now);
}

static int load_next(
	struct update *u, const struct run_position *after, struct stretch *stretch)
{
	int r = segment_next(u->txn, u->job, u->lane, after, &stretch->next);

	stretch->has_next = r == 0;
	return r < 0 ? r : 0;
}

/* The next run with this ioset behind a position, within the stretch; 0 or 1. */
static int next_member(struct update *u, const struct stretch *stretch,
	const struct run_position *from, struct timeline_entry *out)
{
	struct run_position at = *from;
	int r;

	do {
		struct run_position next;

		r = run_index_next(u->txn, u->job, u->lane, RUN_NEWER, &at, &next);
		if (r)
			return r;
		if (stretch->has_next &&
			run_position_compare(&next, &stretch->next.first) >= 0)
			return 1;
		r = u->hooks->entry_of(u->hooks->ctx, u->job, u->lane, &next, out);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		at = next;
		/* Runs with nothing are passed over, and so is the one that changes. */
	} while (out->io != stretch->segment.io);
	return 0;
}

/* Looks for the earliest end among the runs of a segment, of which some went. */
static int settle(struct update *u, struct stretch *stretch)
{
	struct segment *segment = &stretch->segment;
	struct timeline_entry entry;
	int r;

	if (segment->settled_us == TIME_OPEN)
		return 0;

	r = u->hooks->entry_of(u->hooks->ctx, u->job, u->lane, &segment->first, &entry);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	segment->settled_us = entry.settled_us;
	for (;;) {
		r = next_member(u, stretch, &entry.position, &entry);
		if (r)
			return r < 0 ? r : 0;
		if (entry.position.start_us >= segment->settled_us)
			return 0;
		if (entry.settled_us < segment->settled_us)
			segment->settled_us = entry.settled_us;
	}
}

/* A run ends that much earlier or later: the segment follows. */
static int resettle(
	struct update *u, struct stretch *stretch, int64_t was_us, int64_t now_us)
{
	struct segment before = stretch->segment;
	struct segment *segment = &stretch->segment;
	int r;

	if (now_us < before.settled_us) {
		segment->settled_us = now_us;
		return become(u, &before, segment);
	}
	if (was_us != before.settled_us || now_us == before.settled_us)
		return 0;
	r = load_next(u, &segment->first, stretch);
	if (!r)
		r = settle(u, stretch);
	if (r || segment->settled_us == before.settled_us)
		return r;
	return become(u, &before, segment);
}

/* A run with another ioset comes between the runs of a segment. */
static int split(struct update *u, struct stretch *stretch,
	const struct timeline_entry *entry, const struct timeline_entry *after)
{
	struct segment middle = { entry->position, entry->settled_us, entry->io };
	struct stretch head = {
		.segment = stretch->segment, .next = middle, .has_next = true
	};
	struct stretch tail = *stretch;
	int r;

	tail.segment.first = after->position;
	r = settle(u, &tail);
	/* The earliest end was in one of the halves: in the head, if not in the tail. */
	if (!r && stretch->segment.settled_us == tail.segment.settled_us)
		r = settle(u, &head);
	if (!r && head.segment.settled_us != stretch->segment.settled_us)
		r = become(u, &stretch->segment, &head.segment);
	if (!r)
		r = come(u, &middle);
	return r ? r : come(u, &tail.segment);
}

/* Puts a run where there is no segment of its ioset before it. */
static int insert_between(
	struct update *u, struct stretch *stretch, const struct timeline_entry *entry)
{
	struct segment fresh = { entry->position, entry->settled_us, entry->io };

	if (!stretch->has_next || stretch->next.io != entry->io)
		return come(u, &fresh);
	if (stretch->next.settled_us < fresh.settled_us)
		fresh.settled_us = stretch->next.settled_us;
	return move(u, &stretch->next, &fresh);
}

static int insert(struct update *u, const struct timeline_entry *entry)
{
	struct timeline_entry after;
	struct stretch stretch;
	bool first;
	int r;

	r = floor_of(u, &entry->position, &stretch.segment);
	if (r < 0)
		return r;
	first = r == 1;
	if (!first && stretch.segment.io == entry->io)
		return resettle(u, &stretch, TIME_OPEN, entry->settled_us);

	r = load_next(u, &entry->position, &stretch);
	if (r)
		return r;
	if (!first) {
		r = next_member(u, &stretch, &entry->position, &after);
		if (r < 0)
			return r;
		if (!r)
			return split(u, &stretch, entry, &after);
	}
	return insert_between(u, &stretch, entry);
}

/* The only run of a segment goes: its neighbours may become one. */
static int vanish(struct update *u, struct stretch *stretch)
{
	struct segment previous;
	struct segment joined;
	int r;

	r = go(u, &stretch->segment);
	if (r || !stretch->has_next)
		return r;
	r = segment_previous(u->txn, u->job, u->lane, &stretch->segment.first, &previous);
	if (r)
		return r < 0 ? r : 0;
	if (previous.io != stretch->next.io)
		return 0;
	r = go(u, &stretch->next);
	if (r || stretch->next.settled_us >= previous.settled_us)
		return r;
	joined = previous;
	joined.settled_us = stretch->next.settled_us;
	return become(u, &previous, &joined);
}

/* The first run of a segment goes: the second one takes its place. */
static int behead(
	struct update *u, struct stretch *stretch, const struct timeline_entry *entry)
{
	struct segment before = stretch->segment;
	struct timeline_entry after;
	int r;

	r = load_next(u, &entry->position, stretch);
	if (r)
		return r;
	r = next_member(u, stretch, &entry->position, &after);
	if (r)
		return r < 0 ? r : vanish(u, stretch);
	stretch->segment.first = after.position;
	if (stretch->segment.settled_us == entry->settled_us) {
		r = settle(u, stretch);
		if (r)
			return r;
	}
	return move(u, &before, &stretch->segment);
}

static int take_out(struct update *u, const struct timeline_entry *entry)
{
	struct stretch stretch;
	int r;

	r = floor_of(u, &entry->position, &stretch.segment);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	if (stretch.segment.io != entry->io)
		return ERR_CORRUPT;
	if (run_position_compare(&stretch.segment.first, &entry->position) == 0)
		return behead(u, &stretch, entry);
	return resettle(u, &stretch, entry->settled_us, TIME_OPEN);
}

/* Same place, same ioset: only its end differs. */
static int end_differs(struct update *u, const struct timeline_entry *old,
	const struct timeline_entry *now)
{
	struct stretch stretch;
	int r;

	if (old->settled_us == now->settled_us)
		return 0;
	r = floor_of(u, &now->position, &stretch.segment);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	if (stretch.segment.io != now->io)
		return ERR_CORRUPT;
	return resettle(u, &stretch, old->settled_us, now->settled_us);
}

int timeline_update(struct store_txn *txn, node_id job, enum evidence lane,
	const struct timeline_entry *old, const struct timeline_entry *now,
	const struct timeline_hooks *hooks)
{
	struct update u = { .txn = txn, .job = job, .lane = lane, .hooks = hooks };
	bool was = old && old->io;
	bool is = now && now->io;
	int r = 0;

	if (was && is && old->io == now->io &&
		run_position_compare(&old->position, &now->position) == 0) {
		r = end_differs(&u, old, now);
	} else {
		if (was)
			r = take_out(&u, old);
		if (!r && is)
			r = insert(&u, now);
	}
	if (r)
		return r;
	return u.changed ? 1 : 0;
}
