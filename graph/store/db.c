/* SPDX-License-Identifier: Apache-2.0 */

/* db.c - rows of the store's sub-databases: all traffic with LMDB's B-trees */

#include "store_impl.h"

#include <assert.h>

static MDB_val val_of(struct slice s)
{
	union {
		const void *in;
		void *out;
	} ptr = { .in = s.ptr };

	/* LMDB takes what it only reads through the same type as what it gives. */
	return (MDB_val){ s.len, ptr.out };
}

static struct slice slice_of_val(const MDB_val *val)
{
	return slice_of(val->mv_data, val->mv_size);
}

static int fail(struct store_txn *txn, int code)
{
	int err = store_error(txn->store, code);

	/* Said to the compiler, which cannot see it: no failure is ever 0. */
	return txn_check(txn, err < 0 ? err : ERR_IO);
}

static int cursor_of(struct store_txn *txn, enum store_db db, MDB_cursor **out)
{
	int code;

	if (!txn->cursors[db]) {
		code = mdb_cursor_open(txn->txn, txn->store->dbis[db], &txn->cursors[db]);
		if (code)
			return fail(txn, code);
	}
	*out = txn->cursors[db];
	return 0;
}

/* Moves a sub-database's cursor: 0 and the row, or 1 when there is none. */
static int move(struct store_txn *txn, enum store_db db, MDB_cursor_op op,
	const struct store_key *key, struct row *out)
{
	MDB_cursor *cursor;
	MDB_val k = { 0 }, v;
	int r;

	if (key)
		k = val_of(key_slice(key));
	r = cursor_of(txn, db, &cursor);
	if (r)
		return r;
	r = mdb_cursor_get(cursor, &k, &v, op);
	if (r == MDB_NOTFOUND)
		return 1;
	if (r)
		return fail(txn, r);
	out->key = slice_of_val(&k);
	out->value = slice_of_val(&v);
	return 0;
}

int db_get(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice *out)
{
	struct row row;
	int r = move(txn, db, MDB_SET_KEY, key, &row);

	if (r == 0)
		*out = row.value;
	return r;
}

/* Every write goes through here: may it, and what does it make stale. */
static int before_write(struct store_txn *txn)
{
	assert(txn->write);
	if (txn->err)
		return txn->err;
	txn->namespace_id = 0;
	return 0;
}

/* Returns 1 when LMDB says the key is there (or, to append, does not come last). */
static int put(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice value, unsigned flags)
{
	MDB_cursor *cursor;
	MDB_val k = val_of(key_slice(key));
	MDB_val v = val_of(value);
	int r = before_write(txn);

	if (r)
		return r;
	r = cursor_of(txn, db, &cursor);
	if (r)
		return r;
	r = mdb_cursor_put(cursor, &k, &v, flags);
	if (r == MDB_KEYEXIST)
		return 1;
	return r ? fail(txn, r) : 0;
}

int db_put(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice value)
{
	struct slice old;
	int r = db_get(txn, db, key, &old);

	if (r < 0)
		return r;
	if (r == 0 && slice_equal(old, value))
		return 1;
	/* Found: the cursor stands on the row already. */
	return put(txn, db, key, value, r == 0 ? MDB_CURRENT : 0);
}

int db_append(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice value)
{
	int r = put(txn, db, key, value, MDB_APPEND);

	return r > 0 ? txn_check(txn, ERR_CORRUPT) : r;
}

int db_index(struct store_txn *txn, enum store_db db, const struct store_key *key,
	bool often_last)
{
	struct slice none = SLICE("");
	int r = 1;

	if (often_last)
		r = put(txn, db, key, none, MDB_APPEND);
	if (r > 0)
		r = put(txn, db, key, none, MDB_NOOVERWRITE);
	return r < 0 ? r : 0;
}

int db_remove(struct store_txn *txn, enum store_db db, const struct store_key *key)
{
	MDB_val k = val_of(key_slice(key));
	int r = before_write(txn);

	if (r)
		return r;
	r = mdb_del(txn->txn, txn->store->dbis[db], &k, NULL);
	if (r == MDB_NOTFOUND)
		return 1;
	return r ? fail(txn, r) : 0;
}

