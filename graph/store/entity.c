/* SPDX-License-Identifier: Apache-2.0 */

/* entity.c - nodes by id and by key */

#include "entity_impl.h"

#include "base/arena.h"

#define ENTITY_VERSION 2

/* The most that a record's fields take beside its names and facet rows. */
#define FIXED_BYTES_MAX 96
#define FACET_BYTES_MAX (8 + 8 + VARINT_MAX + VARINT32_MAX + VARINT_MAX)

/* Which times there are. */
enum time_bit { TIME_SEEN = 1, TIME_WRITTEN = 2, TIME_DROPPED = 4 };
#define TIME_BITS (TIME_SEEN | TIME_WRITTEN | TIME_DROPPED)

/* A record as it lies in the store; facets are still to be read. */
struct entity_record {
	enum node_kind kind;
	uint32_t namespace_id;
	struct slice name;
	struct slice field;
	node_id parent;
	struct entity_times times;
	uint32_t facet_count;
};

/* What other times are told from. */
static int64_t base_us(const struct entity_times *times)
{
	return times->last_seen_us == TIME_NEVER ? 0 : times->last_seen_us;
}

static void decode_times(struct record_reader *reader, struct entity_times *out)
{
	uint8_t bits = record_get_u8(reader);

	*out = (struct entity_times){ TIME_NEVER, TIME_NEVER, TIME_NEVER, TIME_NEVER };
	if (bits & ~(unsigned)TIME_BITS)
		reader->bad = true;
	if (bits & TIME_SEEN) {
		out->last_seen_us = record_get_signed(reader);
		out->first_seen_us = record_get_diff(reader, out->last_seen_us);
	}
	if (bits & TIME_WRITTEN)
		out->written_us = record_get_diff(reader, base_us(out));
	if (bits & TIME_DROPPED)
		out->dropped_us = record_get_diff(reader, base_us(out));
}

static void encode_times(struct record_writer *writer, const struct entity_times *times)
{
	bool seen = times->last_seen_us != TIME_NEVER;
	bool written = times->written_us != TIME_NEVER;
	bool dropped = times->dropped_us != TIME_NEVER;

	record_put_u8(
		writer, (uint8_t)((seen ? TIME_SEEN : 0) | (written ? TIME_WRITTEN : 0) |
				  (dropped ? TIME_DROPPED : 0)));
	if (seen) {
		record_put_signed(writer, times->last_seen_us);
		record_put_diff(writer, times->first_seen_us, times->last_seen_us);
	}
	if (written)
		record_put_diff(writer, times->written_us, base_us(times));
	if (dropped)
		record_put_diff(writer, times->dropped_us, base_us(times));
}

static bool has_parent(enum node_kind kind)
{
	return kind == NODE_FIELD || kind == NODE_WHOLE;
}

static int decode(struct record_reader *reader, struct entity_record *out)
{
	uint8_t kind = record_get_u8(reader);

	if (kind < NODE_DATASET || kind > NODE_WHOLE)
		return ERR_CORRUPT;
	out->kind = (enum node_kind)kind;
	out->namespace_id = record_get_u32(reader);
	out->name = record_get_bytes(reader);
	out->field = record_get_bytes(reader);
	out->parent = record_get_u32(reader);
	if (has_parent(out->kind) != (out->parent != 0))
		return ERR_CORRUPT;
	decode_times(reader, &out->times);
	out->facet_count = record_get_u32(reader);
	return reader->bad ? ERR_CORRUPT : 0;
}

/* What never changes is in front of what changes often. */
static void encode(struct record_writer *writer, const struct entity_record *record)
{
	record_put_u8(writer, (uint8_t)record->kind);
	record_put_varint(writer, record->namespace_id);
	record_put_bytes(writer, record->name);
	record_put_bytes(writer, record->field);
	record_put_varint(writer, record->parent);
	encode_times(writer, &record->times);
	record_put_varint(writer, record->facet_count);
}

/* Of the few facets with a history: their place, and when they were first told. */
static void decode_firsts(struct record_reader *reader,
	const struct entity_record *record, struct entity_facet *rows)
{
	uint64_t least = 0;

	while (record_left(reader) && !reader->bad) {
		uint64_t place = record_get_u32(reader);

		if (place < least || place >= record->facet_count) {
			reader->bad = true;
			return;
		}
		rows[place].first_us = record_get_diff(reader, rows[place].time_us);
		least = place + 1;
	}
}

