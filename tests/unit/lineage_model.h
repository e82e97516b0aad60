/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_model.h - lineage answered slowly and obviously
 *
 * A small graph as a table of edges, and for each job what its lanes held in
 * three segments of time.  The same graph is put into an image and a store;
 * the model answers by looking at every pair of nodes.
 */
#pragma once

#include "tests/unit/store_fixture.h"

#include "graph/image.h"
#include "graph/lineage.h"
#include "graph/timeline.h"

#include <string.h>

#define MODEL_MAX      24
#define MODEL_EDGES    20000
#define MODEL_SEGMENTS 3
#define MODEL_FAR      UINT32_MAX

struct lineage_model {
	size_t count; /* ids from 1 on */
	uint8_t kind[MODEL_MAX + 1];
	uint32_t namespace_id[MODEL_MAX + 1];
	uint16_t flags[MODEL_MAX + 1][MODEL_MAX + 1]; /* as they stand now; 0: none */
	/* By lane and segment: whether a job's segment holds from -> to. */
	bool held[2][MODEL_SEGMENTS][MODEL_MAX + 1][MODEL_MAX + 1];
};

struct model_answer {
	struct lineage_node nodes[MODEL_MAX];
	size_t node_count;
	struct lineage_edge edges[MODEL_EDGES];
	size_t edge_count;
};

static inline uint64_t model_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Segments begin at 10, 20 and 30, and are settled at once. */
static inline int64_t model_segment_us(size_t segment)
{
	return (int64_t)(segment + 1) * 10;
}

static inline bool model_of_job(const struct lineage_model *m, node_id a, node_id b)
{
	return (m->kind[a] == NODE_JOB && m->kind[b] == NODE_DATASET) ||
	       (m->kind[a] == NODE_DATASET && m->kind[b] == NODE_JOB);
}

static inline void model_flags(struct lineage_model *m, node_id from, node_id to)
{
	uint16_t flags = 0;

	for (int lane = 0; lane < 2; lane++) {
		for (size_t s = 0; s < MODEL_SEGMENTS; s++) {
			if (m->held[lane][s][from][to])
				flags |= (uint16_t)(EDGE_OBSERVED_EVER << lane);
		}
		if (m->held[lane][MODEL_SEGMENTS - 1][from][to])
			flags |= (uint16_t)(EDGE_OBSERVED_NOW << lane);
	}
	m->flags[from][to] = flags;
}

static inline void model_make_edge(
	struct lineage_model *m, node_id from, node_id to, uint64_t *random)
{
	if (m->kind[from] == NODE_FIELD && m->kind[to] == NODE_JOB)
		return;
	if (m->kind[to] == NODE_FIELD && m->kind[from] != NODE_FIELD)
		return;
	if (!model_of_job(m, from, to)) {
		m->flags[from][to] = (uint16_t)(model_random(random) % 16);
		return;
	}
	for (int lane = 0; lane < 2; lane++) {
		for (size_t s = 0; s < MODEL_SEGMENTS; s++)
			m->held[lane][s][from][to] = model_random(random) % 2;
	}
	model_flags(m, from, to);
}

static inline void model_make(struct lineage_model *m, uint64_t *random)
{
	static const uint8_t kinds[] = { NODE_DATASET, NODE_JOB, NODE_DATASET, NODE_JOB,
		NODE_DATASET, NODE_JOB, NODE_FIELD };
	uint64_t sparse = model_random(random) % 20 + 3;

	memset(m, 0, sizeof(*m));
	m->count = model_random(random) % (MODEL_MAX - 3) + 4;
	for (node_id id = 1; id <= m->count; id++) {
		m->kind[id] = kinds[model_random(random) % sizeof(kinds)];
		m->namespace_id[id] = (uint32_t)(model_random(random) % 3) + 1;
	}
	for (node_id from = 1; from <= m->count; from++) {
		for (node_id to = 1; to <= m->count; to++) {
			if (model_random(random) % sparse == 0)
				model_make_edge(m, from, to, random);
		}
	}
}

static inline void model_fill_image(const struct lineage_model *m, struct image *image)
{
	for (node_id id = 1; id <= m->count; id++)
		assert_int_equal(
			image_add_node(image, id, m->kind[id], m->namespace_id[id], 0),
			0);
	for (node_id from = 1; from <= m->count; from++) {
		for (node_id to = 1; to <= m->count; to++) {
			uint16_t flags = m->flags[from][to];

			if (!flags)
				continue;
			assert_int_equal(
				image_put_edge(image, from, DOWNSTREAM, to, flags), 0);
			assert_int_equal(
				image_put_edge(image, to, UPSTREAM, from, flags), 0);
		}
	}
	assert_int_equal(image_publish(image, 1), 0);
}

