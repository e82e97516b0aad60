/* SPDX-License-Identifier: Apache-2.0 */

/*
 * recent.c - hashes of events that are appended and not yet published
 */

#include "collector/recent.h"

#include <stdlib.h>

#include "base/idset.h"

#define RECENT_MAX  262144 /* events in each of the two sets */
#define RECENT_TURN 16384  /* fewer are not worth the clearing of a set */

struct recent {
	struct idset *young;
	struct idset *old;
	uint64_t old_last; /* highest sequence in old */
	uint64_t young_last;
};

struct recent *recent_new(void)
{
	AUTO(recent) struct recent *recent = calloc(1, sizeof(*recent));

	if (!recent)
		return NULL;
	recent->young = idset_new(RECENT_MAX);
	recent->old = idset_new(RECENT_MAX);
	if (!recent->young || !recent->old)
		return NULL;
	return TAKE(recent);
}

void recent_free(struct recent *recent)
{
	if (!recent)
		return;
	idset_free(recent->young);
	idset_free(recent->old);
	free(recent);
}

/* The set has no member 0. */
static uint64_t member(uint64_t hash)
{
	return hash ? hash : 1;
}

int recent_find(const struct recent *recent, uint64_t hash, uint64_t *sequence_out)
{
	if (idset_get(recent->young, member(hash), sequence_out) == 0)
		return 0;
	return idset_get(recent->old, member(hash), sequence_out);
}

static void rotate(struct recent *recent)
{
	struct idset *emptied = recent->old;

	idset_clear(emptied);
	recent->old = recent->young;
	recent->old_last = recent->young_last;
	recent->young = emptied;
}

void recent_add(
	struct recent *recent, uint64_t hash, uint64_t sequence, uint64_t published)
{
	size_t count = idset_count(recent->young);

	if (count >= RECENT_MAX ||
		(count >= RECENT_TURN && published >= recent->old_last))
		rotate(recent);
	/* Without memory it is not remembered: see the header. */
	if (idset_put(recent->young, member(hash), sequence) >= 0)
		recent->young_last = sequence;
}

void recent_clear(struct recent *recent)
{
	idset_clear(recent->young);
	idset_clear(recent->old);
}
