/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_versions.c - whether the schema of a dataset follows that of another
 *
 * What was told of a dataset's schema is read from the newest on, until two sets
 * of names are known.  Types are left out: a column that was retyped is none that
 * came.
 */
#include "graph/impact.h"

#include <stdlib.h>

#include "base/arena.h"
#include "graph/history.h"
#include "graph/image_ring.h"

/* Schemas that differ in their types alone are read no further back than this. */
#define CONTENTS_MAX 32
#define SCRATCH_MAX  ((size_t)64 << 20)

struct names {
	struct slice *list; /* by name */
	size_t count;
};

struct versions {
	struct names last[2]; /* the standing one first */
	size_t count;
};

/* What is taken of the source. */
struct uses {
	struct names used; /* in any way */
	struct names kept; /* as it is, and under its own name */
	bool more;	   /* also otherwise, or something else beside it */
};

struct mirror_check {
	const struct impact_schemas *schemas;
	const struct impact_pairs *pairs;
	struct arena *arena;
};

static int compare_names(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorts, and removes doubles. */
static void finish(struct names *names)
{
	size_t kept = 0;

	qsort(names->list, names->count, sizeof(*names->list), compare_names);
	for (size_t i = 0; i < names->count; i++) {
		if (!kept || !slice_equal(names->list[i], names->list[kept - 1]))
			names->list[kept++] = names->list[i];
	}
	names->count = kept;
}

static bool has_name(const struct names *names, struct slice name)
{
	return bsearch(&name, names->list, names->count, sizeof(name), compare_names) !=
	       NULL;
}

static bool has_all(const struct names *names, const struct names *of)
{
	for (size_t i = 0; i < of->count; i++) {
		if (!has_name(names, of->list[i]))
			return false;
	}
	return true;
}

static bool are_equal(const struct names *a, const struct names *b)
{
	return a->count == b->count && has_all(a, b);
}

/* ---- versions ---- */

/* The one told last comes first; of equals, the one that stands (entity.h). */
static int newest_first(const void *a, const void *b)
{
	const struct past_facet *x = a;
	const struct past_facet *y = b;

	if (x->last_us != y->last_us)
		return x->last_us > y->last_us ? -1 : 1;
	return (x->hash < y->hash) - (x->hash > y->hash);
}

static int append(struct mirror_check *check, struct past_facets *all,
	const struct past_facets *more)
{
	struct past_facet *list =
		arena_array(check->arena, all->count + more->count + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	if (all->count)
		memcpy(list, all->list, all->count * sizeof(*list));
	for (size_t i = 0; i < more->count; i++) {
		struct past_facet past = more->list[i];

		if (past.first_us > check->pairs->until_us)
			continue;
		if (past.last_us > check->pairs->until_us)
			past.last_us = check->pairs->until_us;
		list[all->count++] = past;
	}
	all->list = list;
	return 0;
}

/* All that was told of the schema of a dataset and its aliases. */
static int list_contents(
	struct mirror_check *check, node_id dataset, struct past_facets *out)
{
	const struct snapshot *snapshot = check->schemas->snapshot;
	struct ring ring = ring_from(snapshot->image, dataset);
	int r = 0;

	*out = (struct past_facets){ 0 };
	for (; !r && ring.at; ring_step(&ring)) {
		struct past_facets past;

		r = history_list(snapshot->txn, ring.at, hash64(SLICE("schema")),
			check->arena, &past);
		if (!r)
			r = append(check, out, &past);
	}
	if (!r && out->count)
		qsort(out->list, out->count, sizeof(*out->list), newest_first);
	return r;
}

/* The columns of one content; 1 when it cannot be read, or is a deletion. */
static int read_names(
	struct mirror_check *check, const struct past_facet *past, struct names *out)
{
	const struct facet_reader *reader = graph_facets(check->schemas->snapshot->graph);
	struct ol_schema schema;
	struct fault fault;
	int r;

	if (!past->hash || !reader)
		return 1;
	r = reader->schema(past->bytes, check->arena, &schema, &fault);
	if (r)
		return r == ERR_INVALID ? 1 : r;
	*out = (struct names){ .list = arena_array(check->arena, schema.count + 1,
				       sizeof(*out->list)) };
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < schema.count; i++) {
		if (schema.list[i].depth == 0)
			out->list[out->count++] = schema.list[i].path;
	}
	finish(out);
	return 0;
}

static int read_versions(
	struct mirror_check *check, node_id dataset, struct versions *out)
{
	struct past_facets past;
	int r = list_contents(check, dataset, &past);

	*out = (struct versions){ 0 };
	for (size_t i = 0; !r && i < past.count && i < CONTENTS_MAX && out->count < 2;
		i++) {
		struct names names;

		r = read_names(check, &past.list[i], &names);
		if (r == 0 && !(out->count && are_equal(&names, &out->last[0])))
			out->last[out->count++] = names;
		/* No columns are known now; what was known once does not help. */
		if (r > 0)
			return 0;
	}
	return r;
}

/* ---- the pairs ---- */

static int field_name(const struct mirror_check *check, node_id field, struct slice *out)
{
	struct entity entity;
	int r = entity_get(check->schemas->snapshot->txn, field, &entity);

	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	*out = entity.key.field;
	return 0;
}

static int new_names(struct mirror_check *check, struct names *out)
{
	out->count = 0;
	out->list =
		arena_array(check->arena, check->pairs->count + 1, sizeof(*out->list));
	return out->list ? 0 : ERR_NOMEM;
}

static int add_use(struct mirror_check *check, size_t i, struct uses *out)
{
	struct slice taken;
	struct slice taker = { 0 };
	int r = field_name(check, check->pairs->taken[i], &taken);

	if (!r && check->pairs->takers[i])
		r = field_name(check, check->pairs->takers[i], &taker);
	if (r)
		return r;
	out->used.list[out->used.count++] = taken;
	if (slice_equal(taken, taker))
		out->kept.list[out->kept.count++] = taken;
	else
		out->more = true;
	return 0;
}

static int read_uses(struct mirror_check *check, struct uses *out)
{
	int r = new_names(check, &out->used);

	out->more = check->pairs->more;
	if (!r)
		r = new_names(check, &out->kept);
	for (size_t i = 0; !r && i < check->pairs->count; i++)
		r = add_use(check, i, out);
	if (r)
		return r;
	finish(&out->used);
	finish(&out->kept);
	return 0;
}

static enum impact_mirror judge(const struct uses *uses, const struct versions *source,
	const struct versions *target)
{
	/* Without a schema, those are known that are used. */
	const struct names *known = source->count ? &source->last[0] : &uses->used;

	if (!uses->kept.count || !has_all(&uses->kept, known))
		return MIRROR_NONE;
	if (!source->count || !target->count)
		return MIRROR_POSSIBLE;
	if (!has_all(&target->last[0], known))
		return MIRROR_NONE;
	return !uses->more && source->count == 2 && target->count == 2 &&
			       are_equal(&source->last[0], &target->last[0]) &&
			       are_equal(&source->last[1], &target->last[1])
		       ? MIRROR_SURE
		       : MIRROR_POSSIBLE;
}

int impact_mirrors_by_schema(void *ctx, const struct impact_pairs *pairs)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)1 << 14, SCRATCH_MAX);
	struct mirror_check check = { .schemas = ctx, .pairs = pairs, .arena = arena };
	struct versions source;
	struct versions target;
	struct uses uses;
	int r;

	if (!arena)
		return ERR_NOMEM;
	r = read_uses(&check, &uses);
	if (!r)
		r = read_versions(&check, pairs->source, &source);
	if (!r)
		r = read_versions(&check, pairs->target, &target);
	/* Schemas too large to compare tell nothing. */
	if (r == ERR_NOMEM && arena_was_full(arena))
		return MIRROR_POSSIBLE;
	return r ? r : (int)judge(&uses, &source, &target);
}
