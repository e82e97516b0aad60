/* SPDX-License-Identifier: Apache-2.0 */

/* run_index.c - runs by (job, lane, position), and by position alone */

#include "position.h"

const struct run_position run_position_first = { .start_us = INT64_MIN };
const struct run_position run_position_last = {
	.start_us = INT64_MAX,
	.run = { { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255 } },
};

int run_position_compare(const struct run_position *a, const struct run_position *b)
{
	if (a->start_us != b->start_us)
		return a->start_us < b->start_us ? -1 : 1;
	return runid_compare(&a->run, &b->run);
}

static void time_key(struct store_key *key, const struct run_position *position)
{
	key_start(key);
	position_put(key, position);
}

static int lane_add(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position)
{
	struct store_key key;

	lane_key(&key, job, lane, position);
	return db_index(txn, DB_RUN_JOB, &key, false);
}

static int lane_remove(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position)
{
	struct store_key key;
	int r;

	lane_key(&key, job, lane, position);
	r = db_remove(txn, DB_RUN_JOB, &key);
	return r < 0 ? r : 0;
}

int run_index_add(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position)
{
	struct store_key key;
	int r = lane_add(txn, job, lane, position);

	if (r || lane != EVIDENCE_OBSERVED)
		return r;
	time_key(&key, position);
	/* Most runs start after the others did. */
	return db_index(txn, DB_RUN_TIME, &key, true);
}

int run_index_remove(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position)
{
	struct store_key key;
	int r = lane_remove(txn, job, lane, position);

	if (r || lane != EVIDENCE_OBSERVED)
		return r;
	time_key(&key, position);
	r = db_remove(txn, DB_RUN_TIME, &key);
	return r < 0 ? r : 0;
}

int snapshot_index_add(
	struct store_txn *txn, node_id job, const struct run_position *position)
{
	return lane_add(txn, job, EVIDENCE_OBSERVED, position);
}

int snapshot_index_remove(
	struct store_txn *txn, node_id job, const struct run_position *position)
{
	return lane_remove(txn, job, EVIDENCE_OBSERVED, position);
}

static enum db_step step_of(enum run_direction direction)
{
	return direction == RUN_NEWER ? DB_BEHIND : DB_BEFORE;
}

static int next_of_all(struct store_txn *txn, enum run_direction direction,
	const struct run_position *from, struct run_position *out)
{
	struct key_reader reader;
	struct store_key key;
	struct row row;
	int r;

	time_key(&key, from);
	r = db_near(txn, DB_RUN_TIME, step_of(direction), &key, 0, &row);
	if (r)
		return r;
	key_open(&reader, row.key);
	position_get(&reader, out);
	return txn_check(txn, key_close(&reader));
}

int run_index_next(struct store_txn *txn, node_id job, enum evidence lane,
	enum run_direction direction, const struct run_position *from,
	struct run_position *out)
{
	struct store_key key;
	struct row row;
	int r;

	if (!job)
		return next_of_all(txn, direction, from, out);
	lane_key(&key, job, lane, from);
	r = db_near(txn, DB_RUN_JOB, step_of(direction), &key, LANE_KEY_BYTES, &row);
	return r ? r : txn_check(txn, lane_key_position(row.key, out));
}

static int count_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	uint64_t *count = ctx;

	(void)txn;
	(void)row;
	++*count;
	return 0;
}

int run_index_count(struct store_txn *txn, node_id job, enum evidence lane, uint64_t *out)
{
	struct store_key key;
	uint64_t count = 0;
	int r;

	lane_key(&key, job, lane, &run_position_first);
	r = db_each(txn, DB_RUN_JOB, &key, LANE_KEY_BYTES, count_row, &count);
	if (r == 0)
		*out = count;
	return r;
}
