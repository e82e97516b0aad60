/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_facet.c - one mention of a node
 *
 * Which facet of a name stands is a maximum over all that were told: of
 * (event time, hash of the bytes).  Equal hashes are taken for equal bytes
 * here: who makes two texts collide only leaves one of two facets of their own
 * open, and could have told the other one anyway.
 */
#include "graph/fold_facet.h"

#include "base/arena.h"
#include "graph/entity_cache.h"
#include "graph/fold.h"

#include <stdlib.h>

/* One facet that was told, ready to be compared. */
struct told {
	uint64_t name_hash;
	const struct ol_facet *facet;
};

/* A node with what is told of it now. */
struct weighing {
	struct fold *fold;
	struct cached_entity *entity;
	int64_t time_us;
	bool renewed; /* the table has other content */
	bool lost;
};

static int compare_told(const void *a, const void *b)
{
	const struct told *x = a;
	const struct told *y = b;

	if (x->name_hash != y->name_hash)
		return x->name_hash > y->name_hash ? 1 : -1;
	return (x->facet > y->facet) - (x->facet < y->facet);
}

/* Sorts by name; of one name the last counts. */
static int sort_told(struct arena *arena, const struct ol_facets *facets,
	struct told **out, size_t *count_out)
{
	struct told *told;
	size_t n = 0;

	*count_out = 0;
	if (!facets->count)
		return 0;
	told = arena_array(arena, facets->count, sizeof(*told));
	if (!told)
		return ERR_NOMEM;
	for (size_t i = 0; i < facets->count; i++) {
		told[i].name_hash = hash64(facets->list[i].name);
		told[i].facet = &facets->list[i];
	}
	qsort(told, facets->count, sizeof(*told), compare_told);
	for (size_t i = 0; i < facets->count; i++)
		if (i + 1 == facets->count || told[i].name_hash != told[i + 1].name_hash)
			told[n++] = told[i];
	*out = told;
	*count_out = n;
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct entity_facet *x = a;
	const struct entity_facet *y = b;

	return (x->name_hash > y->name_hash) - (x->name_hash < y->name_hash);
}

static struct entity_facet *find_row(
	const struct cached_entity *entity, uint64_t name_hash)
{
	const struct entity_facet key = { .name_hash = name_hash };

	if (!entity->count)
		return NULL;
	return bsearch(
		&key, entity->rows, entity->count, sizeof(*entity->rows), compare_rows);
}

/* 0 stands for a deleted one, and loses against any other of the same time. */
static uint64_t content_hash(const struct ol_facet *facet)
{
	uint64_t hash;

	if (facet->deleted)
		return 0;
	hash = hash64(facet->bytes);
	return hash ? hash : 1;
}

static int write_content(
	struct weighing *w, const struct told *told, uint64_t hash, bool had_content)
{
	struct facet facet = { told->facet->name, told->facet->bytes };
	int r = 0;

	w->renewed = true;
	if (hash)
		return facet_put(w->fold->txn, w->entity->id, told->name_hash, &facet);
	if (had_content)
		r = facet_remove(w->fold->txn, w->entity->id, told->name_hash);
	return r > 0 ? ERR_CORRUPT : r;
}

static int weigh(struct weighing *w, struct entity_facet *row, const struct told *told)
{
	uint64_t hash = content_hash(told->facet);
	bool same = hash == row->hash;
	bool had_content = row->hash != 0;

	if (w->time_us < row->time_us ||
		(w->time_us == row->time_us && hash <= row->hash)) {
		w->lost = w->lost || !same;
		return 0;
	}
	row->time_us = w->time_us;
	row->hash = hash;
	entity_cache_dirty(w->fold->cache, w->entity);
	return same ? 0 : write_content(w, told, hash, had_content);
}

/* Facets with new names: both lists are sorted, so one merge from behind does. */
static int merge(struct weighing *w, const struct told *told, size_t count)
{
	struct cached_entity *entity = w->entity;
	struct entity_facet *rows;
	size_t from = entity->count;
	size_t to = from + count;
	int r;

	if (!count)
		return 0;
	r = entity_cache_reserve(w->fold->cache, entity, count);
	if (r)
		return r;
	rows = entity->rows;
	for (size_t i = count; i-- > 0;) {
		uint64_t hash = content_hash(told[i].facet);

		while (from > 0 && rows[from - 1].name_hash > told[i].name_hash)
			rows[--to] = rows[--from];
		rows[--to] = (struct entity_facet){ told[i].name_hash, hash, w->time_us };
		r = write_content(w, &told[i], hash, false);
		if (r)
			return r;
	}
	entity->count += (uint32_t)count;
	return 0;
}

static int weigh_all(struct weighing *w, struct told *told, size_t count)
{
	size_t fresh = 0;

	for (size_t i = 0; i < count; i++) {
		struct entity_facet *row = find_row(w->entity, told[i].name_hash);
		int r;

		if (!row) {
			told[fresh++] = told[i];
			continue;
		}
		r = weigh(w, row, &told[i]);
		if (r)
			return r;
	}
	return merge(w, told, fresh);
}

int fold_mention(struct fold *fold, const struct mention *mention, int64_t time_us)
{
	struct weighing w = { .fold = fold, .time_us = time_us };
	struct told *told = NULL;
	size_t count;
	int r;

	r = entity_cache_get(fold->cache, fold->txn, mention->id, &w.entity);
	if (!r)
		r = sort_told(fold->scratch, mention->facets, &told, &count);
	if (r)
		return r;
	entity_cache_seen(fold->cache, w.entity, time_us);
	r = weigh_all(&w, told, count);
	if (w.renewed)
		entity_cache_renewed(fold->cache, w.entity);
	return r ? r : w.lost;
}

int fold_mention_memo(
	struct fold *fold, const struct mention *mention, struct memo_node *out)
{
	struct cached_entity *entity;
	uint64_t mask = 0;
	int r;

	r = entity_cache_get(fold->cache, fold->txn, mention->id, &entity);
	if (r)
		return r;
	if (entity->count > MEMO_ROWS_MAX)
		return 1;
	for (size_t i = 0; i < mention->facets->count; i++) {
		uint64_t name_hash = hash64(mention->facets->list[i].name);
		const struct entity_facet *row = find_row(entity, name_hash);

		if (!row)
			return ERR_CORRUPT;
		mask |= UINT64_C(1) << (row - entity->rows);
	}
	*out = (struct memo_node){
		.epoch = entity->epoch,
		.mask = mask,
		.place = entity_cache_place(fold->cache, entity),
	};
	return 0;
}

bool fold_mention_holds(struct fold *fold, const struct memo_node *node)
{
	return entity_cache_at(fold->cache, node->place, node->epoch) != NULL;
}

void fold_mention_again(struct fold *fold, const struct memo_node *node, int64_t time_us)
{
	struct cached_entity *entity =
		entity_cache_at(fold->cache, node->place, node->epoch);

	if (!entity)
		return;
	entity_cache_seen(fold->cache, entity, time_us);
	for (uint64_t mask = node->mask; mask; mask &= mask - 1) {
		struct entity_facet *row = &entity->rows[__builtin_ctzll(mask)];

		if (time_us > row->time_us) {
			row->time_us = time_us;
			entity_cache_dirty(fold->cache, entity);
		}
	}
}
