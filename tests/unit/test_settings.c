/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_settings.c - options before environment before file before defaults
 */
#include "collector/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct settings settings;
static struct fault fault;

static int read_serve(int argc, const char *const *argv)
{
	char *words[16] = { NULL };

	settings_fini(&settings);
	memset(&settings, 0, sizeof(settings));
	memset(&fault, 0, sizeof(fault));
	memcpy(words, argv, (size_t)argc * sizeof(char *));
	return settings_read(CMD_SERVE, argc, words, &settings, &fault);
}

#define READ(...)                                                   \
	({                                                          \
		const char *const argv[] = { NULL, ##__VA_ARGS__ }; \
		read_serve((int)ARRAY_LEN(argv) - 1, argv + 1);     \
	})

/* A configuration file with this text; the test removes it. */
static void write_file(char name[32], const char *text)
{
	int fd;

	snprintf(name, 32, "/tmp/headwater-test-XXXXXX");
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static int end(void **state)
{
	(void)state;
	settings_fini(&settings);
	memset(&settings, 0, sizeof(settings));
	unsetenv("HEADWATER_LISTEN");
	return 0;
}

static void without_anything_the_defaults_count(void **state)
{
	(void)state;
	assert_int_equal(READ(), 0);
	assert_string_equal(settings.listen, "127.0.0.1:5000");
	assert_string_equal(settings.data, "headwater-data");
	assert_int_equal(settings.event_max_bytes, 32 << 20);
}

static void an_option_counts_more_than_the_environment_and_that_more_than_the_file(
	void **state)
{
	char name[32];

	(void)state;
	write_file(
		name, "{\"listen\": \"127.0.0.1:1\", \"loops\": 3, \"no-sync\": true}");
	setenv("HEADWATER_LISTEN", "127.0.0.1:2", 1);
	assert_int_equal(READ("--config", name), 0);
	assert_string_equal(settings.listen, "127.0.0.1:2");
	assert_int_equal(settings.loops, 3);
	assert_true(settings.no_sync);
	assert_int_equal(READ("--config", name, "--listen=127.0.0.1:3"), 0);
	assert_string_equal(settings.listen, "127.0.0.1:3");
	unsetenv("HEADWATER_LISTEN");
	assert_int_equal(READ("--config", name), 0);
	assert_string_equal(settings.listen, "127.0.0.1:1");
	unlink(name);
}

static void bytes_may_have_a_unit(void **state)
{
	(void)state;
	assert_int_equal(READ("--event-max", "2M"), 0);
	assert_int_equal(settings.event_max_bytes, 2 << 20);
	assert_int_equal(READ("--event-max=64k"), 0);
	assert_int_equal(settings.event_max_bytes, 64 << 10);
}

static int read_as(enum command_bit command)
{
	settings_fini(&settings);
	memset(&settings, 0, sizeof(settings));
	return settings_read(command, 0, NULL, &settings, &fault);
}

static void what_is_no_option_is_an_argument(void **state)
{
	(void)state;
	assert_int_equal(READ("one", "--loops", "2", "-", "--", "--two"), 0);
	assert_int_equal(settings.argument_count, 3);
	assert_string_equal(settings.arguments[0], "one");
	assert_string_equal(settings.arguments[1], "-");
	assert_string_equal(settings.arguments[2], "--two");
}

static void a_default_is_that_of_its_command_alone(void **state)
{
	(void)state;
	assert_int_equal(read_as(CMD_LINEAGE), 0);
	assert_string_equal(settings.direction, "both");
	assert_null(settings.fail_on);
	assert_int_equal(read_as(CMD_IMPACT), 0);
	assert_null(settings.direction);
	assert_string_equal(settings.fail_on, "none");
}

static void a_wrong_option_is_named_with_the_reason(void **state)
{
	static const struct {
		const char *option;
		const char *why;
	} rows[] = {
		{ "--lisen=x", "is no option of this command" },
		{ "--direction=up", "is no option of this command" },
		{ "--loops=many", "is no number: many" },
		{ "--loops=99", "must be between 0 and 16" },
		{ "--event-max=9X", "is no number: 9X" },
		{ "--event-max=99999999999G", "must be between 1024 and 1073741824" },
		{ "--no-sync=maybe", "must be true or false" },
		{ "--listen", "needs a value" },
		{ "-l", "is no option; options begin with --" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(READ(rows[i].option), ERR_INVALID);
		assert_string_equal(fault.where, rows[i].option);
		assert_string_equal(fault.why, rows[i].why);
	}
}

static void a_wrong_file_is_refused_where_it_is_wrong(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} rows[] = {
		{ "{\"lisen\": 1}", "is no setting" },
		{ "{\"listen\": []}", "must be a string, a number or a boolean" },
		{ "{\"loops\": \"many\"}", "is no number: many" },
		{ "[]", "must be a JSON object" },
		{ "{", "line 1: string or '}' expected near end of file" },
	};
	char name[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		write_file(name, rows[i].text);
		assert_int_equal(READ("--config", name), ERR_INVALID);
		assert_string_equal(fault.why, rows[i].why);
		unlink(name);
	}
}

static void every_setting_has_a_help_line_that_fits_a_terminal(void **state)
{
	(void)state;
	for (const struct setting *row = setting_rows; row->name; row++) {
		assert_non_null(row->help);
		assert_true(strlen(row->help) < 90);
		assert_true(row->commands != 0);
		assert_true(row->type == SETTING_FLAG || row->value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_anything_the_defaults_count),
		cmocka_unit_test(
			an_option_counts_more_than_the_environment_and_that_more_than_the_file),
		cmocka_unit_test(bytes_may_have_a_unit),
		cmocka_unit_test(what_is_no_option_is_an_argument),
		cmocka_unit_test(a_default_is_that_of_its_command_alone),
		cmocka_unit_test(a_wrong_option_is_named_with_the_reason),
		cmocka_unit_test(a_wrong_file_is_refused_where_it_is_wrong),
		cmocka_unit_test(every_setting_has_a_help_line_that_fits_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
