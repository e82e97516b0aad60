/* SPDX-License-Identifier: Apache-2.0 */

/*
 * adjacency.c - packed neighbours, by (node, direction, bound)
 *
 * A chunk holds neighbours from its bound, which is in its key, up to the
 * bound of the next chunk.  The first chunk of a node has bound 0, so whatever
 * edge is asked for, its chunk is the one at or before (node, direction, peer).
 * Bounds never change; a chunk that has become empty goes.
 *
 * An edge is its distance from the peer before it (the first: from the bound),
 * then flags and a bit that says whether two counts follow.  To change one edge
 * is to copy what is before it and what is behind it, and to tell the distance
 * of the next one anew.
 */

#include "graph/adjacency.h"
#include "store_impl.h"

#define ADJACENCY_VERSION 2

/* Three chunks fill a page of 4096 bytes. */
#define CHUNK_BYTES_MAX 1340
#define EDGES_BYTES_MAX (CHUNK_BYTES_MAX - RECORD_OVERHEAD)
#define EDGE_BYTES_MAX	(4 * VARINT32_MAX)
#define NODE_KEY_BYTES	5 /* node and direction */
#define HAS_COUNTS	1U

/* Edges in memory: those of one chunk and a new one. */
struct packed {
	size_t len;
	uint8_t bytes[EDGES_BYTES_MAX + EDGE_BYTES_MAX + VARINT32_MAX];
};

struct chunk {
	struct store_key key;
	struct record_reader edges;
	node_id bound;
};

static void chunk_key(
	struct store_key *key, node_id node, enum direction direction, node_id bound)
{
	key_start(key);
	key_put_u32(key, node);
	key_put_u8(key, (uint8_t)direction);
	key_put_u32(key, bound);
}

static inline void get_body(struct record_reader *reader, struct edge *out)
{
	uint64_t head = record_get_max(reader, (uint64_t)UINT32_MAX << 1 | HAS_COUNTS);

	out->flags = (uint32_t)(head >> 1);
	out->segments[0] = out->segments[1] = 0;
	if (head & HAS_COUNTS) {
		out->segments[0] = record_get_u32(reader);
		out->segments[1] = record_get_u32(reader);
	}
}

/* The peer of the next edge; `before` is the one before it, or the chunk's bound. */
static inline node_id get_peer(struct record_reader *reader, node_id before)
{
	return before + (node_id)record_get_max(reader, UINT32_MAX - before);
}

static void put_varint(struct packed *packed, uint64_t value)
{
	packed->len += varint_encode(packed->bytes + packed->len, value);
}

static void put_bytes(struct packed *packed, const uint8_t *from, const uint8_t *to)
{
	size_t len = (size_t)(to - from);

	if (len)
		memcpy(packed->bytes + packed->len, from, len);
	packed->len += len;
}

static void put_body(struct packed *packed, const struct edge *edge)
{
	bool counts = edge->segments[0] || edge->segments[1];

	put_varint(packed, (uint64_t)edge->flags << 1 | (counts ? HAS_COUNTS : 0));
	if (counts) {
		put_varint(packed, edge->segments[0]);
		put_varint(packed, edge->segments[1]);
	}
}

/* Where in a chunk an edge is, or belongs. */
struct place {
	const uint8_t *start; /* of all edges */
	const uint8_t *end;
	const uint8_t *at; /* the edge begins here */
	node_id before;	   /* the peer before it, or the bound */
	bool found;
	struct edge edge;
	bool has_next;
	node_id next;		  /* the peer behind it */
	const uint8_t *next_body; /* its bytes behind the distance, and all others */
};

/* Reads up to the first edge behind a peer: all that a change of it must know. */
static int find_place(const struct chunk *chunk, node_id peer, struct place *out)
{
	struct record_reader reader = chunk->edges;
	node_id last = chunk->bound;

	*out = (struct place){
		.start = reader.at, .end = reader.end, .at = reader.at, .before = last
	};
	while (record_left(&reader) && !reader.bad && !out->has_next) {
		struct edge edge;
		const uint8_t *body;

		last = edge.peer = get_peer(&reader, last);
		body = reader.at;
		get_body(&reader, &edge);
		if (edge.peer < peer) {
			out->before = edge.peer;
			out->at = reader.at;
		} else if (edge.peer == peer) {
			out->found = true;
			out->edge = edge;
		} else {
			out->has_next = true;
			out->next = edge.peer;
			out->next_body = body;
		}
	}
	return reader.bad ? ERR_CORRUPT : 0;
}

