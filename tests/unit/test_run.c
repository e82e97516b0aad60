/* SPDX-License-Identifier: Apache-2.0 */

/* test_run.c - run records, their indexes, declarations, static events */

#include "store_fixture.h"

#include "graph/run.h"
#include "graph/store/store_impl.h"

#include <string.h>

static struct runid run_id(uint8_t n)
{
	return (struct runid){ { n, 1, 2 } };
}

static struct run_position at(int64_t start_us, uint8_t n)
{
	return (struct run_position){ start_us, run_id(n) };
}

static struct run usual_run(void)
{
	return (struct run){
		.id = run_id(1),
		.job = 12,
		.job_known = true,
		.job_own = true,
		.job_time_us = 1700000000500000,
		.state = TYPE_COMPLETE,
		.start_us = 1700000000000000,
		.first_us = 1700000000000000,
		.last_us = 1700000000500000,
		.end_us = 1700000000500000,
		.io = 3,
		.told_us = INT64_MIN,
		.child_us = INT64_MAX,
		.event_total = 2,
		.event_count = 2,
		.events = { { 1700000000500000, 99, 1001 },
			{ 1700000000000000, 98, 1000 } },
	};
}

static void assert_runs_equal(const struct run *a, const struct run *b)
{
	assert_int_equal(runid_compare(&a->id, &b->id), 0);
	assert_int_equal(a->job, b->job);
	assert_int_equal(a->job_known, b->job_known);
	assert_int_equal(a->job_own, b->job_own);
	assert_memory_equal(&a->parent, &b->parent, sizeof(a->parent));
	assert_memory_equal(&a->root, &b->root, sizeof(a->root));
	assert_true(a->told_us == b->told_us);
	assert_true(a->child_us == b->child_us);
	assert_true(a->job_time_us == b->job_time_us);
	assert_int_equal(a->state, b->state);
	assert_true(a->start_us == b->start_us);
	assert_true(a->first_us == b->first_us);
	assert_true(a->last_us == b->last_us);
	assert_true(a->end_us == b->end_us);
	assert_int_equal(a->io, b->io);
	assert_int_equal(a->event_total, b->event_total);
	assert_int_equal(a->event_count, b->event_count);
	assert_memory_equal(a->events, b->events, a->event_count * sizeof(*a->events));
	assert_true(slice_equal(a->text, b->text));
}

static void a_run_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run(), found;

	assert_int_equal(run_get(f->txn, &run.id, &found), 1);
	assert_int_equal(run_put(f->txn, &run), 0);
	assert_int_equal(run_get(f->txn, &run.id, &found), 0);
	assert_runs_equal(&found, &run);
}

static void a_run_with_the_most_and_the_widest_values_comes_back(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run(), found;

	run.job = run.io = run.event_total = UINT32_MAX;
	run.first_us = INT64_MIN;
	run.last_us = run.job_time_us = INT64_MAX - 1;
	run.start_us = run.end_us = 0;
	run.text = SLICE("no-uuid\0at all");
	run.parent = (struct run_link){ run_id(8), UINT32_MAX };
	run.root = (struct run_link){ run_id(9), UINT32_MAX };
	run.told_us = INT64_MAX;
	run.child_us = INT64_MIN;
	run.event_count = RUN_EVENTS_MAX;
	for (size_t i = 0; i < RUN_EVENTS_MAX; i++)
		run.events[i] = (struct run_event){ i % 2 ? INT64_MIN : INT64_MAX,
			UINT64_MAX, i % 2 ? 0 : UINT64_MAX };
	assert_int_equal(run_put(f->txn, &run), 0);
	assert_int_equal(run_get(f->txn, &run.id, &found), 0);
	assert_runs_equal(&found, &run);
}

static void a_run_that_neither_started_nor_ended_comes_back(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run(), found;

	run.start_us = run.end_us = INT64_MAX;
	run.job_known = false;
	run.state = TYPE_OTHER;
	run.event_total = run.event_count = 0;
	assert_int_equal(run_put(f->txn, &run), 0);
	assert_int_equal(run_get(f->txn, &run.id, &found), 0);
	assert_runs_equal(&found, &run);
}

