/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_random.c - the impact of random changes, against a slow model
 */
#include "graph/impact.h"

#include "tests/unit/impact_model.h"

#define GRAPHS 1000

/* Changes that make each row of the table, and those beside it. */
static const struct impact_change kinds[] = {
	{ .op = OP_DROP_COLUMN },
	{ .op = OP_RENAME_COLUMN },
	{ .op = OP_RENAME_COLUMN, .aliased = true },
	{ .op = OP_ALTER_TYPE, .types.change = TYPES_WIDENED },
	{ .op = OP_ALTER_TYPE, .types = { .change = TYPES_WIDENED, .grain = true } },
	{ .op = OP_ALTER_TYPE, .types.change = TYPES_LOSSY },
	{ .op = OP_ALTER_TYPE, .types.change = TYPES_NARROWED },
	{ .op = OP_ALTER_TYPE, .types.change = TYPES_INCOMPATIBLE },
	{ .op = OP_ALTER_TYPE, .types.change = TYPES_UNKNOWN },
	{ .op = OP_SET_NULLABLE },
	{ .op = OP_SET_NOT_NULL },
	{ .op = OP_ADD_COLUMN },
	{ .op = OP_ADD_REQUIRED },
	{ .op = OP_MASK_COLUMN },
	{ .op = OP_CHANGE_MEANING },
	{ .op = OP_DROP_DATASET },
	{ .op = OP_RENAME_DATASET },
	{ .op = OP_RENAME_DATASET, .aliased = true },
};

static bool of_table(enum impact_op op)
{
	return op == OP_DROP_DATASET || op == OP_RENAME_DATASET;
}

static struct impact_change any_change(struct impact_model *m)
{
	struct impact_change change = kinds[chance(m, ARRAY_LEN(kinds))];

	change.dataset = any_dataset(m);
	if (!of_table(change.op) && chance(m, 6))
		change.field = 31 + (change.dataset - 1) * FIELDS + chance(m, FIELDS);
	return change;
}

/* ---- the model's seeds ---- */

static bool model_dataset_op(const struct impact_change *c)
{
	return c->op == OP_DROP_DATASET || (c->op == OP_RENAME_DATASET && !c->aliased);
}

static bool model_writers_op(const struct impact_change *c)
{
	enum type_change types = c->op == OP_ALTER_TYPE ? c->types.change : TYPES_SAME;

	return c->op == OP_SET_NOT_NULL || c->op == OP_ADD_REQUIRED ||
	       types == TYPES_NARROWED || types == TYPES_INCOMPATIBLE;
}

static void seed_around(
	struct impact_model *m, const struct impact_change *c, enum state writer)
{
	if (model_dataset_op(c) || model_writers_op(c))
		found(m, c->dataset, STATE_NONE, false, 0);
	for (node_id id = 1; id <= 20; id++) {
		uint32_t to = m->flags[c->dataset][id];

		if (model_dataset_op(c) && (to & EDGE_NOW) &&
			(model_kind(id) == NODE_JOB || !(to & EDGE_IMPLIED)))
			found(m, id,
				model_kind(id) == NODE_JOB ? STATE_READER_FAILS
							   : STATE_STALE,
				false, 1);
		if (model_writers_op(c) && model_kind(id) == NODE_JOB &&
			(m->flags[id][c->dataset] & EDGE_NOW))
			found(m, id, writer, false, 1);
	}
}

/* Datasets that the column flows to; jobs it flows to fail. */
static void find_targets(struct impact_model *m, const struct impact_change *c,
	enum state state, bool targets[IDS])
{
	for (node_id to = 1; to < IDS; to++) {
		if (!(c->field && model_flow(m, c->field, to)) &&
			!model_flow(m, 20 + c->dataset, to))
			continue;
		if (model_kind(to) == NODE_JOB)
			found(m, to, state, false, 1);
		else
			targets[model_dataset(to)] = true;
	}
}

static void seed_readers(
	struct impact_model *m, const struct impact_change *c, enum state state)
{
	bool targets[IDS] = { false };

