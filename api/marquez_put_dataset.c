/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_put_dataset.c - PUT /api/v1/namespaces/{namespace}/datasets/{dataset}
 *
 * What is told becomes a dataset event with the facets that say so, or a run event
 * when a run is said to have made it; tags become notes.
 */
#include "api/call.h"
#include "api/handlers.h"
#include "api/marquez_put.h"
#include "api/marquez_source.h"
#include "base/clock.h"

/* A dataset as it is told.  ptr NULL: it is not. */
struct told {
	struct body *body;
	struct body_at top;
	struct body_at fields;
	struct body_at tags;
	struct node_key key;
	struct slice type;
	struct slice physical;
	struct slice location; /* of a stream's schema */
	struct slice source;
	struct slice source_uri;
	struct slice run_id;
	struct run run; /* when run_id is told */
	struct mq_said said;
	int64_t us;
};

static struct slice text(struct told *told, const char *name)
{
	return mq_member_text(told->body, &told->top, name);
}

/* A list of texts; what is none of them is a fault. */
static void check_tags(struct told *told, const struct body_at *tags)
{
	size_t count = mq_member_list(told->body, tags);

	for (size_t i = 0; i < count; i++) {
		struct body_at at = body_element(tags, i);

		(void)body_words(told->body, &at);
	}
}

static void check_field(struct told *told, const struct body_at *field)
{
	struct body_at name = mq_member(field, "name");
	struct body_at tags = mq_member(field, "tags");

	if (!json_is_object(field->json))
		body_fault(told->body, field, "must be an object");
	(void)body_words(told->body, &name);
	(void)mq_member_text(told->body, field, "type");
	(void)mq_member_text(told->body, field, "description");
	check_tags(told, &tags);
}

static void read_lists(struct told *told)
{
	size_t count;

	told->fields = mq_member(&told->top, "fields");
	told->tags = mq_member(&told->top, "tags");
	count = mq_member_list(told->body, &told->fields);
	for (size_t i = 0; i < count; i++) {
		struct body_at field = body_element(&told->fields, i);

		check_field(told, &field);
	}
	check_tags(told, &told->tags);
}

/* Returns 0, or 1 when the reply says what is wrong; so do those below. */
static int require(struct reply *reply, const struct told *told)
{
	const struct {
		const char *name;
		struct slice text;
	} needed[] = { { "type", told->type }, { "physicalName", told->physical },
		{ "sourceName", told->source } };

	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (!needed[i].text.ptr)
			return mq_refuse_body(
				reply, "%s must not be null", needed[i].name);
	}
	if (slice_equal(told->type, SLICE("DB_TABLE")) ||
		slice_equal(told->type, SLICE("STREAM")))
		return 0;
	return mq_refuse(reply, 400, "/type: must be one of [DB_TABLE, STREAM]");
}

static int read_told(struct reply *reply, struct told *told)
{
	int r;

	told->type = text(told, "type");
	told->physical = text(told, "physicalName");
	told->source = text(told, "sourceName");
	told->location = text(told, "schemaLocation");
	told->run_id = text(told, "runId");
	told->said.description = text(told, "description");
	read_lists(told);
	r = mq_body_error(told->body, reply);
	return r ? r : require(reply, told);
}

static int search_sources(struct call *call, struct slice name, struct slice *uri)
{
	struct mq_sources sources;
	struct mq mq;
	int r = mq_open(call, &mq);

	if (r)
		return r;
	r = mq_sources_read(&mq, &sources);
	mq_close(&mq);
	for (size_t i = 0; i < sources.count && !r; i++) {
		if (slice_equal(sources.list[i].name, name)) {
			*uri = sources.list[i].uri;
			return 0;
		}
	}
	return r ? r : 1;
}

/* All datasets are looked at only when nobody made the source. */
static int find_source(struct call *call, struct reply *reply, struct told *told)
{
	const struct note_key key = { SLICE("source"), &told->source, 1 };
	struct mq_texts texts = { { "connectionUrl" }, { { 0 } } };
	struct note note;
	int r = note_get(call->snapshot->txn, &key, &note);

	told->source_uri = SLICE("");
	if (!r)
		r = mq_json_texts(call, note.content, &texts);
	else if (r == 1 && !slice_equal(told->source, SLICE("default")))
		r = search_sources(call, told->source, &told->source_uri);
	else if (r == 1)
		r = 0;
	if (texts.texts[0].ptr)
		told->source_uri = texts.texts[0];
	return r == 1 ? mq_refuse_missing(reply, "Source", told->source) : r;
}

static int find_all(struct call *call, struct reply *reply, struct told *told)
{
	int r = mq_find_namespace(call, call->args[0]);

	if (r == 1)
		return mq_refuse_missing(reply, "Namespace", call->args[0]);
	if (!r)
		r = find_source(call, reply, told);
	if (!r && told->run_id.ptr)
		r = mq_told_run(call, reply, told->run_id, &told->run);
	if (!r)
		r = mq_after_node(call, &told->key, &told->us);
	return r ? r : mq_said_read(call, &told->key, &told->said, &told->us);
}

static void write_field(struct jsonw *w, struct told *told, const struct body_at *field)
{
	static const char *const members[] = { "name", "type", "description" };

	jsonw_object(w);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct slice value = mq_member_text(told->body, field, members[i]);

		if (!value.ptr)
			continue;
		jsonw_key(w, members[i]);
		jsonw_string(w, value);
	}
	jsonw_object_end(w);
}

