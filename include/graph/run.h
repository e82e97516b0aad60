/* SPDX-License-Identifier: Apache-2.0 */

/*
 * run.h - one execution of a job, accumulated over its events
 *
 * Every field is a function of the set of events of the run, never of the
 * order they came in (reference: OpenLineage run cycle, "events describing a
 * single run are accumulative"):
 *
 * - job: of the newest event that names a job other than "unknown"; at the
 *   same time the larger (namespace, name).  A run whose events all say
 *   "unknown" belongs to that one.
 * - start: the first START, else the first event.
 * - end: the first terminal event; at the same time the lower type.
 * - state: the terminal type, else the highest of OTHER, START, RUNNING.
 * - ioset: the union of the sets of all its events, but snapshots.
 * - parent and root: of the newest event that tells them; at the same time the
 *   larger names.
 *
 * A parent or root that sent no event itself is a stub: a run without events
 * (event_total 0), of the job that the newest child names, whose first_us is
 * the earliest event time of a child that named it.
 *
 * A run has a position among the runs of its job: (start, run id).
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

/* The newest events, by (event time, hash), that a run record keeps track of. */
#define RUN_EVENTS_MAX 64

typedef uint32_t ioset_id; /* 0: the empty set */

struct run_event {
	int64_t time_us;
	uint64_t hash; /* hash64 of the raw event */
	uint64_t sequence;
};

struct run_link {
	struct runid run;
	node_id job; /* 0: not told */
};

struct run {
	struct runid id;
	node_id job;
	bool job_known;	     /* an event of its own named it, and not "unknown" */
	bool job_own;	     /* an event of its own named it */
	int64_t job_time_us; /* event time that gave the job */
	enum event_type state;
	int64_t start_us; /* of the first START; INT64_MAX: none came */
	int64_t first_us; /* of the first event */
	int64_t last_us;  /* of the last event */
	int64_t end_us;	  /* of the first terminal event; INT64_MAX: none came */
	ioset_id io;
	struct run_link parent;
	struct run_link root;
	int64_t told_us;  /* event time that told parent and root; INT64_MIN: none did */
	int64_t child_us; /* earliest event time of a child; INT64_MAX: it has none */
	uint32_t event_total; /* all that were folded */
	uint32_t event_count; /* kept, newest first */
	struct run_event events[RUN_EVENTS_MAX];
	struct slice text; /* runId as received when it is no UUID, else empty */
};

/* Where a run stands among the runs of its job. */
struct run_position {
	int64_t start_us;
	struct runid run;
};

static inline int64_t run_start_us(const struct run *run)
{
	return run->start_us != INT64_MAX ? run->start_us : run->first_us;
}

/* Returns 0, or 1 when there is no such run. */
NODISCARD int run_get(struct store_txn *txn, const struct runid *id, struct run *out);
NODISCARD int run_put(struct store_txn *txn, const struct run *run);

/*
 * The events of a run that are older than those its record keeps, so that a second
 * one is known.  run_event_add() returns 1 when it was there.
 */
NODISCARD int run_event_find(struct store_txn *txn, const struct runid *run,
	const struct run_event *event, uint64_t *sequence_out); /* 0 or 1 */
NODISCARD int run_event_add(
	struct store_txn *txn, const struct runid *run, const struct run_event *event);

/* Calls visit for all of them, the oldest first; stops when it returns not 0. */
typedef int run_event_visit(void *ctx, const struct run_event *event);
NODISCARD int run_event_each(struct store_txn *txn, const struct runid *run,
	run_event_visit *visit, void *ctx);

/*
 * The two indexes over runs: by (job, lane, position) and by position alone.
 * The lane is the evidence.  Rows of the declared and inferred lanes are job and
 * dataset events, whose run id is made of their hash, and rows of snapshots are
 * in the observed lane: neither are in the other index.
 */
NODISCARD int run_index_add(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position);
NODISCARD int run_index_remove(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position);

/*
 * Walks: the next row after (RUN_NEWER) or before (RUN_OLDER) a position, of a
 * job's lane; with job 0 over all runs (observed lane only).  The position
 * itself is not included.  Returns 0, or 1 when there is none.
 */
enum run_direction { RUN_NEWER, RUN_OLDER };
NODISCARD int run_index_next(struct store_txn *txn, node_id job, enum evidence lane,
	enum run_direction direction, const struct run_position *from,
	struct run_position *out);

/* How many rows a job's lane has: runs, and snapshots. */
NODISCARD int run_index_count(
	struct store_txn *txn, node_id job, enum evidence lane, uint64_t *out);

/* Before every position, and after every one. */
extern const struct run_position run_position_first;
extern const struct run_position run_position_last;

int run_position_compare(const struct run_position *a, const struct run_position *b);

/*
 * A snapshot of a run: the set of an event that stands alone.  It has a row in
 * the observed lane of its run's job at (event time, run id); the run's own row
 * may be the same one, whose set is then both together.  The fold keeps both
 * numbers right, since the run's row may go elsewhere.
 */
struct snapshot_set {
	ioset_id alone; /* what the snapshot told */
	ioset_id io;	/* that, with the run's own set when it stands here too */
};
NODISCARD int snapshot_set_get(struct store_txn *txn, const struct run_position *position,
	struct snapshot_set *out); /* 0 or 1 */
NODISCARD int snapshot_set_put(struct store_txn *txn, const struct run_position *position,
	const struct snapshot_set *set);
/* The next snapshot of the run behind a time; 0, or 1 when there is none. */
NODISCARD int snapshot_set_next(struct store_txn *txn, const struct runid *run,
	int64_t after_us, int64_t *time_us_out, struct snapshot_set *out);

/* A snapshot's row, where the run has none of its own: in the lane's index alone. */
NODISCARD int snapshot_index_add(
	struct store_txn *txn, node_id job, const struct run_position *position);
NODISCARD int snapshot_index_remove(
	struct store_txn *txn, node_id job, const struct run_position *position);

/*
 * Job events, dataset events and notes that were folded, by hash, so that a second
 * one is known.
 */
NODISCARD int static_event_find(
	struct store_txn *txn, uint64_t hash, uint64_t *sequence_out); /* 0 or 1 */
NODISCARD int static_event_add(struct store_txn *txn, uint64_t hash, uint64_t sequence);

/* Calls visit for all of them, in order of hashes; stops when it returns not 0. */
typedef int static_event_visit(void *ctx, uint64_t hash, uint64_t sequence);
NODISCARD int static_event_each(
	struct store_txn *txn, static_event_visit *visit, void *ctx);

/*
 * Declared and inferred lineage: what a job event or a dataset event said.
 * Kept under (owner, lane, position), as run records are kept for the observed
 * lane.
 */
struct declaration {
	node_id job; /* or dataset: the owner */
	enum evidence lane;
	struct run_position position;
	ioset_id io;
};
NODISCARD int declaration_get(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position, struct declaration *out); /* 0 or 1 */
NODISCARD int declaration_put(
	struct store_txn *txn, const struct declaration *declaration);
