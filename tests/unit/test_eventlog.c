/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_eventlog.c - what is appended is read again: in order, from anywhere
 */
#include "log_fixture.h"

#include <sys/resource.h>

/* In a segment of SMALL_SEGMENT. */
#define EVENTS_A_SEGMENT ((SMALL_SEGMENT - FRAMES_AT) / FRAME_BYTES)

static void events_come_back_in_the_order_they_were_appended(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = open_log(fixture);

	assert_int_equal(append_group(log, 1, 3), 0);
	assert_int_equal(append_group(log, 4, 2), 0);
	assert_int_equal(eventlog_sync(log), 0);
	assert_int_equal(eventlog_first(log), 1);
	assert_int_equal(eventlog_last(log), 5);
	assert_int_equal(eventlog_bytes(log), 5 * FRAME_BYTES);
	expect_events(log, 1, 5);
}

static void an_empty_log_has_no_first_and_no_last_event(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);

	assert_int_equal(eventlog_first(log), 0);
	assert_int_equal(eventlog_last(log), 0);
	assert_int_equal(eventlog_bytes(log), 0);
	expect_events(log, 1, 0);
}

static void a_reader_sees_an_event_only_when_it_is_durable(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_event event;

	assert_int_equal(log_reader_new(log, &reader), 0);
	put_events(log, 1, 1);
	assert_int_equal(append_group(log, 2, 1), 0);
	expect_event(reader, 1);
	assert_int_equal(log_reader_next(reader, &event), 1);
	assert_int_equal(eventlog_sync(log), 0);
	expect_event(reader, 2);
	assert_int_equal(log_reader_next(reader, &event), 1);
}

static void a_reader_follows_the_writer_through_segments(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	AUTO(log_reader) struct log_reader *reader = NULL;

	assert_int_equal(log_reader_new(log, &reader), 0);
	for (uint64_t n = 1; n <= 4 * EVENTS_A_SEGMENT; n++) {
		put_events(log, n, n);
		expect_event(reader, n);
	}
}

static void a_log_opened_again_goes_on_where_it_ended(void **state)
{
	struct log_fixture *fixture = *state;
	uint64_t last = 0;

	for (int cycle = 0; cycle < 60; cycle++) {
		AUTO(eventlog) struct eventlog *log = open_log(fixture);

		assert_int_equal(eventlog_last(log), last);
		assert_int_equal(eventlog_bytes(log), last * FRAME_BYTES);
		put_events(log, last + 1, last + 13);
		last += 13;
		expect_events(log, 1, last);
	}
}

static void any_event_is_found_by_its_number(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_reader) struct log_reader *reader = NULL;
	const uint64_t last = 5 * EVENTS_A_SEGMENT + 7;

	fill_log(fixture, last);
	log = open_log(fixture);
	assert_int_equal(log_reader_new(log, &reader), 0);
	for (uint64_t n = last; n >= 1; n -= 3) {
		assert_int_equal(log_reader_seek(reader, n), 0);
		expect_event(reader, n);
		if (n < last)
			expect_event(reader, n + 1);
		if (n < 3)
			break;
	}
}

static void seeking_behind_the_end_waits_for_that_event(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_event event;

	assert_int_equal(log_reader_new(log, &reader), 0);
	assert_int_equal(log_reader_seek(reader, 5), 0);
	put_events(log, 1, 4);
	assert_int_equal(log_reader_next(reader, &event), 1);
	put_events(log, 5, 5);
	expect_event(reader, 5);
}

static void the_first_event_at_or_after_a_time_is_found(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_reader) struct log_reader *reader = NULL;
	const uint64_t last = 4 * EVENTS_A_SEGMENT;

	fill_log(fixture, last); /* event n is received at n seconds */
	log = open_log(fixture);
	assert_int_equal(log_reader_new(log, &reader), 0);
	for (uint64_t n = 1; n <= last; n += 11) {
		int64_t us = (int64_t)n * 1000000;

		assert_int_equal(log_reader_seek_time(reader, us), 0);
		expect_event(reader, n);
		assert_int_equal(log_reader_seek_time(reader, us - 999999), 0);
		expect_event(reader, n);
	}
}

static void a_time_to_come_waits_for_its_event(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_event event;

	put_events(log, 1, 3);
	assert_int_equal(log_reader_new(log, &reader), 0);
	assert_int_equal(log_reader_seek_time(reader, 5000000), 0);
	assert_int_equal(log_reader_next(reader, &event), 1);
	put_events(log, 4, 5);
	expect_event(reader, 5);
}

