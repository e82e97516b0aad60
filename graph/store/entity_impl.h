/* SPDX-License-Identifier: Apache-2.0 */

/* entity_impl.h - what the files about entities need of one another */
#pragma once

#include "graph/entity.h"
#include "store_impl.h"

/* The dense id of a namespace, made when it is new. */
NODISCARD int namespace_intern(struct store_txn *txn, struct slice name, uint32_t *out);

/* Makes the rows of a dataset or job in the list and search indexes. */
NODISCARD int entity_list_add(struct store_txn *txn, node_id id, enum node_kind kind,
	uint32_t namespace_id, struct slice name);
NODISCARD int search_add(struct store_txn *txn, node_id id, struct slice name);

/* The id at the end of an index row's key. */
NODISCARD int entity_row_id(const struct row *row, node_id *out);
