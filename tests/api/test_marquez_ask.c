/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_ask.c - events, search and statistics of Marquez's API
 */
#include "fixture.h"

#include "api/json_auto.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EVENTS	  "/api/v1/events/lineage"
#define SEARCH	  "/api/v1/search"
#define STATS	  "/api/v1/stats/"
#define WORDS_MAX 1024
#define EVENT_MAX 4096
#define HOUR_US	  INT64_C(3600000000)

static struct fixture f;

static int begin(void **state)
{
	(void)state;
	fixture_open(&f);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

/* Single quotes stand for double ones. */
static void add(const char *text)
{
	char event[EVENT_MAX];
	size_t len = strlen(text);

	assert_true(len < sizeof(event));
	for (size_t i = 0; i < len; i++)
		event[i] = (char)(text[i] == '\'' ? '"' : text[i]);
	fixture_add(&f, slice_of(event, len), clock_now_us());
	fixture_publish(&f);
}

/* An event of the job and run of this number. */
static void tell(int number, const char *type, const char *time)
{
	char event[EVENT_MAX];

	(void)snprintf(event, sizeof(event),
		"{'eventType':'%s','eventTime':'%s','run':{'runId':"
		"'00000000-0000-0000-0000-0000000000%02d'},'job':{'namespace':'n',"
		"'name':'j%d'},'producer':'p','schemaURL':'s'}",
		type, time, number, number);
	add(event);
}

static void add_dataset(const char *name, const char *time, const char *facets)
{
	char event[EVENT_MAX];

	(void)snprintf(event, sizeof(event),
		"{'eventTime':'%s','dataset':{'namespace':'n','name':'%s','facets':{%s}},"
		"'producer':'p','schemaURL':'s'}",
		time, name, facets);
	add(event);
}

static int status(const char *path, const char *query)
{
	struct reply reply;
	int code;

	fixture_get(&f, path, query, &reply);
	code = reply.status;
	reply_fini(&reply);
	return code;
}

/* A text of each item of a list, and then "/total". */
static const char *listed(
	const char *path, const char *query, const char *list, const char *member)
{
	static char words[WORDS_MAX];
	AUTO(json) json_t *answer = fixture_json(&f, path, query);
	const json_t *item;
	size_t used = 0;
	size_t i;

	json_array_foreach(json_object_get(answer, list), i, item) used +=
		(size_t)snprintf(words + used, sizeof(words) - used, "%s ",
			json_string_value(json_object_get(item, member)));
	(void)snprintf(words + used, sizeof(words) - used, "/%d",
		(int)json_integer_value(json_object_get(answer, "totalCount")));
	return words;
}

static const char *times(const char *query)
{
	return listed(EVENTS, query, "events", "eventTime");
}

static const char *names(const char *query)
{
	return listed(SEARCH, query, "results", "name");
}

static void events_stand_by_their_own_time(void **state)
{
	(void)state;
	tell(1, "COMPLETE", "2026-08-01T05:00:00Z");
	tell(2, "START", "2026-08-01T02:00:00Z");
	tell(1, "START", "2026-08-01T01:00:00Z");
	assert_string_equal(times(""), "2026-08-01T05:00:00Z 2026-08-01T02:00:00Z "
				       "2026-08-01T01:00:00Z /3");
	assert_string_equal(
		times("sortDirection=asc&limit=1"), "2026-08-01T01:00:00Z /3");
	assert_string_equal(times("limit=1&offset=1"), "2026-08-01T02:00:00Z /3");
	assert_string_equal(times("limit=0"), "/3");
	assert_string_equal(times("offset=3"), "/3");
}

static void the_end_of_a_time_is_not_in_it(void **state)
{
	(void)state;
	tell(1, "START", "2026-08-01T01:00:00Z");
	tell(1, "COMPLETE", "2026-08-01T02:00:00Z");
	assert_string_equal(
		times("after=2026-08-01T01:00:00Z&before=2026-08-01T02:00:00Z"),
		"2026-08-01T01:00:00Z /1");
	assert_string_equal(
		times("after=2026-08-01T02:00:00Z"), "2026-08-01T02:00:00Z /1");
	assert_int_equal(status(EVENTS, "after=yesterday"), 400);
}

static void parts_of_hours_are_counted_as_well(void **state)
{
	(void)state;
	tell(1, "START", "2026-08-01T01:10:00Z");
	tell(1, "RUNNING", "2026-08-01T01:30:00Z");
	tell(1, "RUNNING", "2026-08-01T02:30:00Z");
	tell(1, "RUNNING", "2026-08-01T03:30:00Z");
	tell(1, "COMPLETE", "2026-08-01T03:50:00Z");
	assert_string_equal(
		times("limit=0&after=2026-08-01T01:20:00Z&before=2026-08-01T03:40:00Z"),
		"/3");
	assert_string_equal(
		times("limit=0&after=2026-08-01T01:20:00Z&before=2026-08-01T01:40:00Z"),
		"/1");
}

static void of_a_long_stream_all_events_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		char time[40];

		(void)snprintf(
			time, sizeof(time), "2026-08-01T01:%02d:%02dZ", i / 60, i % 60);
		tell(1, "RUNNING", time);
	}
	assert_string_equal(times("limit=0"), "/100");
	assert_string_equal(times("limit=1"), "2026-08-01T01:01:39Z /100");
}