static void comes_back(struct fixture *f, const struct run *run)
{
	struct run found;

	assert_int_equal(run_put(f->txn, run), 0);
	assert_int_equal(run_get(f->txn, &run->id, &found), 0);
	assert_runs_equal(&found, run);
}

static void a_run_tells_who_started_it(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run();

	run.told_us = run.last_us;
	run.parent = (struct run_link){ run_id(8), 77 };
	comes_back(f, &run);
	run.root = (struct run_link){ run_id(8), 78 };
	comes_back(f, &run);
	run.root.run = run_id(9);
	comes_back(f, &run);
}

static void a_run_that_only_its_children_name_comes_back(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run();

	run.child_us = run.first_us - 5;
	comes_back(f, &run);
	run.job_known = run.job_own = false;
	run.event_total = run.event_count = 0;
	comes_back(f, &run);
}

static void a_run_of_a_job_named_unknown_has_it_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run();

	run.job_known = false;
	comes_back(f, &run);
}

static void a_usual_run_is_small(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run();
	struct store_key key;
	struct slice value;

	assert_int_equal(run_put(f->txn, &run), 0);
	key_start(&key);
	key_put_runid(&key, &run.id);
	assert_int_equal(db_get(f->txn, DB_RUN, &key, &value), 0);
	assert_in_range(value.len, 1, 50);
}

static void more_events_than_a_record_keeps_are_refused(void **state)
{
	struct fixture *f = *state;
	struct run run = usual_run();

	run.event_count = RUN_EVENTS_MAX + 1;
	assert_int_equal(run_put(f->txn, &run), ERR_INVALID);
}

static void add(
	struct fixture *f, node_id job, enum evidence lane, struct run_position position)
{
	assert_int_equal(run_index_add(f->txn, job, lane, &position), 0);
}

/* The run behind a position, as the first byte of its id; 0 when there is none. */
static uint8_t next(struct fixture *f, node_id job, enum run_direction direction,
	struct run_position from)
{
	struct run_position out;
	int r = run_index_next(f->txn, job, EVIDENCE_OBSERVED, direction, &from, &out);

	assert_in_range(r, 0, 1);
	return r ? 0 : out.run.bytes[0];
}

static void runs_of_a_job_are_walked_in_both_directions(void **state)
{
	struct fixture *f = *state;

	add(f, 2, EVIDENCE_OBSERVED, at(-10, 7));
	add(f, 2, EVIDENCE_OBSERVED, at(10, 5));
	add(f, 2, EVIDENCE_OBSERVED, at(10, 6));
	add(f, 1, EVIDENCE_OBSERVED, at(0, 1));
	add(f, 3, EVIDENCE_OBSERVED, at(0, 2));
	add(f, 2, EVIDENCE_DECLARED, at(0, 3));
	add(f, 2, EVIDENCE_INFERRED, at(0, 4));

	assert_int_equal(next(f, 2, RUN_NEWER, run_position_first), 7);
	assert_int_equal(next(f, 2, RUN_NEWER, at(-10, 7)), 5);
	assert_int_equal(next(f, 2, RUN_NEWER, at(10, 5)), 6);
	assert_int_equal(next(f, 2, RUN_NEWER, at(10, 6)), 0);
	assert_int_equal(next(f, 2, RUN_OLDER, run_position_last), 6);
	assert_int_equal(next(f, 2, RUN_OLDER, at(10, 5)), 7);
	assert_int_equal(next(f, 2, RUN_OLDER, at(-10, 7)), 0);
	assert_int_equal(next(f, 2, RUN_OLDER, at(5, 1)), 7);
}

