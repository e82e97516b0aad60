/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_found.h - what was found for a question about impact, for all its pages
 *
 * The engine's answer without what was not asked for, and the counts over it.
 * It borrows nothing from the call when its arena is another one, and can be kept
 * for later pages (kept.h): nodes are ids, whose names never change.
 */
#pragma once

#include "api/impact_asset.h"
#include "api/impact_groups.h"
#include "api/impact_use.h"

struct impact_found {
	uint64_t version;
	int64_t from_us; /* of a window: one that ends now is another one later */
	int64_t to_us;
	int64_t seen_from_us;
	int64_t seen_to_us;
	struct asked_change *changes;
	struct report_counts *change_counts; /* beside changes */
	struct impact_use *uses;	     /* beside changes */
	size_t change_count;
	struct impact *list;
	/* Beside list: who agreed to the worst effect, and the effects that nobody
	   agreed to; both NULL: there are no waivers. */
	const struct waiver **waived;
	uint32_t *left;
	size_t count;
	struct lineage_opaque *opaque;
	size_t opaque_count;
	struct impact_coverage coverage;
	enum lineage_cut cut;
	struct report_counts horizons[2];
	struct report_counts counts;
	struct report_counts *depths; /* of depth 1 and up */
	size_t depth_count;
	struct impact_group_found *owners;
	size_t owner_count;
	struct impact_group_found *namespaces;
	size_t namespace_count;
	struct waiver *waivers;
	uint64_t *waiver_uses;
	size_t waiver_count;
	uint64_t waived_count;
	uint64_t excluded;
	uint32_t effects; /* of all impacts, those that are not waived */
};

/*
 * Finds all there is.  Of more than one page it goes into a new arena, which
 * *own_out is then, for the caller to free or to give away; else that is NULL, and
 * all is in the call's arena: so too when it would be too large to be kept.
 */
NODISCARD int impact_found_make(const struct impact_question *question,
	struct impact_assets *assets, struct impact_found *out, struct arena **own_out);
