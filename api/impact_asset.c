/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_asset.c - the datasets and jobs that an answer about impact is about
 */
#include "api/impact_asset.h"

#include "api/facetin.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/runout.h"
#include "base/idset.h"
#include "graph/image.h"
#include "graph/run.h"

#define RUNS_TOLD   1000   /* more are "at least so many" */
#define RUNS_LOOKED 200000 /* for all assets of a page together */
#define WRITERS_MAX 1000   /* of one dataset */

int impact_assets_init(struct impact_assets *assets, struct call *call,
	int64_t seen_from_us, int64_t seen_to_us)
{
	*assets = (struct impact_assets){
		.call = call,
		.seen_from_us = seen_from_us,
		.seen_to_us = seen_to_us,
		.runs_left = RUNS_LOOKED,
		.places = idset_new(SIZE_MAX),
		.name_places = idset_new(SIZE_MAX),
	};
	if (assets->places && assets->name_places)
		return 0;
	impact_assets_fini(assets);
	return ERR_NOMEM;
}

void impact_assets_fini(struct impact_assets *assets)
{
	idset_free(assets->places);
	idset_free(assets->name_places);
	assets->places = NULL;
	assets->name_places = NULL;
}

static int add_asset(struct impact_assets *assets, node_id id)
{
	const struct image_node *node = image_node(assets->call->snapshot->image, id);
	struct impact_asset *list = arena_grow(assets->call->arena, assets->list,
		assets->count, &assets->room, sizeof(*list));
	struct ol_labels *owners = arena_alloc(assets->call->arena, sizeof(*owners));
	int r;

	if (!list || !owners)
		return ERR_NOMEM;
	assets->list = list;
	list[assets->count] = (struct impact_asset){
		.id = id, .job = node && node->kind == NODE_JOB, .owners = owners
	};
	r = facet_owners(assets->call, id, owners);
	if (!r && owners->count > IMPACT_OWNERS_MAX) {
		list[assets->count].owners_more = owners->count - IMPACT_OWNERS_MAX;
		owners->count = IMPACT_OWNERS_MAX;
	}
	if (!r)
		r = idset_put(assets->places, id, assets->count);
	if (r < 0)
		return r;
	assets->count++;
	return 0;
}

int impact_asset_of(
	struct impact_assets *assets, node_id node, size_t *place_out, bool *new_out)
{
	node_id id = node_dataset(assets->call, node);
	uint64_t place = assets->count;
	int r = 0;

	*new_out = idset_get(assets->places, id, &place) != 0;
	if (*new_out)
		r = add_asset(assets, id);
	*place_out = (size_t)place;
	return r;
}

/* Whether a row of the index is a run's own, and not one of its snapshots: 1 or 0. */
static int is_run_row(struct impact_assets *assets, const struct run_position *at)
{
	struct snapshot_set set;
	struct run run;
	int r = snapshot_set_get(assets->call->snapshot->txn, at, &set);

	if (r)
		return r;
	r = run_at(assets->call, at, &run);
	return r ? r : !run_is_snapshot_row(&run, at);
}

/* Adds the runs of one job, up to RUNS_TOLD in all. */
static int count_runs(
	struct impact_assets *assets, node_id job, struct impact_asset *asset)
{
	struct run_position at = { .start_us = assets->seen_from_us };

	for (;;) {
		int r = run_index_next(assets->call->snapshot->txn, job,
			EVIDENCE_OBSERVED, RUN_NEWER, &at, &at);

		if (r || at.start_us > assets->seen_to_us)
			return r < 0 ? r : 0;
		if (!assets->runs_left || asset->runs == RUNS_TOLD) {
			asset->runs_more = true;
			return 0;
		}
		assets->runs_left--;
		r = is_run_row(assets, &at);
		if (r < 0)
			return r;
		asset->runs += (uint64_t)r;
	}
}

/* The runs of the jobs that write a dataset under one of its names. */
static int count_writers(
	struct impact_assets *assets, node_id name, struct impact_asset *asset)
{
	const struct image_node *node = image_node(assets->call->snapshot->image, name);
	const struct image_edges *edges = node ? &node->edges[UPSTREAM] : NULL;
	int r = 0;

	for (uint32_t i = 0; edges && !r && i < edges->total; i++) {
		if (i == WRITERS_MAX)
			asset->runs_more = true;
		if (asset->runs_more)
			break;
		if (edges->flags[i] & EDGE_IO_EVER)
			r = count_runs(assets, edges->peers[i], asset);
	}
	return r;
}

int impact_asset_seen(struct impact_assets *assets, size_t place)
{
	struct impact_asset *asset = &assets->list[place];
	struct entity_times times;
	int r;

	if (asset->seen)
		return 0;
	r = node_times(assets->call, asset->id, &times);
	if (r)
		return r;
	asset->seen = true;
	asset->last_seen_us = times.last_seen_us;
	return 0;
}

int impact_asset_runs(struct impact_assets *assets, size_t place)
{
	struct impact_asset *asset = &assets->list[place];
	node_id at;
	int r = 0;

	if (asset->counted)
		return 0;
	asset->counted = true;
	if (asset->job)
		return count_runs(assets, asset->id, asset);
	for (at = asset->id; !r && at; at = ring_next(assets->call, asset->id, at))
		r = count_writers(assets, at, asset);
	return r;
}

int impact_node_key(struct impact_assets *assets, node_id node, struct node_key *out)
{
	struct node_key *names;
	struct entity entity;
	uint64_t place;
	int r;

	if (idset_get(assets->name_places, node, &place) == 0) {
		*out = assets->names[place];
		return 0;
	}
	r = node_get(assets->call, node, &entity);
	if (r)
		return r;
	names = arena_grow(assets->call->arena, assets->names, assets->name_count,
		&assets->name_room, sizeof(*names));
	if (!names)
		return ERR_NOMEM;
	assets->names = names;
	names[assets->name_count] = entity.key;
	r = idset_put(assets->name_places, node, assets->name_count++);
	*out = entity.key;
	return r < 0 ? r : 0;
}
