/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_import_source.c - events out of files of every form
 */
#include "collector/import_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define LINE_MAX_BYTES ((size_t)1 << 20)

static char path[] = "/tmp/headwater-source-XXXXXX";
static struct fault fault;

/* Without the NUL: what is behind it stays. */
static void put_text(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
}

static int make_file(void)
{
	put_text(path + sizeof(path) - 7, "XXXXXX");
	return mkstemp(path);
}

static struct import_source *open_text(const char *text, size_t len, bool gzip)
{
	struct import_source *source = NULL;
	gzFile file;

	file = gzdopen(make_file(), gzip ? "wb" : "wbT");
	assert_non_null(file);
	assert_int_equal(gzwrite(file, text, (unsigned)len), (int)len);
	assert_int_equal(gzclose(file), Z_OK);
	assert_int_equal(import_source_open(path, LINE_MAX_BYTES, &source, &fault), 0);
	unlink(path);
	return source;
}

static struct import_source *open_string(const char *text)
{
	return open_text(text, strlen(text), false);
}

static void expect_text(struct import_source *source, const char *text, uint64_t line)
{
	struct slice got;
	uint64_t got_line;

	assert_int_equal(import_source_next(source, &got, &got_line, &fault), 0);
	assert_int_equal(got.len, strlen(text));
	assert_memory_equal(got.ptr, text, got.len);
	assert_int_equal(got_line, line);
}

static void expect_end(struct import_source *source)
{
	struct slice got;
	uint64_t line;

	assert_int_equal(import_source_next(source, &got, &line, &fault), 1);
}

static void a_line_is_an_event_and_blank_lines_are_passed_over(void **state)
{
	(void)state;
	AUTO(import_source)
	struct import_source *source =
		open_string("{\"a\":1}\n\n  \r\n{\"b\":\"]\"}\r\n{\"c\":3}");

	expect_text(source, "{\"a\":1}", 1);
	expect_text(source, "{\"b\":\"]\"}", 4);
	expect_text(source, "{\"c\":3}", 5);
	expect_end(source);
}

static void a_broken_line_costs_that_line_only(void **state)
{
	(void)state;
	AUTO(import_source)
	struct import_source *source = open_string("{\"a\":1}\n{\"b\":\n{\"c\":3}\n");

	expect_text(source, "{\"a\":1}", 1);
	expect_text(source, "{\"b\":", 2);
	expect_text(source, "{\"c\":3}", 3);
	expect_end(source);
}

static void a_text_over_several_lines_is_one(void **state)
{
	(void)state;
	AUTO(import_source)
	struct import_source *source = open_string("{\n  \"a\": \"}\\\"\"\n}\n");

	expect_text(source, "{\n  \"a\": \"}\\\"\"\n}\n", 1);
	expect_end(source);
}

static void an_array_is_one_text_even_on_one_line(void **state)
{
	(void)state;
	AUTO(import_source) struct import_source *source = open_string("[{},{}]\n");

	expect_text(source, "[{},{}]\n", 1);
	expect_end(source);
}

static void gzip_is_read_like_plain_text(void **state)
{
	(void)state;
	AUTO(import_source)
	struct import_source *source = open_text("{\"a\":1}\n{\"b\":2}\n", 16, true);

	expect_text(source, "{\"a\":1}", 1);
	expect_text(source, "{\"b\":2}", 2);
	expect_end(source);
}

static void an_empty_file_has_no_events(void **state)
{
	(void)state;
	AUTO(import_source) struct import_source *source = open_string("");

	expect_end(source);
}

static void a_line_that_is_too_long_is_passed_over(void **state)
{
	size_t len = 4 * LINE_MAX_BYTES;
	char *text = malloc(len + 32);
	struct slice got;
	uint64_t line;

	(void)state;
	memset(text, 'x', len);
	put_text(text, "{\"a\":1}\n");
	put_text(text + len, "\n{\"b\":2}\n");
	AUTO(import_source)
	struct import_source *source = open_text(text, len + 9, false);
	free(text);
	expect_text(source, "{\"a\":1}", 1);
	assert_int_equal(import_source_next(source, &got, &line, &fault), ERR_TOO_LARGE);
	assert_int_equal(line, 2);
	expect_text(source, "{\"b\":2}", 3);
	expect_end(source);
}

static void many_lines_come_in_order(void **state)
{
	const size_t count = 200000;
	char *text = malloc(count * 16);
	size_t len = 0;
	char expected[16];

	(void)state;
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, 16, "{\"n\":%zu}\n", i);
	AUTO(import_source) struct import_source *source = open_text(text, len, true);
	free(text);
	for (size_t i = 0; i < count; i++) {
		snprintf(expected, sizeof(expected), "{\"n\":%zu}", i);
		expect_text(source, expected, i + 1);
	}
	expect_end(source);
}

static void a_gzip_file_that_is_cut_says_so(void **state)
{
	struct import_source *source = NULL;
	struct slice got;
	uint64_t line;
	FILE *file;
	gzFile out;

	(void)state;
	out = gzdopen(make_file(), "wb");
	assert_int_equal(gzputs(out, "{\"a\":1}\n{\"b\":2}\n"), 16);
	assert_int_equal(gzclose(out), Z_OK);
	file = fopen(path, "r+");
	fseek(file, 0, SEEK_END);
	assert_int_equal(ftruncate(fileno(file), ftell(file) - 6), 0);
	fclose(file);
	assert_int_equal(import_source_open(path, LINE_MAX_BYTES, &source, &fault), 0);
	unlink(path);
	while (import_source_next(source, &got, &line, &fault) == 0)
		;
	assert_non_null(strstr(fault.why, "cannot be inflated"));
	import_source_close(source);
}

static void what_cannot_be_read_says_why(void **state)
{
	struct import_source *source = NULL;

	(void)state;
	assert_true(import_source_open("/no/such/file", 1, &source, &fault) < 0);
	assert_string_equal(fault.where, "/no/such/file");
	assert_true(import_source_open("/tmp", 1, &source, &fault) < 0);
	assert_non_null(strstr(fault.why, "directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_an_event_and_blank_lines_are_passed_over),
		cmocka_unit_test(a_broken_line_costs_that_line_only),
		cmocka_unit_test(a_text_over_several_lines_is_one),
		cmocka_unit_test(an_array_is_one_text_even_on_one_line),
		cmocka_unit_test(gzip_is_read_like_plain_text),
		cmocka_unit_test(an_empty_file_has_no_events),
		cmocka_unit_test(a_line_that_is_too_long_is_passed_over),
		cmocka_unit_test(many_lines_come_in_order),
		cmocka_unit_test(a_gzip_file_that_is_cut_says_so),
		cmocka_unit_test(what_cannot_be_read_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
