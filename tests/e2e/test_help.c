/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_help.c - the program explains itself
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/e2e/process.h"

#define TEXT_MAX ((size_t)1 << 20)

static const char *const commands[] = { "serve", "import", "export", "lineage", "paths",
	"diff", "explain", "exposure", "impact", "changes", "columns", "schema", "select",
	"search", "token", "version", "help" };

/* What a run wrote to standard output, with a NUL behind it. */
static void read_output(const char *const argv[], int code, struct buf *out)
{
	buf_init(out, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, out, NULL), code);
	buf_byte(out, '\0');
}

static void assert_says(const char *const argv[], const char *text)
{
	struct buf out;

	read_output(argv, 0, &out);
	if (!strstr(out.data, text))
		fail_msg("%s is not said in: %s", text, out.data);
	buf_fini(&out);
}

static void help_lists_every_command_and_the_exit_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		assert_says(ARGS("help"), commands[i]);
	assert_says(ARGS("--help"), "73 data directory in use");
	assert_says(ARGS("help"), "HEADWATER_LISTEN");
}

static void every_command_has_its_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		assert_says(ARGS("help", commands[i]), commands[i]);
		assert_says(ARGS(commands[i], "--help"), "usage: headwater");
	}
	assert_says(ARGS("serve", "--help"), "[127.0.0.1:5000]");
	assert_says(ARGS("lineage", "--help"), "--as-of TIME");
	assert_says(ARGS("lineage", "--help"), "owner, tag, parent or root\n");
	assert_says(ARGS("select", "--help"), "--group-by WHAT            owner\n");
	assert_says(ARGS("help"), "2 block");
	assert_says(ARGS("impact", "--help"), "upstream, downstream or both\n");
}

static void the_version_is_told(void **state)
{
	(void)state;
	assert_says(ARGS("version"), "headwater " HEADWATER_VERSION " ");
	assert_says(ARGS("--version"), "OpenLineage 2-0-2");
}

static void an_unknown_command_is_named(void **state)
{
	const char *const *const words[] = { ARGS("srve"), ARGS("help", "srve") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct buf err;

		buf_init(&err, TEXT_MAX);
		assert_int_equal(process_run(words[i], NULL, NULL, &err), 2);
		buf_byte(&err, '\0');
		assert_string_equal(err.data,
			"headwater: there is no command srve; `headwater help` lists "
			"them\n");
		buf_fini(&err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_lists_every_command_and_the_exit_codes),
		cmocka_unit_test(every_command_has_its_help),
		cmocka_unit_test(the_version_is_told),
		cmocka_unit_test(an_unknown_command_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
