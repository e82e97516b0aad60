/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_put.c - bodies as Marquez reads them, and the events that come of them
 */
#include "api/marquez_put.h"

#include "api/call.h"
#include "api/marquez_words.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/utf8.h"
#include "base/clock.h"

#define NAME_BYTES_MAX 1024
#define LIST_MAX       10000
#define PRODUCER       "urn:headwater"

int mq_put_names(struct call *call, struct reply *reply)
{
	for (size_t i = 0; i < CALL_ARGS_MAX && call->args[i].len; i++) {
		struct slice name = call->args[i];

		if (name.len > NAME_BYTES_MAX || mq_is_blank(name) || !utf8_valid(name) ||
			memchr(name.ptr, '\0', name.len))
			return mq_refuse_path(reply);
	}
	return 0;
}

int mq_body(struct call *call, struct reply *reply, struct body *body, json_t **out)
{
	struct body_at top;

	*out = body_parse(body, call->body.len ? call->body : SLICE("{}"), call->arena);
	top = body_top("", *out);
	if (!body_error(body) && !json_is_object(*out))
		body_fault(body, &top, "must be an object");
	return mq_body_error(body, reply);
}

int mq_body_error(const struct body *body, struct reply *reply)
{
	int r = body_error(body);

	if (r != ERR_INVALID)
		return r;
	return mq_refuse(reply, 400, "%s%s%s", body->fault.where,
		body->fault.where[0] ? ": " : "", body->fault.why);
}

struct body_at mq_member(const struct body_at *in, const char *name)
{
	struct body_at at = body_member(in, name);

	if (json_is_null(at.json))
		at.json = NULL;
	return at;
}

struct slice mq_member_text(struct body *body, const struct body_at *in, const char *name)
{
	struct body_at at = mq_member(in, name);

	return body_text(body, &at);
}

size_t mq_member_list(struct body *body, const struct body_at *at)
{
	return body_has(at) ? body_array(body, at, LIST_MAX) : 0;
}

static void raise(int64_t *us, int64_t other_us)
{
	if (other_us != TIME_NEVER && *us <= other_us)
		*us = other_us + 1;
}

int mq_after_note(struct call *call, const struct note_key *key, int64_t *us)
{
	struct note note;
	int r = note_get(call->snapshot->txn, key, &note);

	if (!r)
		raise(us, note.time_us);
	return r < 0 ? r : 0;
}

int64_t mq_note_first(const struct note *note, struct slice created)
{
	int64_t us;

	return created.ptr && !time_parse(created, &us) && us < note->time_us
		       ? us
		       : note->time_us;
}

static int after_hidden(struct call *call, const struct node_key *key, int64_t *us)
{
	const struct slice all[] = { SLICE("namespace"), key->namespace };
	const struct slice one[] = { slice_from(node_kind_text(key->kind)),
		key->namespace, key->name };
	int r = mq_after_note(
		call, &(struct note_key){ SLICE("hidden"), all, ARRAY_LEN(all) }, us);

	return r ? r
		 : mq_after_note(call,
			   &(struct note_key){ SLICE("hidden"), one, ARRAY_LEN(one) },
			   us);
}

int mq_after_node(struct call *call, const struct node_key *key, int64_t *us)
{
	struct entity_times times;
	node_id id;
	int r = after_hidden(call, key, us);

	if (!r)
		r = entity_find(call->snapshot->txn, key, &id);
	if (r)
		return r < 0 ? r : 0;
	id = image_canonical(call->snapshot->image, id);
	r = node_times(call, id, &times);
	if (!r)
		r = mq_fill_times(call, id, &times);
	if (!r)
		raise(us, times.last_seen_us);
	return r;
}

void mq_put_open(struct jsonw *w, struct reply *reply)
{
	jsonw_init(w, &reply->event);
	jsonw_array(w);
}

int mq_put_close(struct jsonw *w, struct reply *reply, call_handler *then)
{
	int r;

	jsonw_array_end(w);
	r = buf_error(w->buf);
	if (r == ERR_TOO_LARGE)
		return mq_refuse(reply, 413, "this is too large to be stored");
	reply->then = then;
	return r;
}

