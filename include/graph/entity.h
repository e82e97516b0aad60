/* SPDX-License-Identifier: Apache-2.0 */

/*
 * entity.h - nodes by id and by key, their facets, and the ways to list them
 *
 * An entity is a dataset, a job, a field or a whole.  Its record holds its key,
 * the first and last event time that mentions it, and a table of its facets with
 * the event time each stands since; the facets' bytes are records of their
 * own, so that the steady state rewrites the small table only.
 *
 * Which instance of a facet stands: the newest event time; at the same time
 * the larger content hash, so that any order of arrival gives the same.  A
 * deleted facet keeps its row (hash 0), so that an older instance which
 * arrives late does not bring it back.
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

struct arena;

struct entity_facet {
	uint64_t name_hash; /* hash64 of the facet's name */
	uint64_t hash;	    /* hash64 of its bytes, never 0; 0: deleted */
	int64_t time_us;
	/* Of facets with a history (history.h): when this content was first told. */
	int64_t first_us; /* INT64_MIN: of all others */
};

/* Times of a node; fields have none: all are TIME_NEVER. */
#define TIME_NEVER INT64_MIN
struct entity_times {
	int64_t first_seen_us;
	int64_t last_seen_us;
	/* Of datasets: the newest of each kind (docs/SEMANTICS.md, Lifecycle). */
	int64_t written_us;
	int64_t dropped_us;
};

static inline bool entity_dropped(const struct entity_times *times)
{
	return times->dropped_us != TIME_NEVER && times->dropped_us >= times->written_us;
}

struct entity {
	node_id id;
	struct node_key key;   /* slices into the snapshot */
	uint32_t namespace_id; /* dense, from 1 on */
	node_id parent; /* NODE_FIELD: its whole; NODE_WHOLE: its dataset; else 0 */
	struct entity_times times;
	uint32_t facet_count;
};

/* Returns 0 and the id, or 1 when there is no such node. */
NODISCARD int entity_find(
	struct store_txn *txn, const struct node_key *key, node_id *out);

/*
 * Makes a node that is not there yet (the caller has looked), with its rows in
 * the list and search indexes.  Names of any length.  A dataset has to be there
 * before its whole, and that before its fields (else ERR_INVALID); neither are
 * listed or searched, and they have no times: the whole's downstream edges with
 * EDGE_CONTAINS list the fields.  seen_us TIME_NEVER: it was told of, and no
 * event had it itself.
 */
NODISCARD int entity_add(
	struct store_txn *txn, const struct node_key *key, int64_t seen_us, node_id *out);

/* Returns 0, or 1 when no node has this id. */
NODISCARD int entity_get(struct store_txn *txn, node_id id, struct entity *out);

/*
 * Copies the facet table, sorted by name_hash: facet_count rows.
 * ERR_TOO_LARGE when there are more than max, ERR_INVALID without such a node.
 */
NODISCARD int entity_facets(
	struct store_txn *txn, node_id id, struct entity_facet *rows, size_t max);

/*
 * The row of one facet; hash 0: it was deleted.  Returns 0, or 1 when there is no
 * such row, or node.
 */
NODISCARD int entity_facet_row(struct store_txn *txn, node_id id, uint64_t name_hash,
	struct arena *arena, struct entity_facet *out);

/* Writes times and the facet table (sorted by name_hash) of a node. */
NODISCARD int entity_put(struct store_txn *txn, node_id id,
	const struct entity_times *times, const struct entity_facet *rows, size_t count);

/* One facet's name and bytes. */
struct facet {
	struct slice name;
	struct slice bytes;
};

/* Returns 0, or 1 when the node has no such facet. */
NODISCARD int facet_get(
	struct store_txn *txn, node_id id, uint64_t name_hash, struct facet *out);
NODISCARD int facet_put(
	struct store_txn *txn, node_id id, uint64_t name_hash, const struct facet *facet);
NODISCARD int facet_remove(struct store_txn *txn, node_id id, uint64_t name_hash);

/* The highest id given so far. */
NODISCARD int entity_last(struct store_txn *txn, node_id *out);

/*
 * Calls visit for every node in order of ids; stops when it returns not 0 and
 * returns that.
 */
typedef int entity_visit(void *ctx, const struct entity *entity);
NODISCARD int entity_each(struct store_txn *txn, entity_visit *visit, void *ctx);

/* Namespaces: dense ids. */
NODISCARD int namespace_find(
	struct store_txn *txn, struct slice name, uint32_t *out); /* 0 or 1 */
NODISCARD int namespace_get(
	struct store_txn *txn, uint32_t id, struct slice *out); /* 0 or 1 */
typedef int namespace_visit(void *ctx, uint32_t id, struct slice name);
NODISCARD int namespace_each(struct store_txn *txn, namespace_visit *visit, void *ctx);

/*
 * Lists the ids of nodes in the order (kind, namespace id, name bytes, id),
 * after a position, at most max of them.  Kind 0 and namespace 0 mean any.
 * prefix: names that start with these bytes; only together with a namespace.
 * For names over 400 bytes the order is by their first 400 (fewer, when more
 * than 100 of them are zeros).  ERR_INVALID when there is no node `after`.
 */
struct entity_range {
	enum node_kind kind;
	uint32_t namespace_id;
	struct slice prefix;
	node_id after; /* go on behind this node; 0: from the start */
};
NODISCARD int entity_list(struct store_txn *txn, const struct entity_range *range,
	node_id *ids, size_t max, size_t *count_out);

/*
 * As you type: nodes (datasets and jobs) whose name has, for each word of
 * text, a token that starts with it.  Tokens are the runs of letters and
 * digits of the name, lower-cased (ASCII), split also where a lower-case
 * letter is followed by an upper-case one; bytes from 0x80 on count as
 * letters.  Order: names equal to text first, then names that start with it,
 * then by id; letters compare in lower case.  Looks at no more than budget rows
 * of the rarest word (it counts up to 1000 of each word to know which that is):
 * *complete_out says whether that was all.  The first 64 bytes of a token count,
 * the first 128 tokens of a name, and the first 16 words of text; a text without
 * words finds nothing.
 */
NODISCARD int entity_search(struct store_txn *txn, struct slice text, enum node_kind kind,
	size_t budget, node_id *ids, size_t max, size_t *count_out, bool *complete_out);
