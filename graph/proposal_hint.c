/* SPDX-License-Identifier: Apache-2.0 */

/*
 * proposal_hint.c - a column that goes and one that comes may be one that is renamed
 *
 * Of columns that are in the same place, with types that fit and names that are
 * near, the nearest pair is told first, and neither of both is told again.
 */
#include "graph/proposal_impl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

#define LOOSE_MAX    200  /* of each kind; each is compared with each */
#define COMPARED_MAX 2000 /* pairs whose types are told differently */
#define WHY_MAX	     160

/* For one comparison of types. */
#define SCRATCH_CHUNK ((size_t)16 << 10)
#define SCRATCH_MAX   ((size_t)256 << 20)

struct pair {
	size_t gone; /* places */
	size_t come;
	struct name_verdict names;
	enum type_change types;
};

struct pairs {
	struct pair *list;
	size_t count;
};

/* The columns of one kind that are looked at, with their types. */
struct typed_columns {
	const struct loose_column *list;
	struct column_type *types;
	bool *read; /* those that were */
	size_t count;
};

struct guessing {
	struct arena *arena;
	struct arena *scratch;
	struct typed_columns gone;
	struct typed_columns come;
	size_t compared;
};

/* A path in two: what the column is in, and its own name. */
static struct slice own_name(const struct ol_column *column, struct slice path)
{
	size_t i = path.len;

	while (column->depth && i > 0 && path.ptr[i - 1] != '.')
		i--;
	return column->depth ? slice_of(path.ptr + i, path.len - i) : path;
}

static bool in_one_place(const struct loose_column *a, const struct loose_column *b,
	struct slice a_name, struct slice b_name)
{
	return slice_equal(slice_of(a->path.ptr, a->path.len - a_name.len),
		slice_of(b->path.ptr, b->path.len - b_name.len));
}

/* Where no types are told, the names have to be nearly the same. */
static bool types_fit(const struct pair *pair)
{
	switch (pair->types) {
	case TYPES_SAME:
	case TYPES_WIDENED:
		return true;
	case TYPES_UNKNOWN:
		return pair->names.likeness <= NAMES_ABBREVIATED;
	case TYPES_LOSSY:
	case TYPES_NARROWED:
	case TYPES_INCOMPATIBLE:
		break;
	}
	return false;
}

static int open_columns(
	const struct loose_columns *loose, struct arena *arena, struct typed_columns *out)
{
	size_t count = loose->count < LOOSE_MAX ? loose->count : LOOSE_MAX;

	*out = (struct typed_columns){
		.list = loose->list,
		.types = arena_array(arena, count + 1, sizeof(*out->types)),
		.read = arena_array(arena, count + 1, sizeof(*out->read)),
		.count = count,
	};
	return out->types && out->read ? 0 : ERR_NOMEM;
}

/* Each type is read once, when it is first wanted. */
static int read_type(struct typed_columns *columns, size_t place, struct arena *arena)
{
	if (columns->read[place])
		return 0;
	columns->read[place] = true;
	return column_type_read(
		columns->list[place].column->type, arena, &columns->types[place]);
}

/* Returns 0, or 1 when too many were compared before. */
static int compare_types(struct guessing *g, struct pair *pair)
{
	const struct ol_column *before = g->gone.list[pair->gone].column;
	const struct ol_column *after = g->come.list[pair->come].column;
	struct type_verdict verdict;
	int r;

	pair->types = TYPES_SAME;
	if (before->type.len && slice_equal(before->type, after->type))
		return 0;
	if (g->compared++ == COMPARED_MAX)
		return 1;
	r = read_type(&g->gone, pair->gone, g->arena);
	if (!r)
		r = read_type(&g->come, pair->come, g->arena);
	if (r)
		return r;
	arena_reset(g->scratch);
	r = column_type_compare(&g->gone.types[pair->gone], &g->come.types[pair->come],
		g->scratch, &verdict);
	if (!r)
		pair->types = verdict.change;
	return r;
}

static void compare_names(const struct guessing *g, struct pair *pair)
{
	const struct loose_column *gone = &g->gone.list[pair->gone];
	const struct loose_column *come = &g->come.list[pair->come];
	struct slice gone_name = own_name(gone->column, gone->path);
	struct slice come_name = own_name(come->column, come->path);

	pair->names.likeness = NAMES_DIFFERENT;
	if (in_one_place(gone, come, gone_name, come_name))
		pair->names = names_compare(gone_name, come_name);
}

