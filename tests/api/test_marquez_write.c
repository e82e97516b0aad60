/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_write.c - what Marquez's clients write, and read again
 */
#include "base/clock.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NS  "/api/v1/namespaces/shop"
#define RUN "0197a3c1-0000-7000-8000-000000000001"

static struct fixture fixture;
static struct reply reply; /* of the last question */

static void write_to(const char *method, const char *path, const char *query,
	const char *body, int status)
{
	const struct question question = { method, path, query, slice_from(body) };

	reply_fini(&reply);
	fixture_write(&fixture, &question, clock_now_us(), &reply);
	if (reply.status != status)
		fail_msg("%s %s: %d %.*s", method, path, reply.status,
			(int)reply.body.len, reply.body.data);
}

static void put(const char *path, const char *body)
{
	write_to("PUT", path, "", body, 200);
}

static void post(const char *path)
{
	write_to("POST", path, "", "", 200);
}

static void remove_at(const char *path)
{
	write_to("DELETE", path, "", "", 200);
}

static void expect(const char *part)
{
	buf_byte(&reply.body, '\0');
	if (!strstr(reply.body.data, part))
		fail_msg("%s is not in %s", part, reply.body.data);
}

static void expect_not(const char *part)
{
	buf_byte(&reply.body, '\0');
	if (strstr(reply.body.data, part))
		fail_msg("%s is in %s", part, reply.body.data);
}

static void refuse(const char *method, const char *path, const char *body, int status,
	const char *answer)
{
	write_to(method, path, "", body, status);
	assert_int_equal(reply.body.len, strlen(answer));
	assert_memory_equal(reply.body.data, answer, reply.body.len);
}

static void get(const char *path, int status)
{
	reply_fini(&reply);
	fixture_get(&fixture, path, "", &reply);
	assert_int_equal(reply.status, status);
}

/* A namespace with a source, two datasets and a job between them. */
static int set_up(void **state)
{
	(void)state;
	fixture_open(&fixture);
	reply_init(&reply);
	put(NS, "{\"ownerName\":\"me\",\"description\":\"a shop\"}");
	put("/api/v1/sources/pg",
		"{\"type\":\"MYSQL\",\"connectionUrl\":\"jdbc:mysql://db\"}");
	put(NS "/datasets/raw%2Forders",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"orders\",\"sourceName\":"
		"\"pg\","
		"\"fields\":[{\"name\":\"id\",\"type\":\"INT\",\"tags\":[\"KEY\"],"
		"\"description\":\"which\"}],\"tags\":[\"GOLD\"],"
		"\"description\":\"what was ordered\"}");
	put(NS "/datasets/daily",
		"{\"type\":\"STREAM\",\"physicalName\":\"daily\",\"sourceName\":\"pg\","
		"\"schemaLocation\":\"https://example.org/schema\"}");
	put(NS "/jobs/load",
		"{\"type\":\"STREAM\",\"inputs\":[{\"namespace\":\"shop\","
		"\"name\":\"raw/orders\"}],\"outputs\":[{\"namespace\":\"shop\","
		"\"name\":\"daily\"}],\"location\":\"https://example.org/load.py\","
		"\"description\":\"loads\"}");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	reply_fini(&reply);
	fixture_close(&fixture);
	return 0;
}

static void a_namespace_is_as_it_was_told(void **state)
{
	(void)state;
	get(NS, 200);
	expect("\"ownerName\":\"me\",\"description\":\"a shop\",\"isHidden\":false");
}

static void what_a_put_leaves_out_stands(void **state)
{
	(void)state;
	put(NS, "{\"ownerName\":\"you\",\"description\":null}");
	expect("\"ownerName\":\"you\",\"description\":\"a shop\"");
}

static void what_is_told_again_was_made_when_it_was_told_first(void **state)
{
	char first[TIME_TEXT_MAX + 32];
	const char *created;

	(void)state;
	get("/api/v1/sources/pg", 200);
	buf_byte(&reply.body, '\0');
	created = strstr(reply.body.data, "\"createdAt\"");
	assert_non_null(created);
	(void)snprintf(first, sizeof(first), "%.40s", created);
	put("/api/v1/sources/pg", "{\"type\":\"DB2\",\"connectionUrl\":\"x\"}");
	expect(first);
	expect("\"type\":\"DB2\"");
}

