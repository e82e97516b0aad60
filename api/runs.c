/* SPDX-License-Identifier: Apache-2.0 */

/*
 * runs.c - GET /api/v2/runs: runs by start, newest first
 */
#include "api/cursor.h"
#include "api/handlers.h"
#include "api/nodeout.h"
#include "api/noderef.h"
#include "api/runout.h"

#define RUNS_LIMIT_MAX	10000
#define RUNS_LOOKED_MAX 100000
#define RUNS_A_LOOK	256 /* between looks at the clock */

static const struct param_range runs_limit = { 1, RUNS_LIMIT_MAX, 100 };

static const struct param_rule runs_rules[] = {
	NODEREF_RULES,
	{ "after", 1 },
	{ "before", 1 },
	{ "state", 1 },
	{ "limit", 1 },
	{ "cursor", 1 },
	{ NULL, 0 },
};

/* In the order of enum event_type, behind "any". */
static const char *const states[] = { "any", "OTHER", "START", "RUNNING", "COMPLETE",
	"FAIL", "ABORT", NULL };

struct runs_query {
	node_id job;
	struct run_position at; /* go on behind this one */
	int64_t after_us;
	unsigned state; /* index in states */
	size_t limit;
};

/* What became of a page. */
struct runs_page {
	size_t written;
	bool more;     /* there is, or may be, a run behind `at` */
	bool complete; /* not cut by the budget or the deadline */
};

static void position_to_cursor(const struct run_position *at, struct cursor *out)
{
	out->at[0] = (uint64_t)at->start_us;
	memcpy(&out->at[1], at->run.bytes, sizeof(at->run.bytes));
}

static void cursor_to_position(const struct cursor *cursor, struct run_position *out)
{
	out->start_us = (int64_t)cursor->at[0];
	memcpy(out->run.bytes, &cursor->at[1], sizeof(out->run.bytes));
}

/* Returns 0, 1 when the reply says what is wrong, or a failure. */
static int read_query(
	struct call *call, struct params *p, struct reply *reply, struct runs_query *out)
{
	struct cursor cursor;

	params_parse(p, call->query, runs_rules, call->arena);
	*out = (struct runs_query){ .at = run_position_last };
	out->limit = param_uint(p, "limit", &runs_limit);
	out->state = param_choice(p, "state", states, 0);
	out->after_us = param_time(p, "after", INT64_MIN);
	if (param_given(p, "before"))
		out->at = (struct run_position){ .start_us = param_time(p, "before", 0) };
	if (param_cursor(p, "runs", &cursor))
		cursor_to_position(&cursor, &out->at);
	if (noderef_given(p))
		return noderef_find(call, p, NODE_JOB, reply, &out->job);
	if (!params_error(p))
		return 0;
	if (params_refuse(p, reply))
		return params_error(p);
	return 1;
}

static int write_if_asked(struct jsonw *w, struct call *call,
	const struct runs_query *query, const struct run_position *at, size_t *written)
{
	struct run run;
	int r = run_at(call, at, &run);

	if (r)
		return r;
	if (run_is_snapshot_row(&run, at) ||
		(query->state && (unsigned)run.state + 1 != query->state))
		return 0;
	jsonw_object(w);
	r = jsonw_run(w, call, &run);
	jsonw_object_end(w);
	(*written)++;
	return r;
}

/* Moves query->at along the runs. */
static int write_page(struct jsonw *w, struct call *call, struct runs_query *query,
	struct runs_page *page)
{
	*page = (struct runs_page){ .complete = true };
	for (unsigned looked = 0;; looked++) {
		struct run_position next;
		int r = run_index_next(call->snapshot->txn, query->job, EVIDENCE_OBSERVED,
			RUN_OLDER, &query->at, &next);

		if (r || next.start_us < query->after_us)
			return r < 0 ? r : 0;
		page->more = true;
		if (page->written == query->limit || page_is_long(w->buf))
			return 0;
		if (looked == RUNS_LOOKED_MAX ||
			(looked % RUNS_A_LOOK == RUNS_A_LOOK - 1 && call_is_late(call))) {
			page->complete = false;
			return 0;
		}
		r = write_if_asked(w, call, query, &next, &page->written);
		if (r)
			return r;
		query->at = next;
		page->more = false;
	}
}

int api_runs(struct call *call, struct reply *reply)
{
	struct runs_query query;
	struct runs_page page;
	struct cursor next;
	struct params p;
	struct jsonw w;
	int r = read_query(call, &p, reply, &query);

	if (r)
		return r < 0 ? r : 0;
	answer_open(&w, call, reply);
	jsonw_key(&w, "runs");
	jsonw_array(&w);
	r = write_page(&w, call, &query, &page);
	if (r)
		return r;
	jsonw_array_end(&w);
	jsonw_key(&w, "complete");
	jsonw_bool(&w, page.complete);
	position_to_cursor(&query.at, &next);
	jsonw_next(&w, &p, "runs", page.more ? &next : NULL);
	jsonw_object_end(&w);
	return 0;
}
