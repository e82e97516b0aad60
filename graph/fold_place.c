/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_place.c - where a run and its snapshots stand in time
 *
 * While a timeline changes it looks at the entries of its neighbours, and those
 * may be of the same run: so what moves is taken out while the old records are
 * there, then the records are written, and then it is put in again.
 */
#include "graph/fold_place.h"

#include "graph/fold.h"
#include "graph/fold_lane.h"

static struct run_position position_of(const struct run *run)
{
	return (struct run_position){ run_start_us(run), run->id };
}

static struct lane_key lane_of(node_id job)
{
	return (struct lane_key){ job, EVIDENCE_OBSERVED };
}

static bool same_position(const struct run_position *a, const struct run_position *b)
{
	return run_position_compare(a, b) == 0;
}

/* Returns 0, or 1 when there is no snapshot at the position: it is empty then. */
static int snapshot_at(
	struct fold *fold, const struct run_position *position, struct snapshot_set *out)
{
	*out = (struct snapshot_set){ 0 };
	return snapshot_set_get(fold->txn, position, out);
}

int fold_place_of(struct fold *fold, const struct run *run, struct place *out)
{
	struct snapshot_set set;
	int r;

	*out = (struct place){
		.job = run->job,
		.entry = {
			.position = position_of(run),
			.io = run->io,
			.settled_us = timeline_settled_us(run),
		},
	};
	r = snapshot_at(fold, &out->entry.position, &set);
	if (r)
		return r < 0 ? r : 0;
	out->entry.settled_us = out->entry.position.start_us;
	return fold_unite(fold, run->io, set.alone, &out->entry.io);
}

/* Of two places one may hold a snapshot, which is no longer, or now, joined. */
static int join_snapshot(
	struct fold *fold, const struct run_position *position, ioset_id io)
{
	struct snapshot_set set;
	int r = snapshot_at(fold, position, &set);

	if (r)
		return r < 0 ? r : 0;
	r = fold_unite(fold, io, set.alone, &io);
	if (r || io == set.io)
		return r;
	set.io = io;
	return snapshot_set_put(fold->txn, position, &set);
}

/* A snapshot by itself comes to a lane, or goes from it. */
static int put_alone(
	struct fold *fold, node_id job, const struct run_position *position, ioset_id io)
{
	const struct timeline_entry entry = { *position, io, position->start_us };
	int r = snapshot_index_add(fold->txn, job, position);

	return r ? r : lane_update(fold, lane_of(job), NULL, &entry);
}

static int take_alone(
	struct fold *fold, node_id job, const struct run_position *position, ioset_id io)
{
	const struct timeline_entry entry = { *position, io, position->start_us };
	int r = snapshot_index_remove(fold->txn, job, position);

	return r ? r : lane_update(fold, lane_of(job), &entry, NULL);
}

typedef int move_snapshot(
	struct fold *fold, node_id job, const struct run_position *position, ioset_id io);

/* All snapshots of a run but the one at its own place. */
static int move_others(struct fold *fold, const struct place *own, move_snapshot *move)
{
	struct run_position at = { INT64_MIN, own->entry.position.run };
	struct snapshot_set set;
	int r;

	while (!(r = snapshot_set_next(
			 fold->txn, &at.run, at.start_us, &at.start_us, &set))) {
		if (same_position(&at, &own->entry.position))
			continue;
		r = move(fold, own->job, &at, set.alone);
		if (r)
			return r;
	}
	return r < 0 ? r : 0;
}

/* The snapshot where the run will be, or was. */
static int move_one(struct fold *fold, node_id job, const struct run_position *position,
	move_snapshot *move)
{
	struct snapshot_set set;
	int r = snapshot_at(fold, position, &set);

	if (r)
		return r < 0 ? r : 0;
	return move(fold, job, position, set.alone);
}

