/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_changes.c - a planned change is registered, burns down, and ends
 *
 * The dataset n:orders has the columns id and email; the job LOAD copies email
 * to n:copy, until it does not.
 */
#include "fixture.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)
#define DAY    (86400 * SECOND)

#define CHANGE	"/api/v2/changes/drop-email"
#define CHANGES "/api/v2/changes"
#define ORDERS	"\"dataset\":{\"namespace\":\"n\",\"name\":\"orders\"}"
#define DROP	"\"changes\":[{\"op\":\"drop_column\",\"column\":\"email\"}]"

/* A run of a job that reads n:orders and writes its output from one column. */
static void run_job(struct fixture *f, const char *job, const char *output,
	const char *column, int64_t time_us)
{
	char time[TIME_TEXT_MAX];
	char event[2048];
	static unsigned run;
	int n;

	n = snprintf(event, sizeof(event),
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"%s\",\"producer\":\"p\","
		"\"schemaURL\":\"s\",\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-"
		"%012x\"},\"job\":{\"namespace\":\"n\",\"name\":\"%s\",\"facets\":{"
		"\"ownership\":{\"owners\":[{\"name\":\"team:%s\"}]}}},\"inputs\":[{"
		"\"namespace\":\"n\",\"name\":\"orders\",\"facets\":{\"schema\":{"
		"\"fields\":[{\"name\":\"id\",\"type\":\"int\"},{\"name\":\"email\","
		"\"type\":\"text\"}]}}}],\"outputs\":[{\"namespace\":\"n\",\"name\":"
		"\"%s\",\"facets\":{\"columnLineage\":{\"fields\":{\"c\":{"
		"\"inputFields\":[{\"namespace\":\"n\",\"name\":\"orders\","
		"\"field\":\"%s\"}]}}}}}]}",
		time_format(time_us, time), ++run, job, job, output, column);
	assert_in_range(n, 1, sizeof(event) - 1);
	fixture_add(f, slice_of(event, (size_t)n), time_us);
	fixture_publish(f);
}

/* Asks, and does as the server does with what is to be stored. */
static int write_change(
	struct fixture *f, const char *method, const char *path, const char *body)
{
	struct question question = { method, path, "", slice_from(body) };
	struct reply reply;
	int status;

	fixture_ask(f, &question, &reply);
	status = reply.status;
	if (reply.event.len) {
		fixture_add(f, buf_get(&reply.event), clock_now_us());
		fixture_publish(f);
	}
	reply_fini(&reply);
	return status;
}

static int get_status(struct fixture *f, const char *path)
{
	struct reply reply;
	int status;

	fixture_get(f, path, "", &reply);
	status = reply.status;
	reply_fini(&reply);
	return status;
}

struct burn_down {
	int was, now, stopped, began;
	const char *safe;
};

static void assert_burn_down(struct fixture *f, const struct burn_down *expected)
{
	json_t *answer = fixture_json(f, CHANGE, "");
	int was, now, stopped, began, complete;
	const char *safe;

	assert_int_equal(json_unpack(answer, "{s:{s:i,s:i,s:i,s:i},s:s,s:b}", "readers",
				 "was", &was, "now", &now, "stopped", &stopped, "began",
				 &began, "safe", &safe, "complete", &complete),
		0);
	assert_true(complete);
	assert_int_equal(was, expected->was);
	assert_int_equal(now, expected->now);
	assert_int_equal(stopped, expected->stopped);
	assert_int_equal(began, expected->began);
	assert_string_equal(safe, expected->safe);
	json_decref(answer);
}

/* A graph in which LOAD reads the column, since yesterday. */
static void open_read(struct fixture *f)
{
	fixture_open(f);
	run_job(f, "LOAD", "copy", "email", clock_now_us() - DAY);
}

static void a_change_burns_down_until_it_is_safe(void **state)
{
	struct fixture f;

	(void)state;
	open_read(&f);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	assert_burn_down(&f, &(struct burn_down){ 1, 1, 0, 0, "no" });
	run_job(&f, "LOAD", "copy", "id", clock_now_us() + SECOND);
	assert_burn_down(&f, &(struct burn_down){ 1, 0, 1, 0, "yes" });
	fixture_close(&f);
}

