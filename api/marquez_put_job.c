/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_put_job.c - PUT /api/v1/namespaces/{namespace}/jobs/{job}
 *
 * What is told becomes a job event; with a run it is also what that run read and
 * wrote.
 */
#include "api/call.h"
#include "api/handlers.h"
#include "api/marquez_put.h"
#include "api/nodeout.h"
#include "base/clock.h"

enum { BATCH, STREAM, SERVICE };

/* A job as it is told.  ptr NULL: it is not. */
struct told {
	struct body *body;
	struct body_at top;
	struct node_key key;
	unsigned type;
	struct slice integration; /* as its facet jobType has it */
	struct slice what;
	struct body_at inputs;
	struct body_at outputs;
	struct slice run_id;
	struct run run; /* when run_id is told */
	struct mq_said said;
	int64_t us;
};

/* Returns 0, or 1 when the reply says what is wrong; so do those below. */
static int check_dataset(struct call *call, struct reply *reply, struct body *body,
	const char *list, const struct body_at *at)
{
	static const char *const members[] = { "namespace", "name" };
	struct slice texts[2];
	node_id id;
	int r;

	if (!json_is_object(at->json))
		body_fault(body, at, "must be an object");
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		texts[i] = mq_member_text(body, at, members[i]);
	r = mq_body_error(body, reply);
	for (size_t i = 0; i < ARRAY_LEN(members) && !r; i++) {
		if (!texts[i].ptr)
			r = mq_refuse_body(reply, "%s[%zu].%s must not be null", list,
				at->index, members[i]);
	}
	if (r)
		return r;
	r = mq_find_dataset(call, texts[0], texts[1], &id);
	return r == 1 ? mq_refuse_missing(reply, "Dataset", texts[1]) : r;
}

static int check_datasets(struct call *call, struct reply *reply, struct body *body,
	const char *name, const struct body_at *list)
{
	size_t count = mq_member_list(body, list);
	int r = mq_body_error(body, reply);

	for (size_t i = 0; i < count && !r; i++) {
		struct body_at at = body_element(list, i);

		r = check_dataset(call, reply, body, name, &at);
	}
	return r;
}

static int read_told(struct reply *reply, struct told *told)
{
	static const char *const types[] = { "BATCH", "STREAM", "SERVICE", NULL };
	struct body_at type = mq_member(&told->top, "type");
	int r;

	told->type = body_choice(told->body, &type, types, BATCH);
	told->inputs = mq_member(&told->top, "inputs");
	told->outputs = mq_member(&told->top, "outputs");
	told->run_id = mq_member_text(told->body, &told->top, "runId");
	told->said.location = mq_member_text(told->body, &told->top, "location");
	told->said.description = mq_member_text(told->body, &told->top, "description");
	r = mq_body_error(told->body, reply);
	if (!r && !body_has(&type))
		r = mq_refuse_body(reply, "type must not be null");
	return r;
}

/* A job that is there is told of by the name that its events have. */
static int find_job(struct call *call, struct told *told)
{
	struct mq_texts texts = { { "integration", "jobType" }, { { 0 } } };
	struct entity entity;
	node_id job;
	int r = mq_find_job(call, call->args[0], call->args[1], &job);

	if (r)
		return r < 0 ? r : 0;
	r = node_get(call, job, &entity);
	if (!r)
		r = mq_facet_texts(call, job, SLICE("jobType"), &texts);
	told->key = entity.key;
	told->integration = texts.texts[0];
	told->what = texts.texts[1];
	return r;
}

/* A run of another job is none. */
static int find_run(struct call *call, struct reply *reply, struct told *told)
{
	struct entity entity;
	int r;

	if (!told->run_id.ptr)
		return 0;
	r = mq_told_run(call, reply, told->run_id, &told->run);
	if (!r)
		r = node_get(call, told->run.job, &entity);
	if (r)
		return r;
	if (slice_equal(entity.key.namespace, told->key.namespace) &&
		slice_equal(entity.key.name, told->key.name))
		return 0;
	return mq_refuse_missing(reply, "Run", told->run_id);
}

