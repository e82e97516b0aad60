/* SPDX-License-Identifier: Apache-2.0 */

/* test_run_event.c - events of long runs, beside the runs' records */

#include "store_fixture.h"

#include "graph/run.h"
#include "graph/store/store_impl.h"

static const struct runid run_a = { { 1 } };
static const struct runid run_b = { { 2 } };

static void add(struct fixture *f, const struct runid *run, int64_t time_us,
	uint64_t hash, int result)
{
	const struct run_event event = { time_us, hash, 100 + hash };

	assert_int_equal(run_event_add(f->txn, run, &event), result);
}

static void a_second_one_is_known(void **state)
{
	struct fixture *f = *state;
	const struct run_event first = { 5, 7, 0 };
	const struct run_event again = { 5, 7, 999 };
	uint64_t sequence;

	assert_int_equal(run_event_find(f->txn, &run_a, &first, &sequence), 1);
	add(f, &run_a, 5, 7, 0);
	assert_int_equal(run_event_add(f->txn, &run_a, &again), 1);
	assert_int_equal(run_event_find(f->txn, &run_a, &first, &sequence), 0);
	assert_int_equal(sequence, 107);
}

static void run_time_and_hash_tell_events_apart(void **state)
{
	struct fixture *f = *state;

	add(f, &run_a, 5, 7, 0);
	add(f, &run_b, 5, 7, 0);
	add(f, &run_a, 6, 7, 0);
	add(f, &run_a, 5, 8, 0);
	add(f, &run_a, 5, 8, 1);
}

struct seen {
	char text[64];
	size_t len;
};

static int see(void *ctx, const struct run_event *event)
{
	struct seen *seen = ctx;

	seen->len += (size_t)snprintf(seen->text + seen->len,
		sizeof(seen->text) - seen->len, "%lld/%llu ", (long long)event->time_us,
		(unsigned long long)event->sequence);
	return event->time_us == 9 ? 42 : 0;
}

static void those_of_a_run_come_oldest_first(void **state)
{
	struct fixture *f = *state;
	struct seen seen = { .len = 0 };

	add(f, &run_a, 5, 2, 0);
	add(f, &run_a, -5, 1, 0);
	add(f, &run_b, 0, 3, 0);
	assert_int_equal(run_event_each(f->txn, &run_a, see, &seen), 0);
	assert_string_equal(seen.text, "-5/101 5/102 ");
	add(f, &run_a, 9, 4, 0);
	add(f, &run_a, 10, 5, 0);
	seen.len = 0;
	assert_int_equal(run_event_each(f->txn, &run_a, see, &seen), 42);
}

static void a_damaged_one_is_corrupt(void **state)
{
	struct fixture *f = *state;
	const struct run_event event = { 5, 7, 0 };
	struct seen seen = { .len = 0 };
	struct store_key key;
	uint64_t sequence;

	key_start(&key);
	key_put_runid(&key, &run_a);
	key_put_time(&key, 5);
	key_put_u64(&key, 7);
	assert_int_equal(db_put(f->txn, DB_RUN_EVENT, &key, SLICE("\1noise")), 0);
	assert_int_equal(run_event_each(f->txn, &run_a, see, &seen), ERR_CORRUPT);
	assert_int_equal(run_event_find(f->txn, &run_a, &event, &sequence), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_second_one_is_known),
		STORE_TEST(run_time_and_hash_tell_events_apart),
		STORE_TEST(those_of_a_run_come_oldest_first),
		STORE_TEST(a_damaged_one_is_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
