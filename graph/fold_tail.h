/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_tail.h - the segments of a lane that stand now
 *
 * That is the last settled segment and all behind it.  A job whose runs are
 * never completed has a long tail; it is followed by small steps, and read
 * again only when the settled segment at its beginning may be another one.
 */
#pragma once

#include "graph/timeline.h"

/* So many segments of the tail have this ioset. */
struct tail_count {
	ioset_id io;
	uint32_t count;
};

struct tail {
	struct tail_count *list; /* sorted by io */
	size_t count;
	size_t cap;
	struct run_position first; /* where it begins; before all when nothing settled */
	ioset_id settled;	   /* of the segment there; 0: nothing settled */
	bool stale;		   /* to be loaded */
};

void tail_fini(struct tail *tail);

NODISCARD int tail_load(
	struct tail *tail, struct store_txn *txn, node_id job, enum evidence lane);

/* A segment came or went. */
NODISCARD int tail_change(struct tail *tail, const struct segment *segment, bool added);

/* The iosets of the tail, and the settled one of them, in the arena. */
NODISCARD int tail_list(
	const struct tail *tail, struct arena *arena, struct ioset_list *out);
