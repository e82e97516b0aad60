/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_json_scan.c - what is JSON, what is tolerated, and where it is wrong
 */
#include "collector/json_scan.h"
#include "collector/json_text.h"
#include "tests/json_oracle.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A literal that may hold NUL bytes. */
#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct slice valid[] = {
	TEXT("{}"),
	TEXT("[]"),
	TEXT(" \t\r\n[ ] "),
	TEXT("null"),
	TEXT("[true,false,null]"),
	TEXT("{\"a\":{\"b\":[1,{\"c\":[]}]},\"a\":2}"),
	TEXT("[0,-0,1.5,-12e3,1E+5,1e-400,0.0]"),
	TEXT("\"\""),
	TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\udd77\""),
	TEXT("\"sixteen bytes are read at a time \\n and then the rest of it\""),
	TEXT("\"za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 \xf0\x9f\x95\xb7 "
	     "\xed\x9f\xbf\xef\xbf\xbf\""),
	TEXT("\"\xf4\x8f\xbf\xbf\x7f\""),
	TEXT("{ \"a\" : [ 1 , 2 ] ,\n\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\"b\" : \"c\" }"),
};

static const struct slice invalid[] = {
	TEXT(""),
	TEXT(" "),
	TEXT("{"),
	TEXT("["),
	TEXT("[1"),
	TEXT("[1,"),
	TEXT("[1,]"),
	TEXT("[,1]"),
	TEXT("[1 2]"),
	TEXT("[1}"),
	TEXT("{\"a\":1]"),
	TEXT("{\"a\"}"),
	TEXT("{\"a\":}"),
	TEXT("{\"a\" 1}"),
	TEXT("{a:1}"),
	TEXT("{'a':1}"),
	TEXT("{\"a\":1,}"),
	TEXT("{1:1}"),
	TEXT("[1] 2"),
	TEXT("[1]]"),
	TEXT("]"),
	TEXT("nul"),
	TEXT("nulL"),
	TEXT("True"),
	TEXT("01"),
	TEXT("-"),
	TEXT("+1"),
	TEXT(".5"),
	TEXT("1."),
	TEXT("1.e5"),
	TEXT("1e"),
	TEXT("1e+"),
	TEXT("0x10"),
	TEXT("--1"),
	TEXT("// no\n1"),
	TEXT("\""),
	TEXT("\"a"),
	TEXT("\"a\\"),
	TEXT("\"\\x\""),
	TEXT("\"\\u12\""),
	TEXT("\"\\u12g4\""),
	TEXT("\"\\ud83d\\u12\""),
	TEXT("\"a\nb\""),
	TEXT("\"a\0b\""),
	TEXT("[1\0]"),
	TEXT("\0"),
	TEXT("\x0c[]"),
	TEXT("\"\x80\""),
	TEXT("\"\xc0\xaf\""),
	TEXT("\"\xc1\xbf\""),
	TEXT("\"\xc3\""),
	TEXT("\"\xe0\x9f\xbf\""),
	TEXT("\"\xed\xa0\x80\""),
	TEXT("\"\xe2\x82\""),
	TEXT("\"\xf0\x8f\xbf\xbf\""),
	TEXT("\"\xf4\x90\x80\x80\""),
	TEXT("\"\xf5\x80\x80\x80\""),
	TEXT("\"\xe2\x82"),
	TEXT("\xc2\xa0[]"),
};

static const struct {
	struct slice text;
	unsigned odd;
} tolerated[] = {
	{ TEXT("[NaN]"), SCAN_ODD_NAN },
	{ TEXT("{\"a\":Infinity,\"b\":-Infinity}"), SCAN_ODD_NAN },
	{ TEXT("1000000000000000000000000000000"), SCAN_ODD_NUMBER },
	{ TEXT("[-9223372036854775809]"), SCAN_ODD_NUMBER },
	{ TEXT("[1e400]"), SCAN_ODD_NUMBER },
	{ TEXT("\"\\ud800\""), SCAN_ODD_SURROGATE },
	{ TEXT("\"\\udc00\\ud800\""), SCAN_ODD_SURROGATE },
	{ TEXT("\"\\ud800\\u0041\""), SCAN_ODD_SURROGATE },
	{ TEXT("{\"x\\u0000y\":1}"), SCAN_ODD_NUL },
	{ TEXT("\xef\xbb\xbf{}"), SCAN_ODD_MARK },
};

