/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_recent.c - what is on its way is remembered until it is published
 */
#include "collector/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void an_event_on_its_way_is_known_by_its_hash(void **state)
{
	(void)state;
	AUTO(recent) struct recent *recent = recent_new();
	uint64_t sequence = 0;

	recent_add(recent, 77, 1, 0);
	assert_int_equal(recent_find(recent, 77, &sequence), 0);
	assert_int_equal(sequence, 1);
	assert_int_equal(recent_find(recent, 78, &sequence), 1);
}

static void the_hash_zero_is_a_hash_like_others(void **state)
{
	(void)state;
	AUTO(recent) struct recent *recent = recent_new();
	uint64_t sequence = 0;

	recent_add(recent, 0, 5, 0);
	assert_int_equal(recent_find(recent, 0, &sequence), 0);
	assert_int_equal(sequence, 5);
}

static void what_is_not_published_is_never_forgotten_within_the_window(void **state)
{
	(void)state;
	AUTO(recent) struct recent *recent = recent_new();
	uint64_t sequence;

	for (uint64_t i = 1; i <= 200000; i++)
		recent_add(recent, i * 7919, i, 0);
	for (uint64_t i = 1; i <= 200000; i++) {
		assert_int_equal(recent_find(recent, i * 7919, &sequence), 0);
		assert_int_equal(sequence, i);
	}
}

static void what_is_published_is_forgotten_in_time(void **state)
{
	(void)state;
	AUTO(recent) struct recent *recent = recent_new();
	uint64_t sequence;

	for (uint64_t i = 1; i <= 100000; i++)
		recent_add(recent, i * 7919, i, i - 1);
	assert_int_equal(recent_find(recent, 7919, &sequence), 1);
	assert_int_equal(recent_find(recent, 100000 * UINT64_C(7919), &sequence), 0);
}

static void after_a_clear_nothing_is_known(void **state)
{
	(void)state;
	AUTO(recent) struct recent *recent = recent_new();
	uint64_t sequence;

	recent_add(recent, 77, 1, 0);
	recent_clear(recent);
	assert_int_equal(recent_find(recent, 77, &sequence), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_on_its_way_is_known_by_its_hash),
		cmocka_unit_test(the_hash_zero_is_a_hash_like_others),
		cmocka_unit_test(
			what_is_not_published_is_never_forgotten_within_the_window),
		cmocka_unit_test(what_is_published_is_forgotten_in_time),
		cmocka_unit_test(after_a_clear_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
