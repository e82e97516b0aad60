/* SPDX-License-Identifier: Apache-2.0 */

/*
 * writer.c - the one thread that appends to the event log
 *
 * A group is the list of batches that waited.  Its events are numbered as
 * they stand in it, duplicates left out; the log confirms the first number.
 */

#include "collector/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "collector/folder.h"
#include "collector/recent.h"

/* A group ends here, so that the first of it do not wait for the last. */
#define GROUP_MAX_BYTES ((size_t)32 << 20)

struct writer {
	struct graph *graph;
	struct eventlog *log;
	struct folder *folder;
	size_t queue_max_bytes;

	pthread_mutex_t lock; /* guards what follows, up to the blank line */
	pthread_cond_t arrived;
	struct event_batch *head;
	struct event_batch **tail;
	size_t queued_bytes;
	bool sleeping;
	bool stopping;

	_Atomic int failure;
	pthread_t thread;
	struct recent *recent;
	struct log_reader *reader;     /* to compare the bytes of a possible duplicate */
	struct log_record *records;    /* of the group, duplicates left out */
	const struct ol_event **fresh; /* their events */
	size_t capacity;
	size_t count;
};

static struct event_batch *take_group(struct writer *writer)
{
	struct event_batch *head;
	struct event_batch **link;
	size_t bytes = 0;

	pthread_mutex_lock(&writer->lock);
	while (!writer->head && !writer->stopping) {
		writer->sleeping = true;
		pthread_cond_wait(&writer->arrived, &writer->lock);
		writer->sleeping = false;
	}
	head = writer->head;
	for (link = &writer->head; *link && bytes < GROUP_MAX_BYTES;
		link = &(*link)->next)
		bytes += (*link)->raw_bytes;
	writer->head = *link;
	*link = NULL;
	if (!writer->head)
		writer->tail = &writer->head;
	pthread_mutex_unlock(&writer->lock);
	return head;
}

/* The queue's room is given back when the group is done, not when it is taken. */
static void give_room(struct writer *writer, size_t bytes)
{
	pthread_mutex_lock(&writer->lock);
	writer->queued_bytes -= bytes;
	pthread_mutex_unlock(&writer->lock);
}

static bool same_bytes_in_log(
	struct writer *writer, const struct ol_event *event, uint64_t sequence)
{
	struct log_event stored;

	if (log_reader_seek(writer->reader, sequence) ||
		log_reader_next(writer->reader, &stored))
		return false;
	return stored.sequence == sequence && slice_equal(stored.raw, event->raw);
}

/* first: the number that the first fresh event of the group will have. */
static bool is_duplicate(
	struct writer *writer, const struct ol_event *event, uint64_t first)
{
	uint64_t sequence;

	if (recent_find(writer->recent, event->raw_hash, &sequence) == 0) {
		if (sequence >= first)
			return slice_equal(
				writer->fresh[sequence - first]->raw, event->raw);
		if (same_bytes_in_log(writer, event, sequence))
			return true;
	}
	return graph_has_event(writer->graph, event) == 1;
}

static int reserve(struct writer *writer, const struct event_batch *group)
{
	size_t need = 0;
	void *records;
	void *fresh;

	for (const struct event_batch *b = group; b; b = b->next)
		need += b->count;
	writer->count = 0;
	if (need <= writer->capacity)
		return 0;
	records = realloc(writer->records, need * sizeof(*writer->records));
	if (!records)
		return ERR_NOMEM;
	writer->records = records;
	fresh = realloc(writer->fresh, need * sizeof(struct ol_event *));
	if (!fresh)
		return ERR_NOMEM;
	writer->fresh = fresh;
	writer->capacity = need;
	return 0;
}

/* Decides each event's fate and lines up what is to be appended. */
static void sort_out(struct writer *writer, struct event_batch *group, uint64_t first)
{
	uint64_t published = graph_published(writer->graph);

	for (struct event_batch *b = group; b; b = b->next) {
		b->first_sequence = first + writer->count;
		for (size_t i = 0; i < b->count; i++) {
			if (is_duplicate(writer, &b->events[i], first)) {
				b->fates[i] = FATE_DUPLICATE;
				continue;
			}
			recent_add(writer->recent, b->events[i].raw_hash,
				first + writer->count, published);
			writer->fresh[writer->count] = &b->events[i];
			writer->records[writer->count++] = b->records[i];
		}
	}
}

static int append(struct writer *writer, uint64_t expected)
{
	uint64_t first;
	uint64_t bytes = eventlog_bytes(writer->log);
	int64_t start_us = clock_monotonic_us();
	int r;

	if (writer->count == 0)
		return 0;
	r = eventlog_append(
		writer->log, writer->records, writer->count, clock_now_us(), &first);
	if (r)
		return r;
	if (first != expected)
		return ERR_CORRUPT;
	r = eventlog_sync(writer->log);
	if (r)
		return r;
	metric_add(M_LOG_BYTES, (int64_t)(eventlog_bytes(writer->log) - bytes));
	metric_add(M_LOG_SYNCS, 1);
	metric_observe_us(M_LOG_SYNC_TIME, clock_monotonic_us() - start_us);
	metric_set(M_LOG_SEQUENCE, (int64_t)(first + writer->count - 1));
	return 0;
}

