/* SPDX-License-Identifier: Apache-2.0 */

/*
 * node_name.h - nodes by what they are called
 */
#pragma once

#include "graph/model.h"
#include "graph/store.h"

struct arena;

/* A node's key as a copy in the arena: what a read returns ends with the next put. */
NODISCARD int node_key_copy(
	struct store_txn *txn, node_id id, struct arena *arena, struct node_key *out);

/* Order of (namespace, name); the sign goes to out. */
NODISCARD int node_name_compare(struct store_txn *txn, node_id a, node_id b, int *out);
