/* SPDX-License-Identifier: Apache-2.0 */

/*
 * memo.c - what an event said, for the next event that says the same
 */
#include "graph/memo.h"

#include <stdlib.h>

#define MEMO_SETS      32768 /* of two entries each */
#define MEMO_NODES_MAX 4096  /* in one entry */
#define MEMO_NODES_ALL ((size_t)1024 * 1024)

/* Two entries share a place; the one that was added last stays longer. */
struct memo_set {
	struct memo_entry *entries[2];
};

struct memo {
	struct memo_set *sets;
	size_t entries;
	size_t nodes; /* in all entries */
};

int memo_new(struct memo **out)
{
	AUTO(memo) struct memo *memo = calloc(1, sizeof(*memo));

	if (!memo)
		return ERR_NOMEM;
	memo->sets = calloc(MEMO_SETS, sizeof(*memo->sets));
	if (!memo->sets)
		return ERR_NOMEM;
	*out = TAKE(memo);
	return 0;
}

static void drop(struct memo *memo, struct memo_entry **entry)
{
	if (!*entry)
		return;
	memo->nodes -= (*entry)->count;
	memo->entries--;
	free(*entry);
	*entry = NULL;
}

/* Stops behind the last entry: a memo that was never used is not looked through. */
void memo_clear(struct memo *memo)
{
	for (size_t i = 0; memo->entries > 0; i++) {
		drop(memo, &memo->sets[i].entries[0]);
		drop(memo, &memo->sets[i].entries[1]);
	}
}

void memo_free(struct memo *memo)
{
	if (!memo)
		return;
	memo_clear(memo);
	free(memo->sets);
	free(memo);
}

static struct memo_set *set_of(const struct memo *memo, struct hash128 hash)
{
	return &memo->sets[hash.lo % MEMO_SETS];
}

const struct memo_entry *memo_find(const struct memo *memo, struct hash128 hash)
{
	const struct memo_set *set = set_of(memo, hash);

	for (size_t i = 0; i < ARRAY_LEN(set->entries); i++)
		if (set->entries[i] && hash128_equal(set->entries[i]->hash, hash))
			return set->entries[i];
	return NULL;
}

struct memo_entry *memo_add(struct memo *memo, struct hash128 hash, size_t nodes)
{
	struct memo_set *set;
	struct memo_entry *entry;
	size_t place = 1;

	if (nodes > MEMO_NODES_MAX)
		return NULL;
	if (memo->nodes + nodes > MEMO_NODES_ALL)
		memo_clear(memo);
	entry = calloc(1, sizeof(*entry) + nodes * sizeof(*entry->nodes));
	if (!entry)
		return NULL;
	entry->hash = hash;
	entry->count = (uint32_t)nodes;
	memo->entries++;
	memo->nodes += nodes;

	/* An outdated entry of the same hash goes first, then the older one. */
	set = set_of(memo, hash);
	if (set->entries[0] && hash128_equal(set->entries[0]->hash, hash))
		place = 0;
	drop(memo, &set->entries[place]);
	if (place == 1)
		set->entries[1] = set->entries[0];
	set->entries[0] = entry;
	return entry;
}
