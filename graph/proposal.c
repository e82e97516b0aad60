/* SPDX-License-Identifier: Apache-2.0 */

/*
 * proposal.c - which changes lead from the schema that stands to a proposed one
 *
 * The columns that are renamed get their new names first, and with them those in
 * them; what is then different from the proposed schema has changed.
 */
#include "graph/proposal_impl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "graph/columns.h"

/* A column of a schema by its path. */
struct place {
	struct slice path;
	size_t at;
};

struct places {
	struct place *list; /* by path */
	size_t count;
};

struct comparing {
	const struct proposal *proposal;
	struct arena *arena;
	struct fault *fault;
	struct ol_schema renamed; /* the standing one with new names */
	struct places standing;	  /* by the names that stand */
	struct places before;	  /* by the new names */
	struct places after;
	struct loose_columns gone;
	struct loose_columns come;
	struct proposal_changes out;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;
	int r = slice_compare(x->path, y->path);

	return r ? r : (x->at > y->at) - (x->at < y->at);
}

static int sort_places(
	const struct ol_schema *schema, struct arena *arena, struct places *out)
{
	out->list = arena_array(arena, schema->count + 1, sizeof(*out->list));
	out->count = schema->count;
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < schema->count; i++)
		out->list[i] = (struct place){ schema->list[i].path, i };
	qsort(out->list, out->count, sizeof(*out->list), compare_places);
	return 0;
}

