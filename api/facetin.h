/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facetin.h - what the standing facets of a node say
 *
 * A node with aliases is several in the store.  Of their facets of one name,
 * that with the newest event time speaks for all of them.
 */
#pragma once

#include "api/call.h"
#include "graph/facets.h"

/*
 * The other names of a node: the next one behind `at` (first the node itself),
 * or 0 when that was the last.
 *
 *	for (node_id at = node; at; at = ring_next(call, node, at))
 */
node_id ring_next(const struct call *call, node_id node, node_id at);

/* Returns 0, or 1 when no such facet stands.  The bytes are in the snapshot. */
NODISCARD int facet_newest(
	struct call *call, node_id node, struct slice name, struct slice *out);

/* One that is not there, or malformed, is an empty one. */
NODISCARD int facet_schema(struct call *call, node_id node, struct ol_schema *out);
NODISCARD int facet_owners(struct call *call, node_id node, struct ol_labels *out);
NODISCARD int facet_tags(struct call *call, node_id node, struct ol_labels *out);

/* Returns 0 when the schema of the dataset has this column, or 1. */
NODISCARD int facet_schema_has(struct call *call, node_id dataset, struct slice path);
