/* SPDX-License-Identifier: Apache-2.0 */

/*
 * frontier.h - a growing list of node ids, for one walk
 *
 * Room is reserved before ids are pushed, so that pushing cannot fail.
 */
#pragma once

#include "graph/model.h"

struct frontier {
	node_id *ids;
	size_t count;
	size_t capacity;
};

/* Zeroed, a frontier is empty. */
void frontier_fini(struct frontier *frontier);
NODISCARD static inline int frontier_reserve(struct frontier *frontier, size_t more);

/* For the call below only. */
NODISCARD int frontier_grow(struct frontier *frontier, size_t more);

static inline int frontier_reserve(struct frontier *frontier, size_t more)
{
	return LIKELY(frontier->capacity - frontier->count >= more)
		       ? 0
		       : frontier_grow(frontier, more);
}

static inline void frontier_push(struct frontier *frontier, node_id id)
{
	frontier->ids[frontier->count++] = id;
}

/*
 * Sorts a list that has no id twice; scratch is room that may be used for it and is
 * overwritten.  Walking in order of ids meets memory nearly in order.
 */
NODISCARD int frontier_sort(struct frontier *frontier, struct frontier *scratch);
