/* SPDX-License-Identifier: Apache-2.0 */

/* parent.c - which job starts which: job_parent by child, job_child by parent */

#include "graph/parent.h"

#include "store_impl.h"

#define PARENT_VERSION	 1
#define PARENT_KEY_BYTES 4

static void job_key(struct store_key *key, node_id job)
{
	key_start(key);
	key_put_u32(key, job);
}

static void child_key(struct store_key *key, node_id parent, node_id child)
{
	job_key(key, parent);
	key_put_u32(key, child);
}

static int decode(struct record_reader *reader, struct job_parent *out)
{
	out->parent = record_get_u32(reader);
	out->root = record_get_u32(reader);
	out->told_us = record_get_signed(reader);
	return out->parent ? record_close(reader) : ERR_CORRUPT;
}

int job_parent_get(struct store_txn *txn, node_id job, struct job_parent *out)
{
	struct record_reader reader;
	struct store_key key;
	int r;

	job_key(&key, job);
	r = db_get_record(txn, DB_JOB_PARENT, &key, PARENT_VERSION, &reader);
	return r ? r : txn_check(txn, decode(&reader, out));
}

/* Keeps the way back in step. */
static int move_child(struct store_txn *txn, node_id job, node_id parent)
{
	struct job_parent old;
	struct store_key key;
	int r = job_parent_get(txn, job, &old);

	if (r < 0 || (r == 0 && old.parent == parent))
		return r;
	if (r == 0) {
		child_key(&key, old.parent, job);
		r = db_remove(txn, DB_JOB_CHILD, &key);
		if (r < 0)
			return r;
	}
	child_key(&key, parent, job);
	return db_index(txn, DB_JOB_CHILD, &key, false);
}

int job_parent_put(struct store_txn *txn, node_id job, const struct job_parent *parent)
{
	struct record_writer writer;
	struct store_key key;
	int r;

	if (!parent->parent)
		return ERR_INVALID;
	r = move_child(txn, job, parent->parent);
	if (r)
		return r;
	r = txn_record(txn, &writer, PARENT_VERSION, 2 * VARINT32_MAX + VARINT_MAX);
	if (r)
		return r;
	record_put_varint(&writer, parent->parent);
	record_put_varint(&writer, parent->root);
	record_put_signed(&writer, parent->told_us);
	job_key(&key, job);
	r = db_put_record(txn, DB_JOB_PARENT, &key, &writer);
	return r < 0 ? r : 0;
}

struct visitor {
	job_child_visit *visit;
	void *ctx;
};

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct key_reader key;
	node_id child;
	int r;

	(void)txn;
	key_open(&key, row->key);
	key_get_u32(&key);
	child = key_get_u32(&key);
	r = key_close(&key);
	return r ? r : visitor->visit(visitor->ctx, child);
}

int job_children(struct store_txn *txn, node_id parent, job_child_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };
	struct store_key from;

	job_key(&from, parent);
	return db_each(txn, DB_JOB_CHILD, &from, PARENT_KEY_BYTES, visit_row, &visitor);
}
