/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_json_nulls.c - what says nothing goes, and all else keeps its bytes
 */
#include "collector/json_nulls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEXT_MAX ((size_t)1 << 16)

static void assert_copy(const char *text, const char *wanted)
{
	struct buf out;

	buf_init(&out, TEXT_MAX);
	buf_str(&out, "=");
	json_copy_without_nulls(slice_from(text), &out);
	assert_int_equal(buf_error(&out), 0);
	buf_byte(&out, '\0');
	assert_string_equal(out.data + 1, wanted);
	buf_fini(&out);
}

static void members_that_are_null_go(void **state)
{
	(void)state;
	assert_copy("{\"a\":null}", "{}");
	assert_copy("{\"a\":null,\"b\":1}", "{\"b\":1}");
	assert_copy("{\"a\":1,\"b\":null}", "{\"a\":1}");
	assert_copy("{\"a\":1,\"b\":null,\"c\":null,\"d\":2}", "{\"a\":1,\"d\":2}");
}

static void they_go_at_any_depth(void **state)
{
	(void)state;
	assert_copy(
		"{\"run\":{\"runId\":\"x\",\"facets\":null},\"inputs\":"
		"[{\"name\":\"a\",\"facets\":null},{\"facets\":null}],\"outputs\":null}",
		"{\"run\":{\"runId\":\"x\"},\"inputs\":[{\"name\":\"a\"},{}]}");
}

static void white_space_between_goes_too(void **state)
{
	(void)state;
	assert_copy(" { \"a\" : null ,\n\t\"b\" : [ 1 , 2 ] , \"c\" : null } ",
		"{\"b\":[1,2]}");
}

static void what_only_looks_like_null_stays(void **state)
{
	(void)state;
	assert_copy("{\"null\":\"null\"}", "{\"null\":\"null\"}");
	assert_copy("{\"a\":\",\\\"b\\\":null\"}", "{\"a\":\",\\\"b\\\":null\"}");
	assert_copy("{\"a\":\"\\\\\",\"b\":null}", "{\"a\":\"\\\\\"}");
	assert_copy("{\"a\":NaN,\"b\":-Infinity}", "{\"a\":NaN,\"b\":-Infinity}");
}

static void numbers_keep_their_digits(void **state)
{
	(void)state;
	assert_copy("{\"a\":1.10,\"b\":-0,\"c\":1E400,\"d\":12345678901234567890}",
		"{\"a\":1.10,\"b\":-0,\"c\":1E400,\"d\":12345678901234567890}");
}

static void an_array_keeps_its_nulls(void **state)
{
	(void)state;
	assert_copy("[null,1,[null],{\"a\":null},null]", "[null,1,[null],{},null]");
	assert_copy("null", "null");
	assert_copy("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_that_are_null_go),
		cmocka_unit_test(they_go_at_any_depth),
		cmocka_unit_test(white_space_between_goes_too),
		cmocka_unit_test(what_only_looks_like_null_stays),
		cmocka_unit_test(numbers_keep_their_digits),
		cmocka_unit_test(an_array_keeps_its_nulls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