static void the_time_received_never_goes_back(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_record record = { .packed = SLICE("x"), .raw_bytes = 1 };
	struct log_event event;
	uint64_t first;

	assert_int_equal(eventlog_append(log, &record, 1, 2000, &first), 0);
	assert_int_equal(eventlog_append(log, &record, 1, 1000, &first), 0);
	assert_int_equal(eventlog_sync(log), 0);
	assert_int_equal(log_reader_new(log, &reader), 0);
	assert_int_equal(log_reader_seek(reader, 2), 0);
	assert_int_equal(log_reader_next(reader, &event), 0);
	assert_int_equal(event.received_us, 2000);
}

static void an_event_larger_than_a_segment_gets_one_of_its_own(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	AUTO(log_reader) struct log_reader *reader = NULL;
	const size_t len = 3 * SMALL_SEGMENT + 5;
	char *bytes = malloc(len);
	struct log_record record = { .packed = slice_of(bytes, len),
		.raw_bytes = (uint32_t)len };
	struct log_event event;
	uint64_t first;

	memset(bytes, 'x', len);
	assert_int_equal(eventlog_append(log, &record, 1, 0, &first), 0);
	put_events(log, 2, 3);
	assert_int_equal(log_reader_new(log, &reader), 0);
	assert_int_equal(log_reader_next(reader, &event), 0);
	assert_int_equal(event.raw.len, len);
	assert_memory_equal(event.raw.ptr, bytes, len);
	expect_event(reader, 2);
	free(bytes);
}

/* Packs one event of this size, appends it, and reads it again. */
static void there_and_back(struct eventlog *log, size_t len, bool random)
{
	AUTO(log_packer) struct log_packer *packer = NULL;
	AUTO(log_reader) struct log_reader *reader = NULL;
	char *raw = malloc(len + 1);
	char *out = malloc(log_pack_bound(len) + 1);
	struct log_record record;
	struct log_event event;
	uint64_t first;

	memset(raw, 'x', len);
	if (random)
		fill_noise(raw, len, len);
	assert_int_equal(log_packer_new(log, &packer), 0);
	assert_int_equal(eventlog_pack(packer, slice_of(raw, len), out, &record), 0);
	assert_true(
		random || len < 100 ? record.packed.len == len : record.packed.len < len);
	assert_int_equal(eventlog_append(log, &record, 1, 0, &first), 0);
	assert_int_equal(eventlog_sync(log), 0);
	assert_int_equal(log_reader_new(log, &reader), 0);
	assert_int_equal(log_reader_seek(reader, first), 0);
	assert_int_equal(log_reader_next(reader, &event), 0);
	assert_int_equal(event.raw.len, len);
	assert_memory_equal(event.raw.ptr, raw, len);
	free(raw);
	free(out);
}

static void events_of_any_size_come_back_byte_for_byte(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);

	there_and_back(log, 0, false);
	there_and_back(log, 1, true);
	there_and_back(log, 5000, false);
	there_and_back(log, 5000, true);
	there_and_back(log, (size_t)2 << 20, true);
	there_and_back(log, (size_t)66 << 20, false);
	there_and_back(log, 100, true);
}

static void a_record_that_no_packer_makes_is_refused(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	struct log_record grown = { .packed = SLICE("xx"), .raw_bytes = 1 };
	struct log_record huge = { .packed = SLICE("x"), .raw_bytes = UINT32_MAX };
	uint64_t first;

	assert_int_equal(eventlog_append(log, &grown, 1, 0, &first), ERR_INVALID);
	assert_int_equal(eventlog_append(log, &huge, 1, 0, &first), ERR_TOO_LARGE);
	put_events(log, 1, 1);
}

static void a_group_of_nothing_changes_nothing(void **state)
{
	AUTO(eventlog) struct eventlog *log = open_log(*state);

	assert_int_equal(append_group(log, 1, 0), 0);
	assert_int_equal(eventlog_sync(log), 0);
	assert_int_equal(eventlog_last(log), 0);
	put_events(log, 1, 1);
}

