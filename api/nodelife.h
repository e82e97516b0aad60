/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nodelife.h - the other names of a node, its times, and what became of it
 */
#pragma once

#include "api/call.h"
#include "api/jsonw.h"
#include "graph/entity.h"

/* The dataset of a field or a whole; of another node itself. */
node_id node_dataset(const struct call *call, node_id node);

/* The times of a node over all of its names: the newest, and the first of firsts. */
NODISCARD int node_times(struct call *call, node_id node, struct entity_times *out);

/* The members firstSeen and lastSeen; null where they are not known. */
void jsonw_times(struct jsonw *w, const struct entity_times *times);

/* A member with a time, or null for TIME_NEVER. */
void jsonw_seen(struct jsonw *w, const char *name, int64_t us);

bool node_has_aliases(const struct call *call, node_id node);

/* The member "aliases": the other names, [{namespace,name}]. */
NODISCARD int jsonw_aliases(struct jsonw *w, struct call *call, node_id node);

/* Two members, namespace and name, as an object. */
void jsonw_name(struct jsonw *w, const struct node_key *key);

#define RENAMES_MAX 16

/*
 * The datasets that this one was renamed to (DOWNSTREAM) or from (UPSTREAM), as
 * far as renames stand; at most RENAMES_MAX.
 */
struct renames {
	node_id ids[RENAMES_MAX];
	size_t count;
};
void node_renames(const struct call *call, node_id node, enum direction direction,
	struct renames *out);

/*
 * The member "lifecycle" of a dataset that is dropped; of another one nothing,
 * or null when always is set.
 */
NODISCARD int jsonw_lifecycle(struct jsonw *w, struct call *call, node_id node,
	const struct entity_times *times, bool always);
