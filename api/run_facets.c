/* SPDX-License-Identifier: Apache-2.0 */

/*
 * run_facets.c - the facets of a run, gathered from its events in the log
 *
 * Events are read newest first, and a facet is taken from the first one that
 * has it.  The list is put in order after each event, so that the facets of
 * the next are looked up in it and not compared with all.
 */
#include "api/run_facets.h"

#include "api/handlers.h"

#include <stdlib.h>

/* For decoding one event; forgotten before the next. */
#define DECODE_CHUNK ((size_t)64 << 10)
#define DECODE_MAX   ((size_t)256 << 20)

static int compare_names(const void *a, const void *b)
{
	const struct run_facet *left = a;
	const struct run_facet *right = b;

	return slice_compare(left->name, right->name);
}

static int compare_ranked(const void *a, const void *b)
{
	const struct run_facet *left = a;
	const struct run_facet *right = b;
	int r = compare_names(a, b);

	return r ? r : (left->rank > right->rank) - (left->rank < right->rank);
}

static int make_room(struct run_facets *facets, struct arena *arena)
{
	size_t room = facets->room ? facets->room * 2 : 16;
	struct run_facet *list;

	if (facets->count < facets->room)
		return 0;
	list = arena_array(arena, room, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (facets->count)
		memcpy(list, facets->list, facets->count * sizeof(*list));
	facets->list = list;
	facets->room = room;
	return 0;
}

static int append(
	struct run_facets *facets, struct arena *arena, const struct ol_facet *facet)
{
	struct run_facet copy = { .name = arena_dup(arena, facet->name),
		.bytes = arena_dup(arena, facet->bytes),
		.deleted = facet->deleted,
		.rank = (uint32_t)facets->count };
	int r = make_room(facets, arena);

	if (r)
		return r;
	if ((!copy.name.ptr && facet->name.len) || (!copy.bytes.ptr && facet->bytes.len))
		return ERR_NOMEM;
	facets->list[facets->count++] = copy;
	return 0;
}

/* Sorts by name and drops what a lower rank replaces. */
static void put_in_order(struct run_facets *facets)
{
	struct run_facet *list = facets->list;
	size_t kept = 0;

	if (facets->count < 2)
		return;
	qsort(list, facets->count, sizeof(*list), compare_ranked);
	for (size_t i = 0; i < facets->count; i++) {
		if (kept == 0 || !slice_equal(list[i].name, list[kept - 1].name))
			list[kept++] = list[i];
	}
	facets->count = kept;
	for (size_t i = 0; i < kept; i++)
		list[i].rank = (uint32_t)i;
}

/* The last of a name counts in an event, so it is gone through from the end. */
static int merge(
	struct run_facets *facets, struct arena *arena, const struct ol_facets *event)
{
	size_t sorted = facets->count;

	for (size_t i = event->count; i > 0; i--) {
		const struct ol_facet *facet = &event->list[i - 1];
		struct run_facet key = { .name = facet->name };
		int r = 0;

		if (!sorted ||
			!bsearch(&key, facets->list, sorted, sizeof(key), compare_names))
			r = append(facets, arena, facet);
		if (r)
			return r;
	}
	put_in_order(facets);
	return 0;
}

/* Returns 0, or 1 when the event is in the log no more. */
static int read_event(struct log_reader *reader, uint64_t sequence, struct log_event *out)
{
	int r = log_reader_seek(reader, sequence);

	if (!r)
		r = log_reader_next(reader, out);
	if (r)
		return r;
	return out->sequence == sequence ? 0 : 1;
}

static int add_event(struct call *call, struct arena *scratch,
	const struct log_event *logged, struct run_facets *facets)
{
	struct ol_event event;
	struct fault fault;
	int r = graph_decode(call->snapshot->graph, logged->raw, logged->received_us,
		scratch, &event, &fault);

	if (r == ERR_INVALID) /* it was read before it was stored */
		return ERR_CORRUPT;
	if (r)
		return r;
	facets->events++;
	return merge(facets, call->arena, &event.run_facets);
}

int run_facets_read(struct call *call, const struct run *run, struct run_facets *out)
{
	AUTO(arena) struct arena *scratch = arena_new(DECODE_CHUNK, DECODE_MAX);
	AUTO(log_reader) struct log_reader *reader = NULL;
	int r;

	*out = (struct run_facets){ .count = 0 };
	if (!scratch)
		return ERR_NOMEM;
	r = log_reader_new(graph_log(call->snapshot->graph), &reader);
	for (uint32_t i = 0; i < run->event_count && !r && !call_is_late(call); i++) {
		struct log_event logged;

		arena_reset(scratch);
		r = read_event(reader, run->events[i].sequence, &logged);
		if (r == 1) {
			r = 0;
			continue;
		}
		if (!r)
			r = add_event(call, scratch, &logged, out);
	}
	return r;
}
