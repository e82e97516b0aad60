/* SPDX-License-Identifier: Apache-2.0 */

/* test_segment.c - segments of timelines */

#include "store_fixture.h"

#include "graph/timeline.h"

static struct run_position at(int64_t start_us, uint8_t n)
{
	return (struct run_position){ start_us, { { n } } };
}

static void put(
	struct fixture *f, node_id job, int64_t start_us, int64_t settled_us, ioset_id io)
{
	struct segment segment = { at(start_us, 1), settled_us, io };

	assert_int_equal(segment_put(f->txn, job, EVIDENCE_OBSERVED, &segment), 0);
}

static void a_segment_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	struct run_position position = at(100, 1);
	struct segment found;

	put(f, 2, 100, 250, 7);
	assert_int_equal(
		segment_floor(f->txn, 2, EVIDENCE_OBSERVED, &position, &found), 0);
	assert_int_equal(run_position_compare(&found.first, &position), 0);
	assert_int_equal(found.settled_us, 250);
	assert_int_equal(found.io, 7);
}

static void a_segment_that_is_not_settled_says_so(void **state)
{
	struct fixture *f = *state;
	struct segment found;

	put(f, 2, 100, TIME_OPEN, 7);
	assert_int_equal(
		segment_floor(f->txn, 2, EVIDENCE_OBSERVED, &run_position_last, &found),
		0);
	assert_true(found.settled_us == TIME_OPEN);
	put(f, 2, 100, INT64_MIN, 7);
	assert_int_equal(
		segment_floor(f->txn, 2, EVIDENCE_OBSERVED, &run_position_last, &found),
		0);
	assert_true(found.settled_us == INT64_MIN);
}

/* Start of the segment that a position belongs to; -1: none. */
static int64_t floor_of(struct fixture *f, node_id job, struct run_position position)
{
	struct segment found;
	int r = segment_floor(f->txn, job, EVIDENCE_OBSERVED, &position, &found);

	assert_in_range(r, 0, 1);
	return r ? -1 : found.first.start_us;
}

static int64_t next_of(struct fixture *f, node_id job, struct run_position position)
{
	struct segment found;
	int r = segment_next(f->txn, job, EVIDENCE_OBSERVED, &position, &found);

	assert_in_range(r, 0, 1);
	return r ? -1 : found.first.start_us;
}

static void a_position_belongs_to_the_segment_before_it(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 50, TIME_OPEN, 1);
	put(f, 2, 100, TIME_OPEN, 1);
	put(f, 2, 200, TIME_OPEN, 2);
	put(f, 3, 10, TIME_OPEN, 1);
	assert_int_equal(floor_of(f, 2, at(99, 255)), -1);
	assert_int_equal(floor_of(f, 2, at(100, 0)), -1);
	assert_int_equal(floor_of(f, 2, at(100, 1)), 100);
	assert_int_equal(floor_of(f, 2, at(150, 0)), 100);
	assert_int_equal(floor_of(f, 2, run_position_last), 200);
	assert_int_equal(floor_of(f, 4, run_position_last), -1);
}

static void segments_follow_one_another(void **state)
{
	struct fixture *f = *state;

	put(f, 2, 100, TIME_OPEN, 1);
	put(f, 2, 200, TIME_OPEN, 2);
	put(f, 3, 300, TIME_OPEN, 1);
	assert_int_equal(next_of(f, 2, run_position_first), 100);
	assert_int_equal(next_of(f, 2, at(100, 1)), 200);
	assert_int_equal(next_of(f, 2, at(200, 1)), -1);
}

static void lanes_do_not_mix(void **state)
{
	struct fixture *f = *state;
	struct segment found;

	put(f, 2, 100, TIME_OPEN, 1);
	assert_int_equal(
		segment_floor(f->txn, 2, EVIDENCE_DECLARED, &run_position_last, &found),
		1);
	assert_int_equal(
		segment_next(f->txn, 2, EVIDENCE_DECLARED, &run_position_first, &found),
		1);
}

static void a_removed_segment_is_gone(void **state)
{
	struct fixture *f = *state;
	struct run_position first = at(200, 1);

	put(f, 2, 100, TIME_OPEN, 1);
	put(f, 2, 200, TIME_OPEN, 2);
	assert_int_equal(segment_remove(f->txn, 2, EVIDENCE_OBSERVED, &first), 0);
	assert_int_equal(floor_of(f, 2, run_position_last), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_segment_comes_back_as_it_was_put),
		STORE_TEST(a_segment_that_is_not_settled_says_so),
		STORE_TEST(a_position_belongs_to_the_segment_before_it),
		STORE_TEST(segments_follow_one_another),
		STORE_TEST(lanes_do_not_mix),
		STORE_TEST(a_removed_segment_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
