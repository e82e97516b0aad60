/* SPDX-License-Identifier: Apache-2.0 */

/*
 * entity_cache.c - the nodes that events mention now
 *
 * Places are reused by the clock: a hand goes round, takes the mark from nodes
 * that were used since it came by, and takes the place of one without.  A node
 * that waits to be written keeps its place.
 */
#include "graph/entity_cache.h"

#include "base/idset.h"

#include <assert.h>
#include <stdlib.h>

struct entity_cache {
	struct idset *index; /* id -> place */
	struct cached_entity *places;
	uint32_t *dirty;
	uint32_t max;
	uint32_t count; /* places ever filled */
	uint32_t dirty_count;
	uint32_t hand;
	uint64_t last_epoch;
	size_t rows; /* that memory was taken for */
};

/* Facets per node, on the average: tables of many more are not worth keeping. */
#define ROWS_EACH 64

int entity_cache_new(uint32_t max, struct entity_cache **out)
{
	AUTO(entity_cache) struct entity_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		return ERR_NOMEM;
	cache->max = max;
	cache->index = idset_new(max);
	cache->places = calloc(max, sizeof(*cache->places));
	cache->dirty = calloc(max, sizeof(*cache->dirty));
	if (!cache->index || !cache->places || !cache->dirty)
		return ERR_NOMEM;
	*out = TAKE(cache);
	return 0;
}

void entity_cache_clear(struct entity_cache *cache)
{
	for (uint32_t i = 0; i < cache->count; i++) {
		free(cache->places[i].rows);
		cache->places[i] = (struct cached_entity){ 0 };
	}
	idset_clear(cache->index);
	cache->rows = 0;
	cache->count = 0;
	cache->dirty_count = 0;
	cache->hand = 0;
}

void entity_cache_free(struct entity_cache *cache)
{
	if (!cache)
		return;
	if (cache->places)
		entity_cache_clear(cache);
	free(cache->dirty);
	free(cache->places);
	idset_free(cache->index);
	free(cache);
}

/* Finds a place to fill: a fresh one, or that of a clean node. */
static int find_place(
	struct entity_cache *cache, struct store_txn *txn, struct cached_entity **out)
{
	int r;

	assert(cache->max > 0);
	if (cache->count < cache->max) {
		*out = &cache->places[cache->count++];
		return 0;
	}
	/* The hand would have to look for long among nodes that must stay. */
	if (cache->dirty_count > cache->max / 2) {
		r = entity_cache_flush(cache, txn);
		if (r)
			return r;
	}
	for (;;) {
		struct cached_entity *entity = &cache->places[cache->hand];

		cache->hand = (cache->hand + 1) % cache->max;
		if (!entity->dirty && !entity->used) {
			if (entity->epoch)
				(void)idset_remove(cache->index, entity->id);
			entity->epoch = 0;
			*out = entity;
			return 0;
		}
		entity->used = false;
	}
}

int entity_cache_reserve(
	struct entity_cache *cache, struct cached_entity *entity, size_t more)
{
	struct entity_facet *rows;
	size_t need;

	if (__builtin_add_overflow(entity->count, more, &need) || need > UINT32_MAX)
		return ERR_NOMEM;
	if (need <= entity->cap)
		return 0;
	rows = reallocarray(entity->rows, need, sizeof(*rows));
	if (!rows)
		return ERR_NOMEM;
	cache->rows += need - entity->cap;
	entity->rows = rows;
	entity->cap = (uint32_t)need;
	return 0;
}

static int load(struct entity_cache *cache, struct store_txn *txn, node_id id,
	struct cached_entity *entity)
{
	struct entity stored;
	int r;

	r = entity_get(txn, id, &stored);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	entity->count = 0;
	r = entity_cache_reserve(cache, entity, stored.facet_count);
	if (r)
		return r;
	entity->id = id;
	entity->kind = stored.key.kind;
	entity->times = stored.times;
	entity->count = stored.facet_count;
	if (!entity->count)
		return 0;
	return entity_facets(txn, id, entity->rows, entity->count);
}

