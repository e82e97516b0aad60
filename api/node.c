/* SPDX-License-Identifier: Apache-2.0 */

/*
 * node.c - GET /api/v2/node: one node, its facets, neighbours and last run
 */
#include "api/columnout.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/neighbours.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/noderef.h"
#include "api/runout.h"
#include "graph/parent.h"

#define RUNS_COUNTED_MAX     1000
#define CHILDREN_COUNTED_MAX 100000

static const struct param_rule node_rules[] = { NODEREF_RULES, { "id", 1 }, { NULL, 0 } };

/* Counts one sort of neighbours; *all becomes false when they were too many. */
static int write_peers(struct jsonw *w, const struct call *call, const char *name,
	const struct peer_question *question, bool *all)
{
	struct peer_counts counts;
	int r = count_peers(call, question, &counts);

	if (r)
		return r;
	*all &= counts.complete;
	jsonw_key(w, name);
	jsonw_object(w);
	jsonw_key(w, "now");
	jsonw_uint(w, counts.now);
	jsonw_key(w, "ever");
	jsonw_uint(w, counts.ever);
	jsonw_object_end(w);
	return 0;
}

/* How the neighbours of a kind of node are called. */
struct sides {
	const char *upstream;
	const char *downstream;
	enum node_kind kind;
};

static const struct sides *sides_of(enum node_kind kind)
{
	static const struct sides any = { "upstream", "downstream", 0 };
	static const struct sides of_dataset = { "producers", "consumers", NODE_JOB };
	static const struct sides of_job = { "inputs", "outputs", NODE_DATASET };

	switch (kind) {
	case NODE_DATASET:
		return &of_dataset;
	case NODE_JOB:
		return &of_job;
	case NODE_FIELD:
	case NODE_WHOLE:
		break;
	}
	return &any;
}

static int write_sides(struct jsonw *w, const struct call *call, node_id node,
	const struct sides *sides, bool *all)
{
	const struct peer_question up = { node, UPSTREAM, sides->kind };
	const struct peer_question down = { node, DOWNSTREAM, sides->kind };
	int r = write_peers(w, call, sides->upstream, &up, all);

	return r ? r : write_peers(w, call, sides->downstream, &down, all);
}

static int write_neighbours(
	struct jsonw *w, const struct call *call, const struct entity *entity)
{
	bool all = true;
	int r;

	jsonw_key(w, "neighbours");
	jsonw_object(w);
	r = write_sides(w, call, entity->id, sides_of(NODE_FIELD), &all);
	jsonw_object_end(w);
	if (!r && entity->key.kind != NODE_FIELD)
		r = write_sides(w, call, entity->id, sides_of(entity->key.kind), &all);
	jsonw_key(w, "countsComplete");
	jsonw_bool(w, all);
	return r;
}

static int write_last_run(struct jsonw *w, struct call *call, const struct run *run)
{
	int r;

	jsonw_object(w);
	r = jsonw_run(w, call, run);
	jsonw_object_end(w);
	return r;
}

/* The next run of the job before a position; 0, or 1 when there is none. */
static int next_run(
	struct call *call, node_id job, struct run_position *at, struct run *out)
{
	for (;;) {
		int r = run_index_next(
			call->snapshot->txn, job, EVIDENCE_OBSERVED, RUN_OLDER, at, at);

		if (!r)
			r = run_at(call, at, out);
		if (r || !run_is_snapshot_row(out, at))
			return r;
	}
}

static void write_run_count(struct jsonw *w, unsigned count)
{
	jsonw_key(w, "runs");
	jsonw_object(w);
	jsonw_key(w, "count");
	jsonw_uint(w, count > RUNS_COUNTED_MAX ? RUNS_COUNTED_MAX : count);
	jsonw_key(w, "atLeast");
	jsonw_bool(w, count > RUNS_COUNTED_MAX);
	jsonw_object_end(w);
}

