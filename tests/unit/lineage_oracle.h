/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_oracle.h - lineage answered slowly and obviously
 *
 * By looking at every pair of nodes of a model, until nothing changes.
 */
#pragma once

#include "tests/unit/lineage_model.h"

#include "graph/idlist.h"

#define MODEL_EDGES 20000
#define MODEL_FAR   UINT32_MAX

struct model_answer {
	struct lineage_node nodes[MODEL_MAX];
	size_t node_count;
	struct lineage_edge edges[MODEL_EDGES];
	size_t edge_count;
	bool has[MODEL_MAX + 1];
};

/* As asked for one question: all flags once. */
struct model_asked {
	const struct lineage_model *m;
	const struct lineage_query *q;
	uint32_t flags[MODEL_MAX + 1][MODEL_MAX + 1]; /* 0: does not stand */
	bool hop[MODEL_MAX + 1][MODEL_MAX + 1];
};

/* The id that answers have for a node. */
static inline node_id model_shown_id(const struct lineage_model *m, node_id id)
{
	return m->stands[m->kind[id] == NODE_WHOLE ? m->dataset[id] : id];
}

static inline bool model_is_root(
	const struct lineage_model *m, const struct lineage_query *q, node_id id)
{
	for (size_t i = 0; i < q->root_count; i++) {
		if (m->stands[q->roots[i]] == m->stands[id])
			return true;
	}
	return false;
}

static inline bool model_shown(
	const struct lineage_model *m, const struct lineage_query *q, node_id id)
{
	switch (q->level) {
	case LEVEL_DATASET:
		return m->kind[id] == NODE_DATASET;
	case LEVEL_JOB:
		return m->kind[id] == NODE_JOB;
	case LEVEL_FIELD:
		return m->kind[id] == NODE_FIELD || m->kind[id] == NODE_WHOLE;
	case LEVEL_MIXED:
		break;
	}
	return m->kind[id] == NODE_DATASET || m->kind[id] == NODE_JOB;
}

static inline bool model_hidden(
	const struct lineage_model *m, const struct lineage_query *q, node_id id)
{
	if (q->level == LEVEL_DATASET)
		return m->kind[id] == NODE_JOB;
	return q->level == LEVEL_JOB && m->kind[id] == NODE_DATASET;
}

/* An edge of its own: told, and not there over a job anyway. */
static inline uint32_t model_edge(const struct model_asked *a, node_id from, node_id to)
{
	uint32_t flags = a->flags[from][to];
	bool implied_counts = a->q->level == LEVEL_JOB || a->q->level == LEVEL_FIELD ||
			      (a->q->level == LEVEL_DATASET && a->q->precise);

	return flags & EDGE_IMPLIED && !implied_counts ? 0 : flags;
}

/* One half of a way over a hidden node. */
static inline uint32_t model_half(const struct model_asked *a, node_id from, node_id to)
{
	uint32_t flags = a->flags[from][to];

	if (a->q->level == LEVEL_DATASET && a->q->precise && flags & EDGE_COVERED &&
		!(flags & EDGE_FLOW_NOW))
		return 0;
	return flags;
}

/* The node by which a way that came into a hidden one goes on: it or an alias; or 0. */
static inline node_id model_goes_on(
	const struct model_asked *a, node_id in, node_id after, node_id to)
{
	for (node_id on = after + 1; on <= a->m->count; on++) {
		if (a->m->stands[in] == a->m->stands[on] && model_half(a, on, to))
			return on;
	}
	return 0;
}

/* Whether `to` is one hop from `from` in the direction of the data. */
static inline bool model_hop(const struct model_asked *a, node_id from, node_id to)
{
	if (model_edge(a, from, to))
		return true;
	for (node_id in = 1; in <= a->m->count; in++) {
		if (model_hidden(a->m, a->q, in) && model_half(a, from, in) &&
			model_goes_on(a, in, 0, to))
			return true;
	}
	return false;
}

/* Whether the edges of `other` count as those of a node. */
static inline bool model_speaks_for(
	const struct lineage_model *m, node_id other, node_id id)
{
	if (other == id)
		return true;
	return m->kind[id] == NODE_FIELD && m->kind[other] == NODE_WHOLE &&
	       m->stands[m->whole[id]] == m->stands[other];
}

