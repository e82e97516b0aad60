/* SPDX-License-Identifier: Apache-2.0 */

/*
 * batch.c - events on their way from a request to the log and the graph
 */

#include "collector/batch.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/metrics.h"
#include "collector/event_reader.h"

/* The first chunk serves a batch of one ordinary event without a second. */
#define BATCH_CHUNK_BYTES ((size_t)32 << 10)
#define BATCH_ARENA_MAX	  ((size_t)4 << 30)
#define POOL_MAX	  512

struct batch_pool {
	pthread_mutex_t lock;
	struct arena *arenas[POOL_MAX]; /* each as it is after a reset */
	unsigned count;
};

struct batch_pool *batch_pool_new(void)
{
	struct batch_pool *pool = calloc(1, sizeof(*pool));

	if (pool)
		pthread_mutex_init(&pool->lock, NULL);
	return pool;
}

void batch_pool_free(struct batch_pool *pool)
{
	if (!pool)
		return;
	while (pool->count > 0)
		arena_free(pool->arenas[--pool->count]);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

static struct arena *take_arena(struct batch_pool *pool)
{
	struct arena *arena = NULL;

	if (pool) {
		pthread_mutex_lock(&pool->lock);
		if (pool->count > 0)
			arena = pool->arenas[--pool->count];
		pthread_mutex_unlock(&pool->lock);
	}
	return arena ? arena : arena_new(BATCH_CHUNK_BYTES, BATCH_ARENA_MAX);
}

static void give_arena(struct batch_pool *pool, struct arena *arena)
{
	if (pool) {
		arena_reset(arena);
		pthread_mutex_lock(&pool->lock);
		if (pool->count < POOL_MAX) {
			pool->arenas[pool->count++] = arena;
			arena = NULL;
		}
		pthread_mutex_unlock(&pool->lock);
	}
	arena_free(arena);
}

static int batch_arrays(struct event_batch *batch, size_t max)
{
	batch->events = arena_array(batch->arena, max, sizeof(*batch->events));
	batch->records = arena_array(batch->arena, max, sizeof(*batch->records));
	batch->fates = arena_array(batch->arena, max, sizeof(*batch->fates));
	if (max > 0 && (!batch->events || !batch->records || !batch->fates))
		return ERR_NOMEM;
	batch->max = max;
	return 0;
}

int batch_new(struct batch_pool *pool, size_t max, struct event_batch **out)
{
	struct arena *arena = take_arena(pool);
	struct event_batch *batch;

	if (!arena)
		return ERR_NOMEM;
	batch = arena_array(arena, 1, sizeof(*batch));
	if (batch) {
		batch->pool = pool;
		batch->arena = arena;
		atomic_init(&batch->refs, 2);
	}
	if (!batch || batch_arrays(batch, max)) {
		give_arena(pool, arena);
		return ERR_NOMEM;
	}
	*out = batch;
	return 0;
}

int batch_add(struct event_batch *batch, struct slice text, int64_t received_us,
	struct log_packer *packer, struct fault *fault)
{
	struct ol_event *event = &batch->events[batch->count];
	void *packed;
	int r;

	if (batch->count == batch->max)
		return ERR_TOO_LARGE;
	r = event_read(text, received_us, batch->arena, event, fault);
	if (r)
		return r;
	packed = arena_alloc(batch->arena, log_pack_bound(text.len));
	if (!packed)
		return ERR_NOMEM;
	r = eventlog_pack(packer, text, packed, &batch->records[batch->count]);
	if (r)
		return r;
	if (event->warnings)
		metric_add(M_EVENT_WARNINGS, event->warnings);
	batch->raw_bytes += text.len;
	batch->count++;
	return 0;
}

void batch_free(struct event_batch *batch)
{
	free(batch->raw);
	give_arena(batch->pool, batch->arena); /* the batch lies in it */
}

void batch_release(struct event_batch *batch)
{
	if (atomic_fetch_sub_explicit(&batch->refs, 1, memory_order_acq_rel) == 1)
		batch_free(batch);
}
