/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_memo.c - what an event said, for the next event that says the same
 */
#include "graph/memo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct hash128 hash_of(uint64_t lo, uint64_t hi)
{
	return (struct hash128){ .lo = lo, .hi = hi };
}

static void add(struct memo *memo, struct hash128 hash, node_id job)
{
	struct memo_entry *entry = memo_add(memo, hash, 2);

	assert_non_null(entry);
	entry->owner = job;
}

static node_id job_of(const struct memo *memo, struct hash128 hash)
{
	const struct memo_entry *entry = memo_find(memo, hash);

	return entry ? entry->owner : 0;
}

static void an_entry_is_found_by_all_of_its_hash(void **state)
{
	AUTO(memo) struct memo *memo = NULL;

	(void)state;
	assert_int_equal(memo_new(&memo), 0);
	add(memo, hash_of(1, 1), 7);
	assert_int_equal(job_of(memo, hash_of(1, 1)), 7);
	assert_int_equal(job_of(memo, hash_of(1, 2)), 0);
	assert_int_equal(job_of(memo, hash_of(2, 1)), 0);
}

static void the_same_hash_again_replaces_its_entry(void **state)
{
	AUTO(memo) struct memo *memo = NULL;

	(void)state;
	assert_int_equal(memo_new(&memo), 0);
	add(memo, hash_of(1, 1), 7);
	add(memo, hash_of(1, 2), 8);
	add(memo, hash_of(1, 2), 9);
	assert_int_equal(job_of(memo, hash_of(1, 1)), 7);
	assert_int_equal(job_of(memo, hash_of(1, 2)), 9);
}

static void of_three_in_one_place_the_oldest_goes(void **state)
{
	AUTO(memo) struct memo *memo = NULL;

	(void)state;
	assert_int_equal(memo_new(&memo), 0);
	add(memo, hash_of(1, 1), 7);
	add(memo, hash_of(1, 2), 8);
	add(memo, hash_of(1, 3), 9);
	assert_int_equal(job_of(memo, hash_of(1, 1)), 0);
	assert_int_equal(job_of(memo, hash_of(1, 2)), 8);
	assert_int_equal(job_of(memo, hash_of(1, 3)), 9);
}

static void an_event_with_very_many_nodes_is_not_kept(void **state)
{
	AUTO(memo) struct memo *memo = NULL;

	(void)state;
	assert_int_equal(memo_new(&memo), 0);
	assert_null(memo_add(memo, hash_of(1, 1), 100000));
	assert_null(memo_find(memo, hash_of(1, 1)));
}

static void what_is_kept_in_all_has_a_limit(void **state)
{
	AUTO(memo) struct memo *memo = NULL;
	uint64_t found = 0;

	(void)state;
	assert_int_equal(memo_new(&memo), 0);
	for (uint64_t i = 0; i < 2000; i++)
		assert_non_null(memo_add(memo, hash_of(i, i), 4096));
	for (uint64_t i = 0; i < 2000; i++)
		found += memo_find(memo, hash_of(i, i)) != NULL;
	assert_true(found > 0 && found <= 256);
	memo_clear(memo);
	assert_null(memo_find(memo, hash_of(1999, 1999)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_found_by_all_of_its_hash),
		cmocka_unit_test(the_same_hash_again_replaces_its_entry),
		cmocka_unit_test(of_three_in_one_place_the_oldest_goes),
		cmocka_unit_test(an_event_with_very_many_nodes_is_not_kept),
		cmocka_unit_test(what_is_kept_in_all_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
