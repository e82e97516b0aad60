/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_mirror.c - where a column that is added to dataset a will appear
 */
#include "graph/impact.h"

#include "tests/unit/answer_words.h"

static struct impact_answer find(struct world *w, enum impact_op op, int64_t as_of_us)
{
	struct impact_change change = { .op = op };
	struct impact_schemas schemas;
	struct impact_query query;
	struct impact_answer answer;

	(void)see(w);
	change.dataset = word_node(w, "a");
	schemas = (struct impact_schemas){ &w->snapshot, w->arena, 0, 0, { 0 } };
	query = (struct impact_query){
		.changes = &change,
		.change_count = 1,
		.graph = { .observed = true,
			.declared = true,
			.inferred = true,
			.time = as_of_us ? LINEAGE_AS_OF : LINEAGE_CURRENT,
			.as_of_us = as_of_us },
		.mirrors = impact_mirrors_by_schema,
		.mirrors_ctx = &schemas,
		.opaque_max = 10,
	};
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &answer), 0);
	return answer;
}

/* What changes when nothing is mended but what fails, "... or more" when it may. */
static const char *in_words(struct world *w, const struct impact_answer *answer)
{
	buf_clear(&w->text);
	for (size_t i = 0; i < answer->count; i++) {
		const struct impact *impact = &answer->list[i];
		char word[WORD_MAX];

		if (impact->horizon == HORIZON_FIX_FORWARD)
			buf_printf(&w->text, "%s%s %s", w->text.len ? ", " : "",
				node_word(w, impact->node, word),
				impact_effect_text(impact->effect));
	}
	if (answer->coverage.lower_bound)
		buf_printf(&w->text, " or more");
	return words_text(w);
}

static const char *added(struct world *w)
{
	const struct impact_answer answer = find(w, OP_ADD_COLUMN, 0);

	return in_words(w, &answer);
}

/* a and b had x, and then y as well: b took it at once. */
static void tell_mirror(struct world *w)
{
	tell(w, "dataset 1 a[schema=x]");
	tell(w, "dataset 1 b[schema=x]");
	tell(w, "dataset 2 a[schema=x;y:int]");
	tell(w, "dataset 2 b[schema=y;x]");
	tell(w, "run R1 COMPLETE 5 J a > "
		"b[columnLineage=a.x>*.x:IDENTITY;a.y>*.y:IDENTITY]");
}

static void what_took_the_last_column_takes_the_next_one(void **state)
{
	struct world *w = *state;
	struct impact_answer answer;

	tell_mirror(w);
	assert_string_equal(added(w), "b CHANGES_SCHEMA");
	answer = find(w, OP_ADD_COLUMN, 0);
	assert_string_equal(impact_rule_text(answer.list[0].because->rule), "add/mirror");
	assert_int_equal(answer.list[0].certainty, CERTAIN_INFERRED);
	assert_int_equal(answer.list[0].depth, 1);
}

static void a_mirror_of_a_mirror_takes_it_as_well(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "dataset 1 c[schema=x]");
	tell(w, "dataset 3 c[schema=x;y]");
	tell(w, "run R2 COMPLETE 6 K b > "
		"c[columnLineage=b.x>*.x:IDENTITY;b.y>*.y:IDENTITY]");
	tell(w, "run R3 COMPLETE 7 L c > d[columnLineage=c.x>*.x:AGGREGATION]");
	assert_string_equal(added(w), "b CHANGES_SCHEMA, c CHANGES_SCHEMA, d UNAFFECTED");
}

static void an_added_column_that_is_required_fails_its_writers_too(void **state)
{
	struct world *w = *state;
	struct impact_answer answer;

	tell_mirror(w);
	tell(w, "run R2 COMPLETE 6 W s > a[columnLineage=s.x>*.x:IDENTITY]");
	answer = find(w, OP_ADD_REQUIRED, 0);
	assert_string_equal(in_words(w, &answer), "W BREAKS, b CHANGES_SCHEMA");
	answer = find(w, OP_ADD_COLUMN, 0);
	assert_string_equal(in_words(w, &answer), "b CHANGES_SCHEMA");
}

