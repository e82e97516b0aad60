/* SPDX-License-Identifier: Apache-2.0 */

/*
 * workers.c - threads for what may take a while
 */

#include "collector/workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>

struct queued {
	workers_job *job;
	void *arg;
};

struct worker {
	struct workers *workers;
	unsigned index;
	pthread_t thread;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct queued *queue; /* a ring of queue_max */
	unsigned queue_max;
	unsigned first;
	unsigned count;
	bool stopping;
	unsigned threads; /* running ones */
	struct worker *worker;
};

static bool take_job(struct workers *workers, struct queued *out)
{
	bool taken = false;

	pthread_mutex_lock(&workers->lock);
	while (workers->count == 0 && !workers->stopping)
		pthread_cond_wait(&workers->arrived, &workers->lock);
	if (workers->count > 0) {
		*out = workers->queue[workers->first];
		workers->first = (workers->first + 1) % workers->queue_max;
		workers->count--;
		taken = true;
	}
	pthread_mutex_unlock(&workers->lock);
	return taken;
}

static void *worker_main(void *arg)
{
	struct worker *worker = arg;
	struct queued queued;

	prctl(PR_SET_NAME, "worker");
	while (take_job(worker->workers, &queued))
		queued.job(queued.arg, worker->index);
	return NULL;
}

static int start_threads(struct workers *workers, unsigned threads)
{
	for (unsigned i = 0; i < threads; i++) {
		struct worker *worker = &workers->worker[i];

		worker->workers = workers;
		worker->index = i;
		if (pthread_create(&worker->thread, NULL, worker_main, worker))
			return ERR_NOMEM;
		workers->threads++;
	}
	return 0;
}

int workers_start(unsigned threads, unsigned queue_max, struct workers **out)
{
	struct workers *workers = calloc(1, sizeof(*workers));

	if (!workers)
		return ERR_NOMEM;
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->arrived, NULL);
	workers->queue_max = queue_max;
	workers->queue = calloc(queue_max, sizeof(*workers->queue));
	workers->worker = calloc(threads, sizeof(*workers->worker));
	if (!workers->queue || !workers->worker || start_threads(workers, threads)) {
		workers_stop(workers);
		return ERR_NOMEM;
	}
	*out = workers;
	return 0;
}

int workers_submit(struct workers *workers, workers_job *job, void *arg)
{
	int r = 0;

	pthread_mutex_lock(&workers->lock);
	if (workers->stopping) {
		r = ERR_CLOSED;
	} else if (workers->count == workers->queue_max) {
		r = ERR_BUSY;
	} else {
		unsigned slot = (workers->first + workers->count) % workers->queue_max;

		workers->queue[slot] = (struct queued){ job, arg };
		workers->count++;
		pthread_cond_signal(&workers->arrived);
	}
	pthread_mutex_unlock(&workers->lock);
	return r;
}

void workers_stop(struct workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	workers->stopping = true;
	pthread_cond_broadcast(&workers->arrived);
	pthread_mutex_unlock(&workers->lock);
	for (unsigned i = 0; i < workers->threads; i++)
		pthread_join(workers->worker[i].thread, NULL);
	pthread_cond_destroy(&workers->arrived);
	pthread_mutex_destroy(&workers->lock);
	free(workers->worker);
	free(workers->queue);
	free(workers);
}
