/* SPDX-License-Identifier: Apache-2.0 */

/*
 * random_graph.h - a small random graph of datasets, jobs and columns
 *
 * Ids are as in lineage_draw.h: datasets 1 to 8, jobs 11 to 16, wholes 21 to 28,
 * fields 31 to 54, three a dataset.  The store has an entity for each, and of some
 * datasets fields are one in the other.
 */
#pragma once

#include "graph/entity.h"
#include "graph/impact_rules.h"
#include "tests/unit/lineage_draw.h"

#define DATASETS 8
#define JOBS	 6
#define FIELDS	 3
#define IDS	 56
#define AWAY	 UINT32_MAX

struct impact_model {
	uint64_t random;
	uint32_t flags[IDS][IDS]; /* from, to */
	/* depth[node][state][masked], of one walk. */
	uint32_t depth[IDS][STATES][2];
	uint32_t opaque[IDS][IDS]; /* of a job, by the dataset it was entered from */
	uint32_t touched[IDS];
	bool flat[DATASETS + 1]; /* the image was not told of names with dots */
	bool gone_known;	 /* whatever is gone has been found */
	bool changed;
};

static inline uint32_t chance(struct impact_model *m, uint32_t of)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return (uint32_t)(m->random >> 20) % of;
}

static inline uint8_t model_kind(node_id id)
{
	if (id <= 10)
		return NODE_DATASET;
	if (id <= 20)
		return NODE_JOB;
	return id <= 30 ? NODE_WHOLE : NODE_FIELD;
}

static inline node_id model_dataset(node_id id)
{
	if (id > 30)
		return (id - 31) / FIELDS + 1;
	return id > 20 ? id - 20 : id;
}

/* The name of a field. */
static inline struct slice model_name(node_id id)
{
	static const char *const names[][FIELDS] = {
		{ "x", "y", "z" },
		{ "s", "s.t", "s.t.u" },
		{ "s.u", "s", "s.t" },
		{ "s.t", "s-t", "s" },
		{ "s.t", "s.t.u", "st" },
	};

	return slice_from(
		names[model_dataset(id) % ARRAY_LEN(names)][(id - 31) % FIELDS]);
}

/* Whether a field is in another one. */
static inline bool model_within(const struct impact_model *m, node_id outer, node_id id)
{
	struct slice around;
	struct slice name;

	if (model_kind(outer) != NODE_FIELD || model_kind(id) != NODE_FIELD ||
		model_dataset(outer) != model_dataset(id) ||
		model_dataset(id) > DATASETS || m->flat[model_dataset(id)])
		return false;
	around = model_name(outer);
	name = model_name(id);
	return name.len > around.len && name.ptr[around.len] == '.' &&
	       memcmp(name.ptr, around.ptr, around.len) == 0;
}

/* The id of a node in answers. */
static inline node_id model_shown(node_id id)
{
	return model_kind(id) == NODE_WHOLE ? model_dataset(id) : id;
}

/* ---- making one ---- */

static inline node_id any_dataset(struct impact_model *m)
{
	return 1 + chance(m, DATASETS);
}

static inline node_id any_job(struct impact_model *m)
{
	return 11 + chance(m, JOBS);
}

/* A field, now and then a whole. */
static inline node_id any_column(struct impact_model *m)
{
	return chance(m, 5) ? 31 + chance(m, DATASETS * FIELDS) : 20 + any_dataset(m);
}

static inline uint32_t any_lane(struct impact_model *m, bool flow)
{
	uint32_t lane = chance(m, 3) ? EDGE_OBSERVED_NOW : EDGE_DECLARED_NOW;

	return flow ? lane << 4 : lane;
}

static inline uint32_t any_flow(struct impact_model *m)
{
	uint32_t classes = chance(m, 8) ? 1U << chance(m, 12) : 0;

	if (chance(m, 4) == 0)
		classes |= 1U << chance(m, 12);
	if (chance(m, 5))
		classes |= CLASS_UNMASKED;
	return any_lane(m, true) | classes << EDGE_CLASS_SHIFT;
}

/* A flow between datasets, that all, some or none of its tellers tell of columns. */
static inline uint32_t any_table_flow(struct impact_model *m)
{
	static const uint32_t forms[] = { 0, CLASS_FORM_COLUMNS, CLASS_FORM_EXPLICIT,
		CLASS_FORM_COLUMNS | CLASS_FORM_EXPLICIT, CLASS_FORM_RENAME };

	return any_flow(m) | forms[chance(m, ARRAY_LEN(forms))] << EDGE_CLASS_SHIFT |
	       (chance(m, 2) ? EDGE_IMPLIED : 0);
}

