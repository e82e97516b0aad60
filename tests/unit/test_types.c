/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_types.c - what types mean, and what a change of one does
 *
 * The spellings and the changes are in tests/cases/types/, one a line: they are
 * the documentation too.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "graph/types.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LINE_MAX_BYTES 1024
#define ARENA_MAX      (1 << 28)

static struct arena *new_arena(void)
{
	struct arena *arena = arena_new(65536, ARENA_MAX);

	assert_non_null(arena);
	return arena;
}

static struct column_type read_slice(struct arena *arena, struct slice text)
{
	struct column_type type;

	assert_int_equal(column_type_read(text, arena, &type), 0);
	return type;
}

static struct column_type read_type(struct arena *arena, const char *text)
{
	return read_slice(arena, slice_from(text));
}

/* The common spelling; the arena keeps it. */
static const char *written(struct arena *arena, const struct column_type *type)
{
	struct slice copy;
	struct buf out;

	buf_init(&out, 1 << 20);
	column_type_write(&out, type);
	buf_byte(&out, 0);
	assert_int_equal(buf_error(&out), 0);
	copy = arena_dup(arena, buf_get(&out));
	assert_non_null(copy.ptr);
	buf_fini(&out);
	return copy.ptr;
}

static const char *spelled(struct arena *arena, const char *text)
{
	struct column_type type = read_type(arena, text);

	return written(arena, &type);
}

static const char *const change_words[] = {
	[TYPES_SAME] = "same",
	[TYPES_WIDENED] = "widened",
	[TYPES_LOSSY] = "lossy",
	[TYPES_NARROWED] = "narrowed",
	[TYPES_INCOMPATIBLE] = "incompatible",
	[TYPES_UNKNOWN] = "unknown",
};

static const char *compared(struct arena *arena, const char *before, const char *after)
{
	struct column_type from = read_type(arena, before);
	struct column_type to = read_type(arena, after);
	struct type_verdict verdict;
	char *text = arena_alloc(arena, LINE_MAX_BYTES);

	assert_non_null(text);
	assert_int_equal(column_type_compare(&from, &to, arena, &verdict), 0);
	(void)snprintf(text, LINE_MAX_BYTES, "%s%s%s%s%s%s%.*s",
		change_words[verdict.change], verdict.storage ? " storage" : "",
		verdict.reader ? " reader" : "", verdict.sink ? " sink" : "",
		verdict.grain ? " grain" : "", verdict.path.len ? " at " : "",
		(int)verdict.path.len, verdict.path.len ? verdict.path.ptr : "");
	return text;
}

/* Cuts a text at the last separator in it, and returns what comes behind. */
static char *cut(char *text, const char *separator)
{
	char *found = NULL;

	for (char *at = strstr(text, separator); at; at = strstr(at + 1, separator))
		found = at;
	if (!found)
		fail_msg("no '%s' in: %s", separator, text);
	*found = 0;
	return found + strlen(separator);
}

typedef const char *(*answer_fn)(struct arena *arena, char *question);

/* Every line must be answered as it says. */
static void check_cases(const char *path, const char *separator, answer_fn answer)
{
	AUTO(arena) struct arena *arena = new_arena();
	FILE *file = fopen(path, "r");
	char line[LINE_MAX_BYTES];
	size_t checked = 0;
	size_t wrong = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		const char *expected;
		const char *got;

		line[strcspn(line, "\n")] = 0;
		if (!line[0] || line[0] == '#')
			continue;
		expected = cut(line, separator);
		got = answer(arena, line);
		checked++;
		if (strcmp(got, expected) == 0)
			continue;
		print_error("%s: got %s, not %s\n", line, got, expected);
		wrong++;
	}
	(void)fclose(file);
	assert_true(checked > 100);
	assert_int_equal(wrong, 0);
}

/* Written types are read as what they were. */
static const char *answer_spelling(struct arena *arena, char *question)
{
	const char *text = spelled(arena, question);

	assert_string_equal(spelled(arena, text), text);
	return text;
}

static void every_engine_s_spelling_is_known(void **state)
{
	(void)state;
	check_cases(CASES_DIR "/types/spellings.txt", " -> ", answer_spelling);
}