static int decode_facets(struct record_reader *reader, const struct entity_record *record,
	struct entity_facet *rows)
{
	for (size_t i = 0; i < record->facet_count && !reader->bad; i++) {
		rows[i].name_hash = record_get_u64(reader);
		rows[i].hash = record_get_u64(reader);
		rows[i].time_us = record_get_diff(reader, base_us(&record->times));
		rows[i].first_us = INT64_MIN;
		if (i && rows[i].name_hash <= rows[i - 1].name_hash)
			reader->bad = true;
	}
	decode_firsts(reader, record, rows);
	return record_close(reader);
}

static void encode_facets(struct record_writer *writer,
	const struct entity_record *record, const struct entity_facet *rows)
{
	for (size_t i = 0; i < record->facet_count; i++) {
		record_put_u64(writer, rows[i].name_hash);
		record_put_u64(writer, rows[i].hash);
		record_put_diff(writer, rows[i].time_us, base_us(&record->times));
	}
	for (uint32_t i = 0; i < record->facet_count; i++) {
		if (rows[i].first_us == INT64_MIN)
			continue;
		record_put_varint(writer, i);
		record_put_diff(writer, rows[i].first_us, rows[i].time_us);
	}
}

static void id_key(struct store_key *key, node_id id)
{
	key_start(key);
	key_put_u32(key, id);
}

/* Returns 0, or 1 when no node has this id. */
static int load(struct store_txn *txn, node_id id, struct record_reader *reader,
	struct entity_record *out)
{
	struct store_key key;
	int r;

	id_key(&key, id);
	r = db_get_record(txn, DB_ENTITY, &key, ENTITY_VERSION, reader);
	return r ? r : txn_check(txn, decode(reader, out));
}

static int fill(struct store_txn *txn, node_id id, const struct entity_record *record,
	struct entity *out)
{
	struct slice namespace;
	int r = namespace_get(txn, record->namespace_id, &namespace);

	if (r)
		return r < 0 ? r : txn_check(txn, ERR_CORRUPT);
	*out = (struct entity){
		.id = id,
		.key = { record->kind, namespace, record->name, record->field },
		.namespace_id = record->namespace_id,
		.parent = record->parent,
		.times = record->times,
		.facet_count = record->facet_count,
	};
	return 0;
}

int entity_get(struct store_txn *txn, node_id id, struct entity *out)
{
	struct record_reader reader;
	struct entity_record record;
	int r = load(txn, id, &reader, &record);

	return r ? r : fill(txn, id, &record, out);
}

int entity_facets(
	struct store_txn *txn, node_id id, struct entity_facet *rows, size_t max)
{
	struct record_reader reader;
	struct entity_record record;
	int r = load(txn, id, &reader, &record);

	if (r)
		return r < 0 ? r : ERR_INVALID;
	if (record.facet_count > max)
		return ERR_TOO_LARGE;
	return txn_check(txn, decode_facets(&reader, &record, rows));
}

int entity_facet_row(struct store_txn *txn, node_id id, uint64_t name_hash,
	struct arena *arena, struct entity_facet *out)
{
	struct record_reader reader;
	struct entity_record record;
	struct entity_facet *rows;
	int r = load(txn, id, &reader, &record);

	if (r || !record.facet_count)
		return r < 0 ? r : 1;
	rows = arena_array(arena, record.facet_count, sizeof(*rows));
	if (!rows)
		return ERR_NOMEM;
	r = txn_check(txn, decode_facets(&reader, &record, rows));
	for (uint32_t i = 0; !r && i < record.facet_count; i++) {
		if (rows[i].name_hash == name_hash) {
			*out = rows[i];
			return 0;
		}
	}
	return r ? r : 1;
}

static uint64_t key_hash(const struct node_key *key)
{
	const char kind = (char)key->kind;
	const struct slice pieces[] = {
		slice_of(&kind, sizeof(kind)),
		key->namespace,
		key->name,
		key->field,
	};

	return hash128_pieces(pieces, ARRAY_LEN(pieces)).lo;
}

static int match(struct store_txn *txn, uint32_t id, const void *wanted)
{
	const struct node_key *key = wanted;
	struct entity found;
	int r = entity_get(txn, id, &found);

	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return found.key.kind == key->kind && slice_equal(found.key.name, key->name) &&
			       slice_equal(found.key.field, key->field) &&
			       slice_equal(found.key.namespace, key->namespace)
		       ? 0
		       : 1;
}

