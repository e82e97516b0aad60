/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_view.c - what is drawn of a lineage
 */
#include "tests/unit/view_words.h"

static struct view view_of(struct world *w, struct lineage_query query, const char *root)
{
	node_id id;
	struct lineage lineage;
	struct view view;

	(void)see(w);
	id = word_node(w, root);
	query.roots = &id;
	assert_int_equal(lineage_walk(&w->snapshot, &query, w->arena, &lineage), 0);
	assert_int_equal(view_from_lineage(&w->snapshot, &lineage, w->arena, &view), 0);
	return view;
}

static struct view view_down(struct world *w, const char *root)
{
	return view_of(w, ask_down(NULL), root);
}

static struct view datasets_down(struct world *w, const char *root)
{
	struct lineage_query query = ask_down(NULL);

	query.level = LEVEL_DATASET;
	return view_of(w, query, root);
}

static void reshape(struct world *w, struct view *view, struct view_shape shape)
{
	assert_int_equal(view_reshape(&w->snapshot, &shape, w->arena, view), 0);
}

static void draw_through(struct world *w, struct view *view)
{
	reshape(w, view, (struct view_shape){ .through_temporary = true });
}

static void group(struct world *w, struct view *view, enum view_group by)
{
	reshape(w, view, (struct view_shape){ .group = by });
	assert_true(view->grouped);
}

static void a_view_has_the_nodes_and_edges_of_the_lineage(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > b");
	tell(w, "run R2 COMPLETE 2 B b > c");
	view = view_down(w, "a");
	assert_string_equal(view_nodes(w, &view), "a A b B c");
	assert_string_equal(view_edges(w, &view), "A>b B>c a>A b>B");
	assert_true(view.nodes[0].root && view.nodes[4].downstream);
	assert_int_equal(view.nodes[4].depth, 4);
	assert_false(view.grouped);
}

static void edges_that_leave_the_page_are_left_out(void **state)
{
	struct world *w = *state;
	struct lineage_query query = ask_down(NULL);
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > b");
	query.limit = 2;
	view = view_of(w, query, "a");
	assert_string_equal(view_nodes(w, &view), "a A");
	assert_string_equal(view_edges(w, &view), "a>A");
}

static void temporary_datasets_are_drawn_through(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > t");
	tell(w, "run R2 COMPLETE 2 B t > b");
	tell(w, "dataset 3 t[datasetType=TEMPORARY]");
	view = view_down(w, "a");
	draw_through(w, &view);
	assert_string_equal(view_nodes(w, &view), "a A B b");
	assert_string_equal(view_edges(w, &view), "A>B B>b a>A");
}

static void what_is_in_memory_is_temporary(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > inmemory://x@t,b");
	tell(w, "run R2 COMPLETE 2 B inmemory://x@t > c");
	view = datasets_down(w, "a");
	draw_through(w, &view);
	assert_string_equal(view_nodes(w, &view), "a b c");
	assert_string_equal(view_edges(w, &view), "a>b a>c");
}

static void chains_and_circles_of_temporary_datasets_are_one_edge(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > inmemory://@t");
	tell(w, "run R2 COMPLETE 2 B inmemory://@t > inmemory://@u");
	tell(w, "run R3 COMPLETE 3 C inmemory://@u > inmemory://@t,b,c");
	view = datasets_down(w, "a");
	assert_int_equal(view.node_count, 5);
	draw_through(w, &view);
	assert_string_equal(view_edges(w, &view), "a>b a>c");
	assert_string_equal(view_nodes(w, &view), "a b c");
}

static void a_root_that_is_temporary_stays(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A inmemory://@t > inmemory://@u");
	tell(w, "run R2 COMPLETE 2 B inmemory://@u > b");
	view = datasets_down(w, "inmemory://@t");
	draw_through(w, &view);
	assert_string_equal(view_edges(w, &view), "inmemory://@t>b");
}

