/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_json_part.c - parts of JSON text keep their bytes
 */
#include "collector/json_part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_slice(struct slice have, const char *wanted)
{
	assert_int_equal(have.len, strlen(wanted));
	assert_memory_equal(have.ptr, wanted, have.len);
}

static void a_member_is_found_by_its_name(void **state)
{
	const struct slice text =
		SLICE(" { \"a\" : 1.10 , \"b\" : { \"c\" : [ NaN ] } , \"\" : null } ");
	struct slice value;

	(void)state;
	assert_true(part_member(text, "a", &value));
	assert_slice(value, "1.10");
	assert_true(part_member(text, "b", &value));
	assert_slice(value, "{ \"c\" : [ NaN ] }");
	assert_true(part_member(text, "", &value));
	assert_slice(value, "null");
	assert_false(part_member(text, "c", &value));
}

static void the_last_of_two_members_counts(void **state)
{
	struct slice value;

	(void)state;
	assert_true(part_member(SLICE("{\"a\":1,\"b\":2,\"a\":3}"), "a", &value));
	assert_slice(value, "3");
}

static void what_is_no_object_has_no_member(void **state)
{
	static const char *const texts[] = { "", "null", "[]", "[{\"a\":1}]", "\"a\"",
		"{}", "1" };
	struct slice value;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_false(part_member(slice_from(texts[i]), "a", &value));
}

static void elements_come_in_their_order(void **state)
{
	struct json_parts parts;
	struct slice element;

	(void)state;
	parts_init(&parts, SLICE("[ {\"a\":[1,2]} , \"x,]\" ,null]"));
	assert_true(parts_next(&parts, &element));
	assert_slice(element, "{\"a\":[1,2]}");
	assert_true(parts_next(&parts, &element));
	assert_slice(element, "\"x,]\"");
	assert_true(parts_next(&parts, &element));
	assert_slice(element, "null");
	assert_false(parts_next(&parts, &element));
	assert_false(parts_next(&parts, &element));
}

static void what_is_no_array_has_no_element(void **state)
{
	static const char *const texts[] = { "", "null", "[]", "[ ]", "{\"a\":1}", "1" };
	struct json_parts parts;
	struct slice element;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		parts_init(&parts, slice_from(texts[i]));
		assert_false(parts_next(&parts, &element));
	}
}

static void a_text_is_decoded(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 4096);
	struct slice text;

	(void)state;
	assert_non_null(arena);
	assert_int_equal(part_text(SLICE("\"plain\""), arena, &text), 0);
	assert_slice(text, "plain");
	assert_int_equal(part_text(SLICE("\"\""), arena, &text), 0);
	assert_slice(text, "");
	assert_non_null(text.ptr);
	assert_int_equal(part_text(SLICE("\"a\\n\\u00e4\""), arena, &text), 0);
	assert_slice(text, "a\n\xc3\xa4");
	assert_int_equal(part_text(SLICE("null"), arena, &text), 1);
	assert_int_equal(part_text(SLICE("12"), arena, &text), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_is_found_by_its_name),
		cmocka_unit_test(the_last_of_two_members_counts),
		cmocka_unit_test(what_is_no_object_has_no_member),
		cmocka_unit_test(elements_come_in_their_order),
		cmocka_unit_test(what_is_no_array_has_no_element),
		cmocka_unit_test(a_text_is_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
