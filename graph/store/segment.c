/* SPDX-License-Identifier: Apache-2.0 */

/* segment.c - segments of timelines, by (job, lane, position of the first run) */

#include "graph/timeline.h"
#include "position.h"

#define SEGMENT_VERSION 1

static int decode(const struct row *row, struct segment *out)
{
	struct record_reader reader;
	uint8_t settled;
	int r = lane_key_position(row->key, &out->first);

	if (r)
		return r;
	r = record_open(&reader, row->value, SEGMENT_VERSION);
	if (r)
		return r;
	settled = record_get_u8(&reader);
	if (settled > 1)
		return ERR_CORRUPT;
	out->settled_us = INT64_MAX;
	if (settled)
		out->settled_us = record_get_diff(&reader, out->first.start_us);
	out->io = record_get_u32(&reader);
	return record_close(&reader);
}

static int near_segment(struct store_txn *txn, enum db_step step,
	const struct store_key *key, struct segment *out)
{
	struct row row;
	int r = db_near(txn, DB_TIMELINE, step, key, LANE_KEY_BYTES, &row);

	return r ? r : txn_check(txn, decode(&row, out));
}

int segment_floor(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *position, struct segment *out)
{
	struct store_key key;

	lane_key(&key, job, lane, position);
	return near_segment(txn, DB_FLOOR, &key, out);
}

int segment_next(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *after, struct segment *out)
{
	struct store_key key;

	lane_key(&key, job, lane, after);
	return near_segment(txn, DB_BEHIND, &key, out);
}

int segment_put(struct store_txn *txn, node_id job, enum evidence lane,
	const struct segment *segment)
{
	struct record_writer writer;
	struct store_key key;
	bool settled = segment->settled_us != INT64_MAX;
	int r = txn_record(txn, &writer, SEGMENT_VERSION, 1 + VARINT_MAX + VARINT32_MAX);

	if (r)
		return r;
	record_put_u8(&writer, settled);
	if (settled)
		record_put_diff(&writer, segment->settled_us, segment->first.start_us);
	record_put_varint(&writer, segment->io);
	lane_key(&key, job, lane, &segment->first);
	r = db_put_record(txn, DB_TIMELINE, &key, &writer);
	return r < 0 ? r : 0;
}

int segment_remove(struct store_txn *txn, node_id job, enum evidence lane,
	const struct run_position *first)
{
	struct store_key key;
	int r;

	lane_key(&key, job, lane, first);
	r = db_remove(txn, DB_TIMELINE, &key);
	return r < 0 ? r : 0;
}
