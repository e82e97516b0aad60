/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_frame.c - an event as bytes, exactly as docs/STORAGE.md shows them
 */
#include "graph/log/frame.h"

#include "base/hash.h"
#include "graph/log/framewalk.h"
#include "graph/log/le.h"
#include "graph/log/segfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct frame hello = {
	.sequence = 1,
	.received_us = INT64_C(1785567600000000), /* 2026-08-01T07:00:00Z */
	.payload_bytes = 5,
	.raw_bytes = 5,
	.unsynced = 1,
	.flags = FRAME_STORED,
};

#define HELLO_BYTES 48

static void a_frame_is_written_to_the_letter(void **state)
{
	(void)state;
	static const uint8_t expected[HELLO_BYTES] = {
		0x42,
		0x32,
		0x5e,
		0x94,
		0x91,
		0xed,
		0x8b,
		0xa6, /* checksum */
		0x01,
		0x00,
		0x00,
		0x00,
		0x00,
		0x00,
		0x00,
		0x00, /* sequence */
		0x00,
		0x3c,
		0x85,
		0xda,
		0xf6,
		0x57,
		0x06,
		0x00, /* received_us */
		0x05,
		0x00,
		0x00,
		0x00,
		0x05,
		0x00,
		0x00,
		0x00, /* lengths */
		0x01,
		0x00,
		0x00,
		0x00,
		0x00,
		0x00,
		0x01,
		0x00, /* unsynced, flags */
		'h',
		'e',
		'l',
		'l',
		'o',
		0x00,
		0x00,
		0x00,
	};
	uint8_t bytes[HELLO_BYTES];

	memset(bytes, 0xff, sizeof(bytes));
	frame_write(&hello, "hello", bytes);
	assert_memory_equal(bytes, expected, HELLO_BYTES);
}

static void a_segment_header_is_written_to_the_letter(void **state)
{
	(void)state;
	static const uint8_t expected[SEGFILE_HEADER_BYTES] = {
		'H', 'W', 'S', 'E', 'G', 'M', 'N', 'T',		/* magic */
		0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* format, dictionaries */
		0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* first */
		0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, /* size */
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* previous_first */
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* bytes_before */
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* since_us */
		0x78, 0x27, 0xe1, 0x2d, 0x83, 0xd2, 0x91, 0xb5, /* checksum */
	};
	const struct segfile_header header = { .first = 1, .size = 1 << 20 };
	uint8_t bytes[SEGFILE_HEADER_BYTES];

	segfile_header_write(&header, bytes);
	assert_memory_equal(bytes, expected, sizeof(expected));
}

static void a_header_of_a_newer_format_is_told_from_damage(void **state)
{
	(void)state;
	const struct segfile_header header = { .first = 1, .size = 1 << 20 };
	struct segfile_header same;
	uint8_t bytes[SEGFILE_HEADER_BYTES];

	segfile_header_write(&header, bytes);
	bytes[8] = SEGFILE_FORMAT + 1;
	assert_int_equal(segfile_header_read(bytes, &same), ERR_CORRUPT);
	le_put64(bytes + 56, hash64(slice_of(bytes, 56)));
	assert_int_equal(segfile_header_read(bytes, &same), ERR_VERSION);
}

static void only_names_of_segments_are_taken_for_such(void **state)
{
	(void)state;
	char name[SEGFILE_NAME_MAX];
	uint64_t first = 0;

	assert_string_equal(segfile_name(1901, name), "00000000000000001901.seg");
	assert_int_equal(segfile_parse_name(name, &first), 0);
	assert_int_equal(first, 1901);
	assert_int_equal(segfile_parse_name("1901.seg", &first), 1);
	assert_int_equal(segfile_parse_name("00000000000000000000.seg", &first), 1);
	assert_int_equal(segfile_parse_name("99999999999999999999.seg", &first), 1);
	assert_int_equal(segfile_parse_name("00000000000000001901.seg~", &first), 1);
}

static void what_was_written_is_read(void **state)
{
	(void)state;
	uint8_t bytes[HELLO_BYTES];
	struct frame frame;

	frame_write(&hello, "hello", bytes);
	assert_int_equal(frame_read(bytes, &frame), 0);
	assert_int_equal(frame.sequence, hello.sequence);
	assert_int_equal(frame.received_us, hello.received_us);
	assert_int_equal(frame.payload_bytes, hello.payload_bytes);
	assert_int_equal(frame.raw_bytes, hello.raw_bytes);
	assert_int_equal(frame.unsynced, hello.unsynced);
	assert_int_equal(frame.flags, hello.flags);
	assert_true(frame_intact(&frame, bytes));
}

