/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_timeline.c - what an owner told, over time
 */
#include "tests/unit/timeline_fixture.h"

#include "graph/flow.h"
#include "graph/meter.h"
#include "graph/timeline_step.h"

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

static struct timeline_item item(node_id dataset, bool output)
{
	return (struct timeline_item){
		.owner = JOB,
		.lane = EVIDENCE_OBSERVED,
		.what = output ? ITEM_OUTPUT : ITEM_INPUT,
		.node = dataset,
	};
}

/* The starts of the first and last run that has an item, as "10-50"; "" when none. */
static const char *seen(struct world *w, struct timeline_item wanted)
{
	char *text = arena_alloc(w->arena, 64);
	struct timeline_span span;
	int r = timeline_seen(w->txn, &wanted, NULL, &span);

	assert_non_null(text);
	assert_in_range(r, 0, 1);
	text[0] = '\0';
	if (r == 0)
		snprintf(text, 64, "%lld-%lld", (long long)span.first.start_us,
			(long long)span.last.start_us);
	return text;
}

static void a_dataset_was_seen_from_its_first_to_its_last_run(void **state)
{
	struct world *w = *state;

	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 2, 25);
	(void)put(w, 3, 30, 2, RUNNING);
	(void)put(w, 4, 40, 0, RUNNING);
	(void)put(w, 5, 50, 1, 55);
	assert_string_equal(seen(w, item(102, false)), "20-30");
	assert_string_equal(seen(w, item(SHARED, true)), "10-50");
	assert_string_equal(seen(w, item(102, true)), "");
}

/* Makes set 4 one that also has the flow 300 -> 301. */
static void tell_flow(struct world *w)
{
	struct flow flow = { 301, 300, CLASS_FORM_EXPLICIT | CLASS_IDENTITY, false };
	struct ioset set = { .flows = &flow, .flow_count = 1 };

	assert_int_equal(ioset_intern(w->txn, &set, &w->sets[4]), 0);
}

static void a_flow_was_seen_from_its_first_to_its_last_run(void **state)
{
	struct world *w = *state;
	struct timeline_item flow = {
		.owner = JOB, .what = ITEM_FLOW, .node = 301, .source = 300
	};

	tell_flow(w);
	(void)put(w, 1, 10, 1, 15);
	(void)put(w, 2, 20, 4, 25);
	(void)put(w, 3, 30, 4, 35);
	(void)put(w, 4, 40, 2, 45);
	assert_string_equal(seen(w, flow), "20-30");
	flow.source = 301;
	assert_string_equal(seen(w, flow), "");
}

static void a_look_for_what_was_seen_ends_with_its_budget(void **state)
{
	struct world *w = *state;
	struct timeline_item wanted = item(104, false);
	struct timeline_span span;

	for (size_t i = 0; i < 12; i++)
		(void)put(w, i, (int64_t)i * 10, 1 + i % 3, RUNNING);
	(void)put(w, 12, 500, 4, RUNNING);
	for (uint64_t budget = 0; budget < 1000; budget++) {
		struct meter meter = { .left = budget, .deadline_us = INT64_MAX };
		int r = timeline_seen(w->txn, &wanted, &meter, &span);

		assert_int_equal(r, meter.cut == CUT_BUDGET ? 1 : 0);
		if (r == 0) {
			assert_true(budget > 12);
			assert_int_equal(span.first.start_us, 500);
			return;
		}
	}
	fail();
}

static void a_snapshot_stands_where_it_was_taken(void **state)
{
	struct world *w = *state;
	struct run_position taken = { .start_us = 30 };
	struct run_position own = { .start_us = 10 };
	struct snapshot_set set = { w->sets[2], w->sets[2] };
	struct timeline_entry entry;

	(void)put(w, 1, 10, 1, 15);
	taken.run.bytes[15] = own.run.bytes[15] = 1;
	assert_int_equal(snapshot_set_put(w->txn, &taken, &set), 0);
	assert_int_equal(
		timeline_entry_stored(w->txn, JOB, EVIDENCE_OBSERVED, &taken, &entry), 0);
	assert_int_equal(entry.io, w->sets[2]);
	assert_int_equal(entry.settled_us, 30);
	assert_int_equal(
		timeline_entry_stored(w->txn, JOB, EVIDENCE_OBSERVED, &own, &entry), 0);
	assert_int_equal(entry.io, w->sets[1]);
	assert_int_equal(entry.settled_us, 15);
}

static void a_position_that_no_run_has_is_corrupt(void **state)
{
	struct world *w = *state;
	struct run_position other = { .start_us = 11 };
	struct timeline_entry entry;

	(void)put(w, 1, 10, 1, 15);
	other.run.bytes[15] = 1;
	assert_int_equal(
		timeline_entry_stored(w->txn, JOB, EVIDENCE_OBSERVED, &other, &entry),
		ERR_CORRUPT);
	other.start_us = 10;
	assert_int_equal(
		timeline_entry_stored(w->txn, JOB + 1, EVIDENCE_OBSERVED, &other, &entry),
		ERR_CORRUPT);
}

static void a_declaration_settles_when_it_is_made(void **state)
{
	struct world *w = *state;
	struct declaration said = { JOB, EVIDENCE_INFERRED, { .start_us = 7 },
		w->sets[3] };
	struct timeline_entry entry;

	assert_int_equal(declaration_put(w->txn, &said), 0);
	assert_int_equal(timeline_entry_stored(
				 w->txn, JOB, EVIDENCE_INFERRED, &said.position, &entry),
		0);
	assert_int_equal(entry.io, w->sets[3]);
	assert_int_equal(entry.settled_us, 7);
	assert_int_equal(timeline_entry_stored(
				 w->txn, JOB, EVIDENCE_DECLARED, &said.position, &entry),
		ERR_CORRUPT);
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
		WORLD_TEST(a_flow_was_seen_from_its_first_to_its_last_run),
		WORLD_TEST(a_look_for_what_was_seen_ends_with_its_budget),
		WORLD_TEST(a_snapshot_stands_where_it_was_taken),
		WORLD_TEST(a_position_that_no_run_has_is_corrupt),
		WORLD_TEST(a_declaration_settles_when_it_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
