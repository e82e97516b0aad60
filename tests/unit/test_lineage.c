/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_lineage.c - walks up and down, by example: each on a graph drawn in a
 * string
 */
#include "tests/unit/lineage_draw.h"

#include "base/clock.h"
#include "graph/flow.h"
#include "graph/timeline.h"

#include <string.h>

static void nodes_come_nearest_first(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>3 1>B>2 2>C>4 3>C");
	out = answer(w, &query);
	assert_nodes(&out, "1/0 11/1 12/1 2/2 3/2 13/3 4/4");
	assert_edges(&out, "1>11 1>12 2>13 3>13 11>3 12>2 13>4");
	assert_int_equal(out.depth, 4);
	assert_int_equal(out.total_nodes, 7);
	assert_int_equal(out.cut, CUT_NONE);
	assert_false(out.more);
	assert_true(out.nodes[0].root);
	assert_true(out.nodes[6].downstream && !out.nodes[6].upstream);
}

static void a_hop_between_datasets_goes_over_a_job(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2 2>B>3 2>4");
	query.level = LEVEL_DATASET;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 2/1 3/2 4/2");
	assert_edges(&out, "1>2:11 2>3:12 2>4");

	query.depth = 1;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 2/1");
}

static void a_hop_between_jobs_goes_over_a_dataset(void **state)
{
	struct world *w = *state;
	const node_id root = 13;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2 2>B>3 3>C B>D>C");
	query.level = LEVEL_JOB;
	query.downstream = false;
	query.upstream = true;
	out = answer(w, &query);
	assert_nodes(&out, "13/0 12/1 14/1 11/2");
	assert_edges(&out, "11>12:2 12>13:3 12>14 14>13");
}

static void a_job_among_datasets_is_a_root_with_neighbours_one_hop_away(void **state)
{
	struct world *w = *state;
	const node_id root = 11;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2 2>B>3");
	query.level = LEVEL_DATASET;
	query.upstream = true;
	out = answer(w, &query);
	assert_nodes(&out, "11/0 1/1 2/1 3/2");
	assert_edges(&out, "1>11 2>3:12 11>2");
}

static void two_jobs_in_a_row_are_no_hop_between_datasets(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>B>2 3>B 1>C>3");
	query.level = LEVEL_DATASET;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 3/1 2/2");
}

static void a_dataset_is_not_its_own_neighbour(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>1 A>2 1>1");
	query.level = LEVEL_DATASET;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 2/1");
	assert_edges(&out, "1>2:11");
}

static void a_cycle_is_walked_once_and_found_both_ways(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2 2>B>3 3>C>1");
	query.level = LEVEL_DATASET;
	query.upstream = true;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 2/1 3/1");
	assert_true(out.nodes[1].upstream && out.nodes[1].downstream);
}

static void a_filter_hides_nodes_that_are_walked_through(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2 2>B>3");
	query.filter.kind = NODE_JOB;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 11/1 12/3");
	assert_edges(&out, "1>11");
	assert_int_equal(out.total_nodes, 3);
	assert_int_equal(out.depth, 4);
}

static void a_budget_that_is_just_enough_cuts_nothing(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2 2>B>3 B>4");
	query.budget_edges = 5;
	out = answer(w, &query);
	assert_int_equal(out.cut, CUT_NONE);
	assert_int_equal(out.node_count, 6);
	assert_int_equal(out.edge_count, 5);

	query.budget_edges = 4;
	out = answer(w, &query);
	assert_int_equal(out.cut, CUT_BUDGET);
	assert_nodes(&out, "1/0 11/1 2/2 12/3 3/4");
}

static void a_walk_out_of_budget_leaves_the_other_one_its_own(void **state)
{
	struct world *w = *state;
	const node_id root = 4;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>4 2>A 3>A 4>B>5");
	query.upstream = true;
	query.budget_edges = 2;
	out = answer(w, &query);
	assert_int_equal(out.cut, CUT_BUDGET);
	assert_nodes(&out, "4/0 11/1 12/1 1/2 5/2");
}

static void a_deadline_that_has_passed_gives_the_roots(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2");
	query.deadline_us = clock_monotonic_us() - 1;
	out = answer(w, &query);
	assert_int_equal(out.cut, CUT_DEADLINE);
	assert_nodes(&out, "1/0");
}

