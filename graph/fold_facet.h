/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_facet.h - one mention of a node: its time, and the facets told of it
 */
#pragma once

#include "graph/model.h"

struct fold;
struct memo_node;

struct mention {
	node_id id;
	const struct ol_facets *facets;
	bool writes; /* the event writes this dataset */
};

/*
 * Weighs each facet against the one that stands, and does what follows from it:
 * its history, the labels and the aliases.  Facets that are malformed are passed
 * over and counted in fold->odd.  Returns 1 when a facet lost, so that the event's
 * word is not what the graph says now, or when what it does is not for the memo;
 * else 0.
 */
NODISCARD int fold_mention(
	struct fold *fold, const struct mention *mention, int64_t time_us);

/* After that: how to know the mention again.  Returns 1 when the memo cannot. */
NODISCARD int fold_mention_memo(
	struct fold *fold, const struct mention *mention, struct memo_node *out);

/* The same mention came again at another time; false when the node has changed. */
bool fold_mention_holds(struct fold *fold, const struct memo_node *node);
void fold_mention_again(struct fold *fold, const struct memo_node *node, int64_t time_us);
