/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_run.c - the run of an event
 *
 * Every field of a run is a maximum, a minimum or a union over its events, so
 * that neither their order nor a second delivery matters (run.h).  Where it and
 * its snapshots stand in time is fold_place.h's.
 */
#include "base/arena.h"
#include "graph/entity.h"
#include "graph/fold.h"
#include "graph/fold_control.h"
#include "graph/fold_parent.h"
#include "graph/fold_place.h"
#include "graph/fold_tally.h"
#include "graph/run.h"

#include <string.h>

static void start_run(struct run *run, const struct ol_event *event)
{
	run->id = event->run;
	run->parent = (struct run_link){ 0 };
	run->root = (struct run_link){ 0 };
	run->told_us = INT64_MIN;
	run->child_us = INT64_MAX;
	run->text = (struct slice){ 0 };
}

/* The first event of its own: of a stub stays what its children told of it. */
static void own_run(struct run *run, const struct ol_event *event)
{
	run->job = 0;
	run->job_known = false;
	run->job_own = true;
	run->job_time_us = INT64_MIN;
	run->state = TYPE_OTHER;
	run->start_us = INT64_MAX;
	run->first_us = event->time_us;
	run->last_us = event->time_us;
	run->end_us = INT64_MAX;
	run->io = 0;
	run->event_total = 0;
	run->event_count = 0;
}

/* Newest first; at the same time the larger hash. */
static bool event_before(const struct run_event *a, const struct run_event *b)
{
	if (a->time_us != b->time_us)
		return a->time_us > b->time_us;
	return a->hash > b->hash;
}

/*
 * Keeps the newest events, and that there were older ones.  Returns 1 when it was
 * there already.
 */
static int add_event(struct fold *fold, struct run *run, const struct run_event *event)
{
	const struct run_event *oldest = event;
	uint32_t at = 0;
	uint32_t behind;

	while (at < run->event_count && event_before(&run->events[at], event))
		at++;
	if (at < run->event_count && run->events[at].hash == event->hash &&
		run->events[at].time_us == event->time_us)
		return 1;
	if (run->event_count == RUN_EVENTS_MAX) {
		int r;

		if (at < RUN_EVENTS_MAX)
			oldest = &run->events[RUN_EVENTS_MAX - 1];
		r = run_event_add(fold->txn, &run->id, oldest);
		if (r)
			return r;
	}
	if (run->event_total < UINT32_MAX)
		run->event_total++;
	if (at == RUN_EVENTS_MAX)
		return 0;
	behind = run->event_count - at;
	if (run->event_count == RUN_EVENTS_MAX)
		behind--;
	else
		run->event_count++;
	memmove(&run->events[at + 1], &run->events[at], behind * sizeof(*event));
	run->events[at] = *event;
	return 0;
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

	r = add_event(fold, run, &kept);
	if (r < 0)
		return r;
	if (!r)
		fold_tally_event(fold, event);
	add_times(run, event);
	add_state(run, event);
	add_text(run, event);
	r = add_job(fold, run, event, said->owner);
	if (!r && !said->snapshot)
		r = fold_unite(fold, run->io, said->io, &run->io);
	return r ? r : fold_parent(fold, event, said->owner, run);
}

/* Finds the run, and the place that it has before the event. */
static int find_run(struct fold *fold, const struct ol_event *event, struct run *run,
	struct place *old)
{
	int r = run_get(fold->txn, &event->run, run);

	*old = (struct place){ 0 };
	if (r < 0)
		return r;
	if (r)
		start_run(run, event);
	else
		r = fold_place_of(fold, run, old);
	if (r < 0)
		return r;
	if (!old->job || !run->event_total)
		own_run(run, event);
	return keep_text(fold, run);
}

int fold_run(struct fold *fold, const struct ol_event *event, uint64_t sequence,
	const struct said *said)
{
	struct place old;
	struct run run;
	int r;

	r = find_run(fold, event, &run, &old);
	if (!r)
		r = add_all(fold, &run, event, sequence, said);
	if (!r)
		r = fold_place(fold, &run, &old);
	if (!r && said->snapshot && said->io)
		r = fold_place_snapshot(fold, &run, event->time_us, said->io);
	return r ? r : fold_control(fold, event, said->owner);
}
