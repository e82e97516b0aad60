/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_entities.c - what Marquez's lists and objects have in odd cases
 *
 * The usual ones are in tests/cases/marquez.
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EVENT_MAX      1024
#define PATH_MAX_BYTES 512
#define RECEIVED_US    INT64_C(1785542400000000) /* 2026-08-01 */
#define DAY_US	       INT64_C(86400000000)

static struct fixture fixture;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static void add(const char *event)
{
	fixture_add(&fixture, slice_from(event), RECEIVED_US);
}

/* A completed run of a job that writes one dataset; facets is "" or ","-ended. */
static void add_write(
	unsigned second, const char *job, const char *dataset, const char *facets)
{
	char text[EVENT_MAX];

	(void)snprintf(text, sizeof(text),
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T00:%02u:%02uZ\","
		"\"run\":{\"runId\":\"run %u\"},"
		"\"job\":{\"namespace\":\"ns\",\"name\":\"%s\"},\"outputs\":["
		"{\"namespace\":\"ns\",\"name\":\"%s\",\"facets\":{%s}}]}",
		second / 60, second % 60, second, job, dataset, facets);
	add(text);
}

static void add_child(unsigned second, const char *job, const char *parent)
{
	char text[EVENT_MAX];

	(void)snprintf(text, sizeof(text),
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T00:00:%02uZ\","
		"\"run\":{\"runId\":\"run %u\",\"facets\":{\"parent\":{"
		"\"run\":{\"runId\":\"run of %s\"},"
		"\"job\":{\"namespace\":\"ns\",\"name\":\"%s\"}}}},"
		"\"job\":{\"namespace\":\"ns\",\"name\":\"%s\"}}",
		second, second, parent, parent, job);
	add(text);
}

static void add_note(const char *second, const char *kind, const char *name)
{
	char text[EVENT_MAX];

	(void)snprintf(text, sizeof(text),
		"{\"eventTime\":\"2026-08-01T00:00:%sZ\",\"note\":{\"kind\":\"%s\","
		"\"name\":%s,\"content\":{}}}",
		second, kind, name);
	add(text);
}

static json_t *ask(const char *path, const char *query)
{
	return fixture_json(&fixture, path, query);
}

static int status_of(const char *path)
{
	struct reply reply;
	int status;

	fixture_get(&fixture, path, "", &reply);
	status = reply.status;
	reply_fini(&reply);
	return status;
}

/* The text at a member of what a path answers, which the caller frees. */
static char *text_at(const char *path, const char *member)
{
	json_t *json = ask(path, "");
	const char *text = json_string_value(json_object_get(json, member));
	char *copy = text ? strdup(text) : NULL;

	json_decref(json);
	return copy;
}

static void assert_text(const char *path, const char *member, const char *expected)
{
	char *text = text_at(path, member);

	if (!text)
		fail_msg("%s has no text %s", path, member);
	assert_string_equal(text, expected);
	free(text);
}

/* The names in a list, with a comma behind each. */
static void assert_names(
	const char *path, const char *query, const char *list, const char *expected)
{
	json_t *json = ask(path, query);
	char names[EVENT_MAX] = "";
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(json, list), i, item)
	{
		size_t n = strlen(names);

		(void)snprintf(names + n, sizeof(names) - n, "%s,",
			json_string_value(json_object_get(item, "name")));
	}
	assert_string_equal(names, expected);
	json_decref(json);
}

static json_int_t count_of(const char *path, const char *query)
{
	json_t *json = ask(path, query);
	json_int_t count = json_integer_value(json_object_get(json, "totalCount"));

	json_decref(json);
	return count;
}

static void jobs_that_start_each_other_are_shown_once_each(void **state)
{
	(void)state;
	add_child(1, "a", "b");
	add_child(2, "b", "c");
	add_child(3, "c", "a");
	fixture_publish(&fixture);
	assert_text("/api/v1/namespaces/ns/jobs/a", "name", "c.b.a");
	assert_text("/api/v1/namespaces/ns/jobs/c.b.a", "simpleName", "a");
	assert_text("/api/v1/namespaces/ns/jobs/b", "parentJobName", "a.c");
}

static void a_job_that_names_itself_as_its_parent_has_none(void **state)
{
	(void)state;
	add_child(1, "dag.task", "dag.task");
	fixture_publish(&fixture);
	assert_text("/api/v1/namespaces/ns/jobs/dag.task", "name", "dag.task");
	assert_text("/api/v1/namespaces/ns/jobs/dag.task", "simpleName", "dag.task");
}

