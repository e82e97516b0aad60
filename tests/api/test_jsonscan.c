/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_jsonscan.c - single members of stored JSON
 */
#include "api/jsonscan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new(4096, (size_t)1 << 20);
	return arena ? 0 : -1;
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_slice(struct slice slice, const char *text)
{
	if (!slice_equal(slice, slice_from(text)))
		fail_msg("%.*s is not %s", (int)slice.len, slice.ptr, text);
}

static void assert_next(struct jsonscan *scan, const char *name, const char *value)
{
	struct slice found_name;
	struct slice found_value;

	assert_true(jsonscan_next(scan, &found_name, &found_value));
	assert_slice(found_name, name);
	assert_slice(found_value, value);
}

static void assert_end(struct jsonscan *scan)
{
	struct slice name;
	struct slice value;

	assert_false(jsonscan_next(scan, &name, &value));
}

static void members_come_one_after_the_other(void **state)
{
	struct jsonscan scan;

	(void)state;
	jsonscan_init(&scan, SLICE(" { \"a\" : 1 ,\"b\":\"x,}\\\"\" , \"c\":"
				   "{\"d\":[1,{\"e\":\"]\"}]}, \"f\":null } "));
	assert_next(&scan, "a", "1");
	assert_next(&scan, "b", "\"x,}\\\"\"");
	assert_next(&scan, "c", "{\"d\":[1,{\"e\":\"]\"}]}");
	assert_next(&scan, "f", "null");
	assert_end(&scan);
}

static void items_have_no_names(void **state)
{
	struct jsonscan scan;

	(void)state;
	jsonscan_init(&scan, SLICE("[[1,2], true,-3.5e7]"));
	assert_next(&scan, "", "[1,2]");
	assert_next(&scan, "", "true");
	assert_next(&scan, "", "-3.5e7");
	assert_end(&scan);
}

static void what_is_neither_has_no_members(void **state)
{
	static const char *const texts[] = { "", " ", "12", "\"{}\"", "{}", "[ ]" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct jsonscan scan;

		jsonscan_init(&scan, slice_from(texts[i]));
		assert_end(&scan);
	}
}

static void a_byte_order_mark_is_passed_over(void **state)
{
	struct jsonscan scan;

	(void)state;
	jsonscan_init(&scan, SLICE("\xef\xbb\xbf{\"a\":1}"));
	assert_next(&scan, "a", "1");
}

static void of_a_name_that_is_there_twice_the_last_counts(void **state)
{
	struct slice value;

	(void)state;
	assert_true(
		jsonscan_member(SLICE("{\"a\":1,\"b\":2,\"a\":3}"), SLICE("a"), &value));
	assert_slice(value, "3");
	assert_false(jsonscan_member(SLICE("{\"b\":{\"a\":1}}"), SLICE("a"), &value));
	assert_false(jsonscan_member(SLICE("[\"a\",1]"), SLICE("a"), &value));
}

static void assert_text(const char *json, const char *text)
{
	struct slice out;

	assert_int_equal(jsonscan_text(slice_from(json), arena, &out), 0);
	assert_slice(out, text);
}

static void strings_are_decoded(void **state)
{
	struct slice out;

	(void)state;
	assert_text("\"\"", "");
	assert_text("\"a\\n\\t\\\\\\/\\\"b\"", "a\n\t\\/\"b");
	assert_text("\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac");
	assert_text("\"\\ud83c\\udf70!\"", "\xf0\x9f\x8d\xb0!");
	assert_int_equal(jsonscan_text(SLICE("12"), arena, &out), 1);
	assert_int_equal(jsonscan_text(SLICE("null"), arena, &out), 1);
}

static void half_a_character_is_shown_as_one_that_is_missing(void **state)
{
	(void)state;
	assert_text("\"\\ud83c!\"", "\xef\xbf\xbd!");
	assert_text("\"\\udf70!\"", "\xef\xbf\xbd!");
	assert_text("\"\\ud83c\\u0041\"", "\xef\xbf\xbd"
					  "A");
}

/* A copy of just that size, so that the sanitizer sees a step too far. */
static void scan_all_of(const char *text, size_t len)
{
	char *copy = malloc(len + !len);
	struct jsonscan scan;
	struct slice name;
	struct slice value;
	struct slice decoded;

	assert_non_null(copy);
	memcpy(copy, text, len);
	jsonscan_init(&scan, slice_of(copy, len));
	for (int i = 0; i < 100 && jsonscan_next(&scan, &name, &value); i++)
		(void)!jsonscan_text(value, arena, &decoded);
	free(copy);
}

static void text_that_breaks_off_is_not_read_beyond(void **state)
{
	static const char text[] =
		"{\"a\\\\\":\"\\ud83c\\udf70\\\"\",\"b\":[1,{\"c\":\"d\"}],\"e\":-1}";

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		for (size_t from = 0; from < len; from++)
			scan_all_of(text + from, len - from);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_come_one_after_the_other),
		cmocka_unit_test(items_have_no_names),
		cmocka_unit_test(what_is_neither_has_no_members),
		cmocka_unit_test(a_byte_order_mark_is_passed_over),
		cmocka_unit_test(of_a_name_that_is_there_twice_the_last_counts),
		cmocka_unit_test(strings_are_decoded),
		cmocka_unit_test(half_a_character_is_shown_as_one_that_is_missing),
		cmocka_unit_test(text_that_breaks_off_is_not_read_beyond),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
