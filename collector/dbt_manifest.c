/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dbt_manifest.c - what a branch of a dbt project changes
 */

#include "collector/dbt_manifest.h"

#include <string.h>

#include "api/json_auto.h"
#include "base/buf.h"
#include "collector/member.h"

#define NAMED_MAX 10 /* models that a note names; it counts the others */
#define NOTE_MAX  ((size_t)64 << 10)

/* Models of which something was not done: their names, and how many. */
struct mentions {
	json_t *names;
	size_t count;
};

struct comparison {
	const struct dbt_manifests *manifests;
	json_t *changes;
	json_t *relations;	   /* name -> node: what the branch makes */
	size_t matched;		   /* nodes in both that make one */
	size_t elsewhere;	   /* those of them in another database or schema */
	struct mentions unchecked; /* changed, and without a contract */
	struct mentions sources;   /* not declared any more, or as another table */
};

static bool is_source(const json_t *node)
{
	return strcmp(member_text(node, "resource_type"), "source") == 0;
}

static bool is_relation(const json_t *node)
{
	const char *type = member_text(node, "resource_type");
	const char *materialized =
		member_text(json_object_get(node, "config"), "materialized");

	if (is_source(node))
		return true;
	if (strcmp(type, "model") != 0 && strcmp(type, "seed") != 0 &&
		strcmp(type, "snapshot") != 0)
		return false;
	return strcmp(materialized, "ephemeral") != 0;
}

/* The last part of a relation's name. */
static const char *relation_alias(const json_t *node)
{
	const char *identifier = member_text(node, "identifier");
	const char *alias = member_text(node, "alias");

	if (*identifier)
		return identifier;
	return *alias ? alias : member_text(node, "name");
}

/* DATABASE.SCHEMA.ALIAS; engines without databases have none. */
static json_t *relation_name(const json_t *node)
{
	const char *database = member_text(node, "database");

	return json_sprintf("%s%s%s.%s", database, *database ? "." : "",
		member_text(node, "schema"), relation_alias(node));
}

static bool is_enforced(const json_t *node)
{
	const json_t *config = json_object_get(node, "config");

	return member_true(json_object_get(config, "contract"), "enforced");
}

static int mention(struct mentions *mentions, const char *name)
{
	if (mentions->count++ >= NAMED_MAX)
		return 0;
	return json_array_append_new(mentions->names, json_string(name)) ? ERR_NOMEM : 0;
}

/* A change of a dataset, or of a column of it, to which members may be added. */
static json_t *add_change(struct comparison *comparison, const char *op,
	const json_t *node, const char *column)
{
	AUTO(json) json_t *name = relation_name(node);
	json_t *change =
		json_pack("{s:s, s:{s:s, s:O}, s:s*}", "op", op, "dataset", "namespace",
			comparison->manifests->namespace, "name", name, "column", column);

	return json_array_append_new(comparison->changes, change) ? NULL : change;
}

static int set_text(json_t *change, const char *member, const char *text)
{
	return json_object_set_new(change, member, json_string(text)) ? ERR_NOMEM : 0;
}

static bool has_constraint(
	const json_t *constraints, const char *type, const char *column)
{
	const json_t *constraint;
	const json_t *name;
	size_t i;
	size_t k;

	json_array_foreach(constraints, i, constraint)
	{
		if (strcmp(member_text(constraint, "type"), type) != 0)
			continue;
		if (!column)
			return true;
		json_array_foreach(json_object_get(constraint, "columns"), k, name)
		{
			if (json_is_string(name) &&
				strcmp(json_string_value(name), column) == 0)
				return true;
		}
	}
	return false;
}

/* Whether a contract lets a column be null: told with it, or with the model. */
static bool is_required(const json_t *node, const char *name, const json_t *column)
{
	const json_t *own = json_object_get(column, "constraints");
	const json_t *all = json_object_get(node, "constraints");

	return has_constraint(own, "not_null", NULL) ||
	       has_constraint(own, "primary_key", NULL) ||
	       has_constraint(all, "not_null", name) ||
	       has_constraint(all, "primary_key", name);
}

/* Two nodes that make one relation. */
struct pair {
	const json_t *before;
	const json_t *after;
};

