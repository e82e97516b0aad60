/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline.c - asking what an owner told: as of, over a window, when
 *
 * timeline_update.c keeps what is asked here.
 */
#include "graph/timeline.h"

#include "base/arena.h"
#include "graph/idlist.h"
#include "graph/meter.h"
#include "graph/timeline_step.h"

bool position_before(const struct run_position *position, struct run_position *out)
{
	if (run_position_compare(position, &run_position_first) <= 0)
		return false;
	*out = *position;
	for (size_t i = sizeof(out->run.bytes); i-- > 0;)
		if (out->run.bytes[i]--)
			return true;
	/* The run id was all zeros and is all ones now: borrow from the time. */
	out->start_us--;
	return true;
}

/* The segment before one that begins at first; 0, or 1 when that is the oldest. */
int segment_previous(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *first, struct segment *out)
{
	struct run_position before;

	if (!position_before(first, &before))
		return 1;
	return segment_floor(txn, job, lane, &before, out);
}

/* What a run itself has at a position of a job's lane; ERR_CORRUPT when nothing. */
static int run_entry(struct store_txn *txn, node_id job, struct timeline_entry *out)
{
	struct run run;
	int r = run_get(txn, &out->position.run, &run);

	if (r < 0)
		return r;
	if (r || run.job != job || run_start_us(&run) != out->position.start_us)
		return ERR_CORRUPT;
	out->io = run.io;
	out->settled_us = timeline_settled_us(&run);
	return 0;
}

int timeline_entry_stored(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position, struct timeline_entry *out)
{
	struct declaration declaration;
	struct snapshot_set snapshot;
	int r;

	out->position = *position;
	out->settled_us = position->start_us;
	if (lane != EVIDENCE_OBSERVED) {
		r = declaration_get(txn, job, lane, position, &declaration);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		out->io = declaration.io;
		return 0;
	}
	/* A snapshot has the run's own set in it and, settled at once, settles first. */
	r = snapshot_set_get(txn, position, &snapshot);
	if (r)
		return r < 0 ? r : run_entry(txn, job, out);
	out->io = snapshot.io;
	return 0;
}

static struct run_position latest_at(int64_t time_us)
{
	struct run_position position = run_position_last;

	position.start_us = time_us;
	return position;
}

/* A question with the iosets found so far. */
struct gathering {
	struct store_txn *txn;
	const struct timeline_question *question;
	struct meter *meter;
	struct idlist list;
	struct idlist settled; /* of them */
};

/* Returns 1 when the meter ends it, as the next two do. */
static int gather(struct gathering *g, const struct segment *segment)
{
	int r = meter_allows(g->meter, 1) ? idlist_add(&g->list, segment->io) : 1;

	if (r || segment->settled_us == TIME_OPEN ||
		segment->settled_us > g->question->to_us)
		return r;
	return idlist_add(&g->settled, segment->io);
}

/* The iosets that stand as of the beginning: newest first, down to a settled one. */
static int gather_standing(struct gathering *g)
{
	const struct timeline_question *q = g->question;
	struct run_position at = latest_at(q->from_us);
	struct segment segment;
	int r;

	r = segment_floor(g->txn, q->job, q->lane, &at, &segment);
	while (!r) {
		r = gather(g, &segment);
		if (r)
			return r;
		if (segment.settled_us != TIME_OPEN && segment.settled_us <= q->from_us)
			return 0;
		at = segment.first;
		r = segment_previous(g->txn, q->job, q->lane, &at, &segment);
	}
	return r < 0 ? r : 0;
}

/* The iosets of the segments that begin after the beginning, up to the end. */
static int gather_later(struct gathering *g)
{
	const struct timeline_question *q = g->question;
	struct run_position at = latest_at(q->from_us);
	struct segment segment;
	int r;

	for (;;) {
		r = segment_next(g->txn, q->job, q->lane, &at, &segment);
		if (r < 0)
			return r;
		if (r || segment.first.start_us > q->to_us)
			return 0;
		r = gather(g, &segment);
		if (r)
			return r;
		at = segment.first;
	}
}