static void who_begins_to_read_is_told_apart(void **state)
{
	struct fixture f;
	json_t *answer;
	const char *name;
	const char *job;
	const char *who;
	const char *how;
	const char *left;

	(void)state;
	open_read(&f);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	run_job(&f, "LOAD", "copy", "id", clock_now_us() + SECOND);
	run_job(&f, "NEW", "other", "email", clock_now_us() + 2 * SECOND);
	assert_burn_down(&f, &(struct burn_down){ 1, 1, 1, 1, "no" });
	answer = fixture_json(&f, CHANGE, "");
	assert_int_equal(
		json_unpack(answer, "{s:[{s:{s:s},s:{s:s},s:[{s:s}],s:s}!],s:[{s:s}!]}",
			"began", "node", "name", &name, "job", "name", &job, "owners",
			"name", &who, "state", &how, "before", "state", &left),
		0);
	assert_string_equal(name, "other");
	assert_string_equal(job, "NEW");
	assert_string_equal(who, "team:NEW");
	assert_string_equal(how, "started");
	assert_string_equal(left, "stopped");
	assert_int_equal(
		json_unpack(answer, "{s:{s:{s:s}}}", "lastRead", "job", "name", &job), 0);
	assert_string_equal(job, "NEW");
	json_decref(answer);
	fixture_close(&f);
}

static void a_change_told_again_keeps_when_it_was_registered(void **state)
{
	struct fixture f;
	json_t *before;
	json_t *after;

	(void)state;
	open_read(&f);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	before = fixture_json(&f, CHANGE, "");
	assert_int_equal(write_change(&f, "PUT", CHANGE,
				 "{" ORDERS "," DROP ",\"due\":\"2020-02-29\",\"note\":"
				 "\"soon\",\"contact\":\"team:a\"}"),
		200);
	after = fixture_json(&f, CHANGE, "");
	assert_true(json_equal(json_object_get(before, "registered"),
		json_object_get(after, "registered")));
	assert_true(json_is_null(json_object_get(before, "due")));
	assert_true(json_is_false(json_object_get(before, "overdue")));
	assert_string_equal(json_string_value(json_object_get(after, "due")),
		"2020-02-29T00:00:00.000000Z");
	assert_true(json_is_true(json_object_get(after, "overdue")));
	assert_string_equal(json_string_value(json_object_get(after, "note")), "soon");
	assert_string_equal(
		json_string_value(json_object_get(after, "contact")), "team:a");
	json_decref(before);
	json_decref(after);
	fixture_close(&f);
}

static void a_change_ends_and_its_id_can_be_used_again(void **state)
{
	struct fixture f;

	(void)state;
	open_read(&f);
	assert_int_equal(write_change(&f, "DELETE", CHANGE, ""), 404);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	assert_int_equal(write_change(&f, "DELETE", CHANGE, ""), 200);
	assert_int_equal(get_status(&f, CHANGE), 404);
	assert_int_equal(write_change(&f, "DELETE", CHANGE, ""), 404);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	assert_int_equal(get_status(&f, CHANGE), 200);
	fixture_close(&f);
}

static void an_id_is_that_of_one_dataset(void **state)
{
	struct fixture f;

	(void)state;
	open_read(&f);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	assert_int_equal(write_change(&f, "PUT", CHANGE,
				 "{\"node\":\"dataset:n:copy\",\"changes\":[{\"op\":"
				 "\"drop_dataset\"}]}"),
		409);
	fixture_close(&f);
}

/* An event of a pipeline may give one id to two datasets; a PUT cannot. */
static void an_id_of_two_datasets_needs_a_dataset(void **state)
{
	static const char told[] =
		"{\"eventTime\":\"2026-08-01T00:00:00Z\",\"producer\":\"p\","
		"\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"n\",\"name\":\"copy\","
		"\"facets\":{\"headwater_change_drop-email\":{\"changes\":[{\"op\":"
		"\"drop_dataset\"}]}}}}";
	struct fixture f;
	json_t *answer;
	const char *op;

	(void)state;
	open_read(&f);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	fixture_add(&f, slice_from(told), clock_now_us());
	fixture_publish(&f);
	assert_int_equal(get_status(&f, CHANGE), 409);
	assert_int_equal(write_change(&f, "DELETE", CHANGE, ""), 409);
	answer = fixture_json(&f, CHANGE, "node=dataset:n:copy");
	assert_int_equal(json_unpack(answer, "{s:[{s:s}]}", "changes", "op", &op), 0);
	assert_string_equal(op, "drop_dataset");
	json_decref(answer);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 200);
	fixture_close(&f);
}

