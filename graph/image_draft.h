/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_draft.h - the version of the image that the fold is working on
 *
 * A draft starts as the published version and copies what it changes.  It
 * keeps three kinds of things: pages, chunks and lists of its own, a note of
 * what they replaced, and changes of edges that are not in the lists yet.
 */
#pragma once

#include "graph/edge_list.h"
#include "graph/image_layout.h"
#include "graph/slab.h"

struct image_draft {
	struct image_version *version; /* NULL until something changes */
	uint64_t epoch;
	struct garbage replaced; /* published memory that the draft does not use */
	struct edge_op *ops;
	size_t op_count;
	size_t op_capacity;
	struct slab_pool slabs[2]; /* by direction: a walk reads only one of them */
};

/* Makes the draft, as a copy of base (NULL: empty), when there is none. */
NODISCARD int draft_begin(struct image_draft *draft, const struct image_version *base);

/* These need a draft that was begun. */
NODISCARD int draft_put_node(
	struct image_draft *draft, node_id id, const struct image_node *attributes);
bool draft_has_node(const struct image_draft *draft, node_id id);
NODISCARD int draft_note(struct image_draft *draft, const struct edge_op *op);
NODISCARD int draft_load(struct image_draft *draft, node_id node,
	enum direction direction, const struct edge *edges, size_t count);

/* Merges the changes of edges into the lists; on failure it may be called again. */
NODISCARD int draft_settle(struct image_draft *draft);

/* Hands out the version and what it replaced, and has none any more. */
struct image_version *draft_take(struct image_draft *draft, struct garbage *replaced_out);

/* Forgets all changes. */
void draft_drop(struct image_draft *draft);
void draft_fini(struct image_draft *draft);

/* Frees the version with all it refers to, shared or not. */
void image_version_destroy(struct image_version *version);

/* Frees what the version has for itself alone, and its garbage. */
void image_version_retire(struct image_version *version);
