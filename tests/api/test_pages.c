/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_pages.c - pages tile the whole answer, and the log comes out as it went in
 */
#include "fixture.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define JOBS	   40
#define QUERY_SIZE 300

static struct fixture f;

/* A chain: job i reads dataset i and writes dataset i + 1; two runs each. */
static void add_run(int i, int run)
{
	char text[600];
	int n = snprintf(text, sizeof(text),
		"{\"eventType\":\"%s\",\"eventTime\":\"2026-08-01T07:%02d:%02dZ\","
		"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-%012d\"},"
		"\"job\":{\"namespace\":\"chain\",\"name\":\"job%03d\"},"
		"\"inputs\":[{\"namespace\":\"d\",\"name\":\"data%03d\"}],"
		"\"outputs\":[{\"namespace\":\"d\",\"name\":\"data%03d\"}],"
		"\"producer\":\"p\",\"schemaURL\":\"s\"}",
		run ? "FAIL" : "COMPLETE", i, run, i * 2 + run, i, i, i + 1);

	fixture_add(&f, slice_of(text, (size_t)n), INT64_C(1000000) * (i * 2 + run + 1));
}

static int open_chain(void **state)
{
	(void)state;
	fixture_open(&f);
	for (int i = 0; i < JOBS; i++) {
		add_run(i, 0);
		add_run(i, 1);
	}
	fixture_publish(&f);
	return 0;
}

static int close_chain(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

/* All items of a list, over as many pages as it takes. */
static json_t *all_pages(const char *path, const char *query, const char *list, int limit)
{
	json_t *items = json_array();
	char page[QUERY_SIZE];

	(void)snprintf(page, sizeof(page), "%s&limit=%d", query, limit);
	for (int pages = 0; pages < 1000; pages++) {
		json_t *answer = fixture_json(&f, path, page);
		json_t *next = json_object_get(answer, "next");
		json_t *part = json_object_get(answer, list);

		assert_true(json_is_array(part));
		assert_int_equal(json_array_extend(items, part), 0);
		if (json_is_null(next)) {
			json_decref(answer);
			return items;
		}
		if (!f.body_max && strcmp(list, "edges") != 0)
			assert_int_equal(json_array_size(part), limit);
		(void)snprintf(page, sizeof(page), "%s&limit=%d&cursor=%s", query, limit,
			json_string_value(next));
		json_decref(answer);
	}
	fail_msg("%s has no end", path);
	return items;
}

static void assert_pages_tile(
	const char *path, const char *query, const char *list, int count)
{
	static const int limits[] = { 1, 7, 40 };
	json_t *whole = all_pages(path, query, list, 1000);

	assert_int_equal(json_array_size(whole), count);
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		json_t *pages = all_pages(path, query, list, limits[i]);

		assert_true(json_equal(whole, pages));
		json_decref(pages);
	}
	json_decref(whole);
}

static void pages_of_nodes_tile_the_list(void **state)
{
	(void)state;
	assert_pages_tile("/api/v2/nodes", "", "nodes", 2 * JOBS + 1);
	assert_pages_tile("/api/v2/nodes", "kind=job", "nodes", JOBS);
	assert_pages_tile("/api/v2/nodes", "namespace=d&prefix=data00", "nodes", 10);
}

static void pages_of_namespaces_tile_the_list(void **state)
{
	(void)state;
	assert_pages_tile("/api/v2/namespaces", "", "namespaces", 2);
}

static void pages_of_runs_tile_the_list(void **state)
{
	(void)state;
	assert_pages_tile("/api/v2/runs", "", "runs", 2 * JOBS);
	assert_pages_tile("/api/v2/runs", "state=FAIL", "runs", JOBS);
	assert_pages_tile("/api/v2/runs", "namespace=chain&name=job003", "runs", 2);
}

static void pages_of_events_tile_the_log(void **state)
{
	(void)state;
	assert_pages_tile("/api/v2/events", "", "events", 2 * JOBS);
	assert_pages_tile("/api/v2/events", "from=5&to=20", "events", 16);
	assert_pages_tile("/api/v2/events",
		"after=1970-01-01T00:00:10Z&before=1970-01-01T00:00:20Z", "events", 10);
	assert_pages_tile(
		"/api/v2/events", "after=1970-01-01T00:00:10Z&from=70", "events", 11);
}

#define ENDS "node=dataset:d:data020"

static void pages_of_lineage_tile_the_nodes(void **state)
{
	(void)state;
	assert_pages_tile("/api/v2/lineage", ENDS, "nodes", 2 * JOBS + 1);
	assert_pages_tile("/api/v2/lineage", ENDS "&level=dataset", "nodes", JOBS + 1);
}

/* Order is that of the pages: compared as sets. */
static void assert_same_set(json_t *left, json_t *right)
{
	json_t *a;
	json_t *b;
	size_t i;
	size_t k;

	assert_int_equal(json_array_size(left), json_array_size(right));
	json_array_foreach(left, i, a)
	{
		int found = 0;

		json_array_foreach(right, k, b) found += json_equal(a, b);
		assert_int_equal(found, 1);
	}
}