static int find_all(struct call *call, struct reply *reply, struct told *told)
{
	int r = mq_find_namespace(call, call->args[0]);

	if (r == 1)
		return mq_refuse_missing(reply, "Namespace", call->args[0]);
	if (!r)
		r = check_datasets(call, reply, told->body, "inputs", &told->inputs);
	if (!r)
		r = check_datasets(call, reply, told->body, "outputs", &told->outputs);
	if (!r)
		r = find_job(call, told);
	if (!r)
		r = find_run(call, reply, told);
	if (!r)
		r = mq_after_node(call, &told->key, &told->us);
	return r ? r : mq_said_read(call, &told->key, &told->said, &told->us);
}

static void write_location(struct jsonw *w, struct slice location)
{
	if (!location.ptr)
		return;
	mq_facet_open(w, "sourceCodeLocation",
		MQ_FACETS "1-0-1/SourceCodeLocationJobFacet.json#/$defs/"
			  "SourceCodeLocationJobFacet");
	jsonw_key(w, "type");
	jsonw_text(w, "git");
	jsonw_key(w, "url");
	jsonw_string(w, location);
	jsonw_object_end(w);
}

static void write_type(struct jsonw *w, const struct told *told)
{
	static const char *const types[] = { "BATCH", "STREAMING", "SERVICE" };

	mq_facet_open(w, "jobType",
		MQ_FACETS "2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet");
	jsonw_key(w, "processingType");
	jsonw_text(w, types[told->type]);
	/* The facet needs one; an empty one is no label. */
	jsonw_key(w, "integration");
	jsonw_string(w, told->integration);
	if (told->what.ptr) {
		jsonw_key(w, "jobType");
		jsonw_string(w, told->what);
	}
	jsonw_object_end(w);
}

static void write_list(struct jsonw *w, struct body *body, const char *member,
	const struct body_at *list)
{
	size_t count = mq_member_list(body, list);

	jsonw_key(w, member);
	jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		struct body_at at = body_element(list, i);

		mq_named_open(w, NULL,
			&(struct node_key){
				.namespace = mq_member_text(body, &at, "namespace"),
				.name = mq_member_text(body, &at, "name") });
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* The members that end an event. */
static void write_io(struct jsonw *w, const struct told *told)
{
	write_list(w, told->body, "inputs", &told->inputs);
	write_list(w, told->body, "outputs", &told->outputs);
	jsonw_object_end(w);
}

static void write_job(struct jsonw *w, const struct told *told)
{
	mq_event_open(w, MQ_SPEC "JobEvent", told->us);
	mq_named_open(w, "job", &told->key);
	jsonw_key(w, "facets");
	jsonw_object(w);
	mq_documentation(w,
		MQ_FACETS "1-0-1/DocumentationJobFacet.json#/$defs/DocumentationJobFacet",
		told->said.description);
	write_location(w, told->said.location);
	write_type(w, told);
	jsonw_object_end(w);
	jsonw_object_end(w);
	write_io(w, told);
}

static int store(struct call *call, struct reply *reply, const struct told *told)
{
	struct jsonw w;
	int r = 0;

	mq_put_open(&w, reply);
	write_job(&w, told);
	if (told->run_id.ptr) {
		r = mq_run_event_open(&w, call, &told->run, "OTHER", told->us);
		jsonw_object_end(&w);
		write_io(&w, told);
	}
	mq_said_end(&w, &told->key, &told->said, told->us);
	/* What was told once, and is copied now, needs memory. */
	if (!r)
		r = body_error(told->body);
	return r ? r : mq_put_close(&w, reply, api_mq_job);
}

int api_mq_job_put(struct call *call, struct reply *reply)
{
	AUTO(json) json_t *json = NULL;
	struct body body;
	struct told told = { .body = &body,
		.key = { .kind = NODE_JOB,
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
