/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_lineage_levels.c - what is told, and what only follows: walks over flows,
 * covered writes, fields and aliases, by example
 */
#include "tests/unit/lineage_draw.h"

#include "graph/idlist.h"
#include "graph/neighbours.h"

static struct lineage ask(
	struct world *w, char root, enum lineage_level level, enum direction direction)
{
	const node_id id = drawn_id(root);
	struct lineage_query query = ask_down(&id);

	query.level = level;
	query.downstream = direction == DOWNSTREAM;
	query.upstream = direction == UPSTREAM;
	return answer(w, &query);
}

/* A job that reads 1 and 2, writes 3 and 4, and tells 1 -> 3 and 2 -> 4. */
static void what_a_job_tells_takes_the_place_of_all_from_all(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A 2>A A=3 A=4 1-3 2-4");
	out = ask(w, '1', LEVEL_DATASET, DOWNSTREAM);
	assert_nodes(&out, "1/0 3/1");
	assert_edges(&out, "1>3");
	out = ask(w, '4', LEVEL_DATASET, UPSTREAM);
	assert_nodes(&out, "4/0 2/1");
	out = ask(w, '1', LEVEL_MIXED, DOWNSTREAM);
	assert_nodes(&out, "1/0 11/1 3/2 4/2");
	assert_edges(&out, "1>11 11>3 11>4");
}

static void outputs_without_an_entry_come_from_nothing(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A 2>A A=3 A=4 1-3");
	out = ask(w, '2', LEVEL_DATASET, DOWNSTREAM);
	assert_nodes(&out, "2/0");
	out = ask(w, '4', LEVEL_DATASET, UPSTREAM);
	assert_nodes(&out, "4/0");
	out = ask(w, '2', LEVEL_JOB, DOWNSTREAM);
	assert_nodes(&out, "2/0 11/1");
}

static void who_does_not_ask_precisely_gets_all_from_all(void **state)
{
	struct world *w = *state;
	const node_id root = 2;
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1>A 2>A A=3 1-3 2>4");
	query.level = LEVEL_DATASET;
	query.precise = false;
	out = answer(w, &query);
	assert_nodes(&out, "2/0 3/1 4/1");
	assert_edges(&out, "2>3:11 2>4");
}

static void a_source_that_is_no_input_is_joined_by_its_flow_alone(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A A=3 1-3 2>3");
	out = ask(w, '2', LEVEL_MIXED, DOWNSTREAM);
	assert_nodes(&out, "2/0 3/1");
	out = ask(w, '3', LEVEL_DATASET, UPSTREAM);
	assert_nodes(&out, "3/0 1/1 2/1");
	out = ask(w, '1', LEVEL_MIXED, DOWNSTREAM);
	assert_edges(&out, "1>11 11>3");
}

static void jobs_that_are_told_to_flow_are_joined(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "A>B 1>C");
	out = ask(w, 'A', LEVEL_JOB, DOWNSTREAM);
	assert_nodes(&out, "11/0 12/1");
	assert_edges(&out, "11>12");
	out = ask(w, 'A', LEVEL_DATASET, DOWNSTREAM);
	assert_nodes(&out, "11/0");
}

static void a_flow_that_is_told_opens_a_covered_write(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A A=3 B~4 2>B 1>B");
	out = ask(w, '1', LEVEL_DATASET, DOWNSTREAM);
	assert_nodes(&out, "1/0 4/1");
	assert_edges(&out, "1>4:12");
}

static void a_job_that_is_asked_for_shows_its_covered_writes(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A A=2 2>B B>3");
	out = ask(w, 'A', LEVEL_DATASET, DOWNSTREAM);
	assert_nodes(&out, "11/0 2/1 3/2");
	assert_edges(&out, "2>3:12 11>2");
}

static void fields_lead_to_fields(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 1.b 2.c 2.d 3.e 1>A A=2 1-2 a>c b>d c>e A~c");
	out = ask(w, 'a', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "31/0 33/1 35/2");
	assert_edges(&out, "31>33 33>35");
	out = ask(w, 'd', LEVEL_FIELD, UPSTREAM);
	assert_nodes(&out, "34/0 32/1");
}

/* One column decides which rows there are: it flows into the whole. */
static void what_flows_into_a_whole_flows_into_each_field(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 1.b 2.c 2.d 3.e a>2 b>c d>e");
	out = ask(w, 'a', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "31/0 2/1 33/1 34/1 35/2");
	assert_edges(&out, "2.33 2.34 31>2 34>35");
	out = ask(w, 'c', LEVEL_FIELD, UPSTREAM);
	assert_nodes(&out, "33/0 31/1 32/1");
	assert_edges(&out, "31>33 32>33");
}

