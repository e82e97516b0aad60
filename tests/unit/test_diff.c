/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_diff.c - what changed between two times
 */
#include "tests/unit/view_words.h"

#include "graph/diff.h"

static struct view compare(struct world *w, const char *root, int64_t from, int64_t to)
{
	const struct diff_times times = { from, to };
	struct lineage_query query = ask_down(NULL);
	enum lineage_cut cut;
	struct view view;
	node_id id;

	(void)see(w);
	id = word_node(w, root);
	query.roots = &id;
	query.level = LEVEL_DATASET;
	query.limit = 1; /* is not used */
	assert_int_equal(
		lineage_diff(&w->snapshot, &query, &times, w->arena, &view, &cut), 0);
	assert_int_equal(cut, CUT_NONE);
	return view;
}

/* a -> b and a -> c; then a -> b and a -> d -> e. */
static void tell_change(struct world *w)
{
	tell(w, "run R1 COMPLETE 10 A a > b,c");
	tell(w, "run R2 COMPLETE 20 A a > b,d");
	tell(w, "run R3 COMPLETE 21 D d > e");
}

static void what_came_and_what_went_is_marked(void **state)
{
	struct world *w = *state;
	struct view view;

	tell_change(w);
	view = compare(w, "a", 15, 30);
	assert_string_equal(view_nodes(w, &view), "a b -c +d +e");
	assert_string_equal(view_edges(w, &view), "a>b a>c- a>d+ d>e+");
}

static void backwards_it_is_the_other_way_round(void **state)
{
	struct world *w = *state;
	struct view view;

	tell_change(w);
	view = compare(w, "a", 30, 15);
	assert_string_equal(view_nodes(w, &view), "a b +c -d -e");
	assert_string_equal(view_edges(w, &view), "a>b a>c+ a>d- d>e-");
}

static void between_equal_times_all_is_the_same(void **state)
{
	struct world *w = *state;
	struct view view;

	tell_change(w);
	view = compare(w, "a", 15, 15);
	assert_string_equal(view_nodes(w, &view), "a b c");
	assert_string_equal(view_edges(w, &view), "a>b a>c");
}

static void a_job_in_another_ones_place_is_another_edge(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 10 A a > b");
	tell(w, "run R2 COMPLETE 20 A x > y");
	tell(w, "run R3 COMPLETE 20 B a > b");
	view = compare(w, "a", 15, 30);
	assert_string_equal(view_nodes(w, &view), "a b");
	assert_string_equal(view_edges(w, &view), "a>b+ a>b-");
}

static void what_is_told_otherwise_has_changed(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 10 A a > b[columnLineage=a.x>*.y:IDENTITY+MASKED],c");
	tell(w, "run R2 COMPLETE 20 A a > b[columnLineage=a.x>*.y:IDENTITY],c");
	view = compare(w, "a", 15, 30);
	assert_string_equal(view_edges(w, &view), "a>b~ a>c");
	assert_true(flow_masked(EDGE_CLASSES(view.edges[0].before)));
	assert_false(flow_masked(EDGE_CLASSES(view.edges[0].flags)));
	view = compare(w, "a", 20, 30);
	assert_string_equal(view_edges(w, &view), "a>b a>c");
}

static void who_tells_an_edge_may_change(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "job 10 A a > b");
	tell(w, "run R1 COMPLETE 20 A a > b");
	view = compare(w, "a", 15, 30);
	assert_string_equal(view_edges(w, &view), "a>b~");
}

static void a_group_says_what_changed_between_its_members(void **state)
{
	struct world *w = *state;
	const struct view_shape shape = { .group = GROUP_NAMESPACE };
	struct view view;

	tell(w, "run R1 COMPLETE 10 A m@a > b[columnLineage=m@a.x>*.y:IDENTITY+MASKED]");
	tell(w, "run R2 COMPLETE 20 A m@a > c[columnLineage=m@a.x>*.y:IDENTITY]");
	view = compare(w, "m@a", 15, 30);
	assert_string_equal(view_edges(w, &view), "m@a>b- m@a>c+");
	assert_int_equal(view_reshape(&w->snapshot, &shape, w->arena, &view), 0);
	assert_int_equal(view.edge_count, 1);
	assert_int_equal(view.edges[0].change, VIEW_CHANGED);
	assert_true(flow_masked(EDGE_CLASSES(view.edges[0].before)));
	assert_false(flow_masked(EDGE_CLASSES(view.edges[0].flags)));
}

static void ways_through_temporary_datasets_change(void **state)
{
	struct world *w = *state;
	const struct view_shape shape = { .through_temporary = true };
	struct view view;

	tell(w, "run R1 COMPLETE 10 A a > inmemory://@t[columnLineage=a.x>*.y:IDENTITY]");
	tell(w, "run R2 COMPLETE 10 B inmemory://@t > b");
	tell(w, "run R3 COMPLETE 20 A a > inmemory://@t[columnLineage=a.x>*.y:FILTER]");
	view = compare(w, "a", 15, 30);
	assert_int_equal(view_reshape(&w->snapshot, &shape, w->arena, &view), 0);
	assert_string_equal(view_edges(w, &view), "a>b~");
}

static void no_way_is_drawn_that_was_there_at_no_time(void **state)
{
	struct world *w = *state;
	const struct view_shape shape = { .through_temporary = true };
	struct view view;

	tell(w, "run R1 COMPLETE 10 A a > inmemory://@t");
	tell(w, "run R2 COMPLETE 10 B inmemory://@u > b");
	tell(w, "run R3 COMPLETE 10 C a > inmemory://@u");
	tell(w, "run R4 COMPLETE 20 A a > c");
	tell(w, "run R5 COMPLETE 20 D inmemory://@t,inmemory://@u > d");
	view = compare(w, "a", 15, 30);
	assert_int_equal(view_reshape(&w->snapshot, &shape, w->arena, &view), 0);
	assert_string_equal(view_nodes(w, &view), "a +c b +d");
	assert_string_equal(view_edges(w, &view), "a>b a>c+ a>d+");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_came_and_what_went_is_marked),
		WORLD_TEST(backwards_it_is_the_other_way_round),
		WORLD_TEST(between_equal_times_all_is_the_same),
		WORLD_TEST(a_job_in_another_ones_place_is_another_edge),
		WORLD_TEST(what_is_told_otherwise_has_changed),
		WORLD_TEST(who_tells_an_edge_may_change),
		WORLD_TEST(a_group_says_what_changed_between_its_members),
		WORLD_TEST(ways_through_temporary_datasets_change),
		WORLD_TEST(no_way_is_drawn_that_was_there_at_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
