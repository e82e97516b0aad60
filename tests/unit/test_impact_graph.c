/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_graph.c - the impact of changes on graphs that events have told
 */
#include "graph/impact.h"

#include "tests/unit/answer_words.h"

/* A change of a dataset, or of a column that is told as "a.x". */
static struct impact_change change_of(
	struct world *w, enum impact_op op, const char *name)
{
	struct slice column = slice_from(name);
	struct slice dataset = text_cut(&column, '.');
	char word[WORD_MAX];

	(void)see(w);
	(void)snprintf(word, sizeof(word), "%.*s", (int)dataset.len, dataset.ptr);
	return (struct impact_change){
		.op = op,
		.dataset = word_node(w, word),
		.column = column,
		.field = column.len ? word_node(w, name) : 0,
	};
}

static struct impact_query ask(const struct impact_change *change)
{
	return (struct impact_query){
		.changes = change,
		.change_count = 1,
		.graph = { .observed = true, .declared = true, .inferred = true },
	};
}

/* One horizon in words; until the next call. */
static const char *words(
	struct world *w, const struct impact_query *query, enum impact_horizon horizon)
{
	struct impact_answer answer;

	assert_int_equal(impact_find(&w->snapshot, query, w->arena, &answer), 0);
	buf_clear(&w->text);
	for (size_t i = 0; i < answer.count; i++) {
		const struct impact *impact = &answer.list[i];
		char word[WORD_MAX];

		if (impact->horizon == horizon)
			buf_printf(&w->text, "%s%s %s", w->text.len ? ", " : "",
				node_word(w, impact->node, word),
				impact_effect_text(impact->effect));
	}
	return words_text(w);
}

static const char *stopped(struct world *w, enum impact_op op, const char *name)
{
	const struct impact_change change = change_of(w, op, name);
	const struct impact_query query = ask(&change);

	return words(w, &query, HORIZON_FAIL_STOP);
}

static const char *forward(struct world *w, enum impact_op op, const char *name)
{
	const struct impact_change change = change_of(w, op, name);
	const struct impact_query query = ask(&change);

	return words(w, &query, HORIZON_FIX_FORWARD);
}

static void columns_that_runs_tell_are_followed(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY;a.y>*:FILTER]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.u>*.v:AGGREGATION]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.x"), "b.u BREAKS, c.v BREAKS");
	assert_string_equal(
		forward(w, OP_DROP_COLUMN, "a.y"), "b CHANGES_ROWS, c CHANGES_ROWS");
	assert_string_equal(
		stopped(w, OP_DROP_COLUMN, "a.y"), "J BREAKS, b STALE, K STALE, c STALE");
	assert_string_equal(
		forward(w, OP_SET_NOT_NULL, "a.x"), "b UNAFFECTED, c UNAFFECTED");
}

static void the_job_that_tells_a_flow_fails_and_not_the_one_beside_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K a > b[columnLineage=a.y>*.v:IDENTITY]");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "a.x"), "J BREAKS, b STALE");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "a.y"), "K BREAKS, b STALE");
}

static void what_a_dataset_tells_of_itself_is_read_by_the_jobs_between(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 5 K a > c");
	tell(w, "dataset 6 b[columnLineage=a.x>*.u:IDENTITY]");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "a.x"),
		"J BREAKS, b STALE, K UNKNOWN, c UNKNOWN");
}

static void a_flow_that_is_told_no_more_is_followed_as_of_then(void **state)
{
	struct world *w = *state;
	struct impact_change change;
	struct impact_query query;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "run R2 COMPLETE 9 J a > b[columnLineage=a.y>*.u:IDENTITY]");
	change = change_of(w, OP_DROP_COLUMN, "a.x");
	query = ask(&change);
	assert_string_equal(words(w, &query, HORIZON_FIX_FORWARD), "b UNAFFECTED");
	query.graph.time = LINEAGE_AS_OF;
	query.graph.as_of_us = 7;
	assert_string_equal(words(w, &query, HORIZON_FIX_FORWARD), "b.u BREAKS");
	assert_string_equal(words(w, &query, HORIZON_FAIL_STOP), "J BREAKS, b STALE");
}

static void explicit_lineage_without_columns_is_not_known(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J[lineage=a>b;a.x>c.u:IDENTITY] a > b,c");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.x"), "c.u BREAKS, b UNKNOWN");
}

static void names_that_symlinks_give_are_the_same_dataset(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K alias > c[columnLineage=alias.u>*.v:IDENTITY]");
	tell(w, "dataset 7 b[symlinks=alias]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.x"), "b.u BREAKS, c.v BREAKS");
}

static void what_happens_to_a_column_happens_to_the_fields_in_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.s>*.s:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.s.t>*.v:IDENTITY]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.s"),
		"b.s BREAKS, b.s.t BREAKS, c.v BREAKS");
	assert_string_equal(forward(w, OP_MASK_COLUMN, "a.s"),
		"b.s CHANGES_VALUES, b.s.t CHANGES_VALUES, c.v CHANGES_VALUES");
}

static void a_column_that_loses_a_field_is_of_another_type(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.s.t:IDENTITY;"
		"a.y>*.s.u:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.s>*.v:IDENTITY;"
		"b.s.u>*.u:IDENTITY]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.x"),
		"b.s.t BREAKS, c.v BREAKS, b.s CHANGES_SCHEMA");
	assert_string_equal(forward(w, OP_CHANGE_MEANING, "a.x"),
		"b.s.t CHANGES_VALUES, b.s CHANGES_VALUES, c.v CHANGES_VALUES");
}

static void a_column_and_a_field_in_it_are_both_gone_for_who_takes_both(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.s>*.s:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b > "
		"c[columnLineage=b.s>*.v:TRANSFORMATION;b.s.t>*.v:TRANSFORMATION]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.s"),
		"b.s BREAKS, b.s.t BREAKS, c.v BREAKS");
}