static void a_question_without_sense_is_refused(void **state)
{
	struct world *w = *state;
	const node_id roots[] = { 1, 21 };
	const struct lineage_query good = ask_down(roots);
	struct lineage_query bad[7] = { good, good, good, good, good, good, good };
	struct lineage out;

	draw(w, "1>A>2");
	bad[0].root_count = 0;
	bad[1].downstream = false;
	bad[2].observed = bad[2].declared = bad[2].inferred = false;
	bad[3].root_count = 2;
	bad[4].roots = &(node_id){ 0 };
	bad[5].roots = &(node_id){ UINT32_MAX };
	bad[6].time = LINEAGE_WINDOW;
	bad[6].from_us = 1;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(
			lineage_walk(&w->snapshot, &bad[i], w->arena, &out), ERR_INVALID);
	bad[0] = good;
	bad[0].roots = &(node_id){ 11 };
	bad[0].level = LEVEL_FIELD;
	assert_int_equal(
		lineage_walk(&w->snapshot, &bad[0], w->arena, &out), ERR_INVALID);
}

/* A root with `count` neighbours far apart, and one node behind each of them. */
static void fan_out(struct world *w, node_id count)
{
	enum { STRIDE = 7919, LAST = 300007 };

	for (node_id id = 1; id <= LAST; id++)
		assert_int_equal(image_add_node(w->image, id, NODE_DATASET, 1, 0), 0);
	for (uint64_t i = 0; i < count; i++) {
		node_id near = (node_id)(i * STRIDE % (LAST - 2)) + 2;
		node_id far = near % 1000 + 2;

		assert_int_equal(
			image_put_edge(w->image, 1, DOWNSTREAM, near, SEEN_NOW), 0);
		assert_int_equal(
			image_put_edge(w->image, near, DOWNSTREAM, far, SEEN_NOW), 0);
	}
	assert_int_equal(image_publish(w->image, 1), 0);
	take_snapshot(w);
}

static void assert_in_order(const struct lineage *out)
{
	for (size_t i = 1; i < out->node_count; i++) {
		const struct lineage_node *a = &out->nodes[i - 1];
		const struct lineage_node *b = &out->nodes[i];

		assert_true(
			a->depth < b->depth || (a->depth == b->depth && a->id < b->id));
	}
}

static void a_level_of_any_width_comes_in_order_of_ids(void **state)
{
	const node_id widths[] = { 3, 47, 48, 49, 3000, 5000, 100000 };
	const node_id root = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		struct lineage_query query = ask_down(&root);
		void *world = NULL;
		struct lineage out;

		if (open_world(&world) || !world) {
			fail();
			return;
		}
		fan_out(world, widths[i]);
		query.depth = 1;
		out = answer(world, &query);
		assert_int_equal(out.node_count, widths[i] + 1);
		assert_int_equal(out.nodes[widths[i]].depth, 1);
		assert_in_order(&out);
		query.depth = DEPTH_ALL;
		out = answer(world, &query);
		assert_true(out.node_count > widths[i]);
		assert_in_order(&out);
		close_world(&world);
	}
}

/* A run of a job with this set, that is a segment of its own. */
static void store_set(struct world *w, node_id job, uint8_t number, int64_t start_us,
	const struct ioset *set)
{
	struct fixture *f = w->fixture;
	struct run run = { .id = { .bytes = { number } },
		.job = job,
		.state = TYPE_COMPLETE,
		.start_us = start_us,
		.first_us = start_us,
		.last_us = start_us,
		.end_us = start_us };
	struct segment segment = { .first = { start_us, run.id },
		.settled_us = start_us };

	assert_int_equal(ioset_intern(f->txn, set, &run.io), 0);
	segment.io = run.io;
	assert_int_equal(run_put(f->txn, &run), 0);
	assert_int_equal(
		run_index_add(f->txn, job, EVIDENCE_OBSERVED, &segment.first), 0);
	assert_int_equal(segment_put(f->txn, job, EVIDENCE_OBSERVED, &segment), 0);
}

static void store_run(struct world *w, node_id job, uint8_t number, int64_t start_us,
	node_id input, node_id output)
{
	struct ioset set = { .inputs = &input,
		.input_count = input != 0,
		.outputs = &output,
		.output_count = output != 0 };

	store_set(w, job, number, start_us, &set);
}

