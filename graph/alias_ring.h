/* SPDX-License-Identifier: Apache-2.0 */

/*
 * alias_ring.h - groups of aliases, as rings of the image
 *
 * The store has who claims and who has a name (alias.h); the image has, for
 * each group, a ring of its datasets, one of their wholes, and one for each
 * name of a field.  In the first place stands the dataset that stands for the
 * group; the others follow by name.
 */
#pragma once

#include "base/attr.h"
#include "graph/model.h"

struct arena;
struct idset;
struct image;
struct store_txn;

struct alias_rings {
	struct store_txn *txn;
	struct image *image;
	struct arena *arena;
	struct idset *done; /* datasets whose rings were set by these calls */
};

/* Sets the rings of the group that a dataset is in, once. */
NODISCARD int alias_rings_set(const struct alias_rings *rings, node_id dataset);
