/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_step.h - what both halves of the timeline need
 */
#pragma once

#include "graph/timeline.h"

/* The position right before this one; false when it is the first of all. */
bool position_before(const struct run_position *position, struct run_position *out);

/* The segment before the one that begins at first; 0, or 1 when there is none. */
NODISCARD int segment_previous(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *first, struct segment *out);

/* A run's or a declaration's place as it is stored; ERR_CORRUPT when it is not. */
NODISCARD int timeline_entry_stored(struct store_txn *txn, node_id job,
	enum evidence lane, const struct run_position *position,
	struct timeline_entry *out);