static int compare_types(struct comparison *comparison, const struct pair *pair,
	const char *name, const struct pair *column)
{
	const char *before = member_text(column->before, "data_type");
	const char *after = member_text(column->after, "data_type");
	json_t *change;
	int r;

	if (!*before || !*after || strcmp(before, after) == 0)
		return 0;
	change = add_change(comparison, "alter_type", pair->before, name);
	if (!change)
		return ERR_NOMEM;
	r = set_text(change, "from", before);
	return r ? r : set_text(change, "type", after);
}

static int compare_required(struct comparison *comparison, const struct pair *pair,
	const char *name, const struct pair *column)
{
	bool before = is_required(pair->before, name, column->before);
	bool after = is_required(pair->after, name, column->after);

	if (before == after)
		return 0;
	return add_change(comparison, after ? "set_not_null" : "set_nullable",
		       pair->before, name)
		       ? 0
		       : ERR_NOMEM;
}

static int compare_column(struct comparison *comparison, const struct pair *pair,
	const char *name, const struct pair *column, bool whole)
{
	int r;

	if (!column->after && whole)
		return add_change(comparison, "drop_column", pair->before, name)
			       ? 0
			       : ERR_NOMEM;
	if (!column->after)
		return 0;
	r = compare_types(comparison, pair, name, column);
	return r || !whole ? r : compare_required(comparison, pair, name, column);
}

/* Required or not: the model that writes it comes with it. */
static int add_column(struct comparison *comparison, const struct pair *pair,
	const char *name, const json_t *column)
{
	json_t *change = add_change(comparison, "add_column", pair->before, name);
	const char *type = member_text(column, "data_type");

	return !change || (*type && set_text(change, "type", type)) ? ERR_NOMEM : 0;
}

/* whole: both have all of their columns, so that one that lacks is gone or new. */
static int compare_columns(
	struct comparison *comparison, const struct pair *pair, bool whole)
{
	json_t *before = json_object_get(pair->before, "columns");
	json_t *after = json_object_get(pair->after, "columns");
	const char *name;
	json_t *value;
	int r;

	json_object_foreach(before, name, value)
	{
		struct pair column = { value, json_object_get(after, name) };

		r = compare_column(comparison, pair, name, &column, whole);
		if (r)
			return r;
	}
	if (!whole)
		return 0;
	json_object_foreach(after, name, value)
	{
		if (json_object_get(before, name))
			continue;
		r = add_column(comparison, pair, name, value);
		if (r)
			return r;
	}
	return 0;
}

/* Whether what a node says of itself may have become something else. */
static bool has_changed(const struct pair *pair)
{
	const json_t *before = json_object_get(pair->before, "checksum");
	const json_t *after = json_object_get(pair->after, "checksum");

	return strcmp(member_text(before, "checksum"), member_text(after, "checksum")) !=
		       0 ||
	       is_enforced(pair->before) != is_enforced(pair->after);
}

static int move(struct comparison *comparison, const struct pair *pair, json_t *to)
{
	json_t *change = add_change(comparison, "rename_dataset", pair->before, NULL);

	if (!change || json_object_set(change, "to", to))
		return ERR_NOMEM;
	if (strcmp(relation_alias(pair->before), relation_alias(pair->after)) == 0)
		comparison->elsewhere++;
	return 0;
}

/* A source that is declared as another table: the table itself does not move. */
static int compare_names(
	struct comparison *comparison, const struct pair *pair, bool *same_out)
{
	AUTO(json) json_t *before = relation_name(pair->before);
	AUTO(json) json_t *after = relation_name(pair->after);

	if (!before || !after)
		return ERR_NOMEM;
	*same_out = json_equal(before, after);
	if (*same_out)
		return 0;
	if (is_source(pair->before))
		return mention(&comparison->sources, json_string_value(before));
	return move(comparison, pair, after);
}

static int compare_pair(struct comparison *comparison, const struct pair *pair)
{
	bool whole = is_enforced(pair->before) && is_enforced(pair->after);
	bool same;
	int r = compare_names(comparison, pair, &same);

	if (r || (!same && is_source(pair->before)))
		return r;
	comparison->matched += !is_source(pair->before);
	if (!whole && !is_source(pair->before) && has_changed(pair))
		r = mention(&comparison->unchecked, member_text(pair->before, "name"));
	return r ? r : compare_columns(comparison, pair, whole);
}

