/* SPDX-License-Identifier: Apache-2.0 */

/*
 * alias_ring.c - groups of aliases, as rings of the image
 *
 * Nothing is written to the store here, so names stay where they were read.
 */
#include "graph/alias_ring.h"

#include "base/arena.h"
#include "base/idset.h"
#include "graph/adjacency.h"
#include "graph/alias.h"
#include "graph/entity.h"
#include "graph/idlist.h"
#include "graph/image.h"

#include <stdlib.h>

struct member {
	node_id id;
	struct node_key key;
};

/* The datasets of one group in the order of their rings. */
struct members {
	struct member *list;
	size_t count;
};

/* A field of the member in this place. */
struct member_field {
	struct slice name;
	size_t place;
	node_id id;
};

struct member_fields {
	struct member_field *list;
	size_t count;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a;
	const struct member *y = b;
	int r = slice_compare(x->key.namespace, y->key.namespace);

	return r ? r : slice_compare(x->key.name, y->key.name);
}

static int compare_fields(const void *a, const void *b)
{
	const struct member_field *x = a;
	const struct member_field *y = b;
	int r = slice_compare(x->name, y->name);

	return r ? r : (x->place > y->place) - (x->place < y->place);
}

static int get_key(const struct alias_rings *rings, node_id id, struct node_key *out)
{
	struct entity entity;
	int r = entity_get(rings->txn, id, &entity);

	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	*out = entity.key;
	return 0;
}

static int list_members(
	const struct alias_rings *rings, node_id dataset, struct members *out)
{
	struct alias_ids group;
	int r;

	r = alias_group(rings->txn, dataset, rings->arena, &group);
	if (r)
		return r;
	out->count = group.count;
	out->list = arena_array(rings->arena, group.count, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	for (size_t i = 0; i < group.count; i++) {
		out->list[i].id = group.ids[i];
		r = get_key(rings, group.ids[i], &out->list[i].key);
		if (r)
			return r;
	}
	/* The first one stands for the group, whatever its name is. */
	qsort(out->list + 1, out->count - 1, sizeof(*out->list), compare_members);
	return 0;
}

/* The node of this kind and field of a member, or 0. */
static int find_part(const struct alias_rings *rings, const struct member *member,
	const struct node_key *part, node_id *out)
{
	struct node_key key = member->key;
	int r;

	key.kind = part->kind;
	key.field = part->field;
	r = entity_find(rings->txn, &key, out);
	if (r == 1)
		*out = 0;
	return r < 0 ? r : 0;
}

/* The ring of all members' nodes of this kind and field. */
static int set_part(const struct alias_rings *rings, const struct members *members,
	const struct node_key *part)
{
	node_id *ids = arena_array(rings->arena, members->count, sizeof(*ids));
	size_t count = 0;

	if (!ids)
		return ERR_NOMEM;
	for (size_t i = 0; i < members->count; i++) {
		int r = find_part(rings, &members->list[i], part, &ids[count]);

		if (r)
			return r;
		if (ids[count])
			count++;
	}
	return count ? image_set_ring(rings->image, ids, count) : 0;
}

static int gather_field(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	(void)node;
	(void)direction;
	return edge->flags & EDGE_CONTAINS ? idlist_add(ctx, edge->peer) : 0;
}

/* The ids of one member's fields. */
static int gather_fields(
	const struct alias_rings *rings, const struct member *member, struct idlist *out)
{
	const struct node_key part = { .kind = NODE_WHOLE };
	node_id whole;
	int r;

	out->arena = rings->arena;
	r = find_part(rings, member, &part, &whole);
	if (!r && whole)
		r = adjacency_each(rings->txn, whole, DOWNSTREAM, gather_field, out);
	idlist_finish(out);
	return r;
}

static int name_fields(const struct alias_rings *rings, const struct idlist *ids,
	size_t place, struct member_fields *out)
{
	for (size_t i = 0; i < ids->count; i++) {
		struct member_field *field = &out->list[out->count++];
		struct node_key key;
		int r = get_key(rings, ids->ids[i], &key);

		if (r)
			return r;
		*field = (struct member_field){ key.field, place, ids->ids[i] };
	}
	return 0;
}

/* The fields of all members, by name. */
static int list_fields(const struct alias_rings *rings, const struct members *members,
	struct member_fields *out)
{
	struct idlist *ids = arena_array(rings->arena, members->count, sizeof(*ids));
	size_t total = 0;
	int r = 0;

	if (!ids)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < members->count; i++) {
		r = gather_fields(rings, &members->list[i], &ids[i]);
		total += ids[i].count;
	}
	out->count = 0;
	out->list = arena_array(rings->arena, total + 1, sizeof(*out->list));
	if (r || !out->list)
		return r ? r : ERR_NOMEM;
	for (size_t i = 0; !r && i < members->count; i++)
		r = name_fields(rings, &ids[i], i, out);
	qsort(out->list, out->count, sizeof(*out->list), compare_fields);
	return r;
}

/* Fields of one name are one. */
static int set_fields(const struct alias_rings *rings, const struct members *members)
{
	struct member_fields fields;
	node_id *ids;
	size_t i = 0;
	int r;

	r = list_fields(rings, members, &fields);
	if (r)
		return r;
	ids = arena_array(rings->arena, members->count, sizeof(*ids));
	if (!ids)
		return ERR_NOMEM;
	while (i < fields.count) {
		const struct slice name = fields.list[i].name;
		size_t count = 0;

		while (i < fields.count && slice_equal(fields.list[i].name, name))
			ids[count++] = fields.list[i++].id;
		r = image_set_ring(rings->image, ids, count);
		if (r)
			return r;
	}
	return 0;
}

static int set_done(const struct alias_rings *rings, const struct members *members)
{
	for (size_t i = 0; i < members->count; i++) {
		int r = idset_put(rings->done, members->list[i].id, 1);

		if (r < 0)
			return r;
	}
	return 0;
}

int alias_rings_set(const struct alias_rings *rings, node_id dataset)
{
	const struct node_key self = { .kind = NODE_DATASET };
	const struct node_key whole = { .kind = NODE_WHOLE };
	struct members members;
	int r;

	if (idset_get(rings->done, dataset, NULL) == 0)
		return 0;
	r = list_members(rings, dataset, &members);
	if (!r)
		r = set_done(rings, &members);
	if (!r)
		r = set_part(rings, &members, &self);
	if (!r)
		r = set_part(rings, &members, &whole);
	return r ? r : set_fields(rings, &members);
}
