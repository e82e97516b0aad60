/* SPDX-License-Identifier: Apache-2.0 */

/*
 * change_put.c - PUT and DELETE /api/v2/changes/{id}: registers a planned change,
 * and ends it
 *
 * Either is an event of the dataset with one facet, headwater_change_ID, as a
 * pipeline could have sent it.
 */
#include "api/changein.h"
#include "api/handlers.h"
#include "api/nodeout.h"
#include "api/noderef.h"
#include "api/registry.h"
#include "base/clock.h"
#include "base/hash.h"
#include "graph/entity.h"

#include <strings.h>

#define SPEC "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"

#define NOTE_BYTES_MAX	  4096
#define CONTACT_BYTES_MAX 256

static const struct param_rule put_rules[] = { { NULL, 0 } };
static const struct param_rule end_rules[] = { NODEREF_RULES, { NULL, 0 } };

/* A change as its owner tells it. */
struct told_change {
	struct slice facet; /* its name */
	node_id dataset;    /* whose change it is; that with the facet, if one stands */
	struct slice note;  /* ptr NULL: not told; so is the next */
	struct slice contact;
	int64_t due_us;	       /* TIME_NEVER: not told */
	int64_t registered_us; /* kept when the change is registered again */
	int64_t event_us;
	const json_t *operations;
};

/* A text of at most so many bytes; ptr NULL: not told. */
static struct slice read_text(
	struct body *body, const struct body_at *top, const char *name, size_t max)
{
	struct body_at at = body_member(top, name);
	struct slice text = body_text(body, &at);

	if (text.len > max)
		body_fault(body, &at, "has more than %zu bytes", max);
	return text;
}

/* A time, or a date: its first moment, in UTC. */
static int64_t read_due(struct body *body, const struct body_at *top)
{
	struct body_at at = body_member(top, "due");
	struct slice text = body_text(body, &at);
	int64_t first_us;
	int64_t last_us;

	if (!text.ptr)
		return TIME_NEVER;
	if (!time_parse_span(text, &first_us, &last_us))
		return first_us;
	body_fault(body, &at, "must be a date or a time, such as 2026-12-31");
	return TIME_NEVER;
}

/* Returns 0, or 1 when the reply says what is wrong with the operations. */
static int check_operations(struct call *call, struct reply *reply, struct body *body,
	const struct body_at *top, struct told_change *out)
{
	struct body_at at = body_member(top, "changes");
	struct changes_in in = { .call = call, .reply = reply, .dataset = out->dataset };

	if (body_array(body, &at, IMPACT_CHANGES_MAX) == 0)
		body_fault(body, &at, "must be a list of one operation or more");
	if (body_error(body))
		return body_refuse(body, reply);
	out->operations = at.json;
	return changes_read(&in, &at);
}

/* Returns 0, or 1 when the reply says what is wrong; so do those below. */
static int read_change(struct call *call, struct reply *reply, struct body *body,
	json_t *json, struct told_change *out)
{
	static const char *const members[] = { "dataset", "node", "changes", "due",
		"note", "contact", NULL };
	struct body_at top = body_top("", json);
	int r;

	if (!body_error(body))
		body_object(body, &top, members);
	out->note = read_text(body, &top, "note", NOTE_BYTES_MAX);
	out->contact = read_text(body, &top, "contact", CONTACT_BYTES_MAX);
	out->due_us = read_due(body, &top);
	if (body_error(body))
		return body_refuse(body, reply);
	r = body_dataset(call, reply, body, &top, &out->dataset);
	return r ? r : check_operations(call, reply, body, &top, out);
}

/*
 * The time of an event: it has to be newer than what it replaces, also an end of
 * the change, whatever the clock says.
 */
static int find_event_time(struct call *call, struct told_change *told)
{
	struct entity_facet row;
	int r = entity_facet_row(call->snapshot->txn, told->dataset, hash64(told->facet),
		call->arena, &row);

	if (r < 0)
		return r;
	told->event_us = clock_now_us();
	if (r == 0 && row.time_us >= told->event_us)
		told->event_us = row.time_us + 1;
	return 0;
}

