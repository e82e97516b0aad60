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

/* The members kind, namespace, name and, of a field, field. */
void jsonw_node_key(struct jsonw *w, const struct node_key *key);

/* The members id and those of the key. */
void jsonw_node_name(struct jsonw *w, const struct entity *entity);

/* An object with id, namespace and name, where the kind is known. */
void jsonw_node_short(struct jsonw *w, const struct entity *entity);

/* The members firstSeen and lastSeen. */
void jsonw_node_seen(struct jsonw *w, const struct entity *entity);

/* The member "facets". */
NODISCARD int jsonw_facets(struct jsonw *w, struct call *call,
	const struct entity *entity, const struct facet_choice *choice);

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