static int nearest_first(const void *a, const void *b)
{
	const struct pair *x = a;
	const struct pair *y = b;

	if (x->names.likeness != y->names.likeness)
		return x->names.likeness < y->names.likeness ? -1 : 1;
	if (x->names.distance != y->names.distance)
		return x->names.distance < y->names.distance ? -1 : 1;
	if (x->types != y->types)
		return x->types < y->types ? -1 : 1;
	if (x->gone != y->gone)
		return x->gone < y->gone ? -1 : 1;
	return (x->come > y->come) - (x->come < y->come);
}

/* Those with near names. */
static int find_pairs(const struct guessing *g, struct pairs *out)
{
	*out = (struct pairs){ .list = arena_array(g->arena,
				       g->gone.count * g->come.count + 1,
				       sizeof(*out->list)) };
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < g->gone.count; i++) {
		for (size_t k = 0; k < g->come.count; k++) {
			struct pair pair = { .gone = i, .come = k };

			compare_names(g, &pair);
			if (pair.names.likeness != NAMES_DIFFERENT)
				out->list[out->count++] = pair;
		}
	}
	qsort(out->list, out->count, sizeof(*out->list), nearest_first);
	return 0;
}

/* Leaves those whose types fit, the nearest first. */
static int keep_fitting(struct guessing *g, struct pairs *pairs)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; i < pairs->count && !r; i++) {
		struct pair pair = pairs->list[i];

		r = compare_types(g, &pair);
		if (!r && types_fit(&pair))
			pairs->list[kept++] = pair;
	}
	pairs->count = kept;
	qsort(pairs->list, kept, sizeof(*pairs->list), nearest_first);
	return r < 0 ? r : 0;
}

static const char *likeness_text(enum name_likeness likeness)
{
	switch (likeness) {
	case NAMES_SPELLED:
		return "the names differ in letter case or separators only";
	case NAMES_ABBREVIATED:
		return "one name is the other in short";
	case NAMES_CONTAINED:
		return "all words of one name are in the other";
	case NAMES_EDITED:
		return "the names differ in a few letters";
	case NAMES_DIFFERENT:
		break;
	}
	return "the names differ";
}

static int explain(
	const struct pair *pair, struct arena *arena, struct proposal_hint *hint)
{
	const char *types = pair->types == TYPES_SAME	   ? "the types are the same"
			    : pair->types == TYPES_WIDENED ? "the new type is wider"
							   : "no types are known";
	char why[WHY_MAX];

	(void)snprintf(why, sizeof(why), "%s, and %s",
		likeness_text(pair->names.likeness), types);
	hint->why = arena_dup(arena, slice_from(why));
	return hint->why.ptr ? 0 : ERR_NOMEM;
}

/* The nearest pairs, each column once. */
static int tell_hints(
	const struct guessing *g, const struct pairs *pairs, struct proposal_changes *out)
{
	bool *taken =
		arena_array(g->arena, g->gone.count + g->come.count + 1, sizeof(*taken));
	int r = 0;

	out->hints = arena_array(g->arena, g->gone.count + 1, sizeof(*out->hints));
	if (!taken || !out->hints)
		return ERR_NOMEM;
	for (size_t i = 0; i < pairs->count && !r; i++) {
		const struct pair *pair = &pairs->list[i];
		struct proposal_hint *hint = &out->hints[out->hint_count];

		if (taken[pair->gone] || taken[g->gone.count + pair->come])
			continue;
		taken[pair->gone] = taken[g->gone.count + pair->come] = true;
		hint->from = g->gone.list[pair->gone].path;
		hint->to = g->come.list[pair->come].path;
		r = explain(pair, g->arena, hint);
		out->hint_count++;
	}
	return r;
}

int proposal_guess(const struct loose_columns *gone, const struct loose_columns *come,
	struct arena *arena, struct proposal_changes *out)
{
	AUTO(arena) struct arena *scratch = arena_new(SCRATCH_CHUNK, SCRATCH_MAX);
	struct guessing g = { .arena = arena, .scratch = scratch };
	struct pairs pairs;
	int r = scratch ? open_columns(gone, arena, &g.gone) : ERR_NOMEM;

	if (!r)
		r = open_columns(come, arena, &g.come);
	if (!r)
		r = find_pairs(&g, &pairs);
	if (!r)
		r = keep_fitting(&g, &pairs);
	return r ? r : tell_hints(&g, &pairs, out);
}
