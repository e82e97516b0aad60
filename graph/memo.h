/* SPDX-License-Identifier: Apache-2.0 */

/*
 * memo.h - what an event said, for the next event that says the same
 *
 * Nearly all events repeat what an earlier event said of the graph: the same
 * job with the same facets, the same datasets with the same facets.  The memo
 * maps the hash of all that (ol_event.lineage_hash) to the result of looking
 * it up: the owner, the ioset, and the nodes mentioned with the facets told of
 * each.  It holds as long as every node's epoch does (entity_cache.h).
 *
 * Forgetting is always allowed: entries push each other out.
 */
#pragma once

#include "base/hash.h"
#include "graph/timeline.h"

struct memo;

/* Rows of a facet table that a mask can name. */
#define MEMO_ROWS_MAX 64

struct memo_node {
	uint64_t epoch;
	uint64_t mask; /* rows of the facet table that were told */
	uint32_t place;
	bool writes; /* the event writes this dataset */
};

struct memo_entry {
	struct hash128 hash;
	node_id owner;
	ioset_id io;
	bool snapshot;
	uint32_t odd; /* what was passed over, counted each time */
	uint32_t count;
	struct memo_node nodes[];
};

NODISCARD int memo_new(struct memo **out);
void memo_free(struct memo *memo);
DEFINE_AUTO(memo, struct memo *, memo_free);

/* Borrowed until the next memo_add(); NULL when it is not known. */
const struct memo_entry *memo_find(const struct memo *memo, struct hash128 hash);

/* An entry to be filled in, in place of what was there; NULL: not worth it, or no memory.
 */
struct memo_entry *memo_add(struct memo *memo, struct hash128 hash, size_t nodes);

void memo_clear(struct memo *memo);
