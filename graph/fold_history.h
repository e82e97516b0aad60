/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_history.h - the contents that a facet had, kept as they come and go
 *
 * Of the content that stands the facet table has the first and last time; here
 * are those of the others (history.h).  All times are exact in any order of
 * arrival: what stands takes up what is known of it, and leaves it when it goes.
 */
#pragma once

#include "graph/history.h"

struct fold;

/* Which facet of which node. */
struct history_key {
	node_id node;
	uint64_t name_hash;
};

/* A content was told that does not stand; bytes are empty when it deletes. */
NODISCARD int fold_history_told(
	struct fold *fold, const struct history_key *key, const struct past_facet *told);

/* Another content takes the place of this one, whose bytes are still the facet's. */
NODISCARD int fold_history_leave(
	struct fold *fold, node_id node, const struct entity_facet *row);

/* When the content of the row, which takes its place now, was first told. */
NODISCARD int fold_history_enter(
	struct fold *fold, node_id node, struct entity_facet *row);
