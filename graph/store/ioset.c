/* SPDX-License-Identifier: Apache-2.0 */

/* ioset.c - sets of inputs and outputs, each kept once */

#include "base/arena.h"
#include "base/hash.h"
#include "graph/timeline.h"
#include "store_impl.h"

#define IOSET_VERSION 1

static void id_key(struct store_key *key, ioset_id id)
{
	key_start(key);
	key_put_u32(key, id);
}

/* Returns false when ids are not sorted, or one is there twice. */
static bool encode_ids(struct record_writer *writer, const node_id *ids, size_t count)
{
	node_id before = 0;

	for (size_t i = 0; i < count; i++) {
		if (ids[i] <= before)
			return false;
		record_put_varint(writer, ids[i] - before);
		before = ids[i];
	}
	return true;
}

static int encode(struct store_txn *txn, const struct ioset *set, struct slice *out)
{
	struct record_writer writer;
	size_t bytes;
	int r;

	if (__builtin_add_overflow(set->input_count, set->output_count, &bytes) ||
		__builtin_mul_overflow(bytes, VARINT32_MAX, &bytes) ||
		__builtin_add_overflow(bytes, 2 * VARINT_MAX, &bytes))
		return ERR_TOO_LARGE;
	r = txn_record(txn, &writer, IOSET_VERSION, bytes);
	if (r)
		return r;
	record_put_varint(&writer, set->input_count);
	record_put_varint(&writer, set->output_count);
	if (!encode_ids(&writer, set->inputs, set->input_count) ||
		!encode_ids(&writer, set->outputs, set->output_count))
		return ERR_INVALID;
	return txn_check(txn, record_end(&writer, out));
}

/* Equal sets are equal bytes. */
static int match(struct store_txn *txn, uint32_t id, const void *wanted)
{
	const struct slice *record = wanted;
	struct store_key key;
	struct slice found;
	int r;

	id_key(&key, id);
	r = db_get(txn, DB_IOSET, &key, &found);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return slice_equal(found, *record) ? 0 : 1;
}

static int add(struct store_txn *txn, uint64_t hash, struct slice record, ioset_id *out)
{
	struct store_key key;
	ioset_id id;
	int r = db_next_id(txn, DB_IOSET, &id);

	if (r)
		return r;
	id_key(&key, id);
	r = db_append(txn, DB_IOSET, &key, record);
	if (r)
		return r;
	r = chain_add(txn, DB_IOSET_KEY, hash, id);
	if (r)
		return r;
	*out = id;
	return 0;
}

int ioset_intern(struct store_txn *txn, const struct ioset *set, ioset_id *out)
{
	struct slice record;
	uint64_t hash;
	int r;

	if (set->input_count == 0 && set->output_count == 0) {
		*out = 0;
		return 0;
	}
	r = encode(txn, set, &record);
	if (r)
		return r;
	hash = hash64(record);
	r = chain_find(txn, DB_IOSET_KEY, hash, match, &record, out);
	return r <= 0 ? r : add(txn, hash, record, out);
}

/* A member takes a byte at least: no count beyond that is believed. */
static size_t decode_count(struct record_reader *reader)
{
	return (size_t)record_get_max(reader, record_left(reader));
}

static int decode_ids(
	struct record_reader *reader, struct arena *arena, size_t count, node_id **out)
{
	node_id *ids = arena_array(arena, count ? count : 1, sizeof(*ids));
	uint64_t id = 0;

	if (!ids)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		uint64_t step = record_get_u32(reader);

		id += step;
		if (step == 0 || id > UINT32_MAX)
			return ERR_CORRUPT;
		ids[i] = (node_id)id;
	}
	*out = ids;
	return 0;
}

static int decode(struct record_reader *reader, struct arena *arena, struct ioset *out)
{
	int r;

	out->input_count = decode_count(reader);
	out->output_count = decode_count(reader);
	r = decode_ids(reader, arena, out->input_count, &out->inputs);
	if (r)
		return r;
	r = decode_ids(reader, arena, out->output_count, &out->outputs);
	return r ? r : record_close(reader);
}

/* A number that was given has its record. */
static int open_set(struct store_txn *txn, ioset_id id, struct record_reader *out)
{
	struct store_key key;
	int r;

	id_key(&key, id);
	r = db_get_record(txn, DB_IOSET, &key, IOSET_VERSION, out);
	return r > 0 ? txn_check(txn, ERR_CORRUPT) : r;
}

int ioset_get(struct store_txn *txn, ioset_id id, struct arena *arena, struct ioset *out)
{
	struct record_reader reader;
	struct ioset set = { 0 };
	int r;

	if (id == 0) {
		*out = set;
		return 0;
	}
	r = open_set(txn, id, &reader);
	if (r)
		return r;
	r = decode(&reader, arena, &set);
	if (r == 0)
		*out = set;
	/* A full arena is the caller's, and no reason to give up a transaction. */
	return r == ERR_CORRUPT ? txn_check(txn, r) : r;
}

/* Reads on to the first member at or behind a wanted one, or through all. */
static bool seek_member(struct record_reader *reader, size_t count, uint64_t wanted)
{
	uint64_t id = 0;

	while (count-- && id < wanted && !reader->bad)
		id += record_get_u32(reader);
	return id == wanted;
}

int ioset_holds(struct store_txn *txn, ioset_id id, node_id dataset, bool output)
{
	struct record_reader reader;
	size_t inputs;
	size_t outputs;
	bool holds;
	int r;

	if (id == 0)
		return 1;
	r = open_set(txn, id, &reader);
	if (r)
		return r;
	inputs = decode_count(&reader);
	outputs = decode_count(&reader);
	if (output)
		(void)seek_member(&reader, inputs, UINT64_MAX);
	holds = seek_member(&reader, output ? outputs : inputs, dataset);
	if (reader.bad)
		return txn_check(txn, ERR_CORRUPT);
	return holds ? 0 : 1;
}
