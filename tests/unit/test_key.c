/* SPDX-License-Identifier: Apache-2.0 */

/* test_key.c - keys of the store */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "graph/store/key.h"

static void numbers_come_back_as_they_were_put(void **state)
{
	struct runid run = { { 1, 2, 3, 255 } };
	struct key_reader reader;
	struct store_key key;
	struct runid found;

	(void)state;
	key_start(&key);
	key_put_u8(&key, 200);
	key_put_u32(&key, 0xdeadbeef);
	key_put_u64(&key, UINT64_MAX - 1);
	key_put_time(&key, -5);
	key_put_runid(&key, &run);
	key_open(&reader, key_slice(&key));
	assert_int_equal(key_get_u8(&reader), 200);
	assert_int_equal(key_get_u32(&reader), 0xdeadbeef);
	assert_true(key_get_u64(&reader) == UINT64_MAX - 1);
	assert_true(key_get_time(&reader) == -5);
	found = key_get_runid(&reader);
	assert_int_equal(runid_compare(&found, &run), 0);
	assert_int_equal(key_close(&reader), 0);
}

static void times_sort_as_times(void **state)
{
	static const int64_t times[] = { INT64_MIN, -2, -1, 0, 1, 1000, INT64_MAX };
	struct store_key before, key;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		key_start(&key);
		key_put_time(&key, times[i]);
		if (i)
			assert_true(
				slice_compare(key_slice(&before), key_slice(&key)) < 0);
		before = key;
	}
}

static void numbers_lie_high_byte_first(void **state)
{
	struct store_key key;

	(void)state;
	key_start(&key);
	key_put_u32(&key, 0x01020304);
	assert_memory_equal(key.bytes, "\x01\x02\x03\x04", 4);
	assert_int_equal(key.len, 4);
}

static struct store_key name_key(struct slice name, uint32_t id)
{
	struct store_key key;

	key_start(&key);
	assert_true(key_put_name(&key, name, 400));
	key_put_name_end(&key);
	key_put_u32(&key, id);
	return key;
}

static void names_sort_as_bytes_whatever_follows(void **state)
{
	static const struct slice names[] = { SLICE(""), SLICE("\0"), SLICE("\0\0"),
		SLICE("\0a"), SLICE("a"), SLICE("a\0"), SLICE("a\0b"), SLICE("a\1"),
		SLICE("ab"), SLICE("b"), SLICE("\xff"), SLICE("\xff\xff") };

	(void)state;
	for (size_t i = 1; i < ARRAY_LEN(names); i++) {
		struct store_key a = name_key(names[i - 1], UINT32_MAX);
		struct store_key b = name_key(names[i], 0);

		assert_true(slice_compare(key_slice(&a), key_slice(&b)) < 0);
	}
}

static void a_name_that_does_not_fit_is_cut_and_said_so(void **state)
{
	struct store_key key;

	(void)state;
	key_start(&key);
	assert_false(key_put_name(&key, SLICE("abcdef"), 3));
	assert_int_equal(key.len, 3);
	key_start(&key);
	assert_false(key_put_name(&key, SLICE("ab\0"), 3));
	assert_int_equal(key.len, 2);
}

static void a_name_comes_back_as_it_was_put(void **state)
{
	const struct slice name = SLICE("a\0\0\xff"
					"z");
	struct key_reader reader;
	struct store_key key;
	char found[16];
	size_t len;

	(void)state;
	key_start(&key);
	assert_true(key_put_name(&key, name, 100));
	key_put_name_end(&key);
	key_put_u32(&key, 7);
	key_open(&reader, key_slice(&key));
	len = key_get_name(&reader, found, sizeof(found));
	assert_true(slice_equal(slice_of(found, len), name));
	assert_int_equal(key_get_u32(&reader), 7);
	assert_int_equal(key_close(&reader), 0);
}

static void a_name_without_end_or_room_is_corrupt(void **state)
{
	const struct slice keys[] = { SLICE("abc"), SLICE("abc\0"), SLICE("a\0\1b\0\0"),
		SLICE("abcde\0\0") };
	struct key_reader reader;
	char found[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		key_open(&reader, keys[i]);
		(void)key_get_name(&reader, found, sizeof(found));
		assert_int_equal(key_close(&reader), ERR_CORRUPT);
	}
}

static void a_short_key_is_corrupt(void **state)
{
	struct key_reader reader;

	(void)state;
	key_open(&reader, SLICE("abc"));
	assert_int_equal(key_get_u32(&reader), 0);
	assert_int_equal(key_close(&reader), ERR_CORRUPT);
}

static void a_long_key_is_corrupt(void **state)
{
	struct key_reader reader;

	(void)state;
	key_open(&reader, SLICE("abcde"));
	assert_int_equal(key_get_u32(&reader), 0x61626364);
	assert_int_equal(key_close(&reader), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_come_back_as_they_were_put),
		cmocka_unit_test(times_sort_as_times),
		cmocka_unit_test(numbers_lie_high_byte_first),
		cmocka_unit_test(names_sort_as_bytes_whatever_follows),
		cmocka_unit_test(a_name_that_does_not_fit_is_cut_and_said_so),
		cmocka_unit_test(a_name_comes_back_as_it_was_put),
		cmocka_unit_test(a_name_without_end_or_room_is_corrupt),
		cmocka_unit_test(a_short_key_is_corrupt),
		cmocka_unit_test(a_long_key_is_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