static void an_event_comes_as_it_was_with_its_time_in_utc(void **state)
{
	AUTO(json) json_t *answer = NULL;
	const json_t *event;

	(void)state;
	add("{'eventTime':'2026-08-01T03:00:00.080+02:00','run':{'runId':'x','facets':{"
	    "'eventTime':1}},'job':{'namespace':'n','name':'j'},'odd':[1],'producer':'p'"
	    "}");
	answer = fixture_json(&f, EVENTS, "");
	event = json_array_get(json_object_get(answer, "events"), 0);
	assert_string_equal(json_string_value(json_object_get(event, "eventTime")),
		"2026-08-01T01:00:00.08Z");
	assert_int_equal(json_array_size(json_object_get(event, "odd")), 1);
	assert_true(json_is_null(json_object_get(event, "eventType")));
	assert_true(json_is_null(json_object_get(event, "inputs")));
	assert_true(json_is_integer(json_object_get(
		json_object_get(json_object_get(event, "run"), "facets"), "eventTime")));
}

static void only_events_of_runs_are_listed(void **state)
{
	(void)state;
	add_dataset("d", "2026-08-01T01:00:00Z", "");
	assert_string_equal(times(""), "/0");
}

static void add_some(void)
{
	add_dataset("shop.orders", "2026-08-03T00:00:00Z", "");
	add_dataset("Order%s", "2026-08-02T00:00:00Z", "");
	add_dataset("menus", "2026-08-01T00:00:00Z", "");
	tell(7, "START", "2026-08-04T00:00:00Z");
}

static void a_part_of_a_name_is_enough(void **state)
{
	(void)state;
	add_some();
	assert_string_equal(names("q=rder"), "Order%s shop.orders /2");
	assert_string_equal(names("q=ORDER"), "Order%s shop.orders /2");
	assert_string_equal(names("q=nothing"), "/0");
	assert_int_equal(status(SEARCH, "q=+"), 400);
	assert_int_equal(status(SEARCH, ""), 400);
}

static void percent_and_underscore_are_wildcards(void **state)
{
	(void)state;
	add_some();
	assert_string_equal(names("q=sh%25r%25s"), "shop.orders /1");
	assert_string_equal(names("q=m_nus"), "menus /1");
	assert_string_equal(names("q=r_s"), "Order%s /1");
	assert_string_equal(names("q=r%5C%25"), "Order%s /1");
	assert_string_equal(names("q=%25"), "Order%s j7 menus shop.orders /4");
}

static void hits_are_sorted_counted_and_cut(void **state)
{
	(void)state;
	add_some();
	assert_string_equal(
		names("q=%25&sort=update_at"), "j7 shop.orders Order%s menus /4");
	assert_string_equal(names("q=%25&limit=2"), "Order%s j7 /4");
	assert_string_equal(names("q=%25&limit=2&offset=3"), "shop.orders /4");
	assert_string_equal(names("q=%25&limit=0"), "/4");
	assert_string_equal(names("q=%25&filter=job"), "j7 /1");
	assert_string_equal(names("q=%25&namespace=m"), "/0");
	assert_string_equal(names("q=%25&namespace=n&filter=Dataset"),
		"Order%s menus shop.orders /3");
	assert_string_equal(names("q=%25&after=2026-08-02&before=2026-08-04"),
		"Order%s shop.orders /2");
	assert_int_equal(status(SEARCH, "q=a&before=2026-8-2"), 400);
}

static void a_dataset_is_hit_once_by_all_its_names(void **state)
{
	(void)state;
	add_dataset("table", "2026-08-01T00:00:00Z",
		"'symlinks':{'identifiers':[{'namespace':'n','name':'tableau','type':"
		"'TABLE'}]}");
	assert_string_equal(names("q=tab"), "table /1");
	assert_string_equal(names("q=eau"), "table /1");
	add_dataset("table", "2026-08-02T00:00:00Z", "'symlinks':{'identifiers':[]}");
	assert_string_equal(names("q=eau"), "/0");
}

/* Of an hour or day that an answer has: "start complete fail abort" or the count. */
static json_int_t counted(
	const char *path, const char *query, size_t back, const char *member)
{
	AUTO(json) json_t *answer = fixture_json(&f, path, query);
	size_t count = json_array_size(answer);

	assert_true(count > back);
	return json_integer_value(
		json_object_get(json_array_get(answer, count - 1 - back), member));
}

static void tell_ago(int number, const char *type, int64_t ago_us)
{
	char time[TIME_TEXT_MAX];

	tell(number, type, time_format(clock_now_us() - ago_us, time));
}

