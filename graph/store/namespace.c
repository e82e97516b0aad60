/* SPDX-License-Identifier: Apache-2.0 */

/* namespace.c - namespaces and their dense ids, both ways */

#include "entity_impl.h"

#define NAMESPACE_VERSION 1

static uint64_t name_hash(struct slice name)
{
	return hash64(name);
}

static int decode(struct slice value, struct slice *out)
{
	struct record_reader reader;
	int r = record_open(&reader, value, NAMESPACE_VERSION);

	if (r)
		return r;
	*out = record_get_bytes(&reader);
	return record_close(&reader);
}

int namespace_get(struct store_txn *txn, uint32_t id, struct slice *out)
{
	struct store_key key;
	struct slice value;
	int r;

	/* Neighbouring nodes have the same one. */
	if (id != 0 && id == txn->namespace_id) {
		*out = txn->namespace;
		return 0;
	}
	key_start(&key);
	key_put_u32(&key, id);
	r = db_get(txn, DB_NAMESPACE, &key, &value);
	if (r)
		return r;
	r = txn_check(txn, decode(value, out));
	if (r)
		return r;
	txn->namespace_id = id;
	txn->namespace = *out;
	return 0;
}

static int match(struct store_txn *txn, uint32_t id, const void *wanted)
{
	const struct slice *name = wanted;
	struct slice found;
	int r = namespace_get(txn, id, &found);

	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return slice_equal(found, *name) ? 0 : 1;
}

int namespace_find(struct store_txn *txn, struct slice name, uint32_t *out)
{
	return chain_find(txn, DB_NAMESPACE_KEY, name_hash(name), match, &name, out);
}

static int namespace_add(struct store_txn *txn, struct slice name, uint32_t id)
{
	struct record_writer writer;
	struct store_key key;
	int r;

	r = txn_record(txn, &writer, NAMESPACE_VERSION, name.len + VARINT_MAX);
	if (r)
		return r;
	record_put_bytes(&writer, name);
	key_start(&key);
	key_put_u32(&key, id);
	r = db_append_record(txn, DB_NAMESPACE, &key, &writer);
	if (r)
		return r;
	return chain_add(txn, DB_NAMESPACE_KEY, name_hash(name), id);
}

int namespace_intern(struct store_txn *txn, struct slice name, uint32_t *out)
{
	int r = namespace_find(txn, name, out);
	uint32_t id;

	if (r <= 0)
		return r;
	r = db_next_id(txn, DB_NAMESPACE, &id);
	if (r)
		return r;
	r = namespace_add(txn, name, id);
	if (r)
		return r;
	*out = id;
	return 0;
}

struct visitor {
	namespace_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct key_reader key;
	struct slice name;
	uint32_t id;
	int r = decode(row->value, &name);

	(void)txn;
	if (r)
		return r;
	key_open(&key, row->key);
	id = key_get_u32(&key);
	r = key_close(&key);
	return r ? r : visitor->visit(visitor->ctx, id, name);
}

int namespace_each(struct store_txn *txn, namespace_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };

	return db_each(txn, DB_NAMESPACE, NULL, 0, visit_row, &visitor);
}
