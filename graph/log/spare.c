/* SPDX-License-Identifier: Apache-2.0 */

/*
 * spare.c - the next segment, pre-written before it is needed
 */
#include "graph/log/spare.h"

#include "graph/log/segfile.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* NONE -> WANTED (writer) -> READY or FAILED (thread) -> NONE (writer). */
enum spare_state { SPARE_NONE, SPARE_WANTED, SPARE_READY, SPARE_FAILED };

struct spare {
	int dir;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	atomic_bool stop;
	enum spare_state state;
	uint64_t size;
	int fd;	 /* READY */
	int err; /* FAILED */
};

static void make(struct spare *spare)
{
	uint64_t size = spare->size;
	int fd = -1;
	int r;

	pthread_mutex_unlock(&spare->lock);
	r = segfile_prewrite(spare->dir, size, &spare->stop, &fd);
	pthread_mutex_lock(&spare->lock);
	spare->state = r ? SPARE_FAILED : SPARE_READY;
	spare->fd = fd;
	spare->err = r;
	pthread_cond_broadcast(&spare->changed);
}

static void *spare_main(void *arg)
{
	struct spare *spare = arg;

	pthread_mutex_lock(&spare->lock);
	while (!atomic_load(&spare->stop)) {
		if (spare->state == SPARE_WANTED)
			make(spare);
		else
			pthread_cond_wait(&spare->changed, &spare->lock);
	}
	pthread_mutex_unlock(&spare->lock);
	return NULL;
}

int spare_new(int dir, struct spare **out)
{
	struct spare *made = calloc(1, sizeof(*made));

	if (!made)
		return ERR_NOMEM;
	made->dir = dir;
	made->fd = -1;
	pthread_mutex_init(&made->lock, NULL);
	pthread_cond_init(&made->changed, NULL);
	if (pthread_create(&made->thread, NULL, spare_main, made) != 0) {
		free(made);
		return ERR_NOMEM;
	}
	*out = made;
	return 0;
}

static void discard(struct spare *spare)
{
	if (spare->state == SPARE_READY) {
		close(spare->fd);
		unlinkat(spare->dir, SEGFILE_NEW, 0);
	}
	spare->state = SPARE_NONE;
}

void spare_free(struct spare *spare)
{
	if (!spare)
		return;
	pthread_mutex_lock(&spare->lock);
	atomic_store(&spare->stop, true);
	pthread_cond_broadcast(&spare->changed);
	pthread_mutex_unlock(&spare->lock);
	pthread_join(spare->thread, NULL);
	discard(spare);
	pthread_cond_destroy(&spare->changed);
	pthread_mutex_destroy(&spare->lock);
	free(spare);
}

void spare_want(struct spare *spare, uint64_t size)
{
	pthread_mutex_lock(&spare->lock);
	if (spare->state == SPARE_NONE) {
		spare->state = SPARE_WANTED;
		spare->size = size;
		pthread_cond_broadcast(&spare->changed);
	}
	pthread_mutex_unlock(&spare->lock);
}

static int take_locked(
	struct spare *spare, uint64_t least, int *fd_out, uint64_t *size_out)
{
	while (spare->state == SPARE_WANTED)
		pthread_cond_wait(&spare->changed, &spare->lock);
	if (spare->state == SPARE_FAILED) {
		spare->state = SPARE_NONE;
		return spare->err;
	}
	if (spare->state == SPARE_NONE)
		return 1;
	if (spare->size < least) {
		discard(spare);
		return 1;
	}
	*fd_out = spare->fd;
	*size_out = spare->size;
	spare->state = SPARE_NONE;
	return 0;
}

int spare_take(struct spare *spare, uint64_t least, int *fd_out, uint64_t *size_out)
{
	int r;

	pthread_mutex_lock(&spare->lock);
	r = take_locked(spare, least, fd_out, size_out);
	pthread_mutex_unlock(&spare->lock);
	return r;
}