static void of_two_jobs_the_one_that_is_shown_so_is_found(void **state)
{
	(void)state;
	add_child(1, "dag.task", "other");
	add_child(2, "task", "dag");
	fixture_publish(&fixture);
	assert_text("/api/v1/namespaces/ns/jobs/dag.task", "simpleName", "task");
	assert_text(
		"/api/v1/namespaces/ns/jobs/other.dag.task", "simpleName", "dag.task");
}

static void a_name_may_have_anything_in_it(void **state)
{
	(void)state;
	add_write(1, "50%/a b+c", "x?y#z", "");
	fixture_publish(&fixture);
	assert_text("/api/v1/namespaces/ns/jobs/50%25%2Fa%20b+c", "name", "50%/a b+c");
	assert_text("/api/v1/namespaces/ns/datasets/x%3Fy%23z", "name", "x?y#z");
}

#define SCHEMA(type)                                                                   \
	"\"schema\":{\"_producer\":\"p\",\"fields\":[{\"name\":\"a\",\"type\":\"" type \
	"\"}]}"

static void a_schema_that_returns_is_the_version_it_was(void **state)
{
	char *first;
	char *second;
	char *third;

	(void)state;
	add_write(1, "j", "d", SCHEMA("INT"));
	fixture_publish(&fixture);
	first = text_at("/api/v1/namespaces/ns/datasets/d", "currentVersion");
	add_write(2, "j", "d", SCHEMA("TEXT"));
	fixture_publish(&fixture);
	second = text_at("/api/v1/namespaces/ns/datasets/d", "currentVersion");
	add_write(3, "j", "d", SCHEMA("INT"));
	fixture_publish(&fixture);
	third = text_at("/api/v1/namespaces/ns/datasets/d", "currentVersion");
	assert_string_not_equal(first, second);
	assert_string_equal(first, third);
	assert_int_equal(count_of("/api/v1/namespaces/ns/datasets/d/versions", ""), 2);
	free(first);
	free(second);
	free(third);
}

/* The version of the one dataset that a run wrote. */
static void assert_wrote(unsigned second, const char *expected)
{
	char path[PATH_MAX_BYTES];
	const char *version;
	json_t *run;

	(void)snprintf(path, sizeof(path), "/api/v1/jobs/runs/run%%20%u", second);
	run = ask(path, "");
	assert_int_equal(json_unpack(run, "{s:[{s:{s:s}}]}", "outputDatasetVersions",
				 "datasetVersionId", "version", &version),
		0);
	assert_string_equal(version, expected);
	json_decref(run);
}

static void a_run_wrote_the_version_that_it_told(void **state)
{
	char *version;

	(void)state;
	add_write(1, "j", "d", SCHEMA("INT"));
	add_write(2, "j", "d", SCHEMA("TEXT"));
	add_write(3, "j", "d", SCHEMA("INT"));
	fixture_publish(&fixture);
	version = text_at("/api/v1/namespaces/ns/datasets/d", "currentVersion");
	assert_wrote(1, version);
	assert_wrote(3, version);
	free(version);
	add_write(4, "j", "d", SCHEMA("TEXT"));
	fixture_publish(&fixture);
	version = text_at("/api/v1/namespaces/ns/datasets/d", "currentVersion");
	assert_wrote(2, version);
	assert_wrote(4, version);
	free(version);
}

static void many_runs_of_one_schema_are_one_version(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++)
		add_write(i, "j", "d", SCHEMA("INT"));
	fixture_publish(&fixture);
	assert_int_equal(count_of("/api/v1/namespaces/ns/datasets/d/versions", ""), 1);
	assert_int_equal(count_of("/api/v1/namespaces/ns/jobs/j/runs", "limit=1"), 100);
}

static void what_else_a_facet_says_makes_no_version(void **state)
{
	(void)state;
	add_write(1, "j", "d", SCHEMA("INT"));
	add_write(2, "j", "d",
		"\"schema\":{\"_producer\":\"q\",\"fields\":[{\"type\":\"INT\","
		"\"name\":\"a\"}]}");
	fixture_publish(&fixture);
	assert_int_equal(count_of("/api/v1/namespaces/ns/datasets/d/versions", ""), 1);
}

