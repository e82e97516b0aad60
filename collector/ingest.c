/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ingest.c - from a request's body to durable events and its answer
 */

#include "collector/ingest.h"

#include <pthread.h>
#include <stdlib.h>

#include "api/problem.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "collector/answer.h"
#include "collector/batch.h"
#include "collector/event_reader.h"
#include "collector/request_body.h"
#include "collector/writer.h"

/* Beyond so many refused events of a batch only their number is told. */
#define FAILED_MAX 1000

/* {"job":{"name":"","namespace":""}}: an array of commas must not reserve more. */
#define EVENT_BYTES_MIN ((size_t)34)

struct ingest {
	struct graph *graph;
	struct writer *writer;
	size_t event_max_bytes;
	unsigned lanes;
	struct log_packer **packers; /* one a lane */
	struct batch_pool *pool;
};

/* An event of an array that was refused. */
struct refused {
	size_t index;
	struct fault fault;
};

/* What a request's text is made of. */
struct elements {
	bool is_array;
	size_t count;
	size_t events_max; /* of them, as far as their bytes reach */
};

/* What is known of a request while its batch is on its way; lies in the batch's arena. */
struct pending {
	struct http_request *request;
	struct event_batch *batch;
	struct log_packer *packer;
	int64_t received_us;
	bool is_array;
	size_t received; /* events */
	size_t refused_count;
	size_t refused_max;
	struct refused *refused;
};

/* Who waits for one event to be durable. */
struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool done;
	int result;
};

int ingest_new(const struct ingest_options *options, struct ingest **out)
{
	AUTO(ingest) struct ingest *ingest = calloc(1, sizeof(*ingest));
	int r;

	if (!ingest)
		return ERR_NOMEM;
	ingest->graph = options->graph;
	ingest->writer = options->writer;
	ingest->event_max_bytes = options->event_max_bytes;
	ingest->packers = calloc(options->lanes, sizeof(struct log_packer *));
	ingest->pool = batch_pool_new();
	if (!ingest->packers || !ingest->pool)
		return ERR_NOMEM;
	for (; ingest->lanes < options->lanes; ingest->lanes++) {
		r = log_packer_new(
			graph_log(options->graph), &ingest->packers[ingest->lanes]);
		if (r)
			return r;
	}
	*out = TAKE(ingest);
	return 0;
}

void ingest_free(struct ingest *ingest)
{
	if (!ingest)
		return;
	for (unsigned i = 0; i < ingest->lanes; i++)
		log_packer_free(ingest->packers[i]);
	free(ingest->packers);
	batch_pool_free(ingest->pool);
	free(ingest);
}

static void answer_fault(struct http_request *request, int failure, struct fault *fault)
{
	struct reply reply;

	reply_init(&reply);
	metric_add(M_EVENTS_REFUSED, 1);
	problem_from_fault(&reply, failure == ERR_TOO_LARGE ? 413 : 400, fault);
	answer_send(request, &reply);
}

/* 503 is the one answer that every client sends the events again after. */
static void answer_failure(struct http_request *request, int failure)
{
	struct reply reply;

	reply_init(&reply);
	problem_reply(&reply, 503, "nothing was stored: %s", err_text(failure));
	answer_send(request, &reply);
}

static void put_refused(struct buf *body, const struct pending *pending)
{
	buf_str(body, ",\"failed_events\":[");
	for (size_t i = 0; i < pending->refused_count && i < pending->refused_max; i++) {
		const struct refused *refused = &pending->refused[i];

		buf_printf(body, "%s{\"index\":%zu,\"reason\":", i ? "," : "",
			refused->index);
		answer_put_fault(body, &refused->fault);
		buf_str(body, ",\"retriable\":false}");
	}
	buf_byte(body, ']');
}

