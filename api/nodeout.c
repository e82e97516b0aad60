/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nodeout.c - nodes and their facets, as answers print them
 */
#include "api/nodeout.h"

#include "api/columnout.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/nodelife.h"
#include "base/hash.h"

#include <stdlib.h>

/* Most nodes have fewer facets. */
#define FACET_ROWS_USUAL 32

static void add_facet_name(
	struct params *p, struct slice name, struct facet_choice *choice)
{
	if (slice_equal(name, SLICE("*")))
		choice->all = true;
	else if (name.len == 0)
		params_fault(p, "facets", "must be names with commas between, or *");
	else if (choice->count == FACET_NAMES_MAX)
		params_fault(p, "facets", "has more than %d names", FACET_NAMES_MAX);
	else
		choice->names[choice->count++] = name;
}

void facet_choice_read(struct params *p, struct facet_choice *out)
{
	struct slice rest = param_get(p, "facets");

	out->count = 0;
	out->all = false;
	if (!param_given(p, "facets"))
		return;
	for (;;) {
		const char *comma = rest.len ? memchr(rest.ptr, ',', rest.len) : NULL;
		size_t n = comma ? (size_t)(comma - rest.ptr) : rest.len;

		add_facet_name(p, slice_of(rest.ptr, n), out);
		if (!comma)
			return;
		rest = slice_of(comma + 1, rest.len - n - 1);
	}
}

const char *node_shown_kind(enum node_kind kind)
{
	return node_kind_text(kind == NODE_WHOLE ? NODE_DATASET : kind);
}

void jsonw_node_key(struct jsonw *w, const struct node_key *key)
{
	jsonw_key(w, "kind");
	jsonw_text(w, node_shown_kind(key->kind));
	jsonw_key(w, "namespace");
	jsonw_string(w, key->namespace);
	jsonw_key(w, "name");
	jsonw_string(w, key->name);
	if (key->kind == NODE_FIELD) {
		jsonw_key(w, "field");
		jsonw_string(w, key->field);
	}
}

void jsonw_node_name(struct jsonw *w, const struct entity *entity)
{
	jsonw_key(w, "id");
	jsonw_uint(w, entity->id);
	jsonw_node_key(w, &entity->key);
}

void jsonw_node_short(struct jsonw *w, const struct entity *entity)
{
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_uint(w, entity->id);
	jsonw_key(w, "namespace");
	jsonw_string(w, entity->key.namespace);
	jsonw_key(w, "name");
	jsonw_string(w, entity->key.name);
	jsonw_object_end(w);
}

int jsonw_node_brief(struct jsonw *w, struct call *call, node_id id)
{
	struct entity entity;
	int r = node_get(call, id, &entity);

	if (r)
		return r;
	jsonw_object(w);
	jsonw_node_name(w, &entity);
	jsonw_object_end(w);
	return 0;
}

/* A facet's row at one of the names of a node. */
struct held {
	node_id node;
	struct entity_facet row;
};

struct held_list {
	struct held *list;
	size_t count;
};

static bool facet_chosen(const struct facet_choice *choice, uint64_t name_hash)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (hash64(choice->names[i]) == name_hash)
			return true;
	}
	return choice->all;
}

static int write_facet(struct jsonw *w, struct call *call, const struct held *held)
{
	struct facet facet;
	int r = facet_get(call->snapshot->txn, held->node, held->row.name_hash, &facet);

	if (r)
		return r == 1 ? ERR_CORRUPT : r; /* its row says that it is there */
	jsonw_key_slice(w, facet.name);
	jsonw_stored(w, facet.bytes);
	return 0;
}

static int append_rows(struct call *call, const struct entity *entity,
	struct entity_facet *rows, struct held_list *out)
{
	int r = entity_facets(call->snapshot->txn, entity->id, rows, entity->facet_count);

	for (size_t i = 0; i < entity->facet_count && !r; i++)
		out->list[out->count++] = (struct held){ entity->id, rows[i] };
	return r;
}

