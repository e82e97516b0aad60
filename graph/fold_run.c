/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_run.c - the run of an event, or the job event itself
 *
 * Every field of a run is a maximum, a minimum or a union over its events, so
 * that neither their order nor a second delivery matters (run.h).
 */
#include "base/arena.h"
#include "graph/entity.h"
#include "graph/fold.h"
#include "graph/fold_lane.h"
#include "graph/run.h"

#include <endian.h>
#include <string.h>

static void start_run(struct run *run, const struct ol_event *event)
{
	run->id = event->run;
	run->job = 0;
	run->job_known = false;
	run->job_time_us = INT64_MIN;
	run->state = TYPE_OTHER;
	run->start_us = INT64_MAX;
	run->first_us = event->time_us;
	run->last_us = event->time_us;
	run->end_us = INT64_MAX;
	run->io = 0;
	run->event_total = 0;
	run->event_count = 0;
	run->text = (struct slice){ 0 };
}

/* Newest first; at the same time the larger hash. */
static bool event_before(const struct run_event *a, const struct run_event *b)
{
	if (a->time_us != b->time_us)
		return a->time_us > b->time_us;
	return a->hash > b->hash;
}

/* Keeps the newest events; one that was kept already counts once. */
static void add_event(struct run *run, const struct run_event *event)
{
	uint32_t at = 0;
	uint32_t behind;

	while (at < run->event_count && event_before(&run->events[at], event))
		at++;
	if (at < run->event_count && run->events[at].hash == event->hash &&
		run->events[at].time_us == event->time_us)
		return;
	if (run->event_total < UINT32_MAX)
		run->event_total++;
	if (at == RUN_EVENTS_MAX)
		return;
	behind = run->event_count - at;
	if (run->event_count == RUN_EVENTS_MAX)
		behind--;
	else
		run->event_count++;
	memmove(&run->events[at + 1], &run->events[at], behind * sizeof(*event));
	run->events[at] = *event;
}

static void add_times(struct run *run, const struct ol_event *event)
{
	int64_t time_us = event->time_us;

	if (time_us < run->first_us)
		run->first_us = time_us;
	if (time_us > run->last_us)
		run->last_us = time_us;
	if (event->type == TYPE_START && time_us < run->start_us)
		run->start_us = time_us;
}

static void add_state(struct run *run, const struct ol_event *event)
{
	bool ended = run->end_us != INT64_MAX;

	if (!event_type_ends(event->type)) {
		if (!ended && event->type > run->state)
			run->state = event->type;
		return;
	}
	if (ended && (event->time_us > run->end_us || (event->time_us == run->end_us &&
							      event->type >= run->state)))
		return;
	run->end_us = event->time_us;
	run->state = event->type;
}

/* Of two jobs that were named at the same time, the one with the larger name. */
static int larger_job(struct fold *fold, const struct ol_job *job, node_id other)
{
	struct entity entity;
	int r;

	r = entity_get(fold->txn, other, &entity);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	r = slice_compare(job->namespace, entity.key.namespace);
	if (!r)
		r = slice_compare(job->name, entity.key.name);
	return r > 0;
}

static int add_job(
	struct fold *fold, struct run *run, const struct ol_event *event, node_id job)
{
	bool known = !slice_equal(event->job.name, SLICE("unknown"));
	int wins = 0;

	if (known != run->job_known || !run->job)
		wins = known || !run->job;
	else if (event->time_us != run->job_time_us)
		wins = event->time_us > run->job_time_us;
	else if (job != run->job)
		wins = larger_job(fold, &event->job, run->job);
	if (wins <= 0)
		return wins;
	run->job = job;
	run->job_known = known;
	run->job_time_us = event->time_us;
	return 0;
}

static void add_text(struct run *run, const struct ol_event *event)
{
	if (!run->text.len && event->run_derived)
		run->text = event->run_text;
}

/* What was read lies in the store, and the next put may take it away. */
static int keep_text(struct fold *fold, struct run *run)
{
	run->text = arena_dup(fold->scratch, run->text);
	return run->text.ptr ? 0 : ERR_NOMEM;
}

