/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_log_recovery.c - a log that was cut off or damaged, and opened again
 *
 * What nobody was told is stored may go; what somebody was told is either
 * there or its loss is said, with file and offset.
 */
#include "log_fixture.h"

#include "graph/log/eventlog_state.h"

#include <signal.h>
#include <sys/wait.h>

#define EVENTS_A_SEGMENT ((SMALL_SEGMENT - FRAMES_AT) / FRAME_BYTES)

/* The numbers of the first events of segments, when all events go in alone. */
#define SECOND_SEGMENT (EVENTS_A_SEGMENT + 1)
#define THIRD_SEGMENT  (2 * EVENTS_A_SEGMENT + 1)

static void expect_log(struct log_fixture *fixture, uint64_t last)
{
	AUTO(eventlog) struct eventlog *log = open_log(fixture);

	assert_int_equal(eventlog_last(log), last);
	expect_events(log, 1, last);
}

static void expect_corrupt(struct log_fixture *fixture, const char *where)
{
	struct eventlog *log = NULL;

	assert_int_equal(
		eventlog_open(&fixture->options, &log, &fixture->fault), ERR_CORRUPT);
	assert_null(log);
	assert_non_null(strstr(path_of(fixture, fixture->fault.where), where));
	assert_true(strlen(fixture->fault.why) > 0);
}

static void fill_unsynced(struct log_fixture *fixture, uint64_t synced, size_t more)
{
	AUTO(eventlog) struct eventlog *log = open_log(fixture);

	put_events(log, 1, synced);
	assert_int_equal(append_group(log, synced + 1, more), 0);
}

static void a_last_frame_cut_off_is_cut_from_the_log(void **state)
{
	struct log_fixture *fixture = *state;

	fill_log(fixture, 10);
	assert_int_equal(truncate(segment_path(fixture, 1), frame_offset(10) + 50), 0);
	expect_log(fixture, 9);
	expect_log(fixture, 9);
}

static void a_segment_cut_off_gets_its_size_back(void **state)
{
	struct log_fixture *fixture = *state;
	struct stat st;

	fill_log(fixture, 10);
	assert_int_equal(truncate(segment_path(fixture, 1), frame_offset(11)), 0);
	expect_log(fixture, 10);
	assert_int_equal(stat(segment_path(fixture, 1), &st), 0);
	assert_int_equal(st.st_size, SMALL_SEGMENT);
}

static void every_damaged_byte_of_the_last_frame_cuts_it(void **state)
{
	struct log_fixture *fixture = *state;

	for (off_t byte = 0; byte < FRAME_BYTES; byte++) {
		{
			AUTO(eventlog) struct eventlog *log = open_log(fixture);
			uint64_t last = eventlog_last(log);

			put_events(log, last + 1, 6);
		}
		flip_bit(segment_path(fixture, 1), frame_offset(6) + byte);
		expect_log(fixture, 5);
	}
}

static void what_was_behind_a_cut_never_comes_back(void **state)
{
	struct log_fixture *fixture = *state;

	fill_unsynced(fixture, 5, 3);
	flip_bit(segment_path(fixture, 1), frame_offset(6));
	{
		AUTO(eventlog) struct eventlog *log = open_log(fixture);

		assert_int_equal(eventlog_last(log), 5);
		put_events(log, 6, 6); /* where the damaged frame was, in its size */
	}
	expect_log(fixture, 6);
}

static void a_group_written_whole_but_not_synced_is_kept(void **state)
{
	struct log_fixture *fixture = *state;

	fill_unsynced(fixture, 5, 3);
	expect_log(fixture, 8);
}

static void damage_before_a_later_sync_is_never_cut(void **state)
{
	struct log_fixture *fixture = *state;
	char name[SEGFILE_NAME_MAX];

	fill_log(fixture, 10);
	flip_bit(segment_path(fixture, 1), frame_offset(5) + 45);
	expect_corrupt(fixture, segfile_name(1, name));
	assert_true(fixture->fault.has_offset);
	assert_int_equal(fixture->fault.offset, frame_offset(5));
	fixture->options.readonly = true;
	expect_corrupt(fixture, name);
}

static void a_length_that_lies_does_not_hide_later_events(void **state)
{
	struct log_fixture *fixture = *state;

	fill_log(fixture, 10);
	flip_bit(segment_path(fixture, 1), frame_offset(5) + 25);
	expect_corrupt(fixture, ".seg");
	assert_int_equal(fixture->fault.offset, frame_offset(5));
}

static void damage_in_an_older_segment_is_told_by_its_reader(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_event event;
	char name[SEGFILE_NAME_MAX];

	fill_log(fixture, THIRD_SEGMENT);
	flip_bit(segment_path(fixture, 1), frame_offset(7) + 60);
	log = open_log(fixture);
	assert_int_equal(log_reader_new(log, &reader), 0);
	for (uint64_t n = 1; n <= 6; n++)
		expect_event(reader, n);
	assert_int_equal(log_reader_next(reader, &event), ERR_CORRUPT);
	assert_string_equal(log_reader_fault(reader)->where, segfile_name(1, name));
	assert_int_equal(log_reader_fault(reader)->offset, frame_offset(7));
	assert_int_equal(log_reader_seek(reader, 8), 0);
	expect_event(reader, 8);
}

