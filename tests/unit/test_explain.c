/* SPDX-License-Identifier: Apache-2.0 */

/* test_explain.c - who says that there is an edge, or why there is none */

#include "tests/unit/graph_fixture.h"

#include "graph/explain.h"

/* A dataset "a", a field "a.x", a job "#J". */
static node_id node(struct world *w, const char *text)
{
	struct node_key key = { NODE_DATASET, SLICE("n"), slice_from(text), SLICE("") };
	struct slice rest = slice_from(text);
	node_id id = 0;

	if (text[0] == '#') {
		key.kind = NODE_JOB;
		key.name = slice_from(text + 1);
	} else if (strchr(text, '.')) {
		key.kind = NODE_FIELD;
		key.name = text_cut(&rest, '.');
		key.field = rest;
	}
	assert_int_equal(entity_find(w->snapshot.txn, &key, &id), 0);
	return id;
}

static struct explanation explain(struct world *w, const char *from, const char *to)
{
	struct snapshot *snapshot = see(w);
	struct explain_question question = {
		.from = node(w, from),
		.to = node(w, to),
		.max = 100,
	};
	struct explanation found;

	assert_int_equal(explain_edge(snapshot, &question, w->arena, &found), 0);
	return found;
}

static void put_assertion(struct world *w, const struct assertion *a)
{
	static const char *const what[] = { "reads", "writes", "flow" };
	static const char *const lanes[] = { "observed", "declared", "inferred" };
	struct entity owner;

	assert_int_equal(entity_get(w->snapshot.txn, a->owner, &owner), 0);
	buf_printf(&w->text, "%.*s %s %s %d-%d", (int)owner.key.name.len,
		owner.key.name.ptr, what[a->what], lanes[a->lane], (int)a->first.start_us,
		(int)a->last.start_us);
	buf_printf(&w->text, " events %d-%d", (int)a->first_event, (int)a->last_event);
	if (a->classes)
		buf_printf(&w->text, " classes %x", (unsigned)a->classes);
	if (a->now)
		buf_str(&w->text, " now");
	if (a->covered)
		buf_str(&w->text, " covered");
	if (a->replaced)
		buf_printf(&w->text, " replaced %d", (int)a->replaced_by.start_us);
	buf_byte(&w->text, ';');
}

/* All assertions as text. */
static const char *told(struct world *w, const char *from, const char *to)
{
	struct explanation found = explain(w, from, to);

	buf_clear(&w->text);
	for (size_t i = 0; i < found.count; i++)
		put_assertion(w, &found.list[i]);
	buf_byte(&w->text, '\0');
	return w->text.data;
}

static enum absence absence(struct world *w, const char *from, const char *to)
{
	struct explanation found = explain(w, from, to);

	assert_int_equal(found.now, found.absence == ABSENCE_NONE);
	return found.absence;
}

static void a_read_is_told_by_the_runs_that_had_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 5 J a > b");
	tell(w, "run R1 COMPLETE 6 J a > b");
	tell(w, "run R2 COMPLETE 9 J a > b");
	assert_string_equal(told(w, "a", "#J"), "J reads observed 5-9 events 1-3 now;");
	assert_string_equal(told(w, "#J", "b"), "J writes observed 5-9 events 1-3 now;");
	assert_int_equal(absence(w, "a", "#J"), ABSENCE_NONE);
}

static void two_datasets_are_joined_by_both_halves_of_a_job(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "job 7 J a > b");
	assert_string_equal(told(w, "a", "b"), "J reads declared 7-7 events 2-2 now;"
					       "J writes declared 7-7 events 2-2 now;"
					       "J reads observed 5-5 events 1-1 now;"
					       "J writes observed 5-5 events 1-1 now;");
}

static void what_a_later_run_has_not_is_replaced(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 FAIL 7 J c > b");
	tell(w, "run R3 COMPLETE 9 J c > b");
	assert_string_equal(
		told(w, "a", "#J"), "J reads observed 5-5 events 1-1 replaced 9;");
	assert_int_equal(absence(w, "a", "#J"), ABSENCE_REPLACED);
	assert_int_equal(absence(w, "a", "b"), ABSENCE_REPLACED);
	assert_int_equal(absence(w, "c", "b"), ABSENCE_NONE);
}