static void assert_seen(
	struct world *w, struct lineage_edge edge, int64_t first, int64_t last)
{
	int64_t first_us = 0;
	int64_t last_us = 0;

	assert_int_equal(lineage_edge_seen(&w->snapshot, &edge, &first_us, &last_us), 0);
	assert_int_equal(first_us, first);
	assert_int_equal(last_us, last);
}

static void an_edge_is_seen_from_its_first_to_its_last_run(void **state)
{
	struct world *w = *state;
	struct lineage_edge derived = { .from = 1, .to = 2 };
	int64_t us;

	draw(w, "1>A>2 2>B>3 1>2");
	store_run(w, 11, 1, 100, 1, 0);
	store_run(w, 11, 2, 200, 1, 2);
	store_run(w, 11, 3, 300, 0, 2);
	store_run(w, 12, 4, 250, 2, 3);
	store_run(w, 12, 5, 900, 2, 3);

	assert_seen(w, (struct lineage_edge){ .from = 1, .to = 11 }, 100, 200);
	assert_seen(w, (struct lineage_edge){ .from = 11, .to = 2 }, 200, 300);
	assert_seen(w, (struct lineage_edge){ .from = 1, .to = 2, .via = 11 }, 200, 200);
	assert_seen(w, (struct lineage_edge){ .from = 11, .to = 12, .via = 2 }, 250, 300);
	assert_int_equal(lineage_edge_seen(&w->snapshot, &derived, &us, &us), 1);
	derived = (struct lineage_edge){ .from = 3, .to = 11 };
	assert_int_equal(lineage_edge_seen(&w->snapshot, &derived, &us, &us), 1);
}

static void what_takes_too_long_to_look_for_is_not_known(void **state)
{
	struct world *w = *state;
	const struct lineage_edge edge = { .from = 1, .to = 11 };
	node_id many[60000];
	struct ioset set = { .inputs = many };
	int64_t us;

	draw(w, "1>A");
	for (node_id i = 0; i < ARRAY_LEN(many); i++)
		many[i] = 1000 + i;
	for (uint8_t i = 0; i < 100; i++) {
		set.input_count = ARRAY_LEN(many) - i % 2;
		store_set(w, 11, i, 100 + i, &set);
	}
	store_run(w, 11, 100, 300, 1, 0);
	assert_int_equal(lineage_edge_seen(&w->snapshot, &edge, &us, &us), 1);
}

static void a_long_timeline_counts_against_the_budget(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A>2");
	for (uint8_t i = 0; i < 200; i++)
		store_run(w, 11, i, 100 + i, i % 2, i % 2 ? 0 : 2);
	query.time = LINEAGE_WINDOW;
	query.to_us = 1000;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 11/1 2/2");
	assert_int_equal(out.cut, CUT_NONE);
	query.budget_edges = 100;
	out = answer(w, &query);
	assert_int_equal(out.cut, CUT_BUDGET);
}

static void a_declared_edge_is_seen_when_it_was_declared(void **state)
{
	struct world *w = *state;
	struct fixture *f = w->fixture;
	node_id input = 1;
	struct ioset set = { .inputs = &input, .input_count = 1 };
	struct declaration said = {
		.job = 11, .lane = EVIDENCE_DECLARED, .position = { .start_us = 70 }
	};
	struct segment segment = { .first = said.position, .settled_us = 70 };

	draw(w, "1>A");
	store_run(w, 11, 1, 100, 1, 0);
	assert_int_equal(ioset_intern(f->txn, &set, &said.io), 0);
	segment.io = said.io;
	assert_int_equal(declaration_put(f->txn, &said), 0);
	assert_int_equal(run_index_add(f->txn, 11, EVIDENCE_DECLARED, &said.position), 0);
	assert_int_equal(segment_put(f->txn, 11, EVIDENCE_DECLARED, &segment), 0);
	assert_seen(w, (struct lineage_edge){ .from = 1, .to = 11 }, 100, 100);

	image_unpin(w->snapshot.image);
	put(w, 1, 11, SEEN_NOW | EDGE_DECLARED_EVER);
	assert_int_equal(image_publish(w->image, 2), 0);
	take_snapshot(w);
	assert_seen(w, (struct lineage_edge){ .from = 1, .to = 11 }, 70, 100);
}

