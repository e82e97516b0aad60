/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ends.h - the two ends of a way
 */
#pragma once

#include "api/lineage_query.h"

struct ends {
	node_id from;
	node_id to;
	/* Kind NODE_FIELD: that end is a column that no lineage names, and its id that
	   of its dataset's whole, or of the dataset (noderef.h). */
	struct node_key lone_from;
	struct node_key lone_to;
};

/*
 * Reads both (NODEREF_ENDS_RULES).  Returns 0, or 1 when the reply says what is
 * wrong.
 */
NODISCARD int ends_read(
	struct call *call, struct params *p, struct reply *reply, struct ends *out);

/* One node of a way, which may be an end that has no id. */
NODISCARD int jsonw_ends_node(
	struct jsonw *w, struct call *call, const struct ends *ends, node_id id);

/* The members from and to: which nodes these are. */
NODISCARD int jsonw_ends(struct jsonw *w, struct call *call, const struct ends *ends);

/*
 * Whether an end is a column of which no lineage tells anything, not even of its
 * dataset as a whole: its id is that of the dataset.  No way leads there.
 */
bool ends_from_is_untold(const struct call *call, const struct ends *ends);
bool ends_to_is_untold(const struct call *call, const struct ends *ends);
bool ends_no_way(const struct call *call, const struct ends *ends);

/* Whether one of both is of this kind. */
bool ends_have(const struct call *call, const struct ends *ends, enum node_kind kind);