static void events_before_and_behind_a_damaged_header_are_read(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_event event;

	fill_log(fixture, THIRD_SEGMENT);
	flip_bit(segment_path(fixture, 1), frame_offset(100) + 24); /* its length */
	log = open_log(fixture);
	assert_int_equal(log_reader_new(log, &reader), 0);
	assert_int_equal(log_reader_seek(reader, 90), 0);
	expect_event(reader, 90);
	assert_int_equal(log_reader_seek(reader, 120), 0);
	assert_int_equal(log_reader_next(reader, &event), ERR_CORRUPT);
	assert_int_equal(log_reader_fault(reader)->offset, frame_offset(100));
	assert_int_equal(log_reader_seek(reader, SECOND_SEGMENT), 0);
	expect_event(reader, SECOND_SEGMENT);
}

static void a_torn_first_frame_of_a_segment_is_cut(void **state)
{
	struct log_fixture *fixture = *state;

	fill_log(fixture, SECOND_SEGMENT);
	flip_bit(segment_path(fixture, SECOND_SEGMENT), FRAMES_AT + 3);
	expect_log(fixture, EVENTS_A_SEGMENT);
	fill_log(fixture, 0);
	expect_log(fixture, EVENTS_A_SEGMENT);
}

static void a_missing_segment_in_the_middle_is_noticed(void **state)
{
	struct log_fixture *fixture = *state;
	char name[SEGFILE_NAME_MAX];

	fill_log(fixture, THIRD_SEGMENT);
	assert_int_equal(unlink(segment_path(fixture, SECOND_SEGMENT)), 0);
	expect_corrupt(fixture, segfile_name(THIRD_SEGMENT, name));
}

static void the_oldest_segments_may_be_taken_away(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;

	fill_log(fixture, THIRD_SEGMENT);
	assert_int_equal(unlink(segment_path(fixture, 1)), 0);
	log = open_log(fixture);
	assert_int_equal(eventlog_first(log), SECOND_SEGMENT);
	assert_int_equal(eventlog_bytes(log), (EVENTS_A_SEGMENT + 1) * FRAME_BYTES);
	expect_events(log, SECOND_SEGMENT, THIRD_SEGMENT);
}

static void an_older_segment_cut_off_is_noticed(void **state)
{
	struct log_fixture *fixture = *state;
	char name[SEGFILE_NAME_MAX];

	fill_log(fixture, SECOND_SEGMENT);
	assert_int_equal(truncate(segment_path(fixture, 1), FRAMES_AT + 100), 0);
	expect_corrupt(fixture, segfile_name(1, name));
}

static void a_damaged_segment_header_is_noticed(void **state)
{
	struct log_fixture *fixture = *state;
	char name[SEGFILE_NAME_MAX];

	fill_log(fixture, 3);
	for (off_t byte = 0; byte < SEGFILE_HEADER_BYTES; byte += 5) {
		flip_bit(segment_path(fixture, 1), byte);
		expect_corrupt(fixture, segfile_name(1, name));
		flip_bit(segment_path(fixture, 1), byte);
	}
	expect_log(fixture, 3);
}

static void a_segment_under_another_name_is_noticed(void **state)
{
	struct log_fixture *fixture = *state;
	char from[320];

	fill_log(fixture, 3);
	snprintf(from, sizeof(from), "%s", segment_path(fixture, 1));
	assert_int_equal(rename(from, segment_path(fixture, 2)), 0);
	expect_corrupt(fixture, ".seg");
}

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
}

static void what_was_being_made_at_a_crash_is_removed(void **state)
{
	struct log_fixture *fixture = *state;

	fill_log(fixture, 3);
	make_file(path_of(fixture, "next.new"));
	make_file(path_of(fixture, "dictionary.new"));
	expect_log(fixture, 3);
	assert_int_equal(access(path_of(fixture, "next.new"), F_OK), -1);
	assert_int_equal(access(path_of(fixture, "dictionary.new"), F_OK), -1);
}

static void other_files_in_the_folder_are_left_alone(void **state)
{
	struct log_fixture *fixture = *state;

	fill_log(fixture, 3);
	make_file(path_of(fixture, "1.seg"));
	make_file(path_of(fixture, "README"));
	expect_log(fixture, 3);
	assert_int_equal(access(path_of(fixture, "1.seg"), F_OK), 0);
}

