/* SPDX-License-Identifier: Apache-2.0 */

/*
 * store.h - the durable lineage graph: one LMDB environment
 *
 * The store holds what the fold made of the event log up to a position, and
 * the position itself, in the same transaction.  Its records are defined by
 * the headers beside this one, one for each kind: entity.h, history.h, alias.h,
 * label.h, run.h, parent.h, timeline.h, flow.h, adjacency.h.  All of them take a
 * store_txn.
 *
 * Any number of threads may read, each through its own transaction; one
 * thread at a time may write.  What a read returns points into the snapshot:
 * it is valid until the transaction ends or, in a write transaction, until the
 * next put, and is never written to.  A visitor that is called for each row may
 * read anything in the same transaction, and write nothing.
 *
 * A failure in a write transaction (not a refused argument: ERR_INVALID) sticks
 * to it: later puts return it, and so does the commit, which forgets everything.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define STORE_FORMAT 3

struct store;
struct store_txn;

struct store_options {
	const char *path;     /* the folder; made when it is not there */
	bool readonly;	      /* the folder must be there */
	uint64_t quota_bytes; /* ERR_DISK_FULL beyond it; 0: none */
	bool no_sync;	      /* for measurements only */
};

/*
 * ERR_VERSION when it was written in another format, ERR_CORRUPT when the file
 * is damaged or shorter than it says, ERR_NOT_FOUND when it is to be read only
 * and not there.  The fault says what to do.  A folder must be open only once in
 * a process, and in one process only.
 */
NODISCARD int store_open(
	const struct store_options *options, struct store **out, struct fault *fault);
void store_close(struct store *store);
DEFINE_AUTO(store, struct store *, store_close);

NODISCARD int store_read(struct store *store, struct store_txn **out);
NODISCARD int store_write(struct store *store, struct store_txn **out);

/*
 * Gives up the transaction, also on failure.  ERR_DISK_FULL when more pages
 * than the quota would be in use: nothing is written then.
 */
NODISCARD int store_commit(struct store_txn *txn);

/* Ends a read, or forgets a write. */
void store_end(struct store_txn *txn);
DEFINE_AUTO(txn, struct store_txn *, store_end);

/* Sequence number of the last event that is folded in; 0 in a new store. */
NODISCARD int store_position(struct store_txn *txn, uint64_t *out);
NODISCARD int store_set_position(struct store_txn *txn, uint64_t sequence);

/* Bytes of the data file in use. */
uint64_t store_bytes(struct store *store);