/* What a job is told to take from a column, or what it checks of it. */
static inline uint32_t any_job_flow(struct impact_model *m)
{
	return any_flow(m) |
	       (chance(m, 2) ? (uint32_t)CLASS_FORM_EXPLICIT << EDGE_CLASS_SHIFT : 0);
}

static inline void add_edge(
	struct impact_model *m, node_id from, node_id to, uint32_t flags)
{
	if (from != to)
		m->flags[from][to] |= flags;
}

static inline void make_reads_and_writes(struct impact_model *m)
{
	for (size_t i = chance(m, 12); i > 0; i--)
		add_edge(m, any_dataset(m), any_job(m), any_lane(m, false));
	for (size_t i = chance(m, 10); i > 0; i--)
		add_edge(m, any_job(m), any_dataset(m),
			any_lane(m, false) | (chance(m, 2) ? EDGE_COVERED : 0));
}

static inline void make_flows(struct impact_model *m)
{
	for (size_t i = chance(m, 30); i > 0; i--)
		add_edge(m, any_column(m), any_column(m), any_flow(m));
	for (size_t i = chance(m, 6); i > 0; i--)
		add_edge(m, any_dataset(m), any_dataset(m), any_table_flow(m));
	for (size_t i = chance(m, 3); i > 0; i--)
		add_edge(m, any_column(m), any_job(m), any_job_flow(m));
	for (size_t i = chance(m, 3); i > 0; i--)
		add_edge(m, any_job(m), chance(m, 2) ? any_column(m) : any_dataset(m),
			any_flow(m));
	for (size_t i = chance(m, 2); i > 0; i--)
		add_edge(m, any_job(m), any_job(m), any_flow(m));
	for (size_t i = chance(m, 2); i > 0; i--)
		add_edge(m, any_dataset(m), any_job(m), any_flow(m));
}

/* A dataset that takes all columns of another one as they are. */
static inline void make_copy(struct impact_model *m)
{
	node_id from = 31 + (any_dataset(m) - 1) * FIELDS;
	node_id to = 31 + (any_dataset(m) - 1) * FIELDS;

	for (node_id i = 0; i < FIELDS; i++)
		add_edge(m, from + i, to + i,
			any_lane(m, true) | (uint32_t)(CLASS_IDENTITY | CLASS_UNMASKED)
						    << EDGE_CLASS_SHIFT);
}

static inline void make_model(struct impact_model *m, uint64_t seed)
{
	*m = (struct impact_model){ .random = seed * 0x9e3779b97f4a7c15U + 1 };
	for (size_t i = 1; i <= DATASETS; i++)
		m->flat[i] = chance(m, 3) == 0;
	make_reads_and_writes(m);
	make_flows(m);
	for (size_t i = chance(m, 4); i > 0; i--)
		make_copy(m);
}

/* Names for all ids, in the order in which the store gives them. */
static inline void model_store(struct world *w)
{
	struct fixture *f = w->fixture;

	for (node_id id = 1; id < IDS; id++) {
		uint8_t kind = model_kind(id);
		char name[16];
		struct node_key key = { .kind = kind, .namespace = SLICE("n") };
		node_id given;

		(void)snprintf(name, sizeof(name), "%u",
			kind == NODE_JOB ? id : model_dataset(id));
		key.name = slice_from(name);
		if (kind == NODE_FIELD)
			key.field = model_name(id);
		assert_int_equal(entity_add(f->txn, &key, TIME_NEVER, &given), 0);
		assert_int_equal(given, id);
	}
}

/* Puts it into an image, and takes a snapshot of that. */
static inline void model_build(struct world *w, const struct impact_model *m)
{
	for (node_id id = 1; id < IDS; id++) {
		uint8_t kind = model_kind(id);
		node_id parent = kind == NODE_FIELD   ? 20 + model_dataset(id)
				 : kind == NODE_WHOLE ? id - 20
						      : 0;

		if (kind == NODE_DATASET && id <= DATASETS)
			parent = id + 20;
		assert_int_equal(image_add_node(w->image, id, kind, 1, parent), 0);
	}
	for (node_id from = 1; from < IDS; from++) {
		for (node_id to = 1; to < IDS; to++) {
			if (m->flags[from][to])
				put(w, from, to, m->flags[from][to]);
		}
	}
	for (node_id id = 31; id < IDS; id++) {
		node_id whole = 20 + model_dataset(id);

		assert_int_equal(image_put_edge(w->image, whole, DOWNSTREAM, id,
					 m->flags[whole][id] | EDGE_CONTAINS),
			0);
	}
	for (node_id id = 1; id <= DATASETS; id++) {
		if (!m->flat[id])
			assert_int_equal(image_set_nested(w->image, 20 + id), 0);
	}
	assert_int_equal(image_publish(w->image, 1), 0);
	take_snapshot(w);
}
