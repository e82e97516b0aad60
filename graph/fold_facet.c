/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_facet.c - one mention of a node
 *
 * Which facet of a name stands is a maximum over all that were told: of
 * (event time, hash of the bytes).  Equal hashes are taken for equal bytes
 * here: who makes two texts collide only leaves one of two facets of their own
 * open, and could have told the other one anyway.
 *
 * First all facets are weighed, then what they do is done: that may name other
 * nodes, and so push this one out of the cache.
 */
#include "graph/fold_facet.h"

#include "base/arena.h"
#include "graph/entity_cache.h"
#include "graph/facet_meaning.h"
#include "graph/fold.h"
#include "graph/fold_alias.h"
#include "graph/fold_history.h"
#include "graph/fold_label.h"
#include "graph/fold_life.h"
#include "graph/fold_tally.h"
#include "graph/fold_watch.h"
#include "graph/label.h"

#include <stdlib.h>

enum outcome {
	TOLD_PASSED,  /* malformed */
	TOLD_STANDS,  /* in place of another one, or as the first */
	TOLD_AGAIN,   /* it stood before */
	TOLD_IN_VAIN, /* another one stands */
};

/* One facet that was told, ready to be compared. */
struct told {
	uint64_t name_hash;
	uint64_t hash; /* of the content; 0: deleted */
	const struct ol_facet *facet;
	const struct known_facet *known; /* NULL: it is kept as it is */
	enum outcome outcome;
	struct facet_said said;
	struct facet_said was; /* what stood before, of labels */
};

struct tellings {
	struct told *list;
	size_t count;
};

/* A node with what is told of it now. */
struct weighing {
	struct fold *fold;
	struct cached_entity *entity;
	int64_t time_us;
	bool renewed; /* the table has other content */
};

static int compare_told(const void *a, const void *b)
{
	const struct told *x = a;
	const struct told *y = b;

	if (x->name_hash != y->name_hash)
		return x->name_hash > y->name_hash ? 1 : -1;
	return (x->facet > y->facet) - (x->facet < y->facet);
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

/* Sorts by name; of one name the last counts. */
static int sort_told(
	struct fold *fold, const struct ol_facets *facets, struct tellings *out)
{
	struct told *told;
	size_t n = 0;

	*out = (struct tellings){ 0 };
	if (!facets->count)
		return 0;
	told = arena_array(fold->scratch, facets->count, sizeof(*told));
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
	for (size_t i = 0; i < n; i++)
		told[i].hash = content_hash(told[i].facet);
	*out = (struct tellings){ told, n };
	return 0;
}

/* Returns 1 when it is malformed. */
static int read_told(struct weighing *w, struct told *told)
{
	told->known = known_facet_find(w->entity->kind, told->facet->name);
	if (!told->known || told->facet->deleted)
		return 0;
	return known_facet_read(w->fold, told->known, told->facet->bytes, &told->said);
}

static bool is_label(const struct told *told)
{
	enum meaning meaning;

	if (!told->known)
		return false;
	meaning = known_facet_meaning(told->known);
	return meaning == MEANING_OWNERS || meaning == MEANING_TAGS;
}

/* What stood said this; its bytes are about to go, so they are copied. */
static int read_replaced(struct weighing *w, struct told *told)
{
	struct fold *fold = w->fold;
	uint32_t odd = fold->odd;
	struct facet facet;
	struct slice bytes;
	int r;

	r = facet_get(fold->txn, w->entity->id, told->name_hash, &facet);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	bytes = arena_dup(fold->scratch, facet.bytes);
	if (!bytes.ptr)
		return ERR_NOMEM;
	r = known_facet_read(fold, told->known, bytes, &told->was);
	fold->odd = odd; /* it was counted when it was told */
	return r < 0 ? r : 0;
}

static int put_content(struct weighing *w, const struct told *told, bool had_content)
{
	struct facet facet = { told->facet->name, told->facet->bytes };
	int r = 0;

	w->renewed = true;
	if (told->hash)
		return facet_put(w->fold->txn, w->entity->id, told->name_hash, &facet);
	if (had_content)
		r = facet_remove(w->fold->txn, w->entity->id, told->name_hash);
	return r > 0 ? ERR_CORRUPT : r;
}

/* The first of its name, or of those of that name that count. */
static int enter(struct weighing *w, const struct told *told, struct entity_facet *row)
{
	*row = (struct entity_facet){
		.name_hash = told->name_hash,
		.hash = told->hash,
		.time_us = w->time_us,
		.first_us = TIME_NEVER,
	};
	return history_keeps(told->name_hash)
		       ? fold_history_enter(w->fold, w->entity->id, row)
		       : 0;
}

static int replace(struct weighing *w, struct entity_facet *row, struct told *told)
{
	bool had_content = row->hash != 0;
	int r = 0;

	told->outcome = TOLD_STANDS;
	if (had_content && is_label(told))
		r = read_replaced(w, told);
	if (!r && history_keeps(told->name_hash))
		r = fold_history_leave(w->fold, w->entity->id, row);
	if (!r)
		r = enter(w, told, row);
	return r ? r : put_content(w, told, had_content);
}

static int lose(struct weighing *w, struct told *told)
{
	const struct history_key key = { w->entity->id, told->name_hash };
	const struct past_facet past = {
		.hash = told->hash,
		.first_us = w->time_us,
		.last_us = w->time_us,
		.bytes = told->hash ? told->facet->bytes : SLICE(""),
	};

	told->outcome = TOLD_IN_VAIN;
	return history_keeps(told->name_hash) ? fold_history_told(w->fold, &key, &past)
					      : 0;
}

/* The content that stands was told at another time. */
static bool stand_longer(struct entity_facet *row, int64_t time_us)
{
	if (time_us > row->time_us)
		row->time_us = time_us;
	else if (time_us < row->first_us) /* never, of those without a history */
		row->first_us = time_us;
	else
		return false;
	return true;
}

static int weigh(struct weighing *w, struct entity_facet *row, struct told *told)
{
	if (told->hash == row->hash) {
		told->outcome = TOLD_AGAIN;
		told->known = known_facet_find(w->entity->kind, told->facet->name);
		if (stand_longer(row, w->time_us))
			entity_cache_dirty(w->fold->cache, w->entity);
		return 0;
	}
	if (w->time_us < row->time_us ||
		(w->time_us == row->time_us && told->hash < row->hash))
		return lose(w, told);
	return replace(w, row, told);
}

/* Facets with new names: both lists are sorted, so one merge from behind does. */
static int merge(struct weighing *w, struct told *const *fresh, size_t count)
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
		while (from > 0 && rows[from - 1].name_hash > fresh[i]->name_hash)
			rows[--to] = rows[--from];
		r = enter(w, fresh[i], &rows[--to]);
		if (!r)
			r = put_content(w, fresh[i], false);
		if (r)
			return r;
	}
	entity->count += (uint32_t)count;
	return 0;
}