static void all_observed_runs_are_walked_by_time(void **state)
{
	struct fixture *f = *state;

	add(f, 2, EVIDENCE_OBSERVED, at(10, 5));
	add(f, 1, EVIDENCE_OBSERVED, at(20, 6));
	add(f, 9, EVIDENCE_OBSERVED, at(5, 7));
	add(f, 1, EVIDENCE_DECLARED, at(15, 8));
	add(f, 1, EVIDENCE_INFERRED, at(15, 9));

	assert_int_equal(next(f, 0, RUN_NEWER, run_position_first), 7);
	assert_int_equal(next(f, 0, RUN_NEWER, at(5, 7)), 5);
	assert_int_equal(next(f, 0, RUN_NEWER, at(10, 5)), 6);
	assert_int_equal(next(f, 0, RUN_OLDER, run_position_last), 6);
}

static void a_removed_row_is_in_neither_index(void **state)
{
	struct fixture *f = *state;
	struct run_position position = at(10, 5);

	add(f, 2, EVIDENCE_OBSERVED, position);
	add(f, 2, EVIDENCE_OBSERVED, position);
	assert_int_equal(run_index_remove(f->txn, 2, EVIDENCE_OBSERVED, &position), 0);
	assert_int_equal(run_index_remove(f->txn, 2, EVIDENCE_OBSERVED, &position), 0);
	assert_int_equal(next(f, 2, RUN_NEWER, run_position_first), 0);
	assert_int_equal(next(f, 0, RUN_NEWER, run_position_first), 0);
}

static void a_lane_is_counted_alone(void **state)
{
	struct fixture *f = *state;
	uint64_t count = 9;

	assert_int_equal(run_index_count(f->txn, 2, EVIDENCE_OBSERVED, &count), 0);
	assert_int_equal(count, 0);
	add(f, 1, EVIDENCE_OBSERVED, at(10, 1));
	add(f, 2, EVIDENCE_OBSERVED, at(-10, 1));
	add(f, 2, EVIDENCE_OBSERVED, at(10, 2));
	add(f, 2, EVIDENCE_DECLARED, at(20, 3));
	add(f, 3, EVIDENCE_OBSERVED, at(10, 4));
	assert_int_equal(run_index_count(f->txn, 2, EVIDENCE_OBSERVED, &count), 0);
	assert_int_equal(count, 2);
}

static void positions_order_by_start_then_by_id(void **state)
{
	struct run_position a = at(1, 9), b = at(2, 1), c = at(2, 2);

	(void)state;
	assert_true(run_position_compare(&a, &b) < 0);
	assert_true(run_position_compare(&c, &b) > 0);
	assert_int_equal(run_position_compare(&b, &b), 0);
	assert_true(run_position_compare(&run_position_first, &a) < 0);
	assert_true(run_position_compare(&run_position_last, &a) > 0);
}

static void a_static_event_is_known_by_its_hash(void **state)
{
	struct fixture *f = *state;
	uint64_t sequence;

	assert_int_equal(static_event_find(f->txn, 77, &sequence), 1);
	assert_int_equal(static_event_add(f->txn, 77, UINT64_MAX), 0);
	assert_int_equal(static_event_find(f->txn, 77, &sequence), 0);
	assert_true(sequence == UINT64_MAX);
}

static int see_static(void *ctx, uint64_t hash, uint64_t sequence)
{
	uint64_t *sum = ctx;

	*sum = *sum * 100 + hash * 10 + sequence;
	return 0;
}

static void static_events_are_visited_in_order_of_hashes(void **state)
{
	struct fixture *f = *state;
	uint64_t sum = 0;

	assert_int_equal(static_event_add(f->txn, 7, 1), 0);
	assert_int_equal(static_event_add(f->txn, 3, 2), 0);
	assert_int_equal(static_event_each(f->txn, see_static, &sum), 0);
	assert_int_equal(sum, 3271);
}

