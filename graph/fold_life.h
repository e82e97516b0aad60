/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_life.h - what an event does to a dataset as such: drops and renames
 *
 * docs/SEMANTICS.md, Lifecycle.  These are points in time and no contents, so
 * an event that tells one is never skipped by the memo.
 */
#pragma once

#include "graph/facets.h"

struct fold;

struct life {
	bool told;
	struct ol_lifecycle said;
};

/* What the dataset carries in this event; a malformed facet tells nothing. */
NODISCARD int fold_life_read(
	struct fold *fold, const struct ol_dataset *dataset, struct life *out);

/*
 * Notes when a dataset was dropped, or what it was called before, unless the
 * event only announces it or failed.
 */
NODISCARD int fold_life_apply(struct fold *fold, const struct ol_event *event,
	node_id dataset, const struct life *life);

/* The name that a rename tells becomes a node, whatever else comes of it. */
NODISCARD int fold_life_previous(
	struct fold *fold, const struct ol_lifecycle *said, node_id *out);
