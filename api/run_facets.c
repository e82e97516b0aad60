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
#include "api/logged.h"

#include <stdlib.h>

static int compare_parts(const struct run_facet *left, const struct run_facet *right)
{
	int r = ((int)left->part > (int)right->part) -
		((int)left->part < (int)right->part);

	if (!r)
		r = slice_compare(left->namespace, right->namespace);
	return r ? r : slice_compare(left->dataset, right->dataset);
}

static int compare_names(const void *a, const void *b)
{
	const struct run_facet *left = a;
	const struct run_facet *right = b;
	int r = compare_parts(left, right);

	return r ? r : slice_compare(left->name, right->name);
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

/* Copies a slice into the arena, where it is to outlive the event. */
static int keep(struct arena *arena, struct slice *slice)
{
	struct slice copy = arena_dup(arena, *slice);

	if (!copy.ptr && slice->len)
		return ERR_NOMEM;
	*slice = copy;
	return 0;
}

static int append(
	struct run_facets *facets, struct arena *arena, const struct run_facet *facet)
{
	struct run_facet copy = *facet;
	int r = make_room(facets, arena);

	if (!r)
		r = keep(arena, &copy.namespace);
	if (!r)
		r = keep(arena, &copy.dataset);
	if (!r)
		r = keep(arena, &copy.name);
	if (!r)
		r = keep(arena, &copy.bytes);
	if (r)
		return r;
	copy.rank = (uint32_t)facets->count;
	facets->list[facets->count++] = copy;
	return 0;
}

/* Sorts, and drops what a lower rank replaces. */
static void put_in_order(struct run_facets *facets)
{
	struct run_facet *list = facets->list;
	size_t kept = 0;

	if (facets->count < 2)
		return;
	qsort(list, facets->count, sizeof(*list), compare_ranked);
	for (size_t i = 0; i < facets->count; i++) {
		if (kept == 0 || compare_names(&list[i], &list[kept - 1]) != 0)
			list[kept++] = list[i];
	}
	facets->count = kept;
	for (size_t i = 0; i < kept; i++)
		list[i].rank = (uint32_t)i;
}

/* The last of a name counts in an event, so it is gone through from the end. */
static int merge(struct run_facets *facets, struct arena *arena, size_t sorted,
	const struct run_facet *whose, const struct ol_facets *event)
{
	for (size_t i = event->count; i > 0; i--) {
		const struct ol_facet *facet = &event->list[i - 1];
		struct run_facet key = *whose;
		int r = 0;

		key.name = facet->name;
		key.bytes = facet->bytes;
		key.deleted = facet->deleted;
		if (!sorted ||
			!bsearch(&key, facets->list, sorted, sizeof(key), compare_names))
			r = append(facets, arena, &key);
		if (r)
			return r;
	}
	return 0;
}

static int merge_datasets(struct run_facets *facets, struct arena *arena, size_t sorted,
	enum run_part part, const struct ol_datasets *datasets)
{
	for (size_t i = datasets->count; i > 0; i--) {
		const struct ol_dataset *dataset = &datasets->list[i - 1];
		const struct run_facet whose = { .part = part,
			.namespace = dataset->namespace,
			.dataset = dataset->name };
		int r = merge(facets, arena, sorted, &whose, &dataset->io_facets);

		if (r)
			return r;
	}
	return 0;
}

static int add_event(
	struct call *call, const struct ol_event *event, struct run_facets *facets)
{
	const struct run_facet run = { .part = PART_RUN };
	const struct run_facet job = { .part = PART_JOB };
	size_t sorted = facets->count;
	int r = merge(facets, call->arena, sorted, &run, &event->run_facets);

	facets->events++;
	if (!r)
		r = merge(facets, call->arena, sorted, &job, &event->job.facets);
	if (!r)
		r = merge_datasets(
			facets, call->arena, sorted, PART_INPUT, &event->inputs);
	if (!r)
		r = merge_datasets(
			facets, call->arena, sorted, PART_OUTPUT, &event->outputs);
	put_in_order(facets);
	return r;
}

const struct run_facet *run_facets_of(const struct run_facets *facets, enum run_part part,
	const struct node_key *key, size_t *count_out)
{
	struct run_facet whose = { .part = part };
	size_t low = 0;
	size_t high = facets->count;
	size_t end;

	if (key) {
		whose.namespace = key->namespace;
		whose.dataset = key->name;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_parts(&facets->list[middle], &whose) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < facets->count; end++) {
		if (compare_parts(&facets->list[end], &whose) != 0)
			break;
	}
	*count_out = end - low;
	return end > low ? &facets->list[low] : NULL;
}

int run_facets_read(struct call *call, const struct run *run, struct run_facets *out)
{
	AUTO(logged) struct logged *logged = NULL;
	int r;

	*out = (struct run_facets){ .count = 0 };
	r = logged_new(call, &logged);
	for (uint32_t i = 0; i < run->event_count && !r && !call_is_late(call); i++) {
		struct ol_event event;

		r = logged_read(logged, run->events[i].sequence, &event);
		if (r == 1) {
			r = 0;
			continue;
		}
		if (!r)
			r = add_event(call, &event, out);
	}
	return r;
}
