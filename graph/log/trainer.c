/* SPDX-License-Identifier: Apache-2.0 */

/*
 * trainer.c - makes dictionaries of the log's own traffic
 */
#include "graph/log/trainer.h"

#include "graph/log/dictionary.h"
#include "graph/log/samples.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <zdict.h>

/* What zstd's own tool makes; and a dictionary as large as its samples only
 * repeats them, which packs other events worse. */
#define DICTIONARY_BYTES 112640
#define SAMPLES_PER_BYTE 16
#define SAMPLES_LEAST	 ((size_t)16 * 1024)

/* One sample of so many is held out, to try the dictionary on. */
#define HELD_OUT 8

/* Percent of the bytes before that a new dictionary must get below. */
#define BETTER_BELOW 95

#define NEXT_FACTOR 16
#define NICE	    10

struct trainer {
	struct trainer_options options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct samples *samples;
	atomic_uint_fast64_t seen;
	uint64_t next_at;
	bool due;
	bool stop;
};

/* The samples of one training, in the form that zstd takes. */
struct lesson {
	struct samples samples;
	size_t sizes[SAMPLES_MAX];
	unsigned count;
	size_t used;
	char dictionary[DICTIONARY_BYTES];
	char text[SAMPLES_BYTES_MAX];
	char packed[ZSTD_COMPRESSBOUND(SAMPLE_BYTES_MAX)];
};

static void lesson_free(struct lesson *lesson)
{
	samples_clear(&lesson->samples);
	free(lesson);
}

DEFINE_AUTO(lesson, struct lesson *, lesson_free);

static bool held_out(size_t index)
{
	return index % HELD_OUT == HELD_OUT - 1;
}

static void join_samples(struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->samples.count; i++) {
		size_t len = lesson->samples.items[i].len;

		if (held_out(i))
			continue;
		memcpy(lesson->text + lesson->used, lesson->samples.items[i].bytes, len);
		lesson->used += len;
		lesson->sizes[lesson->count++] = len;
	}
}

static int learn(struct lesson *lesson, struct slice *out)
{
	size_t room;
	size_t made;

	join_samples(lesson);
	if (lesson->used < SAMPLES_LEAST)
		return 1;
	room = lesson->used / SAMPLES_PER_BYTE;
	if (room > sizeof(lesson->dictionary))
		room = sizeof(lesson->dictionary);
	made = ZDICT_trainFromBuffer(
		lesson->dictionary, room, lesson->text, lesson->sizes, lesson->count);
	if (ZDICT_isError(made))
		return 1; /* nothing in them repeats */
	*out = slice_of(lesson->dictionary, made);
	return 0;
}

/* Bytes that the samples held out pack into; dictionary may be empty. */
static size_t try_on(struct lesson *lesson, struct slice dictionary, int level)
{
	ZSTD_CCtx *cctx = ZSTD_createCCtx();
	ZSTD_CDict *cdict = ZSTD_createCDict(dictionary.ptr, dictionary.len, level);
	size_t total = cctx && cdict ? 0 : SIZE_MAX;

	for (size_t i = 0; i < lesson->samples.count && total != SIZE_MAX; i++) {
		size_t n;

		if (!held_out(i))
			continue;
		n = ZSTD_compress_usingCDict(cctx, lesson->packed, sizeof(lesson->packed),
			lesson->samples.items[i].bytes, lesson->samples.items[i].len,
			cdict);
		total = ZSTD_isError(n) ? SIZE_MAX : total + n;
	}
	ZSTD_freeCDict(cdict);
	ZSTD_freeCCtx(cctx);
	return total;
}

/* What fails here costs room on the disk, nothing else: it is tried again. */
static void train(struct trainer *trainer, struct lesson *lesson)
{
	struct dictset *set = trainer->options.dictionaries;
	struct dictionary *old = dictset_newest(set);
	struct slice dictionary;
	struct slice before = old ? slice_of(old->bytes, old->size) : slice_of("", 0);
	size_t with_new;
	size_t with_old;

	if (learn(lesson, &dictionary))
		return;
	with_new = try_on(lesson, dictionary, set->level);
	with_old = try_on(lesson, before, set->level);
	if (with_old != SIZE_MAX && with_new < with_old / 100 * BETTER_BELOW)
		(void)!dictset_add(set, trainer->options.dir, dictionary);
}

static void *trainer_main(void *arg)
{
	struct trainer *trainer = arg;

	/* On Linux this is the thread's own: training gives way to the rest. */
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	pthread_mutex_lock(&trainer->lock);
	while (!trainer->stop) {
		AUTO(lesson) struct lesson *lesson = NULL;

		if (!trainer->due) {
			pthread_cond_wait(&trainer->changed, &trainer->lock);
			continue;
		}
		lesson = calloc(1, sizeof(*lesson));
		if (lesson) {
			samples_move(trainer->samples, &lesson->samples);
			pthread_mutex_unlock(&trainer->lock);
			train(trainer, lesson);
			pthread_mutex_lock(&trainer->lock);
		}
		trainer->due = false;
		pthread_cond_broadcast(&trainer->changed);
	}
	pthread_mutex_unlock(&trainer->lock);
	return NULL;
}

static uint64_t next_after(uint64_t at)
{
	return __builtin_mul_overflow(at, NEXT_FACTOR, &at) ? UINT64_MAX : at;
}

/* When to train first in this process. */
static uint64_t first_at(const struct trainer_options *options)
{
	uint64_t at = options->train_after;

	if (dictset_count(options->dictionaries) == 0)
		return options->seen + at;
	while (at <= options->seen)
		at = next_after(at);
	return at;
}

int trainer_new(const struct trainer_options *options, struct trainer **out)
{
	struct trainer *made = calloc(1, sizeof(*made));

	if (!made)
		return ERR_NOMEM;
	made->options = *options;
	made->samples = calloc(1, sizeof(*made->samples));
	made->seen = options->seen;
	made->next_at = first_at(options);
	pthread_mutex_init(&made->lock, NULL);
	pthread_cond_init(&made->changed, NULL);
	if (!made->samples ||
		pthread_create(&made->thread, NULL, trainer_main, made) != 0) {
		free(made->samples);
		free(made);
		return ERR_NOMEM;
	}
	*out = made;
	return 0;
}

void trainer_free(struct trainer *trainer)
{
	if (!trainer)
		return;
	pthread_mutex_lock(&trainer->lock);
	trainer->stop = true;
	pthread_cond_broadcast(&trainer->changed);
	pthread_mutex_unlock(&trainer->lock);
	pthread_join(trainer->thread, NULL);
	pthread_cond_destroy(&trainer->changed);
	pthread_mutex_destroy(&trainer->lock);
	samples_clear(trainer->samples);
	free(trainer->samples);
	free(trainer);
}

/* A packer that would have to wait goes on instead: its event is no sample. */
void trainer_offer(struct trainer *trainer, struct slice event)
{
	uint64_t seen = atomic_fetch_add(&trainer->seen, 1) + 1;

	if (pthread_mutex_trylock(&trainer->lock))
		return;
	samples_offer(trainer->samples, event);
	if (seen >= trainer->next_at && !trainer->due) {
		trainer->due = true;
		trainer->next_at = next_after(trainer->next_at);
		pthread_cond_broadcast(&trainer->changed);
	}
	pthread_mutex_unlock(&trainer->lock);
}

void trainer_settle(struct trainer *trainer)
{
	pthread_mutex_lock(&trainer->lock);
	while (trainer->due)
		pthread_cond_wait(&trainer->changed, &trainer->lock);
	pthread_mutex_unlock(&trainer->lock);
}
