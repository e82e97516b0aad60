/* SPDX-License-Identifier: Apache-2.0 */

/* test_tally.c - how much there was in each hour, as it is stored */

#include "store_fixture.h"

#include "graph/store/store_impl.h"
#include "graph/tally.h"

#include <string.h>

static void add(struct fixture *f, int64_t hour, int counter, int64_t change)
{
	int64_t changes[TALLY_COUNTERS] = { 0 };

	changes[counter] = change;
	assert_int_equal(tally_add(f->txn, hour, changes), 0);
}

static uint64_t count(struct fixture *f, int64_t from, int64_t to, int counter)
{
	struct tally tally;

	assert_int_equal(tally_get(f->txn, from, to, &tally), 0);
	return tally.counts[counter];
}

struct seen {
	char text[256];
	size_t len;
};

static int see(void *ctx, const struct tally *tally)
{
	struct seen *seen = ctx;

	seen->len += (size_t)snprintf(seen->text + seen->len,
		sizeof(seen->text) - seen->len, "%lld ", (long long)tally->hour);
	return tally->hour == 9 ? 42 : 0;
}

/* The hours that have a row. */
static const char *hours(struct fixture *f, int result)
{
	static struct seen seen;

	seen = (struct seen){ .len = 0 };
	assert_int_equal(tally_each(f->txn, see, &seen), result);
	return seen.text;
}

static void an_hour_begins_at_its_first_microsecond(void **state)
{
	(void)state;
	assert_int_equal(tally_hour(0), 0);
	assert_int_equal(tally_hour(TALLY_HOUR_US - 1), 0);
	assert_int_equal(tally_hour(TALLY_HOUR_US), 1);
	assert_int_equal(tally_hour(-1), -1);
	assert_int_equal(tally_hour(-TALLY_HOUR_US), -1);
	assert_int_equal(tally_hour(-TALLY_HOUR_US - 1), -2);
	assert_true(tally_hour(INT64_MIN) < tally_hour(INT64_MAX));
}

static void hours_are_added_up_without_the_last(void **state)
{
	struct fixture *f = *state;

	add(f, 5, TYPE_START, 2);
	add(f, 6, TYPE_START, 3);
	add(f, 6, TYPE_FAIL, 1);
	add(f, 7, TYPE_START, 100);
	assert_int_equal(count(f, 5, 7, TYPE_START), 5);
	assert_int_equal(count(f, 5, 7, TYPE_FAIL), 1);
	assert_int_equal(count(f, 6, 7, TYPE_START), 3);
	assert_int_equal(count(f, 8, 100, TYPE_START), 0);
	assert_int_equal(count(f, 7, 5, TYPE_START), 0);
	assert_int_equal(count(f, INT64_MIN, INT64_MAX, TYPE_START), 105);
}

static void what_is_added_in_parts_is_one_number(void **state)
{
	struct fixture *f = *state;

	add(f, 5, TALLY_JOBS, 1);
	add(f, 5, TALLY_DATASETS, 7);
	add(f, 5, TALLY_JOBS, 2);
	add(f, 5, TALLY_DATASETS, -4);
	assert_int_equal(count(f, 5, 6, TALLY_JOBS), 3);
	assert_int_equal(count(f, 5, 6, TALLY_DATASETS), 3);
}

static void hours_come_in_their_order_and_a_visitor_ends_the_walk(void **state)
{
	struct fixture *f = *state;

	add(f, 7, TYPE_START, 1);
	add(f, -3, TYPE_START, 1);
	add(f, 300, TYPE_START, 1);
	assert_string_equal(hours(f, 0), "-3 7 300 ");
	add(f, 9, TYPE_START, 1);
	assert_string_equal(hours(f, 42), "-3 7 9 ");
}

/* So that it does not matter whether it was there for a while. */
static void an_hour_of_which_nothing_is_left_has_no_row(void **state)
{
	struct fixture *f = *state;

	add(f, 5, TALLY_JOBS, 1);
	add(f, 6, TALLY_JOBS, 1);
	add(f, 5, TALLY_JOBS, -1);
	assert_string_equal(hours(f, 0), "6 ");
	add(f, 8, TALLY_JOBS, 0);
	assert_string_equal(hours(f, 0), "6 ");
}

/* Byte for byte as docs/STORAGE.md shows it. */
static void an_hour_is_stored_as_documented(void **state)
{
	static const char expected[] = "\1\0\1\0\0\0\0"
				       "\xac\x02\0\xdc\x80\x2f\xa3";
	struct fixture *f = *state;
	struct store_key key;
	struct slice row;

	add(f, 472222, TYPE_START, 1);
	add(f, 472222, TALLY_DATASETS, 300);
	key_start(&key);
	key_put_bytes(&key, SLICE("\x80\0\0\0\0\x07\x34\x9e"));
	assert_int_equal(db_get(f->txn, DB_TALLY, &key, &row), 0);
	assert_int_equal(row.len, sizeof(expected) - 1);
	assert_memory_equal(row.ptr, expected, row.len);
}

static void no_counter_goes_below_nothing(void **state)
{
	struct fixture *f = *state;
	const int64_t changes[TALLY_COUNTERS] = { [TALLY_JOBS] = -2 };

	add(f, 5, TALLY_JOBS, 1);
	assert_int_equal(tally_add(f->txn, 5, changes), ERR_CORRUPT);
	assert_int_equal(store_commit(TAKE(f->txn)), ERR_CORRUPT);
}

static void a_damaged_row_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct tally tally;
	struct store_key key;

	key_start(&key);
	key_put_time(&key, 5);
	assert_int_equal(db_put(f->txn, DB_TALLY, &key, SLICE("\1noise....")), 0);
	assert_int_equal(tally_get(f->txn, 5, 6, &tally), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_hour_begins_at_its_first_microsecond),
		STORE_TEST(hours_are_added_up_without_the_last),
		STORE_TEST(what_is_added_in_parts_is_one_number),
		STORE_TEST(hours_come_in_their_order_and_a_visitor_ends_the_walk),
		STORE_TEST(an_hour_of_which_nothing_is_left_has_no_row),
		STORE_TEST(an_hour_is_stored_as_documented),
		STORE_TEST(no_counter_goes_below_nothing),
		STORE_TEST(a_damaged_row_is_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
