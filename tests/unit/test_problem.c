/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_problem.c - every failure says what is wrong
 */
#include "api/problem.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct reply reply;

static int set_up(void **state)
{
	(void)state;
	reply_init(&reply);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	reply_fini(&reply);
	return 0;
}

static void assert_body(const char *text)
{
	struct slice body = buf_get(&reply.body);

	assert_int_equal(buf_error(&reply.body), 0);
	assert_string_equal(reply.media_type, "application/problem+json");
	assert_int_equal(body.len, strlen(text));
	assert_memory_equal(body.ptr, text, body.len);
}

static void a_problem_says_what_is_wrong(void **state)
{
	(void)state;
	problem_reply(&reply, 404, "there is no \"%s\"", "x");
	assert_int_equal(reply.status, 404);
	assert_body("{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
		    "\"detail\":\"there is no \\\"x\\\"\"}");
}

static void a_problem_replaces_what_was_written_before(void **state)
{
	(void)state;
	buf_str(&reply.body, "half an ans");
	problem_from_error(&reply, ERR_CORRUPT);
	assert_int_equal(reply.status, 500);
	assert_int_equal(reply.body.data[0], '{');
}

static void a_fault_of_a_parameter_names_it(void **state)
{
	struct fault fault = { .where = "limit", .why = "must be a number" };

	(void)state;
	problem_from_fault(&reply, 400, &fault);
	assert_body("{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
		    "\"detail\":\"must be a number\",\"parameter\":\"limit\"}");
}

static void a_fault_of_a_body_has_a_pointer_and_an_offset(void **state)
{
	struct fault fault = { .where = "/job/name",
		.why = "must be a string",
		.offset = 17,
		.has_offset = true };

	(void)state;
	problem_from_fault(&reply, 400, &fault);
	assert_body("{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
		    "\"detail\":\"must be a string\",\"pointer\":\"/job/name\","
		    "\"offset\":17}");
}

static void what_may_pass_is_to_be_tried_again(void **state)
{
	static const int errors[] = { ERR_NOMEM, ERR_BUSY, ERR_DISK_FULL, ERR_CLOSED };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		reply.retry_after_s = 0;
		problem_from_error(&reply, errors[i]);
		assert_int_equal(reply.status, 503);
		assert_true(reply.retry_after_s > 0);
	}
}

static void every_error_has_a_status_of_its_own_kind(void **state)
{
	(void)state;
	for (int err = ERR_ADDRESS; err <= ERR_NOMEM; err++) {
		json_t *body;

		problem_from_error(&reply, err);
		assert_in_range(reply.status, 400, 599);
		body = json_loadb(reply.body.data, reply.body.len, 0, NULL);
		assert_int_equal(json_integer_value(json_object_get(body, "status")),
			reply.status);
		json_decref(body);
	}
}

static void outside_bytes_in_a_detail_stay_json(void **state)
{
	json_t *body;

	(void)state;
	problem_reply(&reply, 400, "%s", "\x01\xff\"");
	body = json_loadb(reply.body.data, reply.body.len, 0, NULL);
	assert_non_null(body);
	json_decref(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_problem_says_what_is_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_problem_replaces_what_was_written_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_fault_of_a_parameter_names_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_fault_of_a_body_has_a_pointer_and_an_offset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_may_pass_is_to_be_tried_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			every_error_has_a_status_of_its_own_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			outside_bytes_in_a_detail_stay_json, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