static void a_readonly_log_stops_at_a_torn_tail_and_leaves_it(void **state)
{
	struct log_fixture *fixture = *state;
	char bytes[2][SMALL_SEGMENT];
	int fd;

	fill_log(fixture, 10);
	flip_bit(segment_path(fixture, 1), frame_offset(10));
	fd = open(segment_path(fixture, 1), O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, bytes[0], SMALL_SEGMENT, 0), SMALL_SEGMENT);
	fixture->options.readonly = true;
	expect_log(fixture, 9);
	assert_int_equal(pread(fd, bytes[1], SMALL_SEGMENT, 0), SMALL_SEGMENT);
	assert_memory_equal(bytes[0], bytes[1], SMALL_SEGMENT);
	close(fd);
}

static void after_a_failed_write_nothing_is_accepted(void **state)
{
	struct log_fixture *fixture = *state;

	{
		AUTO(eventlog) struct eventlog *log = open_log(fixture);

		put_events(log, 1, 3);
		/* A descriptor that may not be written to stands for a dying disk. */
		close(log->appender.fd);
		log->appender.fd = open(segment_path(fixture, 1), O_RDONLY | O_CLOEXEC);
		assert_int_equal(append_group(log, 4, 1), ERR_IO);
		assert_int_equal(append_group(log, 4, 1), ERR_IO);
		assert_int_equal(eventlog_sync(log), ERR_IO);
		assert_int_equal(eventlog_last(log), 3);
		expect_events(log, 1, 3);
	}
	expect_log(fixture, 3);
}

static void after_a_failed_sync_nothing_is_accepted(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = open_log(fixture);
	int ends[2];

	put_events(log, 1, 3);
	assert_int_equal(append_group(log, 4, 1), 0);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	close(log->appender.fd);
	log->appender.fd = ends[1]; /* a pipe cannot be synced */
	assert_int_equal(eventlog_sync(log), ERR_IO);
	assert_int_equal(append_group(log, 5, 1), ERR_IO);
	assert_int_equal(eventlog_last(log), 3);
}

/* Appends without end, and says the number of each event that is durable. */
static void write_until_killed(struct log_fixture *fixture, int says)
{
	struct eventlog *log = NULL;

	if (eventlog_open(&fixture->options, &log, NULL))
		_exit(1);
	for (uint64_t n = eventlog_last(log) + 1;; n += 3) {
		if (append_group(log, n, 3) || eventlog_sync(log))
			_exit(1);
		n = eventlog_last(log) - 2;
		if (write(says, &n, sizeof(n)) != sizeof(n))
			_exit(1);
	}
}

/* Kills a writer after so many groups; returns the last event it told us of. */
static uint64_t kill_a_writer(struct log_fixture *fixture, int groups)
{
	uint64_t told = 0;
	int ends[2];
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		write_until_killed(fixture, ends[1]);
	close(ends[1]);
	for (int i = 0; i < groups; i++)
		assert_int_equal(read(ends[0], &told, sizeof(told)), sizeof(told));
	assert_int_equal(kill(child, SIGKILL), 0);
	while (read(ends[0], &told, sizeof(told)) == sizeof(told))
		;
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(ends[0]);
	return told + 2;
}

static void a_killed_writer_loses_nothing_it_told_of(void **state)
{
	struct log_fixture *fixture = *state;

	for (int round = 1; round <= 8; round++) {
		uint64_t told = kill_a_writer(fixture, round * 17);
		AUTO(eventlog) struct eventlog *log = open_log(fixture);

		assert_true(eventlog_last(log) >= told);
		expect_events(log, 1, eventlog_last(log));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(a_last_frame_cut_off_is_cut_from_the_log),
		LOG_TEST(a_segment_cut_off_gets_its_size_back),
		LOG_TEST(every_damaged_byte_of_the_last_frame_cuts_it),
		LOG_TEST(what_was_behind_a_cut_never_comes_back),
		LOG_TEST(a_group_written_whole_but_not_synced_is_kept),
		LOG_TEST(damage_before_a_later_sync_is_never_cut),
		LOG_TEST(a_length_that_lies_does_not_hide_later_events),
		LOG_TEST(damage_in_an_older_segment_is_told_by_its_reader),
		LOG_TEST(events_before_and_behind_a_damaged_header_are_read),
		LOG_TEST(a_torn_first_frame_of_a_segment_is_cut),
		LOG_TEST(a_missing_segment_in_the_middle_is_noticed),
		LOG_TEST(the_oldest_segments_may_be_taken_away),
		LOG_TEST(an_older_segment_cut_off_is_noticed),
		LOG_TEST(a_damaged_segment_header_is_noticed),
		LOG_TEST(a_segment_under_another_name_is_noticed),
		LOG_TEST(what_was_being_made_at_a_crash_is_removed),
		LOG_TEST(other_files_in_the_folder_are_left_alone),
		LOG_TEST(a_readonly_log_stops_at_a_torn_tail_and_leaves_it),
		LOG_TEST(after_a_failed_write_nothing_is_accepted),
		LOG_TEST(after_a_failed_sync_nothing_is_accepted),
		LOG_TEST(a_killed_writer_loses_nothing_it_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
