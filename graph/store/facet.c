/* SPDX-License-Identifier: Apache-2.0 */

/* facet.c - the bytes of facets, by node and hash of the facet's name */

#include "entity_impl.h"

#define FACET_VERSION 1

static void facet_key(struct store_key *key, node_id id, uint64_t name_hash)
{
	key_start(key);
	key_put_u32(key, id);
	key_put_u64(key, name_hash);
}

int facet_get(struct store_txn *txn, node_id id, uint64_t name_hash, struct facet *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	facet_key(&key, id, name_hash);
	r = db_get_record(txn, DB_FACET, &key, FACET_VERSION, &reader);
	if (r)
		return r;
	out->name = record_get_bytes(&reader);
	out->bytes = record_get_bytes(&reader);
	return txn_check(txn, record_close(&reader));
}

int facet_put(
	struct store_txn *txn, node_id id, uint64_t name_hash, const struct facet *facet)
{
	struct record_writer writer;
	struct store_key key;
	size_t bytes;
	int r;

	if (__builtin_add_overflow(facet->name.len, facet->bytes.len, &bytes) ||
		__builtin_add_overflow(bytes, 2 * VARINT_MAX, &bytes))
		return ERR_TOO_LARGE;
	r = txn_record(txn, &writer, FACET_VERSION, bytes);
	if (r)
		return r;
	record_put_bytes(&writer, facet->name);
	record_put_bytes(&writer, facet->bytes);
	facet_key(&key, id, name_hash);
	r = db_put_record(txn, DB_FACET, &key, &writer);
	return r < 0 ? r : 0;
}

int facet_remove(struct store_txn *txn, node_id id, uint64_t name_hash)
{
	struct store_key key;
	int r;

	facet_key(&key, id, name_hash);
	r = db_remove(txn, DB_FACET, &key);
	return r < 0 ? r : 0;
}