int timeline_held(struct store_txn *txn, const struct timeline_question *question,
	struct meter *meter, struct arena *arena, struct ioset *out)
{
	struct gathering g = { txn, question, meter, { .arena = arena },
		{ .arena = arena } };
	struct ioset_list ids;
	int r;

	if (question->to_us < question->from_us) {
		*out = (struct ioset){ 0 };
		return 0;
	}
	/* Segments that began before: the last one reaches there, and stands. */
	r = gather_standing(&g);
	if (!r)
		r = gather_later(&g);
	if (r)
		return r;
	idlist_finish(&g.list);
	idlist_finish(&g.settled);
	ids = (struct ioset_list){ g.list.ids, g.list.count, g.settled.ids,
		g.settled.count };
	return ioset_unite_within(txn, &ids, JOIN_TIME, meter, arena, out);
}

/* A question for one item, with the last answer: neighbours often have few sets. */
struct seeker {
	struct store_txn *txn;
	const struct timeline_item *item;
	struct meter *meter;
	ioset_id asked;
	bool held;
	bool ended; /* by the meter */
};

static bool may_seek(struct seeker *seeker, size_t count)
{
	seeker->ended = seeker->ended || !meter_allows(seeker->meter, count);
	return !seeker->ended;
}

/* Returns 0 when the set has the item, 1 when not or when the meter ended it. */
static int seek_in(struct seeker *seeker, ioset_id io)
{
	size_t bytes;
	int r;

	if (!may_seek(seeker, 1))
		return 1;
	if (io == seeker->asked)
		return seeker->held ? 0 : 1;
	r = ioset_has(seeker->txn, io, seeker->item, &bytes);
	if (r < 0)
		return r;
	seeker->asked = io;
	seeker->held = r == 0;
	return may_seek(seeker, bytes) ? r : 1;
}

static int seek_first(struct seeker *seeker, struct run_position *out)
{
	const struct timeline_item *item = seeker->item;
	struct run_position at = run_position_first;
	struct segment segment;
	int r;

	do {
		r = segment_next(seeker->txn, item->owner, item->lane, &at, &segment);
		if (r)
			return r;
		r = seek_in(seeker, segment.io);
		at = segment.first;
	} while (r > 0 && !seeker->ended);
	*out = segment.first;
	return r;
}

/* The newest run with a set before a position. */
static int seek_run(
	struct seeker *seeker, const struct run_position *end, struct run_position *out)
{
	const struct timeline_item *item = seeker->item;
	struct timeline_entry entry;
	struct run_position at = *end;
	int r;

	do {
		struct run_position next;

		r = run_index_next(
			seeker->txn, item->owner, item->lane, RUN_OLDER, &at, &next);
		if (!r)
			r = timeline_entry_stored(
				seeker->txn, item->owner, item->lane, &next, &entry);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		at = next;
		if (!may_seek(seeker, 1))
			return 1;
	} while (entry.io == 0);
	*out = at;
	return 0;
}

/* The newest run of the newest segment that has the item. */
static int seek_last(struct seeker *seeker, struct run_position *out)
{
	const struct timeline_item *item = seeker->item;
	struct run_position end = run_position_last;
	struct segment segment;
	int r;

	r = segment_floor(seeker->txn, item->owner, item->lane, &end, &segment);
	while (!r) {
		r = seek_in(seeker, segment.io);
		if (r <= 0)
			break;
		if (seeker->ended)
			return 1;
		end = segment.first;
		r = segment_previous(
			seeker->txn, item->owner, item->lane, &end, &segment);
	}
	return r ? r : seek_run(seeker, &end, out);
}

int timeline_seen(struct store_txn *txn, const struct timeline_item *item,
	struct meter *meter, struct timeline_span *out)
{
	struct seeker seeker = { .txn = txn, .item = item, .meter = meter };
	struct timeline_span span;
	int r;

	r = seek_first(&seeker, &span.first);
	if (!r)
		r = seek_last(&seeker, &span.last);
	if (r)
		return r;
	*out = span;
	return 0;
}
