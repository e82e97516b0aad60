/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_shop.c - the worked example of docs/IMPACT.md is what the program says
 *
 * Each block that begins with "```console" is a command behind "$ " and what it
 * prints on a terminal.  All are run, in their order, in a directory that has the
 * files of tests/cases/shop/.  With HEADWATER_UPDATE_CASES set the document gets
 * what is printed now, to be read with care.
 */
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

#define DOCUMENT      HEADWATER_SOURCE "/docs/IMPACT.md"
#define SHOP	      HEADWATER_SOURCE "/tests/cases/shop/"
#define TEXT_MAX      ((size_t)1 << 20)
#define LINE_MAX_SIZE 1000
#define WORDS_MAX     30
#define BLOCKS_MIN    8

static const char block_start[] = "```console\n$ ";
static const char block_end[] = "\n```\n";

struct command {
	char line[LINE_MAX_SIZE];
	const char *words[WORDS_MAX + 3];
	size_t count;
};

/* Words as a shell has them: apart by spaces, unless they are quoted. */
static void split_words(struct command *command)
{
	char *at = command->line;

	command->count = 0;
	while (*at) {
		char quote = *at == '\'' ? '\'' : ' ';

		at += quote == '\'';
		assert_true(command->count < WORDS_MAX);
		command->words[command->count++] = at;
		at = strchr(at, quote);
		if (!at)
			break;
		*at++ = '\0';
		at += strspn(at, " ");
	}
	command->words[command->count] = NULL;
}

/* What a terminal would get.  Only this program is run. */
static void run_command(struct slice line, struct buf *out)
{
	struct command command;

	assert_true(line.len < sizeof(command.line));
	memcpy(command.line, line.ptr, line.len);
	command.line[line.len] = '\0';
	split_words(&command);
	assert_string_equal(command.words[0], "headwater");
	command.words[0] = program_path;
	if (strcmp(command.words[1], "impact") == 0) {
		command.words[command.count++] = "--format";
		command.words[command.count++] = "text";
		command.words[command.count] = NULL;
	}
	assert_int_equal(process_run(command.words, NULL, out, out), 0);
}

/* Runs the command of a block; what it printed goes behind it. */
static const char *run_block(const char *start, struct buf *text)
{
	const char *line = start + sizeof(block_start) - 1;
	const char *output = strchr(line, '\n');
	const char *end = strstr(line, block_end);
	size_t before;
	struct buf printed;

	assert_non_null(output);
	assert_non_null(end);
	buf_init(&printed, TEXT_MAX);
	run_command(slice_of(line, (size_t)(output - line)), &printed);
	before = text->len;
	buf_slice(text, slice_of(start, (size_t)(output + 1 - start)));
	buf_slice(text, buf_get(&printed));
	buf_fini(&printed);
	if (!getenv("HEADWATER_UPDATE_CASES") &&
		!slice_equal(slice_of(text->data + before, text->len - before),
			slice_of(start, (size_t)(end + 1 - start)))) {
		buf_byte(text, '\0');
		fail_msg("docs/IMPACT.md is out of date:\n%s", text->data + before);
	}
	return end + 1;
}

static void the_document_shows_what_the_program_prints(void **state)
{
	struct buf old;
	struct buf text;
	const char *from;
	const char *start;
	size_t blocks = 0;

	(void)state;
	buf_init(&old, TEXT_MAX);
	buf_init(&text, TEXT_MAX);
	file_read(DOCUMENT, &old);
	buf_byte(&old, '\0');
	from = old.data;
	while ((start = strstr(from, block_start))) {
		buf_slice(&text, slice_of(from, (size_t)(start - from)));
		from = run_block(start, &text);
		blocks++;
	}
	assert_true(blocks >= BLOCKS_MIN);
	buf_slice(&text, slice_from(from));
	if (getenv("HEADWATER_UPDATE_CASES"))
		file_write(DOCUMENT, buf_get(&text));
	buf_fini(&text);
	buf_fini(&old);
}

/* The schema that is asked about stands in the document, word by word. */
static void the_document_shows_the_proposed_schema(void **state)
{
	struct buf document;
	struct buf proposed;

	(void)state;
	buf_init(&document, TEXT_MAX);
	buf_init(&proposed, TEXT_MAX);
	file_read(DOCUMENT, &document);
	file_read(SHOP "customers.yaml", &proposed);
	buf_byte(&document, '\0');
	buf_byte(&proposed, '\0');
	assert_non_null(strstr(document.data, proposed.data));
	buf_fini(&document);
	buf_fini(&proposed);
}

static char directory[E2E_PATH_MAX];

static int enter_shop(void **state)
{
	(void)state;
	dir_new(directory);
	if (chdir(directory))
		return -1;
	return symlink(SHOP "events.ndjson", "events.ndjson") ||
	       symlink(SHOP "customers.yaml", "customers.yaml");
}

static int leave_shop(void **state)
{
	(void)state;
	if (chdir("/"))
		return -1;
	dir_remove(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_shows_what_the_program_prints),
		cmocka_unit_test(the_document_shows_the_proposed_schema),
	};

	return cmocka_run_group_tests(tests, enter_shop, leave_shop);
}
