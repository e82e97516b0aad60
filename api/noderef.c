/* SPDX-License-Identifier: Apache-2.0 */

/*
 * noderef.c - which node a question means
 */
#include "api/noderef.h"

#include "api/facetin.h"
#include "api/nodeout.h"
#include "api/problem_body.h"
#include "graph/entity.h"

#include <stdio.h>

/* Colons tried in one `node`; each costs a look-up. */
#define SPLITS_MAX     1000
#define CANDIDATES_MAX 16

struct candidate {
	struct node_key key;
	node_id id;
};

struct candidates {
	struct candidate list[CANDIDATES_MAX];
	size_t count;
};

static const char *const kind_names[] = { "dataset", "job", "field", NULL };

const struct noderef_names noderef_plain = { "kind", "namespace", "name", "field",
	"node" };
const struct noderef_names noderef_from = { "fromKind", "fromNamespace", "fromName",
	"fromField", "from" };
const struct noderef_names noderef_to = { "toKind", "toNamespace", "toName", "toField",
	"to" };

bool noderef_given(const struct params *p)
{
	return param_given(p, "node") || param_given(p, "kind") ||
	       param_given(p, "namespace") || param_given(p, "name") ||
	       param_given(p, "field");
}

static bool has_candidate(const struct candidates *found, node_id id)
{
	for (size_t i = 0; i < found->count; i++) {
		if (found->list[i].id == id)
			return true;
	}
	return false;
}

/* Tries "NAMESPACE:NAME" split at one colon.  Namespaces are few: look there first. */
static int try_split(
	struct snapshot *snapshot, const struct node_key *key, struct candidates *found)
{
	uint32_t namespace_id;
	node_id id;
	int r = namespace_find(snapshot->txn, key->namespace, &namespace_id);

	if (!r)
		r = entity_find(snapshot->txn, key, &id);
	if (r)
		return r < 0 ? r : 0;
	id = image_canonical(snapshot->image, id);
	if (found->count < CANDIDATES_MAX && !has_candidate(found, id))
		found->list[found->count++] = (struct candidate){ *key, id };
	return 0;
}

/* "dataset:NAMESPACE:NAME"; a field has a name of its own kind. */
static int read_kind(struct slice text, struct node_key *key, struct slice *rest_out)
{
	const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
	size_t n = colon ? (size_t)(colon - text.ptr) : 0;

	if (!colon || node_kind_from_text(slice_of(text.ptr, n), &key->kind) ||
		key->kind == NODE_FIELD)
		return 1;
	*rest_out = slice_of(colon + 1, text.len - n - 1);
	return memchr(rest_out->ptr, ':', rest_out->len) ? 0 : 1;
}

static int try_all_splits(struct snapshot *snapshot, struct node_key *key,
	struct slice text, struct candidates *found)
{
	unsigned splits = 0;

	for (size_t i = 0; i < text.len; i++) {
		int r;

		if (text.ptr[i] != ':')
			continue;
		if (++splits > SPLITS_MAX)
			return ERR_TOO_LARGE;
		key->namespace = slice_of(text.ptr, i);
		key->name = slice_of(text.ptr + i + 1, text.len - i - 1);
		r = try_split(snapshot, key, found);
		if (r)
			return r;
	}
	return 0;
}

static void write_candidates(
	struct reply *reply, const char *name, const struct candidates *found)
{
	char detail[100];
	struct jsonw w;

	(void)snprintf(detail, sizeof(detail),
		"%s means several nodes; name one of the candidates by kind, namespace "
		"and name",
		name);
	problem_open(reply, &w, 409, detail);
	jsonw_key(&w, name[0] == '/' ? "pointer" : "parameter");
	jsonw_text(&w, name);
	jsonw_key(&w, "candidates");
	jsonw_array(&w);
	for (size_t i = 0; i < found->count; i++) {
		jsonw_object(&w);
		jsonw_node_key(&w, &found->list[i].key);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
}

static int refuse_kind(struct params *p, const char *name, enum node_kind kind)
{
	params_fault(p, name, "must name a %s", node_kind_text(kind));
	return 1;
}

static int answer_missing(struct reply *reply, enum node_kind kind)
{
	problem_reply(reply, 404, "there is no such %s", node_kind_text(kind));
	return 1;
}

/* A field under any of the names of its dataset: 0, or 1 when none has it. */
static int find_field(
	struct call *call, node_id dataset, struct slice field, node_id *out)
{
	for (node_id at = dataset; at; at = ring_next(call, dataset, at)) {
		struct node_key key;
		struct entity entity;
		int r = node_get(call, at, &entity);

		if (r)
			return r;
		key = (struct node_key){ NODE_FIELD, entity.key.namespace,
			entity.key.name, field };
		r = entity_find(call->snapshot->txn, &key, out);
		if (r != 1)
			return r;
	}
	return 1;
}

/* The whole of a dataset under any of its names, or the dataset when it has none. */
static node_id find_whole(const struct call *call, node_id dataset)
{
	for (node_id at = dataset; at; at = ring_next(call, dataset, at)) {
		const struct image_node *node = image_node(call->snapshot->image, at);

		if (node && node->parent)
			return image_canonical(call->snapshot->image, node->parent);
	}
	return dataset;
}

/* Returns 0 and the node (see lone), or 1 when there is none. */
static int look_up(struct call *call, const struct node_key *key,
	const struct noderef *ref, node_id *out)
{
	struct node_key known = *key;
	node_id id;
	int r;

	if (key->kind == NODE_FIELD)
		known = (struct node_key){ NODE_DATASET, key->namespace, key->name,
			{ 0 } };
	r = entity_find(call->snapshot->txn, &known, &id);
	if (r)
		return r;
	*out = image_canonical(call->snapshot->image, id);
	if (key->kind != NODE_FIELD)
		return 0;
	id = *out;
	r = find_field(call, id, key->field, out);
	if (r == 0)
		*out = image_canonical(call->snapshot->image, *out);
	if (r != 1 || !ref->lone)
		return r;
	r = facet_schema_has(call, id, key->field);
	if (r)
		return r;
	*ref->lone = *key;
	*out = find_whole(call, id);
	return 0;
}

/* A field of the dataset that was named by text. */
static int find_column(struct call *call, const struct params *p,
	const struct noderef *ref, struct reply *reply, struct node_key *key,
	node_id *out)
{
	int r;

	key->kind = NODE_FIELD;
	key->field = param_get(p, ref->names->field);
	r = look_up(call, key, ref, out);
	return r == 1 ? answer_missing(reply, NODE_FIELD) : r;
}

static int find_by_text(struct call *call, struct params *p, const struct noderef *ref,
	struct reply *reply, node_id *out)
{
	const char *name = ref->names->node;
	struct candidates found = { .count = 0 };
	struct node_key key = { .field = { 0 } };
	struct slice rest;
	int r;