static void columns_of_temporary_datasets_are_drawn_through(void **state)
{
	struct world *w = *state;
	struct lineage_query query = ask_down(NULL);
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > t[columnLineage=a.x>*.x:IDENTITY]");
	tell(w, "run R2 COMPLETE 2 B t > b[columnLineage=t.x>*.y:AGGREGATION]");
	tell(w, "dataset 3 t[datasetType=TEMPORARY]");
	query.level = LEVEL_FIELD;
	view = view_of(w, query, "a.x");
	draw_through(w, &view);
	assert_string_equal(view_edges(w, &view), "a.x>b.y");
	assert_int_equal(EDGE_CLASSES(view.edges[0].flags) & ~(uint32_t)CLASSES_FORM,
		CLASS_IDENTITY | CLASS_AGGREGATION | CLASS_UNMASKED);
	tell(w, "run R3 COMPLETE 4 B t > b[columnLineage=t.x>*.y:AGGREGATION+MASKED]");
	view = view_of(w, query, "a.x");
	draw_through(w, &view);
	assert_true(flow_masked(EDGE_CLASSES(view.edges[0].flags)));
}

static void a_budget_ends_the_drawing(void **state)
{
	struct world *w = *state;
	const struct view_shape shape = { .through_temporary = true, .budget = 1 };
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > inmemory://@t");
	tell(w, "run R2 COMPLETE 2 B inmemory://@t > b,c");
	view = datasets_down(w, "a");
	assert_int_equal(view_reshape(&w->snapshot, &shape, w->arena, &view), 1);
	assert_int_equal(view.edge_count, 1);
}

/* Whether temporary datasets alone lead from one node to another. */
static bool leads_through(const struct view *view, uint32_t from, uint32_t to)
{
	bool met[64] = { false };
	bool more = true;

	assert_true(view->node_count <= ARRAY_LEN(met));
	while (more) {
		more = false;
		for (size_t i = 0; i < view->edge_count; i++) {
			const struct view_edge *edge = &view->edges[i];
			bool passes = slice_equal(view->nodes[edge->from].key.namespace,
				SLICE("inmemory://"));

			if (!met[edge->to] &&
				(edge->from == from || (met[edge->from] && passes)))
				met[edge->to] = more = true;
		}
	}
	return met[to];
}

static void tell_random(struct world *w, unsigned int seed)
{
	char line[96];

	for (int i = 0; i < 30; i++) {
		char names[2];

		for (size_t n = 0; n < sizeof(names); n++) {
			seed = seed * 1103515245U + 12345U;
			names[n] = (char)('a' + (seed >> 16) % 12U);
		}
		(void)snprintf(line, sizeof(line), "job 2 J%d %s%c > %s%c", i,
			names[0] > 'e' ? "inmemory://@" : "", names[0],
			names[1] > 'e' ? "inmemory://@" : "", names[1]);
		tell(w, line);
	}
	tell(w, "job 3 All root > a,b,c,d,e");
}

static void what_is_joined_by_temporary_datasets_stays_joined(void **state)
{
	struct world *w = *state;
	struct view before;
	struct view after;

	tell_random(w, 11);
	before = datasets_down(w, "root");
	after = before;
	draw_through(w, &after);
	assert_true(after.node_count < before.node_count && after.edge_count > 5);
	for (uint32_t i = 0; i < after.node_count * after.node_count; i++) {
		uint32_t ends[2] = { i / (uint32_t)after.node_count,
			i % (uint32_t)after.node_count };
		uint32_t old[2] = { 0 };
		size_t edges = 0;

		for (int e = 0; e < 2; e++)
			while (before.nodes[old[e]].id != after.nodes[ends[e]].id)
				old[e]++;
		for (size_t k = 0; k < after.edge_count; k++)
			edges += after.edges[k].from == ends[0] &&
				 after.edges[k].to == ends[1];
		assert_int_equal(edges,
			ends[0] != ends[1] && leads_through(&before, old[0], old[1]));
	}
}

static void namespaces_stand_for_what_is_in_them(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > x@b,x@c,d");
	view = datasets_down(w, "a");
	group(w, &view, GROUP_NAMESPACE);
	assert_string_equal(view_nodes(w, &view), "[n]*2 [x]*2");
	assert_string_equal(view_edges(w, &view), "[n]*2>[x]*2");
	assert_int_equal(view.edges[0].members, 2);
	assert_true(view.nodes[0].root);
}

