/* SPDX-License-Identifier: Apache-2.0 */

/*
 * columns_compare.c - what changed from one schema to the next
 *
 * Columns are known by their paths (the second one of a path by its being the
 * second).  Of those in both, a longest sequence that kept its order did not
 * move: all others did.
 */
#include "base/arena.h"
#include "graph/columns.h"

#include <stdlib.h>

#define NOWHERE SIZE_MAX

/* A schema's columns by path, then by place. */
struct place {
	struct slice path;
	size_t at;
	size_t nth; /* of this path, from 0 on */
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;
	int r = slice_compare(x->path, y->path);

	return r ? r : (x->at > y->at) - (x->at < y->at);
}

static int compare_columns(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;
	int r = slice_compare(x->path, y->path);

	return r ? r : (x->nth > y->nth) - (x->nth < y->nth);
}

struct comparing {
	struct arena *arena;
	const struct ol_schema *before;
	const struct ol_schema *after;
	size_t *was;  /* of each column after: its place before, or NOWHERE */
	size_t *is;   /* of each column before: its place after, or NOWHERE */
	bool *stayed; /* of each column after */
	struct schema_changes out;
};

static struct place *sorted_places(const struct ol_schema *schema, struct arena *arena)
{
	struct place *places = arena_array(arena, schema->count + 1, sizeof(*places));

	if (!places)
		return NULL;
	for (size_t i = 0; i < schema->count; i++)
		places[i] = (struct place){ .path = schema->list[i].path, .at = i };
	qsort(places, schema->count, sizeof(*places), compare_places);
	for (size_t i = 1; i < schema->count; i++)
		if (slice_equal(places[i].path, places[i - 1].path))
			places[i].nth = places[i - 1].nth + 1;
	return places;
}

/* Finds each column in the other schema. */
static int match(struct comparing *c)
{
	struct place *before = sorted_places(c->before, c->arena);
	struct place *after = sorted_places(c->after, c->arena);

	c->was = arena_array(c->arena, c->after->count + 1, sizeof(*c->was));
	c->is = arena_array(c->arena, c->before->count + 1, sizeof(*c->is));
	c->stayed = arena_array(c->arena, c->after->count + 1, sizeof(*c->stayed));
	if (!before || !after || !c->was || !c->is || !c->stayed)
		return ERR_NOMEM;
	for (size_t i = 0; i < c->before->count; i++)
		c->is[i] = NOWHERE;
	for (size_t i = 0; i < c->after->count; i++) {
		const struct place *found = bsearch(&after[i], before, c->before->count,
			sizeof(*before), compare_columns);

		c->was[after[i].at] = found ? found->at : NOWHERE;
		if (found)
			c->is[found->at] = after[i].at;
	}
	return 0;
}

/* The first of the tails (by their places before) that is not before a column. */
static size_t find_tail(
	const struct comparing *c, const size_t *tails, size_t count, size_t was)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->was[tails[middle]] < was)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * A longest sequence of columns whose places before rise: tails[n] is the end of
 * the best one of n + 1 columns, and each column knows the one before it.
 */
static int find_stayed(struct comparing *c)
{
	size_t n = c->after->count;
	size_t *tails = arena_array(c->arena, n + 1, sizeof(*tails));
	size_t *previous = arena_array(c->arena, n + 1, sizeof(*previous));
	size_t count = 0;

	if (!tails || !previous)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		size_t length;

		if (c->was[i] == NOWHERE)
			continue;
		length = find_tail(c, tails, count, c->was[i]);
		previous[i] = length ? tails[length - 1] : NOWHERE;
		tails[length] = i;
		if (length == count)
			count++;
	}
	for (size_t i = count ? tails[count - 1] : NOWHERE; i != NOWHERE; i = previous[i])
		c->stayed[i] = true;
	return 0;
}

static void add(struct comparing *c, enum column_change what,
	const struct ol_column *before, const struct ol_column *after)
{
	const struct slice none = { 0 };

	c->out.list[c->out.count++] = (struct schema_change){
		.what = what,
		.path = after ? after->path : before->path,
		.type_before = before ? before->type : none,
		.type_after = after ? after->type : none,
	};
}

static void list_changes(struct comparing *c)
{
	for (size_t i = 0; i < c->before->count; i++)
		if (c->is[i] == NOWHERE)
			add(c, COLUMN_REMOVED, &c->before->list[i], NULL);
	for (size_t i = 0; i < c->after->count; i++) {
		const struct ol_column *after = &c->after->list[i];
		const struct ol_column *before;

		if (c->was[i] == NOWHERE) {
			add(c, COLUMN_ADDED, NULL, after);
			continue;
		}
		before = &c->before->list[c->was[i]];
		if (!slice_equal(before->type, after->type))
			add(c, COLUMN_RETYPED, before, after);
		if (!c->stayed[i])
			add(c, COLUMN_MOVED, before, after);
	}
}

int schema_compare(const struct ol_schema *before, const struct ol_schema *after,
	struct arena *arena, struct schema_changes *out)
{
	struct comparing c = { .arena = arena, .before = before, .after = after };
	size_t most;
	int r;

	/* A column is removed, added, or both retyped and moved. */
	if (__builtin_mul_overflow(after->count, 2, &most) ||
		__builtin_add_overflow(most, before->count + 1, &most))
		return ERR_NOMEM;
	c.out.list = arena_array(arena, most, sizeof(*c.out.list));
	if (!c.out.list)
		return ERR_NOMEM;
	r = match(&c);
	if (!r)
		r = find_stayed(&c);
	if (r)
		return r;
	list_changes(&c);
	*out = c.out;
	return 0;
}
