/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_buf.c - a buffer holds what was put in, up to its ceiling
 */
#include "base/buf.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_is_appended_comes_out_in_order(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 100);
	buf_str(&b, "x=");
	buf_printf(&b, "%d", 42);
	buf_byte(&b, '!');
	buf_slice(&b, SLICE("end"));
	assert_int_equal(buf_error(&b), 0);
	assert_true(slice_equal(buf_get(&b), SLICE("x=42!end")));
	buf_fini(&b);
}

static void an_empty_buffer_takes_no_memory(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 100);
	buf_bytes(&b, NULL, 0);
	assert_null(b.data);
	assert_int_equal(buf_get(&b).len, 0);
	buf_fini(&b);
}

static void the_ceiling_itself_can_be_filled(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 5);
	buf_printf(&b, "%s", "12345");
	assert_int_equal(buf_error(&b), 0);
	buf_byte(&b, '6');
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
	assert_true(slice_equal(buf_get(&b), SLICE("12345")));
	buf_fini(&b);
}

static void after_a_failure_nothing_is_added(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 4);
	buf_str(&b, "abc");
	buf_str(&b, "def");
	buf_byte(&b, 'g');
	buf_printf(&b, "%c", 'h');
	assert_null(buf_reserve(&b, 0));
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
	assert_true(slice_equal(buf_get(&b), SLICE("abc")));
	buf_fini(&b);
}

static void a_printed_text_past_the_ceiling_fails(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 300);
	buf_printf(&b, "%*d", 301, 1);
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
	assert_int_equal(buf_get(&b).len, 0);
	buf_fini(&b);
}

static void sizes_that_overflow_are_refused(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	buf_byte(&b, 'a');
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
	buf_clear(&b);
	assert_null(buf_reserve(&b, SIZE_MAX - 2));
	assert_int_equal(buf_error(&b), ERR_NOMEM);
	buf_fini(&b);
}

static void clearing_forgets_the_failure_and_keeps_the_memory(void **state)
{
	(void)state;
	struct buf b;
	char *data;

	buf_init(&b, 4);
	buf_str(&b, "abc");
	data = b.data;
	buf_str(&b, "def");
	buf_clear(&b);
	assert_int_equal(buf_error(&b), 0);
	buf_str(&b, "def");
	assert_true(slice_equal(buf_get(&b), SLICE("def")));
	assert_ptr_equal(b.data, data);
	buf_fini(&b);
}

static void a_reserve_adds_nothing_until_it_is_advanced(void **state)
{
	(void)state;
	struct buf b;
	char *room;

	buf_init(&b, 1000);
	buf_byte(&b, 'a');
	room = buf_reserve(&b, 600);
	assert_non_null(room);
	assert_int_equal(buf_get(&b).len, 1);
	memset(room, 'b', 600);
	buf_advance(&b, 2);
	assert_true(slice_equal(buf_get(&b), SLICE("abb")));
	buf_fini(&b);
}

static void taking_hands_over_the_bytes_and_starts_afresh(void **state)
{
	(void)state;
	struct buf b;
	size_t len;
	char *data;

	buf_init(&b, 10);
	buf_str(&b, "abc");
	data = buf_take(&b, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(data, "abc", 3);
	free(data);
	assert_int_equal(buf_get(&b).len, 0);
	buf_str(&b, "0123456789");
	assert_int_equal(buf_error(&b), 0);
	buf_clear(&b);
	assert_null(buf_take(&b, &len));
	assert_int_equal(len, 0);
}

static void many_small_appends_make_one_large_text(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, SIZE_MAX);
	for (int i = 0; i < 20000; i++)
		buf_printf(&b, "%05d", i);
	assert_int_equal(buf_error(&b), 0);
	assert_int_equal(b.len, 100000);
	assert_memory_equal(b.data + 61725, "12345", 5);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_appended_comes_out_in_order),
		cmocka_unit_test(an_empty_buffer_takes_no_memory),
		cmocka_unit_test(the_ceiling_itself_can_be_filled),
		cmocka_unit_test(after_a_failure_nothing_is_added),
		cmocka_unit_test(a_printed_text_past_the_ceiling_fails),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(clearing_forgets_the_failure_and_keeps_the_memory),
		cmocka_unit_test(a_reserve_adds_nothing_until_it_is_advanced),
		cmocka_unit_test(taking_hands_over_the_bytes_and_starts_afresh),
		cmocka_unit_test(many_small_appends_make_one_large_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
