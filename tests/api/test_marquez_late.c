/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_late.c - answers of Marquez's API that take too long, or too much room
 */
#include "fixture.h"

#include "api/json_auto.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* More than are read between looks at the clock. */
#define MANY	  1100
#define EVENT_MAX 1024
#define NS	  "/api/v1/namespaces/n"

static struct fixture f;

static void add(const char *fmt, int i)
{
	char event[EVENT_MAX];
	int n;

	/* The events are those of this file. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = snprintf(event, sizeof(event), fmt, i / 60, i % 60, i);
#pragma GCC diagnostic pop
	assert_true(n > 0 && n < EVENT_MAX);
	fixture_add(&f, slice_of(event, (size_t)n), clock_now_us());
}

/* Many datasets, a job with many runs, and a dataset with many versions. */
static int begin(void **state)
{
	(void)state;
	fixture_open(&f);
	for (int i = 0; i < MANY; i++) {
		add("{\"eventTime\":\"2026-08-01T00:%02d:%02dZ\",\"producer\":\"p\","
		    "\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"n\","
		    "\"name\":\"d%d\"}}",
			i);
		add("{\"eventTime\":\"2026-08-01T00:%02d:%02dZ\",\"producer\":\"p\","
		    "\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"v\","
		    "\"name\":\"d\",\"facets\":{\"schema\":{\"fields\":[{\"name\":"
		    "\"c%d\"}]}}}}",
			i);
		add("{\"eventTime\":\"2026-08-01T00:%02d:%02dZ\",\"producer\":\"p\","
		    "\"eventType\":\"COMPLETE\",\"job\":{\"namespace\":\"j\","
		    "\"name\":\"j\"},\"run\":{\"runId\":"
		    "\"0197a3c1-0000-7000-8000-%012d\"},"
		    "\"inputs\":[{\"namespace\":\"j\",\"name\":\"t\"}],"
		    "\"outputs\":[{\"namespace\":\"j\",\"name\":\"t\"}]}",
			i);
	}
	fixture_publish(&f);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static void ask(const char *path, const char *query, int status)
{
	struct reply reply;

	fixture_get(&f, path, query, &reply);
	if (reply.status != status)
		fail_msg("%s: %d %.*s", path, reply.status, (int)reply.body.len,
			reply.body.data);
	reply_fini(&reply);
}

/* In time it is answered, and late it is not answered with a part that looks whole. */
static void needs_time(const char *path, const char *query)
{
	ask(path, query, 200);
	f.deadline_us = clock_monotonic_us() - 1;
	ask(path, query, 503);
	f.deadline_us = 0;
}

static void a_list_that_cannot_be_counted_in_time_is_refused(void **state)
{
	(void)state;
	needs_time(NS "/datasets", "limit=1");
	needs_time("/api/v1/sources", "limit=1");
}

static void what_a_namespace_has_last_is_never_guessed(void **state)
{
	(void)state;
	needs_time(NS, "");
	needs_time("/api/v1/namespaces", "");
}

static void the_versions_of_a_dataset_are_found_in_time_or_not_at_all(void **state)
{
	(void)state;
	needs_time("/api/v1/namespaces/v/datasets/d/versions", "limit=1");
}

static void runs_are_passed_over_in_time(void **state)
{
	(void)state;
	needs_time("/api/v1/namespaces/j/jobs/j/runs", "offset=1000&limit=1");
}

static void every_version_of_a_dataset_is_there_once(void **state)
{
	AUTO(json)
	json_t *answer = fixture_json(
		&f, "/api/v1/namespaces/v/datasets/d/versions", "limit=2&offset=1098");
	json_t *oldest = json_array_get(json_object_get(answer, "versions"), 1);

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(answer, "totalCount")), MANY);
	assert_string_equal(json_string_value(json_object_get(oldest, "createdAt")),
		"2026-08-01T00:00:00Z");
}

/* The members of an array of an answer that has little room. */
static size_t count_in_short(
	const char *path, const char *query, const char *member, const char *truncated)
{
	AUTO(json) json_t *answer = NULL;
	const char *why;

	f.body_max = 16384;
	answer = fixture_json(&f, path, query);
	f.body_max = 0;
	why = json_string_value(json_object_get(answer, "truncated"));
	if (truncated)
		assert_string_equal(why, truncated);
	else
		assert_null(why);
	return json_array_size(json_object_get(answer, member));
}

static void a_page_of_hits_ends_before_its_room_does(void **state)
{
	size_t count =
		count_in_short("/api/v1/search", "q=d&limit=10000000", "results", NULL);

	(void)state;
	assert_true(count > 1 && count < MANY);
}

static void runs_before_a_run_that_have_no_room_are_left_out(void **state)
{
	size_t count = count_in_short("/api/v1/runlineage/upstream",
		"runId=0197a3c1-0000-7000-8000-000000001099&depth=1000", "runs", "size");

	(void)state;
	assert_true(count > 1 && count < MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_that_cannot_be_counted_in_time_is_refused),
		cmocka_unit_test(what_a_namespace_has_last_is_never_guessed),
		cmocka_unit_test(
			the_versions_of_a_dataset_are_found_in_time_or_not_at_all),
		cmocka_unit_test(runs_are_passed_over_in_time),
		cmocka_unit_test(every_version_of_a_dataset_is_there_once),
		cmocka_unit_test(a_page_of_hits_ends_before_its_room_does),
		cmocka_unit_test(runs_before_a_run_that_have_no_room_are_left_out),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
