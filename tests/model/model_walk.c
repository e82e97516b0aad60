/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_walk.c - the hops of each level, and walks over them
 */
#include "tests/model/model_impl.h"

#include <assert.h>
#include <string.h>

static bool is_told(const struct model_edge *edge)
{
	return edge->told[0] || edge->told[1] || edge->told[2];
}

static bool is_flow(const struct model_edge *edge)
{
	return edge->flow[0] || edge->flow[1] || edge->flow[2];
}

static enum node_kind kind(const struct model *model, int node)
{
	return model->nodes[node].kind;
}

/* An edge that a walk may take as it is: implied flows are there by another way. */
static bool is_direct(const struct model *model, const struct model_edge *edge,
	const struct model_walk *walk)
{
	enum node_kind from = kind(model, edge->from);
	enum node_kind to = kind(model, edge->to);
	bool fields = from == NODE_FIELD || from == NODE_WHOLE || to == NODE_FIELD ||
		      to == NODE_WHOLE;

	if (walk->level == LEVEL_FIELD)
		return from != NODE_JOB && to != NODE_JOB && fields;
	if (fields)
		return false;
	if (walk->level == LEVEL_DATASET && walk->precise)
		return true;
	return is_told(edge) || !edge->implied;
}

static void hop(const struct model *model, struct model_hops *out, int from, int to)
{
	from = model->canonical[from];
	to = model->canonical[to];
	if (from != to)
		out->leads[from][to] = true;
}

static bool shows(const struct model *model, const struct model_walk *walk, int node)
{
	node = model->canonical[node];
	if (node == model->canonical[walk->root])
		return true;
	if (walk->level == LEVEL_DATASET)
		return kind(model, node) == NODE_DATASET;
	if (walk->level == LEVEL_JOB)
		return kind(model, node) == NODE_JOB;
	return true;
}

/* Whether what goes into the hidden node between comes out by this edge. */
static bool passes(const struct model_edge *edge, const struct model_walk *walk)
{
	if (walk->level != LEVEL_DATASET || !walk->precise || is_flow(edge))
		return true;
	return !edge->covered;
}

static bool is_io_kind(const struct model *model, const struct model_edge *edge)
{
	return kind(model, edge->from) <= NODE_JOB && kind(model, edge->to) <= NODE_JOB;
}

static void hops_over(const struct model *model, const struct model_view *view,
	const struct model_walk *walk, const struct model_edge *first,
	struct model_hops *out)
{
	for (size_t i = 0; i < view->edge_count; i++) {
		const struct model_edge *second = &view->edges[i];

		if (model->canonical[second->from] == model->canonical[first->to] &&
			is_io_kind(model, second) && shows(model, walk, second->to) &&
			kind(model, second->to) == kind(model, first->from) &&
			kind(model, second->to) != kind(model, second->from) &&
			passes(second, walk))
			hop(model, out, first->from, second->to);
	}
}

void model_hops(const struct model *model, const struct model_view *view,
	const struct model_walk *walk, struct model_hops *out)
{
	*out = (struct model_hops){ 0 };
	for (size_t i = 0; i < view->edge_count; i++) {
		const struct model_edge *edge = &view->edges[i];
		bool from = shows(model, walk, edge->from);
		bool to = shows(model, walk, edge->to);

		if (from && to && is_direct(model, edge, walk))
			hop(model, out, edge->from, edge->to);
		else if (from && !to && is_io_kind(model, edge) &&
			 kind(model, edge->from) != kind(model, edge->to))
			hops_over(model, view, walk, edge, out);
	}
}

static void reach(int depth[MODEL_NODES], int node, int at)
{
	if (depth[node] < 0)
		depth[node] = at;
}

/* The whole of a dataset and its fields are reached together. */
static void reach_fields(const struct model *model, int depth[MODEL_NODES], int at)
{
	for (size_t i = 0; i < model->node_count; i++) {
		int whole = (int)i;

		if (kind(model, whole) != NODE_WHOLE ||
			depth[model->canonical[whole]] != at)
			continue;
		for (size_t k = 0; k < model->node_count; k++) {
			int dataset = model->nodes[k].dataset;

			if (kind(model, (int)k) == NODE_FIELD &&
				model->canonical[dataset] ==
					model->canonical[model->nodes[whole].dataset])
				reach(depth, model->canonical[k], at);
		}
	}
}

static void reach_from(const struct model *model, const struct model_hops *hops,
	const struct model_walk *walk, int depth[MODEL_NODES], const int step[2])
{
	for (int to = 0; to < (int)model->node_count; to++) {
		bool leads = walk->direction == DOWNSTREAM ? hops->leads[step[0]][to]
							   : hops->leads[to][step[0]];

		if (leads)
			reach(depth, to, step[1]);
	}
}

static int whole_of(const struct model *model, int field)
{
	struct model_node key = model->nodes[model->nodes[field].dataset];

	key.kind = NODE_WHOLE;
	return model_find(model, &key);
}

static void reach_next(const struct model *model, const struct model_hops *hops,
	const struct model_walk *walk, int depth[MODEL_NODES], int at)
{
	for (int i = 0; i < (int)model->node_count; i++) {
		const int step[2] = { i, at + 1 };
		int whole;

		if (depth[i] != at || model->canonical[i] != i)
			continue;
		reach_from(model, hops, walk, depth, step);
		if (walk->level != LEVEL_FIELD || kind(model, i) != NODE_FIELD)
			continue;
		whole = whole_of(model, i);
		assert(whole >= 0);
		reach_from(model, hops, walk, depth,
			(const int[2]){ model->canonical[whole], at + 1 });
	}
}

void model_walk(const struct model *model, const struct model_hops *hops,
	const struct model_walk *walk, int depth[MODEL_NODES])
{
	for (size_t i = 0; i < MODEL_NODES; i++)
		depth[i] = -1;
	/* A column that no lineage names is not its whole, but has its edges. */
	if (kind(model, walk->root) == NODE_WHOLE)
		reach_from(model, hops, walk, depth,
			(const int[2]){ model->canonical[walk->root], 1 });
	else
		reach(depth, model->canonical[walk->root], 0);
	for (int i = 0; i < (int)model->node_count && walk->level == LEVEL_FIELD; i++) {
		int own = model->canonical[model->nodes[i].dataset];

		if (kind(model, i) == NODE_WHOLE && own == model->canonical[walk->root])
			reach(depth, model->canonical[i], 0);
	}
	for (int at = 0; at < (int)model->node_count; at++) {
		if (walk->level == LEVEL_FIELD)
			reach_fields(model, depth, at);
		reach_next(model, hops, walk, depth, at);
	}
}