/* Whatever the clock says: an event older than what stands would change nothing. */
static void a_change_is_newer_than_what_it_replaces(void **state)
{
	char told[512];
	char time[TIME_TEXT_MAX];
	struct fixture f;
	json_t *answer;

	(void)state;
	open_read(&f);
	(void)snprintf(told, sizeof(told),
		"{\"eventTime\":\"%s\",\"producer\":\"p\",\"schemaURL\":\"s\","
		"\"dataset\":{\"namespace\":\"n\",\"name\":\"orders\",\"facets\":{"
		"\"headwater_change_drop-email\":{" DROP ",\"note\":\"old\"}}}}",
		time_format(clock_now_us() + DAY / 2, time));
	fixture_add(&f, slice_from(told), clock_now_us());
	fixture_publish(&f);
	assert_int_equal(
		write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP ",\"note\":\"new\"}"),
		200);
	answer = fixture_json(&f, CHANGE, "");
	assert_string_equal(json_string_value(json_object_get(answer, "note")), "new");
	json_decref(answer);
	assert_int_equal(write_change(&f, "DELETE", CHANGE, ""), 200);
	assert_int_equal(get_status(&f, CHANGE), 404);
	/* The end is as new as what it ended. */
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	assert_int_equal(get_status(&f, CHANGE), 200);
	fixture_close(&f);
}

/* Goes through the pages of a list; returns how many there are on them. */
static size_t count_pages(struct fixture *f, const char *query, const char *member)
{
	char next[256] = "";
	size_t count = 0;

	for (;;) {
		char text[512];
		json_t *page;
		const char *cursor;

		(void)snprintf(text, sizeof(text), "%s%s%s", query,
			next[0] ? "&cursor=" : "", next);
		page = fixture_json(f, CHANGES, text);
		count += json_array_size(json_object_get(page, member));
		cursor = json_string_value(json_object_get(page, "next"));
		(void)snprintf(next, sizeof(next), "%s", cursor ? cursor : "");
		json_decref(page);
		if (!next[0])
			return count;
	}
}

static void all_changes_are_listed_page_by_page(void **state)
{
	struct fixture f;

	(void)state;
	open_read(&f);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	assert_int_equal(write_change(&f, "PUT", CHANGES "/a.b_C-1",
				 "{" ORDERS ",\"changes\":[{\"op\":\"drop_column\","
				 "\"column\":\"id\"}]}"),
		201);
	assert_int_equal(write_change(&f, "PUT", CHANGES "/z",
				 "{\"node\":\"dataset:n:copy\",\"changes\":[{\"op\":"
				 "\"drop_dataset\"}]}"),
		201);
	assert_int_equal(count_pages(&f, "limit=1", "changes"), 3);
	assert_int_equal(count_pages(&f, "limit=2", "changes"), 3);
	assert_int_equal(count_pages(&f, "node=dataset:n:orders", "changes"), 2);
	assert_int_equal(count_pages(&f, "safe=no&limit=1", "changes"), 1);
	assert_int_equal(count_pages(&f, "safe=yes&limit=1", "changes"), 2);
	fixture_close(&f);
}

/* Checks the ids on a page, with a space behind each; next is its cursor. */
static void assert_page(struct fixture *f, char next[256], const char *expected)
{
	char query[512];
	struct buf ids;
	json_t *page;
	const char *cursor;

	(void)snprintf(
		query, sizeof(query), "limit=2%s%s", next[0] ? "&cursor=" : "", next);
	page = fixture_json(f, CHANGES, query);
	buf_init(&ids, 256);
	for (size_t i = 0; i < json_array_size(json_object_get(page, "changes")); i++) {
		json_t *change = json_array_get(json_object_get(page, "changes"), i);

		buf_printf(&ids, "%s ", json_string_value(json_object_get(change, "id")));
	}
	buf_byte(&ids, '\0');
	assert_string_equal(ids.data, expected);
	buf_fini(&ids);
	cursor = json_string_value(json_object_get(page, "next"));
	(void)snprintf(next, 256, "%s", cursor ? cursor : "");
	json_decref(page);
}

