/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_router.c - a method and a path find their route
 */
#include "api/router.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct slice args[CALL_ARGS_MAX];
static const struct route *route;
static const char *allow;

static enum route_match find(const char *method, const char *path)
{
	route = NULL;
	allow = NULL;
	return route_find(slice_from(method), slice_from(path), args, &route, &allow);
}

static void every_route_is_found_by_its_own_pattern(void **state)
{
	(void)state;
	for (const struct route *r = api_routes; r->method; r++) {
		assert_int_equal(find(r->method, r->pattern), MATCH_ROUTE);
		assert_ptr_equal(route, r);
	}
}

static void a_row_has_a_handler_unless_it_takes_events(void **state)
{
	(void)state;
	for (const struct route *r = api_routes; r->method; r++) {
		bool ingest = r->kind == ROUTE_EVENT || r->kind == ROUTE_BATCH;

		assert_true(ingest == (r->handler == NULL));
		assert_non_null(r->summary);
	}
}

static void braces_match_one_segment(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/api/v2/runs/abc%2F"), MATCH_ROUTE);
	assert_string_equal(route->pattern, "/api/v2/runs/{runId}");
	assert_true(slice_equal(args[0], SLICE("abc%2F")));
	assert_int_equal(find("GET", "/api/v2/runs/a/b"), MATCH_NO_PATH);
	assert_int_equal(find("GET", "/api/v2/runs//"), MATCH_NO_PATH);
}

static void a_path_is_cut_before_it_is_decoded(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/api/v1/namespaces/s3%3A%2F%2Flake/jobs/a%2Fb"),
		MATCH_ROUTE);
	assert_string_equal(route->pattern, "/api/v1/namespaces/{namespace}/jobs/{job}");
	assert_true(slice_equal(args[0], SLICE("s3%3A%2F%2Flake")));
	assert_true(slice_equal(args[1], SLICE("a%2Fb")));
	assert_int_equal(find("GET", "/api%2Fv2/nodes"), MATCH_NO_PATH);
	assert_int_equal(find("GET", "/%61pi/v2/n%6Fdes"), MATCH_ROUTE);
	assert_string_equal(route->pattern, "/api/v2/nodes");
	assert_int_equal(find("GET", "/api/v2/nodes%"), MATCH_NO_PATH);
	assert_int_equal(find("GET", "/api/v2/node%7"), MATCH_NO_PATH);
}

static int says_its_args(struct call *call, struct reply *reply)
{
	for (size_t i = 0; i < CALL_ARGS_MAX; i++) {
		buf_slice(&reply->body, call->args[i]);
		buf_byte(&reply->body, '|');
	}
	return 0;
}

static void a_handler_is_given_what_the_path_means(void **state)
{
	struct route row = { "GET", "/", ROUTE_QUERY, says_its_args, "", false };
	struct arena *arena = arena_new(1024, 4096);
	struct call call = { .arena = arena,
		.args = { SLICE("plain"), SLICE("%c3%A4%2f+"), SLICE("%"),
			SLICE("%zz%41%4") } };
	struct reply reply;

	(void)state;
	assert_non_null(arena);
	reply_init(&reply);
	route_run(&row, &call, &reply);
	assert_true(
		slice_equal(buf_get(&reply.body), SLICE("plain|\xc3\xa4/+|%|%zzA%4|")));
	reply_fini(&reply);
	arena_free(arena);
}

static void graphs_are_found_with_a_format_behind_a_dot(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/api/v2/lineage.dot"), MATCH_ROUTE);
	assert_string_equal(route->pattern, "/api/v2/lineage");
	assert_int_equal(find("GET", "/api/v2/diff.node-link/"), MATCH_ROUTE);
	assert_string_equal(route->pattern, "/api/v2/diff");
	assert_int_equal(find("GET", "/api/v2/lineage.png"), MATCH_NO_PATH);
	assert_int_equal(find("GET", "/api/v2/lineage."), MATCH_NO_PATH);
	assert_int_equal(find("GET", "/api/v2/nodes.dot"), MATCH_NO_PATH);
	assert_int_equal(find("GET", "/api/v2.dot/lineage"), MATCH_NO_PATH);
}

static void a_path_has_a_route_for_each_of_its_methods(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/api/v2/changes/a"), MATCH_ROUTE);
	assert_int_equal(route->kind, ROUTE_QUERY);
	assert_int_equal(find("PUT", "/api/v2/changes/a"), MATCH_ROUTE);
	assert_int_equal(route->kind, ROUTE_WRITE);
	assert_string_equal(route->method, "PUT");
	assert_int_equal(find("DELETE", "/api/v2/changes/a"), MATCH_ROUTE);
	assert_string_equal(route->method, "DELETE");
	assert_int_equal(find("PATCH", "/api/v2/changes/a"), MATCH_NO_METHOD);
}