/* What is wrong with an event stays wrong: none is worth another try. */
static void answer_summary(struct pending *pending)
{
	struct reply reply;
	size_t failed = pending->refused_count;

	reply_init(&reply);
	reply.media_type = "application/json";
	buf_printf(&reply.body,
		"{\"status\":\"%s\",\"summary\":{\"received\":%zu,\"successful\":%zu,"
		"\"failed\":%zu,\"retriable\":0,\"non_retriable\":%zu}",
		failed ? "partial_success" : "success", pending->received,
		pending->received - failed, failed, failed);
	if (failed)
		put_refused(&reply.body, pending);
	buf_byte(&reply.body, '}');
	answer_send(pending->request, &reply);
}

static void answer_stored(struct pending *pending)
{
	struct reply reply;

	if (pending->is_array) {
		answer_summary(pending);
		return;
	}
	reply_init(&reply);
	reply.status = 201;
	answer_send(pending->request, &reply);
}

static void batch_done(struct event_batch *batch, int result)
{
	struct pending *pending = batch->ctx;
	struct http_request *request = pending->request;

	metric_observe_us(M_INGEST_TIME, clock_monotonic_us() - request->complete_us);
	if (result) {
		answer_failure(request, result);
	} else {
		answer_stored(pending);
	}
}

static int note_refused(
	struct pending *pending, size_t index, int failure, const struct fault *fault)
{
	if (failure == ERR_NOMEM)
		return failure;
	metric_add(M_EVENTS_REFUSED, 1);
	if (pending->refused_count < pending->refused_max)
		pending->refused[pending->refused_count] =
			(struct refused){ index, *fault };
	pending->refused_count++;
	return 0;
}

static int add_element(void *ctx, size_t index, struct slice text)
{
	struct pending *pending = ctx;
	struct fault fault = { 0 };
	int r;

	pending->received++;
	r = batch_add(
		pending->batch, text, pending->received_us, pending->packer, &fault);
	return r ? note_refused(pending, index, r, &fault) : 0;
}

static int count_element(void *ctx, size_t index, struct slice text)
{
	size_t *count = ctx;

	(void)text;
	*count = index + 1;
	return 0;
}

/* Room to list the elements of an array that are refused. */
static int reserve_refused(struct pending *pending, size_t elements)
{
	if (!pending->is_array || elements == 0)
		return 0;
	pending->refused_max = elements < FAILED_MAX ? elements : FAILED_MAX;
	pending->refused = arena_array(
		pending->batch->arena, pending->refused_max, sizeof(struct refused));
	return pending->refused ? 0 : ERR_NOMEM;
}

static int new_pending(struct ingest *ingest, struct http_request *request,
	struct elements elements, struct pending **out)
{
	AUTO(batch) struct event_batch *batch = NULL;
	struct pending *pending;
	int r = batch_new(ingest->pool, elements.events_max, &batch);

	if (r)
		return r;
	pending = arena_array(batch->arena, 1, sizeof(*pending));
	if (!pending)
		return ERR_NOMEM;
	pending->request = request;
	pending->received_us = clock_now_us();
	pending->is_array = elements.is_array;
	pending->batch = batch;
	r = reserve_refused(pending, elements.count);
	if (r)
		return r;
	batch->done = batch_done;
	batch->ctx = pending;
	pending->batch = TAKE(batch);
	*out = pending;
	return 0;
}

/* Reads the events of text into the batch; takes text. */
static int read_events(
	struct pending *pending, struct request_body text, struct fault *fault)
{
	struct event_batch *batch = pending->batch;
	struct slice bytes = slice_of(text.data, text.len);

	batch->raw = text.data;
	if (pending->is_array)
		return event_array_each(bytes, add_element, pending, fault);
	return batch_add(batch, bytes, pending->received_us, pending->packer, fault);
}

static void submit(struct ingest *ingest, struct pending *pending)
{
	struct http_request *request = pending->request;
	int r;

	if (pending->batch->count == 0) {
		answer_stored(pending);
		batch_free(pending->batch);
		return;
	}
	r = writer_submit(ingest->writer, pending->batch);
	if (r) {
		batch_free(pending->batch);
		answer_failure(request, r);
	}
}

