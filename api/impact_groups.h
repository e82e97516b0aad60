/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_groups.h - impacts counted by a name: of owners, of namespaces
 */
#pragma once

#include "api/impact_report.h"
#include "base/idset.h"

/* An impact on an asset. */
struct impact_on {
	struct impact impact;
	node_id asset;
	const struct waiver *waived; /* or NULL */
};

struct impact_group_found {
	struct slice name;
	struct slice type;
	struct report_counts counts;
	uint64_t datasets;
	uint64_t jobs;
	struct impact_on assets[REPORT_ASSETS]; /* the worst on each of so many */
	size_t asset_count;
	size_t next; /* of the same hash of the name: its place and 1; 0: none */
	size_t last; /* the asset that named it last: its place and 1 */
};

/* What lists and names are in outlives the call, maybe. */
struct impact_groups {
	struct arena *arena;
	struct idset *places; /* by the hash of a name */
	struct impact_group_found *list;
	size_t count;
	size_t room;
};

NODISCARD int impact_groups_init(struct impact_groups *groups, struct arena *arena);
void impact_groups_fini(struct impact_groups *groups); /* the list stays */

/* The place of a group; it is made, with a copy of the name, when it is new. */
NODISCARD int impact_group_of(struct impact_groups *groups, struct slice name,
	struct slice type, size_t *place_out);

/* Counts an impact; fresh: the first one on its asset, which is a job or not. */
void impact_group_add(struct impact_group_found *group, const struct impact_on *on,
	bool job, bool fresh);

/* By worst effect, then how many, then name; places are others from then on. */
void impact_groups_sort(struct impact_groups *groups);

/* How many groups have an impact, when they are sorted: they are the first ones. */
size_t impact_groups_hit(const struct impact_groups *groups);

void report_count(struct report_counts *counts, enum impact_effect effect);