/* Packs a chunk's edges with one replaced, added or (edge is NULL) left out. */
static void pack(
	struct packed *packed, const struct place *place, const struct edge *edge)
{
	node_id before = place->before;

	packed->len = 0;
	put_bytes(packed, place->start, place->at);
	if (edge) {
		put_varint(packed, edge->peer - before);
		put_body(packed, edge);
		before = edge->peer;
	}
	if (place->has_next) {
		put_varint(packed, place->next - before);
		put_bytes(packed, place->next_body, place->end);
	}
}

/* Opens the chunk that a row is: its bound, and a reader over its edges. */
static int open_chunk(const struct row *row, struct chunk *out)
{
	struct key_reader key;
	int r;

	key_open(&key, row->key);
	key_get_u32(&key);
	key_get_u8(&key);
	out->bound = key_get_u32(&key);
	r = key_close(&key);
	if (r)
		return r;
	r = record_open(&out->edges, row->value, ADJACENCY_VERSION);
	if (r)
		return r;
	return record_left(&out->edges) > EDGES_BYTES_MAX ? ERR_CORRUPT : 0;
}

/* Returns 0, or 1 when the node has no chunk for this peer. */
static int find_chunk(struct store_txn *txn, node_id node, enum direction direction,
	node_id peer, struct chunk *out)
{
	struct row row;
	int r;

	chunk_key(&out->key, node, direction, peer);
	r = db_near(txn, DB_ADJACENCY, DB_FLOOR, &out->key, NODE_KEY_BYTES, &row);
	if (r)
		return r;
	r = txn_check(txn, open_chunk(&row, out));
	if (r)
		return r;
	chunk_key(&out->key, node, direction, out->bound);
	return 0;
}

static int write_edges(struct store_txn *txn, const struct store_key *key,
	const uint8_t *edges, size_t len)
{
	struct record_writer writer;
	int r = txn_record(txn, &writer, ADJACENCY_VERSION, len);

	if (r)
		return r;
	record_put_raw(&writer, slice_of(edges, len));
	r = db_put_record(txn, DB_ADJACENCY, key, &writer);
	return r < 0 ? r : 0;
}

/* The edges of a chunk that is too large, in two. */
struct halves {
	size_t left;   /* bytes */
	node_id bound; /* of the right one: its first peer */
	size_t body;   /* where that peer's body begins */
};

/*
 * Cuts in the middle; but behind all others when the edge that was one too
 * many is the last: nodes get their ids in order, and so chunks become full.
 */
static int halve(
	const struct packed *packed, node_id bound, bool last, struct halves *out)
{
	struct record_reader reader = { packed->bytes, packed->bytes + packed->len,
		false };
	size_t wanted = last ? packed->len : packed->len / 2;
	struct edge edge;

	for (;;) {
		out->left = (size_t)(reader.at - packed->bytes);
		bound = get_peer(&reader, bound);
		out->bound = bound;
		out->body = (size_t)(reader.at - packed->bytes);
		get_body(&reader, &edge);
		if (reader.bad)
			return ERR_CORRUPT;
		if (!record_left(&reader) || (out->left && out->left >= wanted))
			return 0;
	}
}

static int write_halves(struct store_txn *txn, const struct chunk *chunk, node_id node,
	enum direction direction, struct packed *packed, const struct halves *halves)
{
	struct store_key key;
	int r = write_edges(txn, &chunk->key, packed->bytes, halves->left);

	if (r)
		return r;
	/* The right one's first peer is its bound: the distance is 0. */
	chunk_key(&key, node, direction, halves->bound);
	packed->bytes[halves->body - 1] = 0;
	return write_edges(txn, &key, packed->bytes + halves->body - 1,
		packed->len - halves->body + 1);
}