/* Lies in memory of exactly its size, so that reading on would be noticed. */
static int scan_exact(struct scan *scan, struct slice text)
{
	char *copy = malloc(text.len ? text.len : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	r = scan_text(scan, slice_of(copy, text.len));
	if (r)
		assert_in_range((size_t)(scan->at - copy), 0, text.len);
	free(copy);
	return r;
}

static void json_is_accepted(void **state)
{
	(void)state;
	struct scan scan;

	for (size_t i = 0; i < ARRAY_LEN(valid); i++) {
		assert_int_equal(scan_exact(&scan, valid[i]), 0);
		assert_int_equal(scan.odd & ~(unsigned)SCAN_ODD_NUMBER, 0);
		assert_true(oracle_accepts(valid[i]));
	}
}

static void what_is_not_json_is_refused(void **state)
{
	(void)state;
	struct scan scan;

	for (size_t i = 0; i < ARRAY_LEN(invalid); i++) {
		if (scan_exact(&scan, invalid[i]) != ERR_INVALID)
			fail_msg("%s was accepted", invalid[i].ptr);
		assert_true(oracle_agrees(invalid[i]));
	}
}

static void what_clients_really_send_is_tolerated_and_told(void **state)
{
	(void)state;
	struct scan scan;

	for (size_t i = 0; i < ARRAY_LEN(tolerated); i++) {
		assert_int_equal(scan_exact(&scan, tolerated[i].text), 0);
		assert_int_equal(scan.odd, tolerated[i].odd);
		assert_false(oracle_accepts(tolerated[i].text));
	}
}

/* Every text with one byte changed, cut or doubled. */
static void damage_is_judged_as_jansson_does(void **state)
{
	(void)state;
	static const char bytes[] = "\"\\{}[],:0-.eENtIu \n\x01\x80\xc3\xed";
	char text[128];

	for (size_t i = 0; i < ARRAY_LEN(valid); i++) {
		struct slice s = valid[i];

		for (size_t at = 0; at < s.len; at++) {
			assert_true(oracle_agrees(slice_of(s.ptr, at)));
			for (size_t b = 0; b < sizeof(bytes); b++) {
				memcpy(text, s.ptr, s.len);
				text[at] = bytes[b];
				assert_true(oracle_agrees(slice_of(text, s.len)));
			}
		}
	}
}

/* n times a and n times b. */
static struct slice nested(char *text, size_t n, char a, char b)
{
	memset(text, a, n);
	memset(text + n, b, n);
	return slice_of(text, 2 * n);
}

static void nesting_has_a_limit(void **state)
{
	(void)state;
	static char text[2 * SCAN_DEPTH_MAX + 2];
	struct scan scan;

	assert_int_equal(scan_text(&scan, nested(text, 2000, '[', ']')), 0);
	assert_int_equal(scan.odd, 0);
	assert_int_equal(scan_text(&scan, nested(text, SCAN_DEPTH_MAX, '[', ']')), 0);
	assert_int_equal(scan_text(&scan, nested(text, SCAN_DEPTH_MAX + 1, '[', ']')),
		ERR_TOO_LARGE);
	assert_int_equal(scan.at - text, SCAN_DEPTH_MAX);
}

static void a_quote_is_found_at_any_distance(void **state)
{
	(void)state;
	char text[82];
	struct scan scan;

	memset(text, 'a', sizeof(text));
	text[0] = '"';
	for (size_t n = 1; n < sizeof(text); n++) {
		text[n] = '"';
		assert_int_equal(scan_exact(&scan, slice_of(text, n + 1)), 0);
		text[n] = '\x1f';
		assert_int_equal(scan_exact(&scan, slice_of(text, n + 1)), ERR_INVALID);
		assert_int_equal(scan_exact(&scan, slice_of(text, n)), ERR_INVALID);
		text[n] = 'a';
	}
}

static void members_are_taken_one_by_one(void **state)
{
	(void)state;
	struct scan scan;
	struct scan_string key;
	struct scan_string value;

	scan_init(&scan, SLICE(" { \"a\\n\" : \"x\" , \"b\" : [ 1 ] } "));
	assert_int_equal(scan_peek(&scan), '{');
	assert_int_equal(scan_enter(&scan), 0);
	assert_int_equal(scan_key(&scan, &key), 0);
	assert_true(slice_equal(key.raw, SLICE("a\\n")));
	assert_true(key.escaped);
	assert_int_equal(scan_peek(&scan), '"');
	assert_int_equal(scan_take_string(&scan, &value), 0);
	assert_true(slice_equal(value.raw, SLICE("x")));
	assert_false(value.escaped);
	assert_int_equal(scan_more(&scan), 0);
	assert_int_equal(scan_key(&scan, &key), 0);
	assert_int_equal(scan_skip(&scan), 0);
	assert_int_equal(scan_more(&scan), 1);
	assert_int_equal(scan_finish(&scan), 0);
}

static void what_is_empty_is_left_at_once(void **state)
{
	(void)state;
	struct scan scan;

	scan_init(&scan, SLICE("[ ]"));
	assert_int_equal(scan_enter(&scan), 1);
	assert_int_equal(scan_finish(&scan), 0);
}

static void assert_decodes(struct slice raw, struct slice expected)
{
	AUTO(arena) struct arena *arena = arena_new(1024, 65536);
	struct slice text;

	assert_int_equal(text_decode(raw, arena, &text), 0);
	assert_int_equal(text.len, expected.len);
	assert_memory_equal(text.ptr, expected.ptr, expected.len);
}

static void escapes_are_decoded(void **state)
{
	(void)state;

	assert_decodes(SLICE("\\\"\\\\\\/\\b\\f\\n\\r\\t"), SLICE("\"\\/\b\f\n\r\t"));
	assert_decodes(SLICE("a\\u0041\\u00e9\\u20AC"), SLICE("aA\xc3\xa9\xe2\x82\xac"));
	assert_decodes(SLICE("\\ud83d\\udd77!"), SLICE("\xf0\x9f\x95\xb7!"));
	assert_decodes(SLICE("x\\u0000y"), SLICE("x\0y"));
	assert_decodes(SLICE("\\ud800"), SLICE("\xef\xbf\xbd"));
	assert_decodes(
		SLICE("\\ud800\\ud83d\\udd77"), SLICE("\xef\xbf\xbd\xf0\x9f\x95\xb7"));
	assert_decodes(SLICE("\\udc00\\u0041"), SLICE("\xef\xbf\xbd"
						      "A"));
}

static const struct {
	const char *text; /* a '!' is where something is wrong */
	const char *where;
} places[] = {
	{ "!", "" },
	{ "{\"a\":!", "/a" },
	{ "{\"a\":1,\"b\":!", "/b" },
	{ "{\"a\":1,!", "" },
	{ "{\"a\":1,\"b!", "" },
	{ "{\"a\":[1,2,{\"b\":[!", "/a/2/b/0" },
	{ "{\"a\":[1,2],\"c\":{\"d\":\"x:,]}\",\"e\":!", "/c/e" },
	{ "{\"a/b~c\":!", "/a~1b~0c" },
	{ "{\"\\u0041\\n\":!", "/A\n" },
	{ "{\"a\\\"b\":!", "/a\"b" },
	{ "{\"\":{\"\":!", "//" },
};

static void a_pointer_names_the_value_being_read(void **state)
{
	(void)state;
	char where[TEXT_POINTER_MAX];

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct slice text = slice_from(places[i].text);

		text_pointer(text, (size_t)(strchr(text.ptr, '!') - text.ptr), where);
		assert_string_equal(where, places[i].where);
	}
}

static void a_long_pointer_is_cut(void **state)
{
	(void)state;
	static char text[4000];
	char where[TEXT_POINTER_MAX];

	memset(text, '[', sizeof(text));
	text_pointer(slice_of(text, sizeof(text)), sizeof(text), where);
	assert_int_equal(strlen(where), (TEXT_POINTER_MAX - 1) / 2 * 2);
	assert_memory_equal(where, "/0/0/0/0", 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_accepted),
		cmocka_unit_test(what_is_not_json_is_refused),
		cmocka_unit_test(what_clients_really_send_is_tolerated_and_told),
		cmocka_unit_test(damage_is_judged_as_jansson_does),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(a_quote_is_found_at_any_distance),
		cmocka_unit_test(members_are_taken_one_by_one),
		cmocka_unit_test(what_is_empty_is_left_at_once),
		cmocka_unit_test(escapes_are_decoded),
		cmocka_unit_test(a_pointer_names_the_value_being_read),
		cmocka_unit_test(a_long_pointer_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
