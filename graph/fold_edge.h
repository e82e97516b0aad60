/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_edge.h - from segments that came and went to edges
 *
 * An edge's flags have two halves: what the job's own inputs and outputs say,
 * and what flows say, whoever tells them (flow.h).  Each is changed alone.
 */
#pragma once

#include "graph/timeline.h"

struct fold;

/* So many more segments of a lane have this ioset; less when negative. */
struct segment_count {
	ioset_id io;
	int32_t delta;
};

/* What happened to a lane since its edges were last right. */
struct lane_change {
	node_id owner;
	enum evidence evidence;
	const struct segment_count *counts;
	size_t count_total;
	struct ioset_list was; /* what stood now, then ... */
	struct ioset_list now; /* ... and does today */
};

/* Writes the edges that differ, on both sides, in the store and in the image. */
NODISCARD int fold_edges(struct fold *fold, const struct lane_change *change);

/*
 * Writes an edge on both sides, in the store and in the image; with no flags it
 * is removed.  Its counts of segments stay.
 */
NODISCARD int fold_put_edge(struct fold *fold, node_id from, node_id to, uint32_t flags);