int adjacency_get(struct store_txn *txn, node_id node, enum direction direction,
	node_id peer, struct edge *out)
{
	struct chunk chunk;
	struct place place;
	int r = find_chunk(txn, node, direction, peer, &chunk);

	if (r)
		return r;
	r = txn_check(txn, find_place(&chunk, peer, &place));
	if (r)
		return r;
	if (!place.found)
		return 1;
	*out = place.edge;
	return 0;
}

static bool edge_equal(const struct edge *a, const struct edge *b)
{
	return a->peer == b->peer && a->flags == b->flags &&
	       a->segments[0] == b->segments[0] && a->segments[1] == b->segments[1];
}

/* The chunk for a peer, an empty one (not written yet) when there is none. */
static int find_or_begin(struct store_txn *txn, node_id node, enum direction direction,
	node_id peer, struct chunk *out)
{
	static const uint8_t none[1];
	int r = find_chunk(txn, node, direction, peer, out);

	if (r <= 0)
		return r;
	chunk_key(&out->key, node, direction, 0);
	out->edges = (struct record_reader){ none, none, false };
	out->bound = 0;
	return 0;
}

int adjacency_put(struct store_txn *txn, node_id node, enum direction direction,
	const struct edge *edge)
{
	struct chunk chunk;
	struct place place;
	struct packed packed;
	struct halves halves;
	int r = find_or_begin(txn, node, direction, edge->peer, &chunk);

	if (r)
		return r;
	r = txn_check(txn, find_place(&chunk, edge->peer, &place));
	if (r)
		return r;
	if (place.found && edge_equal(&place.edge, edge))
		return 1;
	pack(&packed, &place, edge);
	if (packed.len <= EDGES_BYTES_MAX)
		return write_edges(txn, &chunk.key, packed.bytes, packed.len);
	r = txn_check(txn, halve(&packed, chunk.bound, !place.has_next, &halves));
	if (r)
		return r;
	return write_halves(txn, &chunk, node, direction, &packed, &halves);
}

int adjacency_remove(
	struct store_txn *txn, node_id node, enum direction direction, node_id peer)
{
	struct chunk chunk;
	struct place place;
	struct packed packed;
	int r = find_chunk(txn, node, direction, peer, &chunk);

	if (r)
		return r;
	r = txn_check(txn, find_place(&chunk, peer, &place));
	if (r)
		return r;
	if (!place.found)
		return 1;
	pack(&packed, &place, NULL);
	if (packed.len)
		return write_edges(txn, &chunk.key, packed.bytes, packed.len);
	r = db_remove(txn, DB_ADJACENCY, &chunk.key);
	return r < 0 ? r : 0;
}

struct visitor {
	edge_visit *visit;
	void *ctx;
};

static int visit_chunk(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct key_reader key;
	struct chunk chunk;
	struct edge edge;
	node_id node;
	uint8_t direction;
	int r = open_chunk(row, &chunk);

	(void)txn;
	if (r)
		return r;
	key_open(&key, row->key);
	node = key_get_u32(&key);
	direction = key_get_u8(&key);
	if (direction > DOWNSTREAM)
		return ERR_CORRUPT;
	edge.peer = chunk.bound;
	while (record_left(&chunk.edges)) {
		edge.peer = get_peer(&chunk.edges, edge.peer);
		get_body(&chunk.edges, &edge);
		if (UNLIKELY(chunk.edges.bad))
			return ERR_CORRUPT;
		r = visitor->visit(visitor->ctx, node, (enum direction)direction, &edge);
		if (r)
			return r;
	}
	return 0;
}

int adjacency_each(struct store_txn *txn, node_id node, enum direction direction,
	edge_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };
	struct store_key from;

	chunk_key(&from, node, direction, 0);
	return db_each(txn, DB_ADJACENCY, &from, NODE_KEY_BYTES, visit_chunk, &visitor);
}

int adjacency_all(struct store_txn *txn, edge_visit *visit, void *ctx)
{
	struct visitor visitor = { visit, ctx };

	return db_each(txn, DB_ADJACENCY, NULL, 0, visit_chunk, &visitor);
}
