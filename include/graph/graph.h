/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph.h - one data directory: the log, the store and the image together
 *
 *	DIR/lock      held while a process owns the directory
 *	DIR/log/      the event log (eventlog.h): the truth
 *	DIR/graph/    the store (store.h): what the fold made of it
 *
 * graph_open() takes the lock, opens both, builds the image, and folds what
 * the log has beyond the store's position.  Without DIR/graph everything is
 * folded again from the log: that is how a graph is rebuilt.
 *
 * Three roles, each played by one thread at a time:
 *	the writer appends to graph_log() and syncs it;
 *	the fold calls graph_fold() with durable events in order of sequence, and
 *	graph_publish() when readers shall see them;
 *	readers take snapshots: the store and the image at one version.
 */
#pragma once

#include "graph/eventlog.h"
#include "graph/facets.h"
#include "graph/image.h"
#include "graph/model.h"
#include "graph/store.h"

struct arena;
struct graph;

/* Reads one event; how is not this floor's business.  ERR_INVALID with a fault, or
 * ERR_NOMEM. */
typedef int event_decode(struct slice raw, int64_t received_us, struct arena *arena,
	struct ol_event *out, struct fault *fault);

/* Told now and then while the log is folded at opening: done and total events. */
typedef void graph_progress(void *ctx, uint64_t done, uint64_t total);

struct graph_options {
	const char *path;
	bool readonly; /* the directory must be there; nothing is written or folded */
	bool create;   /* make it when it is not there */
	uint64_t quota_bytes; /* of log and store together, half for each; 0: none */
	uint32_t train_after; /* eventlog_options.train_after */
	bool no_sync;	      /* for measurements only */
	event_decode *decode;
	const struct facet_reader *facets; /* static; NULL: no facet is understood */
	graph_progress *progress;	   /* or NULL */
	void *progress_ctx;
};

/* ERR_LOCKED when another process owns it.  The fault says what to do. */
NODISCARD int graph_open(
	const struct graph_options *options, struct graph **out, struct fault *fault);
void graph_close(struct graph *graph);
DEFINE_AUTO(graph, struct graph *, graph_close);

struct eventlog *graph_log(struct graph *graph);

/* As given at opening. */
const struct facet_reader *graph_facets(const struct graph *graph);

/* Decodes with the function given at opening. */
NODISCARD int graph_decode(struct graph *graph, struct slice raw, int64_t received_us,
	struct arena *arena, struct ol_event *out, struct fault *fault);

/*
 * Writer only: returns 1 when an event with the same bytes is in the store, 0
 * when not.  Sees what was published; what is on its way is the caller's to
 * remember.
 */
NODISCARD int graph_has_event(struct graph *graph, const struct ol_event *event);

/*
 * Fold only: puts one durable event into the open transaction (begun when
 * there is none) and into the image's next version.  Any failure forgets the
 * whole transaction: the fold then starts again behind graph_published().
 */
NODISCARD int graph_fold(
	struct graph *graph, const struct ol_event *event, uint64_t sequence);

/* Fold only: commits and lets readers see everything folded so far. */
NODISCARD int graph_publish(struct graph *graph);

/*
 * Fold only: folds and publishes what the log has behind the last folded
 * event, as at opening; for going on after a failure.  Events that cannot be
 * read any more are passed over.  progress may be NULL.
 */
NODISCARD int graph_catch_up(struct graph *graph, graph_progress *progress, void *ctx);

/* Last sequence readers can see.  Any thread. */
uint64_t graph_published(const struct graph *graph);

/* One version of everything, for one call: at most a second. */
struct snapshot {
	struct graph *graph;
	struct store_txn *txn;
	struct image_version *image;
	uint64_t version; /* sequence number of the last event in it */
};

/* Any thread.  ERR_BUSY when store and image did not meet within a second. */
NODISCARD int snapshot_take(struct graph *graph, struct snapshot *out);
void snapshot_end(struct snapshot *snapshot);

/*
 * Whether lists have a node: 1, or 0 when another one stands for it, and for a
 * dataset of which nothing is known but that symlinks told its name once.
 */
NODISCARD int snapshot_lists(const struct snapshot *snapshot, node_id id);

/*
 * Writes the canonical text of the graph: nodes, facets, edges, runs and
 * timelines by name, sorted, without ids or sequence numbers.  Two stores that
 * were given the same events, in any order, give the same text.
 */
typedef int graph_write(void *ctx, struct slice text);
NODISCARD int graph_dump(struct snapshot *snapshot, graph_write *write, void *ctx);

struct graph_stats {
	uint64_t log_bytes;
	uint64_t store_bytes;
	uint64_t nodes;
	uint64_t edges;	  /* past ones too */
	uint64_t skipped; /* events of the log that could not be read again at opening */
};
void graph_stats(struct graph *graph, struct graph_stats *out);
