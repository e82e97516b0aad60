/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_edge.h - from segments that came and went to edges
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
	node_id job;
	enum evidence evidence;
	const struct segment_count *counts;
	size_t count_total;
	struct ioset_list was; /* what stood now, then ... */
	struct ioset_list now; /* ... and does today */
};

/* Writes the edges that differ, on both sides, in the store and in the image. */
NODISCARD int fold_edges(struct fold *fold, const struct lane_change *change);