static void a_quota_is_told_before_anything_is_written(void **state)
{
	struct log_fixture *fixture = *state;
	uint64_t last = 0;

	fixture->options.quota_bytes = 2 * SMALL_SEGMENT;
	{
		AUTO(eventlog) struct eventlog *log = open_log(fixture);

		while (append_group(log, last + 1, 1) == 0)
			last++;
		assert_int_equal(last, 2 * EVENTS_A_SEGMENT);
		assert_int_equal(append_group(log, last + 1, 1), ERR_DISK_FULL);
		assert_int_equal(eventlog_sync(log), 0);
		assert_int_equal(eventlog_last(log), last);
	}
	fixture->options.quota_bytes = 0;
	{
		AUTO(eventlog) struct eventlog *log = open_log(fixture);

		put_events(log, last + 1, last + 10);
		expect_events(log, 1, last + 10);
	}
}

/* Leaves the process without a descriptor to spare; gives what was allowed. */
static struct rlimit take_descriptors(void)
{
	struct rlimit before;
	struct rlimit none;
	int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(next >= 0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	return before;
}

static void a_log_without_descriptors_goes_on_when_there_are_some(void **state)
{
	static const char large[2 * SMALL_SEGMENT];
	const struct log_record record = { .packed = slice_of(large, sizeof(large)),
		.raw_bytes = sizeof(large) };
	AUTO(eventlog) struct eventlog *log = open_log(*state);
	struct rlimit before = take_descriptors();
	uint64_t first;
	int r = eventlog_append(log, &record, 1, 0, &first);

	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(r, ERR_NOMEM);
	assert_int_equal(eventlog_append(log, &record, 1, 0, &first), 0);
	assert_int_equal(eventlog_sync(log), 0);
	assert_int_equal(eventlog_last(log), 1);
}

static void a_log_without_syncs_is_read_all_the_same(void **state)
{
	struct log_fixture *fixture = *state;

	fixture->options.no_sync = true;
	fill_log(fixture, 3 * EVENTS_A_SEGMENT);
	{
		AUTO(eventlog) struct eventlog *log = open_log(fixture);

		expect_events(log, 1, 3 * EVENTS_A_SEGMENT);
	}
}

static void a_reader_of_a_folder_that_is_not_there_is_told_so(void **state)
{
	struct log_fixture *fixture = *state;
	struct eventlog *log = NULL;

	fixture->options.readonly = true;
	assert_int_equal(
		eventlog_open(&fixture->options, &log, &fixture->fault), ERR_NOT_FOUND);
	assert_string_equal(fixture->fault.where, fixture->path);
}

static void a_readonly_log_is_read_and_not_written(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	struct log_packer *packer;

	fill_log(fixture, 2 * EVENTS_A_SEGMENT);
	fixture->options.readonly = true;
	log = open_log(fixture);
	expect_events(log, 1, 2 * EVENTS_A_SEGMENT);
	assert_int_equal(append_group(log, 1, 1), ERR_UNSUPPORTED);
	assert_int_equal(eventlog_sync(log), ERR_UNSUPPORTED);
	assert_int_equal(log_packer_new(log, &packer), ERR_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(events_come_back_in_the_order_they_were_appended),
		LOG_TEST(an_empty_log_has_no_first_and_no_last_event),
		LOG_TEST(a_reader_sees_an_event_only_when_it_is_durable),
		LOG_TEST(a_reader_follows_the_writer_through_segments),
		LOG_TEST(a_log_opened_again_goes_on_where_it_ended),
		LOG_TEST(any_event_is_found_by_its_number),
		LOG_TEST(seeking_behind_the_end_waits_for_that_event),
		LOG_TEST(the_first_event_at_or_after_a_time_is_found),
		LOG_TEST(a_time_to_come_waits_for_its_event),
		LOG_TEST(the_time_received_never_goes_back),
		LOG_TEST(an_event_larger_than_a_segment_gets_one_of_its_own),
		LOG_TEST(events_of_any_size_come_back_byte_for_byte),
		LOG_TEST(a_record_that_no_packer_makes_is_refused),
		LOG_TEST(a_group_of_nothing_changes_nothing),
		LOG_TEST(a_quota_is_told_before_anything_is_written),
		LOG_TEST(a_log_without_descriptors_goes_on_when_there_are_some),
		LOG_TEST(a_log_without_syncs_is_read_all_the_same),
		LOG_TEST(a_reader_of_a_folder_that_is_not_there_is_told_so),
		LOG_TEST(a_readonly_log_is_read_and_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
