/* SPDX-License-Identifier: Apache-2.0 */

/* test_record.c - values of the store */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "graph/store/record.h"

static int setup(void **state)
{
	static struct buf buf;

	buf_init(&buf, 1 << 20);
	*state = &buf;
	return 0;
}

static int teardown(void **state)
{
	buf_fini(*state);
	return 0;
}

static void fields_come_back_as_they_were_put(void **state)
{
	struct record_writer writer;
	struct record_reader reader;
	struct slice record;

	assert_int_equal(record_begin(&writer, *state, 3, 64), 0);
	record_put_u8(&writer, 7);
	record_put_u64(&writer, UINT64_MAX - 2);
	record_put_varint(&writer, 300);
	record_put_signed(&writer, -300);
	record_put_bytes(&writer, SLICE("na\0me"));
	record_put_raw(&writer, SLICE("raw"));
	assert_int_equal(record_end(&writer, &record), 0);

	assert_int_equal(record_open(&reader, record, 3), 0);
	assert_int_equal(record_get_u8(&reader), 7);
	assert_true(record_get_u64(&reader) == UINT64_MAX - 2);
	assert_int_equal(record_get_varint(&reader), 300);
	assert_int_equal(record_get_signed(&reader), -300);
	assert_true(slice_equal(record_get_bytes(&reader), SLICE("na\0me")));
	assert_true(slice_equal(record_get_raw(&reader, 3), SLICE("raw")));
	assert_int_equal(record_close(&reader), 0);
}

static void numbers_of_every_length_come_back(void **state)
{
	for (unsigned shift = 0; shift < 64; shift++) {
		uint64_t number = UINT64_C(1) << shift;
		struct record_writer writer;
		struct record_reader reader;
		struct slice record;

		assert_int_equal(record_begin(&writer, *state, 1, 40), 0);
		record_put_varint(&writer, number);
		record_put_varint(&writer, number - 1);
		record_put_signed(&writer, (int64_t)number);
		record_put_signed(&writer, -(int64_t)(number - 1));
		assert_int_equal(record_end(&writer, &record), 0);
		assert_int_equal(record_open(&reader, record, 1), 0);
		assert_true(record_get_varint(&reader) == number);
		assert_true(record_get_varint(&reader) == number - 1);
		assert_true(record_get_signed(&reader) == (int64_t)number);
		assert_true(record_get_signed(&reader) == -(int64_t)(number - 1));
		assert_int_equal(record_close(&reader), 0);
	}
}

static void differences_reach_over_all_times(void **state)
{
	struct record_writer writer;
	struct record_reader reader;
	struct slice record;

	assert_int_equal(record_begin(&writer, *state, 1, 40), 0);
	record_put_diff(&writer, INT64_MAX, INT64_MIN);
	record_put_diff(&writer, INT64_MIN, INT64_MAX);
	assert_int_equal(record_end(&writer, &record), 0);
	assert_int_equal(record_open(&reader, record, 1), 0);
	assert_true(record_get_diff(&reader, INT64_MIN) == INT64_MAX);
	assert_true(record_get_diff(&reader, INT64_MAX) == INT64_MIN);
	assert_int_equal(record_close(&reader), 0);
}

static void every_flipped_bit_is_noticed(void **state)
{
	struct record_writer writer;
	struct record_reader reader;
	struct slice record;
	char copy[32];

	assert_int_equal(record_begin(&writer, *state, 1, 16), 0);
	record_put_bytes(&writer, SLICE("customers"));
	assert_int_equal(record_end(&writer, &record), 0);
	assert_true(record.len <= sizeof(copy));
	for (size_t bit = 0; bit < record.len * 8; bit++) {
		memcpy(copy, record.ptr, record.len);
		copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
		assert_int_equal(
			record_open(&reader, slice_of(copy, record.len), 1), ERR_CORRUPT);
	}
}

static void another_version_is_corrupt(void **state)
{
	struct record_writer writer;
	struct record_reader reader;
	struct slice record;

	assert_int_equal(record_begin(&writer, *state, 1, 0), 0);
	assert_int_equal(record_end(&writer, &record), 0);
	assert_int_equal(record_open(&reader, record, 1), 0);
	assert_int_equal(record_open(&reader, record, 2), ERR_CORRUPT);
	assert_int_equal(record_open(&reader, SLICE(""), 1), ERR_CORRUPT);
}

static void a_field_that_is_not_there_is_corrupt(void **state)
{
	struct record_writer writer;
	struct record_reader reader;
	struct slice record;

	assert_int_equal(record_begin(&writer, *state, 1, 8), 0);
	record_put_varint(&writer, 1000); /* a length, and no bytes behind it */
	assert_int_equal(record_end(&writer, &record), 0);
	assert_int_equal(record_open(&reader, record, 1), 0);
	assert_int_equal(record_get_bytes(&reader).len, 0);
	assert_int_equal(record_close(&reader), ERR_CORRUPT);
}

static void what_is_left_over_is_corrupt(void **state)
{
	struct record_writer writer;
	struct record_reader reader;
	struct slice record;

	assert_int_equal(record_begin(&writer, *state, 1, 8), 0);
	record_put_u8(&writer, 1);
	assert_int_equal(record_end(&writer, &record), 0);
	assert_int_equal(record_open(&reader, record, 1), 0);
	assert_int_equal(record_close(&reader), ERR_CORRUPT);
}

static void a_number_out_of_range_is_corrupt(void **state)
{
	struct record_writer writer;
	struct record_reader reader;
	struct slice record;

	assert_int_equal(record_begin(&writer, *state, 1, 10), 0);
	record_put_varint(&writer, UINT64_C(1) << 32);
	assert_int_equal(record_end(&writer, &record), 0);
	assert_int_equal(record_open(&reader, record, 1), 0);
	assert_int_equal(record_get_u32(&reader), 0);
	assert_int_equal(record_close(&reader), ERR_CORRUPT);
}

static void a_varint_without_an_end_is_corrupt(void **state)
{
	static const uint8_t bytes[11] = { 255, 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255 };

	(void)state;
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct record_reader reader = { bytes, bytes + len, false };

		assert_int_equal(record_get_varint(&reader), 0);
		assert_true(reader.bad);
	}
}

static void fields_beyond_what_was_said_are_refused(void **state)
{
	struct record_writer writer;
	struct slice record;

	assert_int_equal(record_begin(&writer, *state, 1, 4), 0);
	record_put_bytes(&writer, SLICE("much too long"));
	record_put_u8(&writer, 1);
	assert_int_equal(record_end(&writer, &record), ERR_TOO_LARGE);
	assert_int_equal(record_begin(&writer, *state, 1, SIZE_MAX), ERR_TOO_LARGE);
}

#define RECORD_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORD_TEST(fields_come_back_as_they_were_put),
		RECORD_TEST(numbers_of_every_length_come_back),
		RECORD_TEST(differences_reach_over_all_times),
		RECORD_TEST(every_flipped_bit_is_noticed),
		RECORD_TEST(another_version_is_corrupt),
		RECORD_TEST(a_field_that_is_not_there_is_corrupt),
		RECORD_TEST(what_is_left_over_is_corrupt),
		RECORD_TEST(a_number_out_of_range_is_corrupt),
		RECORD_TEST(a_varint_without_an_end_is_corrupt),
		RECORD_TEST(fields_beyond_what_was_said_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
