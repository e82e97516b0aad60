/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_changes_large.c - planned changes of events, which may be of any size
 *
 * One that is too large to be shown as a whole can be listed and ended all the same.
 */
#include "fixture.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CHANGES "/api/v2/changes"
#define CHANGE	"/api/v2/changes/drops"

/* An event plans to drop so many columns, each with a name of so many letters. */
static void plan_drops(struct fixture *f, size_t columns, int letters)
{
	int64_t now_us = clock_now_us();
	char time[TIME_TEXT_MAX];
	struct buf event;

	buf_init(&event, SIZE_MAX);
	buf_printf(&event,
		"{\"eventTime\":\"%s\",\"producer\":\"p\",\"schemaURL\":\"s\","
		"\"dataset\":{\"namespace\":\"n\",\"name\":\"orders\",\"facets\":{"
		"\"headwater_change_drops\":{\"changes\":[",
		time_format(now_us, time));
	for (size_t i = 0; i < columns; i++)
		buf_printf(&event, "%s{\"op\":\"drop_column\",\"column\":\"%0*zu\"}",
			i ? "," : "", letters, i);
	buf_str(&event, "]}}}}");
	assert_int_equal(buf_error(&event), 0);
	fixture_add(f, buf_get(&event), now_us);
	fixture_publish(f);
	buf_fini(&event);
}

/* Whether the only operation of the only change has a link. */
static void assert_link(struct fixture *f, bool has_one)
{
	json_t *answer = fixture_json(f, CHANGES, "");
	json_t *link;

	assert_int_equal(json_unpack(answer, "{s:[{s:[{s:o}]}]}", "changes", "changes",
				 "impact", &link),
		0);
	assert_int_equal(json_is_string(link), has_one);
	assert_int_equal(json_is_null(link), !has_one);
	json_decref(answer);
}

static void assert_planned(struct fixture *f, size_t operations, const char *safe)
{
	json_t *answer = fixture_json(f, CHANGE, "");
	const char *told;
	json_t *list;

	assert_int_equal(
		json_unpack(answer, "{s:s,s:o}", "safe", &told, "changes", &list), 0);
	assert_int_equal(json_array_size(list), operations);
	assert_string_equal(told, safe);
	json_decref(answer);
}

static void a_name_that_no_link_can_hold_is_listed_without_one(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	plan_drops(&f, 1, 500);
	assert_link(&f, true);
	plan_drops(&f, 1, 2000000);
	assert_link(&f, false);
	fixture_close(&f);
}

static void a_change_with_long_names_can_be_ended(void **state)
{
	struct question end = { "DELETE", CHANGE, "", SLICE("") };
	struct reply reply;
	struct fixture f;

	(void)state;
	fixture_open(&f);
	plan_drops(&f, 1, 2000000);
	fixture_ask(&f, &end, &reply);
	assert_int_equal(reply.status, 200);
	fixture_add(&f, buf_get(&reply.event), clock_now_us());
	fixture_publish(&f);
	reply_fini(&reply);
	fixture_get(&f, CHANGE, "", &reply);
	assert_int_equal(reply.status, 404);
	reply_fini(&reply);
	fixture_close(&f);
}

static void operations_that_are_left_out_are_never_safe(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	plan_drops(&f, 1000, 4);
	assert_planned(&f, 1000, "yes");
	plan_drops(&f, 1001, 4);
	assert_planned(&f, 1000, "unknown");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_no_link_can_hold_is_listed_without_one),
		cmocka_unit_test(a_change_with_long_names_can_be_ended),
		cmocka_unit_test(operations_that_are_left_out_are_never_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
