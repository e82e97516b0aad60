/* SPDX-License-Identifier: Apache-2.0 */

/*
 * run_detail.c - GET /api/v2/runs/{runId}: one run with its facets and datasets
 */
#include "api/handlers.h"
#include "api/nodeout.h"
#include "api/run_facets.h"
#include "api/runout.h"
#include "graph/timeline.h"

static const struct param_rule no_rules[] = { { NULL, 0 } };

static int write_datasets(struct jsonw *w, struct call *call, const char *name,
	const node_id *ids, size_t count)
{
	struct entity entity;
	int r = 0;

	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < count && !r; i++) {
		r = node_get(call, ids[i], &entity);
		if (r)
			return r;
		jsonw_node_short(w, &entity);
	}
	jsonw_array_end(w);
	return r;
}

static int write_io(struct jsonw *w, struct call *call, const struct run *run)
{
	struct ioset io;
	int r = ioset_get(call->snapshot->txn, run->io, call->arena, &io);

	if (!r)
		r = write_datasets(w, call, "inputs", io.inputs, io.input_count);
	if (!r)
		r = write_datasets(w, call, "outputs", io.outputs, io.output_count);
	return r;
}

static int write_facets(struct jsonw *w, struct call *call, const struct run *run)
{
	struct run_facets facets;
	int r = run_facets_read(call, run, &facets);

	if (r)
		return r;
	jsonw_key(w, "facets");
	jsonw_object(w);
	for (size_t i = 0; i < facets.count; i++) {
		if (facets.list[i].deleted)
			continue;
		jsonw_key_slice(w, facets.list[i].name);
		jsonw_stored(w, facets.list[i].bytes);
	}
	jsonw_object_end(w);
	jsonw_key(w, "facetsFrom");
	jsonw_object(w);
	jsonw_key(w, "events");
	jsonw_uint(w, facets.events);
	jsonw_key(w, "complete");
	jsonw_bool(w, facets.events == run->event_total);
	jsonw_object_end(w);
	return 0;
}

static int write_run(struct call *call, struct reply *reply, const struct run *run)
{
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "run");
	jsonw_object(&w);
	r = jsonw_run(&w, call, run);
	if (!r)
		r = write_io(&w, call, run);
	if (!r)
		r = write_facets(&w, call, run);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	return r;
}

int api_run(struct call *call, struct reply *reply)
{
	struct params p;
	struct runid id;
	struct run run;
	int r;

	params_parse(&p, call->query, no_rules, call->arena);
	if (params_error(&p))
		return params_refuse(&p, reply);
	(void)runid_from_text(call->args[0], &id);
	r = run_get(call->snapshot->txn, &id, &run);
	if (r < 0)
		return r;
	if (r == 0)
		return write_run(call, reply, &run);
	problem_reply(reply, 404, "there is no such run");
	return 0;
}