static inline void model_fill_segment(const struct lineage_model *m,
	struct store_txn *txn, node_id job, enum evidence lane, size_t s)
{
	struct segment segment = {
		.first = { .start_us = model_segment_us(s),
			.run = { .bytes = { [0] = (uint8_t)job, [1] = (uint8_t)s } } },
		.settled_us = model_segment_us(s),
	};
	node_id inputs[MODEL_MAX];
	node_id outputs[MODEL_MAX];
	struct ioset set = { .inputs = inputs, .outputs = outputs };

	for (node_id id = 1; id <= m->count; id++) {
		if (m->held[lane][s][id][job])
			inputs[set.input_count++] = id;
		if (m->held[lane][s][job][id])
			outputs[set.output_count++] = id;
	}
	if (set.input_count == 0 && set.output_count == 0)
		return;
	assert_int_equal(ioset_intern(txn, &set, &segment.io), 0);
	assert_int_equal(segment_put(txn, job, lane, &segment), 0);
	assert_int_equal(run_index_add(txn, job, lane, &segment.first), 0);
}

static inline void model_fill_store(const struct lineage_model *m, struct store_txn *txn)
{
	for (node_id job = 1; job <= m->count; job++) {
		if (m->kind[job] != NODE_JOB)
			continue;
		for (int lane = 0; lane < 2; lane++) {
			for (size_t s = 0; s < MODEL_SEGMENTS; s++)
				model_fill_segment(m, txn, job, (enum evidence)lane, s);
		}
	}
}

/* Whether a job's lane had any input or output in a segment: else there is none. */
static inline bool model_segment_there(
	const struct lineage_model *m, node_id job, int lane, size_t s)
{
	for (node_id id = 1; id <= m->count; id++) {
		if (m->held[lane][s][id][job] || m->held[lane][s][job][id])
			return true;
	}
	return false;
}

/* Whether a segment counts for the question: the newest begun, or begun in the window. */
static inline bool model_segment_counts(const struct lineage_model *m,
	const struct lineage_query *q, node_id job, int lane, size_t s)
{
	int64_t at = q->time == LINEAGE_WINDOW	? q->from_us
		     : q->time == LINEAGE_AS_OF ? q->as_of_us
						: INT64_MAX;

	if (q->time == LINEAGE_WINDOW && model_segment_us(s) >= q->from_us &&
		model_segment_us(s) <= q->to_us)
		return true;
	if (model_segment_us(s) > at)
		return false;
	for (size_t later = s + 1; later < MODEL_SEGMENTS; later++) {
		if (model_segment_us(later) <= at &&
			model_segment_there(m, job, lane, later))
			return false;
	}
	return true;
}

/* The flags of an edge that stands for the question, or 0. */
static inline uint16_t model_stands(const struct lineage_model *m,
	const struct lineage_query *q, node_id from, node_id to)
{
	uint16_t wanted = (uint16_t)((q->observed ? EDGE_OBSERVED_NOW : 0) |
				     (q->declared ? EDGE_DECLARED_NOW : 0));
	uint16_t flags = m->flags[from][to];

	if (q->time != LINEAGE_CURRENT && model_of_job(m, from, to)) {
		node_id job = m->kind[from] == NODE_JOB ? from : to;

		flags &= (uint16_t)~EDGE_NOW;
		for (int lane = 0; lane < 2; lane++) {
			for (size_t s = 0; s < MODEL_SEGMENTS; s++) {
				if (m->held[lane][s][from][to] &&
					model_segment_counts(m, q, job, lane, s))
					flags |= (uint16_t)(EDGE_OBSERVED_NOW << lane);
			}
		}
	}
	if (q->time != LINEAGE_CURRENT)
		flags &= (uint16_t)(wanted | ~EDGE_NOW);
	return flags & wanted ? flags : 0;
}

static inline bool model_is_root(const struct lineage_query *q, node_id id)
{
	for (size_t i = 0; i < q->root_count; i++) {
		if (q->roots[i] == id)
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
	case LEVEL_MIXED:
	case LEVEL_FIELD:
		break;
	}
	return m->kind[id] != NODE_FIELD;
}

