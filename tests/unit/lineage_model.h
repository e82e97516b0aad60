/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_model.h - a small random graph, and the same in an image and a store
 *
 * The graph is what each owner told in three segments of time: inputs, outputs,
 * which of these are covered, and flows.  Datasets have wholes and fields, and
 * some are aliases of others.  lineage_oracle.h answers questions about it.
 */
#pragma once

#include "tests/unit/store_fixture.h"

#include "graph/flow.h"
#include "graph/image.h"
#include "graph/lineage.h"
#include "graph/timeline.h"

#include <string.h>

#define MODEL_MAX      24
#define MODEL_SEGMENTS 3

/* What one segment of an owner's lane holds. */
struct model_set {
	bool there;
	bool input[MODEL_MAX + 1];
	bool output[MODEL_MAX + 1];
	uint8_t cover[MODEL_MAX + 1];
	uint32_t flow[MODEL_MAX + 1][MODEL_MAX + 1]; /* from, to: classes; 0: none */
};

struct lineage_model {
	size_t count; /* ids from 1 on */
	uint8_t kind[MODEL_MAX + 1];
	uint32_t namespace_id[MODEL_MAX + 1];
	node_id whole[MODEL_MAX + 1];	/* of a dataset or a field; 0: none */
	node_id dataset[MODEL_MAX + 1]; /* of a whole or a field */
	uint8_t name[MODEL_MAX + 1];	/* of a field */
	node_id stands[MODEL_MAX + 1];	/* who stands for it: itself, mostly */
	bool tells[MODEL_MAX + 1];	/* whether it tells anything at all */
	struct model_set set[MODEL_MAX + 1][EVIDENCE_COUNT]
			    [MODEL_SEGMENTS]; /* by owner */
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

/* ---- making one ---- */

static inline node_id model_add(struct lineage_model *m, uint8_t kind, uint64_t *random)
{
	node_id id = ++m->count;

	m->kind[id] = kind;
	m->namespace_id[id] = (uint32_t)(model_random(random) % 3) + 1;
	m->stands[id] = id;
	return id;
}

/* A dataset, often with a whole and some fields; in any order of ids. */
static inline void model_add_dataset(struct lineage_model *m, uint64_t *random)
{
	bool whole_first = model_random(random) % 2;
	size_t fields = model_random(random) % 4;
	node_id whole = 0;
	node_id dataset;

	if (fields && whole_first)
		whole = model_add(m, NODE_WHOLE, random);
	dataset = model_add(m, NODE_DATASET, random);
	if (fields && !whole_first)
		whole = model_add(m, NODE_WHOLE, random);
	m->whole[dataset] = whole;
	m->dataset[whole] = dataset;
	for (size_t i = 1; i < fields; i++) {
		node_id field = model_add(m, NODE_FIELD, random);

		m->whole[field] = whole;
		m->dataset[field] = dataset;
		m->name[field] = (uint8_t)i;
	}
}

/* The whole or field that stands for one: of the dataset that stands, or the first. */
static inline node_id model_part_that_stands(const struct lineage_model *m, node_id part)
{
	node_id group = m->stands[m->dataset[part]];
	node_id first = 0;

	for (node_id id = 1; id <= m->count; id++) {
		if (m->kind[id] != m->kind[part] || m->name[id] != m->name[part] ||
			m->stands[m->dataset[id]] != group)
			continue;
		if (m->dataset[id] == group)
			return id;
		first = first ? first : id;
	}
	return first;
}

/* Makes some datasets aliases of others, with their wholes and fields. */
static inline void model_make_aliases(struct lineage_model *m, uint64_t *random)
{
	for (node_id id = 1; id <= m->count; id++) {
		node_id other = (node_id)(model_random(random) % m->count) + 1;

		if (m->kind[id] != NODE_DATASET || m->kind[other] != NODE_DATASET ||
			m->stands[id] != id || m->stands[other] == id ||
			model_random(random) % 2)
			continue;
		for (node_id alias = 1; alias <= m->count; alias++) {
			if (m->stands[alias] == id)
				m->stands[alias] = m->stands[other];
		}
	}
	for (node_id id = 1; id <= m->count; id++) {
		if (m->kind[id] == NODE_WHOLE || m->kind[id] == NODE_FIELD)
			m->stands[id] = model_part_that_stands(m, id);
	}
}

static inline bool model_may_flow(const struct lineage_model *m, node_id from, node_id to)
{
	uint8_t a = m->kind[from];
	uint8_t b = m->kind[to];

	if (a == NODE_DATASET || b == NODE_DATASET)
		return a != NODE_FIELD && b != NODE_FIELD && a != NODE_WHOLE &&
		       b != NODE_WHOLE;
	if (a == NODE_WHOLE || b == NODE_WHOLE)
		return a == NODE_FIELD || b == NODE_FIELD;
	return true;
}

static inline void model_random_io(
	struct lineage_model *m, struct model_set *set, uint64_t sparse, uint64_t *random)
{
	for (node_id id = 1; id <= m->count; id++) {
		if (m->kind[id] != NODE_DATASET)
			continue;
		set->input[id] = model_random(random) % sparse == 0;
		set->output[id] = model_random(random) % sparse == 0;
		if (set->output[id])
			set->cover[id] = (uint8_t)(model_random(random) % 3);
		set->there |= set->input[id] || set->output[id];
	}
}

static inline void model_random_flows(
	struct lineage_model *m, struct model_set *set, uint64_t *random)
{
	static const uint32_t classes[] = { CLASS_IDENTITY, CLASS_JOIN, CLASS_UNKNOWN };
	size_t tries = model_random(random) % 12;

