/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_marquez_notes.c - what people told a Marquez, as notes
 *
 * What its events tell is not noted again: a note would stand against what later
 * events say.  So a namespace that belongs to nobody, a source as events make
 * them, and a description that a facet has, are passed over.
 */
#include "collector/import_marquez_impl.h"

#include "api/json_auto.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/idset.h"
#include "collector/ask.h"
#include "collector/event_parts.h"
#include "collector/json_part.h"

#define ROWS_A_PAGE 100

/* Marquez gives facets for the first ten datasets of a page alone. */
#define NODES_A_PAGE 10

struct row_text {
	const char *name;
	struct slice value;
};

typedef int row_reader(struct marquez *m, struct slice row, void *ctx);

/* The place of a list, and what its rows are for. */
struct list {
	const char *member;
	unsigned limit;
	row_reader *read;
	void *ctx;
};

struct names {
	struct slice *list;
	size_t count;
	size_t room;
};

/* A server that does not know `offset` would give its first page for ever. */
static int check_progress(struct marquez *m, struct slice array, uint64_t before)
{
	if (hash64(array) != before)
		return 0;
	return fault_set(m->fault, m->target.data,
		"this is the page before it again: the server does not know offset");
}

/* Asks for all pages of what begins m->target. */
static int read_list(struct marquez *m, const struct list *list)
{
	size_t base = m->target.len;
	uint64_t offset = 0;
	uint64_t before = 0; /* hash of the page before */
	uint64_t count;

	do {
		struct json_parts parts;
		struct slice array;
		struct slice row;
		int r;

		m->target.len = base;
		buf_printf(&m->target, "?limit=%u&offset=%llu", list->limit,
			(unsigned long long)offset);
		r = marquez_page(m, list->member, &array);
		if (!r && offset)
			r = check_progress(m, array, before);
		if (r)
			return r;
		before = hash64(array);
		count = 0;
		parts_init(&parts, array);
		while (!r && parts_next(&parts, &row)) {
			r = list->read(m, row, list->ctx);
			count++;
		}
		if (r)
			return r;
		offset += count;
	} while (count > 0);
	return 0;
}

/* What Marquez gives no time counts from its newest event. */
static int time_of(struct marquez *m, struct slice row, int64_t *out)
{
	struct slice text;
	int r = marquez_text(m, row, "updatedAt", &text);

	if (r || !text.ptr || time_parse(text, out))
		*out = m->newest_us;
	return r;
}

struct note_draft {
	const char *kind;
	const struct slice *names;
	size_t name_count;
	int64_t time_us;
	const struct row_text *texts; /* its content; may be NULL */
	size_t text_count;
};

/* NULL: there is no memory. */
static json_t *names_of(const struct note_draft *note)
{
	AUTO(json) json_t *names = json_array();

	for (size_t i = 0; i < note->name_count; i++) {
		struct slice name = note->names[i];

		if (json_array_append_new(names, json_stringn(name.ptr, name.len)))
			return NULL;
	}
	return TAKE(names);
}

/* The same. */
static json_t *content_of(const struct note_draft *note)
{
	AUTO(json) json_t *content = json_object();

	for (size_t i = 0; i < note->text_count; i++) {
		const struct row_text *text = &note->texts[i];
		struct slice value = text->value;

		if (value.ptr && json_object_set_new(content, text->name,
					 json_stringn(value.ptr, value.len)))
			return NULL;
	}
	return TAKE(content);
}

static int put_json(const char *bytes, size_t size, void *ctx)
{
	buf_bytes(ctx, bytes, size);
	return 0;
}

static int add_note(struct marquez *m, const struct note_draft *note)
{
	char time[TIME_TEXT_MAX];
	AUTO(json)
	json_t *event = json_pack("{s:s, s:s, s:{s:s, s:o, s:o}}", "eventTime",
		time_format(note->time_us, time), "producer", m->origin, "note", "kind",
		note->kind, "name", names_of(note), "content", content_of(note));

	if (!event || json_dump_callback(event, put_json, &m->text, JSON_COMPACT))
		return ERR_NOMEM;
	return marquez_add(m);
}

static int read_texts(
	struct marquez *m, struct slice row, struct row_text *texts, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && !r; i++)
		r = marquez_text(m, row, texts[i].name, &texts[i].value);
	return r;
}

