/* SPDX-License-Identifier: Apache-2.0 */

/* entity.c - nodes by id and by key */

#include "entity_impl.h"

#define ENTITY_VERSION 1

/* The most that a record's fields take beside its names and facet rows. */
#define FIXED_BYTES_MAX 64
#define FACET_BYTES_MAX (8 + 8 + VARINT_MAX)

/* A record as it lies in the store; facets are still to be read. */
struct entity_record {
	enum node_kind kind;
	uint32_t namespace_id;
	struct slice name;
	struct slice field;
	node_id parent;
	int64_t first_seen_us;
	int64_t last_seen_us;
	uint32_t facet_count;
};

static int decode(struct record_reader *reader, struct entity_record *out)
{
	uint8_t kind = record_get_u8(reader);

	if (kind < NODE_DATASET || kind > NODE_FIELD)
		return ERR_CORRUPT;
	out->kind = (enum node_kind)kind;
	out->namespace_id = record_get_u32(reader);
	out->name = record_get_bytes(reader);
	out->field = record_get_bytes(reader);
	out->parent = record_get_u32(reader);
	out->last_seen_us = record_get_signed(reader);
	out->first_seen_us = record_get_diff(reader, out->last_seen_us);
	out->facet_count = record_get_u32(reader);
	return reader->bad ? ERR_CORRUPT : 0;
}

/* The namespace and the field's parent are in front of what changes often. */
static void encode(struct record_writer *writer, const struct entity_record *record)
{
	record_put_u8(writer, (uint8_t)record->kind);
	record_put_varint(writer, record->namespace_id);
	record_put_bytes(writer, record->name);
	record_put_bytes(writer, record->field);
	record_put_varint(writer, record->parent);
	record_put_signed(writer, record->last_seen_us);
	record_put_diff(writer, record->first_seen_us, record->last_seen_us);
	record_put_varint(writer, record->facet_count);
}

static int decode_facets(struct record_reader *reader, const struct entity_record *record,
	struct entity_facet *rows)
{
	for (size_t i = 0; i < record->facet_count && !reader->bad; i++) {
		rows[i].name_hash = record_get_u64(reader);
		rows[i].hash = record_get_u64(reader);
		rows[i].time_us = record_get_diff(reader, record->last_seen_us);
		if (i && rows[i].name_hash <= rows[i - 1].name_hash)
			reader->bad = true;
	}
	return record_close(reader);
}

static void encode_facets(struct record_writer *writer,
	const struct entity_record *record, const struct entity_facet *rows)
{
	for (size_t i = 0; i < record->facet_count; i++) {
		record_put_u64(writer, rows[i].name_hash);
		record_put_u64(writer, rows[i].hash);
		record_put_diff(writer, rows[i].time_us, record->last_seen_us);
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
		.first_seen_us = record->first_seen_us,
		.last_seen_us = record->last_seen_us,
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

/* A field belongs to the dataset of the same name, which is there before it. */
static int find_parent(struct store_txn *txn, const struct node_key *key, node_id *out)
{
	struct node_key dataset = { NODE_DATASET, key->namespace, key->name, SLICE("") };
	int r;

	*out = 0;
	if (key->kind != NODE_FIELD)
		return 0;
	r = entity_find(txn, &dataset, out);
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

	if (r || key->kind == NODE_FIELD)
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
		.first_seen_us = seen_us,
		.last_seen_us = seen_us,
	};
	node_id id;
	int r = find_parent(txn, key, &record.parent);

	if (r)
		return r;
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

int entity_put(struct store_txn *txn, node_id id, int64_t first_seen_us,
	int64_t last_seen_us, const struct entity_facet *rows, size_t count)
{
	struct record_reader reader;
	struct entity_record record;
	int r = load(txn, id, &reader, &record);

	if (r || count > UINT32_MAX)
		return r < 0 ? r : ERR_INVALID;
	record.first_seen_us = first_seen_us;
	record.last_seen_us = last_seen_us;
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
