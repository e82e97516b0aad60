/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_tally.c - the counters of the hours that events are in now
 *
 * An hour has one place; the hour that is there is written when another one
 * wants it, which takes six weeks between them.
 */
#include "graph/fold_tally.h"

#include "graph/entity_cache.h"
#include "graph/fold.h"
#include "graph/tally.h"

#include <stdlib.h>

#define PLACES 1024 /* a power of two */

struct hour {
	int64_t hour;
	bool changed;
	int64_t changes[TALLY_COUNTERS];
};

struct tallies {
	struct hour places[PLACES];
	uint32_t changed[PLACES]; /* places */
	size_t changed_count;
	int err; /* the first failure */
};

int tallies_new(struct tallies **out)
{
	struct tallies *tallies = calloc(1, sizeof(*tallies));

	if (!tallies)
		return ERR_NOMEM;
	*out = tallies;
	return 0;
}

void tallies_free(struct tallies *tallies)
{
	free(tallies);
}

void tallies_clear(struct tallies *tallies)
{
	for (size_t i = 0; i < tallies->changed_count; i++)
		tallies->places[tallies->changed[i]] = (struct hour){ 0 };
	tallies->changed_count = 0;
	tallies->err = 0;
}

static void write_hour(struct fold *fold, struct hour *hour)
{
	struct tallies *tallies = fold->tallies;

	if (!tallies->err)
		tallies->err = tally_add(fold->txn, hour->hour, hour->changes);
	memset(hour->changes, 0, sizeof(hour->changes));
}

static void add(
	struct fold *fold, int64_t time_us, enum tally_counter counter, int change)
{
	struct tallies *tallies = fold->tallies;
	int64_t at = tally_hour(time_us);
	uint32_t place = (uint32_t)((uint64_t)at % PLACES);
	struct hour *hour = &tallies->places[place];

	if (hour->changed && hour->hour != at)
		write_hour(fold, hour);
	if (!hour->changed)
		tallies->changed[tallies->changed_count++] = place;
	hour->changed = true;
	hour->hour = at;
	hour->changes[counter] += change;
}

void fold_tally_event(struct fold *fold, const struct ol_event *event)
{
	add(fold, event->time_us, (enum tally_counter)event->type, 1);
}

void fold_tally_node(
	struct fold *fold, enum node_kind kind, int64_t was_us, int64_t now_us)
{
	enum tally_counter counter = kind == NODE_JOB ? TALLY_JOBS : TALLY_DATASETS;

	if ((kind != NODE_JOB && kind != NODE_DATASET) || was_us == now_us)
		return;
	if (was_us != TIME_NEVER)
		add(fold, was_us, counter, -1);
	add(fold, now_us, counter, 1);
}

void fold_tally_seen(struct fold *fold, struct cached_entity *entity, int64_t time_us)
{
	int64_t was_us = entity->times.first_seen_us;

	entity_cache_seen(fold->cache, entity, time_us);
	fold_tally_node(fold, entity->kind, was_us, entity->times.first_seen_us);
}

int tallies_flush(struct fold *fold)
{
	struct tallies *tallies = fold->tallies;
	int r;

	for (size_t i = 0; i < tallies->changed_count; i++)
		write_hour(fold, &tallies->places[tallies->changed[i]]);
	r = tallies->err;
	tallies_clear(tallies);
	return r;
}