/* A run of job A that read 1, wrote 3, and told a flow from one source to it. */
static void store_flow(struct world *w, node_id source, int64_t start_us)
{
	struct fixture *f = w->fixture;
	node_id input = 1;
	node_id output = 3;
	uint8_t cover = COVER_COLUMNS;
	struct flow flow = { output, source, CLASS_IDENTITY | CLASS_FORM_COLUMNS,
		.implied = source == input };
	struct ioset set = { .inputs = &input,
		.input_count = 1,
		.outputs = &output,
		.covers = &cover,
		.output_count = 1,
		.flows = &flow,
		.flow_count = 1 };
	struct flow_row row = {
		.target = output, .source = source, .owner = 11, .segments = 1
	};

	store_set(w, 11, (uint8_t)source, start_us, &set);
	assert_int_equal(flow_put(f->txn, &row), 0);
}

static void store_flows(struct world *w)
{
	store_flow(w, 1, 100);
	store_flow(w, 2, 200);
}

static void flows_stand_as_their_owner_told_them_then(void **state)
{
	struct world *w = *state;
	const node_id root = 3;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A A=3 1>3 2>3");
	store_flows(w);
	query.upstream = true;
	query.downstream = false;
	query.level = LEVEL_DATASET;
	query.time = LINEAGE_AS_OF;
	query.as_of_us = 150;
	out = answer(w, &query);
	assert_nodes(&out, "3/0 1/1");
	assert_true(out.edges[0].flags & EDGE_IMPLIED);
	assert_int_equal(
		EDGE_CLASSES(out.edges[0].flags), CLASS_IDENTITY | CLASS_FORM_COLUMNS);
	query.as_of_us = 250;
	out = answer(w, &query);
	assert_nodes(&out, "3/0 2/1");
	query.time = LINEAGE_WINDOW;
	query.from_us = 100;
	query.to_us = 200;
	out = answer(w, &query);
	assert_nodes(&out, "3/0 1/1 2/1");
	query.observed = false;
	out = answer(w, &query);
	assert_nodes(&out, "3/0");
}

static void a_flow_is_seen_when_its_owner_told_it(void **state)
{
	struct world *w = *state;

	draw(w, "1>A A=3 1>3 2>3");
	store_flows(w);
	assert_seen(w, (struct lineage_edge){ .from = 1, .to = 3 }, 100, 100);
	assert_seen(w, (struct lineage_edge){ .from = 2, .to = 3 }, 200, 200);
}

#define LINEAGE_TEST(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINEAGE_TEST(nodes_come_nearest_first),
		LINEAGE_TEST(a_hop_between_datasets_goes_over_a_job),
		LINEAGE_TEST(a_hop_between_jobs_goes_over_a_dataset),
		LINEAGE_TEST(a_job_among_datasets_is_a_root_with_neighbours_one_hop_away),
		LINEAGE_TEST(two_jobs_in_a_row_are_no_hop_between_datasets),
		LINEAGE_TEST(a_dataset_is_not_its_own_neighbour),
		LINEAGE_TEST(a_cycle_is_walked_once_and_found_both_ways),
		LINEAGE_TEST(a_filter_hides_nodes_that_are_walked_through),
		LINEAGE_TEST(a_budget_that_is_just_enough_cuts_nothing),
		LINEAGE_TEST(a_walk_out_of_budget_leaves_the_other_one_its_own),
		LINEAGE_TEST(a_deadline_that_has_passed_gives_the_roots),
		LINEAGE_TEST(a_question_without_sense_is_refused),
		cmocka_unit_test(a_level_of_any_width_comes_in_order_of_ids),
		LINEAGE_TEST(an_edge_is_seen_from_its_first_to_its_last_run),
		LINEAGE_TEST(what_takes_too_long_to_look_for_is_not_known),
		LINEAGE_TEST(a_declared_edge_is_seen_when_it_was_declared),
		LINEAGE_TEST(flows_stand_as_their_owner_told_them_then),
		LINEAGE_TEST(a_flow_is_seen_when_its_owner_told_it),
		LINEAGE_TEST(a_long_timeline_counts_against_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
