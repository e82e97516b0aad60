/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_step.h - what the files about timelines need of one another
 */
#pragma once

#include "graph/timeline.h"

/* The position right before this one; false when it is the first of all. */
bool position_before(const struct run_position *position, struct run_position *out);

/* The segment before the one that begins at first; 0, or 1 when there is none. */
NODISCARD int segment_previous(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *first, struct segment *out);

/* ioset_unite() with a meter, or NULL: returns 1 when that ends it. */
NODISCARD int ioset_unite_within(struct store_txn *txn, const struct ioset_list *list,
	enum ioset_join join, struct meter *meter, struct arena *arena,
	struct ioset *out);

/* A run's or a declaration's place as it is stored; ERR_CORRUPT when it is not. */
NODISCARD int timeline_entry_stored(struct store_txn *txn, node_id job,
	enum evidence lane, const struct run_position *position,
	struct timeline_entry *out);
