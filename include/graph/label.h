/* SPDX-License-Identifier: Apache-2.0 */

/*
 * label.h - owners, tags and planned changes, and who has them
 *
 * An index from a label's text to nodes, kept by the fold from the standing
 * facets ownership, tags and headwater_change_ID.  Texts: an owner's name; a tag
 * as KEY, or KEY=VALUE when it has a value (then under both); the ID.  A tag on a
 * column belongs to the field's node.  Texts over 400 bytes are cut for the index.
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

enum label_kind { LABEL_OWNER = 1, LABEL_TAG = 2, LABEL_PLANNED = 3 };

NODISCARD int label_add(
	struct store_txn *txn, enum label_kind kind, struct slice text, node_id node);
/* Returns 0, or 1 when it was not there. */
NODISCARD int label_remove(
	struct store_txn *txn, enum label_kind kind, struct slice text, node_id node);

/*
 * Calls visit for each row whose text begins with prefix, in order of (text, node);
 * stops when it returns not 0.  The text lives until visit returns.
 */
typedef int label_visit(void *ctx, struct slice text, node_id node);
NODISCARD int label_each(struct store_txn *txn, enum label_kind kind, struct slice prefix,
	label_visit *visit, void *ctx);
