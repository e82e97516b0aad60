/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_writers.c - jobs that write what goes, and what is below them
 */
#include "fixture.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define WRITERS 5
#define DROP	"node=dataset:n:s&op=drop_column&field=free"
#define TOLD                                                            \
	"5 jobs write this dataset and may name the column: n:w0, n:w1" \
	", n:w2 and 2 more. Ask their owners."

static struct fixture f;

#define FACET "\"_producer\":\"p\",\"_schemaURL\":\"s\","
#define HEAD                                                         \
	"{\"eventType\":\"COMPLETE\",\"eventTime\":"                 \
	"\"2026-08-01T00:00:00Z\",\"producer\":\"p\","               \
	"\"schemaURL\":\"s\",\"run\":{\"runId\":"                    \
	"\"0197a3c1-0000-7000-8000-%012d\"},\"job\":{\"namespace\":" \
	"\"n\",\"name\":\"%s%d\"},"

static void add_text(const char *text)
{
	fixture_add(&f, slice_from(text), INT64_C(1785542400000000));
}

/* Nobody reads the column `free`. */
static void add_writer(int n)
{
	char text[2000];

	(void)snprintf(text, sizeof(text),
		HEAD "\"inputs\":[],\"outputs\":[{\"namespace\":\"n\",\"name\":\"s\","
		     "\"facets\":{\"schema\":{" FACET "\"fields\":[{\"name\":\"x\","
		     "\"type\":\"int\"},{\"name\":\"free\",\"type\":\"int\"}]}}}]}",
		n + 1, "w", n);
	add_text(text);
}

/* One job takes x of it into t, and one hands t on. */
static void add_reader(int n, const char *from, const char *to)
{
	char text[2000];

	(void)snprintf(text, sizeof(text),
		HEAD "\"inputs\":[{\"namespace\":\"n\",\"name\":\"%s\"}],"
		     "\"outputs\":[{\"namespace\":\"n\",\"name\":\"%s\",\"facets\":{"
		     "\"columnLineage\":{" FACET "\"fields\":{\"x\":{\"inputFields\":["
		     "{\"namespace\":\"n\",\"name\":\"%s\",\"field\":\"x\","
		     "\"transformations\":[{\"type\":\"DIRECT\",\"subtype\":"
		     "\"IDENTITY\"}]}]}}}}}]}",
		n + 100, "r", n, from, to, from);
	add_text(text);
}

static int open_writers(void **state)
{
	(void)state;
	fixture_open(&f);
	for (int i = 0; i < WRITERS; i++)
		add_writer(i);
	add_reader(0, "s", "t");
	add_reader(1, "t", "u");
	fixture_publish(&f);
	return 0;
}

static int close_writers(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static json_t *get(const char *query)
{
	return fixture_json(&f, "/api/v2/impact", query);
}

static json_t *post(const char *body)
{
	const struct question question = { "POST", "/api/v2/impact", "",
		slice_from(body) };
	struct reply reply;
	json_t *answer;

	fixture_ask(&f, &question, &reply);
	assert_int_equal(reply.status, 200);
	answer = json_loadb(reply.body.data, reply.body.len, JSON_ALLOW_NUL, NULL);
	assert_non_null(answer);
	reply_fini(&reply);
	return answer;
}

/* Takes the answer. */
static void assert_told(json_t *answer, const char *verdict, const char *note)
{
	json_t *notes = json_object_get(answer, "notes");
	json_t *text = json_object_get(json_array_get(notes, 0), "text");

	assert_string_equal(
		json_string_value(json_object_get(answer, "verdict")), verdict);
	assert_int_equal(json_array_size(notes), note != NULL);
	if (note)
		assert_string_equal(json_string_value(text), note);
	json_decref(answer);
}

static void who_writes_what_goes_is_to_be_asked(void **state)
{
	json_t *answer = get(DROP);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(answer, "why")),
		"A job that writes what goes may fail, and no lineage tells.");
	assert_told(answer, "review", TOLD);
	assert_told(get("node=dataset:n:s&op=rename_column&field=free&to=f2"), "review",
		TOLD);
	assert_told(get("node=dataset:n:u&op=drop_dataset"), "review",
		"1 job writes this dataset and may fail, or make it again: n:r1. Ask "
		"its owner.");
}

static void what_stays_has_no_such_writers(void **state)
{
	(void)state;
	assert_told(get("node=dataset:n:s&op=declare_semantic_change&field=free"), "pass",
		NULL);
	assert_told(post("{\"changes\":[{\"op\":\"rename_column\",\"node\":"
			 "\"dataset:n:s\",\"column\":\"free\",\"to\":\"f2\","
			 "\"aliased\":true}]}"),
		"pass", NULL);
}

static void every_format_with_notes_tells_of_writers(void **state)
{
	static const char *const formats[] = { "markdown", "sarif" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		char query[200];
		struct reply reply;

		(void)snprintf(query, sizeof(query), DROP "&format=%s", formats[i]);
		fixture_get(&f, "/api/v2/impact", query, &reply);
		assert_int_equal(reply.status, 200);
		buf_byte(&reply.body, '\0');
		assert_non_null(strstr(reply.body.data, TOLD));
		reply_fini(&reply);
	}
}