static inline bool model_hidden(
	const struct lineage_model *m, const struct lineage_query *q, node_id id)
{
	return !model_shown(m, q, id) && m->kind[id] != NODE_FIELD;
}

/* Whether `to` is one hop from `from` in the direction of the data. */
static inline bool model_hop(const struct lineage_model *m, const struct lineage_query *q,
	node_id from, node_id to)
{
	if (model_stands(m, q, from, to))
		return true;
	for (node_id via = 1; via <= m->count; via++) {
		if (model_hidden(m, q, via) && model_stands(m, q, from, via) &&
			model_stands(m, q, via, to))
			return true;
	}
	return false;
}

/* Hops from a root, up or down, by relaxing until nothing changes. */
static inline void model_depths(const struct lineage_model *m,
	const struct lineage_query *q, bool down, uint32_t depths[MODEL_MAX + 1])
{
	bool changed = true;

	for (node_id id = 1; id <= m->count; id++)
		depths[id] = model_is_root(q, id) ? 0 : MODEL_FAR;
	while (changed) {
		changed = false;
		for (node_id a = 1; a <= m->count; a++) {
			for (node_id b = 1; b <= m->count; b++) {
				bool hop;

				if (depths[a] >= q->depth || depths[b] <= depths[a] + 1 ||
					!model_shown(m, q, b))
					continue;
				/* Only a root may be of the hidden kind: no way through
				 * another. */
				if (model_hidden(m, q, a))
					hop = down ? model_stands(m, q, a, b)
						   : model_stands(m, q, b, a);
				else
					hop = down ? model_hop(m, q, a, b)
						   : model_hop(m, q, b, a);
				if (hop) {
					depths[b] = depths[a] + 1;
					changed = true;
				}
			}
		}
	}
}

static inline bool model_passes(
	const struct lineage_model *m, const struct lineage_query *q, node_id id)
{
	const struct lineage_filter *filter = &q->filter;

	if (model_is_root(q, id))
		return true;
	if (filter->kind && m->kind[id] != filter->kind)
		return false;
	for (size_t i = 0; i < filter->namespace_count; i++) {
		if (filter->namespaces[i] == m->namespace_id[id])
			return true;
	}
	return filter->namespace_count == 0;
}

static inline void model_nodes(const struct lineage_model *m,
	const struct lineage_query *q, struct model_answer *out)
{
	uint32_t depths[2][MODEL_MAX + 1];

	for (int d = 0; d < 2; d++) {
		memset(depths[d], 0xff, sizeof(depths[d]));
		if (d == DOWNSTREAM ? q->downstream : q->upstream)
			model_depths(m, q, d == DOWNSTREAM, depths[d]);
	}
	for (uint32_t depth = 0; depth < MODEL_MAX; depth++) {
		for (node_id id = 1; id <= m->count; id++) {
			uint32_t up = depths[UPSTREAM][id];
			uint32_t down = depths[DOWNSTREAM][id];

			if ((up < down ? up : down) != depth || !model_passes(m, q, id))
				continue;
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

static inline void model_add_edge(
	struct model_answer *out, node_id from, node_id to, node_id via, uint16_t flags)
{
	assert_true(out->edge_count < MODEL_EDGES);
	out->edges[out->edge_count++] = (struct lineage_edge){ from, to, via, flags };
}

/* The edges between two nodes of the answer. */
static inline void model_pair(const struct lineage_model *m,
	const struct lineage_query *q, node_id a, node_id b, struct model_answer *out)
{
	uint16_t flags = model_stands(m, q, a, b);

	if (flags)
		model_add_edge(out, a, b, 0, flags);
	if (!model_shown(m, q, a) || !model_shown(m, q, b))
		return;
	for (node_id via = 1; via <= m->count; via++) {
		uint16_t in = model_stands(m, q, a, via);
		uint16_t on = model_stands(m, q, via, b);

		if (!in || !on || !model_hidden(m, q, via) || model_is_root(q, via))
			continue;
		model_add_edge(out, a, b, via,
			(uint16_t)((in & on & EDGE_NOW) ? in & on : in | on));
	}
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
	out->node_count = 0;
	out->edge_count = 0;
	model_nodes(m, q, out);
	for (size_t i = 0; i < out->node_count; i++) {
		for (size_t j = 0; j < out->node_count; j++) {
			if (i != j)
				model_pair(m, q, out->nodes[i].id, out->nodes[j].id, out);
		}
	}
	qsort(out->edges, out->edge_count, sizeof(out->edges[0]), model_edge_compare);
}
