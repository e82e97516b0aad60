/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold.h - what one event does to the graph
 *
 * The fold turns decoded events into writes of one transaction:
 *
 *	fold_said.c	names become ids, facets are weighed: what the event says
 *	fold_facet.c	one entity's facets
 *	fold_run.c	the run's record, its rows in the indexes, its place in time
 *	fold_lane.c	timelines of jobs, and from them
 *	fold_edge.c	the edges, in the store and in the image
 *
 * Between commits it keeps in memory what the next events will ask for again
 * (entity_cache.h, memo.h, the lanes of fold_lane.h).  Entities and edges are
 * written by fold_flush(), once for many events.  When a transaction is given
 * up, fold_forget() must follow, since all of that may be of it.
 *
 * Nothing here depends on the order or the number of deliveries of events, nor
 * on what is in memory.
 */
#pragma once

#include "graph/memo.h"
#include "graph/model.h"
#include "graph/store.h"
#include "graph/timeline.h"

struct arena;
struct entity_cache;
struct image;
struct lanes;

/* The union of two iosets, remembered. */
#define FOLD_UNIONS 16384
struct fold_union {
	ioset_id a;
	ioset_id b;
	ioset_id both;
};

struct fold {
	struct store_txn *txn; /* the open transaction; whoever owns the fold sets it */
	struct image *image;   /* borrowed */
	struct arena *scratch; /* for one event */
	struct arena *work;    /* for one lane that is flushed */
	struct entity_cache *cache;
	struct memo *memo;
	struct lanes *lanes;
	struct fold_union *unions;
};

NODISCARD int fold_new(struct image *image, struct fold **out);
void fold_free(struct fold *fold);
DEFINE_AUTO(fold, struct fold *, fold_free);

/* Puts one event into the transaction.  A failure leaves half of it there. */
NODISCARD int fold_event(
	struct fold *fold, const struct ol_event *event, uint64_t sequence);

/* Writes what was put off: before a commit. */
NODISCARD int fold_flush(struct fold *fold);

/* The transaction was given up: forgets all that is in memory. */
void fold_forget(struct fold *fold);

/* What an event says of the graph, in ids. */
struct said {
	node_id job; /* 0: none */
	ioset_id io;
};

/* Finds or makes the nodes of an event and weighs their facets. */
NODISCARD int fold_said(
	struct fold *fold, const struct ol_event *event, struct said *out);

/* The steps for the kinds of events. */
NODISCARD int fold_run(struct fold *fold, const struct ol_event *event, uint64_t sequence,
	const struct said *said);
NODISCARD int fold_static(struct fold *fold, const struct ol_event *event,
	uint64_t sequence, const struct said *said);

NODISCARD int fold_unite(struct fold *fold, ioset_id a, ioset_id b, ioset_id *out);