/* A node that the branch has no more. */
static int compare_gone(struct comparison *comparison, const json_t *node)
{
	AUTO(json) json_t *name = relation_name(node);
	struct pair pair = { node, NULL };

	if (!name)
		return ERR_NOMEM;
	if (is_source(node))
		return mention(&comparison->sources, json_string_value(name));
	pair.after = json_object_get(comparison->relations, json_string_value(name));
	if (pair.after)
		return compare_pair(comparison, &pair);
	return add_change(comparison, "drop_dataset", node, NULL) ? 0 : ERR_NOMEM;
}

static int compare_nodes(struct comparison *comparison, const char *group)
{
	json_t *before = json_object_get(comparison->manifests->before, group);
	const json_t *after = json_object_get(comparison->manifests->after, group);
	const char *id;
	json_t *node;

	json_object_foreach(before, id, node)
	{
		struct pair pair = { node, json_object_get(after, id) };
		int r;

		if (!is_relation(node))
			continue;
		r = pair.after && is_relation(pair.after)
			    ? compare_pair(comparison, &pair)
			    : compare_gone(comparison, node);
		if (r)
			return r;
	}
	return 0;
}

static int list_relations(struct comparison *comparison)
{
	json_t *nodes = json_object_get(comparison->manifests->after, "nodes");
	const char *id;
	json_t *node;

	json_object_foreach(nodes, id, node)
	{
		AUTO(json) json_t *name = NULL;

		if (!is_relation(node))
			continue;
		name = relation_name(node);
		if (!name || json_object_set(comparison->relations,
				     json_string_value(name), node))
			return ERR_NOMEM;
	}
	return 0;
}

static int note(json_t *notes, const struct mentions *mentions, const char *noun,
	const char *what)
{
	const json_t *name;
	struct buf text;
	size_t i;
	int r;

	if (mentions->count == 0)
		return 0;
	buf_init(&text, NOTE_MAX);
	buf_printf(&text, "%zu %s%s %s: ", mentions->count, noun,
		mentions->count == 1 ? "" : "s", what);
	json_array_foreach(mentions->names, i, name)
		buf_printf(&text, "%s%s", i ? ", " : "", json_string_value(name));
	if (mentions->count > i)
		buf_printf(&text, " and %zu more", mentions->count - i);
	r = buf_error(&text);
	if (!r && json_array_append_new(notes, json_stringn(text.data, text.len)))
		r = ERR_NOMEM;
	buf_fini(&text);
	return r;
}

static int check_manifest(const json_t *manifest, const char *option, struct fault *fault)
{
	if (json_is_object(json_object_get(manifest, "metadata")) &&
		json_is_object(json_object_get(manifest, "nodes")))
		return 0;
	return fault_set(fault, option, "is no manifest.json of dbt");
}

/* Manifests of two targets would look as if every relation had moved. */
static int check_targets(const struct comparison *comparison, struct fault *fault)
{
	if (comparison->matched < 2 || comparison->elsewhere < comparison->matched)
		return 0;
	return fault_set(fault, "--dbt-after",
		"has every relation in another database or schema: let dbt parse both "
		"for one target");
}

static int compare(struct comparison *comparison, json_t *notes, struct fault *fault)
{
	int r = list_relations(comparison);

	if (!r)
		r = compare_nodes(comparison, "nodes");
	if (!r)
		r = compare_nodes(comparison, "sources");
	if (!r)
		r = check_targets(comparison, fault);
	if (!r)
		r = note(notes, &comparison->unchecked, "changed model",
			"without an enforced contract, so that of its columns only "
			"declared types were compared");
	if (!r)
		r = note(notes, &comparison->sources, "source",
			"not declared any more, or as another table, so that nothing "
			"was asked of it");
	return r;
}

int dbt_changes(
	const struct dbt_manifests *manifests, struct dbt_told *told, struct fault *fault)
{
	AUTO(json) json_t *relations = json_object();
	AUTO(json) json_t *unchecked = json_array();
	AUTO(json) json_t *sources = json_array();
	struct comparison comparison = {
		.manifests = manifests,
		.changes = told->changes,
		.relations = relations,
		.unchecked.names = unchecked,
		.sources.names = sources,
	};
	int r = check_manifest(manifests->before, "--dbt-before", fault);

	if (!r)
		r = check_manifest(manifests->after, "--dbt-after", fault);
	if (!r && (!relations || !unchecked || !sources))
		r = ERR_NOMEM;
	if (!r)
		r = compare(&comparison, told->notes, fault);
	told->unchecked = comparison.unchecked.count;
	return r;
}
