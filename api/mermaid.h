/* SPDX-License-Identifier: Apache-2.0 */

/*
 * mermaid.h - nodes of lineage in Mermaid flowcharts
 */
#pragma once

#include "base/buf.h"
#include "graph/model.h"

/*
 * A node's label within the brackets that draw its kind; of each name the first
 * max bytes.  Kind 0: a group.
 */
void mermaid_label(struct buf *buf, const struct node_key *key, size_t max);
