/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_lineage_random.c - random questions about random graphs
 *
 * Each is answered by the slow model of lineage_oracle.h too; then once more in
 * pages, and with a budget that may be too small.
 */
#include "tests/unit/lineage_oracle.h"
#include "tests/unit/lineage_world.h"

#define GRAPHS	  300
#define QUESTIONS 30

static void random_filter(struct lineage_query *query, uint64_t *random)
{
	static const uint32_t namespaces[] = { 1, 3, 9999 };
	static node_id ids[] = { 2, 3, 5, 8, 9, 12, 14, 15 };
	static const struct idlist only = { .ids = ids, .count = ARRAY_LEN(ids) };

	if (model_random(random) % 3 == 0)
		query->filter.only = &only;
	if (model_random(random) % 2)
		query->filter.kind = (enum node_kind)(1 + model_random(random) % 3);
	if (model_random(random) % 2) {
		query->filter.namespaces = namespaces;
		query->filter.namespace_count = 1 + model_random(random) % 3;
	}
}

static size_t random_roots(const struct lineage_model *model, enum lineage_level level,
	node_id roots[3], uint64_t *random)
{
	uint8_t other = level == LEVEL_FIELD ? NODE_FIELD : NODE_JOB;
	size_t count = 0;
	size_t wanted = 1 + model_random(random) % 3;

	for (int tries = 0; tries < 1000 && count < wanted; tries++) {
		node_id id = (node_id)(model_random(random) % model->count) + 1;

		if (model->kind[id] == NODE_DATASET || model->kind[id] == other)
			roots[count++] = id;
	}
	return count;
}

static struct lineage_query random_query(uint64_t *random)
{
	uint64_t ways = model_random(random) % 3;
	uint64_t evidence = model_random(random) % 12;
	struct lineage_query query = {
		.upstream = ways != 0,
		.downstream = ways != 1,
		.depth = model_random(random) % 2 ? DEPTH_ALL
						  : (uint32_t)(model_random(random) % 4),
		.level = (enum lineage_level)(model_random(random) % 4),
		.precise = model_random(random) % 2,
		.time = (enum lineage_time)(model_random(random) % 3),
		.as_of_us = (int64_t)(model_random(random) % 40),
		.from_us = (int64_t)(model_random(random) % 40),
		.observed = evidence != 1 && evidence != 3,
		.declared = evidence != 2 && evidence != 3,
		.inferred = evidence != 4,
	};

	query.to_us = query.from_us + (int64_t)(model_random(random) % 20);
	if (model_random(random) % 3 == 0)
		random_filter(&query, random);
	return query;
}

static void assert_same_nodes(const struct lineage_node *nodes,
	const struct lineage_node *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(nodes[i].id, expected[i].id);
		assert_int_equal(nodes[i].depth, expected[i].depth);
		assert_int_equal(nodes[i].upstream, expected[i].upstream);
		assert_int_equal(nodes[i].downstream, expected[i].downstream);
		assert_int_equal(nodes[i].root, expected[i].root);
	}
}

static void assert_same_edges(
	struct lineage_edge *edges, size_t count, const struct model_answer *expected)
{
	assert_int_equal(count, expected->edge_count);
	if (count == 0)
		return;
	qsort(edges, count, sizeof(*edges), model_edge_compare);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(model_edge_compare(&edges[i], &expected->edges[i]), 0);
		assert_int_equal(edges[i].flags, expected->edges[i].flags);
	}
}

/* Page by page: together the pages are the whole answer, nothing twice. */
static void check_pages(struct world *w, struct lineage_query query,
	const struct model_answer *expected, size_t limit)
{
	static struct lineage_edge edges[MODEL_EDGES];
	size_t nodes = 0;
	size_t edge_count = 0;
	bool more = true;

	query.limit = limit;
	while (more) {
		struct lineage out = answer(w, &query);

		assert_true(nodes + out.node_count <= expected->node_count);
		assert_int_equal(out.total_nodes, expected->node_count);
		assert_same_nodes(out.nodes, expected->nodes + nodes, out.node_count);
		nodes += out.node_count;
		if (out.edge_count)
			memcpy(edges + edge_count, out.edges,
				out.edge_count * sizeof(*edges));
		edge_count += out.edge_count;
		query.after_depth = out.nodes[out.node_count - 1].depth;
		query.after_node = out.nodes[out.node_count - 1].id;
		more = out.more;
	}
	assert_int_equal(nodes, expected->node_count);
	assert_same_edges(edges, edge_count, expected);
}

/* With too small a budget: a part of the answer, at the right depths, and told so. */
static void check_budget(struct world *w, struct lineage_query query,
	const struct model_answer *expected, uint64_t budget)
{
	struct lineage out;
	size_t at = 0;

	query.budget_edges = budget;
	out = answer(w, &query);
	/* A flow into a whole may be one into each of its fields. */
	if (query.level != LEVEL_FIELD)
		assert_true(out.edge_count <= budget);
	if (out.cut == CUT_NONE) {
		assert_int_equal(out.node_count, expected->node_count);
		assert_int_equal(out.edge_count, expected->edge_count);
	}
	if (query.upstream && query.downstream)
		return; /* the shorter of two ways may have been cut */
	for (size_t i = 0; i < out.node_count; i++) {
		while (at < expected->node_count &&
			expected->nodes[at].id != out.nodes[i].id)
			at++;
		assert_true(at < expected->node_count);
		assert_same_nodes(&out.nodes[i], &expected->nodes[at], 1);
	}
}

static void check_question(
	struct world *w, const struct lineage_model *model, uint64_t *random)
{
	static struct model_answer expected;
	struct lineage_query query = random_query(random);
	node_id roots[3];
	struct lineage out;

	query.root_count = random_roots(model, query.level, roots, random);
	query.roots = roots;
	if (query.root_count == 0)
		return;
	model_ask(model, &query, &expected);
	out = answer(w, &query);
	assert_int_equal(out.cut, CUT_NONE);
	assert_int_equal(out.node_count, expected.node_count);
	assert_same_nodes(out.nodes, expected.nodes, out.node_count);
	assert_same_edges(out.edges, out.edge_count, &expected);
	check_pages(w, query, &expected, 1 + model_random(random) % 5);
	check_budget(w, query, &expected, 1 + model_random(random) % 30);
	arena_reset(w->arena);
}

static void check_graph(
	struct world *w, const struct lineage_model *model, uint64_t *random)
{
	struct fixture *f = w->fixture;

	model_fill_image(model, w->image);
	model_fill_store(model, f->txn);
	take_snapshot(w);
	for (int i = 0; i < QUESTIONS; i++)
		check_question(w, model, random);
}

static void random_questions_are_answered_as_the_model_answers_them(void **state)
{
	static struct lineage_model model;
	uint64_t random = 20260801;

	(void)state;
	for (int graph = 0; graph < GRAPHS; graph++) {
		void *world = NULL;

		if (open_world(&world) || !world) {
			fail();
			return;
		}
		model_make(&model, &random);
		check_graph(world, &model, &random);
		close_world(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_questions_are_answered_as_the_model_answers_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
