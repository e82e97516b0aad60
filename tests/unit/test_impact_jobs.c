/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_jobs.c - what jobs do: those that fail, and those that tell nothing
 */
#include "tests/unit/impact_words.h"

/* ---- what is not known, and what is proved ---- */

static void below_a_job_that_tells_no_columns_nothing_is_known(void **state)
{
	struct world *w = *state;
	struct impact_change change = change_a(OP_DROP_COLUMN);
	struct impact_query query = ask(&change, 1);
	struct impact_answer answer;

	draw(w, "1.a 2.d 3.e 1>A A>2 d>e");
	answer = find(w, &query);
	assert_string_equal(words(&answer, HORIZON_FIX_FORWARD),
		"2 UNKNOWN/1, A UNKNOWN/1, 3 UNKNOWN/2");
	assert_true(answer.coverage.lower_bound);
	assert_int_equal(answer.coverage.opaque_hops, 1);
	assert_int_equal(answer.opaque[0].job, 11);
	assert_int_equal(answer.list[answer.count - 1].certainty, CERTAIN_INFERRED);
}

static void what_columns_prove_is_told_beside_what_is_not_known(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 1>A A>2 1>B B=2 a>d");
	assert_string_equal(forward(w, change_a(OP_DROP_COLUMN)),
		"d BREAKS/1, 2 UNKNOWN/1, A UNKNOWN/1");
}

static void a_table_that_columns_do_not_lead_to_is_proved_unaffected(void **state)
{
	struct world *w = *state;
	struct impact_change change = change_a(OP_DROP_COLUMN);
	struct impact_query query = ask(&change, 1);
	struct impact_answer answer;

	draw(w, "1.a 1.b 2.d 3.e 4.f 1>A A=2 A=3 a>d b>e 3>B B=4 e>f");
	answer = find(w, &query);
	assert_string_equal(words(&answer, HORIZON_FIX_FORWARD),
		"d BREAKS/1, 3 UNAFFECTED/1, 4 UNAFFECTED/2");
	assert_string_equal(
		impact_rule_text(answer.list[answer.count - 1].because->rule), "proved");
	assert_int_equal(answer.coverage.datasets, 3);
	assert_int_equal(answer.coverage.datasets_resolved, 3);
	assert_false(answer.coverage.lower_bound);
}

static void a_job_that_merges_a_table_into_itself_does_not_hide_its_columns(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d a>d 1>A A>1");
	assert_string_equal(
		forward(w, change_a(OP_DROP_COLUMN)), "d BREAKS/1, A UNKNOWN/1");
}

static void a_column_that_no_lineage_names_may_be_read_by_what_tells_none(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d a>d 1>A A=2 1>B");
	assert_string_equal(
		forward(w, (struct impact_change){ .op = OP_DROP_COLUMN, .dataset = 1 }),
		"B UNKNOWN/1, 2 UNAFFECTED/1");
}

static void a_job_that_is_told_its_columns_is_affected_by_these_alone(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 1.b 1>A a~A");
	assert_string_equal(forward(w, change_a(OP_DROP_COLUMN)), "A CHANGES_VALUES/1");
	assert_string_equal(forward(w, (struct impact_change){ .op = OP_DROP_COLUMN,
					       .dataset = 1,
					       .field = A + 1 }),
		"");
}

/* ---- the next run ---- */

static void readers_fail_and_all_below_them_is_stale(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 1.b 2.d 3.e 1>A A=2 a>d 1>B B=3 b>e 2>C C>4");
	assert_string_equal(stopped(w, change_a(OP_DROP_COLUMN)),
		"A BREAKS/1, 2 STALE/1, 4 STALE/2, C STALE/2");
	assert_string_equal(stopped(w, retype_a(TYPES_INCOMPATIBLE)),
		"A BREAKS/1, 2 STALE/1, 4 STALE/2, C STALE/2");
	assert_string_equal(stopped(w, retype_a(TYPES_WIDENED)), "");
	assert_string_equal(stopped(w, change_a(OP_MASK_COLUMN)), "");
}