void mq_event_open(struct jsonw *w, const char *schema, int64_t us)
{
	jsonw_object(w);
	jsonw_key(w, "eventTime");
	jsonw_time(w, us);
	jsonw_key(w, "producer");
	jsonw_text(w, PRODUCER);
	jsonw_key(w, "schemaURL");
	jsonw_text(w, schema);
}

void mq_note_open(struct jsonw *w, const struct note_key *key, int64_t us)
{
	jsonw_object(w);
	jsonw_key(w, "eventTime");
	jsonw_time(w, us);
	jsonw_key(w, "producer");
	jsonw_text(w, PRODUCER);
	jsonw_key(w, "note");
	jsonw_object(w);
	jsonw_key(w, "kind");
	jsonw_string(w, key->kind);
	jsonw_key(w, "name");
	jsonw_array(w);
	for (size_t i = 0; i < key->count; i++)
		jsonw_string(w, key->names[i]);
	jsonw_array_end(w);
	jsonw_key(w, "content");
}

void mq_note_close(struct jsonw *w)
{
	jsonw_object_end(w);
	jsonw_object_end(w);
}

void mq_named_open(struct jsonw *w, const char *member, const struct node_key *key)
{
	if (member)
		jsonw_key(w, member);
	jsonw_object(w);
	jsonw_key(w, "namespace");
	jsonw_string(w, key->namespace);
	jsonw_key(w, "name");
	jsonw_string(w, key->name);
}

void mq_facet_open(struct jsonw *w, const char *name, const char *schema)
{
	jsonw_key(w, name);
	jsonw_object(w);
	jsonw_key(w, "_producer");
	jsonw_text(w, PRODUCER);
	jsonw_key(w, "_schemaURL");
	jsonw_text(w, schema);
}

void mq_documentation(struct jsonw *w, const char *schema, struct slice description)
{
	if (!description.ptr)
		return;
	mq_facet_open(w, "documentation", schema);
	jsonw_key(w, "description");
	jsonw_string(w, description);
	jsonw_object_end(w);
}

int mq_said_read(
	struct call *call, const struct node_key *key, struct mq_said *said, int64_t *us)
{
	const struct slice names[] = { key->namespace, key->name };
	struct mq_texts texts = { { "description", "location" }, { { 0 } } };
	struct note note;
	int r = note_get(call->snapshot->txn,
		&(struct note_key){
			slice_from(node_kind_text(key->kind)), names, ARRAY_LEN(names) },
		&note);

	said->noted = r == 0;
	if (r)
		return r < 0 ? r : 0;
	raise(us, note.time_us);
	r = mq_json_texts(call, note.content, &texts);
	if (!said->description.ptr)
		said->description = texts.texts[0];
	if (!said->location.ptr)
		said->location = texts.texts[1];
	return r;
}

void mq_said_end(struct jsonw *w, const struct node_key *key, const struct mq_said *said,
	int64_t us)
{
	const struct slice names[] = { key->namespace, key->name };

	if (!said->noted)
		return;
	mq_note_open(w,
		&(struct note_key){
			slice_from(node_kind_text(key->kind)), names, ARRAY_LEN(names) },
		us);
	jsonw_null(w);
	mq_note_close(w);
}

int mq_told_run(struct call *call, struct reply *reply, struct slice id, struct run *out)
{
	struct runid run;
	int r;

	(void)runid_from_text(id, &run);
	r = run_get(call->snapshot->txn, &run, out);
	return r == 1 ? mq_refuse_missing(reply, "Run", id) : r;
}

/* A run whose id was told as another text is known by that alone. */
static void write_run_id(struct jsonw *w, const struct run *run)
{
	if (run->text.len) {
		jsonw_key(w, "runId");
		jsonw_string(w, run->text);
	} else {
		mq_uuid(w, "runId", &run->id);
	}
}

int mq_run_event_open(struct jsonw *w, struct call *call, const struct run *run,
	const char *type, int64_t us)
{
	struct entity job;
	int r = node_get(call, run->job, &job);

	if (r)
		return r;
	mq_event_open(w, MQ_SPEC "RunEvent", us);
	jsonw_key(w, "eventType");
	jsonw_text(w, type);
	mq_named_open(w, "job", &job.key);
	jsonw_object_end(w);
	jsonw_key(w, "run");
	jsonw_object(w);
	write_run_id(w, run);
	return 0;
}
