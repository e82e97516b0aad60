/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_lane.h - the timelines that the fold is working on
 *
 * A lane is the timeline of what one owner, a job or a dataset, tells in one
 * way.  In memory are its last segment, so that a run like those before it
 * needs no look into the store; the iosets that stand now; and which segments
 * came and went since the last flush.  Only then the edges follow: a segment that came
 * and went in between (a run that first told its inputs, then its outputs) costs them
 * nothing.
 */
#pragma once

#include "base/attr.h"
#include "graph/timeline.h"

struct arena;
struct fold;
struct lanes;

NODISCARD int lanes_new(struct lanes **out);
void lanes_free(struct lanes *lanes);
DEFINE_AUTO(lanes, struct lanes *, lanes_free);

struct lane_key {
	node_id owner;
	enum evidence evidence;
};

/* timeline_update() of an entry, with the edges to follow at the next flush. */
NODISCARD int lane_update(struct fold *fold, struct lane_key key,
	const struct timeline_entry *old, const struct timeline_entry *now);

/* What stands in a lane as its edges have it, into the arena. */
NODISCARD int lane_standing(struct fold *fold, struct lane_key key, struct arena *arena,
	struct ioset_list *out);

/* Brings the edges up to date. */
NODISCARD int lanes_flush(struct fold *fold);

/* Forgets everything, also what was not flushed. */
void lanes_clear(struct lanes *lanes);
