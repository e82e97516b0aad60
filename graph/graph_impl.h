/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_impl.h - the inside of a data directory
 */
#pragma once

#include "graph/fold.h"
#include "graph/graph.h"

#include <stdatomic.h>

struct graph {
	int lock;
	bool readonly;
	struct eventlog *log;
	struct store *store;
	struct image *image;
	event_decode *decode;
	const struct facet_reader *facets;
	_Atomic uint64_t published;
	_Atomic uint64_t skipped; /* events of the log that could not be read again */

	/* The fold's. */
	struct fold *fold;
	uint64_t folded; /* last event in the open transaction, else == published */

	/* The writer's: what graph_has_event() looks into. */
	struct store_txn *peek;
	uint64_t peek_version;
	struct log_reader *peek_log;
};

/* Opens the transaction when there is none. */
NODISCARD int graph_begin(struct graph *graph);

/* Gives up the transaction and all that is in memory of it. */
void graph_forget(struct graph *graph);

/* graph_load.c: the image of what is stored. */
NODISCARD int graph_load(struct graph *graph);
