/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_pipeline.c - batches through the writer and the folder, without sockets
 */
#include "collector/folder.h"
#include "collector/ingest.h"
#include "collector/writer.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "graph/entity.h"
#include "tests/unit/tempdir.h"

#define SECOND_US INT64_C(1000000)

struct pipeline {
	struct tempdir dir;
	struct graph *graph;
	struct folder *folder;
	struct writer *writer;
	struct log_packer *packer;
};

/* Counts answers, for the test's thread to wait for. */
struct answers {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned count;
	int result;
	unsigned duplicates;
};

#define ANSWERS                                                              \
	{                                                                    \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0 \
	}

static void on_done(struct event_batch *batch, int result)
{
	struct answers *answers = batch->ctx;

	pthread_mutex_lock(&answers->lock);
	answers->count++;
	answers->result = result;
	for (size_t i = 0; i < batch->count; i++)
		answers->duplicates += batch->fates[i] == FATE_DUPLICATE;
	pthread_cond_broadcast(&answers->changed);
	pthread_mutex_unlock(&answers->lock);
}

static void wait_answers(struct answers *answers, unsigned count)
{
	pthread_mutex_lock(&answers->lock);
	while (answers->count < count)
		pthread_cond_wait(&answers->changed, &answers->lock);
	pthread_mutex_unlock(&answers->lock);
}

static void open_pipeline(struct pipeline *p, size_t queue_max_bytes)
{
	struct graph_options options = {
		.path = p->dir.path,
		.create = true,
		.decode = event_read,
		.facets = &facet_reader_json,
	};
	struct writer_options writer = { .queue_max_bytes = queue_max_bytes };
	struct fault fault;

	assert_int_equal(graph_open(&options, &p->graph, &fault), 0);
	assert_int_equal(folder_start(p->graph, &p->folder), 0);
	writer.graph = p->graph;
	writer.folder = p->folder;
	assert_int_equal(writer_start(&writer, &p->writer), 0);
	assert_int_equal(log_packer_new(graph_log(p->graph), &p->packer), 0);
}

static void close_pipeline(struct pipeline *p)
{
	writer_stop(p->writer);
	folder_stop(p->folder);
	log_packer_free(p->packer);
	graph_close(p->graph);
}

static int set_up(void **state)
{
	struct pipeline *p = calloc(1, sizeof(*p));

	tempdir_make(&p->dir);
	open_pipeline(p, (size_t)1 << 20);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct pipeline *p = *state;

	close_pipeline(p);
	tempdir_remove(&p->dir);
	free(p);
	return 0;
}

/* A batch of one event of run `run`, reading `in` and writing `out`. */
static struct event_batch *make_batch(
	struct pipeline *p, const char *run, const char *out, struct answers *answers)
{
	struct event_batch *batch;
	struct fault fault;
	char text[512];
	int len = snprintf(text, sizeof(text),
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T00:00:00Z\","
		"\"run\":{\"runId\":\"%s\"},\"job\":{\"namespace\":\"n\",\"name\":\"j\"},"
		"\"inputs\":[{\"namespace\":\"n\",\"name\":\"in\"}],"
		"\"outputs\":[{\"namespace\":\"n\",\"name\":\"%s\"}]}",
		run, out);

	assert_int_equal(batch_new(NULL, 1, &batch), 0);
	batch->raw = malloc((size_t)len);
	memcpy(batch->raw, text, (size_t)len);
	assert_int_equal(
		batch_add(batch, slice_of(batch->raw, (size_t)len), 0, p->packer, &fault),
		0);
	batch->done = on_done;
	batch->ctx = answers;
	return batch;
}

static bool has_dataset(struct pipeline *p, const char *name)
{
	struct node_key key = { NODE_DATASET, SLICE("n"), slice_from(name), SLICE("") };
	struct snapshot snapshot;
	node_id id;
	int r;

	assert_int_equal(snapshot_take(p->graph, &snapshot), 0);
	r = entity_find(snapshot.txn, &key, &id);
	snapshot_end(&snapshot);
	assert_true(r >= 0);
	return r == 0;
}

static void what_was_answered_is_in_the_graph_after_a_wait(void **state)
{
	struct pipeline *p = *state;
	struct answers answers = ANSWERS;
	char name[16];

	for (unsigned i = 1; i <= 100; i++) {
		snprintf(name, sizeof(name), "out%u", i);
		assert_int_equal(
			writer_submit(p->writer, make_batch(p, name, name, &answers)), 0);
		wait_answers(&answers, i);
		assert_int_equal(answers.result, 0);
		assert_int_equal(
			folder_wait(p->folder, eventlog_last(graph_log(p->graph)),
				clock_monotonic_us() + 10 * SECOND_US),
			0);
		assert_true(has_dataset(p, name));
	}
	assert_int_equal(eventlog_last(graph_log(p->graph)), 100);
}

static void the_same_bytes_are_answered_and_not_appended_again(void **state)
{
	struct pipeline *p = *state;
	struct answers answers = ANSWERS;

	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(
			writer_submit(p->writer, make_batch(p, "r", "o", &answers)), 0);
		wait_answers(&answers, i);
	}
	assert_int_equal(answers.duplicates, 2);
	assert_int_equal(eventlog_last(graph_log(p->graph)), 1);
}

