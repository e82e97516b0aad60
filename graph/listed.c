/* SPDX-License-Identifier: Apache-2.0 */

/*
 * listed.c - which nodes lists have
 */
#include "graph/entity.h"
#include "graph/graph.h"
#include "graph/image.h"

/* A dataset that is in no edge, has no columns, and is no name of another. */
static bool is_alone(const struct image_node *node)
{
	return node->kind == NODE_DATASET && !node->parent && !node->ring &&
	       !node->edges[UPSTREAM].total && !node->edges[DOWNSTREAM].total;
}

/* Whether no event had it itself. */
static bool is_unknown(const struct entity *entity)
{
	const struct entity_times *times = &entity->times;

	return times->first_seen_us == TIME_NEVER && times->written_us == TIME_NEVER &&
	       times->dropped_us == TIME_NEVER && entity->facet_count == 0;
}

int snapshot_lists(const struct snapshot *snapshot, node_id id)
{
	const struct image_node *node = image_node(snapshot->image, id);
	struct entity entity;
	int r;

	if (!node || node->alias)
		return 0;
	if (!is_alone(node))
		return 1;
	r = entity_get(snapshot->txn, id, &entity);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return !is_unknown(&entity);
}