static void what_comes_from_a_whole_comes_from_any_field(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 1.b 2.c 3.e e>a 1>c");
	out = ask(w, 'b', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "32/0 33/1");
	assert_edges(&out, "32>33");
	out = ask(w, 'c', LEVEL_FIELD, UPSTREAM);
	assert_nodes(&out, "33/0 1/1 31/1 32/1 35/2");
	assert_edges(&out, "1.31 1.32 1>33 35>31");
}

static void a_dataset_asked_for_its_fields_is_all_of_them(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 1.b 2.c b>c 3>A");
	out = ask(w, '1', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "1/0 31/0 32/0 33/1");
	assert_edges(&out, "1.31 1.32 32>33");
	assert_true(out.nodes[1].root);
	out = ask(w, '3', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "3/0");
}

static struct lineage ask_column(struct world *w, char dataset, bool up, bool down)
{
	const node_id id = drawn_whole(drawn_id(dataset));
	struct lineage_query query = ask_down(&id);

	query.level = LEVEL_FIELD;
	query.upstream = up;
	query.downstream = down;
	return answer(w, &query);
}

static void a_column_that_no_lineage_names_has_the_flows_of_its_whole(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 1.b 2.c 3.e e>1 a>e 1>c");
	out = ask_column(w, '1', false, true);
	assert_nodes(&out, "21/0 33/1");
	assert_edges(&out, "21>33");
	assert_true(out.nodes[0].root);
	out = ask_column(w, '1', true, true);
	assert_nodes(&out, "21/0 33/1 35/1 31/2");
	assert_edges(&out, "21>33 31>33 31>35 35>21 35>31");
}

/* It goes round: now the whole is meant, with all of its fields. */
static void a_walk_from_a_column_may_come_to_its_dataset(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 1.b 2.c 3.e 1>c c>1 b>e");
	out = ask_column(w, '1', false, true);
	assert_nodes(&out, "21/0 33/1 1/2 31/2 32/2 35/3");
	assert_edges(&out, "1.31 1.32 1>33 21>33 32>35 33>1 33>21");
	out = ask_column(w, '3', false, true);
	assert_nodes(&out, "23/0");
}

static void a_column_has_the_flows_of_its_datasets_aliases(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 2.b 3.c 1:2 2>c");
	out = ask_column(w, '1', false, true);
	assert_nodes(&out, "21/0 33/1");
	assert_edges(&out, "21>33");
	out = ask_column(w, '2', false, true);
	assert_nodes(&out, "21/0 33/1");
	assert_edges(&out, "21>33");
}