/* Fills in what a row has: its name, when it changed, and the texts of its note. */
static int read_row(struct marquez *m, struct slice row, struct slice *name,
	struct note_draft *note, struct row_text *texts)
{
	int r = marquez_text(m, row, "name", name);

	if (!r && !name->ptr)
		return fault_set(m->fault, "", "an entry has no name");
	if (!r)
		r = time_of(m, row, &note->time_us);
	return r ? r : read_texts(m, row, texts, note->text_count);
}

static bool is_true(struct slice row, const char *name)
{
	struct slice value;

	return part_member(row, name, &value) && slice_equal(value, SLICE("true"));
}

/* It is hidden until an event mentions it again, so this is later than all. */
static int hide_namespace(struct marquez *m, struct slice name, int64_t time_us)
{
	const struct slice names[] = { SLICE("namespace"), name };
	const struct note_draft note = {
		.kind = "hidden",
		.names = names,
		.name_count = ARRAY_LEN(names),
		.time_us = time_us > m->newest_us ? time_us : m->newest_us,
	};

	return add_note(m, &note);
}

static int keep_name(struct marquez *m, struct names *names, struct slice name)
{
	int r = 0;

	if (names->count == names->room)
		r = list_double(m->names, (void **)&names->list, &names->room,
			sizeof(*names->list));
	if (r)
		return r;
	names->list[names->count] = arena_dup(m->names, name);
	return names->list[names->count++].ptr ? 0 : ERR_NOMEM;
}

static int read_namespace(struct marquez *m, struct slice row, void *ctx)
{
	struct row_text texts[] = { { "ownerName", { 0 } }, { "description", { 0 } },
		{ "createdAt", { 0 } } };
	struct slice name;
	struct note_draft note = { "namespace", &name, 1, 0, texts, ARRAY_LEN(texts) };
	int r = read_row(m, row, &name, &note, texts);
	bool told =
		texts[1].value.ptr ||
		(texts[0].value.ptr && !slice_equal(texts[0].value, SLICE("anonymous")));

	if (!r)
		r = keep_name(m, ctx, name);
	if (!r && told)
		r = add_note(m, &note);
	if (!r && is_true(row, "isHidden"))
		r = hide_namespace(m, name, note.time_us);
	return r;
}

static int read_source(struct marquez *m, struct slice row, void *ctx)
{
	struct row_text texts[] = { { "type", { 0 } }, { "connectionUrl", { 0 } },
		{ "description", { 0 } }, { "createdAt", { 0 } } };
	struct slice name;
	struct note_draft note = { "source", &name, 1, 0, texts, ARRAY_LEN(texts) };
	int r = read_row(m, row, &name, &note, texts);

	(void)ctx;
	if (r ||
		(slice_equal(texts[0].value, SLICE("POSTGRESQL")) && !texts[2].value.ptr))
		return r;
	return add_note(m, &note);
}

static int read_tag(struct marquez *m, struct slice row, void *ctx)
{
	struct row_text texts[] = { { "description", { 0 } } };
	struct slice name;
	struct note_draft note = { "tag", &name, 1, 0, texts, ARRAY_LEN(texts) };
	int r = read_row(m, row, &name, &note, texts);

	(void)ctx;
	return r ? r : add_note(m, &note);
}

/* A dataset or a job of a namespace, and when it changed. */
struct node {
	struct slice namespace;
	struct slice name;
	int64_t time_us;
};

/* A note for each of a list of tags; field.ptr NULL: they are the node's own. */
static int add_tags(struct marquez *m, const struct node *node, struct slice row,
	const char *kind, struct slice field)
{
	struct slice names[4] = { node->namespace, node->name, field };
	size_t place = field.ptr ? 3 : 2;
	struct note_draft note = { kind, names, place + 1, node->time_us, NULL, 0 };
	struct json_parts parts;
	struct slice tag;
	int r = 0;

	if (!part_member(row, "tags", &tag))
		return 0;
	parts_init(&parts, tag);
	while (!r && parts_next(&parts, &tag)) {
		r = part_text(tag, m->page, &names[place]);
		/* What is no text is no tag. */
		r = r > 0 ? 0 : r ? r : add_note(m, &note);
	}
	return r;
}

static int add_field_tags(struct marquez *m, const struct node *node, struct slice row)
{
	struct json_parts parts;
	struct slice field;
	struct slice name;
	int r = 0;

	if (!part_member(row, "fields", &field))
		return 0;
	parts_init(&parts, field);
	while (!r && parts_next(&parts, &field)) {
		r = marquez_text(m, field, "name", &name);
		if (!r && name.ptr)
			r = add_tags(m, node, field, "field_tag", name);
	}
	return r;
}

