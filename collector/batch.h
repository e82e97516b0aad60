/* SPDX-License-Identifier: Apache-2.0 */

/*
 * batch.h - events on their way from a request to the log and the graph
 *
 * A batch owns the received bytes, the arena its events point into and the
 * packed bytes.  The writer says when it is durable (done), and the fold when
 * it is in the graph; the last of both frees it.
 */
#pragma once

#include "base/arena.h"
#include "graph/eventlog.h"
#include "graph/model.h"

#include <stdatomic.h>

enum batch_fate {
	FATE_NEW = 0,	    /* to be appended */
	FATE_DUPLICATE = 1, /* the same bytes are stored: acknowledged, not appended */
};

struct event_batch {
	struct ol_event *events;
	struct log_record *records;
	uint8_t *fates; /* enum batch_fate, filled in by the writer */
	size_t count;
	size_t max;
	size_t raw_bytes;

	struct batch_pool *pool; /* or NULL */
	struct arena *arena;	 /* events, records, fates, packed bytes */
	char *raw;		 /* malloc'd, what events point into; or NULL */

	/* Called once, on the writer's thread, when all are durable (0) or none is (< 0).
	 */
	void (*done)(struct event_batch *batch, int result);
	void *ctx;

	/* The pipeline's own. */
	uint64_t first_sequence;
	atomic_int refs;
	struct event_batch *next;
};

/* Keeps the memory of batches that are done for those that come; any thread. */
struct batch_pool;

NODISCARD struct batch_pool *batch_pool_new(void);
void batch_pool_free(struct batch_pool *pool); /* no batch of it may be left */
DEFINE_AUTO(batch_pool, struct batch_pool *, batch_pool_free);

/*
 * With room for max events; 2 references: the writer's and the folder's.  pool
 * may be NULL.
 */
NODISCARD int batch_new(struct batch_pool *pool, size_t max, struct event_batch **out);

/* Reads and packs one event of the batch's raw bytes: 0, or what event_read() says. */
NODISCARD int batch_add(struct event_batch *batch, struct slice text, int64_t received_us,
	struct log_packer *packer, struct fault *fault);

void batch_release(struct event_batch *batch);

/* Frees a batch that was never submitted. */
void batch_free(struct event_batch *batch);
DEFINE_AUTO(batch, struct event_batch *, batch_free);