static void a_column_that_is_gone_does_not_break_what_has_another_source(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.s:IDENTITY;"
		"a.x>*.s.t:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b,d > "
		"c[columnLineage=b.s>*.v:TRANSFORMATION;d.x>*.v:TRANSFORMATION]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.x"),
		"b.s BREAKS, b.s.t BREAKS, c.v CHANGES_VALUES");
}

static void fields_are_in_others_after_reopening(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.s>*.s:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.s.t>*.v:IDENTITY]");
	world_close(w);
	world_open(w);
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.s"),
		"b.s BREAKS, b.s.t BREAKS, c.v BREAKS");
}

static void fields_of_aliases_are_in_each_others_columns(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.s>*.s:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K alias > c[columnLineage=alias.s.t>*.v:IDENTITY]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.s"), "b.s BREAKS");
	tell(w, "dataset 7 b[symlinks=alias]");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "a.s"),
		"b.s BREAKS, alias.s.t BREAKS, c.v BREAKS");
}

static void a_job_fails_when_a_column_that_it_checks_goes(void **state)
{
	struct world *w = *state;
	struct impact_change change;
	struct impact_query query;
	struct impact_answer answer;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.y>*.v]");
	tell(w, "run R2 COMPLETE 6 T b+[dataQualityAssertions=u] > -");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "b.u"), "T BREAKS");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "b.v"), "");
	assert_string_equal(forward(w, OP_DROP_COLUMN, "b.v"), "");
	change = change_of(w, OP_DROP_COLUMN, "b.u");
	query = ask(&change);
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &answer), 0);
	assert_int_equal(answer.list[0].horizon, HORIZON_FAIL_STOP);
	assert_string_equal(
		impact_rule_text(answer.list[0].because->rule), "fail/reader");
	assert_int_equal(answer.list[0].certainty, CERTAIN_OBSERVED);
}

static void a_job_that_checks_and_writes_without_telling_may_read_all(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J x > a[columnLineage=x.i>*.x;x.i>*.y]");
	tell(w, "run R2 COMPLETE 6 T a+[dataQualityAssertions=x] > c");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "a.x"), "T BREAKS, c STALE");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "a.y"), "T UNKNOWN, c UNKNOWN");
	tell(w, "run R3 COMPLETE 7 T a+[dataQualityAssertions=x] > "
		"c[columnLineage=a.z>*.z]");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "a.y"), "");
}

static void a_job_that_checks_what_it_writes_fails_too(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v]+"
		"[dataQualityAssertions=u]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.v>*.v]");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "b.u"), "J BREAKS, b STALE, "
							       "K STALE, c STALE");
	assert_string_equal(stopped(w, OP_DROP_COLUMN, "b.v"), "K BREAKS, c STALE");
}

static void a_way_is_masked_when_all_that_tell_it_mask(void **state)
{
	struct world *w = *state;
	struct impact_change change;
	struct impact_query query;
	struct impact_answer answer;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY+MASKED]");
	change = change_of(w, OP_CHANGE_MEANING, "a.x");
	query = ask(&change);
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &answer), 0);
	assert_true(answer.list[0].masked);
	tell(w, "run R2 COMPLETE 6 K a > b[columnLineage=a.x>*.u:IDENTITY]");
	(void)see(w);
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &answer), 0);
	assert_false(answer.list[0].masked);
}

static void an_incompatible_type_breaks_where_the_schema_has_one(void **state)
{
	struct world *w = *state;
	struct impact_change change;
	struct impact_schemas schemas;
	struct impact_query query;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.u>*.v:IDENTITY]");
	tell(w, "dataset 7 b[schema=u]");
	tell(w, "dataset 7 c[schema=v:int]");
	change = change_of(w, OP_ALTER_TYPE, "a.x");
	change.types.change = TYPES_INCOMPATIBLE;
	schemas = (struct impact_schemas){ &w->snapshot, w->arena, 0, 0, { 0 } };
	query = ask(&change);
	query.typed = impact_typed_by_schema;
	query.typed_ctx = &schemas;
	assert_string_equal(
		words(w, &query, HORIZON_FIX_FORWARD), "c.v BREAKS, b.u CHANGES_SCHEMA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(columns_that_runs_tell_are_followed),
		WORLD_TEST(the_job_that_tells_a_flow_fails_and_not_the_one_beside_it),
		WORLD_TEST(what_a_dataset_tells_of_itself_is_read_by_the_jobs_between),
		WORLD_TEST(a_flow_that_is_told_no_more_is_followed_as_of_then),
		WORLD_TEST(explicit_lineage_without_columns_is_not_known),
		WORLD_TEST(names_that_symlinks_give_are_the_same_dataset),
		WORLD_TEST(what_happens_to_a_column_happens_to_the_fields_in_it),
		WORLD_TEST(a_column_that_loses_a_field_is_of_another_type),
		WORLD_TEST(a_column_and_a_field_in_it_are_both_gone_for_who_takes_both),
		WORLD_TEST(a_column_that_is_gone_does_not_break_what_has_another_source),
		WORLD_TEST(fields_are_in_others_after_reopening),
		WORLD_TEST(fields_of_aliases_are_in_each_others_columns),
		WORLD_TEST(a_job_fails_when_a_column_that_it_checks_goes),
		WORLD_TEST(a_job_that_checks_and_writes_without_telling_may_read_all),
		WORLD_TEST(a_job_that_checks_what_it_writes_fails_too),
		WORLD_TEST(a_way_is_masked_when_all_that_tell_it_mask),
		WORLD_TEST(an_incompatible_type_breaks_where_the_schema_has_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
