/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold.h - what one event does to the graph
 *
 * The fold turns decoded events into writes of one transaction:
 *
 *	fold_said.c	names become ids, facets are weighed: what the event says
 *	fold_node.c	a name's node
 *	fold_facet.c	one entity's facets, and what follows from the ones that stand:
 *			fold_history.c, fold_label.c, fold_alias.c, fold_life.c
 *	fold_flow.c	lineage and column lineage
 *	fold_run.c	the run's record, with fold_parent.c and fold_control.c
 *	fold_place.c	its rows in the indexes, and its places in time
 *	fold_static.c	what job events and dataset events declare
 *	fold_note.c	what is said beside the events
 *	fold_lane.c	timelines of jobs and datasets, and from them
 *	fold_edge.c	the edges, in the store and in the image (fold_step.c)
 *	fold_watch.c	which of them use what is planned to go
 *	fold_tally.c	how much there was in each hour
 *
 * Between commits it keeps in memory what the next events will ask for again
 * (entity_cache.h, memo.h, fold_family.h, the lanes of fold_lane.h).  Entities
 * and edges are written by fold_flush(), once for many events.  When a transaction
 * is given up, fold_forget() must follow, since all of that may be of it.
 *
 * Nothing here depends on the order or the number of deliveries of events, nor
 * on what is in memory.
 */
#pragma once

#include "graph/memo.h"
#include "graph/model.h"
#include "graph/store.h"
#include "graph/timeline.h"

struct aliases;
struct arena;
struct entity_cache;
struct facet_reader;
struct families;
struct image;
struct lanes;
struct tallies;
struct watch;

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
	struct families *families;
	struct aliases *aliases;
	struct watch *watch;
	struct tallies *tallies;
	struct fold_union *unions;
	const struct facet_reader *facets; /* or NULL; whoever owns the fold sets it */
	uint32_t odd; /* facets and entries of this event that were passed over */
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
	node_id owner; /* its job, or the dataset of a dataset event */
	ioset_id io;   /* 0: it says nothing of lineage */
	bool snapshot; /* its set stands alone */
};

/* Finds or makes the nodes of an event and weighs their facets. */
NODISCARD int fold_said(
	struct fold *fold, const struct ol_event *event, struct said *out);

/* The steps for the kinds of events. */
NODISCARD int fold_run(struct fold *fold, const struct ol_event *event, uint64_t sequence,
	const struct said *said);
NODISCARD int fold_static(struct fold *fold, const struct ol_event *event,
	uint64_t sequence, const struct said *said);

/* What the events of one run said, together. */
NODISCARD int fold_unite(struct fold *fold, ioset_id a, ioset_id b, ioset_id *out);
