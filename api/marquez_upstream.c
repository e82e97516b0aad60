/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_upstream.c - GET /api/v1/runlineage/upstream: the runs before a run
 *
 * What a run read was written by the completed run that had ended last when it
 * began, of all jobs that ever wrote the dataset.
 */
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/marquez_run.h"
#include "api/marquez_walk.h"
#include "api/nodeout.h"
#include "graph/timeline.h"

#include <stdlib.h>

#define DEPTH_USUAL	20
#define RUNS_MAX	10000
#define WRITERS_MAX	1000 /* jobs that wrote one dataset, looked at */
#define RUNS_LOOKED_MAX 1000 /* of one of them */

static const struct param_rule upstream_rules[] = { { "runId", 1 }, { "depth", 1 },
	{ NULL, 0 } };

struct read_dataset {
	node_id dataset;
	struct runid version;
	bool produced;
	struct runid producer;
};

struct reached {
	struct runid id;
	uint32_t depth;
	struct slice job_name; /* as shown */
	struct slice job_namespace;
	struct runid job_version;
	int64_t start_us;
	int64_t end_us;
	const char *state;
	struct read_dataset *inputs;
	size_t input_count;
};

struct upstream {
	struct mq *mq;
	struct idset *seen; /* hash of a run's id -> its place in list, see find_run() */
	struct reached *list;
	size_t count;
	const char *why; /* it lacks something; or NULL */
};

/* Returns 1 when a set has the dataset, by any of its names, among its outputs. */
static int has_output(struct call *call, ioset_id set, node_id dataset)
{
	for (node_id at = dataset; at; at = ring_next(call, dataset, at)) {
		const struct timeline_item item = { .what = ITEM_OUTPUT, .node = at };
		size_t bytes;
		int r = ioset_has(call->snapshot->txn, set, &item, &bytes);

		if (r != 1)
			return r < 0 ? r : 1;
	}
	return 0;
}

/* A completed run that wrote the dataset, and had ended when the other one began. */
static int is_producer(struct call *call, const struct run *run, node_id dataset,
	const struct run *reader)
{
	if (run->state != TYPE_COMPLETE || run->end_us > run_start_us(reader))
		return 0;
	return has_output(call, run->io, dataset);
}

/* The newest of a job's runs that may be it is the best, when it ended later. */
static int look_at_job(struct call *call, node_id job, node_id dataset,
	const struct run *reader, struct run *best)
{
	struct run_position at = { run_start_us(reader), reader->id };
	struct run run;
	int r = 0;

	for (unsigned looked = 0; !r && looked < RUNS_LOOKED_MAX; looked++) {
		r = mq_next_run(call, job, &at, &run);
		if (r)
			return r < 0 ? r : 0;
		r = is_producer(call, &run, dataset, reader);
	}
	if (r == 1 && run.end_us > best->end_us)
		*best = run;
	return r < 0 ? r : 0;
}

static int look_at_name(struct call *call, node_id name, node_id dataset,
	const struct run *reader, struct run *best)
{
	const struct image_node *node = image_node(call->snapshot->image, name);
	const struct image_edges *edges = node ? &node->edges[UPSTREAM] : NULL;
	unsigned writers = 0;
	int r = 0;

	for (uint32_t i = 0; edges && i < edges->total && !r; i++) {
		if (!(edges->flags[i] & EDGE_OBSERVED_EVER))
			continue;
		if (++writers > WRITERS_MAX || call_is_late(call))
			break;
		r = look_at_job(call, edges->peers[i], dataset, reader, best);
	}
	return r;
}

/* best->job is 0 when no run is known that wrote it. */
static int find_producer(
	struct call *call, node_id dataset, const struct run *reader, struct run *best)
{
	int r = 0;

	best->job = 0;
	best->end_us = INT64_MIN;
	for (node_id at = dataset; at && !r; at = ring_next(call, dataset, at))
		r = look_at_name(call, at, dataset, reader, best);
	return r;
}

