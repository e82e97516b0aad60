/* SPDX-License-Identifier: Apache-2.0 */

/*
 * level.c - what belongs to each level
 */
#include "graph/level.h"

#define KIND_BIT(kind) ((uint8_t)(1 << (kind)))

const struct level_rule level_any = { 0, 0 };

struct level_kinds level_kinds(enum lineage_level level)
{
	uint8_t both = KIND_BIT(NODE_DATASET) | KIND_BIT(NODE_JOB);

	switch (level) {
	case LEVEL_DATASET:
		return (struct level_kinds){ NODE_DATASET, NODE_JOB, both };
	case LEVEL_JOB:
		return (struct level_kinds){ NODE_JOB, NODE_DATASET, both };
	case LEVEL_MIXED:
		return (struct level_kinds){ 0, 0, both };
	case LEVEL_FIELD:
		break;
	}
	return (struct level_kinds){ 0, 0,
		KIND_BIT(NODE_FIELD) | KIND_BIT(NODE_WHOLE) | KIND_BIT(NODE_DATASET) };
}

struct level_rule level_rule(const struct lineage_query *query)
{
	switch (query->level) {
	case LEVEL_DATASET:
		if (query->precise)
			return (struct level_rule){ EDGE_COVERED, EDGE_FLOW_NOW };
		return (struct level_rule){ EDGE_IMPLIED, 0 };
	case LEVEL_MIXED:
		return (struct level_rule){ EDGE_IMPLIED, 0 };
	case LEVEL_JOB:
	case LEVEL_FIELD:
		break;
	}
	return level_any;
}

node_id level_column(const struct image_version *image, enum lineage_level level,
	const node_id *ends, size_t count)
{
	const struct image_node *end;

	if (level != LEVEL_FIELD || count != 1)
		return 0;
	end = image_node(image, ends[0]);
	return end && end->kind == NODE_WHOLE ? image_canonical(image, ends[0]) : 0;
}

node_id walk_shown(const struct image_version *image, node_id id)
{
	const struct image_node *node = image_at(image, id);

	if (node && node->kind == NODE_WHOLE)
		return image_canonical(image, node->parent);
	return image_canonical(image, id);
}