static void a_duplicate_is_known_after_it_was_published_and_after_a_restart(void **state)
{
	struct pipeline *p = *state;
	struct answers answers = ANSWERS;

	assert_int_equal(writer_submit(p->writer, make_batch(p, "r", "o", &answers)), 0);
	wait_answers(&answers, 1);
	close_pipeline(p);
	open_pipeline(p, (size_t)1 << 20);
	assert_int_equal(writer_submit(p->writer, make_batch(p, "r", "o", &answers)), 0);
	wait_answers(&answers, 2);
	assert_int_equal(answers.duplicates, 1);
	assert_int_equal(eventlog_last(graph_log(p->graph)), 1);
}

/* A run with more events than its record keeps. */
#define MANY 100

static void submit_many(struct pipeline *p, struct answers *answers, unsigned before)
{
	char output[16];

	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(output, sizeof(output), "o%u", i);
		assert_int_equal(
			writer_submit(p->writer, make_batch(p, "r", output, answers)), 0);
		wait_answers(answers, before + i + 1);
	}
}

static void each_event_of_a_long_run_is_known(void **state)
{
	struct pipeline *p = *state;
	struct answers answers = ANSWERS;

	submit_many(p, &answers, 0);
	assert_int_equal(answers.duplicates, 0);
	close_pipeline(p);
	open_pipeline(p, (size_t)1 << 20);
	submit_many(p, &answers, MANY);
	assert_int_equal(answers.duplicates, MANY);
	assert_int_equal(eventlog_last(graph_log(p->graph)), MANY);
}

static void a_wait_that_cannot_be_met_ends_at_its_deadline(void **state)
{
	struct pipeline *p = *state;

	assert_int_equal(
		folder_wait(p->folder, 1000, clock_monotonic_us() + 20000), ERR_BUSY);
}

static void stopping_answers_and_folds_what_was_submitted(void **state)
{
	struct pipeline *p = *state;
	struct answers answers = ANSWERS;
	char name[16];

	for (unsigned i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "out%u", i);
		assert_int_equal(
			writer_submit(p->writer, make_batch(p, name, name, &answers)), 0);
	}
	close_pipeline(p);
	assert_int_equal(answers.count, 500);
	open_pipeline(p, (size_t)1 << 20);
	assert_true(has_dataset(p, "out499"));
}

/* A batch that the writer cannot take is still the caller's. */
static void a_full_queue_refuses_the_batch(void **state)
{
	struct pipeline *p = *state;
	struct answers answers = ANSWERS;
	unsigned refused = 0;
	unsigned taken = 0;
	char name[16];

	close_pipeline(p);
	open_pipeline(p, 1);
	for (unsigned i = 0; i < 2000 && !refused; i++) {
		struct event_batch *batch;

		snprintf(name, sizeof(name), "out%u", i);
		batch = make_batch(p, name, name, &answers);
		if (writer_submit(p->writer, batch) == ERR_BUSY) {
			batch_free(batch);
			refused++;
		} else {
			taken++;
		}
	}
	assert_int_equal(refused, 1);
	wait_answers(&answers, taken);
	assert_int_equal(answers.result, 0);
}

static struct ingest *new_ingest(struct pipeline *p)
{
	const struct ingest_options options = { .graph = p->graph,
		.writer = p->writer,
		.event_max_bytes = (size_t)1 << 20,
		.lanes = 1 };
	struct ingest *ingest;

	assert_int_equal(ingest_new(&options, &ingest), 0);
	return ingest;
}

static int store_own(struct ingest *ingest, const char *text, struct fault *fault)
{
	struct buf events;
	int r;

	buf_init(&events, (size_t)1 << 20);
	buf_str(&events, text);
	r = ingest_own(ingest, &events, 0, fault);
	buf_fini(&events);
	return r;
}

#define OWN_EVENT(name)                                                             \
	"{\"eventTime\":\"2026-08-01T00:00:00Z\",\"dataset\":{\"namespace\":\"n\"," \
	"\"name\":\"" name "\"}}"

static void events_of_our_own_are_all_stored_or_none(void **state)
{
	struct pipeline *p = *state;
	struct ingest *ingest = new_ingest(p);
	struct fault fault;

	assert_int_equal(
		store_own(ingest, "[" OWN_EVENT("a") ",{\"dataset\":1}]", &fault),
		ERR_INVALID);
	assert_int_equal(eventlog_last(graph_log(p->graph)), 0);
	assert_int_equal(
		store_own(ingest, "[" OWN_EVENT("a") "," OWN_EVENT("b") "]", &fault), 0);
	assert_int_equal(eventlog_last(graph_log(p->graph)), 2);
	assert_int_equal(store_own(ingest, OWN_EVENT("c"), &fault), 0);
	assert_int_equal(eventlog_last(graph_log(p->graph)), 3);
	/* Batches are its memory until they are folded. */
	close_pipeline(p);
	ingest_free(ingest);
	open_pipeline(p, (size_t)1 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_was_answered_is_in_the_graph_after_a_wait, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			the_same_bytes_are_answered_and_not_appended_again, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_duplicate_is_known_after_it_was_published_and_after_a_restart,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			each_event_of_a_long_run_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_wait_that_cannot_be_met_ends_at_its_deadline, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			stopping_answers_and_folds_what_was_submitted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_queue_refuses_the_batch, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			events_of_our_own_are_all_stored_or_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
