/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_runs.c - GET .../jobs/{job}/runs, one run, and its facets
 */
#include "api/call.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/marquez_list.h"
#include "api/marquez_run.h"

static const struct param_rule page_rules[] = { MQ_PAGE_RULES, { NULL, 0 } };

/* Whether events of the job stand alone, so that rows of it may be no runs. */
static int makes_snapshots(struct call *call, node_id job, bool *out)
{
	const struct facet_reader *reader = graph_facets(call->snapshot->graph);
	struct ol_job_type type = { .snapshot = false };
	struct slice bytes;
	struct fault fault;
	int r = facet_newest(call, job, SLICE("jobType"), &bytes);

	if (r == 0 && reader)
		r = reader->job_type(bytes, call->arena, &type, &fault);
	*out = type.snapshot;
	return r == ERR_INVALID || r > 0 ? 0 : r;
}

static int count_each(struct call *call, node_id job, uint64_t *out)
{
	struct run_position at = run_position_last;
	struct run run;
	int r = mq_next_run(call, job, &at, &run);

	for (*out = 0; !r; ++*out) {
		r = mq_in_time(call, *out);
		if (!r)
			r = mq_next_run(call, job, &at, &run);
	}
	return r < 0 ? r : 0;
}

static int count_runs(struct call *call, node_id job, uint64_t *out)
{
	bool snapshots;
	int r = makes_snapshots(call, job, &snapshots);

	if (r)
		return r;
	return snapshots ? count_each(call, job, out)
			 : run_index_count(
				   call->snapshot->txn, job, EVIDENCE_OBSERVED, out);
}

static int write_runs(
	struct jsonw *w, struct mq *mq, node_id job, const struct mq_page *page)
{
	struct run_position at = run_position_last;
	struct run run;

	for (uint64_t i = 0; i < page->offset; i++) {
		int r = mq_in_time(mq->call, i);

		if (!r)
			r = mq_next_run(mq->call, job, &at, &run);
		if (r)
			return r < 0 ? r : 0;
	}
	for (uint64_t i = 0; i < page->limit; i++) {
		int r;

		if (page_must_end(mq->call, w->buf, i))
			return 0;
		r = mq_next_run(mq->call, job, &at, &run);
		if (!r)
			r = mq_run(w, mq, &run, MQ_FULL);
		if (r)
			return r < 0 ? r : 0;
	}
	return 0;
}

static int answer_runs(
	struct mq *mq, struct reply *reply, node_id job, const struct mq_page *page)
{
	struct jsonw w;
	uint64_t count;
	int r = count_runs(mq->call, job, &count);

	if (r)
		return r;
	answer_json(&w, reply);
	jsonw_key(&w, "runs");
	jsonw_array(&w);
	if (page->offset < count)
		r = write_runs(&w, mq, job, page);
	jsonw_array_end(&w);
	jsonw_key(&w, "totalCount");
	jsonw_uint(&w, count);
	jsonw_object_end(&w);
	return r;
}

int api_mq_job_runs(struct call *call, struct reply *reply)
{
	struct mq_page page;
	struct params p;
	struct mq mq;
	node_id job;
	int r = mq_params(call, page_rules, &p, reply);

	if (!r)
		r = mq_page(&p, reply, &page);
	if (!r)
		r = mq_arg_job(call, reply, &job);
	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	r = answer_runs(&mq, reply, job, &page);
	mq_close(&mq);
	return r;
}

/* The run that the first arg names, also when that is no UUID. */
static int find_run(struct call *call, struct reply *reply, struct run *out)
{
	struct runid id;
	int r;

	(void)runid_from_text(call->args[0], &id);
	r = run_get(call->snapshot->txn, &id, out);
	return r == 1 ? mq_refuse_missing(reply, "Run", call->args[0]) : r;
}

int api_mq_run(struct call *call, struct reply *reply)
{
	struct jsonw w;
	struct run run;
	struct mq mq;
	int r = find_run(call, reply, &run);

	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	reply->media_type = "application/json";
	jsonw_init(&w, &reply->body);
	r = mq_run(&w, &mq, &run, MQ_FULL);
	mq_close(&mq);
	return r;
}

static bool any_stands(const struct run_facet *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!list[i].deleted)
			return true;
	}
	return false;
}

static int answer_facets(
	struct call *call, struct reply *reply, const struct run *run, enum run_part part)
{
	const struct run_facet *list;
	struct run_facets facets;
	struct jsonw w;
	size_t count;
	int r = run_facets_read(call, run, &facets);

	if (r)
		return r;
	list = run_facets_of(&facets, part, NULL, &count);
	if (!any_stands(list, count)) {
		reply->status = 204;
		return 0;
	}
	answer_json(&w, reply);
	mq_uuid(&w, "runId", &run->id);
	mq_run_facet_list(&w, "facets", list, count);
	jsonw_object_end(&w);
	return 0;
}

int api_mq_run_facets(struct call *call, struct reply *reply)
{
	static const struct param_rule rules[] = { { "type", 1 }, { NULL, 0 } };
	static const char *const types[] = { "DATASET", "JOB", "RUN", NULL };
	enum { TYPE_OF_DATASET, TYPE_OF_JOB };
	struct params p;
	struct run run;
	unsigned type = 0;
	int r = mq_params(call, rules, &p, reply);

	if (!r && !param_given(&p, "type"))
		r = mq_refuse_param(reply, "query param type must not be null");
	if (!r)
		r = mq_word(&p, "type", types, 0, reply, &type);
	if (!r)
		r = find_run(call, reply, &run);
	if (r)
		return r < 0 ? r : 0;
	if (type == TYPE_OF_DATASET) {
		reply->status = 204;
		return 0;
	}
	return answer_facets(
		call, reply, &run, type == TYPE_OF_JOB ? PART_JOB : PART_RUN);
}
