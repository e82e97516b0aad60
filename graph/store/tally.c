/* SPDX-License-Identifier: Apache-2.0 */

/* tally.c - counters by the hour */

#include "graph/tally.h"

#include "store_impl.h"

#define TALLY_VERSION 1

/* An hour is stored as a time is: so that negative ones come first. */
static void hour_key(struct store_key *key, int64_t hour)
{
	key_start(key);
	key_put_time(key, hour);
}

static int decode(struct record_reader *reader, struct tally *out)
{
	for (size_t i = 0; i < TALLY_COUNTERS; i++)
		out->counts[i] = record_get_varint(reader);
	return record_close(reader);
}

static int load(struct store_txn *txn, const struct store_key *key, struct tally *out)
{
	struct record_reader reader;
	int r = db_get_record(txn, DB_TALLY, key, TALLY_VERSION, &reader);

	return r ? r : txn_check(txn, decode(&reader, out));
}

static int save(
	struct store_txn *txn, const struct store_key *key, const struct tally *tally)
{
	struct record_writer writer;
	int r = txn_record(
		txn, &writer, TALLY_VERSION, (size_t)TALLY_COUNTERS * VARINT_MAX);

	if (r)
		return r;
	for (size_t i = 0; i < TALLY_COUNTERS; i++)
		record_put_varint(&writer, tally->counts[i]);
	r = db_put_record(txn, DB_TALLY, key, &writer);
	return r < 0 ? r : 0;
}

/* Returns 1 when nothing is left in any of them. */
static int change(struct tally *tally, const int64_t changes[TALLY_COUNTERS])
{
	uint64_t left = 0;

	for (size_t i = 0; i < TALLY_COUNTERS; i++) {
		uint64_t *count = &tally->counts[i];

		if (__builtin_add_overflow(*count, changes[i], count))
			return ERR_CORRUPT;
		left |= *count;
	}
	return !left;
}

int tally_add(struct store_txn *txn, int64_t hour, const int64_t changes[TALLY_COUNTERS])
{
	struct tally tally = { .hour = hour };
	struct store_key key;
	int r;

	hour_key(&key, hour);
	r = load(txn, &key, &tally);
	if (r < 0)
		return r;
	r = txn_check(txn, change(&tally, changes));
	if (r == 0)
		return save(txn, &key, &tally);
	if (r > 0)
		r = db_remove(txn, DB_TALLY, &key);
	return r < 0 ? r : 0;
}

struct visitor {
	tally_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct record_reader reader;
	struct key_reader key;
	struct tally tally;
	int r;

	(void)txn;
	key_open(&key, row->key);
	tally.hour = key_get_time(&key);
	r = key_close(&key);
	if (!r)
		r = record_open(&reader, row->value, TALLY_VERSION);
	if (!r)
		r = decode(&reader, &tally);
	return r ? r : visitor->visit(visitor->ctx, &tally);
}

int tally_each(struct store_txn *txn, tally_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };

	return db_each(txn, DB_TALLY, NULL, 0, visit_row, &visitor);
}

struct sum {
	struct tally tally;
	int64_t to_hour;
};

/* Returns 1 behind the last hour. */
static int add_up(void *ctx, const struct tally *tally)
{
	struct sum *sum = ctx;

	if (tally->hour >= sum->to_hour)
		return 1;
	for (size_t i = 0; i < TALLY_COUNTERS; i++)
		sum->tally.counts[i] += tally->counts[i];
	return 0;
}

int tally_get(
	struct store_txn *txn, int64_t from_hour, int64_t to_hour, struct tally *out)
{
	struct sum sum = { .tally = { .hour = from_hour }, .to_hour = to_hour };
	struct visitor visitor = { add_up, &sum };
	struct store_key from;
	int r;

	hour_key(&from, from_hour);
	r = db_each(txn, DB_TALLY, &from, 0, visit_row, &visitor);
	if (r < 0)
		return r;
	*out = sum.tally;
	return 0;
}
