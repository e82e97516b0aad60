/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_alias.c - which names are one dataset, as symlinks come and go
 */
#include "graph/fold_alias.h"

#include "base/arena.h"
#include "base/idset.h"
#include "graph/alias.h"
#include "graph/alias_ring.h"
#include "graph/entity_cache.h"
#include "graph/fold.h"
#include "graph/fold_node.h"
#include "graph/idlist.h"
#include "graph/node_name.h"

#include <stdlib.h>

/* So many datasets may wait for their rings. */
#define TOUCHED_MAX 65536

/* Datasets whose group may be another one than the image has. */
struct aliases {
	node_id *touched; /* also several times */
	size_t count;
	size_t cap;
	struct idset *done; /* while they are flushed */
};

/* One claimer whose claims or time have changed. */
struct claiming {
	struct fold *fold;
	node_id claimer;
	bool contested; /* somebody else claims one of its names, too */
};

int aliases_new(struct aliases **out)
{
	AUTO(aliases) struct aliases *aliases = calloc(1, sizeof(*aliases));

	if (!aliases)
		return ERR_NOMEM;
	aliases->done = idset_new(UINT32_MAX);
	if (!aliases->done)
		return ERR_NOMEM;
	*out = TAKE(aliases);
	return 0;
}

void aliases_free(struct aliases *aliases)
{
	if (!aliases)
		return;
	idset_free(aliases->done);
	free(aliases->touched);
	free(aliases);
}

void aliases_clear(struct aliases *aliases)
{
	aliases->count = 0;
}

int aliases_flush(struct fold *fold)
{
	struct aliases *aliases = fold->aliases;
	const struct alias_rings rings = {
		.txn = fold->txn,
		.image = fold->image,
		.arena = fold->work,
		.done = aliases->done,
	};

	idset_clear(aliases->done);
	for (size_t i = 0; i < aliases->count; i++) {
		int r;

		arena_reset(fold->work);
		r = alias_rings_set(&rings, aliases->touched[i]);
		if (r)
			return r;
	}
	aliases->count = 0;
	return 0;
}

static int touch(struct aliases *aliases, node_id dataset)
{
	if (aliases->count == aliases->cap) {
		size_t cap = aliases->cap ? aliases->cap * 2 : 64;
		node_id *touched = reallocarray(aliases->touched, cap, sizeof(*touched));

		if (!touched)
			return ERR_NOMEM;
		aliases->touched = touched;
		aliases->cap = cap;
	}
	aliases->touched[aliases->count++] = dataset;
	return 0;
}

static int find_name(struct fold *fold, const struct ol_name *name, node_id *out)
{
	const struct node_key key = {
		.kind = NODE_DATASET,
		.namespace = name->namespace,
		.name = name->name,
	};

	return fold_node(fold, &key, TIME_NEVER, out);
}

static int find_names(
	struct fold *fold, const struct ol_symlinks *symlinks, struct idlist *out)
{
	size_t count = symlinks->count;

	if (count > ALIAS_CLAIMS_MAX) {
		count = ALIAS_CLAIMS_MAX;
		fold->odd++;
	}
	for (size_t i = 0; i < count; i++) {
		node_id id;
		int r;

		r = find_name(fold, &symlinks->list[i], &id);
		if (!r)
			r = idlist_add(out, id);
		if (r)
			return r;
	}
	idlist_finish(out);
	return 0;
}

/* Since when the claims of a dataset stand; the newest time may not be stored yet. */
static int claim_time(struct fold *fold, node_id claimer, int64_t *out)
{
	struct cached_entity *entity;
	const struct entity_facet *row;
	int r;

	r = entity_cache_get(fold->cache, fold->txn, claimer, &entity);
	if (r)
		return r;
	row = entity_cache_row(entity, hash64(SLICE("symlinks")));
	if (!row)
		return ERR_CORRUPT;
	*out = row->time_us;
	return 0;
}