static void a_dataset_is_as_it_was_told(void **state)
{
	(void)state;
	get(NS "/datasets/raw%2Forders", 200);
	expect("\"type\":\"DB_TABLE\",\"name\":\"raw/orders\",\"physicalName\":"
	       "\"orders\"");
	expect("\"sourceName\":\"pg\",\"fields\":[{\"name\":\"id\",\"type\":\"INT\","
	       "\"tags\":[\"KEY\"],\"description\":\"which\"}],\"tags\":[\"GOLD\"]");
	expect("\"description\":\"what was ordered\"");
	expect("\"dataSource\":{\"_producer\":\"urn:headwater\"");
	expect("\"uri\":\"jdbc:mysql://db\"");
}

static void a_stream_says_where_its_schema_is(void **state)
{
	(void)state;
	get(NS "/datasets/daily", 200);
	expect("\"type\":\"STREAM\",\"name\":\"daily\",\"physicalName\":\"daily\","
	       "\"schemaLocation\":\"https://example.org/schema\"");
}

static void a_dataset_that_is_put_twice_has_one_version(void **state)
{
	const char *body = "{\"type\":\"DB_TABLE\",\"physicalName\":\"n\",\"sourceName\":"
			   "\"default\",\"fields\":[{\"name\":\"a\"}]}";

	(void)state;
	put(NS "/datasets/n", body);
	put(NS "/datasets/n", body);
	get(NS "/datasets/n/versions", 200);
	expect("\"totalCount\":1");
}

static void a_body_names_what_is_there(void **state)
{
	(void)state;
	refuse("PUT", "/api/v1/namespaces/none/datasets/x",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"x\",\"sourceName\":\"pg\"}",
		404, "{\"code\":404,\"message\":\"Namespace 'none' not found.\"}");
	refuse("PUT", NS "/datasets/x",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"x\",\"sourceName\":\"db\"}",
		404, "{\"code\":404,\"message\":\"Source 'db' not found.\"}");
	refuse("PUT", NS "/datasets/x",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"x\",\"sourceName\":\"pg\","
		"\"runId\":\"" RUN "\"}",
		404, "{\"code\":404,\"message\":\"Run '" RUN "' not found.\"}");
	refuse("PUT", NS "/jobs/x",
		"{\"type\":\"BATCH\",\"inputs\":[{\"namespace\":\"shop\",\"name\":\"y\"}]"
		"}",
		404, "{\"code\":404,\"message\":\"Dataset 'y' not found.\"}");
	get(NS "/datasets/x", 404);
}

static void a_body_without_what_it_needs_is_refused(void **state)
{
	(void)state;
	refuse("PUT", NS, "{}", 422, "{\"errors\":[\"ownerName must not be null\"]}");
	refuse("PUT", NS, "", 422, "{\"errors\":[\"ownerName must not be null\"]}");
	refuse("PUT", "/api/v1/sources/x", "{\"type\":\"T\",\"connectionUrl\":null}", 422,
		"{\"errors\":[\"connectionUrl must not be null\"]}");
	refuse("PUT", NS "/datasets/x", "{\"type\":\"DB_TABLE\"}", 422,
		"{\"errors\":[\"physicalName must not be null\"]}");
	refuse("PUT", NS "/jobs/x", "{\"inputs\":[]}", 422,
		"{\"errors\":[\"type must not be null\"]}");
	refuse("PUT", NS "/jobs/x", "{\"type\":\"BATCH\",\"inputs\":[{\"name\":\"x\"}]}",
		422, "{\"errors\":[\"inputs[0].namespace must not be null\"]}");
}

static void a_body_that_cannot_be_read_is_refused(void **state)
{
	(void)state;
	refuse("PUT", NS, "{\"ownerName\":1}", 400,
		"{\"code\":400,\"message\":\"/ownerName: must be a string\"}");
	refuse("PUT", NS, "[]", 400, "{\"code\":400,\"message\":\"must be an object\"}");
	write_to("PUT", NS, "", "{\"ownerName\":", 400);
	expect("{\"code\":400,\"message\":\"the body cannot be read as JSON");
	write_to("PUT", NS "/datasets/x", "",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"x\",\"sourceName\":\"pg\","
		"\"fields\":[{\"name\":\"a\",\"tags\":[1]}]}",
		400);
	expect("/fields/0/tags/0: must be a string");
}

