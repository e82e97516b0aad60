/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_exposure_random.c - exposures of random graphs, against a slow model
 *
 * The graphs are those of impact_model.h, and so is what tells no columns.
 */
#include "graph/exposure.h"

#include "graph/label.h"
#include "tests/unit/impact_model.h"

#define GRAPHS 1000

/* What has the tag, and how flows are followed. */
struct tagged {
	bool sources[IDS];
	bool indirect;
};

static struct tagged any_tags(struct impact_model *m)
{
	struct tagged tagged = { .indirect = chance(m, 3) == 0 };

	for (size_t i = 1 + chance(m, 3); i > 0; i--)
		tagged.sources[model_shown(any_column(m))] = true;
	return tagged;
}

static void tag_all(struct world *w, const struct tagged *tagged)
{
	struct fixture *f = w->fixture;

	/* One that only begins like it. */
	assert_int_equal(label_add(f->txn, LABEL_TAG, SLICE("pii2"), 8), 0);
	for (node_id id = 1; id < IDS; id++) {
		if (tagged->sources[id])
			assert_int_equal(
				label_add(f->txn, LABEL_TAG, SLICE("pii"), id), 0);
	}
}

static void untag_all(struct world *w, const struct tagged *tagged)
{
	struct fixture *f = w->fixture;

	for (node_id id = 1; id < IDS; id++) {
		if (tagged->sources[id])
			assert_int_equal(
				label_remove(f->txn, LABEL_TAG, SLICE("pii"), id), 0);
	}
	assert_int_equal(label_remove(f->txn, LABEL_TAG, SLICE("pii2"), 8), 0);
}

/* ---- the model ---- */

static bool model_masks(uint32_t flags)
{
	uint32_t told = EDGE_CLASSES(flags) & ~(uint32_t)CLASSES_FORM;

	return told && !(told & CLASS_UNMASKED);
}

/* One flow out of a node in a state, whose other end is so deep. */
static void carry(struct impact_model *m, const struct model_way *way, enum state state,
	bool indirect)
{
	uint32_t flags = m->flags[way->from][way->to];
	node_id target = model_shown(way->to);

	if (!indirect && !is_direct(flags))
		return;
	if (model_kind(target) == NODE_JOB && flow_is_check(EDGE_CLASSES(flags)))
		return;
	if (model_masks(flags)) {
		if (state != STATE_OPAQUE)
			reached(m, target, STATE_SHIELDED, false, way->depth);
	} else if (state == STATE_OPAQUE && model_kind(target) == NODE_JOB) {
		enter_job(m, target, model_entry(way->node), way->depth);
	} else {
		reached(m, target, state, false, way->depth);
	}
}

static void relax(struct impact_model *m, const struct tagged *tagged, node_id node,
	enum state state, uint32_t depth)
{
	bool job = model_kind(node) == NODE_JOB;
	struct model_way way = { .node = node, .depth = depth + !job };

	for (way.from = 1; way.from < IDS && !(job && state == STATE_OPAQUE);
		way.from++) {
		for (way.to = 1; way.to < IDS; way.to++) {
			if (model_flow(m, way.from, way.to) &&
				speaks_for(way.from, node, false) &&
				model_shown(way.to) != model_shown(way.from) &&
				model_shown(way.to) != node)
				carry(m, &way, state, tagged->indirect);
		}
	}
	if (!job)
		touch(m, model_dataset(node), depth);
	else if (state != STATE_OPAQUE)
		leave_named(m, node, depth);
}

static void relax_node(struct impact_model *m, const struct tagged *tagged, node_id node)
{
	static const enum state states[] = { STATE_EXPOSED, STATE_OPAQUE };

	if (tagged->sources[node])
		relax(m, tagged, node, STATE_EXPOSED, 0);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		uint32_t depth = m->depth[node][states[i]][0];

		if (depth != AWAY)
			relax(m, tagged, node, states[i], depth);
	}
	for (node_id from = 0; from < IDS; from++) {
		if (m->opaque[node][from] != AWAY)
			leave_opaque(m, node, from);
	}
}

