/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_errors.c - a command that fails says why in one line, and what to do
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/e2e/trial.h"

#define TEXT_MAX ((size_t)64 << 20)

#define GOOD                                                                    \
	"{\"eventType\":\"START\",\"eventTime\":\"2026-08-01T07:00:00Z\","      \
	"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-000000000002\"},\"job\":" \
	"{\"namespace\":\"etl\",\"name\":\"load\"}}"

/* Runs it; it must end with the code and say one line that holds all the words. */
static void assert_says(const char *const argv[], int code, const char *const words[])
{
	struct buf err;
	const char *end;

	buf_init(&err, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, NULL, &err), code);
	buf_byte(&err, '\0');
	for (size_t i = 0; words[i]; i++) {
		if (!strstr(err.data, words[i]))
			fail_msg("'%s' is not in: %s", words[i], err.data);
	}
	end = strchr(err.data, '\n');
	if (!end || end[1] != '\0')
		fail_msg("not one line: %s", err.data);
	assert_memory_equal(err.data, "headwater: ", 11);
	buf_fini(&err);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void a_second_server_on_a_directory_says_that_it_is_in_use(void **state)
{
	struct trial *trial = *state;

	assert_says(ARGS("serve", "--data", trial->data, "--listen", "127.0.0.1:0"), 73,
		WORDS(trial->data, "another process"));
}

static void an_import_into_a_served_directory_says_that_it_is_in_use(void **state)
{
	struct trial *trial = *state;

	file_write(trial->file, SLICE(GOOD "\n"));
	assert_says(ARGS("import", "--data", trial->data, trial->file), 73,
		WORDS(trial->data, "another process"));
}

static void a_taken_port_is_named(void **state)
{
	struct trial *trial = *state;
	char other[E2E_PATH_MAX];

	path_join(other, trial->dir, "other");
	assert_says(ARGS("serve", "--data", other, "--listen", trial->server.address), 69,
		WORDS(trial->server.address));
}

static void a_directory_that_cannot_be_made_is_named(void **state)
{
	struct trial *trial = *state;
	char below[E2E_PATH_MAX];

	file_write(trial->file, SLICE("a file"));
	path_join(below, trial->file, "data");
	assert_says(ARGS("serve", "--data", below, "--listen", "127.0.0.1:0"), 73,
		WORDS(below));
}

static void a_directory_that_is_not_there_has_nothing_to_export(void **state)
{
	struct trial *trial = *state;

	assert_says(ARGS("export", "--data", trial->data), 73, WORDS(trial->data));
}

static void a_server_that_is_not_there_is_named(void **state)
{
	(void)state;
	assert_says(ARGS("search", "--url", "http://127.0.0.1:1", "x"), 69,
		WORDS("127.0.0.1:1"));
}

static void a_wrong_option_is_named(void **state)
{
	(void)state;
	assert_says(ARGS("serve", "--lisen=x"), 2, WORDS("--lisen", "no option"));
	assert_says(ARGS("serve", "--loops=99"), 2, WORDS("--loops", "between 0 and 16"));
	assert_says(
		ARGS("serve", "--event-max"), 2, WORDS("--event-max", "needs a value"));
	assert_says(ARGS("search", "--graph", "x"), 2, WORDS("--graph", "no option"));
	assert_says(ARGS("frobnicate"), 2, WORDS("frobnicate", "headwater help"));
	assert_says(ARGS("serve", "--listen=nonsense"), 2, WORDS("nonsense"));
}

static void a_damaged_configuration_is_named_with_its_line(void **state)
{
	struct trial *trial = *state;

	file_write(trial->file, SLICE("{\"loops\": 2,\n\"workers\" 3}"));
	assert_says(
		ARGS("serve", "--config", trial->file), 2, WORDS(trial->file, "line 2"));
	file_write(trial->file, SLICE("{\"lops\": 2}"));
	assert_says(
		ARGS("serve", "--config", trial->file), 2, WORDS("lops", "no setting"));
}

static void an_address_for_others_needs_tokens(void **state)
{
	struct trial *trial = *state;

	assert_says(ARGS("serve", "--data", trial->data, "--listen", "0.0.0.0:0"), 2,
		WORDS("--listen", "--tokens", "headwater token"));
}

static void a_token_file_that_others_can_read_is_refused(void **state)
{
	struct trial *trial = *state;

	file_write(trial->file, SLICE("# none\n"));
	assert_int_equal(chmod(trial->file, 0644), 0);
	assert_says(ARGS("serve", "--data", trial->data, "--tokens", trial->file), 2,
		WORDS(trial->file, "chmod 600"));
}

static void an_import_says_which_file_is_missing(void **state)
{
	struct trial *trial = *state;

	assert_says(ARGS("import", "--data", trial->data, trial->file), 2,
		WORDS(trial->file, "No such file"));
	assert_says(ARGS("import", "--data", trial->data), 2, WORDS("needs a FILE"));
}

static void a_command_without_a_token_says_that_one_is_needed(void **state)
{
	struct trial *trial = *state;
	const char *const options[] = { "--tokens", trial->file, NULL };
	char events[E2E_PATH_MAX];
	char reads[TRIAL_TOKEN_MAX];
	char url[96];

	trial_make_token(trial, "reader", "read", reads);
	trial_start(trial, options);
	snprintf(url, sizeof(url), "http://%s", trial->server.address);
	path_join(events, trial->dir, "events");
	file_write(events, SLICE(GOOD "\n"));
	assert_says(ARGS("search", "--url", url, "x"), 77, WORDS("a token is needed"));
	assert_says(ARGS("import", "--url", url, events), 77, WORDS("a token is needed"));
	trial_stop(trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(a_second_server_on_a_directory_says_that_it_is_in_use),
		WITH_SERVER(an_import_into_a_served_directory_says_that_it_is_in_use),
		WITH_SERVER(a_taken_port_is_named),
		ALONE(a_directory_that_cannot_be_made_is_named),
		ALONE(a_directory_that_is_not_there_has_nothing_to_export),
		ALONE(a_server_that_is_not_there_is_named),
		ALONE(a_wrong_option_is_named),
		ALONE(a_damaged_configuration_is_named_with_its_line),
		ALONE(an_address_for_others_needs_tokens),
		ALONE(a_token_file_that_others_can_read_is_refused),
		ALONE(an_import_says_which_file_is_missing),
		ALONE(a_command_without_a_token_says_that_one_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
