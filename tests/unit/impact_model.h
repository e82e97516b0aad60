/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_model.h - the effects of a change, found the slow way
 *
 * For each node and state of a random graph the least depth, lowered until nothing
 * changes any more.  Of the engine it shares the table of rules (test_impact.c has
 * that once more, as docs/IMPACT.md draws it).
 */
#pragma once

#include "tests/unit/random_graph.h"

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

/* By a flow: of a field, the fields in it and around it are found as well. */
static inline void reached(struct impact_model *m, node_id node, enum state state,
	bool masked, uint32_t depth)
{
	found(m, node, state, masked, depth);
	for (node_id id = 31; id < IDS && state_taint(state) != TAINT_NONE; id++) {
		if (model_within(m, node, id))
			found(m, id, state, masked, depth);
		if (model_within(m, id, node))
			found(m, id, state == STATE_GONE ? STATE_RETYPED : state, masked,
				depth);
	}
}

static inline bool model_flow(const struct impact_model *m, node_id from, node_id to)
{
	return (m->flags[from][to] & EDGE_FLOW_NOW) != 0;
}

static inline bool is_column(node_id id)
{
	return id > 20;
}

/* Whether any column of a dataset flows into a column of another. */
static inline bool columns_flow(const struct impact_model *m, node_id from, node_id to)
{
	for (node_id x = 21; x < IDS; x++) {
		for (node_id y = 21; y < IDS; y++) {
			if (model_dataset(x) == from && model_dataset(y) == to &&
				model_flow(m, x, y))
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

/* Whether a column of a dataset flows into a job; where it is not just checked. */
static inline bool job_takes(
	const struct impact_model *m, node_id from, node_id job, bool checks)
{
	for (node_id x = 21; x < IDS; x++) {
		uint32_t classes = EDGE_CLASSES(m->flags[x][job]);

		if (model_dataset(x) == from && model_flow(m, x, job) &&
			(checks || !classes || (classes & CLASSES_FORM)))
			return true;
	}
	return false;
}

/* Whether a job reads a dataset and tells no columns of it. */
static inline bool reads_untold(const struct impact_model *m, node_id from, node_id job)
{
	bool open = (m->flags[from][job] & EDGE_FLOW_NOW) != 0;
	bool ends = true;

	if (!(m->flags[from][job] & EDGE_NOW))
		return false;
	for (node_id to = 1; to < IDS; to++) {
		ends &= !(m->flags[job][to] & EDGE_NOW);
		open |= model_open(m->flags[job][to]);
	}
	return (open || ends) && !job_takes(m, from, job, !open);
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
		reached(m, model_shown(way->to), STATE_VALUES, masked, way->depth);
	if (column && latest != AWAY)
		reached(m, way->to, STATE_GONE, false, latest + 1);
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
	bool told = classes & (CLASSES_DIRECT | CLASSES_INDIRECT | CLASS_UNKNOWN);
	bool masked = way->masked || (told && !(classes & CLASS_UNMASKED));

	if (!told)
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
			reached(m, target, state, masked && !never_masked(state),
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

/* ---- what takes all columns ---- */

static inline bool model_copy(const struct impact_model *m, node_id from, node_id to)
{
	uint32_t classes = EDGE_CLASSES(m->flags[from][to]);

	return model_flow(m, from, to) && (classes & CLASS_UNMASKED) &&
	       (classes & (CLASSES_DIRECT | CLASS_UNKNOWN)) == CLASS_IDENTITY;
}

/* Whether a dataset takes some column of another one as it is, and something else. */
static inline bool takes_columns(
	const struct impact_model *m, node_id source, node_id target, bool *more)
{
	bool takes = false;

	*more = false;

	for (node_id x = 1; x < IDS; x++) {
		for (node_id y = 21; y < IDS; y++) {
			bool column = model_kind(x) == NODE_FIELD &&
				      model_kind(y) == NODE_FIELD &&
				      model_dataset(x) == source;

			if (model_dataset(y) != target || !is_direct(m->flags[x][y]))
				continue;
			if (column && model_copy(m, x, y))
				takes = true;
			else
				*more = true;
		}
	}
	return takes;
}

/* What schemas say of two datasets; of the engine's question as well. */
static inline enum impact_mirror model_schemas(node_id source, node_id target, bool more)
{
	node_id sum = source + target;

	return sum % 3 == 2 && more ? MIRROR_POSSIBLE : (enum impact_mirror)(sum % 3);
}

static inline void relax_mirrors(
	struct impact_model *m, node_id source, enum state state, uint32_t depth)
{
	for (node_id to = 1; to <= DATASETS; to++) {
		enum impact_mirror mirror;
		bool more;

		if (to == source || !takes_columns(m, source, to, &more))
			continue;
		mirror = model_schemas(source, to, more);
		if (mirror != MIRROR_NONE)
			found(m, to, mirror == MIRROR_SURE ? state : STATE_MAY_GROW,
				false, depth + 1);
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
	/* What is gone has no type. */
	if (state == STATE_RETYPED &&
		(!m->gone_known || m->depth[node][STATE_GONE][0] <= depth))
		return;
	if (taint == TAINT_ADD || taint == TAINT_MAY_ADD) {
		relax_mirrors(m, node, state, depth);
		touch(m, node, depth);
		return;
	}
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

static inline void model_round(struct impact_model *m)
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

static inline void model_settle(struct impact_model *m)
{
	/* No other state makes one be gone. */
	m->gone_known = false;
	model_round(m);
	m->gone_known = true;
	model_round(m);
}
