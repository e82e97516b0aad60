/* SPDX-License-Identifier: Apache-2.0 */

/*
 * note.h - what people say beside the events
 *
 * A note has a kind, one to four names, and a content: any JSON value, which
 * this floor does not look into.  The newest one by event time stands; at the
 * same time the larger content hash, and then the larger bytes, so that any order
 * of arrival gives the same.  One that is taken back keeps its row (hash 0), so
 * that an older one which arrives late does not bring it back.
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

/* The first `count` names may say which notes are meant: then it is their prefix. */
struct note_key {
	struct slice kind;
	const struct slice *names;
	size_t count;
};

/* What is read lives as long as the snapshot, or until the next put. */
struct note {
	struct slice kind;
	struct slice names[NOTE_NAMES_MAX];
	size_t name_count;
	int64_t time_us;
	uint64_t hash;	      /* hash64 of the content, never 0; 0: taken back */
	struct slice content; /* as received; empty when it was taken back */
};

/*
 * Tells a note at a time; content.ptr NULL takes it back.  Returns 0, or 1 when
 * what is there stands.  ERR_INVALID without names, or with too many.
 */
NODISCARD int note_tell(struct store_txn *txn, const struct note_key *key,
	int64_t time_us, struct slice content);

/* Returns 0, or 1 when there is none, or it was taken back. */
NODISCARD int note_get(
	struct store_txn *txn, const struct note_key *key, struct note *out);

/*
 * Calls visit for each note that stands and whose names begin with those of the
 * key (count 0: all of the kind), in order of names; stops when it returns not 0.
 * Where kind and names together have more than some 400 bytes the order is by those.
 */
typedef int note_visit(void *ctx, const struct note *note);
NODISCARD int note_each(
	struct store_txn *txn, const struct note_key *key, note_visit *visit, void *ctx);

/* The same for all kinds, with those that were taken back. */
NODISCARD int note_all(struct store_txn *txn, note_visit *visit, void *ctx);