/* Returns 1 when it is the first of its name. */
static int weigh_one(struct weighing *w, struct told *told)
{
	struct entity_facet *row = entity_cache_row(w->entity, told->name_hash);
	int r = 0;

	if (!row || row->hash != told->hash)
		r = read_told(w, told);
	if (r == 1) {
		told->outcome = TOLD_PASSED;
		w->fold->odd++;
		return 0;
	}
	if (r || row)
		return r ? r : weigh(w, row, told);
	told->outcome = TOLD_STANDS;
	return 1;
}

static int weigh_all(struct weighing *w, const struct tellings *tellings)
{
	struct told **fresh =
		arena_array(w->fold->scratch, tellings->count + 1, sizeof(struct told *));
	size_t count = 0;

	if (!fresh)
		return ERR_NOMEM;
	for (size_t i = 0; i < tellings->count; i++) {
		int r = weigh_one(w, &tellings->list[i]);

		if (r < 0)
			return r;
		if (r)
			fresh[count++] = &tellings->list[i];
	}
	return merge(w, fresh, count);
}

static int do_labels(
	struct fold *fold, node_id node, const struct told *told, enum label_kind kind)
{
	const struct label_change change = {
		.kind = kind,
		.node = node,
		.was = &told->was.labels,
		.now = &told->said.labels,
	};

	if (told->outcome == TOLD_STANDS)
		return fold_labels(fold, &change);
	if (told->outcome == TOLD_IN_VAIN && kind == LABEL_TAG)
		return fold_label_fields(fold, node, &told->said.labels);
	return 0;
}

static int do_symlinks(struct fold *fold, node_id node, const struct told *told)
{
	switch (told->outcome) {
	case TOLD_PASSED:
		return 0;
	case TOLD_STANDS:
		return fold_alias_claim(fold, node, &told->said.symlinks);
	case TOLD_AGAIN:
		return fold_alias_again(fold, node);
	case TOLD_IN_VAIN:
		return fold_alias_names(fold, &told->said.symlinks);
	}
	return ERR_INVALID;
}

static int do_lifecycle(struct fold *fold, const struct told *told)
{
	node_id previous;

	if (!told->said.lifecycle.has_previous)
		return 0;
	return fold_life_previous(fold, &told->said.lifecycle, &previous);
}

