/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold.c - what one event does to the graph
 */
#include "graph/fold.h"

#include "base/arena.h"
#include "base/metrics.h"
#include "graph/entity_cache.h"
#include "graph/fold_alias.h"
#include "graph/fold_family.h"
#include "graph/fold_lane.h"
#include "graph/fold_note.h"
#include "graph/fold_tally.h"
#include "graph/fold_watch.h"
#include "graph/run.h"

#include <stdlib.h>
#include <string.h>

#define FOLD_ENTITIES	 65536
#define FOLD_ARENA_CHUNK ((size_t)256 * 1024)
#define FOLD_ARENA_MAX	 ((size_t)4 * 1024 * 1024 * 1024)

int fold_new(struct image *image, struct fold **out)
{
	AUTO(fold) struct fold *fold = calloc(1, sizeof(*fold));
	int r;

	if (!fold)
		return ERR_NOMEM;
	fold->image = image;
	fold->scratch = arena_new(FOLD_ARENA_CHUNK, FOLD_ARENA_MAX);
	fold->work = arena_new(FOLD_ARENA_CHUNK, FOLD_ARENA_MAX);
	fold->unions = calloc(FOLD_UNIONS, sizeof(*fold->unions));
	if (!fold->scratch || !fold->work || !fold->unions)
		return ERR_NOMEM;
	r = entity_cache_new(FOLD_ENTITIES, &fold->cache);
	if (!r)
		r = memo_new(&fold->memo);
	if (!r)
		r = lanes_new(&fold->lanes);
	if (!r)
		r = families_new(&fold->families);
	if (!r)
		r = aliases_new(&fold->aliases);
	if (!r)
		r = watch_new(&fold->watch);
	if (!r)
		r = tallies_new(&fold->tallies);
	if (r)
		return r;
	*out = TAKE(fold);
	return 0;
}

void fold_free(struct fold *fold)
{
	if (!fold)
		return;
	tallies_free(fold->tallies);
	watch_free(fold->watch);
	aliases_free(fold->aliases);
	families_free(fold->families);
	lanes_free(fold->lanes);
	memo_free(fold->memo);
	entity_cache_free(fold->cache);
	free(fold->unions);
	arena_free(fold->work);
	arena_free(fold->scratch);
	free(fold);
}

void fold_forget(struct fold *fold)
{
	fold->txn = NULL;
	tallies_clear(fold->tallies);
	watch_clear(fold->watch);
	aliases_clear(fold->aliases);
	families_clear(fold->families);
	lanes_clear(fold->lanes);
	memo_clear(fold->memo);
	entity_cache_clear(fold->cache);
	memset(fold->unions, 0, FOLD_UNIONS * sizeof(*fold->unions));
}

static int unite(struct fold *fold, ioset_id a, ioset_id b, ioset_id *out)
{
	ioset_id ids[2] = { a, b };
	const struct ioset_list list = { .ids = ids, .count = ARRAY_LEN(ids) };
	struct ioset set;
	int r;

	r = ioset_unite(fold->txn, &list, JOIN_RUN, fold->scratch, &set);
	return r ? r : ioset_intern(fold->txn, &set, out);
}

int fold_unite(struct fold *fold, ioset_id a, ioset_id b, ioset_id *out)
{
	struct fold_union *known;
	ioset_id both;
	int r;

	if (!b || a == b)
		*out = a;
	else if (!a)
		*out = b;
	if (!a || !b || a == b)
		return 0;

	known = &fold->unions[(a * 0x9e3779b1U ^ b) % FOLD_UNIONS];
	if (known->a != a || known->b != b) {
		r = unite(fold, a, b, &both);
		if (r)
			return r;
		*known = (struct fold_union){ a, b, both };
	}
	*out = known->both;
	return 0;
}

/*
 * An event without a time of its own was given the time it was received: again
 * with another one, it is the same event.  Returns 1 when it is known.
 */
static int is_repeated(struct fold *fold, const struct ol_event *event)
{
	uint64_t sequence;
	struct run run;
	int r;

	if (event->kind != EVENT_RUN) {
		r = static_event_find(fold->txn, event->raw_hash, &sequence);
		return r < 0 ? r : !r;
	}
	r = run_get(fold->txn, &event->run, &run);
	if (r)
		return r < 0 ? r : 0;
	for (uint32_t i = 0; i < run.event_count; i++)
		if (run.events[i].hash == event->raw_hash)
			return 1;
	return 0;
}

static int fold_kind(struct fold *fold, const struct ol_event *event, uint64_t sequence,
	const struct said *said)
{
	switch (event->kind) {
	case EVENT_RUN:
		return fold_run(fold, event, sequence, said);
	case EVENT_JOB:
	case EVENT_DATASET:
		return fold_static(fold, event, sequence, said);
	case EVENT_NOTE:
		return fold_note(fold, event, sequence);
	}
	return ERR_INVALID;
}

int fold_event(struct fold *fold, const struct ol_event *event, uint64_t sequence)
{
	struct said said = { 0 };
	int r = 0;

	if (event->time_guessed) {
		r = is_repeated(fold, event);
		if (r)
			return r < 0 ? r : 0;
	}
	arena_reset(fold->scratch);
	fold->odd = 0;
	if (event->kind != EVENT_NOTE)
		r = fold_said(fold, event, &said);
	if (!r)
		r = fold_kind(fold, event, sequence, &said);
	if (r)
		return r;
	if (fold->odd)
		metric_add(M_EVENT_WARNINGS, fold->odd);
	return 0;
}

int fold_flush(struct fold *fold)
{
	int r = lanes_flush(fold);

	if (!r)
		r = families_flush(fold);
	if (!r)
		r = aliases_flush(fold);
	if (!r)
		r = tallies_flush(fold);
	return r ? r : entity_cache_flush(fold->cache, fold->txn);
}