static void one_schema_each_does_not_tell_whether_it_follows(void **state)
{
	struct world *w = *state;
	struct impact_answer answer;

	tell(w, "dataset 1 a[schema=x;y]");
	tell(w, "dataset 1 b[schema=x;y]");
	tell(w, "dataset 2 b[schema=x:int;y:text]");
	tell(w, "run R1 COMPLETE 5 J a > "
		"b[columnLineage=a.x>*.x:IDENTITY;a.y>*.y:IDENTITY]");
	assert_string_equal(added(w), "b UNKNOWN or more");
	answer = find(w, OP_ADD_COLUMN, 0);
	assert_string_equal(impact_rule_text(answer.list[0].because->rule), "add/copy");
}

static void a_possible_mirror_is_no_hole_for_columns_below_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.x:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.x>*.u:IDENTITY]");
	tell(w, "run R3 COMPLETE 7 L b > d[columnLineage=b.x>*.x:IDENTITY]");
	assert_string_equal(added(w), "b UNKNOWN, d UNKNOWN, c UNAFFECTED or more");
}

static void columns_that_are_named_or_left_out_make_no_mirror(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=x;y]");
	/* Renamed, left out, changed, masked. */
	tell(w, "run R1 COMPLETE 5 J a > "
		"b[columnLineage=a.x>*.x:IDENTITY;a.y>*.z:IDENTITY]");
	tell(w, "run R2 COMPLETE 5 K a > c[columnLineage=a.x>*.x:IDENTITY]");
	tell(w, "run R5 COMPLETE 5 N a > "
		"f[columnLineage=a.x>*.x:IDENTITY;a.y>*.y:TRANSFORMATION]");
	tell(w, "run R6 COMPLETE 5 O a > "
		"g[columnLineage=a.x>*.x:IDENTITY;a.y>*.y:IDENTITY+MASKED]");
	assert_string_equal(
		added(w), "b UNAFFECTED, c UNAFFECTED, f UNAFFECTED, g UNAFFECTED");
}

static void what_has_other_columns_beside_all_of_them_may_take_a_new_one(void **state)
{
	struct world *w = *state;
	struct impact_answer answer;

	tell_mirror(w);
	/* SELECT *, now(); SELECT a.*, s.z; SELECT *, x AS k; SELECT *, upper(y). */
	tell(w, "dataset 1 c[schema=x;y;loaded]");
	tell(w, "run R2 COMPLETE 5 K a > "
		"c[columnLineage=a.x>*.x:IDENTITY;a.y>*.y:IDENTITY]");
	tell(w, "run R3 COMPLETE 5 L a,s > "
		"d[columnLineage=a.x>*.x:IDENTITY;a.y>*.y:IDENTITY;s.z>*.z:IDENTITY]");
	tell(w, "run R4 COMPLETE 5 M a > e[columnLineage=a.x>*.x:IDENTITY;"
		"a.y>*.y:IDENTITY;a.x>*.k:IDENTITY]");
	tell(w, "run R5 COMPLETE 5 N a > f[columnLineage=a.x>*.x:IDENTITY;"
		"a.y>*.y:IDENTITY;a.y>*.u:TRANSFORMATION]");
	assert_string_equal(added(w), "b CHANGES_SCHEMA, c UNKNOWN, d UNKNOWN, "
				      "e UNKNOWN, f UNKNOWN or more");
	answer = find(w, OP_ADD_COLUMN, 0);
	assert_string_equal(impact_rule_text(answer.list[1].because->rule), "add/copy");
}

/* Both sides had the same names twice; only one takes nothing else. */
static void a_mirror_that_takes_from_elsewhere_as_well_is_no_sure_one(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "run R2 COMPLETE 6 J a,s > b[columnLineage=a.x>*.x:IDENTITY;"
		"a.y>*.y:IDENTITY;s.k>*.x:TRANSFORMATION]");
	assert_string_equal(added(w), "b UNKNOWN or more");
}

static void without_a_schema_the_columns_that_are_used_have_to_be_taken(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a,s > "
		"b[columnLineage=a.x>*.x:IDENTITY;s.z>*.z:IDENTITY]");
	tell(w, "run R2 COMPLETE 5 K a > "
		"c[columnLineage=a.x>*.x:IDENTITY;a.y>*.v:IDENTITY]");
	tell(w, "run R3 COMPLETE 5 L a > "
		"d[columnLineage=a.x>*.x:IDENTITY;a.y>*.y:TRANSFORMATION]");
	assert_string_equal(added(w), "b UNKNOWN, c UNAFFECTED, d UNAFFECTED or more");
}

static void what_lacks_a_column_of_its_source_is_no_mirror(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "dataset 9 b[schema=x;loaded]");
	assert_string_equal(added(w), "b UNAFFECTED");
}