static void count_events(const struct event_batch *batch)
{
	size_t duplicates = 0;

	for (size_t i = 0; i < batch->count; i++)
		duplicates += batch->fates[i] == FATE_DUPLICATE;
	metric_add(M_EVENTS_ACCEPTED, (int64_t)batch->count);
	metric_add(M_EVENTS_DUPLICATE, (int64_t)duplicates);
	metric_add(M_EVENT_BYTES, (int64_t)batch->raw_bytes);
}

static size_t answer_durable(struct event_batch *group)
{
	size_t bytes = 0;

	for (struct event_batch *b = group; b; b = b->next) {
		count_events(b);
		bytes += b->raw_bytes;
		b->done(b, 0);
	}
	return bytes;
}

static size_t answer_failed(struct event_batch *group, int failure)
{
	size_t bytes = 0;

	for (struct event_batch *b = group, *next; b; b = next) {
		next = b->next;
		bytes += b->raw_bytes;
		b->done(b, failure);
		batch_release(b);
		batch_release(b);
	}
	return bytes;
}

/* The writer's own reference goes; the folder has the other. */
static void hand_over(struct writer *writer, struct event_batch *group)
{
	for (struct event_batch *b = group; b; b = b->next)
		atomic_fetch_sub_explicit(&b->refs, 1, memory_order_relaxed);
	folder_give(writer->folder, group);
}

/* A full disk may have room again; any other failure ends the log for good. */
static void note_failure(struct writer *writer, int failure)
{
	static struct log_limit limit;

	if (failure == ERR_DISK_FULL || failure == ERR_NOMEM) {
		log_limited(
			&limit, LOG_ERROR, "events are refused: %s", err_text(failure));
		return;
	}
	if (atomic_exchange(&writer->failure, failure) == 0)
		log_line(LOG_ERROR,
			"the event log failed and accepts nothing more: %s; restart "
			"once the disk is well",
			err_text(failure));
}

static void write_group(struct writer *writer, struct event_batch *group)
{
	uint64_t first = eventlog_last(writer->log) + 1;
	int r = atomic_load(&writer->failure);

	if (!r)
		r = reserve(writer, group);
	if (!r) {
		sort_out(writer, group, first);
		r = append(writer, first);
	}
	if (r) {
		recent_clear(writer->recent);
		note_failure(writer, r);
		give_room(writer, answer_failed(group, r));
		return;
	}
	give_room(writer, answer_durable(group));
	hand_over(writer, group);
}

static void *writer_main(void *arg)
{
	struct writer *writer = arg;
	struct event_batch *group;

	prctl(PR_SET_NAME, "writer");
	while ((group = take_group(writer)) != NULL) {
		folder_wait_room(writer->folder);
		write_group(writer, group);
	}
	return NULL;
}

static void writer_free(struct writer *writer)
{
	pthread_cond_destroy(&writer->arrived);
	pthread_mutex_destroy(&writer->lock);
	recent_free(writer->recent);
	log_reader_free(writer->reader);
	free(writer->records);
	free(writer->fresh);
	free(writer);
}

int writer_start(const struct writer_options *options, struct writer **out)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	int r;

	if (!writer)
		return ERR_NOMEM;
	writer->graph = options->graph;
	writer->log = graph_log(options->graph);
	writer->folder = options->folder;
	writer->queue_max_bytes = options->queue_max_bytes;
	writer->tail = &writer->head;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->arrived, NULL);
	writer->recent = recent_new();
	r = writer->recent ? log_reader_new(writer->log, &writer->reader) : ERR_NOMEM;
	if (!r)
		r = pthread_create(&writer->thread, NULL, writer_main, writer) ? ERR_NOMEM
									       : 0;
	if (r) {
		writer_free(writer);
		return r;
	}
	*out = writer;
	return 0;
}

int writer_submit(struct writer *writer, struct event_batch *batch)
{
	int r = atomic_load(&writer->failure);

	if (r)
		return r;
	pthread_mutex_lock(&writer->lock);
	if (writer->stopping) {
		r = ERR_CLOSED;
	} else if (writer->queued_bytes > 0 &&
		   writer->queued_bytes + batch->raw_bytes > writer->queue_max_bytes) {
		r = ERR_BUSY;
	} else {
		writer->queued_bytes += batch->raw_bytes;
		batch->next = NULL;
		*writer->tail = batch;
		writer->tail = &batch->next;
		if (writer->sleeping)
			pthread_cond_signal(&writer->arrived);
	}
	pthread_mutex_unlock(&writer->lock);
	return r;
}

int writer_failure(const struct writer *writer)
{
	return atomic_load(&writer->failure);
}

void writer_stop(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	writer->stopping = true;
	pthread_cond_signal(&writer->arrived);
	pthread_mutex_unlock(&writer->lock);
	pthread_join(writer->thread, NULL);
	writer_free(writer);
}