	if (read_kind(param_get(p, name), &key, &rest)) {
		params_fault(p, name, "must be dataset:NAMESPACE:NAME or job:...");
		return 1;
	}
	if (param_given(p, ref->names->field) && key.kind != NODE_DATASET)
		return refuse_kind(p, name, NODE_DATASET);
	if (ref->kind && key.kind != ref->kind)
		return refuse_kind(p, name, ref->kind);
	r = try_all_splits(call->snapshot, &key, rest, &found);
	if (r == ERR_TOO_LARGE) {
		params_fault(
			p, name, "has too many colons: use kind, namespace and name");
		return 1;
	}
	if (r)
		return r;
	if (found.count == 0)
		return answer_missing(reply, key.kind);
	if (found.count > 1) {
		write_candidates(reply, name, &found);
		return 1;
	}
	if (param_given(p, ref->names->field)) {
		key = found.list[0].key;
		return find_column(call, p, ref, reply, &key, out);
	}
	*out = found.list[0].id;
	return 0;
}

static void require(struct params *p, const struct noderef_names *names, const char *name)
{
	if (!param_given(p, name))
		params_fault(p, name,
			"is missing: name a node by kind, namespace and name, or by %s",
			names->node);
}

static int read_key(struct params *p, const struct noderef *ref, struct node_key *key)
{
	const struct noderef_names *names = ref->names;

	*key = (struct node_key){ .namespace = param_get(p, names->namespace),
		.name = param_get(p, names->name),
		.field = param_get(p, names->field) };
	if (!ref->kind)
		require(p, names, names->kind);
	require(p, names, names->namespace);
	require(p, names, names->name);
	key->kind = ref->kind;
	if (param_given(p, names->kind))
		key->kind =
			(enum node_kind)(param_choice(p, names->kind, kind_names, 0) + 1);
	if (key->kind == NODE_FIELD)
		require(p, names, names->field);
	else if (param_given(p, names->field))
		params_fault(p, names->field, "is for %s=field", names->kind);
	if (params_error(p))
		return 1;
	return ref->kind && key->kind != ref->kind
		       ? refuse_kind(p, names->kind, ref->kind)
		       : 0;
}

static int find(struct call *call, struct params *p, const struct noderef *ref,
	struct reply *reply, node_id *out)
{
	const char *const others[] = { ref->names->kind, ref->names->namespace,
		ref->names->name };
	struct node_key key;
	int r;

	if (param_given(p, ref->names->field) && ref->kind && ref->kind != NODE_FIELD)
		params_fault(p, ref->names->field, "is not for this question");
	if (params_error(p))
		return 1;
	if (!param_given(p, ref->names->node)) {
		r = read_key(p, ref, &key);
		if (!r)
			r = look_up(call, &key, ref, out);
		return r == 1 && !params_error(p) ? answer_missing(reply, key.kind) : r;
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (param_given(p, others[i])) {
			params_fault(p, others[i], "stands beside %s: give one of both",
				ref->names->node);
			return 1;
		}
	}
	return find_by_text(call, p, ref, reply, out);
}

int noderef_find_as(struct call *call, struct params *p, const struct noderef *ref,
	struct reply *reply, node_id *out)
{
	int r;

	if (ref->lone)
		ref->lone->kind = 0;
	r = find(call, p, ref, reply, out);
	if (r == 1 && params_error(p)) {
		r = params_refuse(p, reply);
		return r ? r : 1;
	}
	return r;
}

int noderef_find(struct call *call, struct params *p, enum node_kind kind,
	struct reply *reply, node_id *out)
{
	const struct noderef ref = { .names = &noderef_plain, .kind = kind };

	return noderef_find_as(call, p, &ref, reply, out);
}