/* Returns 1 when a has the better claim. */
static int beats(struct fold *fold, node_id a, node_id b)
{
	int64_t a_us;
	int64_t b_us;
	int order;
	int r;

	r = claim_time(fold, a, &a_us);
	if (!r)
		r = claim_time(fold, b, &b_us);
	if (r || a_us != b_us)
		return r ? r : a_us > b_us;
	r = node_name_compare(fold->txn, a, b, &order);
	return r ? r : order > 0;
}

/* The best of all claimers; 0: nobody is left. */
static int elect(struct fold *fold, struct alias_claimers *claimers)
{
	node_id best = 0;

	for (size_t i = 0; i < claimers->all.count; i++) {
		int r = best ? beats(fold, claimers->all.ids[i], best) : 1;

		if (r < 0)
			return r;
		if (r)
			best = claimers->all.ids[i];
	}
	claimers->winner = best;
	return 0;
}

/* Where an id is in a sorted list, or would be. */
static size_t place_of(const struct alias_ids *ids, node_id id)
{
	size_t low = 0;
	size_t high = ids->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ids->ids[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool has_id(const struct alias_ids *ids, node_id id)
{
	size_t at = place_of(ids, id);

	return at < ids->count && ids->ids[at] == id;
}

static int insert_id(struct arena *arena, struct alias_ids *ids, node_id id)
{
	node_id *list = arena_array(arena, ids->count + 1, sizeof(*list));
	size_t at = place_of(ids, id);

	if (!list)
		return ERR_NOMEM;
	if (at)
		memcpy(list, ids->ids, at * sizeof(*list));
	list[at] = id;
	if (at < ids->count)
		memcpy(list + at + 1, ids->ids + at, (ids->count - at) * sizeof(*list));
	*ids = (struct alias_ids){ list, ids->count + 1 };
	return 0;
}

static void remove_id(struct alias_ids *ids, node_id id)
{
	size_t at = place_of(ids, id);

	ids->count--;
	memmove(ids->ids + at, ids->ids + at + 1, (ids->count - at) * sizeof(*ids->ids));
}

/* What the memo knows of a dataset is not to be used any more. */
static int end_epoch(struct fold *fold, node_id id)
{
	struct cached_entity *entity;
	int r = entity_cache_get(fold->cache, fold->txn, id, &entity);

	if (!r)
		entity_cache_renewed(fold->cache, entity);
	return r;
}

/* A name has another winner: two groups may part, and two become one. */
static int touch_all(struct fold *fold, node_id name, node_id was, node_id now)
{
	int r;

	if (was == now)
		return 0;
	r = touch(fold->aliases, name);
	if (!r && was)
		r = touch(fold->aliases, was);
	if (!r && now)
		r = touch(fold->aliases, now);
	return r;
}

static int leave(struct claiming *c, node_id name)
{
	struct fold *fold = c->fold;
	struct alias_claimers claimers;
	node_id was;
	int r;

	r = alias_claimers_get(fold->txn, name, fold->scratch, &claimers);
	if (r)
		return r;
	if (!has_id(&claimers.all, c->claimer))
		return ERR_CORRUPT;
	was = claimers.winner;
	remove_id(&claimers.all, c->claimer);
	if (was == c->claimer)
		r = elect(fold, &claimers);
	if (!r)
		r = alias_claimers_put(fold->txn, name, &claimers);
	return r ? r : touch_all(fold, name, was, claimers.winner);
}

/* The first to claim a name may be in the memo: from now on its time matters. */
static int add_claimer(struct claiming *c, struct alias_claimers *claimers)
{
	int r = 0;

	if (claimers->all.count == 1)
		r = end_epoch(c->fold, claimers->all.ids[0]);
	return r ? r : insert_id(c->fold->scratch, &claimers->all, c->claimer);
}

/* It claims this name, as before or since now. */
static int claim(struct claiming *c, node_id name)
{
	struct fold *fold = c->fold;
	struct alias_claimers claimers;
	bool fresh;
	node_id was;
	int r;

	r = alias_claimers_get(fold->txn, name, fold->scratch, &claimers);
	if (r)
		return r;
	was = claimers.winner;
	fresh = !has_id(&claimers.all, c->claimer);
	r = fresh ? add_claimer(c, &claimers) : 0;
	if (r)
		return r;
	c->contested = c->contested || claimers.all.count > 1;
	if (was != c->claimer) {
		r = was ? beats(fold, c->claimer, was) : 1;
		if (r < 0)
			return r;
		if (r)
			claimers.winner = c->claimer;
	}
	if (!fresh && claimers.winner == was)
		return 0;
	r = alias_claimers_put(fold->txn, name, &claimers);
	return r ? r : touch_all(fold, name, was, claimers.winner);
}

/* Leaves the names that are claimed no more, and claims the others. */
static int change_claims(
	struct claiming *c, const struct alias_ids *was, const struct alias_ids *now)
{
	int r = 0;

	for (size_t i = 0; !r && i < was->count; i++)
		if (!has_id(now, was->ids[i]))
			r = leave(c, was->ids[i]);
	for (size_t i = 0; !r && i < now->count; i++)
		r = claim(c, now->ids[i]);
	return r ? r : c->contested;
}

/* Before claims are changed, since groups are only whole between such changes. */
static int make_room(struct fold *fold)
{
	return fold->aliases->count < TOUCHED_MAX ? 0 : aliases_flush(fold);
}

int fold_alias_claim(
	struct fold *fold, node_id claimer, const struct ol_symlinks *symlinks)
{
	struct claiming c = { .fold = fold, .claimer = claimer };
	struct idlist names = { .arena = fold->scratch };
	struct alias_ids was;
	struct alias_ids now;
	int r;

	r = make_room(fold);
	if (!r)
		r = find_names(fold, symlinks, &names);
	if (!r)
		r = alias_claims_get(fold->txn, claimer, fold->scratch, &was);
	if (r)
		return r;
	now = (struct alias_ids){ names.ids, names.count };
	/* Its own name says nothing. */
	if (has_id(&now, claimer))
		remove_id(&now, claimer);
	if (was.count || now.count)
		r = alias_claims_put(fold->txn, claimer, &now);
	return r ? r : change_claims(&c, &was, &now);
}

int fold_alias_again(struct fold *fold, node_id claimer)
{
	struct claiming c = { .fold = fold, .claimer = claimer };
	struct alias_ids claims;
	int r;

	r = make_room(fold);
	if (!r)
		r = alias_claims_get(fold->txn, claimer, fold->scratch, &claims);
	return r ? r : change_claims(&c, &claims, &claims);
}

int fold_alias_names(struct fold *fold, const struct ol_symlinks *symlinks)
{
	struct idlist names = { .arena = fold->scratch };

	return find_names(fold, symlinks, &names);
}

/* Nearly all datasets have one name only. */
static int has_aliases(struct fold *fold, node_id dataset)
{
	struct alias_claimers claimers;
	struct alias_ids claims;
	int r;

	r = alias_claims_get(fold->txn, dataset, fold->scratch, &claims);
	if (r || claims.count)
		return r ? r : 1;
	r = alias_claimers_get(fold->txn, dataset, fold->scratch, &claimers);
	return r ? r : claimers.winner != 0;
}

int fold_alias_field(struct fold *fold, node_id id)
{
	struct entity part;
	struct entity whole;
	node_id dataset;
	int r;

	r = entity_get(fold->txn, id, &part);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	dataset = part.parent;
	if (part.key.kind == NODE_FIELD) {
		r = entity_get(fold->txn, part.parent, &whole);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		dataset = whole.parent;
	}
	r = has_aliases(fold, dataset);
	return r <= 0 ? r : touch(fold->aliases, dataset);
}