static void every_edge_of_lineage_is_in_one_page(void **state)
{
	json_t *whole = all_pages("/api/v2/lineage", ENDS, "edges", 1000);
	json_t *pages = all_pages("/api/v2/lineage", ENDS, "edges", 9);
	json_t *small;

	(void)state;
	f.body_max = 8000;
	small = all_pages("/api/v2/lineage", ENDS, "edges", 1000);
	f.body_max = 0;
	assert_int_equal(json_array_size(whole), 2 * JOBS);
	assert_same_set(whole, pages);
	assert_same_set(whole, small);
	json_decref(whole);
	json_decref(pages);
	json_decref(small);
}

/* Asked for all at once, from a server whose answers have little room. */
static void a_page_ends_before_its_body_is_too_large(void **state)
{
	static const char *const lists[][3] = { { "/api/v2/nodes", "", "nodes" },
		{ "/api/v2/runs", "", "runs" }, { "/api/v2/events", "", "events" },
		{ "/api/v2/lineage", ENDS, "nodes" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const char *const *list = lists[i];
		json_t *whole = all_pages(list[0], list[1], list[2], 1000);
		json_t *pages;

		f.body_max = 8000;
		pages = all_pages(list[0], list[1], list[2], 1000);
		f.body_max = 0;
		assert_true(json_equal(whole, pages));
		json_decref(whole);
		json_decref(pages);
	}
}

static void a_passed_deadline_is_never_a_complete_answer(void **state)
{
	json_t *answer;

	(void)state;
	f.deadline_us = clock_monotonic_us() - 1;
	answer = fixture_json(&f, "/api/v2/lineage", ENDS);
	f.deadline_us = 0;
	assert_true(json_is_false(json_object_get(answer, "complete")));
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(answer, "truncated"), "reason")),
		"deadline");
	json_decref(answer);
}

#define PRETTY                                                              \
	"\xef\xbb\xbf{ "                                                    \
	"\"run\":\r\n{\"runId\":\"0197a3c1-0000-7000-8000-0000000000ff\"}," \
	"\n\t\"job\":{\"namespace\":\"n\",\"name\":\"a\\nb\"},\"x\":NaN,"   \
	"\"eventTime\":\"2026-08-01T07:00:00Z\"}\n"

static void add_pretty(void)
{
	fixture_add(&f, SLICE(PRETTY), 1000000000);
	fixture_publish(&f);
}

static void assert_answer(const char *path, const char *query, struct slice want)
{
	struct reply reply;

	fixture_get(&f, path, query, &reply);
	assert_int_equal(reply.status, 200);
	assert_int_equal(reply.body.len, want.len);
	assert_memory_equal(reply.body.data, want.ptr, want.len);
	reply_fini(&reply);
}

static void one_event_comes_out_byte_for_byte(void **state)
{
	(void)state;
	fixture_open(&f);
	add_pretty();
	assert_answer("/api/v2/events/1", "", SLICE(PRETTY));
	fixture_close(&f);
}

static void as_lines_each_event_stands_on_one(void **state)
{
	(void)state;
	fixture_open(&f);
	add_pretty();
	assert_answer("/api/v2/events", "format=ndjson",
		SLICE("{ \"run\":  "
		      "{\"runId\":\"0197a3c1-0000-7000-8000-0000000000ff\"}, "
		      "\t\"job\":{\"namespace\":\"n\",\"name\":\"a\\nb\"},\"x\":NaN,"
		      "\"eventTime\":\"2026-08-01T07:00:00Z\"} \n"));
	fixture_close(&f);
}

static void in_a_json_list_the_event_is_json(void **state)
{
	json_t *answer;
	json_t *event;

	(void)state;
	fixture_open(&f);
	add_pretty();
	answer = fixture_json(&f, "/api/v2/events", "");
	event = json_object_get(
		json_array_get(json_object_get(answer, "events"), 0), "event");
	assert_true(json_is_null(json_object_get(event, "x")));
	assert_non_null(json_object_get(event, "run"));
	json_decref(answer);
	fixture_close(&f);
}

static void an_empty_graph_has_empty_lists(void **state)
{
	static const char *const lists[][2] = { { "/api/v2/nodes", "nodes" },
		{ "/api/v2/namespaces", "namespaces" }, { "/api/v2/runs", "runs" },
		{ "/api/v2/events", "events" } };

	(void)state;
	fixture_open(&f);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		json_t *answer = fixture_json(&f, lists[i][0], "");

		assert_int_equal(
			json_array_size(json_object_get(answer, lists[i][1])), 0);
		assert_true(json_is_null(json_object_get(answer, "next")));
		json_decref(answer);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest chain[] = {
		cmocka_unit_test(pages_of_nodes_tile_the_list),
		cmocka_unit_test(pages_of_namespaces_tile_the_list),
		cmocka_unit_test(pages_of_runs_tile_the_list),
		cmocka_unit_test(pages_of_events_tile_the_log),
		cmocka_unit_test(pages_of_lineage_tile_the_nodes),
		cmocka_unit_test(every_edge_of_lineage_is_in_one_page),
		cmocka_unit_test(a_page_ends_before_its_body_is_too_large),
		cmocka_unit_test(a_passed_deadline_is_never_a_complete_answer),
	};
	const struct CMUnitTest alone[] = {
		cmocka_unit_test(one_event_comes_out_byte_for_byte),
		cmocka_unit_test(as_lines_each_event_stands_on_one),
		cmocka_unit_test(in_a_json_list_the_event_is_json),
		cmocka_unit_test(an_empty_graph_has_empty_lists),
	};
	int r = cmocka_run_group_tests(chain, open_chain, close_chain);

	return cmocka_run_group_tests(alone, NULL, NULL) + r;
}
