/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_dictionary.c - dictionaries are trained on the log's own traffic
 */
#include "log_fixture.h"

#include "graph/log/eventlog_state.h"
#include "graph/log/samples.h"

#include <pthread.h>
#include <sched.h>

#define LINEAGE_MAX 2048

/* Something like an event: much of it is the same every time. */
static struct slice lineage(unsigned n, char text[LINEAGE_MAX])
{
	int len = snprintf(text, LINEAGE_MAX,
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T07:%02u:%02uZ\","
		"\"run\":{\"runId\":\"%08x-0000-4000-8000-%012x\"},"
		"\"job\":{\"namespace\":\"warehouse\",\"name\":\"load_%u\"},\"outputs\":["
		"{\"namespace\":\"postgres://db:5432\",\"name\":\"public.table_%u\","
		"\"facets\":{\"schema\":{\"fields\":[{\"name\":\"id\",\"type\":"
		"\"BIGINT\"},"
		"{\"name\":\"column_%u\",\"type\":\"VARCHAR\"}]}}}],"
		"\"producer\":\"https://github.com/OpenLineage/OpenLineage\"}",
		n / 60 % 60, n % 60, n * 2654435761U, n, n % 50, n % 70, n % 30);

	assert_true(len > 0 && len < LINEAGE_MAX);
	return slice_of(text, (size_t)len);
}

/* Packs, appends and syncs one; returns what it was packed with. */
static uint32_t store_lineage(struct eventlog *log, struct log_packer *packer, unsigned n)
{
	char text[LINEAGE_MAX];
	char out[2 * LINEAGE_MAX];
	struct log_record record;
	uint64_t first;

	assert_int_equal(eventlog_pack(packer, lineage(n, text), out, &record), 0);
	assert_int_equal(eventlog_append(log, &record, 1, 0, &first), 0);
	assert_int_equal(eventlog_sync(log), 0);
	assert_int_equal(first, n);
	return record.dictionary;
}

static void expect_lineage(struct eventlog *log, unsigned count)
{
	AUTO(log_reader) struct log_reader *reader = NULL;
	char text[LINEAGE_MAX];
	struct log_event event;

	assert_int_equal(log_reader_new(log, &reader), 0);
	for (unsigned n = 1; n <= count; n++) {
		assert_int_equal(log_reader_next(reader, &event), 0);
		assert_int_equal(event.sequence, n);
		assert_true(slice_equal(event.raw, lineage(n, text)));
	}
	assert_int_equal(log_reader_next(reader, &event), 1);
}

/* Stores 300 events, the last 100 of them with dictionary 1. */
static void train_one(struct log_fixture *fixture)
{
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_packer) struct log_packer *packer = NULL;

	fixture->options.train_after = 200;
	log = open_log(fixture);
	assert_int_equal(log_packer_new(log, &packer), 0);
	for (unsigned n = 1; n <= 200; n++)
		assert_int_equal(store_lineage(log, packer, n), 0);
	trainer_settle(log->trainer);
	for (unsigned n = 201; n <= 300; n++)
		assert_int_equal(store_lineage(log, packer, n), 1);
	expect_lineage(log, 300);
}

static void a_dictionary_is_trained_and_stays(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_packer) struct log_packer *packer = NULL;

	train_one(fixture);
	log = open_log(fixture);
	expect_lineage(log, 300);
	assert_int_equal(log_packer_new(log, &packer), 0);
	assert_int_equal(store_lineage(log, packer, 301), 1);
}

static void events_pack_better_with_a_dictionary(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_packer) struct log_packer *packer = NULL;
	char text[LINEAGE_MAX];
	char out[2 * LINEAGE_MAX];
	struct log_record record;

	train_one(fixture);
	log = open_log(fixture);
	assert_int_equal(log_packer_new(log, &packer), 0);
	assert_int_equal(eventlog_pack(packer, lineage(999, text), out, &record), 0);
	assert_true(record.packed.len * 4 < record.raw_bytes);
}

static void noise_gets_no_dictionary(void **state)
{
	struct log_fixture *fixture = *state;
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_packer) struct log_packer *packer = NULL;
	char noise[500];
	char out[1000];
	struct log_record record;

	fixture->options.train_after = 200;
	log = open_log(fixture);
	assert_int_equal(log_packer_new(log, &packer), 0);
	for (int i = 0; i < 250; i++) {
		fill_noise(noise, sizeof(noise), (uint64_t)i);
		assert_int_equal(
			eventlog_pack(packer, slice_of(noise, 500), out, &record), 0);
	}
	trainer_settle(log->trainer);
	assert_int_equal(dictset_count(&log->dictionaries), 0);
}

static void expect_fault(struct log_fixture *fixture, const char *why)
{
	struct eventlog *log = NULL;

	assert_int_equal(
		eventlog_open(&fixture->options, &log, &fixture->fault), ERR_CORRUPT);
	assert_non_null(strstr(fixture->fault.why, why));
}