static void zeros_are_no_frame(void **state)
{
	(void)state;
	const uint8_t bytes[FRAME_HEADER_BYTES] = { 0 };
	struct frame frame;

	assert_int_equal(frame_read(bytes, &frame), 1);
}

static void every_single_damaged_bit_is_noticed(void **state)
{
	(void)state;
	uint8_t bytes[HELLO_BYTES];

	frame_write(&hello, "hello", bytes);
	for (size_t bit = 0; bit < sizeof(bytes) * 8; bit++) {
		struct frame frame;
		bool good;

		bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		good = frame_read(bytes, &frame) == 0 &&
		       frame_size(frame.payload_bytes) == HELLO_BYTES &&
		       frame_intact(&frame, bytes);
		assert_false(good);
		bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
}

static int read_changed(struct frame frame)
{
	uint8_t bytes[HELLO_BYTES + 64];

	frame_write(&frame, "hello, and some more text behind it, enough", bytes);
	return frame_read(bytes, &frame);
}

static void a_header_that_no_writer_makes_is_refused(void **state)
{
	(void)state;
	struct frame frame = hello;

	frame.sequence = 0;
	assert_int_equal(read_changed(frame), ERR_CORRUPT);
	frame = hello;
	frame.received_us = -1;
	assert_int_equal(read_changed(frame), ERR_CORRUPT);
	frame = hello;
	frame.raw_bytes = 6; /* stored, and not as long as the event */
	assert_int_equal(read_changed(frame), ERR_CORRUPT);
	frame.raw_bytes = FRAME_RAW_MAX + 1;
	frame.flags = 0;
	assert_int_equal(read_changed(frame), ERR_CORRUPT);
	frame = hello;
	frame.flags = 2;
	assert_int_equal(read_changed(frame), ERR_CORRUPT);
	frame.flags = 0; /* packed, and not shorter than the event */
	assert_int_equal(read_changed(frame), ERR_CORRUPT);
}

static void sizes_are_multiples_of_eight(void **state)
{
	(void)state;
	assert_int_equal(frame_size(0), 40);
	assert_int_equal(frame_size(1), 48);
	assert_int_equal(frame_size(8), 48);
	assert_int_equal(frame_size(UINT32_MAX), UINT64_C(4294967336));
}

static void a_walk_ends_where_the_zeros_begin(void **state)
{
	(void)state;
	FILE *file = tmpfile();
	uint8_t bytes[3 * HELLO_BYTES] = { 0 };
	struct framewalk walk = { 0 };
	struct frame frame = hello;
	struct slice payload;

	frame_write(&frame, "hello", bytes);
	frame.sequence = 2;
	frame_write(&frame, "world", bytes + HELLO_BYTES);
	assert_int_equal(pwrite(fileno(file), bytes, sizeof(bytes), 0), sizeof(bytes));
	framewalk_start(
		&walk, &(struct framewalk_span){ fileno(file), sizeof(bytes), 0, 1 });
	for (int i = 0; i < 2; i++) {
		assert_int_equal(framewalk_peek(&walk, &frame), 0);
		assert_int_equal(framewalk_frame(&walk, &frame, &payload), 0);
		assert_memory_equal(payload.ptr, i ? "world" : "hello", 5);
		framewalk_step(&walk, &frame);
	}
	assert_int_equal(framewalk_peek(&walk, &frame), 1);
	framewalk_start(
		&walk, &(struct framewalk_span){ fileno(file), sizeof(bytes), 0, 7 });
	assert_int_equal(framewalk_peek(&walk, &frame), ERR_CORRUPT);
	framewalk_fini(&walk);
	assert_int_equal(fclose(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_is_written_to_the_letter),
		cmocka_unit_test(a_segment_header_is_written_to_the_letter),
		cmocka_unit_test(a_header_of_a_newer_format_is_told_from_damage),
		cmocka_unit_test(only_names_of_segments_are_taken_for_such),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(zeros_are_no_frame),
		cmocka_unit_test(every_single_damaged_bit_is_noticed),
		cmocka_unit_test(a_header_that_no_writer_makes_is_refused),
		cmocka_unit_test(sizes_are_multiples_of_eight),
		cmocka_unit_test(a_walk_ends_where_the_zeros_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
