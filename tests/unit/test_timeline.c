/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_timeline.c - what a job read and wrote, over time
 */
#include "tests/unit/timeline_fixture.h"

static void a_run_like_the_one_before_it_changes_nothing(void **state)
{
	struct world *w = *state;
	struct segment list[RUNS];

	assert_int_equal(put(w, 1, 10, 1, 15), 1);
	assert_int_equal(put(w, 2, 20, 1, RUNNING), 0);
	assert_int_equal(put(w, 2, 20, 1, 25), 0);
	assert_int_equal(segments(w, list), 1);
	assert_int_equal(list[0].first.start_us, 10);
	assert_int_equal(list[0].settled_us, 15);
}

static void a_running_run_adds_and_a_completed_one_replaces(void **state)
{
	struct world *w = *state;

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 2, RUNNING);
	assert_string_equal(as_of(w, TIME_OPEN), "12");
	(void)put(w, 2, 20, 2, 25);
	assert_string_equal(as_of(w, TIME_OPEN), "2");
	assert_string_equal(as_of(w, 24), "12");
	assert_string_equal(as_of(w, 19), "1");
	assert_string_equal(as_of(w, 9), "");
}

static void a_failed_run_removes_nothing(void **state)
{
	struct world *w = *state;

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 2, RUNNING);
	(void)put(w, 3, 30, 3, RUNNING);
	assert_string_equal(as_of(w, TIME_OPEN), "123");
}

static void a_run_without_datasets_is_in_no_segment(void **state)
{
	struct world *w = *state;
	struct segment list[RUNS];

	(void)put(w, 1, 10, 1, 15);
	assert_int_equal(put(w, 2, 20, 0, 25), 0);
	assert_int_equal(put(w, 3, 30, 1, 35), 0);
	assert_int_equal(segments(w, list), 1);
	assert_string_equal(as_of(w, TIME_OPEN), "1");
}

static void a_late_run_cuts_the_segment_it_falls_into(void **state)
{
	struct world *w = *state;
	struct segment list[RUNS];

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 3, 30, 1, 35);
	assert_int_equal(put(w, 2, 20, 2, 25), 1);
	assert_int_equal(segments(w, list), 3);
	assert_int_equal(list[0].settled_us, 15);
	assert_int_equal(list[2].settled_us, 35);
	assert_string_equal(as_of(w, 29), "2");
	assert_string_equal(as_of(w, TIME_OPEN), "1");
}

static void neighbours_become_one_when_the_run_between_them_goes(void **state)
{
	struct world *w = *state;
	struct segment list[RUNS];

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 2, 25);
	(void)put(w, 3, 30, 1, 35);
	assert_int_equal(change(w, 2, NULL), 1);
	assert_int_equal(segments(w, list), 1);
	assert_int_equal(list[0].settled_us, 15);
	assert_int_equal(w->hook_count[1], 1);
	assert_int_equal(w->hook_count[2], 0);
}

static void the_next_end_counts_when_the_earliest_is_taken_back(void **state)
{
	struct world *w = *state;
	struct segment list[RUNS];

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 1, 28);
	(void)put(w, 3, 21, 1, 27);
	assert_int_equal(put(w, 1, 10, 1, RUNNING), 1);
	assert_int_equal(segments(w, list), 1);
	assert_int_equal(list[0].settled_us, 27);
}

static void a_window_unites_what_stood_and_what_began_in_it(void **state)
{
	struct world *w = *state;

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 2, 25);
	(void)put(w, 3, 30, 3, 35);
	assert_string_equal(window(w, 22, 30), "123");
	assert_string_equal(window(w, 26, 29), "2");
	assert_string_equal(window(w, 26, 30), "23");
	assert_string_equal(window(w, 30, 26), "");
	assert_string_equal(window(w, 1, 9), "");
}

static void a_dataset_was_seen_from_its_first_to_its_last_run(void **state)
{
	struct world *w = *state;
	int64_t first_us;
	int64_t last_us;

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 2, 25);
	(void)put(w, 3, 30, 2, RUNNING);
	(void)put(w, 4, 40, 0, RUNNING);
	(void)put(w, 5, 50, 1, 55);
	assert_int_equal(timeline_seen(w->txn, JOB, EVIDENCE_OBSERVED, 102, false,
				 &first_us, &last_us),
		0);
	assert_int_equal(first_us, 20);
	assert_int_equal(last_us, 30);
	assert_int_equal(timeline_seen(w->txn, JOB, EVIDENCE_OBSERVED, SHARED, true,
				 &first_us, &last_us),
		0);
	assert_int_equal(first_us, 10);
	assert_int_equal(last_us, 50);
	assert_int_equal(timeline_seen(w->txn, JOB, EVIDENCE_OBSERVED, 102, true,
				 &first_us, &last_us),
		1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_run_like_the_one_before_it_changes_nothing),
		WORLD_TEST(a_running_run_adds_and_a_completed_one_replaces),
		WORLD_TEST(a_failed_run_removes_nothing),
		WORLD_TEST(a_run_without_datasets_is_in_no_segment),
		WORLD_TEST(a_late_run_cuts_the_segment_it_falls_into),
		WORLD_TEST(neighbours_become_one_when_the_run_between_them_goes),
		WORLD_TEST(the_next_end_counts_when_the_earliest_is_taken_back),
		WORLD_TEST(a_window_unites_what_stood_and_what_began_in_it),
		WORLD_TEST(a_dataset_was_seen_from_its_first_to_its_last_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
