/* SPDX-License-Identifier: Apache-2.0 */

/* snapshot.c - sets of events that stand alone, by run and event time */

#include "graph/run.h"
#include "store_impl.h"

#define SNAPSHOT_VERSION 1
#define RUN_KEY_BYTES	 16

static void snapshot_key(struct store_key *key, const struct runid *run, int64_t time_us)
{
	key_start(key);
	key_put_runid(key, run);
	key_put_time(key, time_us);
}

static int decode(struct record_reader *reader, struct snapshot_set *out)
{
	out->alone = record_get_u32(reader);
	out->io = record_get_u32(reader);
	return record_close(reader);
}

int snapshot_set_get(struct store_txn *txn, const struct run_position *position,
	struct snapshot_set *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	snapshot_key(&key, &position->run, position->start_us);
	r = db_get_record(txn, DB_SNAPSHOT, &key, SNAPSHOT_VERSION, &reader);
	return r ? r : txn_check(txn, decode(&reader, out));
}

int snapshot_set_put(struct store_txn *txn, const struct run_position *position,
	const struct snapshot_set *set)
{
	struct record_writer writer;
	struct store_key key;
	int r = txn_record(txn, &writer, SNAPSHOT_VERSION, (size_t)2 * VARINT32_MAX);

	if (r)
		return r;
	record_put_varint(&writer, set->alone);
	record_put_varint(&writer, set->io);
	snapshot_key(&key, &position->run, position->start_us);
	r = db_put_record(txn, DB_SNAPSHOT, &key, &writer);
	return r < 0 ? r : 0;
}

static int decode_row(
	const struct row *row, int64_t *time_us_out, struct snapshot_set *out)
{
	struct record_reader reader;
	struct key_reader key;
	int r;

	key_open(&key, row->key);
	key_get_runid(&key);
	*time_us_out = key_get_time(&key);
	r = key_close(&key);
	if (r == 0)
		r = record_open(&reader, row->value, SNAPSHOT_VERSION);
	return r ? r : decode(&reader, out);
}

int snapshot_set_next(struct store_txn *txn, const struct runid *run, int64_t after_us,
	int64_t *time_us_out, struct snapshot_set *out)
{
	struct store_key key;
	struct row row;
	int r;

	snapshot_key(&key, run, after_us);
	r = db_near(txn, DB_SNAPSHOT, DB_BEHIND, &key, RUN_KEY_BYTES, &row);
	return r ? r : txn_check(txn, decode_row(&row, time_us_out, out));
}
