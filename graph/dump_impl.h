/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_impl.h - the canonical text of a graph, in the making
 */
#pragma once

#include "base/buf.h"
#include "graph/entity.h"
#include "graph/graph.h"
#include "graph/timeline.h"

struct arena;

struct dump {
	struct store_txn *txn;
	struct arena *names;   /* for the whole dump */
	struct arena *scratch; /* for one node */
	struct buf text;
	graph_write *write;
	void *ctx;
	struct entity *nodes; /* by rank, from 0 on; keys in names */
	size_t count;
	size_t cap;
	uint32_t *rank; /* by id */
	node_id last;
};

/* Hands the text on when there is at least so much of it. */
NODISCARD int dump_flush(struct dump *dump, size_t least);
#define DUMP_FLUSH ((size_t)64 * 1024)

/* In quotes; what would break a line, or hide, as \xNN. */
void dump_quoted(struct buf *out, struct slice s);
void dump_key(struct buf *out, const struct node_key *key);
void dump_time(struct buf *out, int64_t time_us);

/* NULL for an id that no node has: a damaged store. */
const struct entity *dump_find(const struct dump *dump, node_id id);

NODISCARD int dump_ioset(struct dump *dump, ioset_id io);

/* dump_node.c: a node with its facets, edges and timelines. */
NODISCARD int dump_node(struct dump *dump, const struct entity *node);
