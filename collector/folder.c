/* SPDX-License-Identifier: Apache-2.0 */

/*
 * folder.c - the one thread that folds durable events into the graph
 *
 * Two modes.  Following: batches are folded as the writer gives them.  Behind:
 * a fold or a commit failed, the open transaction is forgotten, and the events
 * behind the published one are read from the log again until there are none.
 */

#include "collector/folder.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

#define HELD_MAX_BYTES ((size_t)64 << 20) /* raw events given and not yet folded */
#define PUBLISH_EVENTS 32768		  /* at the latest after so many */
#define PUBLISH_US     250000		  /* and so long after the first of them */
#define IDLE_US	       10000		  /* or when nothing came for so long */
#define RETRY_US       INT64_C(1000000)	  /* when the graph could not be written */
#define HOUR_US	       INT64_C(3600000000)

struct folder {
	struct graph *graph;

	pthread_mutex_t lock;	  /* guards what follows, up to the blank line */
	pthread_cond_t work;	  /* for the folder: a batch, a wish, the end */
	pthread_cond_t published; /* for who waits for a version */
	pthread_cond_t room;	  /* for the writer */
	struct event_batch *head;
	struct event_batch **tail;
	size_t held_bytes;
	uint64_t wanted; /* highest sequence that someone waits for */
	int failure;	 /* of the last attempt, 0 when it went well */
	bool sleeping;
	bool stopping;

	/* The thread's own. */
	pthread_t thread;
	uint64_t folded;      /* last event in the open transaction */
	uint64_t unpublished; /* events in it */
	int64_t since_us;     /* when the first of them was folded */
	bool behind;
	int64_t retry_at_us; /* when to try again, while behind */
};

static struct timespec in_us(int64_t us)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	us += t.tv_nsec / 1000;
	t.tv_sec += us / 1000000;
	t.tv_nsec = (us % 1000000) * 1000;
	return t;
}

/* How long to wait for work before something else must be done; 0: not at all. */
static int64_t patience_us(const struct folder *folder)
{
	if (folder->behind)
		return RETRY_US;
	if (folder->unpublished == 0)
		return HOUR_US;
	if (folder->wanted > graph_published(folder->graph))
		return 0;
	return IDLE_US;
}

/* Waits for batches, a wish, or the end of patience; takes the list there is. */
static struct event_batch *take_list(struct folder *folder, bool *stopping_out)
{
	struct event_batch *list;
	int64_t patience;

	pthread_mutex_lock(&folder->lock);
	patience = folder->head || folder->stopping ? 0 : patience_us(folder);
	if (patience > 0) {
		struct timespec until = in_us(patience);

		folder->sleeping = true;
		pthread_cond_timedwait(&folder->work, &folder->lock, &until);
		folder->sleeping = false;
	}
	list = folder->head;
	folder->head = NULL;
	folder->tail = &folder->head;
	*stopping_out = folder->stopping;
	pthread_mutex_unlock(&folder->lock);
	return list;
}

static void fall_behind(struct folder *folder, int failure)
{
	static struct log_limit limit;

	log_limited(&limit, LOG_ERROR,
		"the graph cannot be written, events are safe in the log and it will "
		"catch up: %s",
		err_text(failure));
	folder->behind = true;
	folder->retry_at_us = clock_monotonic_us() + RETRY_US;
	folder->unpublished = 0;
	folder->folded = graph_published(folder->graph);
	pthread_mutex_lock(&folder->lock);
	folder->failure = failure;
	pthread_cond_broadcast(&folder->published);
	pthread_mutex_unlock(&folder->lock);
}

static void fold_one(
	struct folder *folder, const struct ol_event *event, uint64_t sequence)
{
	int r;

	if (folder->behind || sequence <= folder->folded)
		return;
	r = graph_fold(folder->graph, event, sequence);
	if (r) {
		fall_behind(folder, r);
		return;
	}
	folder->folded = sequence;
	if (folder->unpublished++ == 0)
		folder->since_us = clock_monotonic_us();
}

static void fold_batch(struct folder *folder, struct event_batch *batch)
{
	uint64_t sequence = batch->first_sequence;
	size_t bytes = batch->raw_bytes;

	for (size_t i = 0; i < batch->count; i++) {
		if (batch->fates[i] == FATE_NEW)
			fold_one(folder, &batch->events[i], sequence++);
	}
	batch_release(batch);
	pthread_mutex_lock(&folder->lock);
	folder->held_bytes -= bytes;
	if (folder->held_bytes < HELD_MAX_BYTES)
		pthread_cond_signal(&folder->room);
	pthread_mutex_unlock(&folder->lock);
}

static void tell_published(struct folder *folder)
{
	pthread_mutex_lock(&folder->lock);
	folder->failure = 0;
	pthread_cond_broadcast(&folder->published);
	pthread_mutex_unlock(&folder->lock);
}