/* What is in a column with the tag, or around one, and has it not itself. */
static void find_nested(struct impact_model *m, const struct tagged *tagged)
{
	for (node_id source = 31; source < IDS; source++) {
		for (node_id id = 31; id < IDS && tagged->sources[source]; id++) {
			if (!tagged->sources[id] && (model_within(m, source, id) ||
							    model_within(m, id, source)))
				found(m, id, STATE_EXPOSED, false, 0);
		}
	}
}

static void settle(struct impact_model *m, const struct tagged *tagged)
{
	model_clear(m);
	find_nested(m, tagged);
	do {
		m->changed = false;
		for (node_id node = 1; node < IDS; node++)
			relax_node(m, tagged, node);
	} while (m->changed);
}

/* ---- the comparison ---- */

static void check_path(const struct exposure *exposure, const struct tagged *tagged)
{
	const struct impact_step *step = exposure->because;
	uint32_t depth = 0;

	assert_int_equal(step->node, exposure->node);
	for (; step->from; step = step->from)
		depth += model_kind(step->from->node) != NODE_JOB &&
			 !rule_nested(step->rule);
	assert_int_equal(depth, exposure->depth);
	assert_true(tagged->sources[step->node]);
}

static const struct exposure *find_node(const struct exposures *answer, node_id node)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (answer->list[i].node == node)
			return &answer->list[i];
	}
	return NULL;
}

static void check_node(const struct impact_model *m, const struct tagged *tagged,
	const struct exposures *answer, node_id node)
{
	static const enum state states[EXPOSURE_KINDS] = {
		[EXPOSURE_CLEAR] = STATE_EXPOSED,
		[EXPOSURE_UNKNOWN] = STATE_OPAQUE,
		[EXPOSURE_MASKED] = STATE_SHIELDED,
	};
	const struct exposure *exposure = find_node(answer, node);
	int kind = 0;

	while (kind < EXPOSURE_KINDS && m->depth[node][states[kind]][0] == AWAY)
		kind++;
	if ((exposure ? (int)exposure->kind : EXPOSURE_KINDS) != kind)
		fail_msg("node %u: %d, the model says %d", node,
			exposure ? (int)exposure->kind : EXPOSURE_KINDS, kind);
	if (!exposure || kind == EXPOSURE_KINDS)
		return;
	assert_int_equal(exposure->depth, m->depth[node][states[kind]][0]);
	assert_int_equal(exposure->tagged,
		tagged->sources[node] || (model_kind(node) != NODE_JOB &&
						 tagged->sources[model_dataset(node)]));
	check_path(exposure, tagged);
}

static void check_graph(struct world *w, struct impact_model *m)
{
	struct tagged tagged = any_tags(m);
	const struct exposure_query query = {
		.tag = SLICE("pii"),
		.graph = { .observed = true, .declared = true, .inferred = true },
		.indirect = tagged.indirect,
		.opaque_max = 4,
	};
	struct exposures answer = { 0 };

	model_build(w, m);
	tag_all(w, &tagged);
	assert_int_equal(exposure_find(&w->snapshot, &query, w->arena, &answer), 0);
	assert_int_equal(answer.cut, CUT_NONE);
	settle(m, &tagged);
	for (node_id id = 1; id < IDS; id++)
		check_node(m, &tagged, &answer, id);
	untag_all(w, &tagged);
}

static void exposures_agree_with_the_model_on_random_graphs(void **state)
{
	static struct impact_model m;

	model_store(*state);
	for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
		struct world w = { .fixture = ((struct world *)*state)->fixture };

		assert_int_equal(image_new(&w.image), 0);
		w.arena = arena_new(1 << 16, SIZE_MAX);
		assert_non_null(w.arena);
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
			exposures_agree_with_the_model_on_random_graphs, open_world,
			close_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