static void a_whole_is_a_root_among_fields_and_alone(void **state)
{
	struct world *w = *state;
	const node_id roots[] = { drawn_whole(1), 1 };
	struct lineage_query query = ask_down(roots);
	struct lineage out;

	draw(w, "1.a");
	assert_int_equal(lineage_walk(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
	query.level = LEVEL_FIELD;
	assert_int_equal(lineage_walk(&w->snapshot, &query, w->arena, &out), 0);
	query.root_count = 2;
	assert_int_equal(lineage_walk(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
}

static void aliases_are_one_node_wherever_a_walk_comes_in(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A A>3 2>B B>4 3:2");
	out = ask(w, '1', LEVEL_MIXED, DOWNSTREAM);
	assert_nodes(&out, "1/0 11/1 3/2 12/3 4/4");
	assert_edges(&out, "1>11 3>12 11>3 12>4");
	out = ask(w, '2', LEVEL_DATASET, UPSTREAM);
	assert_nodes(&out, "3/0 1/1");
	out = ask(w, 'A', LEVEL_JOB, DOWNSTREAM);
	assert_nodes(&out, "11/0 12/1");
	assert_edges(&out, "11>12:3");
}

static void edges_of_aliases_become_one(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A A=3 A>2 3:2 2>3");
	out = ask(w, '1', LEVEL_MIXED, DOWNSTREAM);
	assert_nodes(&out, "1/0 11/1 3/2");
	assert_edges(&out, "1>11 11>3");
	assert_false(out.edges[1].flags & EDGE_COVERED);
}

static void fields_of_aliases_are_one(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 2.b 3.c 4.d 1:2 a:b c>b a>d");
	out = ask(w, 'c', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "33/0 31/1 34/2");
	assert_edges(&out, "31>34 33>31");
	out = ask(w, '2', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "1/0 31/0 34/1");
}

/* Dataset 2 has no field of this name, but what its whole gives, 1 gives. */
static void a_field_has_the_flows_of_its_datasets_aliases(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1.a 2.b 3.c 1:2 2>c");
	out = ask(w, 'a', LEVEL_FIELD, DOWNSTREAM);
	assert_nodes(&out, "31/0 33/1");
	assert_edges(&out, "31>33");
}

static void a_table_that_is_merged_into_is_not_its_own_source(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A 2>A A>1");
	out = ask(w, '2', LEVEL_DATASET, DOWNSTREAM);
	assert_nodes(&out, "2/0 1/1");
	assert_edges(&out, "2>1:11");
	out = ask(w, '2', LEVEL_MIXED, DOWNSTREAM);
	assert_edges(&out, "1>11 2>11 11>1");
}

static void control_flow_and_containment_are_no_data_flow(void **state)
{
	struct world *w = *state;
	struct lineage out;

	draw(w, "1>A A>2");
	image_unpin(w->snapshot.image);
	put(w, 11, 12, EDGE_CONTROL);
	assert_int_equal(image_publish(w->image, 2), 0);
	take_snapshot(w);
	out = ask(w, '1', LEVEL_MIXED, DOWNSTREAM);
	assert_nodes(&out, "1/0 11/1 2/2");
}

static void a_filter_may_name_the_nodes_it_wants(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	struct lineage_query query = ask_down(&root);
	node_id ids[] = { 3, 12 };
	struct idlist only = { .ids = ids, .count = 2 };
	struct lineage out;

	draw(w, "1>A A>2 2>B B>3");
	query.filter.only = &only;
	out = answer(w, &query);
	assert_nodes(&out, "1/0 12/3 3/4");
	only.count = 0;
	out = answer(w, &query);
	assert_nodes(&out, "1/0");
}

/* Without the dataset in the answer, its edges are those of its fields. */
static void a_filter_for_fields_keeps_them_joined(void **state)
{
	struct world *w = *state;
	const node_id root = drawn_id('a');
	struct lineage_query query = ask_down(&root);
	struct lineage out;

	draw(w, "1.a 2.c 2.d 3.e a>2 2>e");
	query.level = LEVEL_FIELD;
	query.filter.kind = NODE_FIELD;
	out = answer(w, &query);
	assert_nodes(&out, "31/0 33/1 34/1 35/2");
	assert_edges(&out, "31>33 31>34 33>35 34>35");
}

static void assert_opaque(struct world *w, char root, enum direction direction,
	size_t max, const char *expected)
{
	const node_id id = drawn_id(root);
	struct lineage_query query = ask_down(&id);
	struct lineage_opaques hops;
	struct lineage out;
	char text[128] = "";
	size_t used = 0;

	query.level = LEVEL_FIELD;
	query.downstream = direction == DOWNSTREAM;
	query.upstream = direction == UPSTREAM;
	out = answer(w, &query);
	assert_int_equal(
		lineage_opaque_hops(&w->snapshot, &query, &out, max, w->arena, &hops), 0);
	for (size_t i = 0; i < hops.count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u>%u>%u ",
			hops.list[i].source, hops.list[i].job, hops.list[i].target);
	snprintf(text + used, sizeof(text) - used, "of %u", (unsigned int)hops.total);
	assert_string_equal(text, expected);
}

static void where_columns_are_not_told_the_answer_says_so(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.b 1>A A=2 1-2 a>b 2>B B>3 B>4 B=5 3>C C>6");
	assert_opaque(w, 'a', DOWNSTREAM, 9, "2>12>3 2>12>4 of 2");
	assert_opaque(w, 'a', DOWNSTREAM, 1, "2>12>3 of 2");
	assert_opaque(w, 'b', UPSTREAM, 9, "of 0");
	assert_opaque(w, '3', UPSTREAM, 9, "2>12>3 of 1");
}

static void a_flow_between_tables_that_tells_no_columns_is_named(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.b 3.c 4.d 1-2 a>b 2-3 3-4 c>4 9-1");
	assert_opaque(w, 'a', DOWNSTREAM, 9, "2>0>3 of 1");
	assert_opaque(w, 'd', UPSTREAM, 9, "2>0>3 of 1");
	assert_opaque(w, 'b', UPSTREAM, 9, "9>0>1 of 1");
}

static void names_of_one_dataset_tell_its_columns_together(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.b 3.c 1:2 4.d 1-4 b>d 2-3");
	assert_opaque(w, 'a', DOWNSTREAM, 9, "1>0>3 of 1");
}

static void a_search_for_untold_columns_that_is_cut_says_so(void **state)
{
	struct world *w = *state;
	const node_id id = drawn_id('a');
	struct lineage_query query = ask_down(&id);
	struct lineage_opaques hops;
	struct lineage out;

	draw(w, "1.a 2.b 1>A A=2 1-2 a>b 2>B B>3 B>4");
	query.level = LEVEL_FIELD;
	out = answer(w, &query);
	query.budget_edges = 2;
	assert_int_equal(
		lineage_opaque_hops(&w->snapshot, &query, &out, 9, w->arena, &hops), 0);
	assert_int_equal(hops.cut, CUT_BUDGET);
	query.budget_edges = 0;
	assert_int_equal(
		lineage_opaque_hops(&w->snapshot, &query, &out, 9, w->arena, &hops), 0);
	assert_int_equal(hops.cut, CUT_NONE);
}

static void a_node_is_asked_for_its_neighbours(void **state)
{
	struct world *w = *state;
	const node_id root = drawn_id('a');
	struct lineage_query query = ask_down(&root);
	struct standing standing;
	struct neighbours near = { .standing = &standing };
	const struct neighbour *list;
	size_t count = 0;

	draw(w, "1.a 2.c 2.d 3.e a>2 1>e");
	query.level = LEVEL_FIELD;
	assert_int_equal(standing_init(&standing, &w->snapshot, &query), 0);
	standing_refill(&standing, true);
	assert_int_equal(neighbours_find(&near, root, DOWNSTREAM, &list, &count), 0);
	assert_int_equal(count, 4);
	assert_int_equal(list[0].id, 2);
	assert_int_equal(list[1].id, drawn_id('c'));
	assert_int_equal(list[2].id, drawn_id('d'));
	assert_int_equal(list[3].id, drawn_id('e'));
	neighbours_fini(&near);
	standing_fini(&standing);
}

#define LINEAGE_TEST(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINEAGE_TEST(what_a_job_tells_takes_the_place_of_all_from_all),
		LINEAGE_TEST(outputs_without_an_entry_come_from_nothing),
		LINEAGE_TEST(who_does_not_ask_precisely_gets_all_from_all),
		LINEAGE_TEST(a_source_that_is_no_input_is_joined_by_its_flow_alone),
		LINEAGE_TEST(jobs_that_are_told_to_flow_are_joined),
		LINEAGE_TEST(a_flow_that_is_told_opens_a_covered_write),
		LINEAGE_TEST(a_job_that_is_asked_for_shows_its_covered_writes),
		LINEAGE_TEST(fields_lead_to_fields),
		LINEAGE_TEST(what_flows_into_a_whole_flows_into_each_field),
		LINEAGE_TEST(what_comes_from_a_whole_comes_from_any_field),
		LINEAGE_TEST(a_dataset_asked_for_its_fields_is_all_of_them),
		LINEAGE_TEST(a_column_that_no_lineage_names_has_the_flows_of_its_whole),
		LINEAGE_TEST(a_walk_from_a_column_may_come_to_its_dataset),
		LINEAGE_TEST(a_column_has_the_flows_of_its_datasets_aliases),
		LINEAGE_TEST(a_whole_is_a_root_among_fields_and_alone),
		LINEAGE_TEST(aliases_are_one_node_wherever_a_walk_comes_in),
		LINEAGE_TEST(edges_of_aliases_become_one),
		LINEAGE_TEST(fields_of_aliases_are_one),
		LINEAGE_TEST(a_field_has_the_flows_of_its_datasets_aliases),
		LINEAGE_TEST(a_table_that_is_merged_into_is_not_its_own_source),
		LINEAGE_TEST(control_flow_and_containment_are_no_data_flow),
		LINEAGE_TEST(a_filter_may_name_the_nodes_it_wants),
		LINEAGE_TEST(a_filter_for_fields_keeps_them_joined),
		LINEAGE_TEST(where_columns_are_not_told_the_answer_says_so),
		LINEAGE_TEST(a_flow_between_tables_that_tells_no_columns_is_named),
		LINEAGE_TEST(names_of_one_dataset_tell_its_columns_together),
		LINEAGE_TEST(a_search_for_untold_columns_that_is_cut_says_so),
		LINEAGE_TEST(a_node_is_asked_for_its_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
