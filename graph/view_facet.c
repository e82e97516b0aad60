/* SPDX-License-Identifier: Apache-2.0 */

/*
 * view_facet.c - standing facets, read for views
 */
#include "graph/view_facet.h"

#include "graph/entity.h"
#include "graph/image_ring.h"

#define IN_MEMORY SLICE("inmemory://")

node_id view_dataset_of(const struct snapshot *snapshot, node_id id)
{
	const struct image_node *node = image_node(snapshot->image, id);

	if (node && node->kind == NODE_FIELD)
		node = image_node(snapshot->image, node->parent);
	return node && node->kind == NODE_WHOLE
		       ? image_canonical(snapshot->image, node->parent)
		       : id;
}

static const struct facet_reader *reader_of(const struct snapshot *snapshot)
{
	return snapshot->graph ? graph_facets(snapshot->graph) : NULL;
}

/* Returns 1 when the node has no such facet. */
static int get_facet(
	struct snapshot *snapshot, node_id id, const char *name, struct facet *out)
{
	return facet_get(snapshot->txn, id, hash64(slice_from(name)), out);
}

/* What stands is well formed; were it not, it would say nothing. */
static int passed_over(int r)
{
	return r == ERR_INVALID ? 0 : r;
}

static int says_temporary(
	struct snapshot *snapshot, node_id name, struct arena *arena, bool *out)
{
	const struct facet_reader *reader = reader_of(snapshot);
	struct facet facet;
	int r = get_facet(snapshot, name, "datasetType", &facet);

	if (r || !reader)
		return r < 0 ? r : 0;
	return passed_over(reader->temporary(facet.bytes, arena, out, NULL));
}

int view_is_temporary(struct snapshot *snapshot, const struct view_node *node,
	struct arena *arena, bool *out)
{
	struct ring names =
		ring_from(snapshot->image, view_dataset_of(snapshot, node->id));
	int r = 0;

	*out = slice_starts(node->key.namespace, IN_MEMORY);
	for (; !r && !*out && names.at; ring_step(&names)) {
		struct entity entity;

		r = entity_get(snapshot->txn, names.at, &entity);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		*out = slice_starts(entity.key.namespace, IN_MEMORY);
		if (!*out)
			r = says_temporary(snapshot, names.at, arena, out);
	}
	return r;
}

static int read_labels(struct snapshot *snapshot, node_id name, enum view_label which,
	struct arena *arena, struct ol_labels *out)
{
	const struct facet_reader *reader = reader_of(snapshot);
	bool owners = which == VIEW_OWNERS;
	struct facet facet;
	int r;

	*out = (struct ol_labels){ 0 };
	r = get_facet(snapshot, name, owners ? "ownership" : "tags", &facet);
	if (r || !reader)
		return r < 0 ? r : 0;
	r = (owners ? reader->owners : reader->tags)(facet.bytes, arena, out, NULL);
	return passed_over(r);
}

/* Whether a label is the node's own: a tag may be of a field. */
static bool is_of(
	const struct ol_label *label, const struct view_node *node, enum view_label which)
{
	if (which == VIEW_OWNERS || node->key.kind != NODE_FIELD)
		return which == VIEW_OWNERS || !label->field.ptr;
	return label->field.ptr && slice_equal(label->field, node->key.field);
}

int view_each_label(struct snapshot *snapshot, const struct view_node *node,
	enum view_label which, struct arena *arena, view_label_visit *visit, void *ctx)
{
	struct ring names =
		ring_from(snapshot->image, view_dataset_of(snapshot, node->id));
	int r = 0;

	for (; !r && names.at; ring_step(&names)) {
		struct ol_labels labels;

		r = read_labels(snapshot, names.at, which, arena, &labels);
		for (size_t i = 0; !r && i < labels.count; i++) {
			if (is_of(&labels.list[i], node, which))
				r = visit(ctx, &labels.list[i]);
		}
	}
	return r;
}