static void a_name_that_no_event_may_have_is_no_path(void **state)
{
	const char *gone = "{\"code\":404,\"message\":\"HTTP 404 Not Found\"}";

	(void)state;
	refuse("PUT", "/api/v1/namespaces/%FF", "{\"ownerName\":\"x\"}", 404, gone);
	refuse("PUT", "/api/v1/namespaces/%20", "{\"ownerName\":\"x\"}", 404, gone);
	refuse("PUT", "/api/v1/tags/a%00b", "{}", 404, gone);
}

static void tags_come_and_go(void **state)
{
	(void)state;
	post(NS "/datasets/raw%2Forders/tags/NEW");
	expect("\"tags\":[\"GOLD\",\"NEW\"]");
	remove_at(NS "/datasets/raw%2Forders/tags/GOLD");
	expect("\"tags\":[\"NEW\"]");
	post(NS "/datasets/raw%2Forders/tags/GOLD");
	expect("\"tags\":[\"GOLD\",\"NEW\"]");
	post(NS "/jobs/load/tags/T");
	expect("\"tags\":[\"T\"]");
	remove_at(NS "/jobs/load/tags/T");
	expect("\"tags\":[]");
	refuse("POST", NS "/datasets/none/tags/NEW", "", 404,
		"{\"code\":404,\"message\":\"Dataset 'none' not found.\"}");
}

static void tags_of_fields_are_in_capitals(void **state)
{
	(void)state;
	post(NS "/datasets/raw%2Forders/fields/id/tags/pii");
	expect("\"tags\":[\"KEY\",\"PII\"]");
	remove_at(NS "/datasets/raw%2Forders/fields/id/tags/key");
	expect("\"tags\":[\"PII\"]");
	get("/api/v1/tags", 200);
	expect_not("\"key\"");
	refuse("POST", NS "/datasets/daily/fields/id/tags/pii", "", 404,
		"{\"code\":404,\"message\":\"Field 'id' not found for dataset "
		"'daily'.\"}");
}

static void a_tag_that_a_facet_told_can_be_taken_away(void **state)
{
	(void)state;
	fixture_add(&fixture,
		SLICE("{\"eventTime\":\"2026-08-01T00:00:00Z\",\"dataset\":{"
		      "\"namespace\":"
		      "\"shop\",\"name\":\"t\",\"facets\":{\"tags\":{\"tags\":[{\"key\":"
		      "\"a\",\"value\":\"\"},{\"key\":\"b\",\"value\":\"\"}]}}}}"),
		1);
	fixture_publish(&fixture);
	remove_at(NS "/datasets/t/tags/a");
	expect("\"tags\":[\"b\"]");
}

static void a_tag_in_small_letters_that_a_facet_told_can_be_taken_from_a_field(
	void **state)
{
	(void)state;
	fixture_add(&fixture,
		SLICE("{\"eventTime\":\"2026-08-01T00:00:00Z\",\"dataset\":{"
		      "\"namespace\":"
		      "\"shop\",\"name\":\"t\",\"facets\":{\"schema\":{\"fields\":[{"
		      "\"name\":\"f\"}]},\"tags\":{\"tags\":[{\"key\":\"a\",\"value\":"
		      "\"\",\"field\":\"f\"}]}}}}"),
		1);
	fixture_publish(&fixture);
	get(NS "/datasets/t", 200);
	expect("\"tags\":[\"a\"]");
	remove_at(NS "/datasets/t/fields/f/tags/a");
	expect("\"fields\":[{\"name\":\"f\",\"type\":null,\"tags\":[]");
}

static void a_tag_stays_in_the_list_when_nothing_has_it(void **state)
{
	(void)state;
	put("/api/v1/tags/COLD", "{\"description\":\"seldom read\"}");
	expect("{\"name\":\"COLD\",\"description\":\"seldom read\"}");
	remove_at(NS "/datasets/raw%2Forders/tags/GOLD");
	get("/api/v1/tags", 200);
	expect("{\"name\":\"COLD\",\"description\":\"seldom read\"}");
	expect("{\"name\":\"GOLD\",\"description\":null}");
}

