/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph.c - one data directory: the log, the store and the image together
 */
#include "graph/graph.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "graph/fold_watch.h"
#include "graph/graph_impl.h"
#include "graph/graph_lock.h"
#include "graph/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How long a snapshot waits for the store and the image to be at one version. */
#define SNAPSHOT_WAIT_US 1000000
#define SNAPSHOT_NAP_NS	 20000

static int path_join(const char *path, const char *name, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/%s", path, name);

	return n < 0 || n >= PATH_MAX ? ERR_INVALID : 0;
}

/* A directory is there after a crash when the one above it was synced. */
static int sync_parent(const char *path)
{
	char parent[PATH_MAX];
	int fd;
	int r;

	if (path_join(path, "..", parent))
		return ERR_INVALID;
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_from_errno(errno);
	r = fsync(fd) < 0 ? err_from_errno(errno) : 0;
	(void)close(fd);
	return r;
}

static int make_directory(const struct graph_options *options, struct fault *fault)
{
	struct stat st;
	int r;

	if (options->create && !options->readonly) {
		if (mkdir(options->path, 0700) == 0)
			return sync_parent(options->path);
		if (errno != EEXIST) {
			r = err_from_errno(errno);
			(void)fault_set(
				fault, options->path, "cannot be made: %s", err_text(r));
			return r;
		}
	}
	if (stat(options->path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		(void)fault_set(fault, options->path, "is no directory");
		return ERR_NOT_FOUND;
	}
	(void)fault_set(fault, options->path, "there is no such data directory");
	return ERR_NOT_FOUND;
}

/* Of a quota the log and the store get one half each, so that no one outgrows the sum. */
static int open_log(struct graph *graph, const struct graph_options *options,
	uint64_t position, struct fault *fault)
{
	char path[PATH_MAX];
	const struct eventlog_options o = {
		.path = path,
		.known_durable = position,
		.readonly = options->readonly,
		.quota_bytes = options->quota_bytes / 2,
		.train_after = options->train_after,
		.no_sync = options->no_sync,
	};

	if (path_join(options->path, "log", path))
		return fault_set(fault, options->path, "the path is too long");
	return eventlog_open(&o, &graph->log, fault);
}

static int open_store(
	struct graph *graph, const struct graph_options *options, struct fault *fault)
{
	char path[PATH_MAX];
	const struct store_options o = {
		.path = path,
		.readonly = options->readonly,
		.quota_bytes = options->quota_bytes / 2,
		.no_sync = options->no_sync,
	};

	if (path_join(options->path, "graph", path))
		return fault_set(fault, options->path, "the path is too long");
	return store_open(&o, &graph->store, fault);
}

static int read_position(struct graph *graph, uint64_t *out)
{
	AUTO(txn) struct store_txn *txn = NULL;
	int r = store_read(graph->store, &txn);

	return r ? r : store_position(txn, out);
}

static int check_position(
	struct graph *graph, const char *path, uint64_t position, struct fault *fault)
{
	if (position <= eventlog_last(graph->log))
		return 0;
	(void)fault_set(fault, path,
		"the graph has %llu events and the log only %llu; restore %s/log from a "
		"backup, or move %s/graph away to go on with what the log has",
		(unsigned long long)position,
		(unsigned long long)eventlog_last(graph->log), path, path);
	return ERR_CORRUPT;
}

/* The store comes first: what it has was durable, so the log must have it too. */
static int open_parts(
	struct graph *graph, const struct graph_options *options, struct fault *fault)
{
	uint64_t position;
	int r;

	r = open_store(graph, options, fault);
	if (!r)
		r = read_position(graph, &position);
	if (!r)
		r = open_log(graph, options, position, fault);
	if (!r)
		r = check_position(graph, options->path, position, fault);
	if (!r)
		r = image_new(&graph->image);
	if (!r)
		r = graph_load(graph);
	if (r || options->readonly)
		return r;
	r = fold_new(graph->image, &graph->fold);
	if (r)
		return r;
	graph->fold->facets = graph->facets;
	r = graph_catch_up(graph, options->progress, options->progress_ctx);
	if (r)
		return r;
	watch_begin(graph->fold->watch);
	return 0;
}

int graph_open(
	const struct graph_options *options, struct graph **out, struct fault *fault)
{
	AUTO(graph) struct graph *graph = NULL;
	int r;

	r = make_directory(options, fault);
	if (r)
		return r;
	graph = calloc(1, sizeof(*graph));
	if (!graph)
		return ERR_NOMEM;
	graph->readonly = options->readonly;
	graph->decode = options->decode;
	graph->facets = options->facets;
	graph->lock = LOCK_NONE;
	r = graph_lock(options->path, options->readonly, &graph->lock, fault);
	if (!r)
		r = open_parts(graph, options, fault);
	if (r)
		return r;
	*out = TAKE(graph);
	return 0;
}

void graph_close(struct graph *graph)
{
	if (!graph)
		return;
	log_reader_free(graph->peek_log);
	store_end(graph->peek);
	if (graph->fold)
		store_end(graph->fold->txn);
	fold_free(graph->fold);
	image_free(graph->image);
	store_close(graph->store);
	eventlog_close(graph->log);
	graph_unlock(graph->lock);
	free(graph);
}

struct eventlog *graph_log(struct graph *graph)
{
	return graph->log;
}

const struct facet_reader *graph_facets(const struct graph *graph)
{
	return graph->facets;
}

int graph_decode(struct graph *graph, struct slice raw, int64_t received_us,
	struct arena *arena, struct ol_event *out, struct fault *fault)
{
	return graph->decode(raw, received_us, arena, out, fault);
}

/* Whether the log holds these bytes at a sequence.  What it cannot tell is no. */
static bool is_stored(struct graph *graph, uint64_t sequence, struct slice raw)
{
	struct log_event stored;

	if (!graph->peek_log && log_reader_new(graph->log, &graph->peek_log))
		return false;
	if (log_reader_seek(graph->peek_log, sequence) ||
		log_reader_next(graph->peek_log, &stored))
		return false;
	return stored.sequence == sequence && slice_equal(stored.raw, raw);
}

/* A read transaction of its own, as old as the last publication. */
static int renew_peek(struct graph *graph)
{
	uint64_t version = graph_published(graph);

	if (graph->peek && graph->peek_version == version)
		return 0;
	store_end(TAKE(graph->peek));
	graph->peek_version = version;
	return store_read(graph->store, &graph->peek);
}

/* Of a run that has more events than its record keeps. */
static int run_had_event(struct graph *graph, const struct ol_event *event)
{
	const struct run_event old = { event->time_us, event->raw_hash, 0 };
	uint64_t sequence;
	int r = run_event_find(graph->peek, &event->run, &old, &sequence);

	if (r)
		return r < 0 ? r : 0;
	return is_stored(graph, sequence, event->raw);
}

static int run_has_event(struct graph *graph, const struct ol_event *event)
{
	struct run run;
	int r;

	r = run_get(graph->peek, &event->run, &run);
	if (r)
		return r < 0 ? r : 0;
	for (uint32_t i = 0; i < run.event_count; i++)
		if (run.events[i].hash == event->raw_hash &&
			is_stored(graph, run.events[i].sequence, event->raw))
			return 1;
	return run.event_count == RUN_EVENTS_MAX ? run_had_event(graph, event) : 0;
}

static int static_has_event(struct graph *graph, const struct ol_event *event)
{
	uint64_t sequence;
	int r;

	r = static_event_find(graph->peek, event->raw_hash, &sequence);
	if (r)
		return r < 0 ? r : 0;
	return is_stored(graph, sequence, event->raw);
}

int graph_has_event(struct graph *graph, const struct ol_event *event)
{
	int r = renew_peek(graph);

	if (r)
		return r;
	switch (event->kind) {
	case EVENT_RUN:
		return run_has_event(graph, event);
	case EVENT_JOB:
	case EVENT_DATASET:
	case EVENT_NOTE:
		return static_has_event(graph, event);
	}
	return ERR_INVALID;
}

int graph_begin(struct graph *graph)
{
	if (graph->readonly)
		return ERR_PERMISSION;
	if (graph->fold->txn)
		return 0;
	return store_write(graph->store, &graph->fold->txn);
}

void graph_forget(struct graph *graph)
{
	store_end(TAKE(graph->fold->txn));
	fold_forget(graph->fold);
	image_reset(graph->image);
	graph->folded = graph_published(graph);
}

int graph_fold(struct graph *graph, const struct ol_event *event, uint64_t sequence)
{
	int r;

	r = graph_begin(graph);
	if (r)
		return r;
	r = fold_event(graph->fold, event, sequence);
	if (r) {
		graph_forget(graph);
		return r;
	}
	if (sequence > graph->folded)
		graph->folded = sequence;
	return 0;
}

static int commit(struct graph *graph)
{
	struct fold *fold = graph->fold;
	int r;

	r = fold_flush(fold);
	if (!r)
		r = store_set_position(fold->txn, graph->folded);
	/* What can fail comes before the commit: the image follows the store. */
	if (!r)
		r = image_prepare(graph->image);
	if (!r)
		r = store_commit(TAKE(fold->txn));
	if (r)
		graph_forget(graph);
	return r;
}

static void count_publication(struct graph *graph, int64_t began_us)
{
	struct graph_stats stats;

	graph_stats(graph, &stats);
	metric_add(M_FOLD_COMMITS, 1);
	metric_add(M_DEPRECATED_READS, watch_take(graph->fold->watch));
	metric_observe_us(M_FOLD_COMMIT_TIME, clock_monotonic_us() - began_us);
	metric_set(M_FOLD_SEQUENCE, (int64_t)graph->folded);
	metric_set(M_GRAPH_NODES, (int64_t)stats.nodes);
	metric_set(M_GRAPH_EDGES, (int64_t)stats.edges);
}

int graph_publish(struct graph *graph)
{
	int64_t began_us = clock_monotonic_us();
	int r;

	if (graph->readonly || !graph->fold->txn)
		return 0;
	r = commit(graph);
	if (!r)
		r = image_publish(graph->image, graph->folded);
	if (r)
		return r;
	atomic_store_explicit(&graph->published, graph->folded, memory_order_release);
	count_publication(graph, began_us);
	return 0;
}

uint64_t graph_published(const struct graph *graph)
{
	return atomic_load_explicit(&graph->published, memory_order_acquire);
}

/* Returns 1 when a publication slipped in between. */
static int try_snapshot(struct graph *graph, struct snapshot *out)
{
	AUTO(image_version) struct image_version *image = NULL;
	AUTO(txn) struct store_txn *txn = NULL;
	uint64_t position;
	int r;

	r = store_read(graph->store, &txn);
	if (!r)
		r = store_position(txn, &position);
	if (r)
		return r;
	image = image_pin(graph->image);
	if (image_sequence(image) != position)
		return 1;
	*out = (struct snapshot){
		.graph = graph,
		.txn = TAKE(txn),
		.image = TAKE(image),
		.version = position,
	};
	return 0;
}

int snapshot_take(struct graph *graph, struct snapshot *out)
{
	const struct timespec nap = { .tv_nsec = SNAPSHOT_NAP_NS };
	int64_t deadline_us = 0;
	int r;

	while ((r = try_snapshot(graph, out)) == 1) {
		int64_t now_us = clock_monotonic_us();

		/* The image follows the store within microseconds. */
		if (!deadline_us)
			deadline_us = now_us + SNAPSHOT_WAIT_US;
		if (now_us >= deadline_us)
			return ERR_BUSY;
		(void)nanosleep(&nap, NULL);
	}
	return r;
}

void snapshot_end(struct snapshot *snapshot)
{
	image_unpin(TAKE(snapshot->image));
	store_end(TAKE(snapshot->txn));
}

void graph_stats(struct graph *graph, struct graph_stats *out)
{
	AUTO(image_version) struct image_version *image = image_pin(graph->image);

	*out = (struct graph_stats){
		.log_bytes = eventlog_bytes(graph->log),
		.store_bytes = store_bytes(graph->store),
		.nodes = image_last(image),
		.edges = image_edge_count(image),
		.skipped = graph->skipped,
	};
}