static void a_flow_between_fields_has_its_classes(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.y:IDENTITY]");
	assert_string_equal(told(w, "a.x", "b.y"),
		"J flow observed 5-5 events 1-1 classes 3001 now;");
	tell(w, "run R2 COMPLETE 9 J a > b[columnLineage=a.z>*.y:IDENTITY]");
	assert_string_equal(told(w, "a.x", "b.y"),
		"J flow observed 5-5 events 1-1 classes 3001 replaced 9;");
	assert_int_equal(absence(w, "a.x", "b.y"), ABSENCE_REPLACED);
}

static void a_whole_takes_part_for_its_fields(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*:FILTER;a.z>*.y]");
	assert_string_equal(told(w, "a.x", "b.y"),
		"J flow observed 5-5 events 1-1 classes 3040 now;");
	assert_string_equal(
		told(w, "a.x", "b"), "J flow observed 5-5 events 1-1 classes 3040 now;");
}

static void a_covered_output_is_not_joined_to_what_its_flows_leave_out(void **state)
{
	struct world *w = *state;
	struct explanation found;

	tell(w, "run R1 COMPLETE 5 J a,c > b[columnLineage=a.x>*.y]");
	found = explain(w, "c", "b");
	assert_false(found.now);
	assert_int_equal(found.absence, ABSENCE_COVERED);
	assert_int_equal(found.job, node(w, "#J"));
	assert_int_equal(found.count, 0);
	assert_int_equal(absence(w, "a", "b"), ABSENCE_NONE);
	tell(w, "run R2 COMPLETE 5 K a > c[columnLineage=a.z>*.q]");
	assert_int_equal(absence(w, "a.z", "b.y"), ABSENCE_COVERED);
}

static void an_output_that_was_open_once_was_joined_then(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a,c > b");
	tell(w, "run R2 COMPLETE 9 J a,c > b[columnLineage=a.x>*.y]");
	assert_int_equal(absence(w, "c", "b"), ABSENCE_REPLACED);
	assert_true(explain(w, "c", "b").ever);
	assert_int_equal(explain(w, "c", "b").count, 2);
}

static void an_edge_the_other_way_round_is_told(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b");
	assert_int_equal(absence(w, "b", "a"), ABSENCE_REVERSE);
	assert_int_equal(absence(w, "#J", "a"), ABSENCE_REVERSE);
}

static void a_longer_way_is_told_with_its_length(void **state)
{
	struct world *w = *state;
	struct explanation found;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 5 K b > c");
	found = explain(w, "a", "c");
	assert_int_equal(found.absence, ABSENCE_INDIRECT);
	assert_int_equal(found.distance, 2);
	found = explain(w, "a", "#K");
	assert_int_equal(found.absence, ABSENCE_INDIRECT);
	assert_int_equal(found.distance, 3);
}

static void fields_of_datasets_that_only_a_job_joins_say_so(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 5 K c > a[columnLineage=c.x>*.x]");
	tell(w, "run R3 COMPLETE 5 L b > d[columnLineage=b.y>*.y]");
	assert_int_equal(absence(w, "a.x", "b.y"), ABSENCE_DATASETS_ONLY);
	assert_int_equal(absence(w, "c.x", "d.y"), ABSENCE_DATASETS_ONLY);
	assert_int_equal(absence(w, "c.x", "#L"), ABSENCE_DATASETS_ONLY);
	assert_int_equal(absence(w, "d.y", "c.x"), ABSENCE_NO_PATH);
	assert_int_equal(absence(w, "c", "d"), ABSENCE_INDIRECT);
}

static void without_any_way_there_is_no_path(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 5 K c > d");
	assert_int_equal(absence(w, "a", "d"), ABSENCE_NO_PATH);
	assert_int_equal(absence(w, "#J", "#K"), ABSENCE_NO_PATH);
}