/* Every version that the list has can be asked for by its UUID. */
static void assert_found(const char *path, unsigned expected)
{
	json_t *json = ask(path, "");
	json_t *item;
	size_t i;

	assert_int_equal(json_array_size(json_object_get(json, "versions")), expected);
	json_array_foreach(json_object_get(json, "versions"), i, item)
	{
		char one[PATH_MAX_BYTES];
		json_t *found;

		(void)snprintf(one, sizeof(one), "%s/%s", path,
			json_string_value(json_object_get(item, "version")));
		found = ask(one, "");
		assert_true(json_equal(found, item));
		json_decref(found);
	}
	json_decref(json);
}

static void every_version_is_found_by_its_uuid(void **state)
{
	(void)state;
	add_write(1, "j", "d", SCHEMA("INT"));
	add_write(2, "j", "d", SCHEMA("TEXT"));
	add_write(3, "j", "e", "");
	add_write(4, "j", "d", SCHEMA("TEXT"));
	fixture_publish(&fixture);
	assert_found("/api/v1/namespaces/ns/datasets/d/versions", 2);
	assert_found("/api/v1/namespaces/ns/datasets/e/versions", 1);
	assert_found("/api/v1/namespaces/ns/jobs/j/versions", 2);
}

static void a_job_that_returns_to_its_datasets_is_the_version_it_was(void **state)
{
	char *first;
	char *third;

	(void)state;
	add_write(1, "j", "d", "");
	fixture_publish(&fixture);
	first = text_at("/api/v1/namespaces/ns/jobs/j", "currentVersion");
	add_write(2, "j", "e", "");
	add_write(3, "j", "d", "");
	fixture_publish(&fixture);
	third = text_at("/api/v1/namespaces/ns/jobs/j", "currentVersion");
	assert_string_equal(first, third);
	assert_found("/api/v1/namespaces/ns/jobs/j/versions", 2);
	free(first);
	free(third);
}

static void what_is_hidden_is_in_no_list_until_it_is_heard_of(void **state)
{
	static const char lists[] = "/api/v1/namespaces/ns/datasets";

	(void)state;
	add_write(1, "j", "d", "");
	add_write(1, "j", "e", "");
	add_note("02", "hidden", "[\"dataset\",\"ns\",\"d\"]");
	fixture_publish(&fixture);
	assert_names(lists, "", "datasets", "e,");
	assert_int_equal(count_of(lists, ""), 1);
	assert_int_equal(status_of("/api/v1/namespaces/ns/datasets/d"), 404);
	add_write(3, "j", "d", "");
	fixture_publish(&fixture);
	assert_names(lists, "", "datasets", "d,e,");
	assert_int_equal(status_of("/api/v1/namespaces/ns/datasets/d"), 200);
}

static void a_hidden_namespace_hides_what_is_in_it(void **state)
{
	json_t *json;

	(void)state;
	add_write(1, "j", "d", "");
	add_note("02", "hidden", "[\"namespace\",\"ns\"]");
	fixture_publish(&fixture);
	assert_names("/api/v1/jobs", "", "jobs", "");
	assert_names("/api/v1/namespaces", "", "namespaces", "default,ns,");
	json = ask("/api/v1/namespaces/ns", "");
	assert_true(json_is_true(json_object_get(json, "isHidden")));
	json_decref(json);
	add_write(3, "k", "e", "");
	fixture_publish(&fixture);
	assert_names("/api/v1/jobs", "", "jobs", "k,");
	json = ask("/api/v1/namespaces/ns", "");
	assert_true(json_is_false(json_object_get(json, "isHidden")));
	json_decref(json);
}

static void pages_join_to_the_whole_list(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		char name[] = { 'j', (char)('0' + i), '\0' };

		add_write(i, name, name, "");
	}
	fixture_publish(&fixture);
	assert_names("/api/v1/jobs", "limit=2", "jobs", "j4,j3,");
	assert_names("/api/v1/jobs", "limit=2&offset=2", "jobs", "j2,j1,");
	assert_names("/api/v1/jobs", "limit=2&offset=4", "jobs", "j0,");
	assert_names("/api/v1/jobs", "limit=2147483647&offset=2147483647", "jobs", "");
	assert_names("/api/v1/namespaces/ns/datasets", "limit=2&offset=1", "datasets",
		"j1,j2,");
	assert_int_equal(count_of("/api/v1/jobs", "limit=0"), 5);
}

