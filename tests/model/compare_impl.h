/* SPDX-License-Identifier: Apache-2.0 */

/*
 * compare_impl.h - what the parts of the comparison share
 */
#pragma once

#include "tests/model/compare.h"

struct comparison {
	const struct model *model;
	struct snapshot *snapshot;
	struct arena *arena;
	node_id ids[MODEL_NODES]; /* 0: the engine does not have it */
	struct buf *out;
};

/* "dataset n/a" and the like; valid until called eight times more. */
const char *compare_name(const struct model *model, int node);

/* The model's node that an id of the engine means, or -1. */
int compare_node(const struct comparison *c, node_id id);

PRINTF(2, 3) void differ(struct comparison *c, const char *fmt, ...);

void compare_states(struct comparison *c);
void compare_runs(struct comparison *c);
void compare_notes(struct comparison *c); /* and hours */
void compare_walks(struct comparison *c, unsigned seed);