static void a_job_is_as_it_was_told(void **state)
{
	(void)state;
	get(NS "/jobs/load", 200);
	expect("\"type\":\"STREAM\",\"name\":\"load\"");
	expect("\"inputs\":[{\"namespace\":\"shop\",\"name\":\"raw/orders\"}],"
	       "\"outputs\":[{\"namespace\":\"shop\",\"name\":\"daily\"}],"
	       "\"location\":\"https://example.org/load.py\",\"description\":\"loads\"");
	put(NS "/jobs/load",
		"{\"type\":\"BATCH\",\"inputs\":[],\"outputs\":[{\"namespace\":\"shop\","
		"\"name\":\"raw/orders\"}]}");
	expect("\"type\":\"BATCH\"");
	expect("\"inputs\":[],\"outputs\":[{\"namespace\":\"shop\",\"name\":\"raw/"
	       "orders\"}]");
	expect("\"description\":\"loads\"");
}

static void make_run(void)
{
	write_to("POST", NS "/jobs/load/runs", "",
		"{\"id\":\"" RUN "\",\"nominalStartTime\":\"2026-08-01T00:00:00Z\","
		"\"args\":{\"color\":\"red\"}}",
		201);
}

static void a_run_goes_through_its_states(void **state)
{
	(void)state;
	make_run();
	assert_string_equal(reply.location, "/api/v1/jobs/runs/" RUN);
	expect("\"nominalStartTime\":\"2026-08-01T00:00:00Z\"");
	expect("\"state\":\"NEW\",\"startedAt\":null");
	expect("\"color\":\"red\"");
	write_to("POST", "/api/v1/jobs/runs/" RUN "/start", "at=2026-08-01T00:00:01Z", "",
		200);
	expect("\"state\":\"RUNNING\",\"startedAt\":\"2026-08-01T00:00:01Z\"");
	write_to("POST", "/api/v1/jobs/runs/" RUN "/complete",
		"at=2026-08-01T00:00:03.500Z", "", 200);
	expect("\"state\":\"COMPLETED\"");
	expect("\"durationMs\":2500");
}

static void a_run_fails_or_is_ended(void **state)
{
	(void)state;
	make_run();
	post("/api/v1/jobs/runs/" RUN "/fail");
	expect("\"state\":\"FAILED\"");
	write_to("POST", NS "/jobs/load/runs", "", "", 201);
	get(NS "/jobs/load/runs", 200);
	expect("\"state\":\"NEW\"");
}

static void a_run_is_made_once(void **state)
{
	(void)state;
	make_run();
	refuse("POST", NS "/jobs/load/runs", "{\"id\":\"" RUN "\"}", 400,
		"{\"code\":400,\"message\":\"Run '" RUN
		"' already exists for 'load' under namespace 'shop'.\"}");
	refuse("POST", NS "/jobs/load/runs", "{\"args\":{\"a\":1}}", 400,
		"{\"code\":400,\"message\":\"/args/a: must be a string\"}");
	refuse("POST", NS "/jobs/none/runs", "", 404,
		"{\"code\":404,\"message\":\"Job 'none' not found.\"}");
	refuse("POST", "/api/v1/jobs/runs/x/abort", "", 404,
		"{\"code\":404,\"message\":\"Run 'x' not found.\"}");
}

static void a_run_is_said_to_have_written_a_dataset(void **state)
{
	(void)state;
	make_run();
	put(NS "/datasets/made",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"made\",\"sourceName\":\"pg\","
		"\"runId\":\"" RUN "\"}");
	get("/api/v1/jobs/runs/" RUN, 200);
	expect("\"outputDatasetVersions\":[{\"datasetVersionId\":{\"namespace\":\"shop\","
	       "\"name\":\"made\"");
	expect("\"state\":\"NEW\"");
}

static void a_run_reads_and_writes_what_its_job_is_told_to(void **state)
{
	(void)state;
	make_run();
	put(NS "/jobs/load",
		"{\"type\":\"BATCH\",\"inputs\":[{\"namespace\":\"shop\",\"name\":"
		"\"daily\"}],\"outputs\":[],\"runId\":\"" RUN "\"}");
	get("/api/v1/jobs/runs/" RUN, 200);
	expect("\"inputDatasetVersions\":[{\"datasetVersionId\":{\"namespace\":\"shop\","
	       "\"name\":\"daily\"");
	refuse("PUT", NS "/jobs/other", "{\"type\":\"BATCH\",\"runId\":\"" RUN "\"}", 404,
		"{\"code\":404,\"message\":\"Run '" RUN "' not found.\"}");
}