static int add_all(struct fold *fold, struct run *run, const struct ol_event *event,
	uint64_t sequence, const struct said *said)
{
	const struct run_event kept = { event->time_us, event->raw_hash, sequence };
	int r;

	add_event(run, &kept);
	add_times(run, event);
	add_state(run, event);
	add_text(run, event);
	r = add_job(fold, run, event, said->job);
	return r ? r : fold_unite(fold, run->io, said->io, &run->io);
}

/* Where a run is in the timeline, if there is one. */
struct place {
	node_id job; /* 0: nowhere */
	struct timeline_entry entry;
};

static struct place place_of(const struct run *run)
{
	return (struct place){
		.job = run->job,
		.entry = {
			.position = { run_start_us(run), run->id },
			.io = run->io,
			.settled_us = timeline_settled_us(run),
		},
	};
}

static int move_index(struct fold *fold, const struct place *old, const struct place *now)
{
	int r;

	if (old->job == now->job &&
		!run_position_compare(&old->entry.position, &now->entry.position))
		return 0;
	if (old->job) {
		r = run_index_remove(
			fold->txn, old->job, EVIDENCE_OBSERVED, &old->entry.position);
		if (r)
			return r;
	}
	return run_index_add(
		fold->txn, now->job, EVIDENCE_OBSERVED, &now->entry.position);
}

static int move_place(struct fold *fold, const struct place *old, const struct place *now)
{
	const struct lane_key was = { old->job, EVIDENCE_OBSERVED };
	const struct lane_key is = { now->job, EVIDENCE_OBSERVED };
	int r;

	if (old->job && old->job != now->job) {
		r = lane_update(fold, was, &old->entry, NULL);
		if (r)
			return r;
	}
	return lane_update(
		fold, is, old->job == now->job ? &old->entry : NULL, &now->entry);
}

int fold_run(struct fold *fold, const struct ol_event *event, uint64_t sequence,
	const struct said *said)
{
	struct place old = { 0 };
	struct place now;
	struct run run;
	int r;

	r = run_get(fold->txn, &event->run, &run);
	if (r < 0)
		return r;
	if (r)
		start_run(&run, event);
	else
		old = place_of(&run);
	r = keep_text(fold, &run);
	if (r)
		return r;

	r = add_all(fold, &run, event, sequence, said);
	if (r)
		return r;
	now = place_of(&run);
	r = run_put(fold->txn, &run);
	if (!r)
		r = move_index(fold, &old, &now);
	return r ? r : move_place(fold, &old, &now);
}

/* A job event stands in the declared lane under its time and its hash. */
static struct run_position static_position(const struct ol_event *event)
{
	struct run_position position = { .start_us = event->time_us };
	uint64_t hash = htobe64(event->raw_hash);

	memcpy(position.run.bytes, &hash, sizeof(hash));
	return position;
}

static int declare(
	struct fold *fold, const struct ol_event *event, const struct said *said)
{
	const struct lane_key key = { said->job, EVIDENCE_DECLARED };
	struct timeline_entry now = { static_position(event), said->io, event->time_us };
	struct timeline_entry old = now;
	struct declaration declaration;
	int fresh;
	int r;

	fresh = declaration_get(fold->txn, said->job, &now.position, &declaration);
	if (fresh < 0)
		return fresh;
	if (!fresh) {
		old.io = declaration.io;
		r = fold_unite(fold, old.io, now.io, &now.io);
		if (r || old.io == now.io)
			return r;
	}
	declaration = (struct declaration){ said->job, now.position, now.io };
	r = declaration_put(fold->txn, &declaration);
	if (!r && fresh)
		r = run_index_add(fold->txn, said->job, EVIDENCE_DECLARED, &now.position);
	return r ? r : lane_update(fold, key, fresh ? NULL : &old, &now);
}

int fold_static(struct fold *fold, const struct ol_event *event, uint64_t sequence,
	const struct said *said)
{
	uint64_t known;
	int r;

	if (said->io) {
		r = declare(fold, event, said);
		if (r)
			return r;
	}
	r = static_event_find(fold->txn, event->raw_hash, &known);
	if (r <= 0)
		return r;
	return static_event_add(fold->txn, event->raw_hash, sequence);
}
