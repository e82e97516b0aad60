/* SPDX-License-Identifier: Apache-2.0 */

/*
 * chain.c - hash -> ids: entity_key, namespace_key and ioset_key
 *
 * Names have any length and LMDB's keys have not, so a name's key is its hash.
 * Names with the same hash share a row, and whoever looks compares the name in
 * the record itself.
 */

#include "store_impl.h"

#define CHAIN_VERSION 1

static void chain_key(struct store_key *key, uint64_t hash)
{
	key_start(key);
	key_put_u64(key, hash);
}

int chain_find(struct store_txn *txn, enum store_db db, uint64_t hash, chain_match *match,
	const void *wanted, uint32_t *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	chain_key(&key, hash);
	r = db_get_record(txn, db, &key, CHAIN_VERSION, &reader);
	if (r)
		return r;
	while (record_left(&reader)) {
		uint32_t id = record_get_u32(&reader);

		if (reader.bad)
			return txn_check(txn, ERR_CORRUPT);
		r = match(txn, id, wanted);
		if (r == 0)
			*out = id;
		if (r <= 0)
			return txn_check(txn, r);
	}
	return 1;
}

/* The ids that are there already, as they are stored. */
static int chain_ids(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice *out)
{
	struct record_reader reader;
	int r = db_get_record(txn, db, key, CHAIN_VERSION, &reader);

	if (r > 0)
		*out = SLICE("");
	if (r)
		return r < 0 ? r : 0;
	*out = slice_of(reader.at, record_left(&reader));
	return 0;
}

int chain_add(struct store_txn *txn, enum store_db db, uint64_t hash, uint32_t id)
{
	struct record_writer writer;
	struct store_key key;
	struct slice ids;
	int r;

	chain_key(&key, hash);
	r = chain_ids(txn, db, &key, &ids);
	if (r)
		return r;
	r = txn_record(txn, &writer, CHAIN_VERSION, ids.len + VARINT32_MAX);
	if (r)
		return r;
	record_put_raw(&writer, ids);
	record_put_varint(&writer, id);
	r = db_put_record(txn, db, &key, &writer);
	return r < 0 ? r : 0;
}
