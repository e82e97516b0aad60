/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/event_parts.h"

#include "collector/json_text.h"

#define LIST_FIRST 4 /* a power of two */

void reader_init(struct reader *reader, struct slice text, struct arena *arena,
	struct fault *fault)
{
	scan_init(&reader->scan, text);
	reader->text = text;
	reader->arena = arena;
	reader->fault = fault;
	reader->warnings = 0;
	reader->warning = NULL;
}

static void fault_at(struct reader *reader, struct fault *fault, const char *at,
	const char *where, const char *why)
{
	char pointer[TEXT_POINTER_MAX];
	size_t offset = at ? (size_t)(at - reader->text.ptr) : 0;

	if (!fault)
		return;
	if (!where) {
		text_pointer(reader->text, offset, pointer);
		where = pointer;
	}
	(void)fault_set(fault, where, "%s", why);
	fault->has_offset = true;
	fault->offset = offset;
}

int reader_refuse_text(struct reader *reader)
{
	struct scan *scan = &reader->scan;

	fault_at(reader, reader->fault, scan->at, NULL, scan->why);
	return scan->err;
}

int reader_refuse(
	struct reader *reader, const char *at, const char *where, const char *why)
{
	fault_at(reader, reader->fault, at, where, why);
	return ERR_INVALID;
}

int reader_warn(struct reader *reader, const char *at, const char *where, const char *why)
{
	if (reader->warnings < UINT32_MAX)
		reader->warnings++;
	if (reader->warning)
		return 0;
	reader->warning = arena_array(reader->arena, 1, sizeof(*reader->warning));
	if (!reader->warning)
		return ERR_NOMEM;
	fault_at(reader, reader->warning, at, where, why);
	return 0;
}

int list_double(struct arena *arena, void **list, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : LIST_FIRST;
	void *larger;
	size_t bytes;

	if (__builtin_mul_overflow(more, size, &bytes))
		return ERR_NOMEM;
	larger = arena_alloc(arena, bytes);
	if (!larger)
		return ERR_NOMEM;
	if (*room)
		memcpy(larger, *list, *room * size);
	*list = larger;
	*room = more;
	return 0;
}

int list_grow(struct arena *arena, void **list, size_t count, size_t size)
{
	/* Full only when the count is a power of two: then it is doubled. */
	if (count & (count - 1) || (count > 0 && count < LIST_FIRST))
		return 0;
	return list_double(arena, list, &count, size);
}

static int decode(struct reader *reader, struct scan_string string, struct slice *out)
{
	if (string.escaped)
		return text_decode(string.raw, reader->arena, out);
	*out = string.raw;
	return 0;
}

int reader_key(struct reader *reader, struct slice *out)
{
	struct scan_string key;
	int r = scan_key(&reader->scan, &key);

	if (r)
		return reader_refuse_text(reader);
	return decode(reader, key, out);
}

int reader_skip(struct reader *reader)
{
	return scan_skip(&reader->scan) ? reader_refuse_text(reader) : 0;
}

int reader_enter(struct reader *reader)
{
	int r = scan_enter(&reader->scan);

	return r < 0 ? reader_refuse_text(reader) : r;
}

int reader_more(struct reader *reader)
{
	int r = scan_more(&reader->scan);

	return r < 0 ? reader_refuse_text(reader) : r;
}

int reader_again(struct reader *reader, const char *at,
	int (*read)(struct reader *reader, void *out), void *out)
{
	const char *here = reader->scan.p;
	size_t values = reader->scan.values;
	int r;

	/* It is a part of what was counted. */
	reader->scan.values = 0;
	reader->scan.p = at;
	r = read(reader, out);
	reader->scan.p = here;
	reader->scan.values = values;
	return r;
}

static const struct member *find_member(const struct member *members, struct slice name)
{
	for (; members->read; members++)
		if (slice_equal(members->name, name))
			return members;
	return NULL;
}

int reader_member(
	struct reader *reader, const struct member *members, struct slice name, void *out)
{
	const struct member *member = find_member(members, name);

	if (!member)
		return reader_skip(reader);
	return member->read(reader, (char *)out + member->offset);
}

/*
 * This calls itself through the tables, event -> job -> facets -> facet, and
 * no deeper, whatever the text: what no table names is passed over.
 */
int reader_members(struct reader *reader, const struct member *members, void *out)
{
	int r;

	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		struct slice key = { NULL, 0 };

		r = reader_key(reader, &key);
		if (!r)
			r = reader_member(reader, members, key, out);
		if (r)
			return r;
	}
	return r < 0 ? r : 0;
}

int reader_object(struct reader *reader, const struct member *members, void *out)
{
	if (scan_peek(&reader->scan) != '{')
		return reader_skip(reader);
	return reader_members(reader, members, out);
}

int reader_text(struct reader *reader, void *out)
{
	struct slice *text = out;
	struct scan_string string;

	*text = slice_of(NULL, 0);
	if (scan_peek(&reader->scan) != '"')
		return reader_skip(reader);
	if (scan_take_string(&reader->scan, &string))
		return reader_refuse_text(reader);
	return decode(reader, string, text);
}

int reader_optional_text(struct reader *reader, void *out)
{
	char first = scan_peek(&reader->scan);
	const char *at = reader->scan.p;
	int r = reader_text(reader, out);

	if (r || first == '"' || first == 'n')
		return r;
	return reader_warn(reader, at, NULL, "is not a string, and ignored");
}

static int read_deleted(struct reader *reader, void *out)
{
	bool *deleted = out;

	*deleted = scan_peek(&reader->scan) == 't';
	return reader_skip(reader);
}

static const struct member facet_members[] = {
	MEMBER("_deleted", read_deleted, struct ol_facet, deleted),
	MEMBERS_END,
};

/* Reads one facet, or passes over what is none. */
static int read_facet(struct reader *reader, struct slice name, struct ol_facets *facets)
{
	char first = scan_peek(&reader->scan);
	const char *at = reader->scan.p;
	struct ol_facet facet = { .name = name };
	void *list = facets->list;
	int r;

	if (first != '{') {
		r = reader_skip(reader);
		if (r || first == 'n')
			return r;
		return reader_warn(
			reader, at, NULL, "is a facet but not an object, and ignored");
	}
	r = reader_members(reader, facet_members, &facet);
	if (r)
		return r;
	facet.bytes = slice_of(at, (size_t)(reader->scan.p - at));
	r = list_grow(reader->arena, &list, facets->count, sizeof(facet));
	if (r)
		return r;
	facets->list = list;
	facets->list[facets->count++] = facet;
	return 0;
}

int reader_facets(struct reader *reader, void *out)
{
	struct ol_facets *facets = out;
	char first = scan_peek(&reader->scan);
	const char *at = reader->scan.p;
	int r;

	*facets = (struct ol_facets){ .count = 0 };
	if (first != '{') {
		r = reader_skip(reader);
		if (r || first == 'n')
			return r;
		return reader_warn(
			reader, at, NULL, "is not an object of facets, and ignored");
	}
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		struct slice name = { NULL, 0 };

		r = reader_key(reader, &name);
		if (r)
			return r;
		r = read_facet(reader, name, facets);
		if (r)
			return r;
	}
	return r < 0 ? r : 0;
}
