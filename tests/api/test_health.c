/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_health.c - the pages that operators and their tools ask
 */
#include "api/health.h"
#include "api/router.h"
#include "base/metrics.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct server_state server = { .version = "1.2.3", .started_us = 1500000 };

static void ask(const char *path, struct reply *reply)
{
	struct slice get = SLICE("GET");
	struct call call = { .method = get, .path = slice_from(path), .state = &server };
	const struct route *route;
	const char *allow;

	reply_init(reply);
	assert_int_equal(
		route_find(get, call.path, call.args, &route, &allow), MATCH_ROUTE);
	route_run(route, &call, reply);
	buf_byte(&reply->body, '\0');
	assert_int_equal(buf_error(&reply->body), 0);
}

/* Asks /readyz: the status, and whether its one reason begins so. */
static int ready_status(const char *reason)
{
	struct reply reply;
	json_t *body;
	json_t *reasons;
	int status;

	ask("/readyz", &reply);
	body = json_loads(reply.body.data, 0, NULL);
	reasons = json_object_get(body, "reasons");
	assert_int_equal(json_array_size(reasons), reason ? 1 : 0);
	if (reason)
		assert_non_null(
			strstr(json_string_value(json_array_get(reasons, 0)), reason));
	status = reply.status;
	assert_true((status == 503) == (reply.retry_after_s > 0));
	json_decref(body);
	reply_fini(&reply);
	return status;
}

static void it_is_ready_when_nothing_is_in_the_way(void **state)
{
	(void)state;
	assert_int_equal(ready_status("starting"), 503);
	server.ready = true;
	assert_int_equal(ready_status(NULL), 200);
	server.draining = true;
	assert_int_equal(ready_status("draining"), 503);
	server.draining = false;
	server.write_error = ERR_IO;
	assert_int_equal(ready_status("the event log failed"), 503);
	server.write_error = 0;
	assert_int_equal(ready_status(NULL), 200);
}

static void the_first_page_lists_every_route(void **state)
{
	struct reply reply;
	json_t *body;
	size_t count = 0;

	(void)state;
	while (api_routes[count].method)
		count++;
	ask("/", &reply);
	body = json_loads(reply.body.data, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(body, "routes")), count);
	json_decref(body);
	reply_fini(&reply);
}

static void every_metric_is_printed(void **state)
{
	struct reply reply;

	(void)state;
	metric_add(M_EVENTS_ACCEPTED, 41);
	ask("/metrics", &reply);
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		char line[200];

		(void)snprintf(line, sizeof(line), "# TYPE %s ", metric_rows[i].name);
		assert_non_null(strstr(reply.body.data, line));
	}
	assert_non_null(
		strstr(reply.body.data, "\nheadwater_events_accepted_total 41\n"));
	assert_non_null(
		strstr(reply.body.data, "\nheadwater_build_info{version=\"1.2.3\"} 1\n"));
	assert_non_null(
		strstr(reply.body.data, "\nprocess_start_time_seconds 1.500000\n"));
	assert_null(strstr(reply.body.data, "process_resident_memory_bytes 0\n"));
	reply_fini(&reply);
}

static void buckets_of_a_histogram_add_up(void **state)
{
	struct reply reply;

	(void)state;
	metric_observe_us(M_QUERY_TIME, 0);
	metric_observe_us(M_QUERY_TIME, INT64_C(3600000000));
	ask("/metrics", &reply);
	assert_non_null(strstr(
		reply.body.data, "headwater_query_seconds_bucket{le=\"+Inf\"} 2\n"));
	assert_non_null(strstr(reply.body.data, "headwater_query_seconds_count 2\n"));
	assert_non_null(
		strstr(reply.body.data, "headwater_query_seconds_sum 3600.000000\n"));
	reply_fini(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_ready_when_nothing_is_in_the_way),
		cmocka_unit_test(the_first_page_lists_every_route),
		cmocka_unit_test(every_metric_is_printed),
		cmocka_unit_test(buckets_of_a_histogram_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