static inline bool model_leads(
	const struct model_asked *a, bool down, node_id id, node_id to)
{
	/* Only a root may be of the hidden kind: no way through another. */
	if (model_hidden(a->m, a->q, id))
		return down ? a->flags[id][to] : a->flags[to][id];
	for (node_id other = 1; other <= a->m->count; other++) {
		if (!model_speaks_for(a->m, other, id))
			continue;
		if (down ? a->hop[other][to] : a->hop[to][other])
			return true;
	}
	return false;
}

/* Whether a node is reached together with another one. */
static inline bool model_together(const struct model_asked *a, node_id id, node_id other)
{
	const struct lineage_model *m = a->m;

	if (m->stands[id] == m->stands[other])
		return true;
	if (a->q->level != LEVEL_FIELD)
		return false;
	if (m->kind[id] == NODE_DATASET)
		return m->whole[id] == other;
	return m->kind[id] == NODE_WHOLE && m->kind[other] == NODE_FIELD &&
	       m->whole[other] == id;
}

/* Hops from a root, up or down, by relaxing until nothing changes. */
static inline void model_depths(
	const struct model_asked *a, bool down, uint32_t depths[MODEL_MAX + 1])
{
	bool changed = true;

	for (node_id id = 1; id <= a->m->count; id++)
		depths[id] = model_is_root(a->m, a->q, id) ? 0 : MODEL_FAR;
	while (changed) {
		changed = false;
		for (node_id id = 1; id <= a->m->count; id++) {
			for (node_id to = 1; to <= a->m->count; to++) {
				uint32_t depth = depths[id];

				if (depth == MODEL_FAR || depths[to] <= depth)
					continue;
				if (!model_together(a, id, to)) {
					if (depth >= a->q->depth ||
						depths[to] <= depth + 1 ||
						!model_shown(a->m, a->q, to) ||
						!model_leads(a, down, id, to))
						continue;
					depth++;
				}
				depths[to] = depth;
				changed = true;
			}
		}
	}
}

static inline bool model_passes(
	const struct lineage_model *m, const struct lineage_query *q, node_id id)
{
	const struct lineage_filter *filter = &q->filter;
	bool only = !filter->only;

	if (filter->kind && m->kind[id] != filter->kind)
		return false;
	for (size_t i = 0; !only && i < filter->only->count; i++)
		only = filter->only->ids[i] == id;
	if (!only)
		return false;
	for (size_t i = 0; i < filter->namespace_count; i++) {
		if (filter->namespaces[i] == m->namespace_id[id])
			return true;
	}
	return filter->namespace_count == 0;
}

/* The depths of nodes as answers have them. */
static inline void model_shown_depths(
	const struct model_asked *a, bool down, uint32_t depths[MODEL_MAX + 1])
{
	uint32_t all[MODEL_MAX + 1];

	model_depths(a, down, all);
	for (node_id id = 1; id <= a->m->count; id++) {
		node_id shown = model_shown_id(a->m, id);

		if (all[id] < depths[shown])
			depths[shown] = all[id];
	}
}

static inline void model_nodes(const struct model_asked *a, struct model_answer *out)
{
	uint32_t depths[2][MODEL_MAX + 1];

	for (int d = 0; d < 2; d++) {
		memset(depths[d], 0xff, sizeof(depths[d]));
		if (d == DOWNSTREAM ? a->q->downstream : a->q->upstream)
			model_shown_depths(a, d == DOWNSTREAM, depths[d]);
	}
	for (uint32_t depth = 0; depth < MODEL_MAX; depth++) {
		for (node_id id = 1; id <= a->m->count; id++) {
			uint32_t up = depths[UPSTREAM][id];
			uint32_t down = depths[DOWNSTREAM][id];

			if ((up < down ? up : down) != depth ||
				(depth && !model_passes(a->m, a->q, id)))
				continue;
			out->has[id] = true;
			out->nodes[out->node_count++] = (struct lineage_node){
				.id = id,
				.depth = depth,
				.upstream = depth && up != MODEL_FAR,
				.downstream = depth && down != MODEL_FAR,
				.root = depth == 0,
			};
		}
	}
}

static inline bool model_open(uint32_t flags, uint32_t now, uint32_t said)
{
	return (flags & now) && !(flags & said);
}

/* Adds an edge, or its flags to the one that is there. */
static inline void model_add_edge(
	struct model_answer *out, node_id from, node_id to, node_id via, uint32_t flags)
{
	struct lineage_edge *edge = out->edges;
	uint32_t before;

