/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_typed.c - which columns have a type of their own
 */
#include "graph/impact.h"

#include "graph/level.h"

static int read_dataset(struct impact_schemas *schemas, node_id dataset)
{
	int r;

	if (schemas->dataset == dataset)
		return 0;
	r = columns_read(schemas->snapshot, dataset, schemas->deadline_us, schemas->arena,
		&schemas->columns);
	if (!r)
		schemas->dataset = dataset;
	return r;
}

int impact_typed_by_schema(void *ctx, node_id field)
{
	struct impact_schemas *schemas = ctx;
	const struct image_version *image = schemas->snapshot->image;
	const struct image_node *node = image_node(image, field);
	int r = read_dataset(schemas, walk_shown(image, node->parent));

	if (r)
		return r;
	for (size_t i = 0; i < schemas->columns.count; i++) {
		const struct column *column = &schemas->columns.list[i];

		if (column->node == field)
			return column->type.len != 0;
	}
	return 0;
}