/* Where a run is in the list, or count; *key is where it would be noted. */
static size_t find_run(
	const struct upstream *upstream, const struct runid *id, uint64_t *key)
{
	uint64_t place;

	*key = hash64(slice_of(id->bytes, sizeof(id->bytes))) | 1;
	while (idset_get(upstream->seen, *key, &place) == 0) {
		if (runid_compare(&upstream->list[place].id, id) == 0)
			return place;
		*key += 2;
	}
	return upstream->count;
}

static int add_run(struct upstream *upstream, const struct runid *id, uint32_t depth)
{
	uint64_t key;
	int r;

	if (find_run(upstream, id, &key) < upstream->count)
		return 0;
	if (upstream->count == RUNS_MAX) {
		upstream->why = "budget";
		return 0;
	}
	r = idset_put(upstream->seen, key, upstream->count);
	upstream->list[upstream->count++] = (struct reached){ .id = *id, .depth = depth };
	return r < 0 ? r : 0;
}

static int read_input(struct upstream *upstream, const struct run *run, node_id dataset,
	struct read_dataset *out)
{
	struct mq_dataset_versions versions;
	struct run producer;
	int r = mq_dataset_versions(upstream->mq, dataset, &versions);

	if (!r)
		r = find_producer(upstream->mq->call, dataset, run, &producer);
	if (r)
		return r;
	out->dataset = dataset;
	out->version = mq_version_at(&versions, run_start_us(run))->id;
	out->produced = producer.job != 0;
	if (producer.job)
		out->producer = producer.id;
	return 0;
}

static int read_inputs(struct upstream *upstream, const struct run *run,
	const struct mq_io *io, struct reached *out)
{
	int r = 0;

	out->inputs = arena_array(
		upstream->mq->call->arena, io->input_count + 1, sizeof(*out->inputs));
	if (!out->inputs)
		return ERR_NOMEM;
	out->input_count = io->input_count;
	for (size_t i = 0; i < io->input_count && !r; i++)
		r = read_input(upstream, run, io->inputs[i], &out->inputs[i]);
	return r;
}

/* Fills in a run that was reached. */
static int read_run(struct upstream *upstream, struct reached *out)
{
	struct call *call = upstream->mq->call;
	struct mq_job_name name;
	struct mq_io io;
	struct run run;
	int r = run_get(call->snapshot->txn, &out->id, &run);

	if (!r)
		r = mq_job_name(call, run.job, &name);
	if (!r)
		r = mq_set_io(call, run.io, &io);
	if (!r)
		r = mq_job_version_id(call, run.job, &io, &out->job_version);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	out->job_namespace = name.namespace;
	out->job_name = name.name;
	out->start_us = run_start_us(&run);
	out->end_us = run.end_us;
	out->state = mq_run_state(&run);
	return read_inputs(upstream, &run, &io, out);
}

/* The list grows while it is gone through. */
static int walk(struct upstream *upstream, uint64_t depth)
{
	for (size_t i = 0; i < upstream->count; i++) {
		struct reached *run = &upstream->list[i];
		int r = read_run(upstream, run);

		if (call_is_late(upstream->mq->call)) {
			upstream->why = "deadline";
			upstream->count = i + 1;
		}
		for (size_t k = 0; k < run->input_count && !r; k++) {
			if (run->depth < depth && run->inputs[k].produced)
				r = add_run(upstream, &run->inputs[k].producer,
					run->depth + 1);
		}
		if (r)
			return r;
	}
	return 0;
}

static int by_depth_and_job(const void *a, const void *b)
{
	const struct reached *x = a;
	const struct reached *y = b;
	int r = (x->depth > y->depth) - (x->depth < y->depth);

	if (!r)
		r = slice_compare(x->job_name, y->job_name);
	if (!r)
		r = (x->start_us < y->start_us) - (x->start_us > y->start_us);
	return r ? r : runid_compare(&x->id, &y->id);
}