/* The members "lastRun" and "runs" of a job. */
static int write_runs(struct jsonw *w, struct call *call, node_id job)
{
	struct run_position at = run_position_last;
	unsigned count = 0;
	struct run run;
	int r = 0;

	jsonw_key(w, "lastRun");
	for (; count <= RUNS_COUNTED_MAX; count++) {
		r = next_run(call, job, &at, &run);
		if (!r && count == 0)
			r = write_last_run(w, call, &run);
		if (r)
			break;
	}
	if (r < 0)
		return r;
	if (count == 0)
		jsonw_null(w);
	write_run_count(w, count);
	return 0;
}

static int write_short(struct jsonw *w, struct call *call, const char *name, node_id id)
{
	struct entity entity;
	int r;

	jsonw_key(w, name);
	if (!id) {
		jsonw_null(w);
		return 0;
	}
	r = node_get(call, id, &entity);
	if (r)
		return r;
	jsonw_node_short(w, &entity);
	return 0;
}

static int count_child(void *ctx, node_id child)
{
	uint64_t *count = ctx;

	(void)child;
	return ++*count == CHILDREN_COUNTED_MAX;
}

/* The members parent, root and children of a job. */
static int write_family(struct jsonw *w, struct call *call, node_id job)
{
	struct job_parent family = { .parent = 0 };
	uint64_t children = 0;
	int r = job_parent_get(call->snapshot->txn, job, &family);

	if (r >= 0)
		r = write_short(w, call, "parent", r == 1 ? 0 : family.parent);
	if (!r)
		r = write_short(w, call, "root", family.root);
	if (!r)
		r = job_children(call->snapshot->txn, job, count_child, &children);
	if (r < 0)
		return r;
	jsonw_key(w, "children");
	jsonw_uint(w, children);
	return jsonw_dependencies(w, call, job);
}

static int write_renames(struct jsonw *w, struct call *call, const char *name,
	node_id node, enum direction direction)
{
	struct renames renames;
	struct entity entity;

	node_renames(call, node, direction, &renames);
	jsonw_key(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < renames.count; i++) {
		int r = node_get(call, renames.ids[i], &entity);

		if (r)
			return r;
		jsonw_node_short(w, &entity);
	}
	jsonw_array_end(w);
	return 0;
}

static int write_dataset(struct jsonw *w, struct call *call, const struct entity *entity,
	const struct entity_times *times)
{
	node_id node = entity->id;
	struct ol_schema schema;
	int r = jsonw_lifecycle(w, call, node, times, true);

	if (!r)
		r = write_renames(w, call, "renamedFrom", node, UPSTREAM);
	if (!r)
		r = write_renames(w, call, "renamedTo", node, DOWNSTREAM);
	if (!r)
		r = facet_schema(call, node, &schema);
	if (r)
		return r;
	jsonw_key(w, "columns");
	jsonw_uint(w, schema.count);
	return jsonw_labels(w, call, entity);
}

static int write_job(struct jsonw *w, struct call *call, const struct entity *entity)
{
	int r = write_family(w, call, entity->id);

	if (!r)
		r = jsonw_labels(w, call, entity);
	return r ? r : write_runs(w, call, entity->id);
}

/* The member column: what the schema says of a field, or null. */
static int write_column(struct jsonw *w, struct call *call, const struct entity *entity)
{
	struct ol_schema schema;
	int r = facet_schema(call, node_dataset(call, entity->id), &schema);

	if (r)
		return r;
	jsonw_key(w, "column");
	for (size_t i = 0; i < schema.count; i++) {
		if (!slice_equal(schema.list[i].path, entity->key.field))
			continue;
		jsonw_object(w);
		jsonw_text_or_null(w, "type", schema.list[i].type);
		jsonw_text_or_null(w, "description", schema.list[i].description);
		jsonw_object_end(w);
		return 0;
	}
	jsonw_null(w);
	return 0;
}

static int write_field(struct jsonw *w, struct call *call, const struct entity *entity)
{
	int r = write_short(w, call, "dataset", node_dataset(call, entity->id));

	if (!r)
		r = write_column(w, call, entity);
	if (r)
		return r;
	jsonw_class_counts(w, call, entity->id);
	return jsonw_labels(w, call, entity);
}