static int take_out(struct fold *fold, const struct place *old, const struct place *now)
{
	const struct timeline_entry *entry = &old->entry;
	int r;

	if (!old->job)
		return 0;
	r = run_index_remove(fold->txn, old->job, EVIDENCE_OBSERVED, &entry->position);
	if (!r)
		r = lane_update(fold, lane_of(old->job), entry, NULL);
	if (r)
		return r;
	if (old->job != now->job)
		return move_others(fold, old, take_alone);
	return move_one(fold, old->job, &now->entry.position, take_alone);
}

static int put_in(struct fold *fold, const struct place *old, const struct place *now)
{
	const struct timeline_entry *entry = &now->entry;
	int r;

	r = run_index_add(fold->txn, now->job, EVIDENCE_OBSERVED, &entry->position);
	if (!r)
		r = lane_update(fold, lane_of(now->job), NULL, entry);
	if (r || !old->job)
		return r;
	if (old->job != now->job)
		return move_others(fold, now, put_alone);
	return move_one(fold, now->job, &old->entry.position, put_alone);
}

static int move_run(struct fold *fold, const struct run *run, const struct place *old,
	const struct place *now)
{
	int r;

	r = take_out(fold, old, now);
	if (!r)
		r = run_put(fold->txn, run);
	if (!r && old->job && !same_position(&old->entry.position, &now->entry.position))
		r = join_snapshot(fold, &old->entry.position, 0);
	if (!r)
		r = join_snapshot(fold, &now->entry.position, run->io);
	return r ? r : put_in(fold, old, now);
}

int fold_place(struct fold *fold, const struct run *run, const struct place *old)
{
	struct place now;
	int r;

	r = fold_place_of(fold, run, &now);
	if (r)
		return r;
	if (old->job != now.job ||
		!same_position(&old->entry.position, &now.entry.position))
		return move_run(fold, run, old, &now);
	r = run_put(fold->txn, run);
	if (!r)
		r = join_snapshot(fold, &now.entry.position, run->io);
	return r ? r : lane_update(fold, lane_of(now.job), &old->entry, &now.entry);
}

/* What a snapshot and, when it is here, the run's own set are together. */
static int put_snapshot(struct fold *fold, const struct run_position *position,
	ioset_id own, struct snapshot_set *set)
{
	int r = fold_unite(fold, own, set->alone, &set->io);

	return r ? r : snapshot_set_put(fold->txn, position, set);
}

static int add_here(struct fold *fold, const struct run *run, const struct place *own,
	struct snapshot_set *set)
{
	struct timeline_entry now = own->entry;
	int r = put_snapshot(fold, &now.position, run->io, set);

	if (r)
		return r;
	now.io = set->io;
	now.settled_us = now.position.start_us;
	return lane_update(fold, lane_of(own->job), &own->entry, &now);
}

/* was: the snapshot before; 0: there was none. */
static int add_there(struct fold *fold, const struct run *run, int64_t time_us,
	ioset_id was, struct snapshot_set *set)
{
	const struct run_position position = { time_us, run->id };
	const struct timeline_entry old = { position, was, time_us };
	const struct timeline_entry now = { position, set->alone, time_us };
	int r = put_snapshot(fold, &position, 0, set);

	if (r)
		return r;
	if (!was)
		return put_alone(fold, run->job, &position, set->alone);
	return lane_update(fold, lane_of(run->job), &old, &now);
}

int fold_place_snapshot(
	struct fold *fold, const struct run *run, int64_t time_us, ioset_id io)
{
	const struct run_position position = { time_us, run->id };
	struct snapshot_set set;
	struct place own;
	ioset_id was;
	int r;

	r = snapshot_at(fold, &position, &set);
	if (r < 0)
		return r;
	was = set.alone;
	r = fold_unite(fold, was, io, &set.alone);
	if (!r)
		r = fold_place_of(fold, run, &own);
	if (r || set.alone == was)
		return r;
	if (same_position(&own.entry.position, &position))
		return add_here(fold, run, &own, &set);
	return add_there(fold, run, time_us, was, &set);
}