static void a_node_has_no_edge_to_itself(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > a");
	assert_int_equal(absence(w, "a", "a"), ABSENCE_SAME);
	tell(w, "dataset 6 other[symlinks=a]");
	assert_int_equal(absence(w, "a", "other"), ABSENCE_SAME);
}

static void an_alias_is_the_same_node(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "dataset 6 other[symlinks=a]");
	assert_string_equal(told(w, "other", "b"),
		"J reads observed 5-5 events 1-1 now;"
		"J writes observed 5-5 events 1-1 now;");
}

static void of_a_column_that_nobody_names_nothing_is_told(void **state)
{
	struct world *w = *state;
	struct explain_question question = { .from_column = true, .max = 9 };
	struct explanation found;
	struct snapshot *snapshot;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 5 K b > c[columnLineage=b.x>*.y]");
	snapshot = see(w);
	question.from = node(w, "a");
	question.to = node(w, "c.y");
	assert_int_equal(explain_edge(snapshot, &question, w->arena, &found), 0);
	assert_int_equal(found.count, 0);
	assert_int_equal(found.absence, ABSENCE_DATASETS_ONLY);
	question.to = node(w, "a");
	assert_int_equal(explain_edge(snapshot, &question, w->arena, &found), 0);
	assert_int_equal(found.absence, ABSENCE_NO_PATH);
}

static void a_rename_is_told_by_the_dataset_itself(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 6 new[lifecycleStateChange=RENAME:old]");
	assert_non_null(
		strstr(told(w, "old", "new"), "new flow inferred 6-6 events 1-1"));
}

static void only_so_many_assertions_are_told_newest_first(void **state)
{
	struct world *w = *state;
	struct explain_question question = { .max = 2 };
	struct explanation found;
	struct snapshot *snapshot;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 9 K a > b");
	snapshot = see(w);
	question.from = node(w, "a");
	question.to = node(w, "b");
	assert_int_equal(explain_edge(snapshot, &question, w->arena, &found), 0);
	assert_int_equal(found.count, 2);
	assert_true(found.more);
	assert_int_equal(found.list[1].owner, node(w, "#K"));
}

static void a_small_budget_leaves_it_open(void **state)
{
	struct world *w = *state;
	struct explain_question question = { .max = 2, .budget_edges = 1 };
	struct explanation found;
	struct snapshot *snapshot;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 9 K c > d");
	snapshot = see(w);
	question.from = node(w, "a");
	question.to = node(w, "d");
	assert_int_equal(explain_edge(snapshot, &question, w->arena, &found), 0);
	assert_int_equal(found.absence, ABSENCE_UNKNOWN);
	assert_true(found.more);
}

static void a_node_that_is_not_there_is_refused(void **state)
{
	struct world *w = *state;
	struct explain_question question = { .from = 77, .to = 78, .max = 2 };
	struct explanation found;

	assert_int_equal(explain_edge(see(w), &question, w->arena, &found), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_read_is_told_by_the_runs_that_had_it),
		WORLD_TEST(two_datasets_are_joined_by_both_halves_of_a_job),
		WORLD_TEST(what_a_later_run_has_not_is_replaced),
		WORLD_TEST(a_flow_between_fields_has_its_classes),
		WORLD_TEST(a_whole_takes_part_for_its_fields),
		WORLD_TEST(a_covered_output_is_not_joined_to_what_its_flows_leave_out),
		WORLD_TEST(an_output_that_was_open_once_was_joined_then),
		WORLD_TEST(an_edge_the_other_way_round_is_told),
		WORLD_TEST(a_longer_way_is_told_with_its_length),
		WORLD_TEST(fields_of_datasets_that_only_a_job_joins_say_so),
		WORLD_TEST(without_any_way_there_is_no_path),
		WORLD_TEST(a_node_has_no_edge_to_itself),
		WORLD_TEST(an_alias_is_the_same_node),
		WORLD_TEST(of_a_column_that_nobody_names_nothing_is_told),
		WORLD_TEST(a_rename_is_told_by_the_dataset_itself),
		WORLD_TEST(only_so_many_assertions_are_told_newest_first),
		WORLD_TEST(a_small_budget_leaves_it_open),
		WORLD_TEST(a_node_that_is_not_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
