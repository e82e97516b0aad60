/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_directory.c - imported events straight into a data directory
 *
 * The same writer and folder as a server's, without a server: batches are read
 * and packed here while others are being synced and folded.
 */

#include "collector/import_sink_impl.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "collector/batch.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "collector/folder.h"
#include "collector/writer.h"
#include "graph/graph.h"

/* Batches on their way at a time. */
#define PENDING_MAX 8

struct directory {
	struct graph *graph;
	struct folder *folder;
	struct writer *writer;
	struct log_packer *packer;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t answered;
	unsigned pending;
	int failure;
	uint64_t stored;
	uint64_t duplicate;
};

static void batch_done(struct event_batch *batch, int result)
{
	struct directory *directory = batch->ctx;
	uint64_t duplicate = 0;

	for (size_t i = 0; i < batch->count; i++)
		duplicate += batch->fates[i] == FATE_DUPLICATE;
	pthread_mutex_lock(&directory->lock);
	directory->pending--;
	if (result) {
		directory->failure = result;
	} else {
		directory->stored += batch->count;
		directory->duplicate += duplicate;
	}
	pthread_cond_signal(&directory->answered);
	pthread_mutex_unlock(&directory->lock);
}

/* Waits until fewer than `below` batches are on their way. */
static int wait_pending(struct directory *directory, unsigned below)
{
	int r;

	pthread_mutex_lock(&directory->lock);
	while (directory->pending >= below)
		pthread_cond_wait(&directory->answered, &directory->lock);
	r = directory->failure;
	pthread_mutex_unlock(&directory->lock);
	return r;
}

/* Reads the collected events into a batch; those that are no events are refused. */
static int fill_batch(
	struct import_sink *sink, struct directory *directory, struct event_batch *batch)
{
	int64_t now_us = clock_now_us();
	size_t len;

	batch->raw = buf_take(&sink->text, &len);
	for (size_t i = 0; i < sink->count; i++) {
		const struct sink_event *event = &sink->events[i];
		struct slice text = slice_of(batch->raw + event->start, event->len);
		struct fault fault = { 0 };
		int r = batch_add(batch, text, now_us, directory->packer, &fault);

		if (r == ERR_INVALID || r == ERR_TOO_LARGE) {
			sink_refuse_fault(sink, event, &fault);
		} else if (r) {
			return r;
		}
	}
	return 0;
}

static int submit(struct directory *directory, struct event_batch *batch)
{
	int r;

	pthread_mutex_lock(&directory->lock);
	directory->pending++;
	pthread_mutex_unlock(&directory->lock);
	r = writer_submit(directory->writer, batch);
	if (r) {
		pthread_mutex_lock(&directory->lock);
		directory->pending--;
		pthread_mutex_unlock(&directory->lock);
		batch_free(batch);
	}
	return r;
}

static int directory_send(struct import_sink *sink, struct fault *fault)
{
	struct directory *directory = sink->own;
	AUTO(batch) struct event_batch *batch = NULL;
	int r = wait_pending(directory, PENDING_MAX);

	(void)fault;
	if (!r)
		r = batch_new(NULL, sink->count, &batch);
	if (!r)
		r = fill_batch(sink, directory, batch);
	if (r || batch->count == 0)
		return r;
	batch->done = batch_done;
	batch->ctx = directory;
	return submit(directory, TAKE(batch));
}

static int directory_settle(struct import_sink *sink, struct fault *fault)
{
	struct directory *directory = sink->own;
	int r = wait_pending(directory, 1);

	(void)fault;
	sink->counts.stored = directory->stored;
	sink->counts.duplicate = directory->duplicate;
	return r;
}

static void directory_close(struct import_sink *sink)
{
	struct directory *directory = sink->own;

	if (directory->writer)
		writer_stop(directory->writer);
	if (directory->folder)
		folder_stop(directory->folder);
	log_packer_free(directory->packer);
	graph_close(directory->graph);
	pthread_cond_destroy(&directory->answered);
	pthread_mutex_destroy(&directory->lock);
	free(directory);
}

static const struct sink_kind directory_kind = { directory_send, directory_settle,
	directory_close };

static int start_pipeline(struct directory *directory)
{
	struct writer_options options = {
		.graph = directory->graph,
		.queue_max_bytes = PENDING_MAX * SINK_BATCH_BYTES * 4,
	};
	int r = folder_start(directory->graph, &directory->folder);

	if (r)
		return r;
	options.folder = directory->folder;
	r = writer_start(&options, &directory->writer);
	return r ? r : log_packer_new(graph_log(directory->graph), &directory->packer);
}

int sink_open_directory(
	const struct settings *settings, struct import_sink *sink, struct fault *fault)
{
	struct graph_options options = {
		.path = settings->data,
		.create = true,
		.quota_bytes = (uint64_t)settings->quota_bytes,
		.decode = event_read,
		.facets = &facet_reader_json,
	};
	struct directory *directory = calloc(1, sizeof(*directory));
	int r;

	if (!directory)
		return ERR_NOMEM;
	pthread_mutex_init(&directory->lock, NULL);
	pthread_cond_init(&directory->answered, NULL);
	sink->own = directory;
	sink->kind = &directory_kind;
	r = graph_open(&options, &directory->graph, fault);
	return r ? r : start_pipeline(directory);
}
