/* SPDX-License-Identifier: Apache-2.0 */

/*
 * exposure.h - where the values of tagged columns can be read
 *
 * From all columns with a tag, everything that their values flow into, until some
 * step masks them; each with one shortest path.  A tagged dataset stands for
 * all of its columns.  Nothing is stored: the answer is that of the graph and the
 * tags as they stand, or of the graph as it stood and the tags as they stand.
 *
 * DIRECT flows carry values, and so does one that does not tell what it is.
 * INDIRECT ones (a filter, a join) tell something about values and carry none.
 */
#pragma once

#include "graph/impact.h"

struct exposure_query {
	struct slice tag; /* KEY, or KEY=VALUE */
	/* Time, evidence, budget and deadline; no roots. */
	struct lineage_query graph;
	bool indirect;	   /* follow INDIRECT flows as well */
	size_t opaque_max; /* in the list */
};

/* Of what is found on several ways, the first that is true. */
enum exposure_kind {
	EXPOSURE_CLEAR,
	EXPOSURE_UNKNOWN, /* some hop on the way tells no columns */
	EXPOSURE_MASKED,  /* the values end here: this step masks them */
};
#define EXPOSURE_KINDS 3

/* "exposed", "unknown", "masked". */
const char *exposure_text(enum exposure_kind kind);

struct exposure {
	node_id node; /* a field, a dataset with all of its columns, or a job */
	enum exposure_kind kind;
	enum impact_certainty certainty; /* the weakest link of its path */
	uint32_t depth;			 /* as in struct impact */
	bool tagged;			 /* it has the tag, or its dataset has */
	/* From its end; the first step is a tagged column or dataset.  Without rules
	   but for those of hops that tell no columns, and of fields in others. */
	const struct impact_step *because;
};

struct exposures {
	/* Fields and datasets with the tag, sorted; aliases are one. */
	const node_id *sources;
	size_t source_count;
	/* By (kind, depth, node).  A source is there when another way leads to it. */
	struct exposure *list;
	size_t count;
	size_t counts[EXPOSURE_KINDS];
	struct lineage_opaque *opaque; /* the first of them; job 0: between datasets */
	size_t opaque_count;
	uint64_t opaque_hops;
	bool lower_bound;     /* there may be more than is told */
	enum lineage_cut cut; /* if not CUT_NONE: what was found until then */
};

/*
 * What out points to is in the arena.  A tag that nobody has gives an answer
 * without sources.  ERR_INVALID for a query without a tag or evidence, or with a
 * window that ends before it begins.
 */
NODISCARD int exposure_find(struct snapshot *snapshot, const struct exposure_query *query,
	struct arena *arena, struct exposures *out);