/* Where the first column of a path is; SIZE_MAX: nowhere. */
static size_t find_place(const struct places *places, struct slice path)
{
	size_t low = 0;
	size_t high = places->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slice_compare(places->list[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == places->count || !slice_equal(places->list[low].path, path))
		return SIZE_MAX;
	return places->list[low].at;
}

static bool has_path(const struct places *places, struct slice path)
{
	return find_place(places, path) != SIZE_MAX;
}

static int refuse_rename(
	const struct comparing *c, size_t rename, const char *end, const char *why)
{
	char where[64];

	(void)snprintf(where, sizeof(where), "/renames/%zu%s", rename, end);
	return fault_set(c->fault, where, "%s", why);
}

/* Whether a rename takes this path, or leaves it. */
static bool is_renamed_from(const struct proposal *proposal, struct slice path)
{
	for (size_t i = 0; i < proposal->rename_count; i++) {
		if (slice_equal(proposal->renames[i].from, path))
			return true;
	}
	return false;
}

static bool is_renamed_to(const struct proposal *proposal, struct slice path)
{
	for (size_t i = 0; i < proposal->rename_count; i++) {
		if (slice_equal(proposal->renames[i].to, path))
			return true;
	}
	return false;
}

static int check_rename(const struct comparing *c, size_t i)
{
	const struct proposed_rename *rename = &c->proposal->renames[i];

	if (!has_path(&c->standing, rename->from))
		return refuse_rename(c, i, "/from", "the dataset has no such column");
	if (!has_path(&c->after, rename->to))
		return refuse_rename(c, i, "/to", "no such column is proposed");
	if (has_path(&c->after, rename->from) &&
		!is_renamed_to(c->proposal, rename->from))
		return refuse_rename(
			c, i, "/from", "is proposed as well: then it is not renamed");
	if (has_path(&c->standing, rename->to) &&
		!is_renamed_from(c->proposal, rename->to))
		return refuse_rename(c, i, "/to", "is a column that stands already");
	for (size_t k = 0; k < i; k++) {
		const struct proposed_rename *other = &c->proposal->renames[k];

		if (slice_equal(rename->from, other->from) ||
			slice_equal(rename->to, other->to))
			return refuse_rename(
				c, i, "", "contradicts or repeats an earlier one");
	}
	return 0;
}

static int check(const struct comparing *c)
{
	int r = 0;

	for (size_t i = 1; i < c->after.count; i++) {
		struct slice path = c->after.list[i].path;

		if (slice_equal(path, c->after.list[i - 1].path))
			return fault_set(c->fault, "/schema",
				"proposes the column %.*s twice",
				(int)(path.len < 100 ? path.len : 100), path.ptr);
	}
	for (size_t i = 0; i < c->proposal->rename_count && !r; i++)
		r = check_rename(c, i);
	return r;
}

/* The rename that moves a path: its own, or that of the nearest column it is in. */
static const struct proposed_rename *find_rename(
	const struct proposal *proposal, struct slice path)
{
	const struct proposed_rename *found = NULL;

	for (size_t i = 0; i < proposal->rename_count; i++) {
		const struct proposed_rename *rename = &proposal->renames[i];

		if ((slice_equal(path, rename->from) ||
			    column_has_within(rename->from, path)) &&
			(!found || rename->from.len > found->from.len))
			found = rename;
	}
	return found;
}

static int rename_path(const struct comparing *c, struct slice *path)
{
	const struct proposed_rename *rename = find_rename(c->proposal, *path);
	size_t rest;
	size_t len;
	char *text;

	if (!rename)
		return 0;
	rest = path->len - rename->from.len;
	if (__builtin_add_overflow(rename->to.len, rest, &len))
		return ERR_NOMEM;
	text = arena_alloc(c->arena, len + 1);
	if (!text)
		return ERR_NOMEM;
	memcpy(text, rename->to.ptr, rename->to.len);
	if (rest)
		memcpy(text + rename->to.len, path->ptr + rename->from.len, rest);
	*path = slice_of(text, len);
	return 0;
}

static int rename_columns(struct comparing *c)
{
	const struct ol_schema *standing = c->proposal->standing;
	int r = 0;

	c->renamed.list =
		arena_array(c->arena, standing->count + 1, sizeof(*c->renamed.list));
	if (!c->renamed.list)
		return ERR_NOMEM;
	for (size_t i = 0; i < standing->count && !r; i++) {
		c->renamed.list[i] = standing->list[i];
		r = rename_path(c, &c->renamed.list[i].path);
	}
	c->renamed.count = standing->count;
	return r ? r : sort_places(&c->renamed, c->arena, &c->before);
}

/* Each column is renamed, goes, comes, or changes type and nullability. */
static int make_lists(struct comparing *c)
{
	size_t before = c->proposal->standing->count;
	size_t after = c->proposal->proposed->count;
	size_t most = 0;

	if (__builtin_mul_overflow(after, 2, &most) ||
		__builtin_add_overflow(most, before, &most) ||
		__builtin_add_overflow(most, c->proposal->rename_count + 1, &most))
		return ERR_NOMEM;
	c->out.list = arena_array(c->arena, most, sizeof(*c->out.list));
	c->out.remarks = arena_array(c->arena, most, sizeof(*c->out.remarks));
	c->gone.list = arena_array(c->arena, before + 1, sizeof(*c->gone.list));
	c->come.list = arena_array(c->arena, after + 1, sizeof(*c->come.list));
	return c->out.list && c->out.remarks && c->gone.list && c->come.list ? 0
									     : ERR_NOMEM;
}

static void add(struct comparing *c, const struct proposal_change *change)
{
	c->out.list[c->out.count++] = *change;
}

static void remark(struct comparing *c, struct slice column, const char *text)
{
	c->out.remarks[c->out.remark_count++] =
		(struct proposal_remark){ .column = column, .text = text };
}

static void add_renames(struct comparing *c)
{
	for (size_t i = 0; i < c->proposal->rename_count; i++) {
		const struct proposed_rename *rename = &c->proposal->renames[i];

		if (slice_equal(rename->from, rename->to))
			continue;
		add(c, &(struct proposal_change){ .op = OP_RENAME_COLUMN,
			       .column = rename->from,
			       .to = rename->to });
	}
}

/* The last column that went or came has this one in it. */
static bool is_told(const struct loose_columns *loose, const struct slice *path)
{
	return loose->count &&
	       column_has_within(loose->list[loose->count - 1].column->path, *path);
}

static void remove_column(struct comparing *c, const struct schema_change *change)
{
	size_t place = find_place(&c->before, change->path);
	const struct ol_column *column = &c->renamed.list[place];
	struct slice path = c->proposal->standing->list[place].path;

	if (is_told(&c->gone, &column->path))
		return;
	c->gone.list[c->gone.count++] = (struct loose_column){ column, path };
	add(c, &(struct proposal_change){ .op = OP_DROP_COLUMN, .column = path });
}

static void add_column(struct comparing *c, const struct schema_change *change)
{
	const struct ol_column *column =
		&c->proposal->proposed->list[find_place(&c->after, change->path)];

	if (c->proposal->partial || is_told(&c->come, &column->path))
		return;
	c->come.list[c->come.count++] = (struct loose_column){ column, column->path };
	add(c, &(struct proposal_change){ .op = column->nullable == NULLABLE_NO
							? OP_ADD_REQUIRED
							: OP_ADD_COLUMN,
		       .column = column->path,
		       .type_after = column->type });
}

/* The path of a column as it stands. */
static struct slice standing_path(const struct comparing *c, struct slice path)
{
	return c->proposal->standing->list[find_place(&c->before, path)].path;
}

static int retype_column(struct comparing *c, const struct schema_change *schema_change)
{
	struct proposal_change change = { .op = OP_ALTER_TYPE,
		.column = standing_path(c, schema_change->path),
		.type_before = schema_change->type_before,
		.type_after = schema_change->type_after };
	struct column_type before;
	struct column_type after;
	int r;

	if (!change.type_after.len)
		return 0;
	r = column_type_read(change.type_before, c->arena, &before);
	if (!r)
		r = column_type_read(change.type_after, c->arena, &after);
	if (!r)
		r = column_type_compare(&before, &after, c->arena, &change.types);
	if (r)
		return r;
	if (change.types.change == TYPES_SAME)
		remark(c, change.column, "its type is spelled otherwise, and the same");
	else
		add(c, &change);
	return 0;
}

static int add_change(struct comparing *c, const struct schema_change *change)
{
	switch (change->what) {
	case COLUMN_REMOVED:
		remove_column(c, change);
		break;
	case COLUMN_ADDED:
		add_column(c, change);
		break;
	case COLUMN_RETYPED:
		return retype_column(c, change);
	case COLUMN_MOVED:
		remark(c, standing_path(c, change->path),
			"its place among the columns changes: what inserts or reads by "
			"place may break");
		break;
	}
	return 0;
}

/* Whether it may be NULL, where both schemas tell that. */
static void add_nullability(struct comparing *c)
{
	for (size_t i = 0; i < c->proposal->proposed->count; i++) {
		const struct ol_column *after = &c->proposal->proposed->list[i];
		size_t place = find_place(&c->before, after->path);
		const struct ol_column *before =
			place == SIZE_MAX ? NULL : &c->proposal->standing->list[place];

		if (!before || before->nullable == after->nullable ||
			before->nullable == NULLABLE_UNTOLD ||
			after->nullable == NULLABLE_UNTOLD)
			continue;
		add(c, &(struct proposal_change){ .op = after->nullable == NULLABLE_NO
								? OP_SET_NOT_NULL
								: OP_SET_NULLABLE,
			       .column = before->path });
	}
}

static int compare(struct comparing *c)
{
	struct schema_changes changes;
	int r = schema_compare(&c->renamed, c->proposal->proposed, c->arena, &changes);

	if (r)
		return r;
	add_renames(c);
	for (size_t i = 0; i < changes.count && !r; i++)
		r = add_change(c, &changes.list[i]);
	if (r)
		return r;
	add_nullability(c);
	return proposal_guess(&c->gone, &c->come, c->arena, &c->out);
}

int proposal_compare(const struct proposal *proposal, struct arena *arena,
	struct proposal_changes *out, struct fault *fault)
{
	struct comparing c = { .proposal = proposal, .arena = arena, .fault = fault };
	int r = sort_places(proposal->standing, arena, &c.standing);

	if (!r)
		r = sort_places(proposal->proposed, arena, &c.after);
	if (!r)
		r = check(&c);
	if (!r)
		r = rename_columns(&c);
	if (!r)
		r = make_lists(&c);
	if (!r)
		r = compare(&c);
	if (!r)
		*out = c.out;
	return r;
}
