/* SPDX-License-Identifier: Apache-2.0 */

/*
 * log_fixture.h - a log in a folder of its own, with events that say their number
 */
#pragma once

#include "graph/eventlog.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Small enough that a few hundred events fill several segments. */
#define SMALL_SEGMENT ((size_t)16 * 1024)
#define FRAMES_AT     4096
#define TEXT_BYTES    40
#define FRAME_BYTES   80 /* of an event of TEXT_BYTES */

struct log_fixture {
	char path[256];
	struct eventlog_options options;
	struct fault fault;
};

static inline int make_log_folder(void **state)
{
	struct log_fixture *fixture = calloc(1, sizeof(*fixture));
	const char *temporary = getenv("TMPDIR");
	char base[200];

	snprintf(base, sizeof(base), "%s/headwater-log-XXXXXX",
		temporary ? temporary : "/tmp");
	if (!fixture || !mkdtemp(base))
		return -1;
	snprintf(fixture->path, sizeof(fixture->path), "%s/log", base);
	fixture->options.path = fixture->path;
	fixture->options.segment_max = SMALL_SEGMENT;
	*state = fixture;
	return 0;
}

static inline int remove_log_folder(void **state)
{
	struct log_fixture *fixture = *state;
	char command[320];
	int r;

	*strrchr(fixture->path, '/') = '\0';
	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->path);
	r = system(command);
	free(fixture);
	return r;
}

static inline struct eventlog *open_log(struct log_fixture *fixture)
{
	struct eventlog *log = NULL;

	assert_int_equal(eventlog_open(&fixture->options, &log, &fixture->fault), 0);
	return log;
}

/* What event number n says. */
static inline char *text_of(uint64_t n, char text[TEXT_BYTES + 1])
{
	snprintf(text, TEXT_BYTES + 1, "the event of number %020" PRIu64, n);
	return text;
}

/* Appends one group of count events, received a second apart from each other's group. */
static inline int append_group(struct eventlog *log, uint64_t first, size_t count)
{
	char texts[64][TEXT_BYTES + 1];
	struct log_record records[64];
	uint64_t got = 0;
	int r;

	assert_true(count <= 64);
	for (size_t i = 0; i < count; i++)
		records[i] = (struct log_record){
			.packed = slice_of(text_of(first + i, texts[i]), TEXT_BYTES),
			.raw_bytes = TEXT_BYTES,
		};
	r = eventlog_append(log, records, count, (int64_t)first * 1000000, &got);
	if (!r)
		assert_int_equal(got, first);
	return r;
}

/* Appends events first to last, each made durable alone. */
static inline void put_events(struct eventlog *log, uint64_t first, uint64_t last)
{
	for (uint64_t n = first; n <= last; n++) {
		assert_int_equal(append_group(log, n, 1), 0);
		assert_int_equal(eventlog_sync(log), 0);
	}
}

static inline void fill_log(struct log_fixture *fixture, uint64_t last)
{
	AUTO(eventlog) struct eventlog *log = open_log(fixture);

	put_events(log, 1, last);
}

static inline void expect_event(struct log_reader *reader, uint64_t n)
{
	char text[TEXT_BYTES + 1];
	struct log_event event;

	assert_int_equal(log_reader_next(reader, &event), 0);
	assert_int_equal(event.sequence, n);
	assert_int_equal(event.raw.len, TEXT_BYTES);
	assert_memory_equal(event.raw.ptr, text_of(n, text), TEXT_BYTES);
}

static inline void expect_events(struct eventlog *log, uint64_t first, uint64_t last)
{
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_event event;

	assert_int_equal(log_reader_new(log, &reader), 0);
	assert_int_equal(log_reader_seek(reader, first), 0);
	for (uint64_t n = first; n <= last; n++)
		expect_event(reader, n);
	assert_int_equal(log_reader_next(reader, &event), 1);
}

static inline char *path_of(const struct log_fixture *fixture, const char *name)
{
	static char path[320];

	snprintf(path, sizeof(path), "%s/%s", fixture->path, name);
	return path;
}

static inline char *segment_path(const struct log_fixture *fixture, uint64_t first)
{
	char name[32];

	snprintf(name, sizeof(name), "%020" PRIu64 ".seg", first);
	return path_of(fixture, name);
}

/* Where event number n of the first segment is. */
static inline off_t frame_offset(uint64_t n)
{
	return (off_t)(FRAMES_AT + (n - 1) * FRAME_BYTES);
}

static inline void flip_bit(const char *path, off_t offset)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
	close(fd);
}

/* Bytes that do not repeat and are the same in every run. */
static inline void fill_noise(char *bytes, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * UINT64_C(6364136223846793005) +
		       UINT64_C(1442695040888963407);
		bytes[i] = (char)(seed >> 56);
	}
}

#define LOG_TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_log_folder, remove_log_folder)