/* Starts afresh when the tables have grown out of proportion. */
static int trim(struct entity_cache *cache, struct store_txn *txn)
{
	int r;

	if (cache->rows / ROWS_EACH < cache->max)
		return 0;
	r = entity_cache_flush(cache, txn);
	if (!r)
		entity_cache_clear(cache);
	return r;
}

int entity_cache_get(struct entity_cache *cache, struct store_txn *txn, node_id id,
	struct cached_entity **out)
{
	struct cached_entity *entity;
	uint64_t place;
	int r;

	if (idset_get(cache->index, id, &place) == 0) {
		entity = &cache->places[place];
		entity->used = true;
		*out = entity;
		return 0;
	}
	r = trim(cache, txn);
	if (!r)
		r = find_place(cache, txn, &entity);
	if (!r)
		r = load(cache, txn, id, entity);
	if (!r)
		r = idset_put(cache->index, id, (uint64_t)(entity - cache->places));
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	entity->epoch = ++cache->last_epoch;
	entity->used = true;
	*out = entity;
	return 0;
}

uint32_t entity_cache_place(
	const struct entity_cache *cache, const struct cached_entity *entity)
{
	return (uint32_t)(entity - cache->places);
}

struct cached_entity *entity_cache_at(
	struct entity_cache *cache, uint32_t place, uint64_t epoch)
{
	struct cached_entity *entity = &cache->places[place];

	if (entity->epoch != epoch)
		return NULL;
	entity->used = true;
	return entity;
}

void entity_cache_dirty(struct entity_cache *cache, struct cached_entity *entity)
{
	if (entity->dirty)
		return;
	entity->dirty = true;
	cache->dirty[cache->dirty_count++] = entity_cache_place(cache, entity);
}

void entity_cache_renewed(struct entity_cache *cache, struct cached_entity *entity)
{
	entity->epoch = ++cache->last_epoch;
	entity_cache_dirty(cache, entity);
}

static int compare_rows(const void *a, const void *b)
{
	const struct entity_facet *x = a;
	const struct entity_facet *y = b;

	return (x->name_hash > y->name_hash) - (x->name_hash < y->name_hash);
}

struct entity_facet *entity_cache_row(
	const struct cached_entity *entity, uint64_t name_hash)
{
	const struct entity_facet key = { .name_hash = name_hash };

	if (!entity->count)
		return NULL;
	return bsearch(
		&key, entity->rows, entity->count, sizeof(*entity->rows), compare_rows);
}

/* TIME_NEVER is older than every time. */
static void move_up(struct entity_cache *cache, struct cached_entity *entity,
	int64_t *newest_us, int64_t time_us)
{
	if (time_us <= *newest_us)
		return;
	*newest_us = time_us;
	entity_cache_dirty(cache, entity);
}

void entity_cache_seen(
	struct entity_cache *cache, struct cached_entity *entity, int64_t time_us)
{
	struct entity_times *times = &entity->times;

	if (entity->kind != NODE_DATASET && entity->kind != NODE_JOB)
		return;
	if (times->first_seen_us == TIME_NEVER || time_us < times->first_seen_us) {
		times->first_seen_us = time_us;
		entity_cache_dirty(cache, entity);
	}
	move_up(cache, entity, &times->last_seen_us, time_us);
}

void entity_cache_written(
	struct entity_cache *cache, struct cached_entity *entity, int64_t time_us)
{
	move_up(cache, entity, &entity->times.written_us, time_us);
}

void entity_cache_dropped(
	struct entity_cache *cache, struct cached_entity *entity, int64_t time_us)
{
	move_up(cache, entity, &entity->times.dropped_us, time_us);
}

int entity_cache_flush(struct entity_cache *cache, struct store_txn *txn)
{
	for (uint32_t i = 0; i < cache->dirty_count; i++) {
		struct cached_entity *entity = &cache->places[cache->dirty[i]];
		int r;

		r = entity_put(
			txn, entity->id, &entity->times, entity->rows, entity->count);
		if (r)
			return r;
		entity->dirty = false;
	}
	cache->dirty_count = 0;
	return 0;
}
