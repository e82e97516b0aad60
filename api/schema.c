/* SPDX-License-Identifier: Apache-2.0 */

/*
 * schema.c - GET /api/v2/schema: every schema that a dataset had
 *
 * A dataset's past is that of all its names: its aliases, and the names that
 * renames led from and to.  Their versions stand in one list, newest first.
 */
#include "api/columnout.h"
#include "api/cursor.h"
#include "api/facetin.h"
#include "api/handlers.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "api/noderef.h"
#include "base/hash.h"
#include "graph/history.h"

#include <stdlib.h>

#define NAMES_MAX 64 /* of one dataset over time */

static const struct param_range version_limit = { 1, 1000, 100 };

static const struct param_rule schema_rules[] = { NODEREF_RULES, { "limit", 1 },
	{ "cursor", 1 }, { NULL, 0 } };

/* How a version's dataset is related to the one that is asked for. */
enum relation { RELATION_SELF, RELATION_ALIAS, RELATION_OLD, RELATION_NEW };

struct name {
	node_id node;
	enum relation relation;
	uint64_t standing; /* the hash of the schema that stands; 0: none */
};

struct names {
	struct name list[NAMES_MAX];
	size_t count;
};

struct version {
	struct past_facet past;
	const struct name *name;
};

struct versions {
	struct version *list; /* newest first */
	size_t count;
};

static bool add_name(struct names *names, node_id node, enum relation relation)
{
	for (size_t i = 0; i < names->count; i++) {
		if (names->list[i].node == node)
			return false;
	}
	if (names->count == NAMES_MAX)
		return false;
	names->list[names->count++] = (struct name){ node, relation, 0 };
	return true;
}

static void add_ring(const struct call *call, struct names *names, node_id node,
	enum relation relation)
{
	for (node_id at = node; at; at = ring_next(call, node, at)) {
		enum relation as = relation;

		if (relation == RELATION_SELF && at != node)
			as = RELATION_ALIAS;
		(void)add_name(names, at, as);
	}
}

/* Follows renames in one direction, name by name. */
static void add_renamed(const struct call *call, struct names *names, node_id node,
	enum direction direction, enum relation relation)
{
	size_t begin = names->count;
	struct renames found;

	node_renames(call, node, direction, &found);
	for (size_t i = 0; i < found.count; i++)
		add_ring(call, names, found.ids[i], relation);
	for (size_t i = begin; i < names->count; i++) {
		node_renames(call, names->list[i].node, direction, &found);
		for (size_t k = 0; k < found.count; k++)
			add_ring(call, names, found.ids[k], relation);
	}
}

/* The hash of the schema that stands at a name. */
static int find_standing(struct call *call, struct name *name, uint64_t facet_hash)
{
	struct entity_facet row = { .hash = 0 };
	int r = entity_facet_row(
		call->snapshot->txn, name->node, facet_hash, call->arena, &row);

	name->standing = row.hash;
	return r < 0 ? r : 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct version *x = a;
	const struct version *y = b;

	if (x->past.first_us != y->past.first_us)
		return x->past.first_us > y->past.first_us ? -1 : 1;
	return (x->past.hash < y->past.hash) - (x->past.hash > y->past.hash);
}

