/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_tokens.c - who shows the right token may do what it says, nobody else
 */
#include "collector/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdlib.h>

#include <cmocka.h>

static char path[] = "/tmp/headwater-tokens-XXXXXX";
static struct fault fault;

static void write_tokens(const char *text)
{
	FILE *file;

	for (char *x = path + sizeof(path) - 7; *x; x++)
		*x = 'X';
	file = fdopen(mkstemp(path), "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static enum token_verdict check(
	const struct tokens *tokens, const char *field, enum token_scope scope)
{
	return tokens_check(tokens, slice_from(field), scope);
}

static void a_made_token_is_good_for_its_scopes(void **state)
{
	(void)state;
	AUTO(tokens) struct tokens *tokens = NULL;
	char text[TOKEN_TEXT_MAX], line[TOKEN_LINE_MAX], field[128];

	assert_int_equal(token_make("ci", "read", text, line, &fault), 0);
	write_tokens(line);
	assert_int_equal(tokens_load(path, &tokens, &fault), 0);
	unlink(path);
	snprintf(field, sizeof(field), "Bearer %s", text);
	assert_int_equal(check(tokens, field, SCOPE_READ), TOKEN_GOOD);
	assert_int_equal(check(tokens, field, SCOPE_WRITE), TOKEN_FORBIDDEN);
	field[strlen(field) - 1] ^= 1;
	assert_int_equal(check(tokens, field, SCOPE_READ), TOKEN_WRONG);
}

static void without_a_bearer_token_it_is_missing(void **state)
{
	(void)state;
	AUTO(tokens) struct tokens *tokens = NULL;

	write_tokens("# nobody\n");
	assert_int_equal(tokens_load(path, &tokens, &fault), 0);
	unlink(path);
	assert_int_equal(check(tokens, "", SCOPE_READ), TOKEN_MISSING);
	assert_int_equal(check(tokens, "Basic abc", SCOPE_READ), TOKEN_MISSING);
	assert_int_equal(check(tokens, "Bearer ", SCOPE_READ), TOKEN_MISSING);
	assert_int_equal(check(tokens, "bearer x", SCOPE_READ), TOKEN_WRONG);
}

static void a_line_that_is_wrong_is_named(void **state)
{
	static const char *const texts[] = { "a read\n", "a admin 00\n", "a read zz\n" };
	struct tokens *tokens = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char text[64];

		snprintf(text, sizeof(text), "# first\n%s", texts[i]);
		write_tokens(text);
		assert_int_equal(tokens_load(path, &tokens, &fault), ERR_INVALID);
		assert_non_null(strstr(fault.where, "line 2"));
		unlink(path);
	}
}

static void a_file_that_others_can_read_is_refused(void **state)
{
	struct tokens *tokens = NULL;

	(void)state;
	write_tokens("# nobody\n");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(tokens_load(path, &tokens, &fault), ERR_INVALID);
	assert_non_null(strstr(fault.why, "chmod 600"));
	unlink(path);
}

static void an_id_is_letters_digits_and_hyphens(void **state)
{
	char text[TOKEN_TEXT_MAX], line[TOKEN_LINE_MAX];

	(void)state;
	assert_int_equal(token_make("", "read", text, line, &fault), ERR_INVALID);
	assert_int_equal(token_make("a b", "read", text, line, &fault), ERR_INVALID);
	assert_int_equal(token_make("a", "all", text, line, &fault), ERR_INVALID);
	assert_int_equal(token_make("spark-7", "write", text, line, &fault), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_made_token_is_good_for_its_scopes),
		cmocka_unit_test(without_a_bearer_token_it_is_missing),
		cmocka_unit_test(a_line_that_is_wrong_is_named),
		cmocka_unit_test(a_file_that_others_can_read_is_refused),
		cmocka_unit_test(an_id_is_letters_digits_and_hyphens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