static void head_is_answered_like_get(void **state)
{
	(void)state;
	assert_int_equal(find("HEAD", "/livez"), MATCH_ROUTE);
	assert_string_equal(route->pattern, "/livez");
	assert_int_equal(find("HEAD", "/api/v1/lineage/batch"), MATCH_NO_METHOD);
}

static void a_slash_at_the_end_is_ignored(void **state)
{
	(void)state;
	assert_int_equal(find("GET", "/livez/"), MATCH_ROUTE);
	assert_int_equal(find("GET", "/api/v2/runs/"), MATCH_ROUTE);
	assert_string_equal(route->pattern, "/api/v2/runs");
	assert_int_equal(find("GET", "/"), MATCH_ROUTE);
	assert_string_equal(route->pattern, "/");
}

static void paths_that_are_not_there_match_nothing(void **state)
{
	static const char *const paths[] = { "", "x", "//", "/livezz", "/live", "/apis",
		"/api/v2", "/API/v2/nodes", "/api/v2/nodes/x", "//livez" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_int_equal(find("GET", paths[i]), MATCH_NO_PATH);
}

static void a_wrong_method_is_told_the_right_ones(void **state)
{
	(void)state;
	assert_int_equal(find("DELETE", "/livez"), MATCH_NO_METHOD);
	assert_string_equal(allow, "GET, HEAD, OPTIONS");
	assert_int_equal(find("GET", "/api/v1/lineage/batch"), MATCH_NO_METHOD);
	assert_string_equal(allow, "OPTIONS, POST");
	assert_int_equal(find("POST", "/api/v2/changes/a"), MATCH_NO_METHOD);
	assert_string_equal(allow, "DELETE, GET, HEAD, OPTIONS, PUT");
	assert_int_equal(find("get", "/livez"), MATCH_NO_METHOD);
	assert_int_equal(find("OPTIONS", "*"), MATCH_NO_METHOD);
	assert_string_equal(allow, "DELETE, GET, HEAD, OPTIONS, POST, PUT");
}

static int fails(struct call *call, struct reply *reply)
{
	(void)call;
	buf_str(&reply->body, "half an answ");
	return ERR_IO;
}

static int writes_too_much(struct call *call, struct reply *reply)
{
	(void)call;
	buf_fini(&reply->body);
	buf_init(&reply->body, 512);
	for (int i = 0; i < 1000; i++)
		buf_str(&reply->body, "x");
	return 0;
}

static int status_after(call_handler *handler)
{
	struct route row = { "GET", "/", ROUTE_QUERY, handler, "", false };
	struct reply reply;
	struct call call = { 0 };
	json_t *body;
	int status;

	reply_init(&reply);
	route_run(&row, &call, &reply);
	body = json_loadb(reply.body.data, reply.body.len, 0, NULL);
	assert_non_null(json_object_get(body, "detail"));
	json_decref(body);
	status = reply.status;
	reply_fini(&reply);
	return status;
}

static void a_failure_becomes_a_problem(void **state)
{
	(void)state;
	assert_int_equal(status_after(fails), 500);
	assert_int_equal(status_after(NULL), 501);
}

static void an_answer_that_is_too_large_becomes_a_problem(void **state)
{
	(void)state;
	assert_int_equal(status_after(writes_too_much), 413);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_found_by_its_own_pattern),
		cmocka_unit_test(a_row_has_a_handler_unless_it_takes_events),
		cmocka_unit_test(braces_match_one_segment),
		cmocka_unit_test(a_path_is_cut_before_it_is_decoded),
		cmocka_unit_test(a_handler_is_given_what_the_path_means),
		cmocka_unit_test(graphs_are_found_with_a_format_behind_a_dot),
		cmocka_unit_test(a_path_has_a_route_for_each_of_its_methods),
		cmocka_unit_test(head_is_answered_like_get),
		cmocka_unit_test(a_slash_at_the_end_is_ignored),
		cmocka_unit_test(paths_that_are_not_there_match_nothing),
		cmocka_unit_test(a_wrong_method_is_told_the_right_ones),
		cmocka_unit_test(a_failure_becomes_a_problem),
		cmocka_unit_test(an_answer_that_is_too_large_becomes_a_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
