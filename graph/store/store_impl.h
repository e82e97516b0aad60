/* SPDX-License-Identifier: Apache-2.0 */

/*
 * store_impl.h - inside the store: transactions and rows
 *
 * Every sub-database has one file, which knows its keys and records; all of
 * them reach LMDB through the calls below.  A transaction keeps one cursor for
 * each sub-database, so that neighbouring look-ups find their page at once.
 *
 * A failure in a write transaction sticks to it: what follows is refused, and
 * store_commit() forgets the transaction and returns that failure.
 */
#pragma once

#include "base/buf.h"
#include "graph/store.h"
#include "key.h"
#include "record.h"

#include <lmdb.h>

/* X(id, name): the sub-databases.  docs/STORAGE.md describes each. */
#define STORE_DBS(X)                      \
	X(META, "meta")                   \
	X(ENTITY, "entity")               \
	X(ENTITY_KEY, "entity_key")       \
	X(ENTITY_LIST, "entity_list")     \
	X(SEARCH, "search")               \
	X(FACET, "facet")                 \
	X(HISTORY, "history")             \
	X(LABEL, "label")                 \
	X(ALIAS_CLAIM, "alias_claim")     \
	X(ALIAS, "alias")                 \
	X(NAMESPACE, "namespace")         \
	X(NAMESPACE_KEY, "namespace_key") \
	X(RUN, "run")                     \
	X(RUN_JOB, "run_job")             \
	X(RUN_TIME, "run_time")           \
	X(SNAPSHOT, "snapshot")           \
	X(JOB_PARENT, "job_parent")       \
	X(JOB_CHILD, "job_child")         \
	X(STATIC_EVENT, "static_event")   \
	X(DECLARATION, "declaration")     \
	X(IOSET, "ioset")                 \
	X(IOSET_KEY, "ioset_key")         \
	X(TIMELINE, "timeline")           \
	X(FLOW, "flow")                   \
	X(ADJACENCY, "adjacency")         \
	X(RUN_EVENT, "run_event")         \
	X(NOTE, "note")                   \
	X(TALLY, "tally")

#define STORE_DB_ENUM(id, name) DB_##id,
enum store_db { STORE_DBS(STORE_DB_ENUM) DB_COUNT };
#undef STORE_DB_ENUM

struct store {
	MDB_env *env;
	char *path;
	uint64_t quota_bytes;
	size_t page_bytes;
	struct buf scratch; /* the writer's: records are built here */
	MDB_dbi dbis[DB_COUNT];
};

struct store_txn {
	struct store *store;
	MDB_txn *txn;
	MDB_cursor *cursors[DB_COUNT]; /* made when first used */
	bool write;
	int err; /* of a write transaction: the first failure */

	/* The namespace last looked up; forgotten at the next put. */
	uint32_t namespace_id;
	struct slice namespace;
};

/* What LMDB answered, as one of our failures; never called for "not found". */
int store_error(const struct store *store, int code);

/* Notes a failure in a write transaction; passes result on. */
static inline int txn_check(struct store_txn *txn, int result)
{
	if (UNLIKELY(result < 0) && txn->write && !txn->err)
		txn->err = result;
	return result;
}

/* Rows by key: 0, or 1 when there is none. */
NODISCARD int db_get(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice *out);
NODISCARD int db_remove(
	struct store_txn *txn, enum store_db db, const struct store_key *key);

/* Writes a row; one that is there with the same value is left alone: returns 1 then. */
NODISCARD int db_put(struct store_txn *txn, enum store_db db, const struct store_key *key,
	struct slice value);

/* Writes a row behind all others: ERR_CORRUPT when it does not belong there. */
NODISCARD int db_append(struct store_txn *txn, enum store_db db,
	const struct store_key *key, struct slice value);

/*
 * Makes a row of an index, which has no value.  often_last: most new rows come
 * behind all others, so that their pages are to be filled.
 */
NODISCARD int db_index(struct store_txn *txn, enum store_db db,
	const struct store_key *key, bool often_last);

struct row {
	struct slice key;
	struct slice value;
};

/*
 * The row at or before a key, before it, or behind it, among those that share
 * the key's first `prefix` bytes.  0, or 1 when there is none.
 */
enum db_step { DB_FLOOR, DB_BEFORE, DB_BEHIND };
NODISCARD int db_near(struct store_txn *txn, enum store_db db, enum db_step step,
	const struct store_key *key, size_t prefix, struct row *out);

/* The number at the front of the last row's key; 0 without rows. */
NODISCARD int db_last_id(struct store_txn *txn, enum store_db db, uint32_t *out);

/* The number for a new last row. */
NODISCARD int db_next_id(struct store_txn *txn, enum store_db db, uint32_t *out);

/*
 * Calls visit for the rows from a key on, as long as they share its first
 * `prefix` bytes (NULL: for all rows), with a cursor of its own: visit may read
 * anything, and write nothing.  Stops when it returns not 0 and returns that.
 */
typedef int row_visit(struct store_txn *txn, const struct row *row, void *ctx);
NODISCARD int db_each(struct store_txn *txn, enum store_db db,
	const struct store_key *from, size_t prefix, row_visit *visit, void *ctx);

/*
 * Rows whose value is a record: db_get, db_put and db_append around
 * record_open(), record_begin() and record_end().  A record is written in
 * memory of the writer's: one at a time.
 */
NODISCARD int db_get_record(struct store_txn *txn, enum store_db db,
	const struct store_key *key, uint8_t version, struct record_reader *out);
NODISCARD int txn_record(struct store_txn *txn, struct record_writer *writer,
	uint8_t version, size_t fields_max);
NODISCARD int db_put_record(struct store_txn *txn, enum store_db db,
	const struct store_key *key, struct record_writer *writer);
NODISCARD int db_append_record(struct store_txn *txn, enum store_db db,
	const struct store_key *key, struct record_writer *writer);

/*
 * Chains: hash -> the ids that have it, in a sub-database of their own.
 * chain_match tells whether an id is the one looked for (0), not (1), or fails.
 */
typedef int chain_match(struct store_txn *txn, uint32_t id, const void *wanted);
NODISCARD int chain_find(struct store_txn *txn, enum store_db db, uint64_t hash,
	chain_match *match, const void *wanted, uint32_t *out); /* 0 or 1 */
NODISCARD int chain_add(
	struct store_txn *txn, enum store_db db, uint64_t hash, uint32_t id);
