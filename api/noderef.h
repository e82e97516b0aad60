/* SPDX-License-Identifier: Apache-2.0 */

/*
 * noderef.h - which node a question means
 *
 * By kind, namespace and name (and field), or by one parameter `node` in
 * Marquez's form, KIND:NAMESPACE:NAME, where both halves may hold colons: every
 * split is tried against what is there.
 */
#pragma once

#include "api/params.h"
#include "graph/model.h"

/* The rules of the parameters that name a node. */
#define NODEREF_RULES                                     \
	{ "kind", 1 }, { "namespace", 1 }, { "name", 1 }, \
	{                                                 \
		"node", 1                                 \
	}

bool noderef_given(const struct params *p);

/*
 * Returns 0 and the node, or 1 when the reply says what is wrong: with p up to
 * here, or that there is no such node, or several.  kind: what it must be; 0:
 * the parameters say.
 */
NODISCARD int noderef_find(struct call *call, struct params *p, enum node_kind kind,
	struct reply *reply, node_id *out);