static void pages_go_on_though_changes_come_and_go(void **state)
{
	static const char *const ids[] = { "a", "change-of-2026-08-1",
		"change-of-2026-08-2", "change-of-2026-08-3", "z" };
	char path[64];
	char next[256] = "";
	struct fixture f;

	(void)state;
	open_read(&f);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		(void)snprintf(path, sizeof(path), CHANGES "/%s", ids[i]);
		assert_int_equal(
			write_change(&f, "PUT", path, "{" ORDERS "," DROP "}"), 201);
	}
	assert_page(&f, next, "a change-of-2026-08-1 ");
	/* One of before goes; one comes. */
	assert_int_equal(write_change(&f, "DELETE", CHANGES "/a", ""), 200);
	assert_int_equal(write_change(&f, "PUT", CHANGES "/change-of-2026-08-0",
				 "{" ORDERS "," DROP "}"),
		201);
	assert_page(&f, next, "change-of-2026-08-2 change-of-2026-08-3 ");
	/* The last one goes: those that begin like it come again. */
	assert_int_equal(
		write_change(&f, "DELETE", CHANGES "/change-of-2026-08-3", ""), 200);
	assert_page(&f, next, "change-of-2026-08-0 change-of-2026-08-1 ");
	assert_page(&f, next, "change-of-2026-08-2 z ");
	assert_string_equal(next, "");
	fixture_close(&f);
}

static void readers_come_page_by_page(void **state)
{
	struct fixture f;
	json_t *page;
	char query[256];

	(void)state;
	open_read(&f);
	run_job(&f, "SECOND", "third", "email", clock_now_us() - DAY);
	assert_int_equal(write_change(&f, "PUT", CHANGE, "{" ORDERS "," DROP "}"), 201);
	run_job(&f, "NEW", "other", "email", clock_now_us() + SECOND);
	page = fixture_json(&f, CHANGE, "limit=2");
	assert_int_equal(json_array_size(json_object_get(page, "began")), 1);
	assert_int_equal(json_array_size(json_object_get(page, "before")), 1);
	(void)snprintf(query, sizeof(query), "limit=2&cursor=%s",
		json_string_value(json_object_get(page, "next")));
	json_decref(page);
	page = fixture_json(&f, CHANGE, query);
	assert_int_equal(json_array_size(json_object_get(page, "began")), 0);
	assert_int_equal(json_array_size(json_object_get(page, "before")), 1);
	assert_true(json_is_null(json_object_get(page, "next")));
	json_decref(page);
	fixture_close(&f);
}

static void operations_are_kept_as_they_were_told(void **state)
{
	struct fixture f;
	json_t *answer;
	json_t *expected;

	(void)state;
	open_read(&f);
	assert_int_equal(
		write_change(&f, "PUT", CHANGE,
			"{" ORDERS ",\"changes\":["
			"{\"op\":\"rename_column\",\"column\":\"email\",\"to\":\"e&m\"},"
			"{\"op\":\"alter_type\",\"column\":\"id\",\"type\":\"bigint\"}]"
			"}"),
		201);
	answer = fixture_json(&f, CHANGES, "");
	expected = json_pack("[{s:s,s:s,s:s,s:n},{s:s,s:s,s:n,s:s}]", "op",
		"rename_column", "column", "email", "to", "e&m", "type", "op",
		"alter_type", "column", "id", "to", "type", "bigint");
	assert_non_null(expected);
	for (size_t i = 0; i < 2; i++) {
		json_t *changes = json_object_get(
			json_array_get(json_object_get(answer, "changes"), 0), "changes");
		json_t *told = json_array_get(changes, i);
		const char *member;
		json_t *value;

		json_object_foreach(json_array_get(expected, i), member, value)
			assert_true(json_equal(json_object_get(told, member), value));
		if (i == 0)
			assert_string_equal(
				json_string_value(json_object_get(told, "impact")),
				"/api/v2/impact?kind=field&namespace=n&name=orders&"
				"field=email&op=rename_column&to=e%26m");
	}
	json_decref(expected);
	json_decref(answer);
	fixture_close(&f);
}

