/* SPDX-License-Identifier: Apache-2.0 */

/*
 * run_detail.c - GET /api/v2/runs/{runId}: one run with its facets and datasets
 */
#include "api/handlers.h"
#include "api/nodeout.h"
#include "api/run_facets.h"
#include "api/runout.h"
#include "graph/idlist.h"
#include "graph/timeline.h"

/* Snapshots of one run that are looked at, oldest first. */
#define SNAPSHOTS_LOOKED_MAX 100000

static const struct param_rule no_rules[] = { { NULL, 0 } };

static void write_facets(struct jsonw *w, const struct run_facet *list, size_t count)
{
	jsonw_key(w, "facets");
	jsonw_object(w);
	for (size_t i = 0; i < count; i++) {
		if (list[i].deleted)
			continue;
		jsonw_key_slice(w, list[i].name);
		jsonw_stored(w, list[i].bytes);
	}
	jsonw_object_end(w);
}

/* A dataset as the run named it, with its inputFacets or outputFacets. */
static int write_dataset(struct jsonw *w, struct call *call,
	const struct run_facets *facets, enum run_part part, node_id id)
{
	const struct run_facet *list;
	struct entity entity;
	size_t count;
	int r = node_get(call, id, &entity);

	if (r)
		return r;
	list = run_facets_of(facets, part, &entity.key, &count);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_uint(w, id);
	jsonw_key(w, "namespace");
	jsonw_string(w, entity.key.namespace);
	jsonw_key(w, "name");
	jsonw_string(w, entity.key.name);
	write_facets(w, list, count);
	jsonw_object_end(w);
	return 0;
}

/* The numbers of the run's own set and of its snapshots; most say the same. */
static int gather_sets(
	struct call *call, const struct run *run, struct idlist *sets, bool *complete)
{
	int64_t at_us = INT64_MIN;
	int r = idlist_add(sets, run->io);

	for (unsigned looked = 0; !r && looked < SNAPSHOTS_LOOKED_MAX; looked++) {
		struct snapshot_set set;

		r = snapshot_set_next(call->snapshot->txn, &run->id, at_us, &at_us, &set);
		if (!r)
			r = idlist_add(sets, set.alone);
	}
	*complete = r == 1;
	idlist_finish(sets);
	return r < 0 ? r : 0;
}

/* What the run's own events said, and its snapshots. */
static int read_io(
	struct call *call, const struct run *run, struct ioset *out, bool *complete)
{
	struct idlist sets = { .arena = call->arena };
	struct ioset_list list;
	int r = gather_sets(call, run, &sets, complete);

	if (r)
		return r;
	list = (struct ioset_list){ .ids = sets.ids, .count = sets.count };
	return ioset_unite(call->snapshot->txn, &list, JOIN_TIME, call->arena, out);
}

static int write_io(struct jsonw *w, struct call *call, const struct run *run,
	const struct run_facets *facets)
{
	struct ioset io = { 0 };
	bool complete = false;
	int r = read_io(call, run, &io, &complete);

	jsonw_key(w, "inputs");
	jsonw_array(w);
	for (size_t i = 0; !r && i < io.input_count; i++)
		r = write_dataset(w, call, facets, PART_INPUT, io.inputs[i]);
	jsonw_array_end(w);
	jsonw_key(w, "outputs");
	jsonw_array(w);
	for (size_t i = 0; !r && i < io.output_count; i++)
		r = write_dataset(w, call, facets, PART_OUTPUT, io.outputs[i]);
	jsonw_array_end(w);
	jsonw_key(w, "datasetsComplete");
	jsonw_bool(w, complete);
	return r;
}

static void write_run_facets(
	struct jsonw *w, const struct run *run, const struct run_facets *facets)
{
	size_t count;
	const struct run_facet *list = run_facets_of(facets, PART_RUN, NULL, &count);

	write_facets(w, list, count);
	jsonw_key(w, "facetsFrom");
	jsonw_object(w);
	jsonw_key(w, "events");
	jsonw_uint(w, facets->events);
	jsonw_key(w, "complete");
	jsonw_bool(w, facets->events == run->event_total);
	jsonw_object_end(w);
}

static int write_run(struct call *call, struct reply *reply, const struct run *run)
{
	struct run_facets facets;
	struct jsonw w;
	int r = run_facets_read(call, run, &facets);

	if (r)
		return r;
	answer_open(&w, call, reply);
	jsonw_key(&w, "run");
	jsonw_object(&w);
	r = jsonw_run(&w, call, run);
	if (!r)
		r = jsonw_run_family(&w, call, run);
	if (!r)
		r = write_io(&w, call, run, &facets);
	write_run_facets(&w, run, &facets);
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