static void publish(struct folder *folder)
{
	int r = graph_publish(folder->graph);

	if (r) {
		fall_behind(folder, r);
		return;
	}
	folder->unpublished = 0;
	tell_published(folder);
}

static bool someone_waits(struct folder *folder)
{
	bool waits;

	pthread_mutex_lock(&folder->lock);
	waits = folder->wanted > graph_published(folder->graph) &&
		folder->wanted <= folder->folded;
	pthread_mutex_unlock(&folder->lock);
	return waits;
}

static bool is_due(struct folder *folder, bool idle)
{
	if (folder->unpublished == 0)
		return false;
	return idle || folder->unpublished >= PUBLISH_EVENTS ||
	       clock_monotonic_us() - folder->since_us >= PUBLISH_US ||
	       someone_waits(folder);
}

static void catch_up(struct folder *folder)
{
	int r = graph_catch_up(folder->graph, NULL, NULL);

	if (r) {
		fall_behind(folder, r);
		return;
	}
	folder->behind = false;
	folder->folded = graph_published(folder->graph);
	tell_published(folder);
	log_line(LOG_INFO, "the graph has caught up with the log");
}

static void *folder_main(void *arg)
{
	struct folder *folder = arg;
	bool stopping = false;

	prctl(PR_SET_NAME, "folder");
	for (;;) {
		struct event_batch *list = take_list(folder, &stopping);
		bool idle = list == NULL;

		for (struct event_batch *next; list; list = next) {
			next = list->next;
			fold_batch(folder, list);
			if (is_due(folder, false))
				publish(folder);
		}
		if (folder->behind &&
			(stopping || clock_monotonic_us() >= folder->retry_at_us))
			catch_up(folder);
		else if (is_due(folder, idle))
			publish(folder);
		if (stopping && idle)
			return NULL;
	}
}

static void init_sync(struct folder *folder)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&folder->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&folder->work, &attr);
	pthread_cond_init(&folder->published, &attr);
	pthread_cond_init(&folder->room, &attr);
	pthread_condattr_destroy(&attr);
}

static void folder_free(struct folder *folder)
{
	pthread_cond_destroy(&folder->room);
	pthread_cond_destroy(&folder->published);
	pthread_cond_destroy(&folder->work);
	pthread_mutex_destroy(&folder->lock);
	free(folder);
}

int folder_start(struct graph *graph, struct folder **out)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (!folder)
		return ERR_NOMEM;
	folder->graph = graph;
	folder->tail = &folder->head;
	folder->folded = graph_published(graph);
	init_sync(folder);
	if (pthread_create(&folder->thread, NULL, folder_main, folder)) {
		folder_free(folder);
		return ERR_NOMEM;
	}
	*out = folder;
	return 0;
}

static void wake(struct folder *folder)
{
	if (folder->sleeping)
		pthread_cond_signal(&folder->work);
}

void folder_give(struct folder *folder, struct event_batch *list)
{
	struct event_batch *last = NULL;
	size_t bytes = 0;

	for (struct event_batch *b = list; b; b = b->next) {
		bytes += b->raw_bytes;
		last = b;
	}
	if (!last)
		return;
	pthread_mutex_lock(&folder->lock);
	*folder->tail = list;
	folder->tail = &last->next;
	folder->held_bytes += bytes;
	wake(folder);
	pthread_mutex_unlock(&folder->lock);
}

void folder_wait_room(struct folder *folder)
{
	pthread_mutex_lock(&folder->lock);
	while (folder->held_bytes >= HELD_MAX_BYTES)
		pthread_cond_wait(&folder->room, &folder->lock);
	pthread_mutex_unlock(&folder->lock);
}

int folder_wait(struct folder *folder, uint64_t sequence, int64_t deadline_us)
{
	int r = 0;

	if (graph_published(folder->graph) >= sequence)
		return 0;
	pthread_mutex_lock(&folder->lock);
	if (folder->wanted < sequence)
		folder->wanted = sequence;
	wake(folder);
	while (!r && graph_published(folder->graph) < sequence) {
		int64_t left = deadline_us - clock_monotonic_us();
		struct timespec until = in_us(left > 0 ? left : 0);

		if (folder->failure)
			r = folder->failure;
		else if (pthread_cond_timedwait(
				 &folder->published, &folder->lock, &until) == ETIMEDOUT)
			r = ERR_BUSY;
	}
	pthread_mutex_unlock(&folder->lock);
	return r;
}

void folder_stop(struct folder *folder)
{
	pthread_mutex_lock(&folder->lock);
	folder->stopping = true;
	pthread_cond_signal(&folder->work);
	pthread_mutex_unlock(&folder->lock);
	pthread_join(folder->thread, NULL);
	folder_free(folder);
}