static void operations_are_stored_by_their_proper_names(void **state)
{
	static const char *const expected[] = { "drop_column", "add_required_column",
		"add_column", "rename_dataset" };
	struct fixture f;
	json_t *answer;
	json_t *changes;
	const char *to, *to_namespace, *link;

	(void)state;
	open_read(&f);
	assert_int_equal(
		write_change(&f, "PUT", CHANGE,
			"{" ORDERS ",\"changes\":["
			"{\"op\":\"Drop_Column\",\"column\":\"email\"},"
			"{\"op\":\"add_column\",\"column\":\"a\",\"nullable\":false},"
			"{\"op\":\"add_column\",\"column\":\"b\",\"nullable\":false,"
			"\"default\":true},"
			"{\"op\":\"rename_dataset\",\"to\":{\"namespace\":\"m\","
			"\"name\":\"o\"},\"aliased\":true}]}"),
		201);
	answer = fixture_json(&f, CHANGE, "");
	changes = json_object_get(answer, "changes");
	assert_int_equal(json_array_size(changes), ARRAY_LEN(expected));
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		assert_string_equal(json_string_value(json_object_get(
					    json_array_get(changes, i), "op")),
			expected[i]);
	assert_int_equal(json_unpack(json_array_get(changes, 3), "{s:s,s:s,s:s}", "to",
				 &to, "toNamespace", &to_namespace, "impact", &link),
		0);
	assert_string_equal(to, "o");
	assert_string_equal(to_namespace, "m");
	assert_string_equal(link, "/api/v2/impact?kind=dataset&namespace=n&name=orders&"
				  "op=rename_dataset&to=o&toNamespace=m&aliased=true");
	json_decref(answer);
	fixture_close(&f);
}

static void a_wrong_change_stores_nothing(void **state)
{
	static const struct {
		const char *path;
		const char *body;
		int status;
		const char *says;
	} wrong[] = {
		{ CHANGE, "", 400, "the body is empty" },
		{ CHANGE, "{", 400, "\"offset\"" },
		{ CHANGE, "{" DROP "}", 400, "dataset" },
		{ CHANGE, "{" ORDERS "}", 400, "\"/changes\"" },
		{ CHANGE, "{" ORDERS ",\"changes\":[]}", 400, "\"/changes\"" },
		{ CHANGE, "{" ORDERS "," DROP ",\"color\":1}", 400, "\"/color\"" },
		{ CHANGE, "{" ORDERS "," DROP ",\"due\":\"soon\"}", 400, "\"/due\"" },
		{ CHANGE, "{" ORDERS "," DROP ",\"note\":7}", 400, "\"/note\"" },
		{ CHANGE,
			"{" ORDERS ",\"changes\":[{\"op\":\"drop_column\",\"column\":"
			"\"none\"}]}",
			404, "/changes/0/column" },
		{ CHANGE, "{" ORDERS ",\"changes\":[{\"op\":\"fly\",\"column\":\"id\"}]}",
			400, "/changes/0/op" },
		{ CHANGE,
			"{\"dataset\":{\"namespace\":\"n\",\"name\":\"none\"}," DROP "}",
			404, "there is no such dataset" },
		{ CHANGES "/a b", "{" ORDERS "," DROP "}", 400, "the id of a change" },
	};
	struct fixture f;

	(void)state;
	open_read(&f);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct question question = { "PUT", wrong[i].path, "",
			slice_from(wrong[i].body) };
		struct reply reply;

		fixture_ask(&f, &question, &reply);
		buf_byte(&reply.body, '\0');
		if (reply.status != wrong[i].status ||
			!strstr(reply.body.data, wrong[i].says))
			fail_msg("%s: %s", wrong[i].body, reply.body.data);
		assert_int_equal(reply.event.len, 0);
		reply_fini(&reply);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_burns_down_until_it_is_safe),
		cmocka_unit_test(who_begins_to_read_is_told_apart),
		cmocka_unit_test(a_change_told_again_keeps_when_it_was_registered),
		cmocka_unit_test(a_change_ends_and_its_id_can_be_used_again),
		cmocka_unit_test(an_id_is_that_of_one_dataset),
		cmocka_unit_test(an_id_of_two_datasets_needs_a_dataset),
		cmocka_unit_test(a_change_is_newer_than_what_it_replaces),
		cmocka_unit_test(all_changes_are_listed_page_by_page),
		cmocka_unit_test(pages_go_on_though_changes_come_and_go),
		cmocka_unit_test(readers_come_page_by_page),
		cmocka_unit_test(operations_are_kept_as_they_were_told),
		cmocka_unit_test(operations_are_stored_by_their_proper_names),
		cmocka_unit_test(a_wrong_change_stores_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
