/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image.h - the graph in memory, for walks
 *
 * The image has, for every node, a few attributes and its neighbours in both
 * directions as packed arrays: those that stand now first, then past ones,
 * each part sorted.  One thread (the fold's) changes it; any number of threads
 * read versions of it without a lock: a version never changes and lives until
 * the last reader lets go.
 *
 *	struct image_version *v = image_pin(image);
 *	const struct image_node *n = image_node(v, id);
 *	...
 *	image_unpin(v);
 *
 * Inside: nodes live in chunks that are copied when they change after a
 * publication; what a version replaced is freed when neither it nor an older
 * one is pinned.  Changes of edges are gathered and put into a node's list all
 * at once, so that a hub's list is written once a publication and not once an
 * edge.
 */
#pragma once

#include "base/attr.h"
#include "graph/adjacency.h"
#include "graph/model.h"

struct image;
struct image_version;

struct image_edges {
	uint32_t now;	/* the first ones stand now */
	uint32_t total; /* with past ones */
	const node_id *peers;
	const uint32_t *flags; /* enum edge_flag, beside peers */
};

struct image_node {
	struct image_edges edges[2]; /* by enum direction */
	uint32_t namespace_id;
	/* A field's whole; a whole's dataset; a dataset's whole or 0; a job's 0. */
	node_id parent;
	/*
	 * Nodes that are one (aliases of a dataset, and fields of that name in
	 * them) form a ring: the next of them, or 0.  One of them stands for all.
	 */
	node_id ring;
	uint8_t kind; /* enum node_kind; 0: no such node */
	bool alias;   /* another one of its ring stands for it */
	bool nested;  /* of a whole: the name of some field of it has a dot */
};

NODISCARD int image_new(struct image **out);
void image_free(struct image *image); /* no version may be pinned */
DEFINE_AUTO(image, struct image *, image_free);

/*
 * Fold thread only.  Changes are seen by readers after image_publish(), which
 * stamps the new version with a sequence number.  image_reset() goes back to
 * the published version (a transaction failed).
 *
 * A node may be added again, with other attributes; its edges stay.  Both
 * nodes of an edge are added before it, else ERR_CORRUPT.  An edge is put on
 * both of its sides, each by a call.  Putting an edge that is there replaces
 * its flags; removing one that is not there does nothing.
 */
NODISCARD int image_add_node(struct image *image, node_id id, enum node_kind kind,
	uint32_t namespace_id, node_id parent);
/* Some field of this whole has a name with a dot: it may be one in another. */
NODISCARD int image_set_nested(struct image *image, node_id whole);
NODISCARD int image_put_edge(struct image *image, node_id node, enum direction direction,
	node_id peer, uint32_t flags);
NODISCARD int image_remove_edge(
	struct image *image, node_id node, enum direction direction, node_id peer);

/*
 * Makes these nodes one: a ring of them, for which ids[0] stands.  Whatever ring
 * one of them was in before is forgotten by it: the caller sets what is left of
 * that as well.  With one node: it stands for itself.
 */
NODISCARD int image_set_ring(struct image *image, const node_id *ids, size_t count);

/*
 * For opening: all edges of a node in one direction at once, sorted by peer
 * (else ERR_CORRUPT), into memory that is laid out in order of the calls.
 */
NODISCARD int image_load_edges(struct image *image, node_id node,
	enum direction direction, const struct edge *edges, size_t count);

/*
 * image_prepare() does all of a publication that can fail: an image_publish()
 * that follows it directly returns 0.  So a store is committed between the
 * two.  After a failure of either the changes are still there: to be tried
 * again, or to be reset.
 */
NODISCARD int image_prepare(struct image *image);
NODISCARD int image_publish(struct image *image, uint64_t sequence);
void image_reset(struct image *image);

/* Any thread.  Never NULL after the first publication. */
struct image_version *image_pin(struct image *image);
void image_unpin(struct image_version *version);
DEFINE_AUTO(image_version, struct image_version *, image_unpin);

uint64_t image_sequence(const struct image_version *version);
node_id image_last(const struct image_version *version); /* highest node id */

/* Past ones too, and those from wholes to their fields. */
uint64_t image_edge_count(const struct image_version *version);

/* Nodes in rings: 0 when there are no aliases at all. */
uint64_t image_ring_count(const struct image_version *version);

/* The node that stands for this one: itself, mostly. */
node_id image_canonical(const struct image_version *version, node_id id);

/* NULL when there is no such node. */
const struct image_node *image_node(const struct image_version *version, node_id id);
