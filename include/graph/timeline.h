/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline.h - what an owner tells, over time
 *
 * An ioset is what one run of a job told: its inputs and outputs, and the flows
 * between whatever nodes it named.  Datasets own such sets too (dataset events).
 * Each set is kept once and known by a number.
 *
 * The timeline of an owner's lane is its runs whose set is not empty, in order
 * of position, cut into segments: the maximal groups of neighbours with
 * the same ioset.  A segment is known by the position of its first run, and
 * reaches to where the next begins.  So a run like the one before it writes
 * nothing here.  `settled` is the earliest end of a completed run in the
 * segment (TIME_OPEN: none): from then on the segment stands for all that came
 * before it.
 *
 * What an owner's lane holds as of T: take the segments that begin at
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

struct arena;
struct meter;

/* That the flows into an output are known; beyond them nothing flows into it. */
enum cover { COVER_COLUMNS = 1, COVER_EXPLICIT = 2 };

/* In a set: a pair and a form may be there once. */
struct flow {
	node_id target;
	node_id source;
	uint32_t classes; /* enum flow_class, with one form or none */
	bool implied;	  /* source is an input, and target an output of the set */
};

struct ioset {
	node_id *inputs; /* sorted, without doubles */
	size_t input_count;
	node_id *outputs;
	uint8_t *covers; /* enum cover, beside outputs; NULL: no output is covered */
	size_t output_count;
	struct flow *flows; /* sorted by (target, source, form) */
	size_t flow_count;
	/* It says all there is although it may be empty: so it has a number then,
	   and takes a place in the timeline. */
	bool stated;
};

/* Whether there is nothing in it that a timeline would hold. */
static inline bool ioset_empty(const struct ioset *set)
{
	return !set->input_count && !set->output_count && !set->flow_count &&
	       !set->stated;
}

/*
 * Brings a set that was put together in any order into the form above, in place:
 * sorts, adds up what is there twice, drops the flows of form columns into outputs
 * that are covered explicitly (the dataset, its whole, its fields), and says
 * which flows are implied.  Uniting sets and then this, or this and then
 * uniting, is the same.
 */
NODISCARD int ioset_normalise(
	struct store_txn *txn, struct arena *arena, struct ioset *set);

struct ioset_list {
	ioset_id *ids;
	size_t count;
	const ioset_id *settled; /* for JOIN_TIME: those of completed runs, sorted */
	size_t settled_count;
};

#define TIME_OPEN INT64_MAX

/* The number of this set, making it when it is new. */
NODISCARD int ioset_intern(struct store_txn *txn, const struct ioset *set, ioset_id *out);

/* Reads a set into the arena; id 0 is the empty set. */
NODISCARD int ioset_get(
	struct store_txn *txn, ioset_id id, struct arena *arena, struct ioset *out);

/* The classes of a pair in a set, of all forms together; 0: it is not there. */
uint32_t ioset_flow(const struct ioset *set, node_id target, node_id source);

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
	node_id job; /* or the dataset that owns the lane */
	enum evidence lane;
	int64_t from_us;
	int64_t to_us;
};

/* Into the arena.  Returns 0, or 1 when the meter (or NULL) ended it. */
NODISCARD int timeline_held(struct store_txn *txn,
	const struct timeline_question *question, struct meter *meter,
	struct arena *arena, struct ioset *out);

/*
 * Several iosets as one, in the arena.  JOIN_RUN: what the events of one run
 * said; an output is covered when one of them covers it.  JOIN_TIME: what stands
 * side by side; it is covered when all settled ones that have it cover it or, when
 * there are none of these, all that have it; a flow is implied when it is in all that
 * have it, and columns and explicit flows are both kept.
 */
enum ioset_join { JOIN_RUN, JOIN_TIME };
NODISCARD int ioset_unite(struct store_txn *txn, const struct ioset_list *list,
	enum ioset_join join, struct arena *arena, struct ioset *out);

/* What is looked for in the sets of a lane. */
struct timeline_item {
	node_id owner;
	enum evidence lane;
	enum { ITEM_INPUT, ITEM_OUTPUT, ITEM_FLOW } what;
	node_id node;	/* the dataset, or the flow's target */
	node_id source; /* of a flow */
};

/*
 * Returns 0 when a set has the item (of which owner and lane do not count), or 1
 * when not; bytes_out: how much was read for it, on success.
 */
NODISCARD int ioset_has(struct store_txn *txn, ioset_id id,
	const struct timeline_item *item, size_t *bytes_out);

/*
 * Where it was first and last: the positions of the runs.  0, or 1 when never or
 * when the meter (or NULL) ended it.
 */
struct timeline_span {
	struct run_position first;
	struct run_position last;
};
NODISCARD int timeline_seen(struct store_txn *txn, const struct timeline_item *item,
	struct meter *meter, struct timeline_span *out);

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