static void events_are_counted_by_the_hour(void **state)
{
	int64_t started;

	(void)state;
	/* Once more when an hour ended meanwhile. */
	do {
		end(NULL);
		begin(NULL);
		started = clock_now_us() / HOUR_US;
		tell_ago(1, "START", 2 * HOUR_US);
		tell_ago(2, "START", 2 * HOUR_US);
		tell_ago(2, "FAIL", 0);
		tell_ago(3, "ABORT", 30 * HOUR_US);
	} while (started != clock_now_us() / HOUR_US);
	assert_int_equal(counted(STATS "lineage-events", "period=DAY", 2, "start"), 2);
	assert_int_equal(counted(STATS "lineage-events", "period=day", 0, "fail"), 1);
	assert_int_equal(counted(STATS "lineage-events", "period=DAY", 23, "abort"), 0);
	assert_int_equal(counted(STATS "jobs", "period=DAY", 23, "count"), 1);
	assert_int_equal(counted(STATS "jobs", "period=DAY", 2, "count"), 3);
	assert_int_equal(counted(STATS "jobs", "period=DAY", 0, "count"), 3);
}

static void a_week_is_seven_days_of_a_zone(void **state)
{
	AUTO(json) json_t *answer = NULL;
	const char *start;

	(void)state;
	add_dataset("d", "2026-08-01T00:00:00Z",
		"'dataSource':{'name':'db','uri':'jdbc:db'}");
	answer = fixture_json(&f, STATS "datasets", "period=WEEK&timezone=UTC");
	assert_int_equal(json_array_size(answer), 7);
	start = json_string_value(
		json_object_get(json_array_get(answer, 0), "startInterval"));
	assert_string_equal(start + strlen("2026-08-01"), "T00:00:00Z");
	assert_int_equal(counted(STATS "datasets", "period=WEEK", 6, "count"), 1);
	assert_int_equal(counted(STATS "sources", "period=WEEK", 6, "count"), 1);
	assert_int_equal(counted(STATS "jobs", "period=WEEK", 0, "count"), 0);
}

static void what_no_period_is_is_refused_in_words(void **state)
{
	struct reply reply;

	(void)state;
	fixture_get(&f, STATS "lineage-events", "period=MONTH", &reply);
	assert_int_equal(reply.status, 400);
	assert_true(slice_equal(buf_get(&reply.body), SLICE("Invalid period")));
	reply_fini(&reply);
	assert_int_equal(status(STATS "lineage-events", "period=WEEK"), 400);
	assert_int_equal(status(STATS "jobs", "period=WEEK&timezone=No/Where"), 400);
}

static const char *highlight(const char *path, const char *query, const char *member)
{
	static char words[WORDS_MAX];
	AUTO(json) json_t *answer = fixture_json(&f, path, query);
	const json_t *first = json_array_get(json_object_get(answer, "highlights"), 0);
	const char *text =
		json_string_value(json_array_get(json_object_get(first, member), 0));

	assert_int_equal(json_array_size(json_object_get(answer, "hits")),
		json_array_size(json_object_get(answer, "highlights")));
	(void)snprintf(words, sizeof(words), "%s", text ? text : "");
	return words;
}

static void phrases_are_found_in_what_facets_say(void **state)
{
	(void)state;
	add("{'eventType':'COMPLETE','eventTime':'2026-08-01T00:00:00Z','run':{'runId':"
	    "'00000000-0000-0000-0000-000000000001'},'job':{'namespace':'n','name':'j',"
	    "'facets':{'sql':{'query':'select *\\nfrom big_orders'}}},'outputs':[{"
	    "'namespace':'n','name':'d','facets':{'schema':{'fields':[{'name':'price',"
	    "'type':'INT'}]}}}],'producer':'p','schemaURL':'s'}");
	assert_string_equal(
		highlight("/api/v2beta/search/jobs", "q=big+ord", "facets.sql.query"),
		"select *\nfrom <em>big_orders</em>");
	assert_string_equal(highlight("/api/v2beta/search/datasets", "q=PRICE",
				    "facets.schema.fields.name"),
		"<em>price</em>");
	assert_string_equal(
		highlight("/api/v2beta/search/datasets", "q=d", "name"), "<em>d</em>");
	assert_string_equal(highlight("/api/v2beta/search/jobs", "q=menus", "name"), "");
}

#define ASK_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASK_TEST(events_stand_by_their_own_time),
		ASK_TEST(the_end_of_a_time_is_not_in_it),
		ASK_TEST(parts_of_hours_are_counted_as_well),
		ASK_TEST(of_a_long_stream_all_events_are_counted),
		ASK_TEST(an_event_comes_as_it_was_with_its_time_in_utc),
		ASK_TEST(only_events_of_runs_are_listed),
		ASK_TEST(a_part_of_a_name_is_enough),
		ASK_TEST(percent_and_underscore_are_wildcards),
		ASK_TEST(hits_are_sorted_counted_and_cut),
		ASK_TEST(a_dataset_is_hit_once_by_all_its_names),
		ASK_TEST(events_are_counted_by_the_hour),
		ASK_TEST(a_week_is_seven_days_of_a_zone),
		ASK_TEST(what_no_period_is_is_refused_in_words),
		ASK_TEST(phrases_are_found_in_what_facets_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
