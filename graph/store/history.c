/* SPDX-License-Identifier: Apache-2.0 */

/* history.c - contents of facets, by node, hash of the facet's name, and hash */

#include "graph/history.h"

#include "base/arena.h"
#include "base/hash.h"
#include "store_impl.h"

#include <stdlib.h>

#define HISTORY_VERSION	   1
#define FACET_KEY_BYTES	   12 /* node and name */
#define HISTORY_LIST_FIRST 8

bool history_keeps(uint64_t name_hash)
{
	return name_hash == hash64(SLICE("schema")) ||
	       name_hash == hash64(SLICE("symlinks")) ||
	       name_hash == hash64(SLICE("lifecycleStateChange"));
}

static void facet_key(struct store_key *key, node_id node, uint64_t name_hash)
{
	key_start(key);
	key_put_u32(key, node);
	key_put_u64(key, name_hash);
}

static void content_key(
	struct store_key *key, node_id node, uint64_t name_hash, uint64_t hash)
{
	facet_key(key, node, name_hash);
	key_put_u64(key, hash);
}

static int decode(struct record_reader *reader, struct past_facet *out)
{
	out->first_us = record_get_signed(reader);
	out->last_us = record_get_diff(reader, out->first_us);
	out->bytes = record_get_bytes(reader);
	return record_close(reader);
}

int history_get(struct store_txn *txn, node_id node, uint64_t name_hash, uint64_t hash,
	struct past_facet *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	content_key(&key, node, name_hash, hash);
	r = db_get_record(txn, DB_HISTORY, &key, HISTORY_VERSION, &reader);
	if (r)
		return r;
	out->hash = hash;
	return txn_check(txn, decode(&reader, out));
}

int history_put(struct store_txn *txn, node_id node, uint64_t name_hash,
	const struct past_facet *past)
{
	struct record_writer writer;
	struct past_facet known;
	struct store_key key;
	size_t room;
	int r = history_get(txn, node, name_hash, past->hash, &known);

	if (r < 0)
		return r;
	if (r > 0)
		known.bytes = past->bytes;
	if (__builtin_add_overflow(known.bytes.len, 3 * VARINT_MAX, &room))
		return ERR_TOO_LARGE;
	r = txn_record(txn, &writer, HISTORY_VERSION, room);
	if (r)
		return r;
	record_put_signed(&writer, past->first_us);
	record_put_diff(&writer, past->last_us, past->first_us);
	record_put_bytes(&writer, known.bytes);
	content_key(&key, node, name_hash, past->hash);
	r = db_put_record(txn, DB_HISTORY, &key, &writer);
	return r < 0 ? r : 0;
}

struct listing {
	struct arena *arena;
	struct past_facets found;
	size_t cap;
};

static int add(struct listing *listing, const struct past_facet *past)
{
	struct past_facets *found = &listing->found;
	size_t cap = listing->cap ? listing->cap * 2 : HISTORY_LIST_FIRST;
	struct past_facet *list;

	if (found->count == listing->cap) {
		list = arena_array(listing->arena, cap, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		if (found->count)
			memcpy(list, found->list, found->count * sizeof(*list));
		found->list = list;
		listing->cap = cap;
	}
	found->list[found->count++] = *past;
	return 0;
}

static int list_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	struct listing *listing = ctx;
	struct record_reader reader;
	struct past_facet past;
	struct key_reader key;
	int r;

	(void)txn;
	key_open(&key, row->key);
	key_get_u32(&key);
	key_get_u64(&key);
	past.hash = key_get_u64(&key);
	r = key_close(&key);
	if (r == 0)
		r = record_open(&reader, row->value, HISTORY_VERSION);
	if (r == 0)
		r = decode(&reader, &past);
	return r ? r : add(listing, &past);
}

/* Puts the times of the facet table beside those kept, or makes the entry. */
static int merge_standing(struct store_txn *txn, node_id node, uint64_t name_hash,
	const struct entity_facet *standing, struct listing *listing)
{
	int64_t first_us =
		standing->first_us == INT64_MIN ? standing->time_us : standing->first_us;
	struct past_facet past = { standing->hash, first_us, standing->time_us,
		SLICE("") };
	struct facet facet;
	int r = 0;

	for (size_t i = 0; i < listing->found.count; i++) {
		struct past_facet *at = &listing->found.list[i];

		if (at->hash != standing->hash)
			continue;
		if (first_us < at->first_us)
			at->first_us = first_us;
		if (standing->time_us > at->last_us)
			at->last_us = standing->time_us;
		return 0;
	}
	if (standing->hash) {
		r = facet_get(txn, node, name_hash, &facet);
		if (r)
			return r < 0 ? r : txn_check(txn, ERR_CORRUPT);
		past.bytes = facet.bytes;
	}
	return add(listing, &past);
}

static int compare_past(const void *a, const void *b)
{
	const struct past_facet *x = a;
	const struct past_facet *y = b;

	if (x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

int history_list(struct store_txn *txn, node_id node, uint64_t name_hash,
	struct arena *arena, struct past_facets *out)
{
	struct listing listing = { .arena = arena };
	struct entity_facet standing;
	struct store_key from;
	int r;

	facet_key(&from, node, name_hash);
	r = db_each(txn, DB_HISTORY, &from, FACET_KEY_BYTES, list_row, &listing);
	if (r)
		return r;
	r = entity_facet_row(txn, node, name_hash, arena, &standing);
	if (r == 0)
		r = merge_standing(txn, node, name_hash, &standing, &listing);
	if (r < 0)
		return r;
	if (listing.found.count)
		qsort(listing.found.list, listing.found.count,
			sizeof(*listing.found.list), compare_past);
	*out = listing.found;
	return 0;
}