static const char *answer_change(struct arena *arena, char *question)
{
	const char *after = cut(question, " -> ");

	return compared(arena, question, after);
}

static void every_change_has_its_verdict(void **state)
{
	(void)state;
	check_cases(CASES_DIR "/types/changes.txt", " => ", answer_change);
}

static void letter_case_and_blanks_do_not_matter_but_in_names(void **state)
{
	AUTO(arena) struct arena *arena = new_arena();

	(void)state;
	assert_string_equal(spelled(arena, "  Double\t\nPRECISION "), "float64");
	assert_string_equal(spelled(arena, "STRUCT < Aa : INT ,bB:Array < INT > >"),
		"struct<Aa:int32,bB:array<int32>>");
	assert_string_equal(spelled(arena, "doubleprecision"), "unknown");
	assert_string_equal(spelled(arena, "in t"), "unknown");
}

static void no_text_is_unknown(void **state)
{
	AUTO(arena) struct arena *arena = new_arena();
	struct column_type type = read_slice(arena, slice_of(NULL, 0));

	(void)state;
	assert_int_equal(type.kind, KIND_UNKNOWN);
	type = read_type(arena, " \t");
	assert_int_equal(type.kind, KIND_UNKNOWN);
	type = read_slice(arena, slice_of("int\0", 4));
	assert_int_equal(type.kind, KIND_UNKNOWN);
}

static void a_type_remembers_how_it_was_spelled(void **state)
{
	AUTO(arena) struct arena *arena = new_arena();
	struct column_type type =
		read_type(arena, " struct< a: VARCHAR(10) NOT NULL , b:geometry> ");

	(void)state;
	assert_true(slice_equal(
		type.text, SLICE("struct< a: VARCHAR(10) NOT NULL , b:geometry>")));
	assert_int_equal(type.part_count, 2);
	assert_true(slice_equal(type.parts[0].text, SLICE("VARCHAR(10) NOT NULL")));
	assert_true(slice_equal(type.parts[0].name, SLICE("a")));
	assert_int_equal(type.parts[0].length, 10);
	assert_int_equal(type.parts[1].kind, KIND_UNKNOWN);
	assert_true(slice_equal(type.parts[1].text, SLICE("geometry")));
}

/* "array<array<...int...>>", so many deep. */
static struct slice nested(
	struct arena *arena, const char *open, const char *close, size_t depth)
{
	struct slice text;
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < depth; i++)
		buf_str(&out, open);
	buf_str(&out, open[0] == '{' ? "\"int\"" : "int");
	for (size_t i = 0; i < depth; i++)
		buf_str(&out, close);
	text = arena_dup(arena, buf_get(&out));
	assert_non_null(text.ptr);
	buf_fini(&out);
	return text;
}

/* The kind at the bottom of arrays, and how many there are. */
static enum type_kind bottom(struct column_type type, size_t *depth)
{
	for (*depth = 0; type.kind == KIND_ARRAY; ++*depth)
		type = type.parts[0];
	return type.kind;
}

static void check_depth(const char *open, const char *close)
{
	AUTO(arena) struct arena *arena = new_arena();
	struct slice fits = nested(arena, open, close, COLUMN_TYPE_DEPTH_MAX);
	struct slice deeper = nested(arena, open, close, COLUMN_TYPE_DEPTH_MAX + 1);
	size_t depth;

	assert_int_equal(bottom(read_slice(arena, fits), &depth), KIND_INTEGER);
	assert_int_equal(depth, COLUMN_TYPE_DEPTH_MAX);
	assert_int_equal(bottom(read_slice(arena, deeper), &depth), KIND_UNKNOWN);
	assert_true(depth <= COLUMN_TYPE_DEPTH_MAX);
}

static void deeper_nesting_is_unknown(void **state)
{
	(void)state;
	check_depth("array<", ">");
	check_depth("", "[]");
	check_depth("{\"type\":\"array\",\"items\":", "}");
}

