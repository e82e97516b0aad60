/* SPDX-License-Identifier: Apache-2.0 */

/* run.c - run records */

#include "graph/run.h"
#include "store_impl.h"

#define RUN_VERSION 1

/* The most that a record's fields take beside its events and its text. */
#define FIXED_BYTES_MAX 96
#define EVENT_BYTES_MAX (8 + 2 * VARINT_MAX)

#define STATE_MASK 0x07U
enum run_bit {
	RUN_JOB_KNOWN = 0x08,
	RUN_HAS_START = 0x10,
	RUN_HAS_END = 0x20,
	RUN_HAS_TEXT = 0x40,
};
#define RUN_BITS (STATE_MASK | RUN_JOB_KNOWN | RUN_HAS_START | RUN_HAS_END | RUN_HAS_TEXT)

static void run_key(struct store_key *key, const struct runid *id)
{
	key_start(key);
	key_put_runid(key, id);
}

static uint8_t encode_bits(const struct run *run)
{
	unsigned bits = (unsigned)run->state;

	if (run->job_known)
		bits |= RUN_JOB_KNOWN;
	if (run->start_us != INT64_MAX)
		bits |= RUN_HAS_START;
	if (run->end_us != INT64_MAX)
		bits |= RUN_HAS_END;
	if (run->text.len)
		bits |= RUN_HAS_TEXT;
	return (uint8_t)bits;
}

/* Events follow one another closely: each is told by its difference. */
static void encode_events(struct record_writer *writer, const struct run *run)
{
	int64_t time_us = run->last_us;
	uint64_t sequence = 0;

	record_put_varint(writer, run->event_total);
	record_put_varint(writer, run->event_count);
	for (size_t i = 0; i < run->event_count; i++) {
		const struct run_event *event = &run->events[i];

		record_put_diff(writer, event->time_us, time_us);
		record_put_u64(writer, event->hash);
		record_put_diff(writer, (int64_t)event->sequence, (int64_t)sequence);
		time_us = event->time_us;
		sequence = event->sequence;
	}
}

static void encode(struct record_writer *writer, const struct run *run)
{
	record_put_u8(writer, encode_bits(run));
	record_put_varint(writer, run->job);
	record_put_signed(writer, run->first_us);
	record_put_diff(writer, run->last_us, run->first_us);
	record_put_diff(writer, run->job_time_us, run->last_us);
	if (run->start_us != INT64_MAX)
		record_put_diff(writer, run->start_us, run->first_us);
	if (run->end_us != INT64_MAX)
		record_put_diff(writer, run->end_us, run->last_us);
	record_put_varint(writer, run->io);
	encode_events(writer, run);
	if (run->text.len)
		record_put_bytes(writer, run->text);
}

static void decode_events(struct record_reader *reader, struct run *out)
{
	int64_t time_us = out->last_us;
	uint64_t sequence = 0;

	out->event_total = record_get_u32(reader);
	out->event_count = (uint32_t)record_get_max(reader, RUN_EVENTS_MAX);
	for (size_t i = 0; i < out->event_count && !reader->bad; i++) {
		struct run_event *event = &out->events[i];

		event->time_us = time_us = record_get_diff(reader, time_us);
		event->hash = record_get_u64(reader);
		sequence = (uint64_t)record_get_diff(reader, (int64_t)sequence);
		event->sequence = sequence;
	}
}

static int decode(struct record_reader *reader, struct run *out)
{
	uint8_t bits = record_get_u8(reader);

	if ((bits & ~RUN_BITS) || (bits & STATE_MASK) > TYPE_ABORT)
		return ERR_CORRUPT;
	out->state = (enum event_type)(bits & STATE_MASK);
	out->job_known = bits & RUN_JOB_KNOWN;
	out->job = record_get_u32(reader);
	out->first_us = record_get_signed(reader);
	out->last_us = record_get_diff(reader, out->first_us);
	out->job_time_us = record_get_diff(reader, out->last_us);
	out->start_us = out->end_us = INT64_MAX;
	if (bits & RUN_HAS_START)
		out->start_us = record_get_diff(reader, out->first_us);
	if (bits & RUN_HAS_END)
		out->end_us = record_get_diff(reader, out->last_us);
	out->io = record_get_u32(reader);
	decode_events(reader, out);
	out->text = SLICE("");
	if (bits & RUN_HAS_TEXT)
		out->text = record_get_bytes(reader);
	return record_close(reader);
}

int run_get(struct store_txn *txn, const struct runid *id, struct run *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	run_key(&key, id);
	r = db_get_record(txn, DB_RUN, &key, RUN_VERSION, &reader);
	if (r)
		return r;
	out->id = *id;
	return txn_check(txn, decode(&reader, out));
}

int run_put(struct store_txn *txn, const struct run *run)
{
	struct record_writer writer;
	struct store_key key;
	size_t bytes;
	int r;

	if (run->event_count > RUN_EVENTS_MAX)
		return ERR_INVALID;
	bytes = FIXED_BYTES_MAX + run->event_count * (size_t)EVENT_BYTES_MAX;
	if (__builtin_add_overflow(bytes, run->text.len, &bytes))
		return ERR_TOO_LARGE;
	r = txn_record(txn, &writer, RUN_VERSION, bytes);
	if (r)
		return r;
	encode(&writer, run);
	run_key(&key, &run->id);
	r = db_put_record(txn, DB_RUN, &key, &writer);
	return r < 0 ? r : 0;
}