/* What stands under this id already decides who may tell it, and since when. */
static int compare_standing(
	struct call *call, struct reply *reply, struct told_change *told)
{
	struct planned before;
	int r = registry_find(call, call->args[0], told->dataset, &before);

	if (r == 2) {
		problem_reply(
			reply, 409, "this id is that of a change of another dataset");
		return 1;
	}
	if (r < 0)
		return r;
	reply->status = r ? 201 : 200;
	told->registered_us = clock_now_us();
	if (!r) {
		told->dataset = before.dataset;
		told->registered_us = before.told.registered_us != TIME_NEVER
					      ? before.told.registered_us
					      : before.told_us;
	}
	return find_event_time(call, told);
}

static void write_text(struct jsonw *w, const char *name, const json_t *value)
{
	jsonw_key(w, name);
	if (json_is_boolean(value))
		jsonw_bool(w, json_is_true(value));
	else
		jsonw_string(
			w, slice_of(json_string_value(value), json_string_length(value)));
}

/* A column that must have a value, and has no default, is an operation of its own. */
static bool adds_required(const json_t *operation)
{
	return json_is_false(json_object_get(operation, "nullable")) &&
	       !json_is_true(json_object_get(operation, "default"));
}

/* The operation by the name that everybody knows it by. */
static const char *op_of(const json_t *operation)
{
	const char *told = json_string_value(json_object_get(operation, "op"));
	int op = 0;

	while (op + 1 < IMPACT_OPS &&
		strcasecmp(told, impact_op_text((enum impact_op)op)) != 0)
		op++;
	if (op == OP_ADD_COLUMN && adds_required(operation))
		op = OP_ADD_REQUIRED;
	return impact_op_text((enum impact_op)op);
}

/* One that was read: it has no other members, and they are texts or truths. */
static void write_operation(struct jsonw *w, const json_t *operation)
{
	static const char *const names[] = { "column", "to", "type", "from", "aliased",
		"nullable", "default" };

	jsonw_object(w);
	jsonw_key(w, "op");
	jsonw_text(w, op_of(operation));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const json_t *value = json_object_get(operation, names[i]);

		if (json_is_object(value)) {
			/* The new name of a dataset, in both halves. */
			write_text(w, "to", json_object_get(value, "name"));
			value = json_object_get(value, "namespace");
			if (value)
				write_text(w, "toNamespace", value);
		} else if (value) {
			write_text(w, names[i], value);
		}
	}
	jsonw_object_end(w);
}

static void open_facet(struct jsonw *w, struct buf *facet)
{
	jsonw_init(w, facet);
	jsonw_object(w);
	jsonw_key(w, "_producer");
	jsonw_text(w, "urn:headwater");
	jsonw_key(w, "_schemaURL");
	jsonw_text(w, SPEC "DatasetFacet");
}

static void write_facet(struct buf *facet, const struct told_change *told)
{
	struct jsonw w;

	open_facet(&w, facet);
	jsonw_key(&w, "changes");
	jsonw_array(&w);
	for (size_t i = 0; i < json_array_size(told->operations); i++)
		write_operation(&w, json_array_get(told->operations, i));
	jsonw_array_end(&w);
	jsonw_key(&w, "registered");
	jsonw_time(&w, told->registered_us);
	if (told->due_us != TIME_NEVER) {
		jsonw_key(&w, "due");
		jsonw_time(&w, told->due_us);
	}
	if (told->note.ptr) {
		jsonw_key(&w, "note");
		jsonw_string(&w, told->note);
	}
	if (told->contact.ptr) {
		jsonw_key(&w, "contact");
		jsonw_string(&w, told->contact);
	}
	jsonw_object_end(&w);
}