static void write_schema(struct jsonw *w, struct told *told)
{
	size_t count = mq_member_list(told->body, &told->fields);

	mq_facet_open(w, "schema",
		MQ_FACETS "1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet");
	jsonw_key(w, "fields");
	jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		struct body_at field = body_element(&told->fields, i);

		write_field(w, told, &field);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void write_source(struct jsonw *w, const struct told *told)
{
	mq_facet_open(w, "dataSource",
		MQ_FACETS "1-0-1/DatasourceDatasetFacet.json#/$defs/"
			  "DatasourceDatasetFacet");
	jsonw_key(w, "name");
	jsonw_string(w, told->source);
	jsonw_key(w, "uri");
	jsonw_string(w, told->source_uri);
	jsonw_object_end(w);
}

/* What only Marquez knows of a dataset. */
static void write_table(struct jsonw *w, const struct told *told)
{
	mq_facet_open(w, MQ_TABLE_FACET, MQ_SPEC "DatasetFacet");
	jsonw_key(w, "type");
	jsonw_string(w, told->type);
	jsonw_key(w, "physicalName");
	jsonw_string(w, told->physical);
	if (told->location.ptr) {
		jsonw_key(w, "schemaLocation");
		jsonw_string(w, told->location);
	}
	jsonw_object_end(w);
}

/* The dataset with its facets, as a member, or in an array. */
static void write_dataset(struct jsonw *w, struct told *told, const char *member)
{
	mq_named_open(w, member, &told->key);
	jsonw_key(w, "facets");
	jsonw_object(w);
	if (body_has(&told->fields))
		write_schema(w, told);
	mq_documentation(w,
		MQ_FACETS "1-0-1/DocumentationDatasetFacet.json#/$defs/"
			  "DocumentationDatasetFacet",
		told->said.description);
	write_source(w, told);
	write_table(w, told);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static int write_event(struct jsonw *w, struct call *call, struct told *told)
{
	int r;

	if (!told->run_id.ptr) {
		mq_event_open(w, MQ_SPEC "DatasetEvent", told->us);
		write_dataset(w, told, "dataset");
		jsonw_object_end(w);
		return 0;
	}
	r = mq_run_event_open(w, call, &told->run, "OTHER", told->us);
	if (r)
		return r;
	jsonw_object_end(w);
	jsonw_key(w, "outputs");
	jsonw_array(w);
	write_dataset(w, told, NULL);
	jsonw_array_end(w);
	jsonw_object_end(w);
	return 0;
}

/* Notes that the dataset, or a field of it, has tags. */
static int write_tags(struct jsonw *w, struct call *call, struct told *told,
	struct slice field, const struct body_at *tags)
{
	struct slice names[] = { told->key.namespace, told->key.name, field, field };
	struct note_key key = { SLICE("dataset_tag"), names, 3 };
	size_t count = mq_member_list(told->body, tags);
	int r = 0;

	if (field.ptr)
		key = (struct note_key){ SLICE("field_tag"), names, 4 };
	/* What is too large already is refused: it needs no further look-ups. */
	for (size_t i = 0; i < count && !r && !buf_error(w->buf); i++) {
		struct body_at at = body_element(tags, i);
		int64_t us = told->us;

		names[key.count - 1] = body_text(told->body, &at);
		r = mq_after_note(call, &key, &us);
		mq_note_open(w, &key, us);
		jsonw_object(w);
		jsonw_object_end(w);
		mq_note_close(w);
	}
	return r;
}

static int write_all_tags(struct jsonw *w, struct call *call, struct told *told)
{
	size_t count = mq_member_list(told->body, &told->fields);
	int r = write_tags(w, call, told, (struct slice){ 0 }, &told->tags);

	for (size_t i = 0; i < count && !r; i++) {
		struct body_at field = body_element(&told->fields, i);
		struct body_at tags = mq_member(&field, "tags");

		r = write_tags(
			w, call, told, mq_member_text(told->body, &field, "name"), &tags);
	}
	return r;
}

static int store(struct call *call, struct reply *reply, struct told *told)
{
	struct jsonw w;
	int r;

	mq_put_open(&w, reply);
	r = write_event(&w, call, told);
	if (!r)
		r = write_all_tags(&w, call, told);
	mq_said_end(&w, &told->key, &told->said, told->us);
	/* What was told once, and is copied now, needs memory. */
	if (!r)
		r = body_error(told->body);
	return r ? r : mq_put_close(&w, reply, api_mq_dataset);
}

int api_mq_dataset_put(struct call *call, struct reply *reply)
{
	AUTO(json) json_t *json = NULL;
	struct body body;
	struct told told = { .body = &body,
		.key = { .kind = NODE_DATASET,
			.namespace = call->args[0],
			.name = call->args[1] },
		.us = clock_now_us() };
	int r = mq_put_names(call, reply);

	if (!r)
		r = mq_body(call, reply, &body, &json);
	told.top = body_top("", json);
	if (!r)
		r = read_told(reply, &told);
	if (!r)
		r = find_all(call, reply, &told);
	if (!r)
		r = store(call, reply, &told);
	return r < 0 ? r : 0;
}