static bool in_prefix(const struct store_key *key, size_t prefix, const struct row *row)
{
	return slice_starts(row->key, slice_of(key->bytes, prefix));
}

static int floor_or_before(struct store_txn *txn, enum store_db db, enum db_step step,
	const struct store_key *key, struct row *out)
{
	int r = move(txn, db, MDB_SET_RANGE, key, out);

	if (r < 0)
		return r;
	if (r > 0)
		return move(txn, db, MDB_LAST, NULL, out);
	if (step == DB_FLOOR && slice_equal(out->key, key_slice(key)))
		return 0;
	return move(txn, db, MDB_PREV, NULL, out);
}

static int behind(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct row *out)
{
	int r = move(txn, db, MDB_SET_RANGE, key, out);

	if (r == 0 && slice_equal(out->key, key_slice(key)))
		return move(txn, db, MDB_NEXT, NULL, out);
	return r;
}

int db_near(struct store_txn *txn, enum store_db db, enum db_step step,
	const struct store_key *key, size_t prefix, struct row *out)
{
	int r;

	if (step == DB_BEHIND)
		r = behind(txn, db, key, out);
	else
		r = floor_or_before(txn, db, step, key, out);
	if (r)
		return r;
	return in_prefix(key, prefix, out) ? 0 : 1;
}

int db_last_id(struct store_txn *txn, enum store_db db, uint32_t *out)
{
	struct key_reader reader;
	struct row row;
	int r = move(txn, db, MDB_LAST, NULL, &row);

	if (r > 0)
		*out = 0;
	if (r)
		return r < 0 ? r : 0;
	key_open(&reader, row.key);
	*out = key_get_u32(&reader);
	return txn_check(txn, key_close(&reader));
}

int db_next_id(struct store_txn *txn, enum store_db db, uint32_t *out)
{
	uint32_t last;
	int r = db_last_id(txn, db, &last);

	if (r)
		return r;
	if (last == UINT32_MAX)
		return txn_check(txn, ERR_TOO_LARGE);
	*out = last + 1;
	return 0;
}

static int visit_rows(struct store_txn *txn, MDB_cursor *cursor,
	const struct store_key *from, size_t prefix, row_visit *visit, void *ctx)
{
	MDB_val k = from ? val_of(key_slice(from)) : (MDB_val){ 0 };
	MDB_val v;
	int code = mdb_cursor_get(cursor, &k, &v, from ? MDB_SET_RANGE : MDB_FIRST);

	while (code == 0) {
		struct row row = { slice_of_val(&k), slice_of_val(&v) };
		int r;

		if (from && !in_prefix(from, prefix, &row))
			return 0;
		r = visit(txn, &row, ctx);
		if (r)
			return txn_check(txn, r);
		code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
	}
	return code == MDB_NOTFOUND ? 0 : fail(txn, code);
}

int db_each(struct store_txn *txn, enum store_db db, const struct store_key *from,
	size_t prefix, row_visit *visit, void *ctx)
{
	MDB_cursor *cursor;
	int r = mdb_cursor_open(txn->txn, txn->store->dbis[db], &cursor);

	if (r)
		return fail(txn, r);
	r = visit_rows(txn, cursor, from, prefix, visit, ctx);
	mdb_cursor_close(cursor);
	return r;
}

int db_get_record(struct store_txn *txn, enum store_db db, const struct store_key *key,
	uint8_t version, struct record_reader *out)
{
	struct slice value;
	int r = db_get(txn, db, key, &value);

	return r ? r : txn_check(txn, record_open(out, value, version));
}

int txn_record(struct store_txn *txn, struct record_writer *writer, uint8_t version,
	size_t fields_max)
{
	assert(txn->write);
	return txn_check(
		txn, record_begin(writer, &txn->store->scratch, version, fields_max));
}

int db_put_record(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct record_writer *writer)
{
	struct slice value;
	int r = txn_check(txn, record_end(writer, &value));

	return r ? r : db_put(txn, db, key, value);
}

int db_append_record(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct record_writer *writer)
{
	struct slice value;
	int r = txn_check(txn, record_end(writer, &value));

	return r ? r : db_append(txn, db, key, value);
}
