/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_node.h - nodes that events name
 */
#pragma once

#include "graph/model.h"

struct fold;

/*
 * Finds or makes a node, in the store and in the image.  With a field come its
 * whole and its dataset, with a whole its dataset.  seen_us is when a new
 * dataset or job was seen; TIME_NEVER: it was told of, not seen.
 */
NODISCARD int fold_node(
	struct fold *fold, const struct node_key *key, int64_t seen_us, node_id *out);
