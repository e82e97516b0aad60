/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_walk.c - the nodes around a node, as Marquez's lineage counts hops
 *
 * One hop from job to job is two steps: from jobs to their datasets, and from these
 * to theirs.  Each step is a walk of depth 1, so that times, aliases and budgets
 * are as everywhere.
 */
#include "api/marquez_walk.h"

#include "api/marquez.h"
#include "api/nodelife.h"
#include "api/nodeout.h"

#define WALK_BUDGET_EDGES 20000000

struct steps {
	struct mq *mq;
	struct call *call;
	const struct mq_walk *walk;
	struct idset *seen;
	struct mq_around *out;
	size_t room;
	size_t begin; /* of what the last step found, in out->nodes */
};

int mq_walk_time(struct params *p, struct reply *reply, struct lineage_query *out)
{
	walk_read_time(p, out);
	if (!params_error(p))
		return 0;
	return mq_refuse_param(reply, "query param %s %s", p->fault.where, p->fault.why);
}

void mq_truncated(struct jsonw *w, const char *why)
{
	if (!why)
		return;
	jsonw_key(w, "truncated");
	jsonw_text(w, why);
}

static struct lineage_query query_of(const struct steps *steps)
{
	struct lineage_query query = steps->walk->when;

	query.upstream = steps->walk->upstream;
	query.downstream = steps->walk->downstream;
	query.level = LEVEL_MIXED;
	query.observed = true;
	query.declared = true;
	query.inferred = true;
	query.budget_edges = WALK_BUDGET_EDGES;
	query.deadline_us = steps->call->deadline_us;
	return query;
}

static int run_query(
	struct steps *steps, const struct lineage_query *query, struct lineage *out)
{
	int r = lineage_walk(steps->call->snapshot, query, steps->call->arena, out);

	if (!r && out->cut != CUT_NONE)
		steps->out->cut = out->cut;
	return r;
}

static int make_room(struct steps *steps)
{
	size_t room = steps->room ? steps->room * 2 : 64;
	node_id *nodes;

	if (steps->out->count < steps->room)
		return 0;
	nodes = arena_array(steps->call->arena, room, sizeof(*nodes));
	if (!nodes)
		return ERR_NOMEM;
	if (steps->out->count)
		memcpy(nodes, steps->out->nodes, steps->out->count * sizeof(*nodes));
	steps->out->nodes = nodes;
	steps->room = room;
	return 0;
}

static int add_node(struct steps *steps, node_id id)
{
	int r = idset_put(steps->seen, id, 0);

	if (r)
		return r < 0 ? r : 0;
	r = make_room(steps);
	if (r)
		return r;
	steps->out->nodes[steps->out->count++] = id;
	return 0;
}

int mq_node_hidden(struct mq *mq, node_id id, bool *out)
{
	struct entity_times times;
	struct entity entity;
	int r;

	*out = false;
	if (!mq->hidden.nodes && !mq->hidden.namespaces)
		return 0;
	r = node_get(mq->call, id, &entity);
	if (!r)
		r = node_times(mq->call, id, &times);
	if (!r)
		r = mq_fill_times(mq->call, id, &times);
	if (!r)
		*out = mq_is_hidden(mq, &entity, &times);
	return r;
}

static int is_closed(struct steps *steps, node_id id, bool *out)
{
	*out = false;
	return steps->walk->around_hidden ? mq_node_hidden(steps->mq, id, out) : 0;
}

/* Where a step goes on from: what the one before found, but for what is closed. */
static int roots_of(struct steps *steps, node_id **out, size_t *count_out)
{
	size_t count = steps->out->count - steps->begin;
	node_id *roots = arena_array(steps->call->arena, count, sizeof(*roots));
	size_t kept = 0;
	int r = roots ? 0 : ERR_NOMEM;

	for (size_t i = 0; i < count && !r; i++) {
		node_id id = steps->out->nodes[steps->begin + i];
		bool closed;

		r = is_closed(steps, id, &closed);
		if (!r && !closed)
			roots[kept++] = id;
	}
	*out = roots;
	*count_out = kept;
	return r;
}

/* Adds the nodes of a kind beside those that the last step found. */
static int step(struct steps *steps, enum node_kind kind)
{
	struct lineage_query query = query_of(steps);
	struct lineage found;
	node_id *roots;
	int r = roots_of(steps, &roots, &query.root_count);

	if (r)
		return r;
	steps->begin = steps->out->count;
	if (query.root_count == 0)
		return 0;
	query.roots = roots;
	query.depth = 1;
	query.filter.kind = kind;
	r = run_query(steps, &query, &found);
	for (size_t i = 0; !r && i < found.node_count; i++) {
		if (!found.nodes[i].root)
			r = add_node(steps, found.nodes[i].id);
	}
	return r;
}

static bool is_at_end(const struct steps *steps)
{
	return steps->begin == steps->out->count || steps->out->cut != CUT_NONE;
}

static int find_nodes(struct steps *steps)
{
	const struct image_node *root =
		image_node(steps->call->snapshot->image, steps->walk->root);
	int r = add_node(steps, steps->walk->root);

	if (!r && root && root->kind == NODE_DATASET)
		r = step(steps, NODE_JOB);
	for (uint32_t hop = 0; !r && !is_at_end(steps); hop++) {
		r = step(steps, NODE_DATASET);
		if (r || hop == steps->walk->depth || is_at_end(steps))
			break;
		r = step(steps, NODE_JOB);
	}
	return r;
}

static bool joins_job_and_dataset(
	const struct image_version *image, const struct lineage_edge *edge)
{
	const struct image_node *from = image_node(image, edge->from);
	const struct image_node *to = image_node(image, edge->to);

	return from && to && from->kind != to->kind;
}

/* All edges between the nodes: an answer of depth 0 has just these. */
static int find_edges(struct steps *steps)
{
	struct lineage_query query = query_of(steps);
	struct mq_around *out = steps->out;
	struct lineage found;
	int r;

	query.roots = out->nodes;
	query.root_count = out->count;
	query.upstream = true;
	query.downstream = true;
	r = run_query(steps, &query, &found);
	if (r)
		return r;
	out->edges = found.edges;
	for (size_t i = 0; i < found.edge_count; i++) {
		if (joins_job_and_dataset(steps->call->snapshot->image, &found.edges[i]))
			out->edges[out->edge_count++] = found.edges[i];
	}
	return 0;
}

int mq_walk_run(struct mq *mq, const struct mq_walk *walk, struct mq_around *out)
{
	AUTO(idset) struct idset *seen = idset_new(SIZE_MAX / 64);
	struct steps steps = {
		.mq = mq, .call = mq->call, .walk = walk, .seen = seen, .out = out
	};
	int r;

	*out = (struct mq_around){ .cut = CUT_NONE };
	if (!seen)
		return ERR_NOMEM;
	r = find_nodes(&steps);
	return r ? r : find_edges(&steps);
}
