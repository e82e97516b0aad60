/* SPDX-License-Identifier: Apache-2.0 */

/*
 * kept.h - findings that later pages are taken from
 *
 * A question with pages is answered from what was found for its first page, at
 * that version of the graph, however the graph has moved on since.  What was
 * found is kept here for a while, within a budget; what was used longest ago goes
 * first.  Any thread.
 *
 *	found = kept_hold(kept, &key, &hold);
 *	if (found) {
 *		...
 *		kept_drop(kept, hold);
 *	}
 */
#pragma once

#include "api/call.h"

/* budget: bytes of all that is kept.  NULL without memory. */
struct kept_answers *kept_new(size_t budget);
void kept_free(struct kept_answers *kept); /* nothing may be held */
DEFINE_AUTO(kept, struct kept_answers *, kept_free);

struct kept_key {
	uint64_t question; /* its hash */
	uint64_t version;  /* of the graph */
};

/*
 * Keeps what was found: the arena and, in it, found.  The arena is taken in any
 * case, and freed when it is not kept: it is larger than the budget, or there is
 * no memory.  Of one key the newest is kept.
 */
void kept_give(struct kept_answers *kept, const struct kept_key *key, struct arena *arena,
	const void *found);

struct kept_hold;

/* NULL when it is not kept; else it stays until it is dropped. */
const void *kept_hold(struct kept_answers *kept, const struct kept_key *key,
	struct kept_hold **hold_out);
void kept_drop(struct kept_answers *kept, struct kept_hold *hold);

/* What it was made with; a larger arena is not worth filling. */
size_t kept_budget(const struct kept_answers *kept);

/* Bytes of all that is kept now. */
size_t kept_bytes(struct kept_answers *kept);
