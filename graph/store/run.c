/* SPDX-License-Identifier: Apache-2.0 */

/* run.c - run records */

#include "graph/run.h"
#include "store_impl.h"

#define RUN_VERSION 2

/* The most that a record's fields take beside its events and its text. */
#define FIXED_BYTES_MAX 160
#define EVENT_BYTES_MAX (8 + 2 * VARINT_MAX)

#define STATE_MASK 0x07U
enum run_bit {
	RUN_JOB_KNOWN = 0x08,
	RUN_HAS_START = 0x10,
	RUN_HAS_END = 0x20,
	RUN_HAS_TEXT = 0x40,
	RUN_HAS_MORE = 0x80, /* a byte of the bits below follows */
};

/* Without them: its job is its own when it is known, and nobody told of it more. */
enum more_bit {
	MORE_JOB_OWN = 0x01,
	MORE_TOLD = 0x02, /* parent, root and when */
	MORE_ROOT = 0x04,
	MORE_ROOT_RUN = 0x08, /* it is another one than the parent's */
	MORE_CHILD = 0x10,
};
#define MORE_BITS (MORE_JOB_OWN | MORE_TOLD | MORE_ROOT | MORE_ROOT_RUN | MORE_CHILD)

static void run_key(struct store_key *key, const struct runid *id)
{
	key_start(key);
	key_put_runid(key, id);
}

static bool has_root(const struct run *run)
{
	static const struct runid none;

	return run->root.job || runid_compare(&run->root.run, &none) != 0;
}

static unsigned more_bits(const struct run *run)
{
	unsigned bits = run->job_own ? MORE_JOB_OWN : 0;

	if (run->child_us != INT64_MAX)
		bits |= MORE_CHILD;
	if (run->told_us == INT64_MIN)
		return bits;
	bits |= MORE_TOLD;
	if (!has_root(run))
		return bits;
	bits |= MORE_ROOT;
	if (runid_compare(&run->root.run, &run->parent.run) != 0)
		bits |= MORE_ROOT_RUN;
	return bits;
}

static bool has_more(const struct run *run, unsigned more)
{
	return more != (run->job_known ? MORE_JOB_OWN : 0);
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
	if (has_more(run, more_bits(run)))
		bits |= RUN_HAS_MORE;
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

static void put_runid(struct record_writer *writer, const struct runid *id)
{
	record_put_raw(writer, slice_of(id->bytes, sizeof(id->bytes)));
}

static void encode_more(struct record_writer *writer, const struct run *run)
{
	unsigned more = more_bits(run);

	if (!has_more(run, more))
		return;
	record_put_u8(writer, (uint8_t)more);
	if (more & MORE_TOLD) {
		record_put_diff(writer, run->told_us, run->last_us);
		put_runid(writer, &run->parent.run);
		record_put_varint(writer, run->parent.job);
	}
	if (more & MORE_ROOT_RUN)
		put_runid(writer, &run->root.run);
	if (more & MORE_ROOT)
		record_put_varint(writer, run->root.job);
	if (more & MORE_CHILD)
		record_put_diff(writer, run->child_us, run->first_us);
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
	encode_more(writer, run);
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

static struct runid get_runid(struct record_reader *reader)
{
	struct slice bytes = record_get_raw(reader, sizeof(struct runid));
	struct runid id = { { 0 } };

	if (bytes.len)
		memcpy(id.bytes, bytes.ptr, sizeof(id.bytes));
	return id;
}

/* A root goes with a parent, and a root's run with a root. */
static bool more_fits(unsigned more)
{
	if (more & ~(unsigned)MORE_BITS)
		return false;
	if ((more & MORE_ROOT) && !(more & MORE_TOLD))
		return false;
	return (more & MORE_ROOT) || !(more & MORE_ROOT_RUN);
}

static void decode_more(struct record_reader *reader, unsigned more, struct run *out)
{
	out->job_own = more & MORE_JOB_OWN;
	if (more & MORE_TOLD) {
		out->told_us = record_get_diff(reader, out->last_us);
		out->parent.run = get_runid(reader);
		out->parent.job = record_get_u32(reader);
	}
	if (more & MORE_ROOT) {
		out->root.run =
			more & MORE_ROOT_RUN ? get_runid(reader) : out->parent.run;
		out->root.job = record_get_u32(reader);
	}
	if (more & MORE_CHILD)
		out->child_us = record_get_diff(reader, out->first_us);
}

static int decode_rest(struct record_reader *reader, uint8_t bits, struct run *out)
{
	unsigned more;

	out->job_own = out->job_known;
	out->parent = out->root = (struct run_link){ 0 };
	out->told_us = INT64_MIN;
	out->child_us = INT64_MAX;
	if (!(bits & RUN_HAS_MORE))
		return record_close(reader);
	more = record_get_u8(reader);
	if (!more_fits(more))
		return ERR_CORRUPT;
	decode_more(reader, more, out);
	return record_close(reader);
}

static int decode(struct record_reader *reader, struct run *out)
{
	uint8_t bits = record_get_u8(reader);

	if ((bits & STATE_MASK) > TYPE_ABORT)
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
	return decode_rest(reader, bits, out);
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
