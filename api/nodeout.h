/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nodeout.h - nodes and their facets, as answers print them
 */
#pragma once

#include "api/jsonw.h"
#include "api/params.h"
#include "graph/entity.h"

#define FACET_NAMES_MAX 64

/* Which facets the parameter `facets` asks for. */
struct facet_choice {
	struct slice names[FACET_NAMES_MAX];
	size_t count;
	bool all;
};

void facet_choice_read(struct params *p, struct facet_choice *out);

static inline bool facet_choice_any(const struct facet_choice *choice)
{
	return choice->all || choice->count > 0;
}

/* "dataset", "job" or "field": the whole of a dataset is shown as the dataset. */
const char *node_shown_kind(enum node_kind kind);

/* The members kind, namespace, name and, of a field, field. */
void jsonw_node_key(struct jsonw *w, const struct node_key *key);

/* The members id and those of the key. */
void jsonw_node_name(struct jsonw *w, const struct entity *entity);

/* An object with id, namespace and name, where the kind is known. */
void jsonw_node_short(struct jsonw *w, const struct entity *entity);

/* An object with id and the members of the key. */
NODISCARD int jsonw_node_brief(struct jsonw *w, struct call *call, node_id id);

/* The members of "facets", without it and its braces. */
NODISCARD int jsonw_facet_members(struct jsonw *w, struct call *call,
	const struct entity *entity, const struct facet_choice *choice);

/* The member "facets": of all names of the node, the newest of each. */
NODISCARD int jsonw_facets(struct jsonw *w, struct call *call,
	const struct entity *entity, const struct facet_choice *choice);

/* The members owners and tags; of a field its dataset's owners, and what is on it. */
NODISCARD int jsonw_labels(
	struct jsonw *w, struct call *call, const struct entity *entity);

/*
 * One whole object: name, seen and, when asked for, facets.  matched: the other
 * name by which it was found, or NULL.
 */
NODISCARD int jsonw_listed(struct jsonw *w, struct call *call,
	const struct facet_choice *choice, node_id id, const struct node_key *matched);

/*
 * One whole object for each of the ids: name, seen and, when asked for, facets.
 * Stops early when the page gets long or the deadline passes; *written_out
 * says how many stand, at least one.
 */
NODISCARD int jsonw_node_list(struct jsonw *w, struct call *call,
	const struct facet_choice *choice, const node_id *ids, size_t count,
	size_t *written_out);

/* The entity with this id; a node that must be there. */
NODISCARD int node_get(struct call *call, node_id id, struct entity *out);
