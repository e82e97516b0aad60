/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_metrics.c - the table is well formed, and counting counts
 */
#include "base/metrics.h"

#include <pthread.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_row_has_a_name_of_its_own_and_a_help_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		assert_int_equal(strncmp(metric_rows[i].name, "headwater_", 10), 0);
		assert_true(strlen(metric_rows[i].help) > 10);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(metric_rows[i].name, metric_rows[j].name);
	}
}

static int ends_in(const char *name, const char *end)
{
	size_t n = strlen(name);
	size_t m = strlen(end);

	return n > m && strcmp(name + n - m, end) == 0;
}

static void names_say_what_kind_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		enum metric_kind kind = metric_rows[i].kind;
		const char *name = metric_rows[i].name;

		assert_int_equal(ends_in(name, "_total"), kind == METRIC_COUNTER);
		assert_int_equal(ends_in(name, "_seconds"), kind == METRIC_HISTOGRAM);
	}
}

static void bounds_rise(void **state)
{
	(void)state;
	for (size_t i = 1; i < METRIC_BUCKETS; i++)
		assert_true(metric_bounds_us[i] > metric_bounds_us[i - 1]);
}

static void a_counter_adds_and_a_gauge_is_set(void **state)
{
	(void)state;
	metric_add(M_EVENTS_ACCEPTED, 2);
	metric_add(M_EVENTS_ACCEPTED, 3);
	metric_set(M_GRAPH_NODES, 9);
	metric_set(M_GRAPH_NODES, 7);
	metric_add(M_GRAPH_NODES, -1);
	assert_int_equal(metric_get(M_EVENTS_ACCEPTED), 5);
	assert_int_equal(metric_get(M_GRAPH_NODES), 6);
	assert_int_equal(metric_get(M_EVENTS_REFUSED), 0);
}

static void an_observation_falls_into_the_bucket_that_bounds_it(void **state)
{
	(void)state;
	uint64_t counts[METRIC_BUCKETS + 1];
	int64_t sum;

	metric_observe_us(M_QUERY_TIME, 0);
	metric_observe_us(M_QUERY_TIME, metric_bounds_us[0]);
	metric_observe_us(M_QUERY_TIME, metric_bounds_us[0] + 1);
	metric_observe_us(M_QUERY_TIME, metric_bounds_us[METRIC_BUCKETS - 1] + 1);
	metric_histogram(M_QUERY_TIME, counts, &sum);
	assert_int_equal(counts[0], 2);
	assert_int_equal(counts[1], 1);
	assert_int_equal(counts[METRIC_BUCKETS], 1);
	assert_int_equal(sum, 10000202);
}

static void *count_many(void *unused)
{
	(void)unused;
	for (int i = 0; i < 10000; i++)
		metric_add(M_LOG_BYTES, 1);
	return NULL;
}

static void no_count_of_any_thread_is_lost(void **state)
{
	(void)state;
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_many, NULL), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(metric_get(M_LOG_BYTES), 40000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_a_name_of_its_own_and_a_help_line),
		cmocka_unit_test(names_say_what_kind_they_are),
		cmocka_unit_test(bounds_rise),
		cmocka_unit_test(a_counter_adds_and_a_gauge_is_set),
		cmocka_unit_test(an_observation_falls_into_the_bucket_that_bounds_it),
		cmocka_unit_test(no_count_of_any_thread_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