static void prefixes_stand_for_what_begins_with_them(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A raw/a > mart.x.b,mart.x.c,mart.y.b,top");
	view = datasets_down(w, "raw/a");
	group(w, &view, GROUP_PREFIX);
	assert_string_equal(view_nodes(w, &view), "[raw] [mart.x]*2 [mart.y] []");
}

static void a_node_is_in_the_group_of_each_owner(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > b");
	tell(w, "run R2 COMPLETE 2 B b > c");
	tell(w, "dataset 3 a[ownership=me]");
	tell(w, "dataset 3 b[ownership=me;you;you]");
	view = datasets_down(w, "a");
	group(w, &view, GROUP_OWNER);
	assert_string_equal(view_nodes(w, &view), "[me]*2 [you] []");
	assert_string_equal(view_edges(w, &view), "[me]*2>[] [me]*2>[you] [you]>[]");
}

static void tags_of_columns_group_columns(void **state)
{
	struct world *w = *state;
	struct lineage_query query = ask_down(NULL);
	struct view view;

	tell(w, "run R1 COMPLETE 1 A a > b[columnLineage=a.x>*.x;a.x>*.y]");
	tell(w, "dataset 3 b[tags=gold;level:2;x.pii]");
	query.level = LEVEL_FIELD;
	view = view_of(w, query, "a.x");
	group(w, &view, GROUP_TAG);
	assert_string_equal(view_nodes(w, &view), "[]*2 [pii]");
	view = datasets_down(w, "b");
	group(w, &view, GROUP_TAG);
	assert_string_equal(view_nodes(w, &view), "[gold] [level=2]");
}

static void jobs_are_rolled_up_to_their_parents(void **state)
{
	struct world *w = *state;
	struct view view;

	tell(w, "run R1^P:Dag^Q:Top COMPLETE 1 A a > b");
	tell(w, "run R2^P:Dag^Q:Top COMPLETE 2 B b > c");
	tell(w, "run R3 COMPLETE 3 C c > d");
	view = view_down(w, "a");
	group(w, &view, GROUP_PARENT);
	assert_string_equal(view_nodes(w, &view), "a Dag*2 b c C d");
	assert_string_equal(
		view_edges(w, &view), "C>d Dag*2>b Dag*2>c a>Dag*2 b>Dag*2 c>C");
	view = view_down(w, "a");
	group(w, &view, GROUP_ROOT);
	assert_string_equal(view_nodes(w, &view), "a Top*2 b c C d");
}

static void without_memory_it_fails(void **state)
{
	static const struct view_shape shape = { .through_temporary = true,
		.group = GROUP_TAG };
	struct world *w = *state;
	size_t tries = 0;
	int r = ERR_NOMEM;
	struct view whole;

	tell_random(w, 5);
	whole = datasets_down(w, "root");
	for (size_t bytes = 64; r == ERR_NOMEM; bytes += 64, tries++) {
		AUTO(arena) struct arena *arena = arena_new(64, bytes);
		struct view view = whole;

		assert_non_null(arena);
		r = view_reshape(&w->snapshot, &shape, arena, &view);
	}
	assert_int_equal(r, 0);
	assert_true(tries > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_view_has_the_nodes_and_edges_of_the_lineage),
		WORLD_TEST(edges_that_leave_the_page_are_left_out),
		WORLD_TEST(temporary_datasets_are_drawn_through),
		WORLD_TEST(what_is_in_memory_is_temporary),
		WORLD_TEST(chains_and_circles_of_temporary_datasets_are_one_edge),
		WORLD_TEST(a_root_that_is_temporary_stays),
		WORLD_TEST(columns_of_temporary_datasets_are_drawn_through),
		WORLD_TEST(a_budget_ends_the_drawing),
		WORLD_TEST(what_is_joined_by_temporary_datasets_stays_joined),
		WORLD_TEST(namespaces_stand_for_what_is_in_them),
		WORLD_TEST(prefixes_stand_for_what_begins_with_them),
		WORLD_TEST(a_node_is_in_the_group_of_each_owner),
		WORLD_TEST(tags_of_columns_group_columns),
		WORLD_TEST(jobs_are_rolled_up_to_their_parents),
		WORLD_TEST(without_memory_it_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