	for (size_t i = 0; i < tries; i++) {
		node_id from = (node_id)(model_random(random) % m->count) + 1;
		node_id to = (node_id)(model_random(random) % m->count) + 1;

		if (!model_may_flow(m, from, to))
			continue;
		set->flow[from][to] = classes[model_random(random) % 3] | CLASS_UNMASKED |
				      CLASS_FORM_EXPLICIT;
		set->there = true;
	}
}

/* An owner tells new things, or some of those it told before. */
static inline void model_random_lane(struct lineage_model *m, node_id owner,
	enum evidence lane, uint64_t sparse, uint64_t *random)
{
	for (size_t s = 0; s < MODEL_SEGMENTS; s++) {
		struct model_set *set = &m->set[owner][lane][s];

		if (s && model_random(random) % 2)
			*set = m->set[owner][lane][s - 1];
		if (model_random(random) % 3 == 0)
			continue;
		if (m->kind[owner] == NODE_JOB)
			model_random_io(m, set, sparse, random);
		model_random_flows(m, set, random);
	}
	m->tells[owner] = true;
}

static inline void model_make(struct lineage_model *m, uint64_t *random)
{
	uint64_t sparse = model_random(random) % 8 + 2;
	size_t count = model_random(random) % (MODEL_MAX - 8) + 4;

	memset(m, 0, sizeof(*m));
	while (m->count < count) {
		if (model_random(random) % 3)
			model_add_dataset(m, random);
		else
			model_add(m, NODE_JOB, random);
	}
	if (model_random(random) % 2)
		model_make_aliases(m, random);
	for (node_id id = 1; id <= m->count; id++) {
		if (m->kind[id] == NODE_JOB) {
			model_random_lane(m, id, EVIDENCE_OBSERVED, sparse, random);
			model_random_lane(m, id, EVIDENCE_DECLARED, sparse, random);
		} else if (m->kind[id] == NODE_DATASET && model_random(random) % 4 == 0) {
			model_random_lane(m, id, EVIDENCE_DECLARED, sparse, random);
			model_random_lane(m, id, EVIDENCE_INFERRED, sparse, random);
		}
	}
}

/* ---- what an edge is ---- */

static inline bool model_wants(const struct lineage_query *q, int lane)
{
	const bool wanted[] = { q->observed, q->declared, q->inferred };

	return wanted[lane];
}

/* Whether a segment counts for the question: the newest begun, or begun in the window. */
static inline bool model_segment_counts(const struct lineage_model *m,
	const struct lineage_query *q, node_id owner, int lane, size_t s)
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
		if (model_segment_us(later) <= at && m->set[owner][lane][later].there)
			return false;
	}
	return true;
}

struct model_flags {
	uint32_t flags;
	bool open; /* some set has it as an output that is not covered, or an input */
	bool not_implied; /* some set has the flow and not the way beside it */
};

static inline void model_tell(const struct lineage_model *m, const struct model_set *set,
	node_id owner, node_id from, node_id to, int lane, struct model_flags *out)
{
	bool read = owner == to && set->input[from];
	bool written = owner == from && set->output[to];

	if (read || written) {
		out->flags |= (uint32_t)EDGE_OBSERVED_NOW << lane;
		out->open |= read || !set->cover[to];
	}
	if (set->flow[from][to]) {
		out->flags |= (uint32_t)EDGE_FLOW_OBSERVED_NOW << lane;
		out->flags |= set->flow[from][to] << EDGE_CLASS_SHIFT;
		out->not_implied |= !(set->input[from] && set->output[to]);
	}
	(void)m;
}

/* The flags of an edge for a question; without any of EDGE_NOW it does not stand. */
static inline uint32_t model_flags(const struct lineage_model *m,
	const struct lineage_query *q, node_id from, node_id to)
{
	struct model_flags now = { 0 };
	struct model_flags ever = { 0 };

	for (node_id owner = 1; owner <= m->count; owner++) {
		for (int lane = 0; lane < EVIDENCE_COUNT; lane++) {
			for (size_t s = 0; m->tells[owner] && s < MODEL_SEGMENTS; s++) {
				const struct model_set *set = &m->set[owner][lane][s];

				if (!set->there)
					continue;
				model_tell(m, set, owner, from, to, lane, &ever);
				if (model_wants(q, lane) &&
					model_segment_counts(m, q, owner, lane, s))
					model_tell(m, set, owner, from, to, lane, &now);
			}
		}
	}
	if (now.flags & EDGE_IO_NOW && !now.open)
		now.flags |= EDGE_COVERED;
	if (now.flags & EDGE_FLOW_NOW && !now.not_implied)
		now.flags |= EDGE_IMPLIED;
	return now.flags | (ever.flags & EDGE_IO_NOW) << 2 |
	       (ever.flags & EDGE_FLOW_NOW) << 3;
}

