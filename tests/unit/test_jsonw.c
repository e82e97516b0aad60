/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_jsonw.c - what is written is JSON, whatever the bytes
 */
#include "api/jsonw.h"
#include "api/utf8.h"
#include "base/err.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct buf b;
static struct jsonw w;

static int set_up(void **state)
{
	(void)state;
	buf_init(&b, 1 << 20);
	jsonw_init(&w, &b);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_fini(&b);
	return 0;
}

static void assert_written(const char *text)
{
	assert_int_equal(buf_error(&b), 0);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.data, text, b.len);
}

static void commas_stand_between_values_only(void **state)
{
	(void)state;
	jsonw_object(&w);
	jsonw_key(&w, "a");
	jsonw_array(&w);
	jsonw_uint(&w, 0);
	jsonw_uint(&w, UINT64_MAX);
	jsonw_object(&w);
	jsonw_object_end(&w);
	jsonw_array(&w);
	jsonw_array_end(&w);
	jsonw_array_end(&w);
	jsonw_key(&w, "b");
	jsonw_bool(&w, true);
	jsonw_key_slice(&w, SLICE("c\""));
	jsonw_null(&w);
	jsonw_key(&w, "d");
	jsonw_bool(&w, false);
	jsonw_object_end(&w);
	assert_written("{\"a\":[0,18446744073709551615,{},[]],\"b\":true,\"c\\\"\":null,"
		       "\"d\":false}");
}

static void control_bytes_quotes_and_backslashes_are_escaped(void **state)
{
	(void)state;
	jsonw_string(&w, SLICE("\"\\/\b\f\n\r\t\0\x1f\x7f"));
	assert_written("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\"");
}

static void utf8_goes_out_as_it_is(void **state)
{
	(void)state;
	jsonw_text(&w, "Stra\xc3\x9f"
		       "e \xe2\x82\xac \xf0\x9f\x8c\x8a and some more");
	assert_written("\"Stra\xc3\x9f"
		       "e \xe2\x82\xac \xf0\x9f\x8c\x8a and some more\"");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	(void)state;
	jsonw_string(&w, SLICE("a\xff"
			       "b\xc3"));
	assert_written("\"a\xef\xbf\xbd"
		       "b\xef\xbf\xbd\"");
}

/* Every position of every byte in a string longer than one step of the copy. */
static void whatever_the_bytes_jansson_reads_them_back(void **state)
{
	char text[40];

	(void)state;
	for (int c = 0; c < 256; c++) {
		for (size_t at = 0; at < sizeof(text); at++) {
			json_t *read;

			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			buf_clear(&b);
			jsonw_init(&w, &b);
			jsonw_string(&w, slice_of(text, sizeof(text)));
			read = json_loadb(
				b.data, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
			assert_non_null(read);
			if (c < 0x80) {
				assert_int_equal(json_string_length(read), sizeof(text));
				assert_memory_equal(
					json_string_value(read), text, sizeof(text));
			}
			json_decref(read);
		}
	}
}

static void stored_text_goes_out_byte_for_byte(void **state)
{
	(void)state;
	jsonw_array(&w);
	jsonw_stored(&w, SLICE("{ \"a\" : 1e400,\n \"b\":\"\\u00e9\" }"));
	jsonw_stored(&w, SLICE("\xef\xbb\xbf{}"));
	jsonw_array_end(&w);
	assert_written("[{ \"a\" : 1e400,\n \"b\":\"\\u00e9\" },{}]");
}

static void numbers_that_json_lacks_become_null(void **state)
{
	(void)state;
	jsonw_stored(&w, SLICE("{\"NaN\":NaN,\"a\":[Infinity,-Infinity,-1],"
			       "\"b\":\"\\\"NaN\",\"c\":\"\\\\\",\"d\":NaN}"));
	assert_written("{\"NaN\":null,\"a\":[null,null,-1],"
		       "\"b\":\"\\\"NaN\",\"c\":\"\\\\\",\"d\":null}");
}

static void times_have_six_digits(void **state)
{
	(void)state;
	jsonw_time(&w, 1);
	assert_written("\"1970-01-01T00:00:00.000001Z\"");
}

static void a_full_buffer_stays_failed(void **state)
{
	(void)state;
	buf_fini(&b);
	buf_init(&b, 8);
	jsonw_text(&w, "longer than eight bytes");
	jsonw_uint(&w, 1);
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
}

static void only_well_formed_utf8_is_valid(void **state)
{
	static const char *const good[] = { "", "a", "\xc2\x80", "\xdf\xbf",
		"\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf" };
	static const char *const wrong[] = { "\x80", "\xc0\x80", "\xc1\xbf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xc2", "\xe2\x82", "\xf0\x9f\x8c", "\xe2\x82\x41" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(utf8_valid(slice_from(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(utf8_valid(slice_from(wrong[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			commas_stand_between_values_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			control_bytes_quotes_and_backslashes_are_escaped, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			utf8_goes_out_as_it_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			bytes_that_are_not_utf8_are_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			whatever_the_bytes_jansson_reads_them_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			stored_text_goes_out_byte_for_byte, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			numbers_that_json_lacks_become_null, set_up, tear_down),
		cmocka_unit_test_setup_teardown(times_have_six_digits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_buffer_stays_failed, set_up, tear_down),
		cmocka_unit_test(only_well_formed_utf8_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
