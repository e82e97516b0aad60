/* SPDX-License-Identifier: Apache-2.0 */

/*
 * runout.c - a run's record, as answers print it
 */
#include "api/runout.h"

#include "api/nodeout.h"

/* The member "job". */
static int write_job(struct jsonw *w, struct call *call, node_id job)
{
	struct entity entity;
	int r = node_get(call, job, &entity);

	if (r)
		return r;
	jsonw_key(w, "job");
	jsonw_node_short(w, &entity);
	return 0;
}

static void write_time(struct jsonw *w, const char *name, int64_t us)
{
	jsonw_key(w, name);
	if (us == INT64_MAX)
		jsonw_null(w);
	else
		jsonw_time(w, us);
}

int jsonw_run(struct jsonw *w, struct call *call, const struct run *run)
{
	char text[RUNID_TEXT_MAX];
	int r;

	jsonw_key(w, "runId");
	jsonw_text(w, runid_format(&run->id, text));
	jsonw_key(w, "receivedRunId");
	if (run->text.len)
		jsonw_string(w, run->text);
	else
		jsonw_null(w);
	r = write_job(w, call, run->job);
	jsonw_key(w, "state");
	jsonw_text(w, event_type_text(run->state));
	write_time(w, "start", run_start_us(run));
	write_time(w, "end", run->end_us);
	/* A stub has no events: others named it. */
	write_time(w, "firstEvent", run->event_total ? run->first_us : INT64_MAX);
	write_time(w, "lastEvent", run->event_total ? run->last_us : INT64_MAX);
	jsonw_key(w, "events");
	jsonw_uint(w, run->event_total);
	return r;
}

static int write_link(
	struct jsonw *w, struct call *call, const char *name, const struct run_link *link)
{
	char text[RUNID_TEXT_MAX];
	int r;

	jsonw_key(w, name);
	if (!link->job) {
		jsonw_null(w);
		return 0;
	}
	jsonw_object(w);
	jsonw_key(w, "runId");
	jsonw_text(w, runid_format(&link->run, text));
	r = write_job(w, call, link->job);
	jsonw_object_end(w);
	return r;
}

int jsonw_run_family(struct jsonw *w, struct call *call, const struct run *run)
{
	int r = write_link(w, call, "parent", &run->parent);

	return r ? r : write_link(w, call, "root", &run->root);
}

int run_at(struct call *call, const struct run_position *position, struct run *out)
{
	int r = run_get(call->snapshot->txn, &position->run, out);

	return r == 1 ? ERR_CORRUPT : r;
}