static void what_is_deleted_is_hidden_until_it_is_told_of(void **state)
{
	(void)state;
	remove_at(NS "/datasets/daily");
	expect("\"name\":\"daily\"");
	get(NS "/datasets/daily", 404);
	refuse("DELETE", NS "/datasets/daily", "", 404,
		"{\"code\":404,\"message\":\"Dataset 'daily' not found.\"}");
	put(NS "/datasets/daily",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"d\",\"sourceName\":\"pg\"}");
	get(NS "/datasets/daily", 200);
	remove_at(NS "/jobs/load");
	get(NS "/jobs/load", 404);
}

static void a_namespace_is_hidden_with_all_that_is_in_it(void **state)
{
	(void)state;
	remove_at(NS);
	expect("\"isHidden\":false");
	get(NS, 200);
	expect("\"isHidden\":true");
	get(NS "/datasets/daily", 404);
	put(NS, "{\"ownerName\":\"me\"}");
	expect("\"isHidden\":false");
	get(NS "/datasets/daily", 404);
	put(NS "/datasets/daily",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"d\",\"sourceName\":\"pg\"}");
	get(NS "/datasets", 200);
	expect("\"totalCount\":1");
	expect_not("raw/orders");
}

static void what_is_told_now_stands_above_an_older_note(void **state)
{
	(void)state;
	fixture_add(&fixture,
		SLICE("{\"eventTime\":\"2026-08-01T00:00:00Z\",\"note\":{\"kind\":"
		      "\"job\","
		      "\"name\":[\"shop\",\"load\"],\"content\":{\"description\":\"old\","
		      "\"location\":\"https://example.org/old\"}}}"),
		1);
	fixture_publish(&fixture);
	put(NS "/jobs/load", "{\"type\":\"BATCH\",\"description\":\"new\"}");
	expect("\"location\":\"https://example.org/old\",\"description\":\"new\"");
}

static void what_is_too_large_is_refused(void **state)
{
	size_t len = (size_t)2 << 20;
	char *body = malloc(len + 32);

	(void)state;
	assert_non_null(body);
	(void)snprintf(body, 32, "{\"ownerName\":\"");
	memset(body + 14, 'x', len);
	(void)snprintf(body + 14 + len, 8, "\"}");
	refuse("PUT", NS, body, 413,
		"{\"code\":413,\"message\":\"this is too large to be stored\"}");
	free(body);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_namespace_is_as_it_was_told),
		TEST(what_a_put_leaves_out_stands),
		TEST(what_is_told_again_was_made_when_it_was_told_first),
		TEST(a_dataset_is_as_it_was_told),
		TEST(a_stream_says_where_its_schema_is),
		TEST(a_dataset_that_is_put_twice_has_one_version),
		TEST(a_body_names_what_is_there),
		TEST(a_body_without_what_it_needs_is_refused),
		TEST(a_body_that_cannot_be_read_is_refused),
		TEST(a_name_that_no_event_may_have_is_no_path),
		TEST(tags_come_and_go),
		TEST(tags_of_fields_are_in_capitals),
		TEST(a_tag_that_a_facet_told_can_be_taken_away),
		TEST(a_tag_in_small_letters_that_a_facet_told_can_be_taken_from_a_field),
		TEST(a_tag_stays_in_the_list_when_nothing_has_it),
		TEST(a_job_is_as_it_was_told),
		TEST(a_run_goes_through_its_states),
		TEST(a_run_fails_or_is_ended),
		TEST(a_run_is_made_once),
		TEST(a_run_is_said_to_have_written_a_dataset),
		TEST(a_run_reads_and_writes_what_its_job_is_told_to),
		TEST(what_is_deleted_is_hidden_until_it_is_told_of),
		TEST(a_namespace_is_hidden_with_all_that_is_in_it),
		TEST(what_is_told_now_stands_above_an_older_note),
		TEST(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
