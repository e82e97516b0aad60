/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_model.h - the effects of a change, found the slow way
 *
 * A small random graph, and for each node and state the least depth, lowered
 * until nothing changes any more.  Of the engine it shares the table of rules
 * (test_impact.c has that once more, as the specification draws it).
 *
 * Ids are as in lineage_draw.h: datasets 1 to 8, jobs 11 to 16, wholes 21 to 28,
 * fields 31 to 54, three a dataset.
 */
#pragma once

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
	if (chance(m, 5) == 0)
		classes |= CLASS_MASKED;
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
		add_edge(m, any_column(m), any_job(m), any_flow(m));
	for (size_t i = chance(m, 3); i > 0; i--)
		add_edge(m, any_job(m), chance(m, 2) ? any_column(m) : any_dataset(m),
			any_flow(m));
	for (size_t i = chance(m, 2); i > 0; i--)
		add_edge(m, any_job(m), any_job(m), any_flow(m));
	for (size_t i = chance(m, 2); i > 0; i--)
		add_edge(m, any_dataset(m), any_job(m), any_flow(m));
}

static inline void make_model(struct impact_model *m, uint64_t seed)
{
	*m = (struct impact_model){ .random = seed * 0x9e3779b97f4a7c15U + 1 };
	make_reads_and_writes(m);
	make_flows(m);
}

/* ---- facts ---- */

static inline void found(struct impact_model *m, node_id node, enum state state,
	bool masked, uint32_t depth)
{
	uint32_t *at = &m->depth[node][state][masked];

	if (depth >= *at)
		return;
	*at = depth;
	m->changed = true;
}

static inline bool model_flow(const struct impact_model *m, node_id from, node_id to)
{
	return (m->flags[from][to] & EDGE_FLOW_NOW) != 0;
}

static inline bool is_column(node_id id)
{
	return id > 20;
}

/* Whether any column of a dataset flows into a node, or into a column of it. */
static inline bool columns_flow(const struct impact_model *m, node_id from, node_id to)
{
	for (node_id x = 21; x < IDS; x++) {
		for (node_id y = 1; y < IDS; y++) {
			bool target = model_kind(to) == NODE_JOB
					      ? y == to
					      : is_column(y) && model_dataset(y) == to;

			if (model_dataset(x) == from && target && model_flow(m, x, y))
				return true;
		}
	}
	return false;
}

static inline bool model_open(uint32_t flags)
{
	return (flags & EDGE_FLOW_NOW) ||
	       ((flags & EDGE_IO_NOW) && !(flags & EDGE_COVERED));
}

/* Whether a job reads a dataset and tells no columns of it. */
static inline bool reads_untold(const struct impact_model *m, node_id from, node_id job)
{
	bool open = (m->flags[from][job] & EDGE_FLOW_NOW) != 0;
	bool ends = true;

	if (!(m->flags[from][job] & EDGE_NOW) || columns_flow(m, from, job))
		return false;
	for (node_id to = 1; to < IDS; to++) {
		ends &= !(m->flags[job][to] & EDGE_NOW);
		open |= model_open(m->flags[job][to]);
	}
	return open || ends;
}

/* ---- columns ---- */

/* A job that tells no columns, entered from a dataset, or from a job (0). */
static inline void enter_job(
	struct impact_model *m, node_id job, node_id from, uint32_t depth)
{
	if (depth >= m->opaque[job][from])
		return;
	m->opaque[job][from] = depth;
	m->changed = true;
	found(m, job, STATE_OPAQUE, false, depth);
}

struct model_way {
	node_id node; /* whose taint it is */
	node_id from; /* the end of the edge: it, its whole, or one of its fields */
	node_id to;
	enum taint taint;
	bool masked;
	uint32_t depth; /* at the other end */
};

static inline bool is_direct(uint32_t flags)
{
	uint32_t classes = EDGE_CLASSES(flags);

	return (flags & EDGE_FLOW_NOW) && ((classes & (CLASSES_DIRECT | CLASS_UNKNOWN)) ||
						  !(classes & CLASSES_INDIRECT));
}

/* A column that is gone, for a target that takes from it directly. */
static inline void relax_loss(
	struct impact_model *m, const struct model_way *way, bool masked)
{
	bool column =
		model_kind(way->to) == NODE_FIELD && model_kind(way->from) == NODE_FIELD;
	uint32_t latest = 0;
	size_t sources = 0;

	for (node_id from = 1; from < IDS; from++) {
		uint32_t depth;

		if (from == way->to || !is_direct(m->flags[from][way->to]))
			continue;
		depth = model_kind(from) == NODE_FIELD ? m->depth[from][STATE_GONE][0]
						       : AWAY;
		latest = depth > latest ? depth : latest;
		sources++;
	}
	if (!column || sources > 1)
		found(m, model_shown(way->to), STATE_VALUES, masked, way->depth);
	if (column && latest != AWAY)
		found(m, way->to, STATE_GONE, false, latest + 1);
}

/* Where a job is entered from: a dataset, or 0 from a job. */
static inline node_id model_entry(node_id node)
{
	return model_kind(node) == NODE_JOB ? 0 : model_dataset(node);
}

static inline bool never_masked(enum state state)
{
	return state == STATE_NONE || state == STATE_GONE || state == STATE_OPAQUE;
}