static void a_state_that_is_asked_for_counts(void **state)
{
	(void)state;
	add_write(1, "done", "d", "");
	add("{\"eventType\":\"FAIL\",\"eventTime\":\"2026-08-01T00:00:02Z\","
	    "\"run\":{\"runId\":\"f\"},\"job\":{\"namespace\":\"ns\",\"name\":\"bad\"}}");
	fixture_publish(&fixture);
	assert_names("/api/v1/jobs", "lastRunStates=failed", "jobs", "bad,");
	assert_int_equal(count_of("/api/v1/jobs", "lastRunStates=failed"), 1);
	assert_names("/api/v1/jobs", "lastRunStates=FAILED&lastRunStates=Completed",
		"jobs", "bad,done,");
}

static void times_have_no_digits_that_say_nothing(void **state)
{
	static const char *const times[] = { "00:00:01", "00:00:02.5", "00:00:03.000001",
		"00:00:04.12" };
	static const char *const shown[] = { "2026-08-01T00:00:01Z",
		"2026-08-01T00:00:02.500Z", "2026-08-01T00:00:03.000001Z",
		"2026-08-01T00:00:04.120Z" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		char event[EVENT_MAX];
		char path[PATH_MAX_BYTES];

		(void)snprintf(event, sizeof(event),
			"{\"eventTime\":\"2026-08-01T%sZ\",\"job\":{\"namespace\":\"ns\","
			"\"name\":\"j%zu\"}}",
			times[i], i);
		add(event);
		fixture_publish(&fixture);
		(void)snprintf(path, sizeof(path), "/api/v1/namespaces/ns/jobs/j%zu", i);
		assert_text(path, "createdAt", shown[i]);
	}
}

#define EVENTS_MAX 200

/* Adds the events of the cases from the last to the first. */
static void add_backwards(struct fixture *f)
{
	size_t len;
	char *text = fixture_read_file(HEADWATER_CASES "/marquez/events.ndjson", &len);
	const char *lines[EVENTS_MAX];
	size_t count = 0;

	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		assert_in_range(count, 0, EVENTS_MAX - 1);
		lines[count++] = line;
	}
	while (count > 0) {
		count--;
		fixture_add(f, slice_of(lines[count], strcspn(lines[count], "\n")),
			RECEIVED_US + 9 * DAY_US);
	}
	fixture_publish(f);
	free(text);
}

static void answers_do_not_depend_on_the_order_of_events(void **state)
{
	static const char *const paths[] = { "/api/v1/namespaces", "/api/v1/sources",
		"/api/v1/tags", "/api/v1/jobs", "/api/v1/namespaces/bakery/datasets",
		"/api/v1/namespaces/bakery/datasets/public.orders/versions",
		"/api/v1/namespaces/s3%3A%2F%2Flake/datasets",
		"/api/v1/namespaces/bakery/jobs/load_orders/runs",
		"/api/v1/namespaces/bakery/jobs/daily_sales/versions",
		"/api/v1/namespaces/bakery/jobs/nightly.bake.frost" };
	struct fixture other;

	(void)state;
	fixture_add_lines(&fixture, HEADWATER_CASES "/marquez/events.ndjson");
	fixture_open(&other);
	add_backwards(&other);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		json_t *forwards = ask(paths[i], "");
		json_t *backwards = fixture_json(&other, paths[i], "");

		if (!json_equal(forwards, backwards))
			fail_msg("%s depends on the order", paths[i]);
		json_decref(forwards);
		json_decref(backwards);
	}
	fixture_close(&other);
}

#define MQ_TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MQ_TEST(jobs_that_start_each_other_are_shown_once_each),
		MQ_TEST(a_job_that_names_itself_as_its_parent_has_none),
		MQ_TEST(of_two_jobs_the_one_that_is_shown_so_is_found),
		MQ_TEST(a_name_may_have_anything_in_it),
		MQ_TEST(a_schema_that_returns_is_the_version_it_was),
		MQ_TEST(a_run_wrote_the_version_that_it_told),
		MQ_TEST(many_runs_of_one_schema_are_one_version),
		MQ_TEST(what_else_a_facet_says_makes_no_version),
		MQ_TEST(every_version_is_found_by_its_uuid),
		MQ_TEST(a_job_that_returns_to_its_datasets_is_the_version_it_was),
		MQ_TEST(what_is_hidden_is_in_no_list_until_it_is_heard_of),
		MQ_TEST(a_hidden_namespace_hides_what_is_in_it),
		MQ_TEST(pages_join_to_the_whole_list),
		MQ_TEST(a_state_that_is_asked_for_counts),
		MQ_TEST(times_have_no_digits_that_say_nothing),
		MQ_TEST(answers_do_not_depend_on_the_order_of_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
