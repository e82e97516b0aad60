/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_err.c - failures have words, and faults are safe to print
 */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_failure_has_its_own_text(void **state)
{
	(void)state;
	for (int a = ERR_ADDRESS; a < 0; a++) {
		assert_string_not_equal(err_text(a), "unknown error");
		for (int b = a + 1; b < 0; b++)
			assert_string_not_equal(err_text(a), err_text(b));
	}
}

static void an_unknown_number_still_has_a_text(void **state)
{
	(void)state;
	assert_string_equal(err_text(-9999), "unknown error");
	assert_string_equal(err_text(7), "unknown error");
	assert_string_equal(err_text(0), "no error");
}

static void errno_values_become_failures(void **state)
{
	(void)state;
	static const struct {
		int number;
		enum err err;
	} rows[] = {
		{ ENOMEM, ERR_NOMEM },
		{ ENOSPC, ERR_DISK_FULL },
		{ EDQUOT, ERR_DISK_FULL },
		{ EFBIG, ERR_DISK_FULL },
		{ ENAMETOOLONG, ERR_TOO_LARGE },
		{ EAGAIN, ERR_BUSY },
		{ EMFILE, ERR_BUSY },
		{ ENOENT, ERR_NOT_FOUND },
		{ ENOTDIR, ERR_NOT_FOUND },
		{ EACCES, ERR_PERMISSION },
		{ EROFS, ERR_PERMISSION },
		{ EADDRINUSE, ERR_ADDRESS },
		{ EADDRNOTAVAIL, ERR_ADDRESS },
		{ EPIPE, ERR_CLOSED },
		{ ECONNRESET, ERR_CLOSED },
		{ EOPNOTSUPP, ERR_UNSUPPORTED },
		{ EIO, ERR_IO },
		{ 123456, ERR_IO },
		{ 0, ERR_IO },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(err_from_errno(rows[i].number), rows[i].err);
}

/* A wrong argument to the system is our mistake: no client may be blamed. */
static void a_failed_system_call_is_never_invalid_input(void **state)
{
	(void)state;
	for (int number = 0; number < 200; number++)
		assert_int_not_equal(err_from_errno(number), ERR_INVALID);
}

static void the_system_s_own_words_are_there_for_any_number(void **state)
{
	(void)state;
	assert_string_equal(err_errno_text(ENOENT), "No such file or directory");
	assert_string_equal(err_errno_text(123456), "Unknown error");
	assert_string_equal(err_errno_text(-1), "Unknown error");
}

static void a_fault_says_where_and_why(void **state)
{
	(void)state;
	struct fault fault = { .offset = 7, .has_offset = true };

	assert_int_equal(
		fault_set(&fault, "/job/name", "must have %d bytes", 3), ERR_INVALID);
	assert_string_equal(fault.where, "/job/name");
	assert_string_equal(fault.why, "must have 3 bytes");
	assert_false(fault.has_offset);
}

static void nobody_needs_to_want_the_fault(void **state)
{
	(void)state;
	assert_int_equal(fault_set(NULL, "/job", "is missing"), ERR_INVALID);
}

static void control_bytes_in_a_fault_become_question_marks(void **state)
{
	(void)state;
	struct fault fault;

	assert_int_equal(
		fault_set(&fault, "/a\nb", "%s", "\x1b[2J\x7f\xc2\x9b"), ERR_INVALID);
	assert_string_equal(fault.where, "/a?b");
	assert_string_equal(fault.why, "?[2J???");
}

static void what_is_not_utf8_becomes_question_marks(void **state)
{
	(void)state;
	struct fault fault;

	(void)fault_set(&fault, "", "%s", "a\xff\xc0\xaf\xed\xa0\x80z\xe2\x82");
	assert_string_equal(fault.why, "a??????z??");
	(void)fault_set(
		&fault, "", "%s", "\xf4\x90\x80\x80|\xe0\x80\x80|\xf0\x80\x80\x80");
	assert_string_equal(fault.why, "????|???|????");
}

static void characters_of_every_length_are_kept(void **state)
{
	(void)state;
	struct fault fault;
	const char *text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf";

	(void)fault_set(&fault, "", "%s", text);
	assert_string_equal(fault.why, text);
}

/* The euro sign has three bytes; it is cut whole wherever the end falls. */
static void a_long_fault_is_cut_between_characters(void **state)
{
	(void)state;
	struct fault fault;
	static const char tail[] = { '\xe2', '\x82', '\xac', '|', '|', '|' };
	char text[FAULT_WHY_MAX + 16];

	for (size_t pad = FAULT_WHY_MAX - 5; pad < FAULT_WHY_MAX; pad++) {
		size_t kept = pad + 3 < FAULT_WHY_MAX ? pad + 3 : pad;

		memset(text, 0, sizeof(text));
		memset(text, 'x', pad);
		memcpy(text + pad, tail, sizeof(tail));
		(void)fault_set(&fault, text, "%s", text);
		assert_true(strlen(fault.why) >= kept);
		assert_memory_equal(fault.why, text, strlen(fault.why));
		assert_null(strchr(fault.why, '?'));
		assert_string_equal(fault.where, fault.why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failure_has_its_own_text),
		cmocka_unit_test(an_unknown_number_still_has_a_text),
		cmocka_unit_test(errno_values_become_failures),
		cmocka_unit_test(the_system_s_own_words_are_there_for_any_number),
		cmocka_unit_test(a_failed_system_call_is_never_invalid_input),
		cmocka_unit_test(a_fault_says_where_and_why),
		cmocka_unit_test(nobody_needs_to_want_the_fault),
		cmocka_unit_test(control_bytes_in_a_fault_become_question_marks),
		cmocka_unit_test(what_is_not_utf8_becomes_question_marks),
		cmocka_unit_test(characters_of_every_length_are_kept),
		cmocka_unit_test(a_long_fault_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