/* All classes of one edge. */
static inline void relax_way(struct impact_model *m, const struct model_way *way)
{
	uint32_t classes = EDGE_CLASSES(m->flags[way->from][way->to]);
	bool masked = way->masked || (classes & CLASS_MASKED);

	if (!(classes & (CLASSES_DIRECT | CLASSES_INDIRECT | CLASS_UNKNOWN)))
		classes = CLASS_UNKNOWN;
	for (uint32_t class = 1; class <= CLASS_UNKNOWN; class <<= 1) {
		enum rule_place place = rule_place(class);
		enum state state = rule_state(way->taint, place);
		node_id target = model_shown(way->to);

		if (!(classes & class))
			continue;
		if (way->taint == TAINT_DROP && rule_direct(place)) {
			relax_loss(m, way, masked);
			continue;
		}
		/* All odd fields are typed. */
		if (state == STATE_RETYPED && model_kind(way->to) == NODE_FIELD &&
			way->to % 2)
			state = STATE_FAILS_VALUES;
		if (state_of_rows(state))
			target = model_dataset(way->to);
		if (state == STATE_OPAQUE && model_kind(target) == NODE_JOB)
			enter_job(m, target, model_entry(way->node), way->depth);
		else
			found(m, target, state, masked && !never_masked(state),
				way->depth);
	}
}

/* Whether an edge out of `from` is one of a node of the answer. */
static inline bool speaks_for(node_id from, node_id node, bool unnamed)
{
	if (from == node)
		return model_kind(node) != NODE_DATASET;
	if (!is_column(from) || model_dataset(from) != model_dataset(node))
		return false;
	if (model_kind(node) == NODE_FIELD || unnamed)
		return model_kind(from) == NODE_WHOLE;
	return model_kind(node) == NODE_DATASET;
}

static inline void relax_columns(
	struct impact_model *m, struct model_way way, bool unnamed)
{
	for (way.from = 1; way.from < IDS; way.from++) {
		for (way.to = 1; way.to < IDS; way.to++) {
			node_id target = model_shown(way.to);

			if (model_flow(m, way.from, way.to) &&
				speaks_for(way.from, way.node, unnamed) &&
				target != model_shown(way.from) && target != way.node)
				relax_way(m, &way);
		}
	}
}

/* ---- what tells no columns ---- */

static inline void touch(struct impact_model *m, node_id dataset, uint32_t depth)
{
	if (depth >= m->touched[dataset])
		return;
	m->touched[dataset] = depth;
	m->changed = true;
	for (node_id to = 1; to <= 20; to++) {
		if (model_kind(to) == NODE_JOB && reads_untold(m, dataset, to))
			enter_job(m, to, dataset, depth + 1);
		if (model_kind(to) == NODE_DATASET && model_flow(m, dataset, to) &&
			(EDGE_CLASSES(m->flags[dataset][to]) & CLASSES_FORM) !=
				CLASS_FORM_COLUMNS &&
			!columns_flow(m, dataset, to))
			found(m, to, STATE_OPAQUE, false, depth + 1);
	}
}

/* What a job leads to that was entered from a dataset, or from a job (0). */
static inline void leave_opaque(struct impact_model *m, node_id job, node_id from)
{
	uint32_t depth = m->opaque[job][from];

	for (node_id to = 1; to < IDS; to++) {
		if (!model_open(m->flags[job][to]))
			continue;
		if (model_kind(to) == NODE_JOB)
			enter_job(m, to, 0, depth);
		else if (model_dataset(to) != from)
			found(m, model_dataset(to), STATE_OPAQUE, false, depth);
	}
}

/* A job that is told its columns, and does not tell what it writes. */
static inline void leave_named(struct impact_model *m, node_id job, uint32_t depth)
{
	for (node_id to = 1; to < IDS; to++) {
		uint32_t flags = m->flags[job][to];

		if (model_open(flags) && !(flags & EDGE_FLOW_NOW))
			found(m, to, STATE_OPAQUE, false, depth);
	}
}

/* ---- tables ---- */

static inline void relax_tables(
	struct impact_model *m, node_id node, enum taint taint, uint32_t depth)
{
	enum state below = taint == TAINT_STALE	  ? STATE_STALE
			   : taint == TAINT_DOUBT ? STATE_DOUBT
						  : STATE_TABLE;
	bool job = model_kind(node) == NODE_JOB;

	for (node_id to = 1; to <= 20; to++) {
		if ((m->flags[node][to] & EDGE_NOW) &&
			!(job && model_kind(to) == NODE_JOB && taint == TAINT_TABLE))
			found(m, to, below, false, depth + !job);
	}
}

/* ---- one walk ---- */

static inline void model_clear(struct impact_model *m)
{
	memset(m->depth, 0xff, sizeof(m->depth));
	memset(m->opaque, 0xff, sizeof(m->opaque));
	memset(m->touched, 0xff, sizeof(m->touched));
}

static inline void relax_fact(
	struct impact_model *m, node_id node, enum state state, bool masked)
{
	enum taint taint = state_taint(state);
	uint32_t depth = m->depth[node][state][masked];
	bool job = model_kind(node) == NODE_JOB;
	struct model_way way = {
		.node = node, .taint = taint, .masked = masked, .depth = depth + !job
	};

	if (depth == AWAY || taint == TAINT_NONE)
		return;
	if (taint >= TAINT_TABLE_ROWS) {
		relax_tables(m, node, taint, depth);
		return;
	}
	if (!(job && state == STATE_OPAQUE))
		relax_columns(m, way, false);
	if (!job)
		touch(m, model_dataset(node), depth);
	else if (state != STATE_OPAQUE)
		leave_named(m, node, depth);
}

static inline void model_settle(struct impact_model *m)
{
	do {
		m->changed = false;
		for (node_id node = 1; node < IDS; node++) {
			for (int i = 0; i < 2 * STATES; i++)
				relax_fact(m, node, (enum state)(i / 2), i % 2);
			for (node_id from = 0; from < IDS; from++) {
				if (m->opaque[node][from] != AWAY)
					leave_opaque(m, node, from);
			}
		}
	} while (m->changed);
}