static void the_deepest_type_is_written_and_compared(void **state)
{
	AUTO(arena) struct arena *arena = new_arena();
	struct slice text = nested(arena, "array<", ">", COLUMN_TYPE_DEPTH_MAX);
	struct column_type type = read_slice(arena, text);
	struct type_verdict verdict;

	(void)state;
	assert_string_equal(spelled(arena, written(arena, &type)), written(arena, &type));
	assert_int_equal(column_type_compare(&type, &type, arena, &verdict), 0);
	assert_int_equal(verdict.change, TYPES_SAME);
}

static void a_longer_text_is_unknown(void **state)
{
	AUTO(arena) struct arena *arena = new_arena();
	struct column_type type;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_str(&text, "int default ");
	while (text.len < COLUMN_TYPE_BYTES_MAX)
		buf_byte(&text, 'x');
	type = read_slice(arena, buf_get(&text));
	assert_int_equal(type.kind, KIND_INTEGER);
	buf_byte(&text, 'x');
	type = read_slice(arena, buf_get(&text));
	assert_int_equal(type.kind, KIND_UNKNOWN);
	buf_fini(&text);
}

static void without_memory_nothing_is_read(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(64, 64);
	struct column_type type;

	(void)state;
	assert_non_null(arena);
	assert_int_equal(
		column_type_read(SLICE("struct<a:int>"), arena, &type), ERR_NOMEM);
	assert_int_equal(column_type_read(SLICE("int[]"), arena, &type), ERR_NOMEM);
	assert_int_equal(column_type_read(SLICE("[\"int\"]"), arena, &type), ERR_NOMEM);
	assert_int_equal(column_type_read(SLICE("int"), arena, &type), 0);
}

static void without_memory_nothing_is_compared(void **state)
{
	AUTO(arena) struct arena *arena = new_arena();
	AUTO(arena) struct arena *empty = arena_new(16, 16);
	struct column_type before = read_type(arena, "struct<a:int>");
	struct column_type after = read_type(arena, "struct<b:int>");
	struct type_verdict verdict;

	(void)state;
	assert_non_null(empty);
	assert_int_equal(
		column_type_compare(&before, &after, empty, &verdict), ERR_NOMEM);
	assert_int_equal(
		column_type_compare(&before.parts[0], &after.parts[0], empty, &verdict),
		0);
}

static void a_struct_of_many_members_is_compared_by_name(void **state)
{
	AUTO(arena) struct arena *arena = new_arena();
	struct column_type before;
	struct column_type after;
	struct type_verdict verdict;
	struct buf there;
	struct buf back;

	(void)state;
	buf_init(&there, COLUMN_TYPE_BYTES_MAX);
	buf_init(&back, COLUMN_TYPE_BYTES_MAX);
	for (int i = 0; i < 5000; i++) {
		buf_printf(&there, "%sm%d:int", i ? "," : "struct<", i);
		buf_printf(&back, "%sm%d:int", i ? "," : "struct<", 4999 - i);
	}
	buf_str(&there, ">");
	buf_str(&back, ">");
	before = read_slice(arena, buf_get(&there));
	after = read_slice(arena, buf_get(&back));
	assert_int_equal(before.part_count, 5000);
	assert_int_equal(column_type_compare(&before, &after, arena, &verdict), 0);
	assert_int_equal(verdict.change, TYPES_SAME);
	assert_true(verdict.reader && !verdict.sink);
	buf_fini(&there);
	buf_fini(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_engine_s_spelling_is_known),
		cmocka_unit_test(every_change_has_its_verdict),
		cmocka_unit_test(letter_case_and_blanks_do_not_matter_but_in_names),
		cmocka_unit_test(no_text_is_unknown),
		cmocka_unit_test(a_type_remembers_how_it_was_spelled),
		cmocka_unit_test(deeper_nesting_is_unknown),
		cmocka_unit_test(the_deepest_type_is_written_and_compared),
		cmocka_unit_test(a_longer_text_is_unknown),
		cmocka_unit_test(without_memory_nothing_is_read),
		cmocka_unit_test(without_memory_nothing_is_compared),
		cmocka_unit_test(a_struct_of_many_members_is_compared_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