static void a_reader_in_any_role_fails(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 1>A A=2 a>2");
	classify(w, "a>2", CLASS_SORT);
	assert_string_equal(
		stopped(w, change_a(OP_DROP_COLUMN)), "A BREAKS/1, 2 STALE/1");
}

static void a_reader_that_tells_no_columns_may_fail(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 1>A A>2 2>B B>3");
	assert_string_equal(stopped(w, change_a(OP_DROP_COLUMN)),
		"2 UNKNOWN/1, A UNKNOWN/1, 3 UNKNOWN/2, B UNKNOWN/2");
}

static void of_two_jobs_between_two_tables_the_one_that_tells_the_flow_fails(void **state)
{
	struct world *w = *state;
	struct fixture *f = w->fixture;
	const struct flow_row row = { .target = 34,
		.source = A,
		.owner = 12,
		.lane = EVIDENCE_OBSERVED,
		.segments = 1,
		.now = CLASS_IDENTITY };

	assert_int_equal(flow_put(f->txn, &row), 0);
	draw(w, "1.a 1.b 2.d 2.e 1>A A=2 1>B B=2 a>d b>e");
	assert_string_equal(
		stopped(w, change_a(OP_DROP_COLUMN)), "B BREAKS/1, 2 STALE/1");
}

static void writers_break_when_what_they_write_is_refused(void **state)
{
	struct world *w = *state;
	struct impact first;

	draw(w, "1.a 2.d 3>A A>1 A>2 1>B B=2 a>d");
	first = first_of(w, change_a(OP_SET_NOT_NULL));
	assert_int_equal(first.node, 11);
	assert_true(first.upstream);
	assert_string_equal(stopped(w, change_a(OP_SET_NOT_NULL)),
		"A BREAKS/1, 1 STALE/1, 2 STALE/1, B STALE/2");
	assert_string_equal(
		forward(w, change_a(OP_SET_NOT_NULL)), "A BREAKS/1, 2 UNAFFECTED/1");
	assert_string_equal(
		forward(w, change_a(OP_ADD_REQUIRED)), "A BREAKS/1, 2 UNAFFECTED/1");
	assert_string_equal(forward(w, change_a(OP_ADD_COLUMN)), "2 UNAFFECTED/1");
}

static void without_a_dataset_its_readers_break_and_the_rest_is_stale(void **state)
{
	struct world *w = *state;
	struct impact_change change = { .op = OP_DROP_DATASET, .dataset = 1 };

	draw(w, "1.a 2.d 1>A A=2 2>B B>3");
	assert_string_equal(
		stopped(w, change), "A BREAKS/1, 2 STALE/1, 3 STALE/2, B STALE/2");
	assert_string_equal(
		forward(w, change), "A BREAKS/1, 2 STALE/1, 3 STALE/2, B STALE/2");
	change.op = OP_RENAME_DATASET;
	change.aliased = true;
	assert_string_equal(stopped(w, change), "");
	assert_string_equal(forward(w, change), "2 UNAFFECTED/1, 3 UNAFFECTED/2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IMPACT_TEST(below_a_job_that_tells_no_columns_nothing_is_known),
		IMPACT_TEST(what_columns_prove_is_told_beside_what_is_not_known),
		IMPACT_TEST(a_table_that_columns_do_not_lead_to_is_proved_unaffected),
		IMPACT_TEST(
			a_job_that_merges_a_table_into_itself_does_not_hide_its_columns),
		IMPACT_TEST(
			a_column_that_no_lineage_names_may_be_read_by_what_tells_none),
		IMPACT_TEST(a_job_that_is_told_its_columns_is_affected_by_these_alone),
		IMPACT_TEST(readers_fail_and_all_below_them_is_stale),
		IMPACT_TEST(a_reader_in_any_role_fails),
		IMPACT_TEST(a_reader_that_tells_no_columns_may_fail),
		IMPACT_TEST(
			of_two_jobs_between_two_tables_the_one_that_tells_the_flow_fails),
		IMPACT_TEST(writers_break_when_what_they_write_is_refused),
		IMPACT_TEST(without_a_dataset_its_readers_break_and_the_rest_is_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