static int count_elements(struct slice text, struct elements *out, struct fault *fault)
{
	size_t most = text.len / EVENT_BYTES_MIN + 1;
	int r = 0;

	*out = (struct elements){ .count = 1, .is_array = event_text_is_array(text) };
	if (out->is_array) {
		out->count = 0;
		r = event_array_each(text, count_element, &out->count, fault);
	}
	out->events_max = out->count < most ? out->count : most;
	return r;
}

/* Takes text. */
static int take_events(struct ingest *ingest, struct http_request *request,
	struct request_body text, unsigned lane, struct fault *fault)
{
	struct elements elements;
	struct pending *pending;
	int r = count_elements(slice_of(text.data, text.len), &elements, fault);

	if (!r)
		r = new_pending(ingest, request, elements, &pending);
	if (r) {
		free(text.data);
		return r;
	}
	pending->packer = ingest->packers[lane];
	r = read_events(pending, text, fault);
	if (r) {
		batch_free(pending->batch);
		return r;
	}
	submit(ingest, pending);
	return 0;
}

void ingest_request(struct ingest *ingest, struct http_request *request,
	enum ingest_form form, unsigned lane)
{
	struct fault fault = { 0 };
	struct request_body text = { 0 };
	int r = request_body_take(request, ingest->event_max_bytes, &text, &fault);

	if (!r && form == INGEST_ARRAY &&
		!event_text_is_array(slice_of(text.data, text.len))) {
		free(text.data);
		r = fault_set(&fault, "", "must be an array of events");
	} else if (!r) {
		r = take_events(ingest, request, text, lane, &fault);
	}
	if (r == ERR_INVALID || r == ERR_TOO_LARGE)
		answer_fault(request, r, &fault);
	else if (r)
		answer_failure(request, r);
}

static void tell_waiter(struct event_batch *batch, int result)
{
	struct waiter *waiter = batch->ctx;

	pthread_mutex_lock(&waiter->lock);
	waiter->result = result;
	waiter->done = true;
	pthread_cond_signal(&waiter->told);
	pthread_mutex_unlock(&waiter->lock);
}

/* Gives the batch; returns when it is durable, or is not. */
static int submit_and_wait(struct ingest *ingest, struct event_batch *batch)
{
	struct waiter waiter = { .done = false };
	int r;

	pthread_mutex_init(&waiter.lock, NULL);
	pthread_cond_init(&waiter.told, NULL);
	batch->done = tell_waiter;
	batch->ctx = &waiter;
	r = writer_submit(ingest->writer, batch);
	if (r) {
		batch_free(batch);
	} else {
		pthread_mutex_lock(&waiter.lock);
		while (!waiter.done)
			pthread_cond_wait(&waiter.told, &waiter.lock);
		pthread_mutex_unlock(&waiter.lock);
		r = waiter.result;
	}
	pthread_cond_destroy(&waiter.told);
	pthread_mutex_destroy(&waiter.lock);
	return r;
}

/* What an array of our own is read with: one refused event refuses all. */
struct own {
	struct event_batch *batch;
	struct log_packer *packer;
	int64_t received_us;
	struct fault *fault;
};

static int add_own(void *ctx, size_t index, struct slice text)
{
	const struct own *own = ctx;

	(void)index;
	return batch_add(own->batch, text, own->received_us, own->packer, own->fault);
}

int ingest_own(
	struct ingest *ingest, struct buf *events, unsigned lane, struct fault *fault)
{
	AUTO(batch) struct event_batch *batch = NULL;
	struct own own = { .packer = ingest->packers[lane],
		.received_us = clock_now_us(),
		.fault = fault };
	struct elements elements;
	struct slice text;
	int r = buf_error(events);

	if (!r)
		r = count_elements(buf_get(events), &elements, fault);
	if (!r)
		r = batch_new(ingest->pool, elements.events_max, &batch);
	if (r)
		return r;
	batch->raw = buf_take(events, &text.len);
	text.ptr = batch->raw;
	own.batch = batch;
	r = elements.is_array ? event_array_each(text, add_own, &own, fault)
			      : add_own(&own, 0, text);
	return r ? r : submit_and_wait(ingest, TAKE(batch));
}