int entity_find(struct store_txn *txn, const struct node_key *key, node_id *out)
{
	return chain_find(txn, DB_ENTITY_KEY, key_hash(key), match, key, out);
}

/* A field belongs to its whole, and that to its dataset: each is there before it. */
static int find_parent(struct store_txn *txn, const struct node_key *key, node_id *out)
{
	struct node_key parent = { NODE_WHOLE, key->namespace, key->name, SLICE("") };
	int r;

	*out = 0;
	if (!has_parent(key->kind))
		return 0;
	if (key->kind == NODE_WHOLE)
		parent.kind = NODE_DATASET;
	r = entity_find(txn, &parent, out);
	return r > 0 ? ERR_INVALID : r;
}

/* Writes a record whose slices are not in the writer's memory. */
static int save(struct store_txn *txn, node_id id, const struct entity_record *record,
	const struct entity_facet *rows, bool added)
{
	struct record_writer writer;
	struct store_key key;
	size_t bytes;
	int r;

	if (__builtin_mul_overflow(record->facet_count, FACET_BYTES_MAX, &bytes) ||
		__builtin_add_overflow(bytes, record->name.len, &bytes) ||
		__builtin_add_overflow(bytes, record->field.len, &bytes) ||
		__builtin_add_overflow(bytes, FIXED_BYTES_MAX, &bytes))
		return ERR_TOO_LARGE;
	r = txn_record(txn, &writer, ENTITY_VERSION, bytes);
	if (r)
		return r;
	encode(&writer, record);
	encode_facets(&writer, record, rows);
	id_key(&key, id);
	if (added)
		return db_append_record(txn, DB_ENTITY, &key, &writer);
	r = db_put_record(txn, DB_ENTITY, &key, &writer);
	return r < 0 ? r : 0;
}

static int add_indexes(struct store_txn *txn, node_id id, const struct node_key *key,
	uint32_t namespace_id)
{
	int r = chain_add(txn, DB_ENTITY_KEY, key_hash(key), id);

	if (r || has_parent(key->kind))
		return r;
	r = entity_list_add(txn, id, key->kind, namespace_id, key->name);
	if (r)
		return r;
	return search_add(txn, id, key->name);
}

int entity_add(
	struct store_txn *txn, const struct node_key *key, int64_t seen_us, node_id *out)
{
	struct entity_record record = {
		.kind = key->kind,
		.name = key->name,
		.field = key->field,
		.times = { seen_us, seen_us, TIME_NEVER, TIME_NEVER },
	};
	node_id id;
	int r = find_parent(txn, key, &record.parent);

	if (r)
		return r;
	if (record.parent)
		record.times.first_seen_us = record.times.last_seen_us = TIME_NEVER;
	r = namespace_intern(txn, key->namespace, &record.namespace_id);
	if (r)
		return r;
	r = db_next_id(txn, DB_ENTITY, &id);
	if (r)
		return r;
	r = save(txn, id, &record, NULL, true);
	if (r)
		return r;
	r = add_indexes(txn, id, key, record.namespace_id);
	if (r)
		return r;
	*out = id;
	return 0;
}

int entity_put(struct store_txn *txn, node_id id, const struct entity_times *times,
	const struct entity_facet *rows, size_t count)
{
	struct record_reader reader;
	struct entity_record record;
	int r = load(txn, id, &reader, &record);

	if (r || count > UINT32_MAX)
		return r < 0 ? r : ERR_INVALID;
	record.times = *times;
	record.facet_count = (uint32_t)count;
	return save(txn, id, &record, rows, false);
}

int entity_last(struct store_txn *txn, node_id *out)
{
	return db_last_id(txn, DB_ENTITY, out);
}

struct visitor {
	entity_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct record_reader reader;
	struct entity_record record;
	struct entity entity;
	struct key_reader key;
	node_id id;
	int r;

	key_open(&key, row->key);
	id = key_get_u32(&key);
	r = key_close(&key);
	if (r == 0)
		r = record_open(&reader, row->value, ENTITY_VERSION);
	if (r == 0)
		r = decode(&reader, &record);
	if (r == 0)
		r = fill(txn, id, &record, &entity);
	return r ? r : visitor->visit(visitor->ctx, &entity);
}

int entity_each(struct store_txn *txn, entity_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };

	return db_each(txn, DB_ENTITY, NULL, 0, visit_row, &visitor);
}