/*
 * The index follows the facet, by its id.  What was read until now was read
 * before the change was planned.
 */
static int do_planned(struct fold *fold, node_id node, const struct told *told)
{
	struct slice id = planned_id_of(told->facet->name);
	int r;

	if (told->outcome != TOLD_STANDS)
		return 0;
	r = fold_watch_renew(fold);
	if (r)
		return r;
	if (told->hash)
		return label_add(fold->txn, LABEL_PLANNED, id, node);
	r = label_remove(fold->txn, LABEL_PLANNED, id, node);
	return r < 0 ? r : 0;
}

/* Returns 1 when the memo must not skip it. */
static int do_told(struct fold *fold, node_id node, const struct told *told)
{
	if (!told->known)
		return 0;
	switch (known_facet_meaning(told->known)) {
	case MEANING_CHECKED:
		return 0;
	case MEANING_OWNERS:
		return do_labels(fold, node, told, LABEL_OWNER);
	case MEANING_TAGS:
		return do_labels(fold, node, told, LABEL_TAG);
	case MEANING_SYMLINKS:
		return do_symlinks(fold, node, told);
	case MEANING_LIFECYCLE:
		return do_lifecycle(fold, told);
	case MEANING_PLANNED:
		return do_planned(fold, node, told);
	}
	return ERR_INVALID;
}

static int do_all(struct fold *fold, node_id node, const struct tellings *tellings)
{
	int unsure = 0;

	for (size_t i = 0; i < tellings->count; i++) {
		int r = do_told(fold, node, &tellings->list[i]);

		if (r < 0)
			return r;
		unsure |= r || tellings->list[i].outcome == TOLD_IN_VAIN;
	}
	return unsure;
}

static int weigh_mention(struct fold *fold, const struct mention *mention,
	int64_t time_us, const struct tellings *tellings)
{
	struct weighing w = { .fold = fold, .time_us = time_us };
	int r;

	r = entity_cache_get(fold->cache, fold->txn, mention->id, &w.entity);
	if (r)
		return r;
	fold_tally_seen(fold, w.entity, time_us);
	if (mention->writes)
		entity_cache_written(fold->cache, w.entity, time_us);
	if (!tellings->count)
		return 0;
	r = weigh_all(&w, tellings);
	if (w.renewed)
		entity_cache_renewed(fold->cache, w.entity);
	return r;
}

int fold_mention(struct fold *fold, const struct mention *mention, int64_t time_us)
{
	struct tellings tellings;
	int r;

	r = sort_told(fold, mention->facets, &tellings);
	if (!r)
		r = weigh_mention(fold, mention, time_us, &tellings);
	return r ? r : do_all(fold, mention->id, &tellings);
}

/*
 * The row of a facet that was told, as a bit.  No bit: it is malformed.  Returns
 * 1 when another one stands: the node was mentioned twice.
 */
static int memo_bit(struct weighing *w, struct told *told, uint64_t *mask)
{
	const struct entity_facet *row = entity_cache_row(w->entity, told->name_hash);
	int r;

	if (row && row->hash == told->hash) {
		*mask |= UINT64_C(1) << (row - w->entity->rows);
		return 0;
	}
	r = read_told(w, told);
	return r < 0 ? r : !r;
}

int fold_mention_memo(
	struct fold *fold, const struct mention *mention, struct memo_node *out)
{
	struct weighing w = { .fold = fold };
	struct tellings tellings;
	uint32_t odd = fold->odd;
	uint64_t mask = 0;
	int r;

	r = sort_told(fold, mention->facets, &tellings);
	if (!r)
		r = entity_cache_get(fold->cache, fold->txn, mention->id, &w.entity);
	if (r)
		return r;
	if (w.entity->count > MEMO_ROWS_MAX)
		return 1;
	for (size_t i = 0; !r && i < tellings.count; i++)
		r = memo_bit(&w, &tellings.list[i], &mask);
	fold->odd = odd; /* it was counted when it was weighed */
	*out = (struct memo_node){
		.epoch = w.entity->epoch,
		.mask = mask,
		.place = entity_cache_place(fold->cache, w.entity),
		.writes = mention->writes,
	};
	return r;
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
	fold_tally_seen(fold, entity, time_us);
	if (node->writes)
		entity_cache_written(fold->cache, entity, time_us);
	for (uint64_t mask = node->mask; mask; mask &= mask - 1)
		if (stand_longer(&entity->rows[__builtin_ctzll(mask)], time_us))
			entity_cache_dirty(fold->cache, entity);
}
