/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_asset.h - the datasets and jobs that an answer about impact is about
 *
 * An asset is the dataset of a field, or the dataset or job itself.  What is known
 * of it is read once a call, when it is first wanted, however many impacts it has.
 */
#pragma once

#include "api/call.h"
#include "graph/facets.h"
#include "graph/model.h"

/*
 * Each impact on an asset is counted for each of its owners: more are not looked at,
 * whatever an event says.
 */
#define IMPACT_OWNERS_MAX 100

struct impact_asset {
	node_id id;
	bool job;
	const struct ol_labels *owners; /* never NULL; at most IMPACT_OWNERS_MAX */
	size_t owners_more;		/* that it has beside those */
	bool seen;			/* impact_asset_seen() */
	int64_t last_seen_us;
	bool counted; /* impact_asset_runs() */
	uint64_t runs;
	bool runs_more;
};

struct impact_assets {
	struct call *call;
	int64_t seen_from_us; /* runs are counted between these two */
	int64_t seen_to_us;
	uint64_t runs_left; /* that may still be looked at */
	struct idset *places;
	struct impact_asset *list;
	size_t count;
	size_t room;
	struct idset *name_places; /* of the keys of any nodes */
	struct node_key *names;
	size_t name_count;
	size_t name_room;
};

NODISCARD int impact_assets_init(struct impact_assets *assets, struct call *call,
	int64_t seen_from_us, int64_t seen_to_us);
void impact_assets_fini(struct impact_assets *assets);

/*
 * The place in assets->list of a node's asset, with its owners; *new_out: it was not
 * there before.  Places stay, pointers only until the next call.
 */
NODISCARD int impact_asset_of(
	struct impact_assets *assets, node_id node, size_t *place_out, bool *new_out);

/* Fill in when an asset was last seen, and its runs, unless they are known. */
NODISCARD int impact_asset_seen(struct impact_assets *assets, size_t place);
NODISCARD int impact_asset_runs(struct impact_assets *assets, size_t place);

/* The name of a node, in the snapshot. */
NODISCARD int impact_node_key(
	struct impact_assets *assets, node_id node, struct node_key *out);
