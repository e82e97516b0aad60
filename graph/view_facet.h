/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view_facet.h - what the facets of a view's nodes say
 */
#pragma once

#include "graph/facets.h"
#include "graph/view.h"

/* A field's dataset; another node itself; canonical. */
node_id view_dataset_of(const struct snapshot *snapshot, node_id id);

/* Whether a node is a temporary dataset, or in one. */
NODISCARD int view_is_temporary(struct snapshot *snapshot, const struct view_node *node,
	struct arena *arena, bool *out);

/*
 * Calls visit for each owner, or each tag, of a node and of its other names.  A
 * field has its dataset's owners, and tags of its own.
 */
enum view_label { VIEW_OWNERS, VIEW_TAGS };
typedef int view_label_visit(void *ctx, const struct ol_label *label);
NODISCARD int view_each_label(struct snapshot *snapshot, const struct view_node *node,
	enum view_label which, struct arena *arena, view_label_visit *visit, void *ctx);
