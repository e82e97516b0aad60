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
	node_id *wholes; /* NODE_WHOLE nodes that changed: their fields' marks may too */
	size_t whole_count;
	size_t whole_capacity;
};

/* Makes the draft, as a copy of base (NULL: empty), when there is none. */
NODISCARD int draft_begin(struct image_draft *draft, const struct image_version *base);

/* These need a draft that was begun. */
NODISCARD int draft_put_node(
	struct image_draft *draft, node_id id, const struct image_node *attributes);
bool draft_has_node(const struct image_draft *draft, node_id id);
NODISCARD int draft_set_nested(struct image_draft *draft, node_id id);
NODISCARD int draft_note(struct image_draft *draft, const struct edge_op *op);
NODISCARD int draft_load(struct image_draft *draft, node_id node,
	enum direction direction, const struct edge *edges, size_t count);

/* As image_set_ring(). */
NODISCARD int draft_set_ring(struct image_draft *draft, const node_id *ids, size_t count);

/* Merges the changes of edges into the lists; on failure it may be called again. */
NODISCARD int draft_settle(struct image_draft *draft);

/* Hands out the version and what it replaced, and has none any more. */
struct image_version *draft_take(struct image_draft *draft, struct garbage *replaced_out);

/* Forgets all changes. */
void draft_drop(struct image_draft *draft);
void draft_fini(struct image_draft *draft);

/* For the two halves of this module: the draft's own copy of the chunk of a node. */
NODISCARD int draft_own_chunk(
	struct image_draft *draft, node_id id, struct image_chunk **out);
/* Makes room to note a whole that changes, and notes it. */
NODISCARD int draft_reserve_whole(struct image_draft *draft);
void draft_note_whole(struct image_draft *draft, node_id id);
/* Tells the fields of the wholes noted whether those have edges. */
NODISCARD int draft_mark_fields(struct image_draft *draft);

/* The array with room for one more than count, maybe elsewhere; NULL without memory. */
void *array_roomy(void *array, size_t *capacity, size_t count, size_t item_bytes);

/* Frees the version with all it refers to, shared or not. */
void image_version_destroy(struct image_version *version);

/* Frees what the version has for itself alone, and its garbage. */
void image_version_retire(struct image_version *version);
