/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_label.h - the index of owners and tags follows the facets that stand
 */
#pragma once

#include "graph/facets.h"
#include "graph/label.h"

struct fold;

/*
 * What was replaced, and what stands now; a deleted facet says nothing.  Fields
 * that have tags become nodes.
 */
struct label_change {
	enum label_kind kind;
	node_id node;
	const struct ol_labels *was;
	const struct ol_labels *now;
};
NODISCARD int fold_labels(struct fold *fold, const struct label_change *change);

/* Of a facet that does not stand: only its fields become nodes. */
NODISCARD int fold_label_fields(
	struct fold *fold, node_id node, const struct ol_labels *labels);
