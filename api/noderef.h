/* SPDX-License-Identifier: Apache-2.0 */

/*
 * noderef.h - which node a question means
 *
 * By kind, namespace and name (and field), or by one parameter `node` in
 * Marquez's form, KIND:NAMESPACE:NAME, where both halves may hold colons: every
 * split is tried against what is there.  Beside a dataset, `field` names one of
 * its fields.
 *
 * Whatever name of a node is used, the node that stands for it is found.
 */
#pragma once

#include "api/params.h"
#include "graph/model.h"

/* The rules of the parameters that name a node. */
#define NODEREF_RULES                                                     \
	{ "kind", 1 }, { "namespace", 1 }, { "name", 1 }, { "field", 1 }, \
	{                                                                 \
		"node", 1                                                 \
	}

/* Those that name two of them, the ends of a way. */
#define NODEREF_ENDS_RULES                                               \
	{ "fromKind", 1 }, { "fromNamespace", 1 }, { "fromName", 1 },    \
		{ "fromField", 1 }, { "from", 1 }, { "toKind", 1 },      \
		{ "toNamespace", 1 }, { "toName", 1 }, { "toField", 1 }, \
	{                                                                \
		"to", 1                                                  \
	}

struct noderef_names {
	const char *kind;
	const char *namespace;
	const char *name;
	const char *field;
	const char *node;
};
extern const struct noderef_names noderef_plain;
extern const struct noderef_names noderef_from;
extern const struct noderef_names noderef_to;

struct noderef {
	const struct noderef_names *names;
	enum node_kind kind; /* what it must be; 0: the parameters say */
	/*
	 * NULL, or what to fill in for a column that only a schema has.  It is no
	 * node, so that the id found is that of its dataset's whole, whose flows it
	 * has, or of the dataset when lineage is not about that whole.  Kind 0: it
	 * is a node.
	 */
	struct node_key *lone;
};

bool noderef_given(const struct params *p);

/*
 * Returns 0 and the node, or 1 when the reply says what is wrong: with p up to
 * here, or that there is no such node, or several.
 */
NODISCARD int noderef_find_as(struct call *call, struct params *p,
	const struct noderef *ref, struct reply *reply, node_id *out);

/* The same by the plain names. */
NODISCARD int noderef_find(struct call *call, struct params *p, enum node_kind kind,
	struct reply *reply, node_id *out);