/* Appends the rows of one name to those of others. */
static int hold(struct call *call, const struct entity *entity, struct held_list *out)
{
	struct entity_facet usual[FACET_ROWS_USUAL];
	struct entity_facet *rows = usual;
	struct held *list = arena_array(
		call->arena, out->count + entity->facet_count + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	if (out->count)
		memcpy(list, out->list, out->count * sizeof(*list));
	out->list = list;
	if (entity->facet_count > FACET_ROWS_USUAL) {
		rows = arena_array(call->arena, entity->facet_count, sizeof(*rows));
		if (!rows)
			return ERR_NOMEM;
	}
	return append_rows(call, entity, rows, out);
}

static int by_name_newest_first(const void *a, const void *b)
{
	const struct entity_facet *x = &((const struct held *)a)->row;
	const struct entity_facet *y = &((const struct held *)b)->row;

	if (x->name_hash != y->name_hash)
		return x->name_hash < y->name_hash ? -1 : 1;
	if (x->time_us != y->time_us)
		return x->time_us > y->time_us ? -1 : 1;
	return (x->hash < y->hash) - (x->hash > y->hash);
}

/* Those of all names of a node; of one facet the newest first. */
static int hold_all(struct call *call, const struct entity *entity, struct held_list *out)
{
	int r = hold(call, entity, out);
	size_t first = out->count;

	for (node_id at = ring_next(call, entity->id, entity->id); at && !r;
		at = ring_next(call, entity->id, at)) {
		struct entity other;

		r = node_get(call, at, &other);
		if (!r)
			r = hold(call, &other, out);
	}
	if (!r && out->count > first)
		qsort(out->list, out->count, sizeof(*out->list), by_name_newest_first);
	return r;
}

int jsonw_facet_members(struct jsonw *w, struct call *call, const struct entity *entity,
	const struct facet_choice *choice)
{
	struct held_list held = { .count = 0 };
	uint64_t last = 0;
	bool any = false;
	int r = hold_all(call, entity, &held);

	for (size_t i = 0; i < held.count && !r; i++) {
		const struct entity_facet *row = &held.list[i].row;

		if (!row->hash || (any && row->name_hash == last) ||
			!facet_chosen(choice, row->name_hash))
			continue;
		any = true;
		last = row->name_hash;
		r = write_facet(w, call, &held.list[i]);
	}
	return r;
}

int jsonw_facets(struct jsonw *w, struct call *call, const struct entity *entity,
	const struct facet_choice *choice)
{
	int r;

	jsonw_key(w, "facets");
	jsonw_object(w);
	r = jsonw_facet_members(w, call, entity, choice);
	jsonw_object_end(w);
	return r;
}

int node_get(struct call *call, node_id id, struct entity *out)
{
	int r = entity_get(call->snapshot->txn, id, out);

	return r == 1 ? ERR_CORRUPT : r;
}

int jsonw_labels(struct jsonw *w, struct call *call, const struct entity *entity)
{
	struct ol_labels owners;
	struct ol_labels tags;
	node_id bearer = node_dataset(call, entity->id);
	int r = facet_owners(call, bearer, &owners);

	if (!r)
		r = facet_tags(call, bearer, &tags);
	if (r)
		return r;
	jsonw_owners(w, &owners);
	if (entity->key.kind == NODE_FIELD)
		jsonw_column_tags(w, &tags, entity->key.field);
	else
		jsonw_tags(w, &tags);
	return 0;
}

int jsonw_listed(struct jsonw *w, struct call *call, const struct facet_choice *choice,
	node_id id, const struct node_key *matched)
{
	struct entity_times times;
	struct entity entity;
	int r = node_get(call, id, &entity);

	if (!r)
		r = node_times(call, id, &times);
	if (r)
		return r;
	jsonw_object(w);
	jsonw_node_name(w, &entity);
	jsonw_times(w, &times);
	if (matched) {
		jsonw_key(w, "matched");
		jsonw_name(w, matched);
	}
	if (facet_choice_any(choice))
		r = jsonw_facets(w, call, &entity, choice);
	jsonw_object_end(w);
	return r;
}

int jsonw_node_list(struct jsonw *w, struct call *call, const struct facet_choice *choice,
	const node_id *ids, size_t count, size_t *written_out)
{
	size_t i;

	for (i = 0; i < count; i++) {
		int r;

		if (page_must_end(call, w->buf, i))
			break;
		r = jsonw_listed(w, call, choice, ids[i], NULL);
		if (r)
			return r;
	}
	*written_out = i;
	return 0;
}
