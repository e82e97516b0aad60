/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_jobs.c - GET /api/v1/jobs, those of a namespace, and one of them
 *
 * A page has the jobs that were heard of last, so all of them are looked at, but
 * of their runs only those that it shows.
 */
#include "api/handlers.h"
#include "api/marquez_list.h"
#include "api/nodeout.h"

#include <stdlib.h>

#define STATES_MAX 16

static const struct param_rule jobs_rules[] = {
	MQ_PAGE_RULES,
	{ "lastRunStates", STATES_MAX },
	{ NULL, 0 },
};

static const char *const state_words[] = { "NEW", "RUNNING", "COMPLETED", "ABORTED",
	"FAILED", NULL };

struct jobs_query {
	struct mq_page page;
	uint32_t namespace_id; /* 0: all */
	bool nothing;	       /* nothing is in the namespace */
	unsigned states;       /* bits of places in state_words; 0: any */
};

struct heard {
	node_id id;
	int64_t last_us;
	struct slice namespace;
	struct slice name;
};

static int read_states(const struct params *p, struct reply *reply, unsigned *out)
{
	struct slice value;

	*out = 0;
	for (size_t at = 0; param_next(p, "lastRunStates", &at, &value);) {
		unsigned state;
		int r = mq_word_of(value, "lastRunStates", state_words, reply, &state);

		if (r)
			return r;
		*out |= 1U << state;
	}
	return 0;
}

/* Returns 0, 1 when the reply says what is wrong, or a failure. */
static int read_query(struct call *call, struct reply *reply, struct jobs_query *out)
{
	struct params p;
	int r = mq_params(call, jobs_rules, &p, reply);

	*out = (struct jobs_query){ 0 };
	if (!r)
		r = mq_page(&p, reply, &out->page);
	if (!r)
		r = read_states(&p, reply, &out->states);
	if (r || !call->args[0].ptr)
		return r;
	r = mq_arg_namespace(call, reply, &out->namespace_id);
	out->nothing = !out->namespace_id;
	return r;
}

/* Returns 1 when the job's last run has one of the states, or 0. */
static int has_state(struct call *call, node_id job, unsigned states)
{
	struct run run;
	int r = mq_latest_run(call, job, &run);

	if (r)
		return r < 0 ? r : 0;
	for (unsigned i = 0; state_words[i]; i++) {
		if ((states & (1U << i)) &&
			strcmp(state_words[i], mq_run_state(&run)) == 0)
			return 1;
	}
	return 0;
}

static int keep_states(struct call *call, struct mq_ids *list, unsigned states)
{
	size_t count = list->count;

	list->count = 0;
	for (size_t i = 0; i < count; i++) {
		int r = mq_in_time(call, i);

		if (!r)
			r = has_state(call, list->ids[i], states);
		if (r < 0)
			return r;
		if (r)
			list->ids[list->count++] = list->ids[i];
	}
	return 0;
}

static int last_heard_first(const void *a, const void *b)
{
	const struct heard *x = a;
	const struct heard *y = b;
	int r;

	if (x->last_us != y->last_us)
		return x->last_us > y->last_us ? -1 : 1;
	r = slice_compare(x->namespace, y->namespace);
	return r ? r : slice_compare(x->name, y->name);
}

static int sort_by_time(struct call *call, struct mq_ids *list)
{
	struct heard *heard = arena_array(call->arena, list->count + 1, sizeof(*heard));
	struct entity entity;

	if (!heard)
		return ERR_NOMEM;
	for (size_t i = 0; i < list->count; i++) {
		int r = mq_in_time(call, i);

		if (!r)
			r = node_get(call, list->ids[i], &entity);
		if (!r)
			r = mq_fill_times(call, list->ids[i], &entity.times);
		if (r)
			return r;
		heard[i] = (struct heard){ list->ids[i], entity.times.last_seen_us,
			entity.key.namespace, entity.key.name };
	}
	qsort(heard, list->count, sizeof(*heard), last_heard_first);
	for (size_t i = 0; i < list->count; i++)
		list->ids[i] = heard[i].id;
	return 0;
}

static int find_jobs(struct mq *mq, const struct jobs_query *query, struct mq_ids *out)
{
	int r = 0;

	*out = (struct mq_ids){ .count = 0 };
	if (!query->nothing)
		r = mq_list(mq, NODE_JOB, query->namespace_id, out);
	if (!r && query->states)
		r = keep_states(mq->call, out, query->states);
	return r ? r : sort_by_time(mq->call, out);
}

static int answer_list(struct mq *mq, struct reply *reply, const struct jobs_query *query)
{
	struct mq_ids list;
	struct jsonw w;
	size_t begin;
	size_t end;
	int r = find_jobs(mq, query, &list);

	if (r)
		return r;
	answer_json(&w, reply);
	jsonw_key(&w, "jobs");
	jsonw_array(&w);
	end = mq_page_end(&query->page, list.count, &begin);
	for (size_t i = begin; i < end && !r; i++) {
		if (page_must_end(mq->call, w.buf, i - begin))
			break;
		r = mq_job(&w, mq, list.ids[i], MQ_SHORT);
	}
	jsonw_array_end(&w);
	jsonw_key(&w, "totalCount");
	jsonw_uint(&w, list.count);
	jsonw_object_end(&w);
	return r;
}

int api_mq_jobs(struct call *call, struct reply *reply)
{
	struct jobs_query query;
	struct mq mq;
	int r = read_query(call, reply, &query);

	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	r = answer_list(&mq, reply, &query);
	mq_close(&mq);
	return r;
}

int api_mq_job(struct call *call, struct reply *reply)
{
	struct jsonw w;
	struct mq mq;
	node_id job;
	int r = mq_arg_job(call, reply, &job);

	if (r)
		return r < 0 ? r : 0;
	r = mq_open(call, &mq);
	if (r)
		return r;
	reply->media_type = "application/json";
	jsonw_init(&w, &reply->body);
	r = mq_job(&w, &mq, job, MQ_FULL);
	mq_close(&mq);
	return r;
}