static void writers_that_are_not_asked_for_are_not_told(void **state)
{
	json_t *answer;

	(void)state;
	assert_told(get(DROP "&direction=downstream"), "pass", NULL);
	assert_told(get(DROP "&direction=upstream"), "review", TOLD);
	assert_told(get(DROP "&exclude=w0%20w1%20w2%20w3"), "review",
		"1 job writes this dataset and may name the column: n:w4. Ask its "
		"owner.");
	answer = get(DROP "&exclude=w0%20w1%20w2%20w3%20w4");
	assert_string_equal(json_string_value(json_object_get(answer, "why")),
		"Nothing is affected of what was asked for.");
	assert_told(answer, "pass", NULL);
}

#define WAIVE(job, rest) "{\"node\":\"job:n:" job "\"," rest "\"reason\":\"knows\"}"
#define AGREED                                                                \
	"{\"changes\":[{\"op\":\"drop_column\",\"node\":\"dataset:n:s\","     \
	"\"column\":\"free\"}],\"waivers\":[" WAIVE("w0", "") "," WAIVE("w1", \
		"\"effects\":[\"BREAKS\"],") "," WAIVE("w2", "") "," WAIVE("w3", "")

static void writers_whose_owners_agreed_are_not_told(void **state)
{
	json_t *answer = post(AGREED "," WAIVE("w4", "") "]}");
	json_t *waivers = json_object_get(answer, "waivers");
	json_t *used = json_object_get(json_array_get(waivers, 1), "used");

	(void)state;
	assert_int_equal(json_integer_value(used), 1);
	assert_told(answer, "pass", NULL);
	assert_told(post(AGREED "," WAIVE("w4", "\"effects\":[\"STALE\"],") "]}"),
		"review",
		"1 job writes this dataset and may name the column: n:w4. Ask its "
		"owner.");
	assert_told(post(AGREED "," WAIVE("w4", "\"until\":\"2020-01-01\",") "]}"),
		"review",
		"1 job writes this dataset and may name the column: n:w4. Ask its "
		"owner.");
}

static void writers_that_could_not_be_looked_for_may_be_there(void **state)
{
	json_t *answer;

	(void)state;
	f.deadline_us = clock_monotonic_us() - 1;
	answer = get(DROP);
	f.deadline_us = 0;
	assert_told(
		answer, "review", "Not all jobs that write this dataset were looked at.");
}

static json_int_t total(const char *query)
{
	json_t *answer = get(query);
	json_t *summary = json_object_get(answer, "summary");
	json_int_t n = json_integer_value(json_object_get(summary, "total"));

	json_decref(answer);
	return n;
}

#define NOT_NULL "node=dataset:n:s&op=set_not_null&field=free&horizons=fail_stop"

static void what_is_stale_below_a_writer_is_not_downstream(void **state)
{
	(void)state;
	/* Five writers, and s, r0, t, r1 and u below them. */
	assert_int_equal(total(NOT_NULL), WRITERS + 5);
	assert_int_equal(total(NOT_NULL "&direction=upstream"), WRITERS);
	assert_int_equal(total(NOT_NULL "&direction=downstream"), 0);
	/* A reader that fails has its own: t, r1 and u. */
	assert_int_equal(total("node=dataset:n:s&op=drop_column&field=x&horizons="
			       "fail_stop&direction=downstream"),
		4);
}

static void the_answer_says_what_was_asked_for(void **state)
{
	json_t *answer = get(DROP);
	json_t *want = json_pack("{s:s, s:[s, s], s:[s, s, s], s:n}", "direction", "both",
		"horizons", "fail_stop", "fix_forward", "evidence", "observed",
		"declared", "inferred", "exclude");

	(void)state;
	assert_true(json_equal(json_object_get(answer, "asked"), want));
	json_decref(answer);
	json_decref(want);
	answer = get(DROP "&direction=downstream&horizons=fix_forward&evidence=declared&"
			  "exclude=w0");
	want = json_pack("{s:s, s:[s], s:[s], s:s}", "direction", "downstream",
		"horizons", "fix_forward", "evidence", "declared", "exclude", "w0");
	assert_true(json_equal(json_object_get(answer, "asked"), want));
	json_decref(answer);
	json_decref(want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_writes_what_goes_is_to_be_asked),
		cmocka_unit_test(what_stays_has_no_such_writers),
		cmocka_unit_test(every_format_with_notes_tells_of_writers),
		cmocka_unit_test(writers_that_are_not_asked_for_are_not_told),
		cmocka_unit_test(writers_whose_owners_agreed_are_not_told),
		cmocka_unit_test(writers_that_could_not_be_looked_for_may_be_there),
		cmocka_unit_test(what_is_stale_below_a_writer_is_not_downstream),
		cmocka_unit_test(the_answer_says_what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, open_writers, close_writers);
}
