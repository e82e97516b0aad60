/* SPDX-License-Identifier: Apache-2.0 */

/*
 * alias.h - names of one dataset
 *
 * A standing symlinks facet of a dataset claims other names for it.  Of several
 * claimers of one name, one wins (docs/SEMANTICS.md, Aliases).  Following the
 * winners joins datasets into groups, each of which is one node in answers; the
 * image has them as rings.  The member that nobody has stands for its group; in
 * a circle, the member of the circle with the smallest (namespace, name).
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

struct arena;

struct alias_ids {
	node_id *ids; /* sorted */
	size_t count;
};

/* What a dataset claims, by its standing facet; none: an empty list. */
NODISCARD int alias_claims_get(struct store_txn *txn, node_id claimer,
	struct arena *arena, struct alias_ids *out);
NODISCARD int alias_claims_put(
	struct store_txn *txn, node_id claimer, const struct alias_ids *claims);

/* Who claims a name, and who of them has it (0: nobody). */
struct alias_claimers {
	struct alias_ids all;
	node_id winner;
};
NODISCARD int alias_claimers_get(struct store_txn *txn, node_id claimed,
	struct arena *arena, struct alias_claimers *out);
NODISCARD int alias_claimers_put(
	struct store_txn *txn, node_id claimed, const struct alias_claimers *claimers);

/* Calls visit for every name that somebody has; stops when it returns not 0. */
typedef int alias_visit(void *ctx, node_id claimed, node_id winner);
NODISCARD int alias_each(struct store_txn *txn, alias_visit *visit, void *ctx);

/*
 * The group of a dataset, the one that stands for it first; alone: just itself.
 * Read from the store.
 */
NODISCARD int alias_group(struct store_txn *txn, node_id dataset, struct arena *arena,
	struct alias_ids *out);