/* Forgets a text that a facet of the row has, too. */
static int forget_told(struct marquez *m, struct slice row, struct row_text *text,
	const char *facet, const char *member)
{
	struct slice facets;
	struct slice value;
	struct slice told;
	int r;

	if (!text->value.ptr || !part_member(row, "facets", &facets) ||
		!part_member(facets, facet, &value))
		return 0;
	r = marquez_text(m, value, member, &told);
	if (!r && told.ptr && slice_equal(told, text->value))
		text->value = (struct slice){ 0 };
	return r;
}

static int add_node_note(struct marquez *m, struct slice row, struct note_draft *note,
	struct row_text texts[2])
{
	int r = forget_told(m, row, &texts[0], "documentation", "description");

	if (!r)
		r = forget_told(m, row, &texts[1], "sourceCodeLocation", "url");
	if (r || (!texts[0].value.ptr && !texts[1].value.ptr))
		return r;
	return add_note(m, note);
}

static int read_node(struct marquez *m, struct slice row, const char *kind,
	const char *tag_kind, struct node *node)
{
	struct row_text texts[] = { { "description", { 0 } }, { "location", { 0 } } };
	struct slice names[] = { node->namespace, node->name };
	struct slice name;
	struct note_draft note = { kind, names, ARRAY_LEN(names), 0, texts,
		ARRAY_LEN(texts) };
	int r = read_row(m, row, &name, &note, texts);

	if (r)
		return r;
	if (!node->name.ptr)
		node->name = name;
	names[1] = node->name;
	node->time_us = note.time_us;
	r = add_node_note(m, row, &note, texts);
	return r ? r : add_tags(m, node, row, tag_kind, (struct slice){ 0 });
}

static int read_dataset(struct marquez *m, struct slice row, void *ctx)
{
	struct node node = { .namespace = *(const struct slice *)ctx };
	int r = read_node(m, row, "dataset", "dataset_tag", &node);

	return r ? r : add_field_tags(m, &node, row);
}

/*
 * A job with a parent is listed as PARENT.NAME; its events may name it so, or
 * NAME alone, and the note is to be found by what they say.
 */
static int told_name(struct marquez *m, struct slice row, struct node *node)
{
	struct slice simple;
	int r = marquez_text(m, row, "name", &node->name);

	if (!r)
		r = marquez_text(m, row, "simpleName", &simple);
	if (r || !simple.ptr || !node->name.ptr)
		return r;
	if (idset_get(m->told, marquez_job_hash(node->namespace, node->name), NULL) ==
			1 &&
		idset_get(m->told, marquez_job_hash(node->namespace, simple), NULL) == 0)
		node->name = simple;
	return 0;
}

static int read_job(struct marquez *m, struct slice row, void *ctx)
{
	struct node node = { .namespace = *(const struct slice *)ctx };
	int r = told_name(m, row, &node);

	return r ? r : read_node(m, row, "job", "job_tag", &node);
}

static int read_top(struct marquez *m, const char *member, row_reader *read, void *ctx)
{
	const struct list list = { member, ROWS_A_PAGE, read, ctx };

	buf_clear(&m->target);
	buf_printf(&m->target, "/api/v1/%s", member);
	return read_list(m, &list);
}

static int read_nodes(
	struct marquez *m, struct slice *namespace, const char *member, row_reader *read)
{
	const struct list list = { member, NODES_A_PAGE, read, namespace };

	buf_clear(&m->target);
	buf_str(&m->target, "/api/v1/namespaces/");
	ask_escape(&m->target, *namespace);
	buf_printf(&m->target, "/%s", member);
	return read_list(m, &list);
}

int marquez_notes(struct marquez *m)
{
	struct names names = { .count = 0 };
	int r = read_top(m, "namespaces", read_namespace, &names);

	if (!r)
		r = read_top(m, "sources", read_source, NULL);
	if (!r)
		r = read_top(m, "tags", read_tag, NULL);
	for (size_t i = 0; i < names.count && !r; i++) {
		r = read_nodes(m, &names.list[i], "datasets", read_dataset);
		if (!r)
			r = read_nodes(m, &names.list[i], "jobs", read_job);
	}
	return r;
}
