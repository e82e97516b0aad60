/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nodeout.c - nodes and their facets, as answers print them
 */
#include "api/nodeout.h"

#include "api/handlers.h"
#include "base/hash.h"

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

void jsonw_node_key(struct jsonw *w, const struct node_key *key)
{
	jsonw_key(w, "kind");
	jsonw_text(w, node_kind_text(key->kind));
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

void jsonw_node_seen(struct jsonw *w, const struct entity *entity)
{
	jsonw_key(w, "firstSeen");
	jsonw_time(w, entity->times.first_seen_us);
	jsonw_key(w, "lastSeen");
	jsonw_time(w, entity->times.last_seen_us);
}

static int write_facet(struct jsonw *w, struct call *call, node_id id, uint64_t hash)
{
	struct facet facet;
	int r = facet_get(call->snapshot->txn, id, hash, &facet);

	if (r)
		return r == 1 ? ERR_CORRUPT : r; /* its row says that it is there */
	jsonw_key_slice(w, facet.name);
	jsonw_stored(w, facet.bytes);
	return 0;
}

static bool facet_chosen(const struct facet_choice *choice, uint64_t name_hash)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (hash64(choice->names[i]) == name_hash)
			return true;
	}
	return choice->all;
}

static int write_rows(struct jsonw *w, struct call *call, const struct entity *entity,
	const struct facet_choice *choice, struct entity_facet *rows)
{
	int r = entity_facets(call->snapshot->txn, entity->id, rows, entity->facet_count);

	for (size_t i = 0; i < entity->facet_count && !r; i++) {
		if (rows[i].hash && facet_chosen(choice, rows[i].name_hash))
			r = write_facet(w, call, entity->id, rows[i].name_hash);
	}
	return r;
}

int jsonw_facets(struct jsonw *w, struct call *call, const struct entity *entity,
	const struct facet_choice *choice)
{
	struct entity_facet usual[FACET_ROWS_USUAL];
	struct entity_facet *rows = usual;
	int r;

	if (entity->facet_count > FACET_ROWS_USUAL) {
		rows = arena_array(call->arena, entity->facet_count, sizeof(*rows));
		if (!rows)
			return ERR_NOMEM;
	}
	jsonw_key(w, "facets");
	jsonw_object(w);
	r = write_rows(w, call, entity, choice, rows);
	jsonw_object_end(w);
	return r;
}

int node_get(struct call *call, node_id id, struct entity *out)
{
	int r = entity_get(call->snapshot->txn, id, out);

	return r == 1 ? ERR_CORRUPT : r;
}

static int write_listed(
	struct jsonw *w, struct call *call, const struct facet_choice *choice, node_id id)
{
	struct entity entity;
	int r = node_get(call, id, &entity);

	if (r)
		return r;
	jsonw_object(w);
	jsonw_node_name(w, &entity);
	jsonw_node_seen(w, &entity);
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
		r = write_listed(w, call, choice, ids[i]);
		if (r)
			return r;
	}
	*written_out = i;
	return 0;
}
