/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_watch.c - uses that begin although their end is planned are counted
 */
#include "base/metrics.h"
#include "tests/unit/graph_fixture.h"

/* How many began while what was told since `before` was folded. */
static int64_t began(struct world *w, int64_t before)
{
	(void)see(w);
	return metric_get(M_DEPRECATED_READS) - before;
}

#define COUNT_NOW metric_get(M_DEPRECATED_READS)
#define DROP_X	  "dataset 10 a[headwater_change_c=drop_column:x]"

static void a_use_that_begins_after_the_plan_is_counted(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, DROP_X);
	assert_int_equal(began(w, before), 0);
	tell(w, "run R1 COMPLETE 12 J a > b[columnLineage=a.x>*.u;a.y>*.u]");
	assert_int_equal(began(w, before), 1);
}

static void a_use_from_before_that_goes_on_is_not(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, DROP_X); /* in the same transaction */
	tell(w, "run R2 COMPLETE 12 J a > b[columnLineage=a.x>*.u;a.y>*.u]");
	assert_int_equal(began(w, before), 0);
	tell(w, "job 13 J a > b[columnLineage=a.x>*.u]");
	assert_int_equal(began(w, before), 0);
}

static void a_use_that_stopped_and_starts_again_is(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, DROP_X);
	tell(w, "run R2 COMPLETE 12 J a > b[columnLineage=a.y>*.u]");
	assert_int_equal(began(w, before), 0);
	tell(w, "run R3 COMPLETE 13 J a > b[columnLineage=a.x>*.u]");
	assert_int_equal(began(w, before), 1);
}

static void another_job_that_takes_the_same_way_is(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, DROP_X);
	tell(w, "run R2 COMPLETE 12 K a > b[columnLineage=a.x>*.u]");
	assert_int_equal(began(w, before), 1);
}

static void every_way_that_takes_a_column_away_counts(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, "dataset 10 a[headwater_change_c=rename_column:x:z;alter_type:y:int;"
		"mask_column:m;set_nullable:n]");
	tell(w, "run R1 COMPLETE 12 J a > b[columnLineage=a.x>*.u;a.y>*.u;a.m>*.u;"
		"a.n>*.u]");
	assert_int_equal(began(w, before), 2);
}

static void who_takes_a_field_in_a_column_takes_the_column(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, DROP_X);
	tell(w, "run R1 COMPLETE 12 J a > b[columnLineage=a.x.p.q>*.u;a.xy>*.u]");
	assert_int_equal(began(w, before), 1);
	tell(w, "dataset 13 c[headwater_change_c=drop_column:x.p.q]");
	tell(w, "run R2 COMPLETE 14 K c > d[columnLineage=c.x.p>*.u;c.x>*.v;c.x.r>*.w]");
	assert_int_equal(began(w, before), 3);
}

static void who_takes_the_whole_takes_the_column(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, DROP_X);
	tell(w, "run R1 COMPLETE 12 J a > b[columnLineage=a>*.u]");
	assert_int_equal(began(w, before), 1);
}

static void jobs_that_begin_to_read_a_dataset_that_goes_are_counted(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, "run R1 COMPLETE 5 J a > -");
	tell(w, "dataset 10 a[headwater_change_c=drop_dataset]");
	tell(w, "run R2 COMPLETE 12 J a > -");
	tell(w, "run R3 COMPLETE 13 K - > a");
	tell(w, "dataset 14 z[lifecycleStateChange=RENAME:a]");
	assert_int_equal(began(w, before), 0);
	tell(w, "run R4 COMPLETE 15 K a > b[columnLineage=a.x>*.u]");
	assert_int_equal(began(w, before), 1);
}

static void a_column_that_keeps_itself_is_not(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, DROP_X);
	tell(w, "run R1 COMPLETE 12 J a > a[columnLineage=a.x>*.x]");
	assert_int_equal(began(w, before), 0);
}

static void the_plan_is_found_under_all_names(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, DROP_X);
	tell(w, "dataset 11 a[symlinks=t]");
	tell(w, "run R1 COMPLETE 12 J t > b[columnLineage=t.x>*.u]");
	assert_int_equal(began(w, before), 1);
}

static void nothing_is_counted_when_the_plan_was_given_up(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, DROP_X);
	tell(w, "dataset 11 a[headwater_change_c!]");
	tell(w, "run R1 COMPLETE 12 J a > b[columnLineage=a.x>*.u]");
	assert_int_equal(began(w, before), 0);
}

static void plans_are_remembered_and_old_uses_not_counted_at_opening(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;

	tell(w, DROP_X);
	(void)see(w);
	append(w, "run R1 COMPLETE 12 J a > b[columnLineage=a.x>*.u]");
	world_close(w);
	world_open(w);
	assert_int_equal(began(w, before), 0);
	tell(w, "run R2 COMPLETE 13 K a > c[columnLineage=a.x>*.u]");
	assert_int_equal(began(w, before), 1);
}

static void what_a_failed_transaction_counted_is_counted_once(void **state)
{
	struct world *w = *state;
	int64_t before = COUNT_NOW;
	struct ol_event event;

	tell(w, DROP_X);
	(void)see(w);
	tell(w, "run R1 COMPLETE 12 J a > b[columnLineage=a.x>*.u]");
	/* Settles the edges, in the same transaction. */
	tell(w, "dataset 13 q[headwater_change_z=drop_dataset]");
	read_line(w, "run R2 COMPLETE 14 K - > -", &event);
	event.kind = (enum event_kind)77;
	assert_int_equal(graph_fold(w->graph, &event, 99), ERR_INVALID);
	assert_int_equal(graph_catch_up(w->graph, NULL, NULL), 0);
	assert_int_equal(began(w, before), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_use_that_begins_after_the_plan_is_counted),
		WORLD_TEST(a_use_from_before_that_goes_on_is_not),
		WORLD_TEST(a_use_that_stopped_and_starts_again_is),
		WORLD_TEST(another_job_that_takes_the_same_way_is),
		WORLD_TEST(every_way_that_takes_a_column_away_counts),
		WORLD_TEST(who_takes_a_field_in_a_column_takes_the_column),
		WORLD_TEST(who_takes_the_whole_takes_the_column),
		WORLD_TEST(jobs_that_begin_to_read_a_dataset_that_goes_are_counted),
		WORLD_TEST(a_column_that_keeps_itself_is_not),
		WORLD_TEST(the_plan_is_found_under_all_names),
		WORLD_TEST(nothing_is_counted_when_the_plan_was_given_up),
		WORLD_TEST(plans_are_remembered_and_old_uses_not_counted_at_opening),
		WORLD_TEST(what_a_failed_transaction_counted_is_counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
