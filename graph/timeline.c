/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline.c - asking what a job read and wrote: as of, over a window, when
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

int timeline_entry_stored(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position, struct timeline_entry *out)
{
	struct declaration declaration;
	struct run run;
	int r;

	out->position = *position;
	if (lane == EVIDENCE_DECLARED) {
		r = declaration_get(txn, job, position, &declaration);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		out->io = declaration.io;
		out->settled_us = position->start_us;
		return 0;
	}
	r = run_get(txn, &position->run, &run);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	out->io = run.io;
	out->settled_us = timeline_settled_us(&run);
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
};

static bool may_look_at(struct meter *meter, size_t count)
{
	return !meter || meter_take(meter, count) == count;
}

/* Returns 1 when the meter ends it, as the next two do. */
static int gather(struct gathering *g, const struct segment *segment)
{
	return may_look_at(g->meter, 1) ? idlist_add(&g->list, segment->io) : 1;
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

/* One side of the union of several sets. */
static int unite_side(const struct ioset *sets, size_t count, bool output,
	struct arena *arena, struct ioset *out)
{
	struct idlist all = { .arena = arena };
	int r;

	for (size_t i = 0; i < count; i++) {
		r = output ? idlist_append(&all, sets[i].outputs, sets[i].output_count)
			   : idlist_append(&all, sets[i].inputs, sets[i].input_count);
		if (r)
			return r;
	}
	idlist_finish(&all);
	if (output) {
		out->outputs = all.ids;
		out->output_count = all.count;
	} else {
		out->inputs = all.ids;
		out->input_count = all.count;
	}
	return 0;
}

/* Returns 1 when the meter ends it. */
static int get_set(struct store_txn *txn, ioset_id id, struct meter *meter,
	struct arena *arena, struct ioset *out)
{
	int r = ioset_get(txn, id, arena, out);

	if (r)
		return r;
	return may_look_at(meter, out->input_count + out->output_count) ? 0 : 1;
}

static int unite(struct store_txn *txn, const struct ioset_list *list,
	struct meter *meter, struct arena *arena, struct ioset *out)
{
	struct ioset united = { 0 };
	struct ioset *sets;
	int r;

	if (list->count == 0) {
		*out = united;
		return 0;
	}
	if (list->count == 1)
		return get_set(txn, list->ids[0], meter, arena, out);

	sets = arena_array(arena, list->count, sizeof(*sets));
	if (!sets)
		return ERR_NOMEM;
	for (size_t i = 0; i < list->count; i++) {
		r = get_set(txn, list->ids[i], meter, arena, &sets[i]);
		if (r)
			return r;
	}
	r = unite_side(sets, list->count, false, arena, &united);
	if (!r)
		r = unite_side(sets, list->count, true, arena, &united);
	if (r)
		return r;
	*out = united;
	return 0;
}

int ioset_unite(struct store_txn *txn, const struct ioset_list *list, struct arena *arena,
	struct ioset *out)
{
	return unite(txn, list, NULL, arena, out);
}

int timeline_held(struct store_txn *txn, const struct timeline_question *question,
	struct meter *meter, struct arena *arena, struct ioset *out)
{
	struct gathering g = { txn, question, meter, { .arena = arena } };
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
	ids = (struct ioset_list){ g.list.ids, g.list.count };
	return unite(txn, &ids, meter, arena, out);
}

/* A question for one dataset, with the last answer: neighbours often have few sets. */
struct seeker {
	struct store_txn *txn;
	node_id job;
	enum evidence lane;
	node_id dataset;
	bool output;
	ioset_id asked;
	bool held;
};

/* Returns 0 when the set has the dataset, 1 when not. */
static int seek_in(struct seeker *seeker, ioset_id io)
{
	int r;

	if (io == seeker->asked)
		return seeker->held ? 0 : 1;
	r = ioset_holds(seeker->txn, io, seeker->dataset, seeker->output);
	if (r < 0)
		return r;
	seeker->asked = io;
	seeker->held = r == 0;
	return r;
}

static int seek_first(struct seeker *seeker, int64_t *out)
{
	struct run_position at = run_position_first;
	struct segment segment;
	int r;

	for (;;) {
		r = segment_next(seeker->txn, seeker->job, seeker->lane, &at, &segment);
		if (r)
			return r;
		r = seek_in(seeker, segment.io);
		if (r <= 0)
			break;
		at = segment.first;
	}
	*out = segment.first.start_us;
	return r;
}

/* The newest run with inputs or outputs before a position. */
static int seek_run(struct seeker *seeker, const struct run_position *end, int64_t *out)
{
	struct timeline_entry entry;
	struct run_position at = *end;
	int r;

	do {
		struct run_position next;

		r = run_index_next(
			seeker->txn, seeker->job, seeker->lane, RUN_OLDER, &at, &next);
		if (!r)
			r = timeline_entry_stored(
				seeker->txn, seeker->job, seeker->lane, &next, &entry);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		at = next;
	} while (entry.io == 0);
	*out = at.start_us;
	return 0;
}

/* The newest run of the newest segment that has the dataset. */
static int seek_last(struct seeker *seeker, int64_t *out)
{
	struct run_position end = run_position_last;
	struct segment segment;
	int r;

	r = segment_floor(seeker->txn, seeker->job, seeker->lane, &end, &segment);
	while (!r) {
		r = seek_in(seeker, segment.io);
		if (r < 0)
			return r;
		if (r == 0)
			break;
		end = segment.first;
		r = segment_previous(
			seeker->txn, seeker->job, seeker->lane, &end, &segment);
	}
	if (r)
		return r;

	return seek_run(seeker, &end, out);
}

/* NOLINTNEXTLINE(readability-function-size): a question has so many parts */
int timeline_seen(struct store_txn *txn, node_id job, enum evidence lane, node_id dataset,
	bool output, int64_t *first_us_out, int64_t *last_us_out)
{
	struct seeker seeker = {
		.txn = txn,
		.job = job,
		.lane = lane,
		.dataset = dataset,
		.output = output,
	};
	int64_t first_us = 0;
	int64_t last_us = 0;
	int r;

	r = seek_first(&seeker, &first_us);
	if (!r)
		r = seek_last(&seeker, &last_us);
	if (r)
		return r;
	*first_us_out = first_us;
	*last_us_out = last_us;
	return 0;
}
