/* SPDX-License-Identifier: Apache-2.0 */

/*
 * planned_weigh.c - when readings were told, and whose they are
 *
 * What an owner's lane held at the registration is read once for all that it
 * tells; then those of one reader are united.
 */
#include "base/arena.h"
#include "graph/entity.h"
#include "graph/planned_impl.h"

#include <stdlib.h>

/* For one lane at a time. */
#define HELD_CHUNK ((size_t)64 << 10)
#define HELD_MAX   ((size_t)1 << 30)

static int compare_lanes(const struct sighting *a, const struct sighting *b)
{
	if (a->item.owner != b->item.owner)
		return a->item.owner < b->item.owner ? -1 : 1;
	return (a->item.lane > b->item.lane) - (a->item.lane < b->item.lane);
}

static int by_lane(const void *a, const void *b)
{
	return compare_lanes(a, b);
}

static bool holds(const struct ioset *set, const struct timeline_item *item)
{
	switch (item->what) {
	case ITEM_INPUT:
		return idlist_place(set->inputs, set->input_count, item->node) <
		       set->input_count;
	case ITEM_OUTPUT:
		return idlist_place(set->outputs, set->output_count, item->node) <
		       set->output_count;
	case ITEM_FLOW:
		return ioset_flow(set, item->node, item->source) != 0;
	}
	return false;
}

/* When one was told first and last.  Returns 1 when the meter ended it. */
static int see_times(struct watching *watching, struct sighting *sighting)
{
	struct planned_reader *reader = &sighting->reader;
	struct timeline_span span;
	int r = timeline_seen(
		watching->snapshot->txn, &sighting->item, &watching->meter, &span);

	reader->first_us = INT64_MAX;
	reader->last_us = TIME_NEVER;
	if (r < 0 || watching->meter.cut != CUT_NONE)
		return r < 0 ? r : 1;
	if (r == 0) {
		reader->first_us = span.first.start_us;
		reader->last_us = span.last.start_us;
	}
	return 0;
}

/* Those of one lane, from `first` on; *end is behind them.  1: the meter ended it. */
static int see_lane(
	struct watching *watching, struct arena *arena, size_t first, size_t *end)
{
	struct sightings *sightings = &watching->sightings;
	const struct sighting *of = &sightings->list[first];
	const struct timeline_question question = {
		.job = of->item.owner,
		.lane = of->item.lane,
		.from_us = watching->registered_us,
		.to_us = watching->registered_us,
	};
	struct ioset held;
	size_t at = first;
	int r;

	arena_reset(arena);
	r = timeline_held(
		watching->snapshot->txn, &question, &watching->meter, arena, &held);
	while (!r && at < sightings->count) {
		struct sighting *sighting = &sightings->list[at];

		if (compare_lanes(sighting, of) != 0)
			break;
		sighting->reader.was = holds(&held, &sighting->item);
		r = see_times(watching, sighting);
		at += r == 0;
	}
	*end = at;
	return r;
}

/* What the meter did not allow is left out. */
static int see_all(struct watching *watching)
{
	AUTO(arena) struct arena *arena = arena_new(HELD_CHUNK, HELD_MAX);
	struct sightings *sightings = &watching->sightings;
	size_t at = 0;
	int r = 0;

	if (!arena)
		return ERR_NOMEM;
	if (sightings->count)
		qsort(sightings->list, sightings->count, sizeof(*sightings->list),
			by_lane);
	while (!r && at < sightings->count)
		r = see_lane(watching, arena, at, &at);
	if (r == 1)
		sightings->count = at;
	return r < 0 ? r : 0;
}

static int by_reader(const void *a, const void *b)
{
	const struct planned_reader *x = &((const struct sighting *)a)->reader;
	const struct planned_reader *y = &((const struct sighting *)b)->reader;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->job > y->job) - (x->job < y->job);
}

static void unite(struct planned_reader *reader, const struct planned_reader *other)
{
	reader->whole = reader->whole && other->whole;
	reader->was = reader->was || other->was;
	reader->now = reader->now || other->now;
	if (other->first_us < reader->first_us)
		reader->first_us = other->first_us;
	if (other->last_us > reader->last_us)
		reader->last_us = other->last_us;
}

static void count(struct planned_op *op, const struct planned_reader *reader)
{
	op->was += reader->was;
	op->now += reader->now;
	op->stopped += reader->was && !reader->now;
	op->began += !reader->was;
}

/* Whoever stopped before the registration counts as the last reading alone. */
static void take_reader(const struct watching *watching, struct planned_op *op,
	const struct planned_reader *reader)
{
	if (reader->last_us > op->last_read_us) {
		op->last_read_us = reader->last_us;
		op->last_read_job = reader->job;
	}
	if (!reader->was && !reader->now && reader->last_us < watching->registered_us)
		return;
	count(op, reader);
	op->readers[op->reader_count++] = *reader;
}

static int by_rank(const void *a, const void *b)
{
	const struct planned_reader *x = a;
	const struct planned_reader *y = b;

	if (x->now != y->now)
		return x->now ? -1 : 1;
	if (x->last_us != y->last_us)
		return x->last_us > y->last_us ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->job > y->job) - (x->job < y->job);
}

int planned_weigh(struct watching *watching, struct planned_op *op)
{
	const struct sightings *sightings = &watching->sightings;
	size_t i = 0;
	int r = see_all(watching);

	op->last_read_us = TIME_NEVER;
	if (r || !sightings->count)
		return r;
	op->readers =
		arena_array(watching->arena, sightings->count, sizeof(*op->readers));
	if (!op->readers)
		return ERR_NOMEM;
	qsort(sightings->list, sightings->count, sizeof(*sightings->list), by_reader);
	while (i < sightings->count) {
		const struct sighting *first = &sightings->list[i];
		struct planned_reader reader = first->reader;

		while (++i < sightings->count &&
			by_reader(first, &sightings->list[i]) == 0)
			unite(&reader, &sightings->list[i].reader);
		take_reader(watching, op, &reader);
	}
	qsort(op->readers, op->reader_count, sizeof(*op->readers), by_rank);
	return 0;
}