/* ---- the same in an image and a store ---- */

static inline struct lineage_query model_of_now(void)
{
	return (struct lineage_query){
		.observed = true, .declared = true, .inferred = true
	};
}

static inline node_id model_parent(const struct lineage_model *m, node_id id)
{
	return m->kind[id] == NODE_WHOLE ? m->dataset[id] : m->whole[id];
}

static inline void model_fill_rings(const struct lineage_model *m, struct image *image)
{
	for (node_id first = 1; first <= m->count; first++) {
		node_id ids[MODEL_MAX] = { first };
		size_t count = 1;

		for (node_id id = 1; id <= m->count; id++) {
			if (id != first && m->stands[id] == first)
				ids[count++] = id;
		}
		if (count > 1)
			assert_int_equal(image_set_ring(image, ids, count), 0);
	}
}

static inline void model_fill_image(const struct lineage_model *m, struct image *image)
{
	const struct lineage_query now = model_of_now();

	for (node_id id = 1; id <= m->count; id++)
		assert_int_equal(image_add_node(image, id, m->kind[id],
					 m->namespace_id[id], model_parent(m, id)),
			0);
	for (node_id from = 1; from <= m->count; from++) {
		for (node_id to = 1; to <= m->count; to++) {
			uint32_t flags = model_flags(m, &now, from, to);
			bool contains = m->kind[to] == NODE_FIELD && m->whole[to] == from;

			if (flags)
				assert_int_equal(
					image_put_edge(image, to, UPSTREAM, from, flags),
					0);
			if (contains)
				flags |= EDGE_CONTAINS;
			if (flags)
				assert_int_equal(image_put_edge(image, from, DOWNSTREAM,
							 to, flags),
					0);
		}
	}
	model_fill_rings(m, image);
	assert_int_equal(image_publish(image, 1), 0);
}

static inline void model_fill_segment(const struct lineage_model *m,
	struct store_txn *txn, node_id owner, enum evidence lane, size_t s)
{
	const struct model_set *told = &m->set[owner][lane][s];
	struct segment segment = {
		.first = { .start_us = model_segment_us(s),
			.run = { .bytes = { [0] = (uint8_t)owner, [1] = (uint8_t)s } } },
		.settled_us = model_segment_us(s),
	};
	node_id inputs[MODEL_MAX];
	node_id outputs[MODEL_MAX];
	uint8_t covers[MODEL_MAX];
	static struct flow flows[MODEL_MAX * MODEL_MAX];
	struct ioset set = {
		.inputs = inputs, .outputs = outputs, .covers = covers, .flows = flows
	};

	for (node_id id = 1; id <= m->count; id++) {
		if (told->input[id])
			inputs[set.input_count++] = id;
		covers[set.output_count] = told->cover[id];
		if (told->output[id])
			outputs[set.output_count++] = id;
		for (node_id from = 1; from <= m->count; from++) {
			if (told->flow[from][id])
				flows[set.flow_count++] =
					(struct flow){ id, from, told->flow[from][id],
						told->input[from] && told->output[id] };
		}
	}
	if (!told->there)
		return;
	assert_int_equal(ioset_intern(txn, &set, &segment.io), 0);
	assert_int_equal(segment_put(txn, owner, lane, &segment), 0);
	assert_int_equal(run_index_add(txn, owner, lane, &segment.first), 0);
}

static inline void model_fill_flow(const struct lineage_model *m, struct store_txn *txn,
	node_id owner, enum evidence lane, node_id from, node_id to)
{
	struct flow_row row = {
		.target = to, .source = from, .owner = owner, .lane = lane
	};

	for (size_t s = 0; s < MODEL_SEGMENTS; s++)
		row.segments += m->set[owner][lane][s].flow[from][to] != 0;
	if (row.segments)
		assert_int_equal(flow_put(txn, &row), 0);
}

static inline void model_fill_store(const struct lineage_model *m, struct store_txn *txn)
{
	for (node_id owner = 1; owner <= m->count; owner++) {
		for (int lane = 0; lane < EVIDENCE_COUNT; lane++) {
			for (size_t s = 0; s < MODEL_SEGMENTS; s++)
				model_fill_segment(m, txn, owner, (enum evidence)lane, s);
			for (node_id from = 1; from <= m->count; from++) {
				for (node_id to = 1; to <= m->count; to++)
					model_fill_flow(m, txn, owner,
						(enum evidence)lane, from, to);
			}
		}
	}
}
