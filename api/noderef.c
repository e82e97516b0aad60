/* SPDX-License-Identifier: Apache-2.0 */

/*
 * noderef.c - which node a question means
 */
#include "api/noderef.h"

#include "api/nodeout.h"
#include "api/problem_body.h"
#include "graph/entity.h"

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

bool noderef_given(const struct params *p)
{
	return param_given(p, "node") || param_given(p, "kind") ||
	       param_given(p, "namespace") || param_given(p, "name");
}

/* Tries "NAMESPACE:NAME" split at one colon.  Namespaces are few: look there first. */
static int try_split(
	struct store_txn *txn, const struct node_key *key, struct candidates *found)
{
	uint32_t namespace_id;
	node_id id;
	int r = namespace_find(txn, key->namespace, &namespace_id);

	if (!r)
		r = entity_find(txn, key, &id);
	if (r)
		return r < 0 ? r : 0;
	if (found->count < CANDIDATES_MAX)
		found->list[found->count++] = (struct candidate){ *key, id };
	return 0;
}

static int try_all_splits(struct store_txn *txn, enum node_kind kind, struct slice text,
	struct params *p, struct candidates *found)
{
	unsigned splits = 0;

	for (size_t i = 0; i < text.len; i++) {
		struct node_key key = { .kind = kind };
		int r;

		if (text.ptr[i] != ':')
			continue;
		if (++splits > SPLITS_MAX) {
			params_fault(p, "node",
				"has too many colons: use kind, namespace and name");
			return 0;
		}
		key.namespace = slice_of(text.ptr, i);
		key.name = slice_of(text.ptr + i + 1, text.len - i - 1);
		r = try_split(txn, &key, found);
		if (r)
			return r;
	}
	if (splits == 0)
		params_fault(p, "node", "must be dataset:NAMESPACE:NAME or job:...");
	return 0;
}

static void write_candidates(struct reply *reply, const struct candidates *found)
{
	struct jsonw w;

	problem_open(reply, &w, 409,
		"node means several nodes; name one of the candidates by kind, "
		"namespace and name");
	jsonw_key(&w, "parameter");
	jsonw_text(&w, "node");
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

static int find_by_text(struct call *call, struct params *p, enum node_kind want,
	struct reply *reply, node_id *out)
{
	struct slice text = param_get(p, "node");
	struct candidates found = { .count = 0 };
	const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
	size_t n = colon ? (size_t)(colon - text.ptr) : text.len;
	enum node_kind kind;
	int r;

	if (!colon || node_kind_from_text(slice_of(text.ptr, n), &kind) ||
		kind == NODE_FIELD) {
		params_fault(p, "node", "must be dataset:NAMESPACE:NAME or job:...");
		return 1;
	}
	if (want && kind != want)
		return refuse_kind(p, "node", want);
	r = try_all_splits(call->snapshot->txn, kind,
		slice_of(colon + 1, text.len - n - 1), p, &found);
	if (r || params_error(p))
		return r ? r : 1;
	if (found.count > 1) {
		write_candidates(reply, &found);
		return 1;
	}
	if (found.count == 0) {
		problem_reply(reply, 404, "there is no such %s", node_kind_text(kind));
		return 1;
	}
	*out = found.list[0].id;
	return 0;
}

static void require(struct params *p, const char *name)
{
	if (!param_given(p, name))
		params_fault(p, name,
			"is missing: name a node by kind, namespace and name, or by "
			"node");
}

static int find_by_key(struct call *call, struct params *p, enum node_kind want,
	struct reply *reply, node_id *out)
{
	struct node_key key = { .namespace = param_get(p, "namespace"),
		.name = param_get(p, "name"),
		.field = param_get(p, "field") };
	int r;

	if (!want)
		require(p, "kind");
	require(p, "namespace");
	require(p, "name");
	key.kind = want;
	if (param_given(p, "kind"))
		key.kind = (enum node_kind)(param_choice(p, "kind", kind_names, 0) + 1);
	if (key.kind == NODE_FIELD)
		require(p, "field");
	else if (param_given(p, "field"))
		params_fault(p, "field", "is for kind=field");
	if (params_error(p))
		return 1;
	if (want && key.kind != want)
		return refuse_kind(p, "kind", want);

	r = entity_find(call->snapshot->txn, &key, out);
	if (r == 1)
		problem_reply(
			reply, 404, "there is no such %s", node_kind_text(key.kind));
	return r;
}

static int find(struct call *call, struct params *p, enum node_kind kind,
	struct reply *reply, node_id *out)
{
	static const char *const others[] = { "kind", "namespace", "name", "field" };

	if (params_error(p))
		return 1;
	if (!param_given(p, "node"))
		return find_by_key(call, p, kind, reply, out);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (param_given(p, others[i])) {
			params_fault(
				p, others[i], "stands beside node: give one of both");
			return 1;
		}
	}
	return find_by_text(call, p, kind, reply, out);
}

int noderef_find(struct call *call, struct params *p, enum node_kind kind,
	struct reply *reply, node_id *out)
{
	int r = find(call, p, kind, reply, out);

	if (r == 1 && params_error(p)) {
		r = params_refuse(p, reply);
		return r ? r : 1;
	}
	return r;
}
