/* SPDX-License-Identifier: Apache-2.0 */

/*
 * planned.c - changes that owners have announced: their names, and one of them
 */
#include "graph/planned.h"

#include "base/hash.h"
#include "graph/entity.h"
#include "graph/image_ring.h"
#include "graph/label.h"

static bool is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static bool is_id(struct slice text)
{
	if (!text.len || text.len > PLANNED_ID_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_id_char(text.ptr[i]))
			return false;
	}
	return true;
}

struct slice planned_id_of(struct slice facet_name)
{
	const struct slice prefix = SLICE(PLANNED_FACET_PREFIX);
	const struct slice none = { NULL, 0 };
	struct slice id;

	if (facet_name.len <= prefix.len ||
		!slice_equal(slice_of(facet_name.ptr, prefix.len), prefix))
		return none;
	id = slice_of(facet_name.ptr + prefix.len, facet_name.len - prefix.len);
	return is_id(id) ? id : none;
}

/* Whether an operation has what its kind needs. */
static bool has_parts(const struct ol_operation *told, enum impact_op op)
{
	switch (op) {
	case OP_DROP_COLUMN:
	case OP_SET_NULLABLE:
	case OP_SET_NOT_NULL:
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
		return told->column.ptr;
	case OP_RENAME_COLUMN:
		return told->column.ptr && told->to.ptr;
	case OP_ALTER_TYPE:
		return told->column.ptr && told->type.ptr;
	case OP_DROP_DATASET:
		return true;
	case OP_RENAME_DATASET:
		return told->to.ptr;
	}
	return false;
}

int planned_op_of(const struct ol_operation *told, enum impact_op *out)
{
	for (int i = 0; told->op.ptr && i < IMPACT_OPS; i++) {
		enum impact_op op = (enum impact_op)i;

		if (!slice_equal(told->op, slice_from(impact_op_text(op))))
			continue;
		if (!has_parts(told, op))
			return 1;
		*out = op;
		return 0;
	}
	return 1;
}

struct slice planned_facet_name(struct slice id, char name[PLANNED_NAME_MAX])
{
	const struct slice prefix = SLICE(PLANNED_FACET_PREFIX);

	if (!is_id(id))
		return slice_of(NULL, 0);
	memcpy(name, prefix.ptr, prefix.len);
	memcpy(name + prefix.len, id.ptr, id.len);
	return slice_of(name, prefix.len + id.len);
}

int planned_get(struct snapshot *snapshot, node_id dataset, struct slice id,
	struct arena *arena, struct planned *out)
{
	const struct facet_reader *reader = graph_facets(snapshot->graph);
	char text[PLANNED_NAME_MAX];
	struct slice name = planned_facet_name(id, text);
	struct planned planned = { .dataset = dataset };
	struct entity_facet row;
	struct facet facet;
	uint64_t name_hash;
	int r;

	if (!name.ptr || !reader)
		return 1;
	name_hash = hash64(name);
	r = entity_facet_row(snapshot->txn, dataset, name_hash, arena, &row);
	if (!r)
		r = row.hash ? facet_get(snapshot->txn, dataset, name_hash, &facet) : 1;
	if (r)
		return r;
	planned.told_us = row.time_us;
	r = reader->planned(facet.bytes, arena, &planned.told, NULL);
	if (r)
		return r == ERR_INVALID ? 1 : r;
	planned.id = planned_id_of(facet.name);
	*out = planned;
	return 0;
}

struct listing {
	const struct planned_page *page;
	const struct image_version *image;
	struct arena *arena;
	struct planned_names names;
	size_t room;
};

static bool is_behind(const struct planned_name *after, struct slice id, node_id dataset)
{
	int order = slice_compare(id, after->id);

	return order > 0 || (order == 0 && dataset > after->dataset);
}

static bool is_wanted(const struct listing *listing, struct slice id, node_id dataset)
{
	const struct planned_page *page = listing->page;

	if (!is_behind(&page->after, id, dataset))
		return false;
	return !page->dataset || image_canonical(listing->image, dataset) ==
					 image_canonical(listing->image, page->dataset);
}

/* Returns 1 behind the page. */
static int list_name(void *ctx, struct slice id, node_id dataset)
{
	struct listing *listing = ctx;
	struct planned_names *names = &listing->names;
	struct planned_name *list;
	struct slice copy;

	if (!is_wanted(listing, id, dataset))
		return 0;
	names->more = names->count == listing->page->limit;
	if (names->more)
		return 1;
	list = arena_grow(
		listing->arena, names->list, names->count, &listing->room, sizeof(*list));
	copy = arena_dup(listing->arena, id);
	if (!list || !copy.ptr)
		return ERR_NOMEM;
	names->list = list;
	names->list[names->count++] = (struct planned_name){ copy, dataset };
	return 0;
}

int planned_list(struct snapshot *snapshot, const struct planned_page *page,
	struct arena *arena, struct planned_names *out)
{
	struct listing listing = {
		.page = page,
		.image = snapshot->image,
		.arena = arena,
	};
	int r = label_each(snapshot->txn, LABEL_PLANNED, SLICE(""), list_name, &listing);

	if (r < 0)
		return r;
	*out = listing.names;
	return 0;
}
