/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_log.c - a line is one line, at the right level, and never too many
 */
#include "base/log.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OUTPUT_MAX 8192

/* Standard error goes to a file during a test; what was written is in output. */
static struct {
	FILE *file;
	int stderr_fd;
	char output[OUTPUT_MAX];
} capture;

static int capture_start(void **state)
{
	(void)state;
	capture.file = tmpfile();
	capture.stderr_fd = dup(STDERR_FILENO);
	if (!capture.file || capture.stderr_fd < 0)
		return -1;
	return dup2(fileno(capture.file), STDERR_FILENO) < 0;
}

static int capture_stop(void **state)
{
	(void)state;
	log_set_level(LOG_INFO);
	(void)dup2(capture.stderr_fd, STDERR_FILENO);
	(void)close(capture.stderr_fd);
	return fclose(capture.file);
}

static const char *output(void)
{
	size_t n;

	rewind(capture.file);
	n = fread(capture.output, 1, OUTPUT_MAX - 1, capture.file);
	capture.output[n] = '\0';
	return capture.output;
}

static void a_line_has_time_level_and_message(void **state)
{
	(void)state;
	int64_t us;
	const char *line;

	log_line(LOG_WARNING, "disk is slow ms=%d", 12);
	line = output();
	assert_int_equal(time_parse(slice_of(line, 27), &us), 0);
	assert_string_equal(line + 27, " warning disk is slow ms=12\n");
}

static void lines_above_the_level_are_dropped(void **state)
{
	(void)state;
	struct log_limit limit = { 0 };

	log_line(LOG_DEBUG, "not by default");
	log_set_level(LOG_ERROR);
	log_line(LOG_WARNING, "not now");
	log_limited(&limit, LOG_WARNING, "nor here");
	assert_string_equal(output(), "");
	assert_int_equal(limit.held, 0);
	log_set_level(LOG_DEBUG);
	log_line(LOG_DEBUG, "but now");
	assert_non_null(strstr(output(), " debug but now\n"));
}

static void outside_bytes_cannot_make_a_second_line(void **state)
{
	(void)state;
	log_line(LOG_INFO, "name=%s", "a\nb\r\x1b[0m\xff");
	assert_non_null(strstr(output(), " info name=a?b??[0m?\n"));
}

static void a_long_line_is_cut_and_still_ends(void **state)
{
	(void)state;
	const char *line;
	size_t len;

	log_line(LOG_INFO, "%*s", 100000, "far");
	line = output();
	len = strlen(line);
	assert_true(len > 1000 && len < 4096);
	assert_int_equal(line[len - 1], '\n');
	assert_ptr_equal(strchr(line, '\n'), line + len - 1);
}

static void a_limited_line_comes_once_and_later_says_how_many_were_held(void **state)
{
	(void)state;
	struct log_limit limit = { 0 };

	for (int i = 0; i < 5; i++)
		log_limited(&limit, LOG_INFO, "i=%d", i);
	assert_non_null(strstr(output(), " info i=0\n"));
	assert_null(strstr(output(), "i=1"));
	limit.next_us = 0; /* as if the second had passed */
	log_limited(&limit, LOG_INFO, "i=%d", 5);
	assert_non_null(strstr(output(), " info i=5 held=4\n"));
	limit.next_us = 0;
	log_limited(&limit, LOG_INFO, "i=%d", 6);
	assert_non_null(strstr(output(), " info i=6\n"));
}

static void levels_are_read_by_name(void **state)
{
	(void)state;
	enum log_level level = LOG_ERROR;

	assert_int_equal(log_level_from_text("debug", &level), 0);
	assert_int_equal(level, LOG_DEBUG);
	assert_int_equal(log_level_from_text("warning", &level), 0);
	assert_int_equal(level, LOG_WARNING);
	assert_int_equal(log_level_from_text("loud", &level), 1);
	assert_int_equal(log_level_from_text("", &level), 1);
	assert_int_equal(level, LOG_WARNING);
}

#define CAPTURED(test) cmocka_unit_test_setup_teardown(test, capture_start, capture_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CAPTURED(a_line_has_time_level_and_message),
		CAPTURED(lines_above_the_level_are_dropped),
		CAPTURED(outside_bytes_cannot_make_a_second_line),
		CAPTURED(a_long_line_is_cut_and_still_ends),
		CAPTURED(a_limited_line_comes_once_and_later_says_how_many_were_held),
		cmocka_unit_test(levels_are_read_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
