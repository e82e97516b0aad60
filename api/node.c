/* SPDX-License-Identifier: Apache-2.0 */

/*
 * node.c - GET /api/v2/node: one node, its facets, neighbours and last run
 */
#include "api/handlers.h"
#include "api/nodeout.h"
#include "api/noderef.h"
#include "api/runout.h"

#define PEERS_COUNTED_MAX 100000
#define RUNS_COUNTED_MAX  1000

static const struct param_rule node_rules[] = {
	NODEREF_RULES,
	{ "field", 1 },
	{ "id", 1 },
	{ NULL, 0 },
};

static const struct image_edges *edges_of(
	const struct image_node *node, enum direction direction)
{
	static const struct image_edges none = { .now = 0 };

	return node ? &node->edges[direction] : &none;
}

static void write_counts(struct jsonw *w, const char *name, uint64_t now, uint64_t ever)
{
	jsonw_key(w, name);
	jsonw_object(w);
	jsonw_key(w, "now");
	jsonw_uint(w, now);
	jsonw_key(w, "ever");
	jsonw_uint(w, ever);
	jsonw_object_end(w);
}

/* Counts the neighbours of a kind; returns whether all were looked at. */
static bool write_peers(struct jsonw *w, const struct call *call, const char *name,
	const struct image_edges *edges, enum node_kind kind)
{
	bool all = edges->total <= PEERS_COUNTED_MAX;
	uint32_t looked = all ? edges->total : PEERS_COUNTED_MAX;
	uint64_t counts[2] = { 0, 0 }; /* past, now */

	for (uint32_t i = 0; i < looked; i++) {
		const struct image_node *peer =
			image_node(call->snapshot->image, edges->peers[i]);

		if (peer && peer->kind == kind)
			counts[i < edges->now]++;
	}
	write_counts(w, name, counts[1], counts[0] + counts[1]);
	return all;
}

static void write_neighbours(
	struct jsonw *w, const struct call *call, const struct entity *entity)
{
	const struct image_node *node = image_node(call->snapshot->image, entity->id);
	const struct image_edges *up = edges_of(node, UPSTREAM);
	const struct image_edges *down = edges_of(node, DOWNSTREAM);
	bool all = true;

	jsonw_key(w, "neighbours");
	jsonw_object(w);
	write_counts(w, "upstream", up->now, up->total);
	write_counts(w, "downstream", down->now, down->total);
	jsonw_object_end(w);

	switch (entity->key.kind) {
	case NODE_DATASET:
		all = write_peers(w, call, "producers", up, NODE_JOB);
		all &= write_peers(w, call, "consumers", down, NODE_JOB);
		break;
	case NODE_JOB:
		all = write_peers(w, call, "inputs", up, NODE_DATASET);
		all &= write_peers(w, call, "outputs", down, NODE_DATASET);
		break;
	case NODE_FIELD:
	case NODE_WHOLE:
		break;
	}
	jsonw_key(w, "countsComplete");
	jsonw_bool(w, all);
}

static int write_last_run(
	struct jsonw *w, struct call *call, const struct run_position *position)
{
	struct run run;
	int r = run_at(call, position, &run);

	if (r)
		return r;
	jsonw_object(w);
	r = jsonw_run(w, call, &run);
	jsonw_object_end(w);
	return r;
}

/* The members "lastRun" and "runs" of a job. */
static int write_runs(struct jsonw *w, struct call *call, node_id job)
{
	struct run_position at = run_position_last;
	unsigned count = 0;
	int r = 0;

	jsonw_key(w, "lastRun");
	for (; count <= RUNS_COUNTED_MAX; count++) {
		struct run_position next;

		r = run_index_next(call->snapshot->txn, job, EVIDENCE_OBSERVED, RUN_OLDER,
			&at, &next);
		if (!r && count == 0)
			r = write_last_run(w, call, &next);
		if (r)
			break;
		at = next;
	}
	if (r < 0)
		return r;
	if (count == 0)
		jsonw_null(w);
	jsonw_key(w, "runs");
	jsonw_object(w);
	jsonw_key(w, "count");
	jsonw_uint(w, count > RUNS_COUNTED_MAX ? RUNS_COUNTED_MAX : count);
	jsonw_key(w, "atLeast");
	jsonw_bool(w, count > RUNS_COUNTED_MAX);
	jsonw_object_end(w);
	return 0;
}

static int write_node(struct call *call, struct reply *reply, const struct entity *entity)
{
	const struct facet_choice facets = { .all = true };
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "node");
	jsonw_object(&w);
	jsonw_node_name(&w, entity);
	jsonw_node_seen(&w, entity);
	r = jsonw_facets(&w, call, entity, &facets);
	if (r)
		return r;
	write_neighbours(&w, call, entity);
	if (entity->key.kind == NODE_JOB)
		r = write_runs(&w, call, entity->id);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	return r;
}

int api_node(struct call *call, struct reply *reply)
{
	static const struct param_range ids = { 1, UINT32_MAX, 0 };
	struct entity entity;
	struct params p;
	node_id id;
	int r = 0;

	params_parse(&p, call->query, node_rules, call->arena);
	id = (node_id)param_uint(&p, "id", &ids);
	if (id && (noderef_given(&p) || param_given(&p, "field")))
		params_fault(&p, "id", "stands beside other names of the node");
	if (!id || params_error(&p))
		r = noderef_find(call, &p, 0, reply, &id);
	if (r)
		return r < 0 ? r : 0;

	r = entity_get(call->snapshot->txn, id, &entity);
	if (r < 0)
		return r;
	if (r == 0)
		return write_node(call, reply, &entity);
	problem_reply(reply, 404, "no node has the id %u", (unsigned)id);
	return 0;
}
