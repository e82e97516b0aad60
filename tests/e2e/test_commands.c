/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_commands.c - questions on the command line, a folder a case
 *
 * Each folder in tests/cases/cli/ with a file `arguments` (one a line) has
 * `expected.txt`: the exit code, what went to standard output, and what went to
 * standard error.  A file `input` is its standard input.  All are asked of the
 * events in tests/cases/api/events.ndjson.
 * With HEADWATER_UPDATE_CASES set the answers are written to expected.txt.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/e2e/files.h"
#include "tests/e2e/process.h"

#define CASES	      HEADWATER_SOURCE "/tests/cases/cli"
#define EVENTS	      HEADWATER_SOURCE "/tests/cases/api/events.ndjson"
#define CASES_MAX     100
#define ARGUMENTS_MAX 20
#define TEXT_MAX      ((size_t)1 << 20)

static const char events[] = EVENTS;
static char directory[E2E_PATH_MAX];
static char data[E2E_PATH_MAX];

static int import_events(void **state)
{
	(void)state;
	dir_new(directory);
	path_join(data, directory, "data");
	assert_int_equal(
		process_run(ARGS("import", "--data", data, events), NULL, NULL, NULL), 0);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	dir_remove(directory);
	return 0;
}

static void case_path(char out[E2E_PATH_MAX], const char *folder, const char *name)
{
	char path[E2E_PATH_MAX];

	path_join(path, CASES, folder);
	path_join(out, path, name);
}

/* Cuts lines at their ends; returns how many there are. */
static size_t split_lines(char *text, const char **lines, size_t max)
{
	size_t count = 0;

	while (*text) {
		char *end = strchr(text, '\n');

		assert_non_null(end);
		assert_true(count < max);
		*end = '\0';
		lines[count++] = text;
		text = end + 1;
	}
	return count;
}

/* Runs what the case says, against the directory. */
static void run_case(const char *folder, struct buf *out)
{
	const char *arguments[ARGUMENTS_MAX + 4] = { program_path };
	char path[E2E_PATH_MAX];
	char input[E2E_PATH_MAX];
	struct buf text;
	struct buf output;
	struct buf errors;
	size_t count;
	int code;

	buf_init(&text, TEXT_MAX);
	buf_init(&output, TEXT_MAX);
	buf_init(&errors, TEXT_MAX);
	case_path(path, folder, "arguments");
	file_read(path, &text);
	buf_byte(&text, '\0');
	count = 1 + split_lines(text.data, arguments + 1, ARGUMENTS_MAX);
	arguments[count] = "--data";
	arguments[count + 1] = data;
	case_path(input, folder, "input");
	code = process_run(
		arguments, access(input, R_OK) == 0 ? input : NULL, &output, &errors);
	buf_printf(out, "exit code %d\n", code);
	buf_slice(out, buf_get(&output));
	buf_slice(out, buf_get(&errors));
	buf_fini(&text);
	buf_fini(&output);
	buf_fini(&errors);
}

static void the_answer_is_the_expected_one(void **state)
{
	const char *folder = *state;
	char path[E2E_PATH_MAX];
	struct buf answer;
	struct buf expected;

	buf_init(&answer, TEXT_MAX);
	buf_init(&expected, TEXT_MAX);
	run_case(folder, &answer);
	case_path(path, folder, "expected.txt");
	if (getenv("HEADWATER_UPDATE_CASES"))
		file_write(path, buf_get(&answer));
	file_read(path, &expected);
	buf_byte(&answer, '\0');
	buf_byte(&expected, '\0');
	assert_string_equal(answer.data, expected.data);
	buf_fini(&answer);
	buf_fini(&expected);
}

static int is_case(const struct dirent *entry)
{
	char path[E2E_PATH_MAX];

	if (entry->d_name[0] == '.')
		return 0;
	case_path(path, entry->d_name, "arguments");
	return access(path, R_OK) == 0;
}

int main(void)
{
	struct CMUnitTest tests[CASES_MAX];
	struct dirent **folders;
	int count = scandir(CASES, &folders, is_case, alphasort);
	int r;

	if (count <= 0 || count > CASES_MAX)
		return 1;
	for (int i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){ .name = folders[i]->d_name,
			.test_func = the_answer_is_the_expected_one,
			.initial_state = folders[i]->d_name };
	r = _cmocka_run_group_tests(
		"commands", tests, (size_t)count, import_events, remove_directory);
	for (int i = 0; i < count; i++)
		free(folders[i]);
	free(folders);
	return r;
}
