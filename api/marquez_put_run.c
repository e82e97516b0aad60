/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_put_run.c - POST .../jobs/{job}/runs, and the states of a run
 *
 * Either is a run event.  A run that is only made has an event of type OTHER: it has
 * not begun.
 */
#include "api/call.h"
#include "api/handlers.h"
#include "api/marquez_put.h"
#include "api/nodeout.h"
#include "base/clock.h"

#include <stdio.h>

/* A run as it is told. */
struct told {
	struct body *body;
	struct body_at args;
	struct slice id; /* ptr NULL: not told, as the next two */
	struct slice nominal_start;
	struct slice nominal_end;
	struct run run;
};

static void check_time(
	struct told *told, const struct body_at *top, const char *name, struct slice *out)
{
	struct body_at at = mq_member(top, name);
	int64_t us;

	*out = body_text(told->body, &at);
	if (out->ptr && time_parse(*out, &us))
		body_fault(told->body, &at,
			"must be a time, such as "
			"2026-12-31T22:00:00Z");
}

static void check_args(struct told *told)
{
	const char *name;
	json_t *value;

	if (body_has(&told->args) && !json_is_object(told->args.json))
		body_fault(told->body, &told->args, "must be an object");
	json_object_foreach(told->args.json, name, value)
	{
		struct body_at at = body_member(&told->args, name);

		if (!json_is_null(value))
			(void)body_text(told->body, &at);
	}
}

/* Returns 0, or 1 when the reply says what is wrong; so do those below. */
static int read_told(struct reply *reply, struct told *told, json_t *json)
{
	struct body_at top = body_top("", json);
	struct body_at id = mq_member(&top, "id");

	told->id = body_text(told->body, &id);
	if (!told->id.ptr)
		runid_random(&told->run.id);
	else if (runid_from_text(told->id, &told->run.id))
		body_fault(told->body, &id, "must be a UUID");
	check_time(told, &top, "nominalStartTime", &told->nominal_start);
	check_time(told, &top, "nominalEndTime", &told->nominal_end);
	told->args = mq_member(&top, "args");
	check_args(told);
	told->args.in = NULL; /* what it is in ends here */
	return mq_body_error(told->body, reply);
}

/* The id as a text that lives as long as the call. */
static int write_id(struct call *call, const struct runid *id, struct slice *out)
{
	char *text = arena_alloc(call->arena, RUNID_TEXT_MAX);

	if (!text)
		return ERR_NOMEM;
	*out = slice_from(runid_format(id, text));
	return 0;
}

static int check_new(struct call *call, struct reply *reply, const struct told *told)
{
	struct slice namespace = call->args[0];
	struct slice job = call->args[1];
	struct run known;
	int r = run_get(call->snapshot->txn, &told->run.id, &known);

	if (r)
		return r < 0 ? r : 0;
	return mq_refuse(reply, 400,
		"Run '%.*s' already exists for '%.*s' under namespace '%.*s'.",
		(int)told->id.len, told->id.ptr, (int)job.len, job.ptr,
		(int)namespace.len, namespace.ptr);
}

static void write_text(struct jsonw *w, const char *name, struct slice text)
{
	if (!text.ptr)
		return;
	jsonw_key(w, name);
	jsonw_string(w, text);
}

static void write_nominal(struct jsonw *w, const struct told *told)
{
	if (!told->nominal_start.ptr && !told->nominal_end.ptr)
		return;
	mq_facet_open(w, "nominalTime",
		MQ_FACETS "1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet");
	write_text(w, "nominalStartTime", told->nominal_start);
	write_text(w, "nominalEndTime", told->nominal_end);
	jsonw_object_end(w);
}

static void write_args(struct jsonw *w, struct told *told)
{
	const char *name;
	json_t *value;

	if (!body_has(&told->args))
		return;
	mq_facet_open(w, MQ_ARGS_FACET, MQ_SPEC "RunFacet");
	jsonw_key(w, "args");
	jsonw_object(w);
	json_object_foreach(told->args.json, name, value)
	{
		if (json_is_null(value))
			continue;
		jsonw_key_slice(w, slice_from(name));
		jsonw_string(
			w, slice_of(json_string_value(value), json_string_length(value)));
	}
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static int store(struct call *call, struct reply *reply, struct told *told)
{
	struct jsonw w;
	int r;

	mq_put_open(&w, reply);
	r = mq_run_event_open(&w, call, &told->run, "OTHER", clock_now_us());
	if (r)
		return r;
	jsonw_key(&w, "facets");
	jsonw_object(&w);
	write_nominal(&w, told);
	write_args(&w, told);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	r = mq_put_close(&w, reply, api_mq_run);
	if (r)
		return r;
	reply->status = 201;
	(void)snprintf(reply->location, sizeof(reply->location), "/api/v1/jobs/runs/%.*s",
		(int)told->id.len, told->id.ptr);
	/* The run is what is asked for then. */
	call->args[0] = told->id;
	return 0;
}

int api_mq_run_post(struct call *call, struct reply *reply)
{
	AUTO(json) json_t *json = NULL;
	struct body body;
	struct told told = { .body = &body };
	int r = mq_put_names(call, reply);

	if (!r)
		r = mq_body(call, reply, &body, &json);
	if (!r)
		r = read_told(reply, &told, json);
	if (!r)
		r = mq_arg_job(call, reply, &told.run.job);
	if (!r)
		r = write_id(call, &told.run.id, &told.id);
	if (!r)
		r = check_new(call, reply, &told);
	if (!r)
		r = store(call, reply, &told);
	return r < 0 ? r : 0;
}

/* The parameter `at`, or now. */
static int read_at(struct call *call, struct reply *reply, int64_t *out)
{
	static const struct param_rule rules[] = { { "at", 1 }, { NULL, 0 } };
	struct params p;
	int r = mq_params(call, rules, &p, reply);

	*out = clock_now_us();
	if (r || !param_given(&p, "at"))
		return r;
	return time_parse(param_get(&p, "at"), out)
		       ? mq_refuse_param(reply, "query param at must be a time, such as "
						"2026-12-31T22:00:00Z")
		       : 0;
}

static int change_state(struct call *call, struct reply *reply, const char *type)
{
	struct run run;
	struct jsonw w;
	int64_t us;
	int r = read_at(call, reply, &us);

	if (!r)
		r = mq_told_run(call, reply, call->args[0], &run);
	if (r)
		return r < 0 ? r : 0;
	mq_put_open(&w, reply);
	r = mq_run_event_open(&w, call, &run, type, us);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	if (!r)
		r = mq_put_close(&w, reply, api_mq_run);
	return r < 0 ? r : 0;
}

int api_mq_run_start(struct call *call, struct reply *reply)
{
	return change_state(call, reply, "START");
}

int api_mq_run_complete(struct call *call, struct reply *reply)
{
	return change_state(call, reply, "COMPLETE");
}

int api_mq_run_fail(struct call *call, struct reply *reply)
{
	return change_state(call, reply, "FAIL");
}

int api_mq_run_abort(struct call *call, struct reply *reply)
{
	return change_state(call, reply, "ABORT");
}
