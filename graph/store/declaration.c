/* SPDX-License-Identifier: Apache-2.0 */

/* declaration.c - what job and dataset events said, by owner, lane and position */

#include "position.h"

#define DECLARATION_VERSION 1

int declaration_get(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position, struct declaration *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	lane_key(&key, job, lane, position);
	r = db_get_record(txn, DB_DECLARATION, &key, DECLARATION_VERSION, &reader);
	if (r)
		return r;
	out->job = job;
	out->lane = lane;
	out->position = *position;
	out->io = record_get_u32(&reader);
	return txn_check(txn, record_close(&reader));
}

int declaration_put(struct store_txn *txn, const struct declaration *declaration)
{
	struct record_writer writer;
	struct store_key key;
	int r = txn_record(txn, &writer, DECLARATION_VERSION, VARINT32_MAX);

	if (r)
		return r;
	record_put_varint(&writer, declaration->io);
	lane_key(&key, declaration->job, declaration->lane, &declaration->position);
	r = db_put_record(txn, DB_DECLARATION, &key, &writer);
	return r < 0 ? r : 0;
}