static void a_damaged_dictionary_is_noticed_at_opening(void **state)
{
	struct log_fixture *fixture = *state;

	train_one(fixture);
	for (off_t at = 0; at < 1000; at += 99) {
		flip_bit(path_of(fixture, "00000001.dict"), at);
		expect_fault(fixture, "damaged");
		assert_string_equal(fixture->fault.where, "00000001.dict");
		flip_bit(path_of(fixture, "00000001.dict"), at);
	}
	assert_int_equal(truncate(path_of(fixture, "00000001.dict"), 100), 0);
	expect_fault(fixture, "damaged");
}

static void a_missing_dictionary_is_noticed_at_opening(void **state)
{
	struct log_fixture *fixture = *state;

	train_one(fixture);
	assert_int_equal(unlink(path_of(fixture, "00000001.dict")), 0);
	expect_fault(fixture, "dictionar");
}

static void a_gap_in_the_dictionaries_is_noticed(void **state)
{
	struct log_fixture *fixture = *state;
	char from[320];

	train_one(fixture);
	snprintf(from, sizeof(from), "%s", path_of(fixture, "00000001.dict"));
	assert_int_equal(rename(from, path_of(fixture, "00000002.dict")), 0);
	expect_fault(fixture, "missing");
	assert_string_equal(fixture->fault.where, "00000001.dict");
}

static void samples_stay_within_their_bounds(void **state)
{
	(void)state;
	struct samples *samples = calloc(1, sizeof(*samples));
	static const char text[100000];

	for (size_t n = 1; n <= 20000; n++)
		samples_offer(samples, slice_of(text, n * 7919 % sizeof(text)));
	assert_true(samples->count <= SAMPLES_MAX);
	assert_true(samples->total <= SAMPLES_BYTES_MAX);
	assert_int_equal(samples->offered, 20000);
	samples_clear(samples);
	assert_int_equal(samples->count, 0);
	free(samples);
}

static void late_events_are_sampled_like_early_ones(void **state)
{
	(void)state;
	struct samples *samples = calloc(1, sizeof(*samples));
	size_t late = 0;

	for (uint32_t n = 0; n < 4 * SAMPLES_MAX; n++)
		samples_offer(samples, slice_of(&n, sizeof(n)));
	assert_int_equal(samples->count, SAMPLES_MAX);
	for (size_t i = 0; i < samples->count; i++) {
		uint32_t n;

		memcpy(&n, samples->items[i].bytes, sizeof(n));
		late += n >= 2 * SAMPLES_MAX;
	}
	assert_in_range(late, SAMPLES_MAX * 2 / 5, SAMPLES_MAX * 3 / 5);
	samples_clear(samples);
	free(samples);
}

/* One writer, and readers and packers beside it. */
#define CROWD_EVENTS 1500

struct crowd {
	struct eventlog *log;
	atomic_bool over;
};

static void *read_all(void *arg)
{
	struct crowd *crowd = arg;
	AUTO(log_reader) struct log_reader *reader = NULL;
	char text[LINEAGE_MAX];
	struct log_event event;
	unsigned n = 1;

	if (log_reader_new(crowd->log, &reader))
		return arg;
	while (n <= CROWD_EVENTS) {
		int r = log_reader_next(reader, &event);

		if (r < 0)
			return arg;
		if (r > 0) {
			sched_yield();
			continue;
		}
		if (event.sequence != n || !slice_equal(event.raw, lineage(n, text)))
			return arg;
		n++;
		if (n % 100 == 0 && log_reader_seek(reader, n))
			return arg;
	}
	return NULL;
}

static void *pack_only(void *arg)
{
	struct crowd *crowd = arg;
	AUTO(log_packer) struct log_packer *packer = NULL;
	char text[LINEAGE_MAX];
	char out[2 * LINEAGE_MAX];
	struct log_record record;

	if (log_packer_new(crowd->log, &packer))
		return arg;
	for (unsigned n = 0; !atomic_load(&crowd->over); n++)
		if (eventlog_pack(packer, lineage(n, text), out, &record))
			return arg;
	return NULL;
}

static void readers_and_packers_work_beside_the_writer(void **state)
{
	struct log_fixture *fixture = *state;
	struct crowd crowd = { 0 };
	AUTO(log_packer) struct log_packer *packer = NULL;
	void *(*const roles[])(void *) = { read_all, read_all, pack_only, pack_only };
	pthread_t threads[4];

	fixture->options.train_after = 300;
	crowd.log = open_log(fixture);
	assert_int_equal(log_packer_new(crowd.log, &packer), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, roles[i], &crowd), 0);
	for (unsigned n = 1; n <= CROWD_EVENTS; n++)
		(void)store_lineage(crowd.log, packer, n);
	atomic_store(&crowd.over, true);
	for (int i = 0; i < 4; i++) {
		void *failed = NULL;

		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	log_packer_free(TAKE(packer));
	eventlog_close(crowd.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(a_dictionary_is_trained_and_stays),
		LOG_TEST(events_pack_better_with_a_dictionary),
		LOG_TEST(noise_gets_no_dictionary),
		LOG_TEST(a_damaged_dictionary_is_noticed_at_opening),
		LOG_TEST(a_missing_dictionary_is_noticed_at_opening),
		LOG_TEST(a_gap_in_the_dictionaries_is_noticed),
		cmocka_unit_test(samples_stay_within_their_bounds),
		cmocka_unit_test(late_events_are_sampled_like_early_ones),
		LOG_TEST(readers_and_packers_work_beside_the_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
