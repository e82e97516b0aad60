/* SPDX-License-Identifier: Apache-2.0 */

/*
 * history.h - every content that some facets ever had
 *
 * Of the facets schema, symlinks and lifecycleStateChange of a dataset, each
 * distinct content is kept with the first and last event time that told it.  A
 * deletion is the content without bytes.
 *
 * For the content that stands, the facet table's times (entity.h) count as well:
 * the fold writes them here only when another content takes its place.
 */
#pragma once

#include "graph/entity.h"

/* Whether a facet of this name has a history; name_hash is hash64 of the name. */
bool history_keeps(uint64_t name_hash);

struct past_facet {
	uint64_t hash; /* 0: deleted */
	int64_t first_us;
	int64_t last_us;
	struct slice bytes; /* into the snapshot */
};

/* Returns 0, or 1 when this content was never told. */
NODISCARD int history_get(struct store_txn *txn, node_id node, uint64_t name_hash,
	uint64_t hash, struct past_facet *out);

/* Writes a content's times; bytes when it is new (else they stay). */
NODISCARD int history_put(struct store_txn *txn, node_id node, uint64_t name_hash,
	const struct past_facet *past);

struct arena;

/* All contents, by (first_us, hash), with the times of the one that stands put in. */
struct past_facets {
	struct past_facet *list;
	size_t count;
};
NODISCARD int history_list(struct store_txn *txn, node_id node, uint64_t name_hash,
	struct arena *arena, struct past_facets *out);