static void a_declaration_is_kept_by_owner_lane_and_position(void **state)
{
	struct fixture *f = *state;
	struct declaration said = { 4, EVIDENCE_DECLARED, at(10, 5), 17 };
	struct run_position other = at(10, 6);
	struct declaration found;

	assert_int_equal(declaration_put(f->txn, &said), 0);
	assert_int_equal(
		declaration_get(f->txn, 4, EVIDENCE_DECLARED, &said.position, &found), 0);
	assert_int_equal(found.io, 17);
	assert_int_equal(found.job, 4);
	assert_int_equal(found.lane, EVIDENCE_DECLARED);
	assert_int_equal(
		declaration_get(f->txn, 4, EVIDENCE_INFERRED, &said.position, &found), 1);
	assert_int_equal(
		declaration_get(f->txn, 5, EVIDENCE_DECLARED, &said.position, &found), 1);
	assert_int_equal(
		declaration_get(f->txn, 4, EVIDENCE_DECLARED, &other, &found), 1);
}

static void snapshots_of_a_run_are_walked_by_time(void **state)
{
	struct fixture *f = *state;
	struct run_position a = at(-7, 1), b = at(20, 1), other = at(5, 2);
	struct snapshot_set set = { 3, UINT32_MAX }, found;
	int64_t time_us;

	assert_int_equal(snapshot_set_get(f->txn, &a, &found), 1);
	assert_int_equal(snapshot_set_put(f->txn, &a, &set), 0);
	assert_int_equal(snapshot_set_put(f->txn, &b, &set), 0);
	assert_int_equal(snapshot_set_put(f->txn, &other, &set), 0);
	assert_int_equal(snapshot_set_get(f->txn, &b, &found), 0);
	assert_int_equal(found.alone, 3);
	assert_true(found.io == UINT32_MAX);
	assert_int_equal(
		snapshot_set_next(f->txn, &a.run, INT64_MIN, &time_us, &found), 0);
	assert_int_equal(time_us, -7);
	assert_int_equal(snapshot_set_next(f->txn, &a.run, -7, &time_us, &found), 0);
	assert_int_equal(time_us, 20);
	assert_int_equal(snapshot_set_next(f->txn, &a.run, 20, &time_us, &found), 1);
}

static void a_snapshot_is_among_the_runs_of_its_job_alone(void **state)
{
	struct fixture *f = *state;
	struct run_position position = at(10, 5);

	assert_int_equal(snapshot_index_add(f->txn, 2, &position), 0);
	assert_int_equal(next(f, 2, RUN_NEWER, run_position_first), 5);
	assert_int_equal(next(f, 0, RUN_NEWER, run_position_first), 0);
	assert_int_equal(snapshot_index_remove(f->txn, 2, &position), 0);
	assert_int_equal(next(f, 2, RUN_NEWER, run_position_first), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_run_comes_back_as_it_was_put),
		STORE_TEST(a_run_with_the_most_and_the_widest_values_comes_back),
		STORE_TEST(a_run_that_neither_started_nor_ended_comes_back),
		STORE_TEST(a_run_tells_who_started_it),
		STORE_TEST(a_run_that_only_its_children_name_comes_back),
		STORE_TEST(a_run_of_a_job_named_unknown_has_it_of_its_own),
		STORE_TEST(a_usual_run_is_small),
		STORE_TEST(more_events_than_a_record_keeps_are_refused),
		STORE_TEST(runs_of_a_job_are_walked_in_both_directions),
		STORE_TEST(all_observed_runs_are_walked_by_time),
		STORE_TEST(a_removed_row_is_in_neither_index),
		STORE_TEST(a_lane_is_counted_alone),
		STORE_TEST(positions_order_by_start_then_by_id),
		STORE_TEST(a_static_event_is_known_by_its_hash),
		STORE_TEST(static_events_are_visited_in_order_of_hashes),
		STORE_TEST(a_declaration_is_kept_by_owner_lane_and_position),
		STORE_TEST(snapshots_of_a_run_are_walked_by_time),
		STORE_TEST(a_snapshot_is_among_the_runs_of_its_job_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
