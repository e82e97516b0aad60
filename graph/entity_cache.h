/* SPDX-License-Identifier: Apache-2.0 */

/*
 * entity_cache.h - the nodes that events mention now
 *
 * Nearly every event mentions nodes that others just did, and moves their last
 * seen time.  The cache holds such nodes' times and facet tables, and writes
 * the ones that changed once for many events.
 *
 * An epoch is a number that stands for one state of one node's facet table:
 * which facets it has and with what content, but not their times.  It is never
 * used twice, so a place in the cache together with an epoch says in one
 * comparison that nothing changed (memo.h).
 */
#pragma once

#include "graph/entity.h"

struct entity_cache;

struct cached_entity {
	node_id id;
	uint64_t epoch; /* 0: nothing is cached here */
	enum node_kind kind;
	struct entity_times times;
	struct entity_facet *rows; /* sorted by name_hash */
	uint32_t count;
	uint32_t cap;
	bool dirty;
	bool used;
};

/* At most max nodes at a time. */
NODISCARD int entity_cache_new(uint32_t max, struct entity_cache **out);
void entity_cache_free(struct entity_cache *cache);
DEFINE_AUTO(entity_cache, struct entity_cache *, entity_cache_free);

/* A node that is in the store; valid until the next call. */
NODISCARD int entity_cache_get(struct entity_cache *cache, struct store_txn *txn,
	node_id id, struct cached_entity **out);

/* Where it is, for entity_cache_at(). */
uint32_t entity_cache_place(
	const struct entity_cache *cache, const struct cached_entity *entity);

/* What is at a place when it has this epoch, else NULL. */
struct cached_entity *entity_cache_at(
	struct entity_cache *cache, uint32_t place, uint64_t epoch);

/* The row of a facet of this name, or NULL. */
struct entity_facet *entity_cache_row(
	const struct cached_entity *entity, uint64_t name_hash);

/* An event mentioned it at this time; fields and wholes have no times. */
void entity_cache_seen(
	struct entity_cache *cache, struct cached_entity *entity, int64_t time_us);

/* The same for what was done to a dataset. */
void entity_cache_written(
	struct entity_cache *cache, struct cached_entity *entity, int64_t time_us);
void entity_cache_dropped(
	struct entity_cache *cache, struct cached_entity *entity, int64_t time_us);

/* It will be written.  With a new content of the table: renewed. */
void entity_cache_dirty(struct entity_cache *cache, struct cached_entity *entity);
void entity_cache_renewed(struct entity_cache *cache, struct cached_entity *entity);

/* Makes room for so many more rows. */
NODISCARD int entity_cache_reserve(
	struct entity_cache *cache, struct cached_entity *entity, size_t more);

/* Writes what changed. */
NODISCARD int entity_cache_flush(struct entity_cache *cache, struct store_txn *txn);

/* Forgets everything, also what was not written. */
void entity_cache_clear(struct entity_cache *cache);