/* The event of the dataset that has this facet. */
static int write_event(struct call *call, struct reply *reply,
	const struct told_change *told, const struct buf *facet)
{
	struct entity entity;
	struct jsonw w;
	int r = node_get(call, told->dataset, &entity);

	if (r)
		return r;
	jsonw_init(&w, &reply->event);
	jsonw_object(&w);
	jsonw_key(&w, "eventTime");
	jsonw_time(&w, told->event_us);
	jsonw_key(&w, "producer");
	jsonw_text(&w, "urn:headwater");
	jsonw_key(&w, "schemaURL");
	jsonw_text(&w, SPEC "DatasetEvent");
	jsonw_key(&w, "dataset");
	jsonw_object(&w);
	jsonw_key(&w, "namespace");
	jsonw_string(&w, entity.key.namespace);
	jsonw_key(&w, "name");
	jsonw_string(&w, entity.key.name);
	jsonw_key(&w, "facets");
	jsonw_object(&w);
	jsonw_key_slice(&w, told->facet);
	jsonw_stored(&w, buf_get(facet));
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	return buf_error(&reply->event);
}

/* What will be read of the facet is what is answered. */
static int read_facet(struct call *call, const struct told_change *told,
	const struct buf *facet, struct planned *out)
{
	const struct facet_reader *reader = graph_facets(call->snapshot->graph);
	struct fault fault;

	*out = (struct planned){
		.dataset = told->dataset,
		.id = planned_id_of(told->facet),
		.told_us = told->event_us,
	};
	if (!reader)
		return ERR_UNSUPPORTED;
	return reader->planned(buf_get(facet), call->arena, &out->told, &fault);
}

static int write_answer(
	struct call *call, struct reply *reply, const struct planned *change)
{
	struct jsonw w;
	int r;

	answer_json(&w, reply);
	r = jsonw_planned(&w, call, change);
	if (!r)
		r = jsonw_planned_ops(&w, call, change, NULL);
	jsonw_object_end(&w);
	return r;
}

static int store_change(
	struct call *call, struct reply *reply, const struct told_change *told)
{
	struct planned change;
	struct buf facet;
	int r;

	buf_init(&facet, REPLY_EVENT_MAX);
	write_facet(&facet, told);
	r = buf_error(&facet);
	if (!r)
		r = write_event(call, reply, told, &facet);
	if (!r)
		r = read_facet(call, told, &facet, &change);
	if (!r)
		r = write_answer(call, reply, &change);
	buf_fini(&facet);
	if (r != ERR_TOO_LARGE)
		return r;
	problem_reply(reply, 413, "the change is too large to be stored");
	return 0;
}

int api_change_put(struct call *call, struct reply *reply)
{
	struct told_change told = { .dataset = 0 };
	AUTO(json) json_t *json = NULL;
	struct params p;
	struct body body;
	int r;

	params_parse(&p, call->query, put_rules, call->arena);
	if (params_error(&p))
		return params_refuse(&p, reply);
	r = registry_facet(call, reply, &told.facet);
	if (r)
		return r < 0 ? r : 0;
	json = body_parse(&body, call->body, call->arena);
	r = read_change(call, reply, &body, json, &told);
	if (!r)
		r = compare_standing(call, reply, &told);
	if (r)
		return r < 0 ? r : 0;
	return store_change(call, reply, &told);
}

static int end_change(
	struct call *call, struct reply *reply, const struct planned *change)
{
	struct told_change told = { .dataset = change->dataset };
	struct buf facet;
	struct jsonw w;
	int r = registry_facet(call, reply, &told.facet);

	if (!r)
		r = find_event_time(call, &told);
	if (r)
		return r < 0 ? r : 0;
	buf_init(&facet, REPLY_EVENT_MAX);
	open_facet(&w, &facet);
	jsonw_key(&w, "_deleted");
	jsonw_bool(&w, true);
	jsonw_object_end(&w);
	r = buf_error(&facet);
	if (!r)
		r = write_event(call, reply, &told, &facet);
	buf_fini(&facet);
	return r ? r : write_answer(call, reply, change);
}

int api_change_end(struct call *call, struct reply *reply)
{
	struct planned change;
	struct params p;
	int r;

	params_parse(&p, call->query, end_rules, call->arena);
	r = registry_find_asked(call, &p, reply, &change);
	if (r)
		return r < 0 ? r : 0;
	return end_change(call, reply, &change);
}
