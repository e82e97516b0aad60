/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_static.h - what jobs and datasets declare, and what we conclude
 */
#pragma once

#include "graph/timeline.h"

struct fold;

/* Where the word of a job event or dataset event stands: at its time, by its hash. */
struct run_position fold_static_position(const struct ol_event *event);

/*
 * Puts a set into a lane of its owner, settled at once.  What is there at the
 * same position is united with it, as what one run says is.
 */
NODISCARD int fold_declare(struct fold *fold, node_id owner, enum evidence lane,
	const struct run_position *position, ioset_id io);
