/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facetin.c - what the standing facets of a node say
 */
#include "api/facetin.h"

#include "base/hash.h"
#include "graph/entity.h"

node_id ring_next(const struct call *call, node_id node, node_id at)
{
	const struct image_node *image = image_node(call->snapshot->image, at);
	node_id next = image ? image->ring : 0;

	return next == node ? 0 : next;
}

/* The row of a facet that stands at a name; 0, or 1 when none does. */
static int find_row(
	struct call *call, node_id node, uint64_t name_hash, struct entity_facet *out)
{
	int r = entity_facet_row(call->snapshot->txn, node, name_hash, call->arena, out);

	return r || out->hash ? r : 1;
}

/* As between two instances of one name: the newer, of one time the larger hash. */
static bool is_newer(const struct entity_facet *a, const struct entity_facet *b)
{
	return a->time_us != b->time_us ? a->time_us > b->time_us : a->hash > b->hash;
}

int facet_newest(struct call *call, node_id node, struct slice name, struct slice *out)
{
	uint64_t name_hash = hash64(name);
	struct entity_facet best = { .hash = 0 };
	struct facet facet;
	node_id owner = 0;
	int r;

	for (node_id at = node; at; at = ring_next(call, node, at)) {
		struct entity_facet row = { .hash = 0 };

		r = find_row(call, at, name_hash, &row);
		if (r < 0)
			return r;
		if (r == 1 || (owner && !is_newer(&row, &best)))
			continue;
		best = row;
		owner = at;
	}
	if (!owner)
		return 1;
	r = facet_get(call->snapshot->txn, owner, name_hash, &facet);
	if (r)
		return r == 1 ? ERR_CORRUPT : r;
	*out = facet.bytes;
	return 0;
}

/* What a facet could not be read for is told as if it were not there. */
static int none_when_malformed(int r)
{
	return r == ERR_INVALID ? 0 : r;
}

int facet_schema(struct call *call, node_id node, struct ol_schema *out)
{
	const struct facet_reader *reader = graph_facets(call->snapshot->graph);
	struct slice bytes;
	struct fault fault;
	int r = facet_newest(call, node, SLICE("schema"), &bytes);

	*out = (struct ol_schema){ .count = 0 };
	if (r || !reader)
		return r < 0 ? r : 0;
	return none_when_malformed(reader->schema(bytes, call->arena, out, &fault));
}

int facet_owners(struct call *call, node_id node, struct ol_labels *out)
{
	const struct facet_reader *reader = graph_facets(call->snapshot->graph);
	struct slice bytes;
	struct fault fault;
	int r = facet_newest(call, node, SLICE("ownership"), &bytes);

	*out = (struct ol_labels){ .count = 0 };
	if (r || !reader)
		return r < 0 ? r : 0;
	return none_when_malformed(reader->owners(bytes, call->arena, out, &fault));
}

int facet_tags(struct call *call, node_id node, struct ol_labels *out)
{
	const struct facet_reader *reader = graph_facets(call->snapshot->graph);
	struct slice bytes;
	struct fault fault;
	int r = facet_newest(call, node, SLICE("tags"), &bytes);

	*out = (struct ol_labels){ .count = 0 };
	if (r || !reader)
		return r < 0 ? r : 0;
	return none_when_malformed(reader->tags(bytes, call->arena, out, &fault));
}

int facet_schema_has(struct call *call, node_id dataset, struct slice path)
{
	struct ol_schema schema;
	int r = facet_schema(call, dataset, &schema);

	if (r)
		return r;
	for (size_t i = 0; i < schema.count; i++) {
		if (slice_equal(schema.list[i].path, path))
			return 0;
	}
	return 1;
}