	for (; edge < out->edges + out->edge_count; edge++) {
		if (edge->from == from && edge->to == to && edge->via == via)
			break;
	}
	if (edge == out->edges + out->edge_count) {
		assert_true(out->edge_count < MODEL_EDGES);
		out->edge_count++;
		*edge = (struct lineage_edge){ from, to, via, flags };
		return;
	}
	before = edge->flags;
	edge->flags |= flags;
	if (model_open(before, EDGE_IO_NOW, EDGE_COVERED) ||
		model_open(flags, EDGE_IO_NOW, EDGE_COVERED))
		edge->flags &= ~(uint32_t)EDGE_COVERED;
	if (model_open(before, EDGE_FLOW_NOW, EDGE_IMPLIED) ||
		model_open(flags, EDGE_FLOW_NOW, EDGE_IMPLIED))
		edge->flags &= ~(uint32_t)EDGE_IMPLIED;
}

/* Whether the edges of a node of the graph are those of one of the answer. */
static inline bool model_part_of(const struct lineage_model *m,
	const struct lineage_query *q, const struct model_answer *answer, node_id id,
	node_id shown)
{
	bool fields = q->level == LEVEL_FIELD;

	if (fields && m->kind[id] == NODE_WHOLE && m->kind[shown] == NODE_FIELD)
		return m->stands[m->whole[shown]] == m->stands[id] &&
		       !answer->has[model_shown_id(m, id)];
	if (fields && (m->kind[id] == NODE_DATASET || m->kind[id] == NODE_JOB))
		return false;
	if (!fields && m->kind[id] == NODE_WHOLE)
		return false;
	return model_shown_id(m, id) == shown;
}

static inline void model_ways(const struct model_asked *a, node_id from, node_id to,
	node_id x, node_id y, struct model_answer *out)
{
	const uint32_t lanes = 0x3ff;

	for (node_id in = 1; in <= a->m->count; in++) {
		node_id on = 0;

		if (!model_hidden(a->m, a->q, in) || !model_half(a, x, in) ||
			model_is_root(a->m, a->q, in))
			continue;
		while ((on = model_goes_on(a, in, on, y)) != 0) {
			uint32_t f = a->flags[x][in];
			uint32_t g = a->flags[on][y];

			model_add_edge(out, from, to, a->m->stands[in],
				((f & g & EDGE_NOW) ? f & g : f | g) & lanes);
		}
	}
}

/* The edges between two nodes of the answer. */
static inline void model_pair(
	const struct model_asked *a, node_id from, node_id to, struct model_answer *out)
{
	const struct lineage_model *m = a->m;

	for (node_id x = 1; x <= m->count; x++) {
		for (node_id y = 1; y <= m->count; y++) {
			uint32_t flags = model_edge(a, x, y);

			if (!model_part_of(m, a->q, out, x, from) ||
				!model_part_of(m, a->q, out, y, to))
				continue;
			if (flags)
				model_add_edge(out, from, to, 0, flags);
			if (a->q->level != LEVEL_FIELD && model_shown(m, a->q, x) &&
				model_shown(m, a->q, y))
				model_ways(a, from, to, x, y, out);
		}
	}
	if (a->q->level == LEVEL_FIELD && m->kind[from] == NODE_DATASET &&
		m->kind[to] == NODE_FIELD && m->stands[m->dataset[to]] == from)
		model_add_edge(out, from, to, 0, EDGE_CONTAINS);
}

static inline int model_edge_compare(const void *x, const void *y)
{
	const struct lineage_edge *a = x;
	const struct lineage_edge *b = y;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return (a->via > b->via) - (a->via < b->via);
}

static inline void model_ask(const struct lineage_model *m, const struct lineage_query *q,
	struct model_answer *out)
{
	static struct model_asked asked;

	asked.m = m;
	asked.q = q;
	for (node_id from = 1; from <= m->count; from++) {
		for (node_id to = 1; to <= m->count; to++) {
			uint32_t flags = model_flags(m, q, from, to);

			asked.flags[from][to] = flags & EDGE_NOW ? flags : 0;
		}
	}
	for (node_id from = 1; from <= m->count; from++) {
		for (node_id to = 1; to <= m->count; to++)
			asked.hop[from][to] = model_hop(&asked, from, to);
	}
	memset(out->has, 0, sizeof(out->has));
	out->node_count = 0;
	out->edge_count = 0;
	model_nodes(&asked, out);
	for (size_t i = 0; i < out->node_count; i++) {
		for (size_t j = 0; j < out->node_count; j++) {
			if (i != j)
				model_pair(
					&asked, out->nodes[i].id, out->nodes[j].id, out);
		}
	}
	qsort(out->edges, out->edge_count, sizeof(out->edges[0]), model_edge_compare);
}