static void write_job(struct jsonw *w, const struct reached *run)
{
	jsonw_key(w, "job");
	jsonw_object(w);
	jsonw_key(w, "namespace");
	jsonw_string(w, run->job_namespace);
	jsonw_key(w, "name");
	jsonw_string(w, run->job_name);
	mq_uuid(w, "version", &run->job_version);
	jsonw_object_end(w);
	jsonw_key(w, "run");
	jsonw_object(w);
	mq_uuid(w, "id", &run->id);
	mq_time_or_null(w, "start", run->start_us);
	mq_time_or_null(w, "end", run->end_us);
	jsonw_key(w, "status");
	jsonw_text(w, run->state);
	jsonw_object_end(w);
}

static int write_input(
	struct jsonw *w, struct call *call, const struct read_dataset *input)
{
	struct entity entity;
	int r = node_get(call, input->dataset, &entity);

	if (r)
		return r;
	jsonw_object(w);
	jsonw_key(w, "namespace");
	jsonw_string(w, entity.key.namespace);
	jsonw_key(w, "name");
	jsonw_string(w, entity.key.name);
	mq_uuid(w, "version", &input->version);
	if (input->produced) {
		mq_uuid(w, "producedByRunId", &input->producer);
	} else {
		jsonw_key(w, "producedByRunId");
		jsonw_null(w);
	}
	jsonw_object_end(w);
	return 0;
}

static int write_run(struct jsonw *w, struct call *call, const struct reached *run)
{
	int r = 0;

	jsonw_object(w);
	write_job(w, run);
	jsonw_key(w, "inputs");
	jsonw_array(w);
	for (size_t i = 0; i < run->input_count && !r; i++)
		r = write_input(w, call, &run->inputs[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
	return r;
}

static int write_answer(struct reply *reply, struct upstream *upstream)
{
	struct jsonw w;
	int r = 0;

	qsort(upstream->list, upstream->count, sizeof(*upstream->list), by_depth_and_job);
	answer_json(&w, reply);
	jsonw_key(&w, "runs");
	jsonw_array(&w);
	for (size_t i = 0; i < upstream->count && !r; i++) {
		if (page_is_long(w.buf)) {
			upstream->why = "size";
			break;
		}
		r = write_run(&w, upstream->mq->call, &upstream->list[i]);
	}
	jsonw_array_end(&w);
	mq_truncated(&w, upstream->why);
	jsonw_object_end(&w);
	return r;
}

static int answer(
	struct mq *mq, struct reply *reply, const struct runid *run, uint64_t depth)
{
	AUTO(idset) struct idset *seen = idset_new(RUNS_MAX);
	struct upstream upstream = { .mq = mq, .seen = seen };
	int r;

	upstream.list = arena_array(mq->call->arena, RUNS_MAX, sizeof(*upstream.list));
	if (!seen || !upstream.list)
		return ERR_NOMEM;
	r = add_run(&upstream, run, 0);
	if (!r)
		r = walk(&upstream, depth);
	return r ? r : write_answer(reply, &upstream);
}

/* Returns 0, or 1 when the reply says that there is no such run. */
static int read_run_id(
	struct call *call, const struct params *p, struct reply *reply, struct runid *out)
{
	struct slice text = param_get(p, "runId");
	bool derived;
	struct run run;
	int r;

	if (!param_given(p, "runId"))
		return mq_refuse_param(reply, "query param runId must not be null");
	derived = runid_from_text(text, out) != 0;
	r = run_get(call->snapshot->txn, out, &run);
	if (r != 1)
		return r;
	return derived ? mq_refuse_path(reply) : mq_refuse_missing(reply, "Run", text);
}

int api_mq_upstream(struct call *call, struct reply *reply)
{
	struct runid run;
	uint64_t depth;
	struct params p;
	struct mq mq;
	int r = mq_params(call, upstream_rules, &p, reply);

	if (!r)
		r = mq_int(&p, "depth", DEPTH_USUAL, reply, &depth);
	if (!r)
		r = read_run_id(call, &p, reply, &run);
	if (!r)
		r = mq_open(call, &mq);
	if (r)
		return r < 0 ? r : 0;
	r = answer(&mq, reply, &run, depth);
	mq_close(&mq);
	return r < 0 ? r : 0;
}
