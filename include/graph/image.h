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
	const uint16_t *flags; /* enum edge_flag, beside peers */
};

struct image_node {
	struct image_edges edges[2]; /* by enum direction */
	uint32_t namespace_id;
	node_id parent; /* a field's dataset, else 0 */
	uint8_t kind;	/* enum node_kind; 0: no such node */
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
NODISCARD int image_put_edge(struct image *image, node_id node, enum direction direction,
	node_id peer, uint16_t flags);
NODISCARD int image_remove_edge(
	struct image *image, node_id node, enum direction direction, node_id peer);

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
node_id image_last(const struct image_version *version);	/* highest node id */
uint64_t image_edge_count(const struct image_version *version); /* past ones too */

/* NULL when there is no such node. */
const struct image_node *image_node(const struct image_version *version, node_id id);
