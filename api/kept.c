/* SPDX-License-Identifier: Apache-2.0 */

/*
 * kept.c - findings that later pages are taken from
 *
 * A short list, newest use first.  One that has to go while somebody holds it
 * leaves the list, and is freed by whoever drops it last.
 */
#include "api/kept.h"

#include <pthread.h>
#include <stdlib.h>

struct kept_hold {
	struct kept_hold *next;
	struct kept_key key;
	struct arena *arena;
	const void *found;
	size_t bytes;
	unsigned holders;
	bool listed;
};

struct kept_answers {
	pthread_mutex_t lock;
	struct kept_hold *first;
	size_t budget;
	size_t bytes;
};

struct kept_answers *kept_new(size_t budget)
{
	struct kept_answers *kept = calloc(1, sizeof(*kept));

	if (!kept)
		return NULL;
	if (pthread_mutex_init(&kept->lock, NULL)) {
		free(kept);
		return NULL;
	}
	kept->budget = budget;
	return kept;
}

static void free_one(struct kept_hold *one)
{
	arena_free(one->arena);
	free(one);
}

/* Takes one off the list; it goes with its last holder. */
static void unlist(struct kept_answers *kept, struct kept_hold **place)
{
	struct kept_hold *one = *place;

	*place = one->next;
	kept->bytes -= one->bytes;
	one->listed = false;
	if (!one->holders)
		free_one(one);
}

void kept_free(struct kept_answers *kept)
{
	if (!kept)
		return;
	while (kept->first)
		unlist(kept, &kept->first);
	pthread_mutex_destroy(&kept->lock);
	free(kept);
}

/* Where one with this key is listed; the end of the list when none is. */
static struct kept_hold **find(struct kept_answers *kept, const struct kept_key *key)
{
	struct kept_hold **place = &kept->first;

	while (*place && ((*place)->key.question != key->question ||
				 (*place)->key.version != key->version))
		place = &(*place)->next;
	return place;
}

static void list_first(struct kept_answers *kept, struct kept_hold *one)
{
	one->next = kept->first;
	kept->first = one;
}

/* Drops the ones that were used longest ago until so many bytes are free. */
static void make_room(struct kept_answers *kept, size_t bytes)
{
	while (kept->first && kept->bytes > kept->budget - bytes) {
		struct kept_hold **last = &kept->first;

		while ((*last)->next)
			last = &(*last)->next;
		unlist(kept, last);
	}
}

void kept_give(struct kept_answers *kept, const struct kept_key *key, struct arena *arena,
	const void *found)
{
	struct kept_hold *one = calloc(1, sizeof(*one));
	size_t bytes = arena_bytes(arena) + sizeof(*one);
	struct kept_hold **same;

	if (!one || bytes > kept->budget) {
		free(one);
		arena_free(arena);
		return;
	}
	*one = (struct kept_hold){ .key = *key,
		.arena = arena,
		.found = found,
		.bytes = bytes,
		.listed = true };
	pthread_mutex_lock(&kept->lock);
	same = find(kept, key);
	if (*same)
		unlist(kept, same);
	make_room(kept, bytes);
	list_first(kept, one);
	kept->bytes += bytes;
	pthread_mutex_unlock(&kept->lock);
}

const void *kept_hold(struct kept_answers *kept, const struct kept_key *key,
	struct kept_hold **hold_out)
{
	struct kept_hold **place;
	struct kept_hold *one;

	pthread_mutex_lock(&kept->lock);
	place = find(kept, key);
	one = *place;
	if (one) {
		*place = one->next;
		list_first(kept, one);
		one->holders++;
	}
	pthread_mutex_unlock(&kept->lock);
	*hold_out = one;
	return one ? one->found : NULL;
}

void kept_drop(struct kept_answers *kept, struct kept_hold *hold)
{
	bool last;

	pthread_mutex_lock(&kept->lock);
	hold->holders--;
	last = !hold->holders && !hold->listed;
	pthread_mutex_unlock(&kept->lock);
	if (last)
		free_one(hold);
}

size_t kept_budget(const struct kept_answers *kept)
{
	return kept->budget;
}

size_t kept_bytes(struct kept_answers *kept)
{
	size_t bytes;

	pthread_mutex_lock(&kept->lock);
	bytes = kept->bytes;
	pthread_mutex_unlock(&kept->lock);
	return bytes;
}