	find_targets(m, c, state, targets);
	for (node_id job = 11; job <= 20; job++) {
		bool reads = false;

		if (!(m->flags[c->dataset][job] & EDGE_NOW) ||
			m->depth[job][state][0] != AWAY)
			continue;
		for (node_id to = 1; to <= 30; to++)
			reads |= (m->flags[job][to] & EDGE_NOW) &&
				 model_kind(to) != NODE_JOB && targets[model_dataset(to)];
		if (reads)
			found(m, job, state, false, 1);
		else if (reads_untold(m, c->dataset, job))
			found(m, job, STATE_DOUBT, false, 1);
	}
}

static void model_fail_stop(
	struct impact_model *m, const struct impact_change *changes, size_t count)
{
	model_clear(m);
	for (size_t i = 0; i < count; i++) {
		enum state state = impact_seed(&changes[i]);

		seed_around(m, &changes[i], STATE_WRITER_FAILS);
		if (state == STATE_GONE || state == STATE_RETYPED)
			seed_readers(m, &changes[i], STATE_READER_FAILS);
		else if (state == STATE_UNTOLD)
			seed_readers(m, &changes[i], STATE_DOUBT);
	}
	model_settle(m);
}

static void model_fix_forward(
	struct impact_model *m, const struct impact_change *changes, size_t count)
{
	model_clear(m);
	for (size_t i = 0; i < count; i++) {
		const struct impact_change *c = &changes[i];
		struct model_way way = {
			.node = c->dataset,
			.taint = state_taint(impact_seed(c)),
			.depth = 1,
		};

		seed_around(m, c, STATE_WRITER);
		if (impact_seed(c) == STATE_NONE)
			continue;
		if (impact_seed(c) == STATE_GROWN) {
			found(m, c->dataset, STATE_GROWN, false, 0);
			continue;
		}
		if (c->field) {
			found(m, c->field, impact_seed(c), false, 0);
			continue;
		}
		relax_columns(m, way, true);
		touch(m, c->dataset, 0);
	}
	model_settle(m);
}

static void model_tables(
	struct impact_model *m, const struct impact_change *changes, size_t count)
{
	model_clear(m);
	for (size_t i = 0; i < count; i++)
		found(m, changes[i].dataset, STATE_TABLE, false, 0);
	model_settle(m);
}

/* ---- what the model answers ---- */

struct expected {
	uint32_t effects;
	enum impact_effect effect;
	uint32_t depth;
	bool masked;
	bool upstream;
};

/* The worst state of a node, which was not changed to it. */
static struct expected expect(const struct impact_model *m, node_id node)
{
	struct expected best = { 0 };

	for (int i = 0; i < 2 * STATES; i++) {
		enum state state = (enum state)(i % STATES);
		bool masked = i >= STATES;
		uint32_t depth = m->depth[node][state][masked];

		if (depth == AWAY || m->depth[node][state][0] == 0)
			continue;
		best.effects |= state_effect(state);
		if (state_effect(state) < best.effect ||
			(state_effect(state) == best.effect &&
				(masked > best.masked ||
					(masked == best.masked && depth >= best.depth))))
			continue;
		best.effect = state_effect(state);
		best.depth = depth;
		best.masked = masked;
		best.upstream = state == STATE_WRITER || state == STATE_WRITER_FAILS;
	}
	return best;
}

static const struct impact *find_impact(
	const struct impact_answer *answer, node_id node, enum impact_horizon horizon)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (answer->list[i].node == node && answer->list[i].horizon == horizon)
			return &answer->list[i];
	}
	return NULL;
}

static bool is_edge(const struct impact_model *m, node_id from, node_id to)
{
	for (node_id x = 1; x < IDS; x++) {
		for (node_id y = 1; y < IDS; y++) {
			if (m->flags[x][y] && model_dataset(x) == model_dataset(from) &&
				model_dataset(y) == model_dataset(to))
				return true;
		}
	}
	return false;
}

/* The path is one of edges, and as long as the depth says. */
static void check_path(const struct impact_model *m, const struct impact *impact)
{
	uint32_t depth = 0;

	for (const struct impact_step *step = impact->because; step->from;
		step = step->from) {
		node_id from = step->from->node;

		assert_non_null(impact_rule_text(step->rule));
		if (step->rule == RULE_NESTED_IN)
			assert_true(model_within(m, from, step->node));
		else if (step->rule == RULE_NESTED_AROUND)
			assert_true(model_within(m, step->node, from));
		else
			assert_true(is_edge(m, from, step->node) || impact->upstream ||
				    impact->horizon == HORIZON_FAIL_STOP);
		depth += model_kind(from) != NODE_JOB && !rule_nested(step->rule);
	}
	assert_int_equal(depth, impact->depth);
}

