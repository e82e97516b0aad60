/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_place.h - where a run and its snapshots stand in time
 *
 * A run stands in the observed lane of its job at its start, and each of its
 * snapshots at its event time; what is at one position is one entry.  When the
 * run starts at another time, or is of another job, all of that follows.
 */
#pragma once

#include "graph/timeline.h"

struct fold;

/* A run's own place; job 0: it has none yet. */
struct place {
	node_id job;
	struct timeline_entry entry; /* with the snapshot that stands there too */
};

/* Where a run, as it is stored, stands. */
NODISCARD int fold_place_of(struct fold *fold, const struct run *run, struct place *out);

/* Writes a run, as it is now, and moves it from where it stood. */
NODISCARD int fold_place(
	struct fold *fold, const struct run *run, const struct place *old);

/* Adds to the snapshot of a run, which is written, at a time. */
NODISCARD int fold_place_snapshot(
	struct fold *fold, const struct run *run, int64_t time_us, ioset_id io);
