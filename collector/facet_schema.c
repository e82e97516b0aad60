/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SchemaDatasetFacet 1-2-0.  Fields lie in fields to any depth, so they are
 * walked with a stack of our own; and a field may say its own fields before
 * its name, so paths are joined when all is read.
 */
#include "collector/facet_parts.h"

/* A field takes an object and the array that it is in. */
#define LEVELS (SCAN_DEPTH_MAX / 2 + 1)

/*
 * Each nested column repeats the names above it, so that a small text could ask
 * for very long paths.  All of them may have this many times its bytes.
 */
#define PATH_BYTES_FACTOR 16

#define LEFT_OUT SIZE_MAX

struct walk {
	struct reader *reader;
	struct ol_schema schema;
	size_t room;	     /* in its list */
	size_t depth;	     /* columns that are being read */
	size_t open[LEVELS]; /* their places in the list */
};

static int open_column(struct walk *walk)
{
	struct ol_schema *schema = &walk->schema;
	void *list = schema->list;
	int r = 0;

	if (schema->count == walk->room)
		r = list_double(
			walk->reader->arena, &list, &walk->room, sizeof(*schema->list));
	if (r)
		return r;
	schema->list = list;
	schema->list[schema->count] =
		(struct ol_column){ .depth = (uint32_t)walk->depth };
	walk->open[walk->depth++] = schema->count++;
	return 0;
}

/* Those that are in the column read last, as what comes now is in their place. */
static void forget_nested(struct walk *walk)
{
	walk->schema.count = walk->open[walk->depth - 1] + 1;
}

/* A column without a name goes, with all that is in it. */
static void close_column(struct walk *walk)
{
	size_t place = walk->open[--walk->depth];

	if (walk->schema.list[place].path.ptr)
		return;
	walk->schema.count = place;
	walk->schema.skipped++;
}

/* No member of OpenLineage, but an obvious one to add: true or false. */
static int read_nullable(struct reader *reader, void *out)
{
	enum nullability *nullable = out;

	*nullable = NULLABLE_UNTOLD;
	if (scan_peek(&reader->scan) == 't')
		*nullable = NULLABLE_YES;
	else if (scan_peek(&reader->scan) == 'f')
		*nullable = NULLABLE_NO;
	return reader_skip(reader);
}

static const struct member column_members[] = {
	MEMBER("name", reader_text, struct ol_column, path),
	MEMBER("type", reader_text, struct ol_column, type),
	MEMBER("description", reader_text, struct ol_column, description),
	MEMBER("nullable", read_nullable, struct ol_column, nullable),
	MEMBERS_END,
};

/*
 * Stands in front of an element.  Returns as scan_enter() when that is a
 * column, or as scan_more(); entered tells which.
 */
static int take_element(struct walk *walk, bool *entered)
{
	struct reader *reader = walk->reader;
	int r;

	*entered = scan_peek(&reader->scan) == '{';
	if (*entered) {
		r = open_column(walk);
		return r ? r : reader_enter(reader);
	}
	walk->schema.skipped++;
	r = reader_skip(reader);
	return r ? r : reader_more(reader);
}

/* The same in front of a member of a column, whose fields may be entered. */
static int take_member(struct walk *walk, bool *entered)
{
	struct reader *reader = walk->reader;
	size_t place = walk->open[walk->depth - 1];
	struct slice key = { NULL, 0 };
	int r = reader_key(reader, &key);

	*entered = false;
	if (r)
		return r;
	if (slice_equal(key, SLICE("fields"))) {
		char first = scan_peek(&reader->scan);

		forget_nested(walk);
		*entered = first == '[';
		if (*entered)
			return reader_enter(reader);
		walk->schema.skipped += first != 'n';
	}
	r = reader_member(reader, column_members, key, &walk->schema.list[place]);
	return r ? r : reader_more(reader);
}

static int walk_columns(struct walk *walk)
{
	bool in_array = true;
	int r = reader_enter(walk->reader);

	for (;;) {
		bool entered;

		while (r == 1) {
			if (in_array && !walk->depth)
				return 0;
			if (!in_array)
				close_column(walk);
			in_array = !in_array;
			r = reader_more(walk->reader);
		}
		if (r < 0)
			return r;
		r = in_array ? take_element(walk, &entered) : take_member(walk, &entered);
		if (entered)
			in_array = !in_array;
	}
}

static int read_fields(struct reader *reader, void *out)
{
	struct walk *walk = out;
	int r = facet_expect(reader, '[');

	walk->schema.count = 0;
	return r ? r : walk_columns(walk);
}

static const struct member schema_members[] = {
	{ SLICE("fields"), read_fields, 0 },
	MEMBERS_END,
};

static int join(
	struct arena *arena, struct slice above, struct slice name, struct slice *out)
{
	size_t len = above.len + 1 + name.len;
	char *path = arena_alloc(arena, len);

	if (!path)
		return ERR_NOMEM;
	memcpy(path, above.ptr, above.len);
	path[above.len] = '.';
	memcpy(path + above.len + 1, name.ptr, name.len);
	*out = slice_of(path, len);
	return 0;
}

/* Puts paths in the place of names.  A column's own column is the last one above it. */
static int join_paths(struct walk *walk, struct slice bytes)
{
	struct ol_schema *schema = &walk->schema;
	size_t joined = 0;
	size_t kept = 0;

	for (size_t i = 0; i < schema->count; i++) {
		struct ol_column column = schema->list[i];
		size_t above = column.depth ? walk->open[column.depth - 1] : 0;
		int r = 0;

		walk->open[column.depth] = LEFT_OUT;
		if (above == LEFT_OUT || joined / PATH_BYTES_FACTOR > bytes.len) {
			schema->skipped++;
			continue;
		}
		if (column.depth) {
			r = join(walk->reader->arena, schema->list[above].path,
				column.path, &column.path);
			joined += column.path.len;
		}
		if (r)
			return r;
		walk->open[column.depth] = kept;
		schema->list[kept++] = column;
	}
	schema->count = kept;
	return 0;
}

int facet_read_schema(struct slice bytes, struct arena *arena, struct ol_schema *out,
	struct fault *fault)
{
	struct reader reader;
	struct walk walk = { .reader = &reader };
	int r;

	reader_init(&reader, bytes, arena, fault);
	r = facet_read(&reader, schema_members, &walk);
	if (!r)
		r = join_paths(&walk, bytes);
	if (r)
		return r;
	*out = walk.schema;
	return 0;
}
