/* SPDX-License-Identifier: Apache-2.0 */

/* run_event.c - events of runs that are older than those their records keep */

#include "graph/run.h"
#include "store_impl.h"

#define RUN_EVENT_VERSION 1
#define RUNID_BYTES	  16

static void run_key(struct store_key *key, const struct runid *run)
{
	key_start(key);
	key_put_runid(key, run);
}

static void event_key(
	struct store_key *key, const struct runid *run, const struct run_event *event)
{
	run_key(key, run);
	key_put_time(key, event->time_us);
	key_put_u64(key, event->hash);
}

int run_event_find(struct store_txn *txn, const struct runid *run,
	const struct run_event *event, uint64_t *sequence_out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	event_key(&key, run, event);
	r = db_get_record(txn, DB_RUN_EVENT, &key, RUN_EVENT_VERSION, &reader);
	if (r)
		return r;
	*sequence_out = record_get_varint(&reader);
	return txn_check(txn, record_close(&reader));
}

int run_event_add(
	struct store_txn *txn, const struct runid *run, const struct run_event *event)
{
	struct record_writer writer;
	struct store_key key;
	uint64_t known;
	int r = run_event_find(txn, run, event, &known);

	if (r <= 0)
		return r < 0 ? r : 1;
	r = txn_record(txn, &writer, RUN_EVENT_VERSION, VARINT_MAX);
	if (r)
		return r;
	record_put_varint(&writer, event->sequence);
	event_key(&key, run, event);
	r = db_put_record(txn, DB_RUN_EVENT, &key, &writer);
	return r < 0 ? r : 0;
}

struct visitor {
	run_event_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct record_reader reader;
	struct run_event event;
	struct key_reader key;
	int r;

	(void)txn;
	key_open(&key, row->key);
	(void)key_get_runid(&key);
	event.time_us = key_get_time(&key);
	event.hash = key_get_u64(&key);
	r = key_close(&key);
	if (!r)
		r = record_open(&reader, row->value, RUN_EVENT_VERSION);
	if (r)
		return r;
	event.sequence = record_get_varint(&reader);
	r = record_close(&reader);
	return r ? r : visitor->visit(visitor->ctx, &event);
}

int run_event_each(
	struct store_txn *txn, const struct runid *run, run_event_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };
	struct store_key from;

	run_key(&from, run);
	return db_each(txn, DB_RUN_EVENT, &from, RUNID_BYTES, visit_row, &visitor);
}
