/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_open.c - how long a graph takes to open
 *
 * The store is filled through its own calls, since only the opening is looked
 * at: jobs that each read 19 datasets and write one.
 */

#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "graph/entity.h"
#include "graph/graph.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"

#define JOBS   50000u /* and as many datasets */
#define READS  19u
#define EDGES  (JOBS * (READS + 1))
#define ROUNDS 3

static uint64_t random_state = 42;

static uint32_t random_below(uint32_t n)
{
	random_state =
		random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)((random_state >> 33) % n);
}

static int add_nodes(struct store_txn *txn, enum node_kind kind, const char *what)
{
	char name[64];
	node_id id;

	for (unsigned i = 0; i < JOBS; i++) {
		int len = snprintf(name, sizeof(name), "%s_%06u", what, i);
		struct node_key key = { kind, SLICE("bench"), slice_of(name, (size_t)len),
			SLICE("") };

		if (entity_add(txn, &key, 0, &id))
			return -1;
	}
	return 0;
}

static int add_edge(struct store_txn *txn, node_id from, node_id to)
{
	struct edge edge = { .flags = EDGE_OBSERVED_NOW | EDGE_OBSERVED_EVER };

	edge.peer = to;
	if (adjacency_put(txn, from, DOWNSTREAM, &edge) < 0)
		return -1;
	edge.peer = from;
	return adjacency_put(txn, to, UPSTREAM, &edge) < 0 ? -1 : 0;
}

/* Datasets have the ids up to JOBS, jobs those after. */
static int add_edges(struct store_txn *txn)
{
	for (unsigned i = 0; i < JOBS; i++) {
		node_id job = JOBS + 1 + i;

		for (unsigned k = 0; k < READS; k++) {
			if (add_edge(txn, random_below(JOBS) + 1, job))
				return -1;
		}
		if (add_edge(txn, job, i + 1))
			return -1;
	}
	return 0;
}

static int fill(const char *path)
{
	AUTO(store) struct store *store = NULL;
	struct store_options options = { .path = path };
	struct store_txn *txn;
	struct fault fault;

	if (store_open(&options, &store, &fault) || store_write(store, &txn))
		return -1;
	if (add_nodes(txn, NODE_DATASET, "table") || add_nodes(txn, NODE_JOB, "job") ||
		add_edges(txn)) {
		store_end(txn);
		return -1;
	}
	return store_commit(txn) ? -1 : 0;
}

int bench_open(const struct bench *bench)
{
	struct graph_options options = {
		.create = true, .decode = event_read, .facets = &facet_reader_json
	};
	double seconds[ROUNDS];
	struct fault fault;
	char path[4096];
	char graph_path[4200];

	report_section("opening: 100 000 nodes, 1 M edges");
	snprintf(path, sizeof(path), "%s/open", bench->dir);
	snprintf(graph_path, sizeof(graph_path), "%s/graph", path);
	if (mkdir(path, 0700) || fill(graph_path))
		return -1;
	options.path = path;
	for (int i = 0; i < ROUNDS; i++) {
		int64_t start_us = clock_monotonic_us();
		struct graph *graph;

		if (graph_open(&options, &graph, &fault))
			return -1;
		seconds[i] = (double)(clock_monotonic_us() - start_us) / 1e6;
		graph_close(graph);
	}
	report_row("time to open", median(seconds, ROUNDS) * 1000, "ms", GOAL_NONE, 0);
	report_row("edges/s", EDGES / seconds[ROUNDS / 2], "/s", GOAL_LEAST, 10e6);
	return 0;
}
