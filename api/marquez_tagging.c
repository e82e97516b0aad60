/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_tagging.c - POST and DELETE of tags of datasets, their fields, and jobs
 *
 * A note says that something has a tag, or with the content false that it has not,
 * whatever facets told before.
 */
#include "api/call.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/marquez_put.h"
#include "api/nodeout.h"
#include "base/clock.h"

static int write_tag(
	struct call *call, struct jsonw *w, const struct note_key *key, bool tagged)
{
	int64_t us = clock_now_us();
	int r = mq_after_note(call, key, &us);

	if (r)
		return r;
	mq_note_open(w, key, us);
	if (tagged) {
		jsonw_object(w);
		jsonw_object_end(w);
	} else {
		jsonw_bool(w, false);
	}
	mq_note_close(w);
	return 0;
}

/* The tag is the arg behind those that name the node. */
static int tag_node(struct call *call, struct reply *reply, node_id node, bool tagged)
{
	struct slice names[3];
	struct note_key key = { SLICE("dataset_tag"), names, ARRAY_LEN(names) };
	struct entity entity;
	struct jsonw w;
	int r = node_get(call, node, &entity);

	if (r)
		return r;
	if (entity.key.kind == NODE_JOB)
		key.kind = SLICE("job_tag");
	names[0] = entity.key.namespace;
	names[1] = entity.key.name;
	names[2] = call->args[2];
	mq_put_open(&w, reply);
	r = write_tag(call, &w, &key, tagged);
	if (r)
		return r;
	return mq_put_close(
		&w, reply, entity.key.kind == NODE_JOB ? api_mq_job : api_mq_dataset);
}

static int tag_dataset(struct call *call, struct reply *reply, bool tagged)
{
	node_id dataset;
	int r = mq_put_names(call, reply);

	if (!r)
		r = mq_arg_dataset(call, reply, &dataset);
	if (!r)
		r = tag_node(call, reply, dataset, tagged);
	return r < 0 ? r : 0;
}

static int tag_job(struct call *call, struct reply *reply, bool tagged)
{
	node_id job;
	int r = mq_put_names(call, reply);

	if (!r)
		r = mq_arg_job(call, reply, &job);
	if (!r)
		r = tag_node(call, reply, job, tagged);
	return r < 0 ? r : 0;
}

/* Marquez has the tags of fields in capitals. */
static int capitals(struct arena *arena, struct slice text, struct slice *out)
{
	char *copy = arena_alloc(arena, text.len + 1);

	if (!copy)
		return ERR_NOMEM;
	for (size_t i = 0; i < text.len; i++) {
		copy[i] = text.ptr[i];
		if (copy[i] >= 'a' && copy[i] <= 'z')
			copy[i] = (char)(copy[i] - 'a' + 'A');
	}
	*out = slice_of(copy, text.len);
	return 0;
}

/* Returns 0, or 1 when the reply says that there is no such field. */
static int check_field(struct call *call, struct reply *reply, node_id dataset)
{
	struct slice field = call->args[2];
	struct slice name = call->args[1];
	struct ol_schema schema;
	int r = facet_schema(call, dataset, &schema);

	if (r)
		return r;
	for (size_t i = 0; i < schema.count; i++) {
		if (slice_equal(schema.list[i].path, field))
			return 0;
	}
	return mq_refuse(reply, 404, "Field '%.*s' not found for dataset '%.*s'.",
		(int)field.len, field.ptr, (int)name.len, name.ptr);
}

/* A facet may have told a tag in other letters: it is taken away by that name. */
static int field_tag_name(
	struct call *call, const struct entity *dataset, bool tagged, struct slice *out)
{
	struct slice told = call->args[3];
	struct mq_tags tags;
	int r = mq_tags_read(call, dataset, &tags);

	if (r)
		return r;
	for (size_t i = 0; i < tags.count && !tagged; i++) {
		const struct mq_tag *tag = &tags.list[i];

		if (slice_equal(tag->field, call->args[2]) &&
			slice_equal(tag->text, told)) {
			*out = told;
			return 0;
		}
	}
	return capitals(call->arena, told, out);
}

static int write_field_tag(
	struct call *call, struct reply *reply, const struct entity *dataset, bool tagged)
{
	struct slice names[] = { dataset->key.namespace, dataset->key.name, call->args[2],
		{ 0 } };
	const struct note_key key = { SLICE("field_tag"), names, ARRAY_LEN(names) };
	struct jsonw w;
	int r = field_tag_name(call, dataset, tagged, &names[3]);

	mq_put_open(&w, reply);
	if (!r)
		r = write_tag(call, &w, &key, tagged);
	return r ? r : mq_put_close(&w, reply, api_mq_dataset);
}

static int tag_field(struct call *call, struct reply *reply, bool tagged)
{
	struct entity entity;
	node_id dataset;
	int r = mq_put_names(call, reply);

	if (!r)
		r = mq_arg_dataset(call, reply, &dataset);
	if (!r)
		r = check_field(call, reply, dataset);
	if (!r)
		r = node_get(call, dataset, &entity);
	if (!r)
		r = write_field_tag(call, reply, &entity, tagged);
	return r < 0 ? r : 0;
}

int api_mq_dataset_tag(struct call *call, struct reply *reply)
{
	return tag_dataset(call, reply, true);
}

int api_mq_dataset_untag(struct call *call, struct reply *reply)
{
	return tag_dataset(call, reply, false);
}

int api_mq_field_tag(struct call *call, struct reply *reply)
{
	return tag_field(call, reply, true);
}

int api_mq_field_untag(struct call *call, struct reply *reply)
{
	return tag_field(call, reply, false);
}

int api_mq_job_tag(struct call *call, struct reply *reply)
{
	return tag_job(call, reply, true);
}

int api_mq_job_untag(struct call *call, struct reply *reply)
{
	return tag_job(call, reply, false);
}
