/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline.h - what a job read and wrote, over time
 *
 * An ioset is a set of inputs and outputs, kept once and known by a number.
 *
 * The timeline of a job's lane is its runs that have inputs or outputs, in
 * order of position, cut into segments: the maximal groups of neighbours with
 * the same ioset.  A segment is known by the position of its first run, and
 * reaches to where the next begins.  So a run like the one before it writes
 * nothing here.  `settled` is the earliest end of a completed run in the
 * segment (TIME_OPEN: none): from then on the segment stands for all that came
 * before it.
 *
 * What a job's lane reads and writes as of T: take the segments that begin at
 * or before T from the newest to the oldest, unite their iosets, and stop
 * behind the first whose settled is at or before T.  So a running run adds, a
 * failed run removes nothing, and the last completed run with inputs or
 * outputs replaces what was before.  `current` is T = the end of time.
 *
 * The timeline is a pure function of the runs; timeline_update() keeps it so
 * by small steps (the fold calls it, no one else).
 */
#pragma once

#include "graph/run.h"

struct ioset {
	node_id *inputs; /* sorted, without doubles */
	size_t input_count;
	node_id *outputs;
	size_t output_count;
};

struct ioset_list {
	ioset_id *ids;
	size_t count;
};

struct arena;

#define TIME_OPEN INT64_MAX

/* The number of this set, making it when it is new. */
NODISCARD int ioset_intern(struct store_txn *txn, const struct ioset *set, ioset_id *out);

/* Reads a set into the arena; id 0 is the empty set. */
NODISCARD int ioset_get(
	struct store_txn *txn, ioset_id id, struct arena *arena, struct ioset *out);

/* Returns 0 when the set has the dataset on that side, or 1 when not. */
NODISCARD int ioset_holds(
	struct store_txn *txn, ioset_id id, node_id dataset, bool output);

struct segment {
	struct run_position first;
	int64_t settled_us; /* TIME_OPEN: no run of it is completed */
	ioset_id io;
};

/* The last segment that begins at or before a position; the next one; 0, or 1 when none.
 */
NODISCARD int segment_floor(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position, struct segment *out);
NODISCARD int segment_next(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *after, struct segment *out);
NODISCARD int segment_put(struct store_txn *txn, node_id job, enum evidence lane,
	const struct segment *segment);
NODISCARD int segment_remove(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *first);

/*
 * What a job's lane held from one time to another, both included; as of a
 * time: from it to it.  That is the union of the iosets of all segments that
 * overlap: whose first run starts at or before `to` and whose last one starts
 * at or after `from`; and what stands as of `from` overlaps too.
 */
struct timeline_question {
	node_id job;
	enum evidence lane;
	int64_t from_us;
	int64_t to_us;
};

struct meter;

/* Into the arena.  Returns 0, or 1 when the meter (or NULL) ended it. */
NODISCARD int timeline_held(struct store_txn *txn,
	const struct timeline_question *question, struct meter *meter,
	struct arena *arena, struct ioset *out);

/* The union of some iosets, in the arena. */
NODISCARD int ioset_unite(struct store_txn *txn, const struct ioset_list *list,
	struct arena *arena, struct ioset *out);

/* When a dataset was first and last in a job's lane: starts of runs. 0, or 1 when never.
 */
NODISCARD int timeline_seen(struct store_txn *txn, node_id job, enum evidence lane,
	node_id dataset, bool output, int64_t *first_us_out, int64_t *last_us_out);

/* One run's place in the timeline, as it was or as it is now. */
struct timeline_entry {
	struct run_position position;
	ioset_id io;	    /* 0: it is in no segment */
	int64_t settled_us; /* see timeline_settled_us() */
};

/*
 * When a run settles what its job reads and writes: at its end when it is
 * completed, but never before its start (clocks of producers differ; and so a
 * search for the earliest one ends at the first run that starts later).
 */
static inline int64_t timeline_settled_us(const struct run *run)
{
	if (run->state != TYPE_COMPLETE)
		return TIME_OPEN;
	return run->end_us > run_start_us(run) ? run->end_us : run_start_us(run);
}

/*
 * Tells what became of segments: called for each with `added` false before it
 * goes, and true after it came.  One that changes (its first run, its earliest
 * end) goes and comes again.
 */
typedef int timeline_change(void *ctx, const struct segment *segment, bool added);

/*
 * Replaces one run in the timeline: old is as it was (NULL: it was not there),
 * now as it is (NULL: it goes).  The run index must hold the row of `now`, and
 * not that of old when its position changed.  Neighbours are looked up there
 * and their ioset through `entry_of`.  Returns 0 when nothing changed, 1 when
 * a segment came, went or changed.
 */
typedef int timeline_entry_of(void *ctx, node_id job, enum evidence lane,
	const struct run_position *position, struct timeline_entry *out);

struct timeline_hooks {
	timeline_change *change;
	timeline_entry_of *entry_of;
	void *ctx;
};

NODISCARD int timeline_update(struct store_txn *txn, node_id job, enum evidence lane,
	const struct timeline_entry *old, const struct timeline_entry *now,
	const struct timeline_hooks *hooks);