static void check_node(const struct impact_model *m, const struct impact_answer *answer,
	node_id node, enum impact_horizon horizon)
{
	const struct impact *impact = find_impact(answer, node, horizon);
	struct expected wanted = expect(m, node);

	if ((impact ? impact->effect : EFFECT_NONE) != wanted.effect ||
		(impact && impact->effects != wanted.effects))
		fail_msg("node %u, horizon %d: %s (%x), the model says %s (%x)", node,
			(int)horizon,
			impact_effect_text(impact ? impact->effect : EFFECT_NONE),
			impact ? impact->effects : 0, impact_effect_text(wanted.effect),
			wanted.effects);
	if (!impact)
		return;
	assert_int_equal(impact->depth, wanted.depth);
	assert_int_equal(impact->masked, wanted.masked);
	assert_int_equal(impact->upstream, wanted.upstream);
	check_path(m, impact);
}

/* Whether a column of a dataset has a taint, or all of it any effect. */
static void find_touched(const struct impact_model *m, bool touched[DATASETS + 1])
{
	for (node_id id = 1; id <= DATASETS; id++)
		touched[id] =
			m->touched[id] != AWAY || expect(m, id).effect != EFFECT_NONE;
}

static void check_tables(const struct impact_model *m, const struct impact_answer *answer,
	const bool touched[DATASETS + 1])
{
	for (node_id id = 1; id <= DATASETS; id++) {
		const struct impact *impact =
			find_impact(answer, id, HORIZON_FIX_FORWARD);

		if (touched[id])
			continue;
		assert_int_equal(
			impact != NULL, expect(m, id).effect == EFFECT_UNAFFECTED);
		if (impact)
			assert_int_equal(impact->depth, expect(m, id).depth);
	}
}

static int odd_is_typed(void *ctx, node_id field)
{
	(void)ctx;
	return field % 2 == 1;
}

static int by_model(void *ctx, const struct impact_pairs *pairs)
{
	(void)ctx;
	assert_true(pairs->count > 0);
	return model_schemas(pairs->source, pairs->target, pairs->more);
}

static void check_graph(struct world *w, struct impact_model *m)
{
	struct impact_change changes[2] = { any_change(m), any_change(m) };
	size_t count = 1 + chance(m, 2);
	bool touched[DATASETS + 1];
	struct impact_answer answer;
	const struct impact_query query = {
		.changes = changes,
		.change_count = count,
		.graph = { .observed = true, .declared = true, .inferred = true },
		.typed = odd_is_typed,
		.mirrors = by_model,
		.opaque_max = 4,
	};

	model_build(w, m);
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &answer), 0);
	assert_int_equal(answer.cut, CUT_NONE);
	model_fail_stop(m, changes, count);
	for (node_id id = 1; id < IDS; id++)
		check_node(m, &answer, id, HORIZON_FAIL_STOP);
	model_fix_forward(m, changes, count);
	find_touched(m, touched);
	for (node_id id = 1; id < IDS; id++) {
		if (id > DATASETS || touched[id])
			check_node(m, &answer, id, HORIZON_FIX_FORWARD);
	}
	model_tables(m, changes, count);
	check_tables(m, &answer, touched);
}

static void impact_agrees_with_the_model_on_random_graphs(void **state)
{
	static struct impact_model m;

	model_store(*state);
	for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
		struct world w = { 0 };

		assert_int_equal(image_new(&w.image), 0);
		w.arena = arena_new(1 << 16, SIZE_MAX);
		assert_non_null(w.arena);
		w.fixture = ((struct world *)*state)->fixture;
		make_model(&m, seed);
		check_graph(&w, &m);
		image_unpin(w.snapshot.image);
		image_free(w.image);
		arena_free(w.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			impact_agrees_with_the_model_on_random_graphs, open_world,
			close_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
