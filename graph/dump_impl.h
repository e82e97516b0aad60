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

/* A blank and the time: "-" for one that is open, "never". */
void dump_time(struct buf *out, int64_t time_us);

/* A blank and the position: "TIME RUN". */
void dump_position(struct buf *out, const struct run_position *position);

/* NULL for an id that no node has: a damaged store. */
const struct entity *dump_find(const struct dump *dump, node_id id);

/* The node's key behind some words; ERR_CORRUPT without such a node. */
NODISCARD int dump_name(struct dump *dump, const char *what, node_id id);

/* By rank, so from 1 on. */
void dump_ranked(struct dump *dump, uint32_t rank);

/* Sorts ids by their nodes' names, in place of themselves: ranks. */
NODISCARD int dump_rank(struct dump *dump, node_id *ids, size_t count);

/* Rows that are gathered in order of ids, to be sorted by name; on the heap. */
struct dump_list {
	size_t item_bytes;
	char *items;
	size_t count;
	size_t cap;
};
/* A place for one more, or NULL without memory. */
NODISCARD void *dump_list_add(struct dump_list *list);
void dump_list_sort(struct dump_list *list, int (*compare)(const void *, const void *));
void dump_list_fini(struct dump_list *list);

/* dump_set.c: the lines of a set. */
NODISCARD int dump_ioset(struct dump *dump, ioset_id io);

/* dump_node.c: a node with its facets, names, parent and edges. */
NODISCARD int dump_node(struct dump *dump, const struct entity *node);

/* dump_lane.c: what an owner told, in each lane. */
NODISCARD int dump_lanes(struct dump *dump, const struct entity *node);

/* dump_run.c: all runs, and the other events by hash. */
NODISCARD int dump_runs(struct dump *dump);

/* dump_index.c: flows by who tells them, owners and tags. */
NODISCARD int dump_flows(struct dump *dump);
NODISCARD int dump_labels(struct dump *dump);

/* dump_note.c: notes, and how much there was in each hour. */
NODISCARD int dump_notes(struct dump *dump);
NODISCARD int dump_tallies(struct dump *dump);
