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