static void a_filter_or_its_own_past_leaves_a_mirror_one(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "run R2 COMPLETE 6 J a,s,b > b[columnLineage=a.x>*.x:IDENTITY;"
		"a.y>*.y:IDENTITY;b.x>*.x:IDENTITY;s.k>*:FILTER]");
	assert_string_equal(added(w), "b CHANGES_SCHEMA");
}

static void a_mirror_that_was_told_by_another_name_is_one(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "dataset 1 c[schema=x]");
	tell(w, "dataset 3 c[schema=x;y]");
	tell(w, "run R2 COMPLETE 6 K alias > "
		"c[columnLineage=alias.x>*.x:IDENTITY;alias.y>*.y:IDENTITY]");
	tell(w, "dataset 7 b[symlinks=alias]");
	assert_string_equal(added(w), "b CHANGES_SCHEMA, c CHANGES_SCHEMA");
}

static void a_dataset_that_stopped_following_may_be_a_mirror(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "dataset 3 a[schema=x;y;z]");
	tell(w, "dataset 4 a[schema=x;y]");
	assert_string_equal(added(w), "b UNKNOWN or more");
}

static void schemas_of_later_do_not_count_as_of_then(void **state)
{
	struct world *w = *state;
	struct impact_answer answer;

	tell_mirror(w);
	tell(w, "dataset 9 b[schema=x;y;more]");
	assert_string_equal(added(w), "b UNKNOWN or more");
	answer = find(w, OP_ADD_COLUMN, 7);
	assert_string_equal(in_words(w, &answer), "b CHANGES_SCHEMA");
}

static void a_job_that_tells_no_columns_may_take_all_of_them(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "run R2 COMPLETE 6 K a > c");
	assert_string_equal(added(w), "b CHANGES_SCHEMA, K UNKNOWN, c UNKNOWN or more");
}

static void what_takes_from_the_whole_may_be_a_mirror_and_no_sure_one(void **state)
{
	struct world *w = *state;

	tell_mirror(w);
	tell(w, "run R2 COMPLETE 6 J a > b[columnLineage=a.x>*.x:IDENTITY;"
		"a.y>*.y:IDENTITY;a>*.n:AGGREGATION]");
	tell(w, "run R3 COMPLETE 6 K a > c[columnLineage=a>*.n:AGGREGATION]");
	tell(w, "run R4 COMPLETE 6 L a > d[columnLineage=a>*.n:IDENTITY]");
	assert_string_equal(added(w), "b UNKNOWN, c UNAFFECTED, d UNAFFECTED or more");
}

/* Nothing else in the answer is less certain for it. */
static void questions_that_add_no_column_look_for_no_mirror(void **state)
{
	struct world *w = *state;
	struct impact_answer answer;

	tell_mirror(w);
	answer = find(w, OP_SET_NOT_NULL, 0);
	assert_string_equal(in_words(w, &answer), "b UNAFFECTED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_took_the_last_column_takes_the_next_one),
		WORLD_TEST(a_mirror_of_a_mirror_takes_it_as_well),
		WORLD_TEST(an_added_column_that_is_required_fails_its_writers_too),
		WORLD_TEST(one_schema_each_does_not_tell_whether_it_follows),
		WORLD_TEST(a_possible_mirror_is_no_hole_for_columns_below_it),
		WORLD_TEST(columns_that_are_named_or_left_out_make_no_mirror),
		WORLD_TEST(a_filter_or_its_own_past_leaves_a_mirror_one),
		WORLD_TEST(a_mirror_that_was_told_by_another_name_is_one),
		WORLD_TEST(a_dataset_that_stopped_following_may_be_a_mirror),
		WORLD_TEST(schemas_of_later_do_not_count_as_of_then),
		WORLD_TEST(a_job_that_tells_no_columns_may_take_all_of_them),
		WORLD_TEST(what_has_other_columns_beside_all_of_them_may_take_a_new_one),
		WORLD_TEST(a_mirror_that_takes_from_elsewhere_as_well_is_no_sure_one),
		WORLD_TEST(without_a_schema_the_columns_that_are_used_have_to_be_taken),
		WORLD_TEST(what_lacks_a_column_of_its_source_is_no_mirror),
		WORLD_TEST(what_takes_from_the_whole_may_be_a_mirror_and_no_sure_one),
		WORLD_TEST(questions_that_add_no_column_look_for_no_mirror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