static int append(struct call *call, struct versions *versions, const struct name *name,
	const struct past_facets *past)
{
	size_t count = versions->count + past->count;
	struct version *list = arena_array(call->arena, count + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	if (versions->count)
		memcpy(list, versions->list, versions->count * sizeof(*list));
	for (size_t i = 0; i < past->count; i++)
		list[versions->count + i] = (struct version){ past->list[i], name };
	versions->list = list;
	versions->count = count;
	return 0;
}

static int collect(struct call *call, struct names *names, struct versions *out)
{
	uint64_t facet_hash = hash64(SLICE("schema"));
	int r = 0;

	*out = (struct versions){ .count = 0 };
	for (size_t i = 0; i < names->count && !r; i++) {
		struct past_facets past;

		r = find_standing(call, &names->list[i], facet_hash);
		if (!r)
			r = history_list(call->snapshot->txn, names->list[i].node,
				facet_hash, call->arena, &past);
		if (!r)
			r = append(call, out, &names->list[i], &past);
	}
	if (!r && out->count)
		qsort(out->list, out->count, sizeof(*out->list), newest_first);
	return r;
}

/* Of a deletion, or one that cannot be read: no columns. */
static int read_version(
	struct call *call, const struct version *version, struct ol_schema *out)
{
	const struct facet_reader *reader = graph_facets(call->snapshot->graph);
	struct fault fault;
	int r;

	*out = (struct ol_schema){ .count = 0 };
	if (!version->past.hash || !reader)
		return 0;
	r = reader->schema(version->past.bytes, call->arena, out, &fault);
	return r == ERR_INVALID ? 0 : r;
}

static int write_relation(struct jsonw *w, struct call *call, const struct name *name)
{
	static const char *const members[] = { [RELATION_SELF] = NULL,
		[RELATION_ALIAS] = "alias",
		[RELATION_OLD] = "renamedFrom",
		[RELATION_NEW] = "renamedTo" };
	struct entity entity;
	int r;

	if (!members[name->relation])
		return 0;
	r = node_get(call, name->node, &entity);
	if (r)
		return r;
	jsonw_key(w, members[name->relation]);
	jsonw_name(w, &entity.key);
	return 0;
}

static int write_version(struct jsonw *w, struct call *call,
	const struct version *version, const struct version *before)
{
	struct schema_changes changes = { .count = 0 };
	struct ol_schema old = { .count = 0 };
	struct ol_schema now;
	int r = read_version(call, version, &now);

	if (!r && before)
		r = read_version(call, before, &old);
	if (!r && before)
		r = schema_compare(&old, &now, call->arena, &changes);
	if (r)
		return r;
	jsonw_object(w);
	jsonw_seen(w, "firstSeen", version->past.first_us);
	jsonw_seen(w, "lastSeen", version->past.last_us);
	jsonw_key(w, "current");
	jsonw_bool(w, version->past.hash == version->name->standing &&
			      version->name->relation != RELATION_OLD);
	jsonw_key(w, "deleted");
	jsonw_bool(w, version->past.hash == 0);
	r = write_relation(w, call, version->name);
	jsonw_schema_fields(w, &now);
	jsonw_schema_changes(w, &changes);
	jsonw_object_end(w);
	return r;
}

static int write_versions(struct jsonw *w, struct call *call,
	const struct versions *versions, size_t *at, size_t limit)
{
	size_t begin = *at < versions->count ? *at : versions->count;
	size_t end = versions->count - begin > limit ? begin + limit : versions->count;
	int r = 0;

	jsonw_key(w, "versions");
	jsonw_array(w);
	for (*at = begin; *at < end && !r; ++*at) {
		if (page_must_end(call, w->buf, *at - begin))
			break;
		r = write_version(w, call, &versions->list[*at],
			*at + 1 < versions->count ? &versions->list[*at + 1] : NULL);
	}
	jsonw_array_end(w);
	return r;
}

static int answer(struct call *call, struct reply *reply, const struct params *p,
	node_id node, struct cursor *cursor, size_t limit)
{
	struct names names = { .count = 0 };
	struct versions versions;
	struct jsonw w;
	size_t at = cursor->at[0];
	int r;

	add_ring(call, &names, node, RELATION_SELF);
	add_renamed(call, &names, node, UPSTREAM, RELATION_OLD);
	add_renamed(call, &names, node, DOWNSTREAM, RELATION_NEW);
	r = collect(call, &names, &versions);
	if (r)
		return r;
	answer_open(&w, call, reply);
	jsonw_key(&w, "node");
	r = jsonw_node_brief(&w, call, node);
	if (!r)
		r = write_versions(&w, call, &versions, &at, limit);
	if (r)
		return r;
	cursor->at[0] = at;
	jsonw_next(&w, p, "schema", at < versions.count ? cursor : NULL);
	jsonw_object_end(&w);
	return 0;
}

int api_schema(struct call *call, struct reply *reply)
{
	struct cursor cursor = { { 0 } };
	struct params p;
	size_t limit;
	node_id node;
	int r;

	params_parse(&p, call->query, schema_rules, call->arena);
	limit = param_uint(&p, "limit", &version_limit);
	(void)param_cursor(&p, "schema", &cursor);
	r = noderef_find(call, &p, NODE_DATASET, reply, &node);
	if (r)
		return r < 0 ? r : 0;
	return answer(call, reply, &p, node, &cursor, limit);
}