static int write_of_kind(struct jsonw *w, struct call *call, const struct entity *entity,
	const struct entity_times *times)
{
	switch (entity->key.kind) {
	case NODE_DATASET:
		return write_dataset(w, call, entity, times);
	case NODE_JOB:
		return write_job(w, call, entity);
	case NODE_FIELD:
		return write_field(w, call, entity);
	case NODE_WHOLE:
		break;
	}
	return ERR_CORRUPT;
}

static int write_node(struct call *call, struct reply *reply, const struct entity *entity)
{
	const struct facet_choice facets = { .all = true };
	struct entity_times times;
	struct jsonw w;
	int r = node_times(call, entity->id, &times);

	if (r)
		return r;
	answer_open(&w, call, reply);
	jsonw_key(&w, "node");
	jsonw_object(&w);
	jsonw_node_name(&w, entity);
	jsonw_times(&w, &times);
	r = jsonw_aliases(&w, call, entity->id);
	if (!r)
		r = jsonw_facets(&w, call, entity, &facets);
	if (!r)
		r = write_neighbours(&w, call, entity);
	if (!r)
		r = write_of_kind(&w, call, entity, &times);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	return r;
}

/* A column that only a schema has; id is that of its dataset's whole (noderef.h). */
static int write_lone(
	struct call *call, struct reply *reply, const struct node_key *key, node_id id)
{
	static const struct entity_times never = { .first_seen_us = TIME_NEVER,
		.last_seen_us = TIME_NEVER };
	/* What lineage tells of the dataset as a table is not told of the column. */
	bool told = node_dataset(call, id) != id;
	const struct entity entity = { .id = id, .key = *key };
	const struct entity about = { .id = told ? id : 0, .key = *key };
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "node");
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_null(&w);
	jsonw_node_key(&w, key);
	jsonw_times(&w, &never);
	jsonw_key(&w, "aliases");
	jsonw_array(&w);
	jsonw_array_end(&w);
	jsonw_key(&w, "facets");
	jsonw_object(&w);
	jsonw_object_end(&w);
	r = write_neighbours(&w, call, &about);
	if (!r)
		r = write_short(&w, call, "dataset", node_dataset(call, id));
	if (!r)
		r = write_column(&w, call, &entity);
	jsonw_class_counts(&w, call, about.id);
	if (!r)
		r = jsonw_labels(&w, call, &entity);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	return r;
}

/* The node that an id is shown as: 0, or 1 when there is none. */
static int find_shown(struct call *call, node_id id, struct entity *out)
{
	int r = entity_get(call->snapshot->txn, id, out);

	if (r)
		return r;
	id = out->key.kind == NODE_FIELD ? image_canonical(call->snapshot->image, id)
					 : node_dataset(call, id);
	return id == out->id ? 0 : node_get(call, id, out);
}

int api_node(struct call *call, struct reply *reply)
{
	static const struct param_range ids = { 1, UINT32_MAX, 0 };
	struct node_key lone = { .kind = 0 };
	const struct noderef ref = { .names = &noderef_plain, .lone = &lone };
	struct entity entity;
	struct params p;
	node_id id;
	int r = 0;

	params_parse(&p, call->query, node_rules, call->arena);
	id = (node_id)param_uint(&p, "id", &ids);
	if (id && noderef_given(&p))
		params_fault(&p, "id", "stands beside other names of the node");
	if (!id || params_error(&p))
		r = noderef_find_as(call, &p, &ref, reply, &id);
	if (r)
		return r < 0 ? r : 0;
	if (lone.kind)
		return write_lone(call, reply, &lone, id);

	r = find_shown(call, id, &entity);
	if (r < 0)
		return r;
	if (r == 0)
		return write_node(call, reply, &entity);
	problem_reply(reply, 404, "no node has the id %u", (unsigned)id);
	return 0;
}
