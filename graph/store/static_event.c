/* SPDX-License-Identifier: Apache-2.0 */

/* static_event.c - job and dataset events that were folded, by hash */

#include "graph/run.h"
#include "store_impl.h"

#define STATIC_EVENT_VERSION 1

static void hash_key(struct store_key *key, uint64_t hash)
{
	key_start(key);
	key_put_u64(key, hash);
}

int static_event_find(struct store_txn *txn, uint64_t hash, uint64_t *sequence_out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	hash_key(&key, hash);
	r = db_get_record(txn, DB_STATIC_EVENT, &key, STATIC_EVENT_VERSION, &reader);
	if (r)
		return r;
	*sequence_out = record_get_varint(&reader);
	return txn_check(txn, record_close(&reader));
}

struct visitor {
	static_event_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct record_reader reader;
	struct key_reader key;
	uint64_t sequence;
	uint64_t hash;
	int r;

	(void)txn;
	key_open(&key, row->key);
	hash = key_get_u64(&key);
	r = key_close(&key);
	if (r == 0)
		r = record_open(&reader, row->value, STATIC_EVENT_VERSION);
	if (r)
		return r;
	sequence = record_get_varint(&reader);
	r = record_close(&reader);
	return r ? r : visitor->visit(visitor->ctx, hash, sequence);
}

int static_event_each(struct store_txn *txn, static_event_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };

	return db_each(txn, DB_STATIC_EVENT, NULL, 0, visit_row, &visitor);
}

int static_event_add(struct store_txn *txn, uint64_t hash, uint64_t sequence)
{
	struct record_writer writer;
	struct store_key key;
	int r = txn_record(txn, &writer, STATIC_EVENT_VERSION, VARINT_MAX);

	if (r)
		return r;
	record_put_varint(&writer, sequence);
	hash_key(&key, hash);
	r = db_put_record(txn, DB_STATIC_EVENT, &key, &writer);
	return r < 0 ? r : 0;
}
