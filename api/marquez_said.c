/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_said.c - what people say: namespaces, sources and tags that they make, and
 * what they delete, which is hidden until it is heard of again
 */
#include "api/call.h"
#include "api/handlers.h"
#include "api/marquez_put.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "base/clock.h"

/* A note with texts in it, which one before it may have told. */
struct told {
	struct note_key key;
	const char *const *members; /* NULL-ended */
	struct slice texts[MQ_TEXTS_MAX];
	struct slice created; /* when it was told first; ptr NULL: now */
	int64_t us;
};

/* What the body says of them; null, and what is not there, says nothing. */
static int read_told(struct call *call, struct reply *reply, struct told *told)
{
	AUTO(json) json_t *json = NULL;
	struct body body;
	struct body_at top;
	int r = mq_body(call, reply, &body, &json);

	if (r)
		return r;
	top = body_top("", json);
	for (size_t i = 0; told->members[i]; i++)
		told->texts[i] = mq_member_text(&body, &top, told->members[i]);
	return mq_body_error(&body, reply);
}

/* Of what the body leaves out, what was said before stands. */
static int join_before(struct call *call, struct told *told)
{
	struct mq_texts before = { { 0 }, { { 0 } } };
	struct note note;
	size_t i;
	int r = note_get(call->snapshot->txn, &told->key, &note);

	told->us = clock_now_us();
	if (r)
		return r < 0 ? r : 0;
	for (i = 0; told->members[i]; i++)
		before.members[i] = told->members[i];
	before.members[i] = "createdAt";
	r = mq_json_texts(call, note.content, &before);
	for (size_t at = 0; at < i && !r; at++) {
		if (!told->texts[at].ptr)
			told->texts[at] = before.texts[at];
	}
	told->created = before.texts[i];
	return r ? r : mq_after_note(call, &told->key, &told->us);
}

static int write_told(struct reply *reply, const struct told *told, call_handler *then)
{
	struct jsonw w;

	mq_put_open(&w, reply);
	mq_note_open(&w, &told->key, told->us);
	jsonw_object(&w);
	for (size_t i = 0; told->members[i]; i++) {
		if (!told->texts[i].ptr)
			continue;
		jsonw_key(&w, told->members[i]);
		jsonw_string(&w, told->texts[i]);
	}
	jsonw_key(&w, "createdAt");
	if (told->created.ptr)
		jsonw_string(&w, told->created);
	else
		jsonw_time(&w, told->us);
	jsonw_object_end(&w);
	mq_note_close(&w);
	return mq_put_close(&w, reply, then);
}

static int tell(
	struct call *call, struct reply *reply, struct told *told, call_handler *then)
{
	int r = join_before(call, told);

	return r ? r : write_told(reply, told, then);
}

/* Its name is the first arg.  Returns 0, or 1 when the reply says what is wrong. */
static int read_one(struct call *call, struct reply *reply, const char *kind,
	const char *const *members, struct told *out)
{
	int r = mq_put_names(call, reply);

	*out = (struct told){ .key = { slice_from(kind), call->args, 1 },
		.members = members };
	return r ? r : read_told(call, reply, out);
}

/* One member that has to be told. */
static int require(struct reply *reply, struct slice text, const char *name)
{
	return text.ptr ? 0 : mq_refuse_body(reply, "%s must not be null", name);
}

int api_mq_namespace_put(struct call *call, struct reply *reply)
{
	static const char *const members[] = { "ownerName", "description", NULL };
	struct slice names[] = { SLICE("namespace"), { 0 } };
	const struct note_key hidden = { SLICE("hidden"), names, ARRAY_LEN(names) };
	struct told told;
	int r = read_one(call, reply, "namespace", members, &told);

	if (!r)
		r = require(reply, told.texts[0], "ownerName");
	if (!r)
		r = join_before(call, &told);
	/* It is hidden no longer. */
	names[1] = call->args[0];
	if (!r)
		r = mq_after_note(call, &hidden, &told.us);
	if (!r)
		r = write_told(reply, &told, api_mq_namespace);
	return r < 0 ? r : 0;
}

int api_mq_source_put(struct call *call, struct reply *reply)
{
	static const char *const members[] = { "type", "connectionUrl", "description",
		NULL };
	struct told told;
	int r = read_one(call, reply, "source", members, &told);

	if (!r)
		r = require(reply, told.texts[0], "type");
	if (!r)
		r = require(reply, told.texts[1], "connectionUrl");
	if (!r)
		r = tell(call, reply, &told, api_mq_source);
	return r < 0 ? r : 0;
}

int api_mq_tag_put(struct call *call, struct reply *reply)
{
	static const char *const members[] = { "description", NULL };
	struct told told;
	struct jsonw w;
	int r = read_one(call, reply, "tag", members, &told);

	if (!r)
		r = tell(call, reply, &told, NULL);
	if (r)
		return r < 0 ? r : 0;
	answer_json(&w, reply);
	jsonw_text_or_null(&w, "name", call->args[0]);
	jsonw_text_or_null(&w, "description", told.texts[0]);
	jsonw_object_end(&w);
	return 0;
}

/* The answer is what was there before; the reply has it already. */
static int hide(struct reply *reply, const struct slice *names, size_t count, int64_t us)
{
	const struct note_key key = { SLICE("hidden"), names, count };
	struct jsonw w;
	int r;

	mq_put_open(&w, reply);
	mq_note_open(&w, &key, us);
	jsonw_object(&w);
	jsonw_object_end(&w);
	mq_note_close(&w);
	r = mq_put_close(&w, reply, NULL);
	return r < 0 ? r : 0;
}

int api_mq_namespace_hide(struct call *call, struct reply *reply)
{
	const struct slice names[] = { SLICE("namespace"), call->args[0] };
	int64_t us = clock_now_us();
	int64_t seen_us;
	int r = api_mq_namespace(call, reply);

	if (r || reply->status != 200)
		return r;
	r = mq_namespace_seen(call, call->args[0], &seen_us);
	if (r)
		return r;
	return hide(reply, names, ARRAY_LEN(names), seen_us > us ? seen_us : us);
}

/* By the name of it that stands, which may not be the one that was asked for. */
static int hide_node(struct call *call, struct reply *reply, node_id node)
{
	int64_t us = clock_now_us();
	struct entity entity;
	struct slice names[3];
	int r = node_get(call, node, &entity);

	if (!r)
		r = mq_after_node(call, &entity.key, &us);
	if (r)
		return r;
	names[0] = slice_from(node_kind_text(entity.key.kind));
	names[1] = entity.key.namespace;
	names[2] = entity.key.name;
	return hide(reply, names, ARRAY_LEN(names), us);
}

int api_mq_dataset_hide(struct call *call, struct reply *reply)
{
	node_id dataset;
	int r = mq_arg_dataset(call, reply, &dataset);

	if (!r)
		r = api_mq_dataset(call, reply);
	if (!r)
		r = hide_node(call, reply, dataset);
	return r < 0 ? r : 0;
}

int api_mq_job_hide(struct call *call, struct reply *reply)
{
	node_id job;
	int r = mq_arg_job(call, reply, &job);

	if (!r)
		r = api_mq_job(call, reply);
	if (!r)
		r = hide_node(call, reply, job);
	return r < 0 ? r : 0;
}
