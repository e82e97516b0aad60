/* SPDX-License-Identifier: Apache-2.0 */

/*
 * odcs.c - a data contract as proposed schemas
 *
 * OpenLineage names a dataset by where it is; a contract tells that by its
 * servers.  The table below has those whose names follow from it.
 */

#include "collector/odcs.h"

#include <string.h>

#include "api/json_auto.h"
#include "base/buf.h"
#include "collector/member.h"
#include "collector/yaml_json.h"

#define NAME_BYTES_MAX ((size_t)64 << 10)
#define PARTS	       2

struct server_kind {
	const char *type;
	const char *scheme;	  /* before the authority; NULL: it tells no namespace */
	const char *authority;	  /* the member that has it; NULL: the scheme is all */
	const char *port;	  /* where none is told; NULL: there is none then */
	const char *parts[PARTS]; /* of a name, before the object's */
};

static const struct server_kind server_kinds[] = {
	{ "postgres", "postgres://", "host", "5432", { "database", "schema" } },
	{ "postgresql", "postgres://", "host", "5432", { "database", "schema" } },
	{ "mysql", "mysql://", "host", "3306", { "database" } },
	{ "sqlserver", "mssql://", "host", "1433", { "database", "schema" } },
	{ "trino", "trino://", "host", NULL, { "catalog", "schema" } },
	{ "snowflake", "snowflake://", "account", NULL, { "database", "schema" } },
	{ "bigquery", "bigquery", NULL, NULL, { "project", "dataset" } },
	{ "kafka", "kafka://", "host", NULL, { NULL } },
	{ "redshift", NULL, NULL, NULL, { "database", "schema" } },
	{ "databricks", NULL, NULL, NULL, { "catalog", "schema" } },
};

struct contract {
	const struct odcs_naming *naming;
	const json_t *server;		/* NULL: none is told */
	const struct server_kind *kind; /* NULL: not one of ours */
	struct fault *fault;
};

/* Columns that are being read. */
struct level {
	const json_t *columns; /* a list of them, or the one element of a list */
	size_t next;
	json_t *fields; /* where they go */
};

/* The columns of one object. */
struct walk {
	const char *object;
	struct level levels[DOCUMENT_DEPTH_MAX];
	size_t depth;
	size_t untyped;		 /* columns of which no type is understood */
	const char *untyped_one; /* the first of them */
	struct fault *fault;
};

static const char *physical_name(const json_t *object)
{
	const char *name = member_text(object, "physicalName");

	return *name ? name : member_text(object, "name");
}

static int set_text(json_t *object, const char *name, const char *value)
{
	if (!*value)
		return 0;
	return json_object_set_new(object, name, json_string(value)) ? ERR_NOMEM : 0;
}

static int check_version(const json_t *contract, struct fault *fault)
{
	const char *version = member_text(contract, "apiVersion");

	if (!json_is_object(contract))
		return fault_set(fault, "--contract", "must be an object");
	if (strncmp(version, "v3.", 3) != 0)
		return fault_set(fault, "--contract",
			"apiVersion must be one of v3, as v3.0.2, not \"%s\"", version);
	if (!json_is_array(json_object_get(contract, "schema")))
		return fault_set(fault, "--contract", "has no list `schema`");
	return 0;
}

static const struct server_kind *find_kind(const json_t *server)
{
	const char *type = member_text(server, "type");

	for (size_t i = 0; i < ARRAY_LEN(server_kinds); i++) {
		if (strcmp(server_kinds[i].type, type) == 0)
			return &server_kinds[i];
	}
	return NULL;
}

static int find_server(struct contract *contract, const json_t *servers)
{
	const struct odcs_naming *naming = contract->naming;
	const json_t *server;
	size_t i;

	json_array_foreach(servers, i, server)
	{
		if (!naming->server ||
			strcmp(naming->server, member_text(server, "server")) == 0)
			contract->server = server;
	}
	if (naming->server && !contract->server)
		return fault_set(contract->fault, "--server",
			"there is no server %s in the contract", naming->server);
	if (naming->server || json_array_size(servers) < 2) {
		contract->kind = find_kind(contract->server);
		return 0;
	}
	contract->server = NULL;
	if (naming->namespace && naming->dataset)
		return 0;
	return fault_set(contract->fault, "--server",
		"must name one of the %zu servers of the contract",
		json_array_size(servers));
}

static void put_port(const struct contract *contract, struct buf *out)
{
	const json_t *port = json_object_get(contract->server, "port");

	if (json_is_integer(port))
		buf_printf(out, ":%lld", (long long)json_integer_value(port));
	else if (json_is_string(port))
		buf_printf(out, ":%s", json_string_value(port));
	else if (contract->kind->port)
		buf_printf(out, ":%s", contract->kind->port);
}

static int put_namespace(
	const struct contract *contract, const char *name, struct buf *out)
{
	const struct server_kind *kind = contract->kind;
	const char *authority;

	(void)name;
	if (contract->naming->namespace) {
		buf_str(out, contract->naming->namespace);
		return 0;
	}
	if (!kind || !kind->scheme)
		return fault_set(contract->fault, "--namespace",
			"is needed: the contract tells none");
	buf_str(out, kind->scheme);
	if (!kind->authority)
		return 0;
	authority = member_text(contract->server, kind->authority);
	if (!*authority)
		return fault_set(contract->fault, "--namespace",
			"is needed: the contract's server has no %s", kind->authority);
	buf_str(out, authority);
	put_port(contract, out);
	return 0;
}

/* A physical name with a dot in it is all of a name. */
static int put_name(const struct contract *contract, const char *name, struct buf *out)
{
	if (contract->naming->dataset)
		name = contract->naming->dataset;
	else if (!strchr(name, '.') && contract->kind) {
		for (size_t i = 0; i < PARTS && contract->kind->parts[i]; i++) {
			const char *part = contract->kind->parts[i];
			const char *text = member_text(contract->server, part);

			if (!*text)
				return fault_set(contract->fault, "--contract",
					"its server has no %s, so that %s cannot be "
					"named: "
					"write the whole physicalName",
					part, name);
			buf_printf(out, "%s.", text);
		}
	}
	buf_str(out, name);
	return 0;
}

typedef int put_text(const struct contract *contract, const char *name, struct buf *out);

static int add_text(
	const struct contract *contract, const char *name, put_text *put, json_t **out)
{
	struct buf bytes;
	int r;

	buf_init(&bytes, NAME_BYTES_MAX);
	r = put(contract, name, &bytes);
	if (!r)
		r = buf_error(&bytes);
	if (!r) {
		*out = json_stringn(bytes.data, bytes.len);
		r = *out ? 0 : ERR_NOMEM;
	}
	buf_fini(&bytes);
	return r;
}

static int add_dataset(
	const struct contract *contract, const char *name, json_t *question)
{
	AUTO(json) json_t *namespace = NULL;
	AUTO(json) json_t *full = NULL;
	int r = add_text(contract, name, put_namespace, &namespace);

	if (!r)
		r = add_text(contract, name, put_name, &full);
	if (r)
		return r;
	return json_object_set_new(question, "dataset",
		       json_pack("{s:O, s:O}", "namespace", namespace, "name", full))
		       ? ERR_NOMEM
		       : 0;
}

/* A key is not null, whatever else is told of it. */
static int set_nullable(json_t *field, const json_t *property)
{
	const json_t *required = json_object_get(property, "required");
	bool key = member_true(property, "primaryKey");

	if (!key && !json_is_boolean(required))
		return 0;
	return json_object_set_new(
		       field, "nullable", json_boolean(!key && !json_is_true(required)))
		       ? ERR_NOMEM
		       : 0;
}

/* What lies below a column: its properties, or an element that has some below it. */
static const json_t *below(const json_t *column)
{
	const json_t *properties = json_object_get(column, "properties");
	const json_t *items = json_object_get(column, "items");

	if (json_array_size(properties))
		return properties;
	for (const json_t *at = items; json_is_object(at);
		at = json_object_get(at, "items")) {
		if (json_array_size(json_object_get(at, "properties")))
			return items;
	}
	return NULL;
}

static int descend(struct walk *walk, json_t *into, const json_t *columns)
{
	json_t *fields = json_array();

	if (json_object_set_new(into, "fields", fields))
		return ERR_NOMEM;
	if (walk->depth == ARRAY_LEN(walk->levels))
		return fault_set(
			walk->fault, "--contract", "%s: is too deep", walk->object);
	walk->levels[walk->depth++] = (struct level){ columns, 0, fields };
	return 0;
}

static const json_t *next_column(struct level *level)
{
	size_t place = level->next++;

	if (json_is_array(level->columns))
		return json_array_get(level->columns, place);
	return place ? NULL : level->columns;
}

static int add_column(struct walk *walk, const struct level *level, const json_t *column)
{
	bool element = json_is_object(level->columns);
	const char *name = element ? "_element" : physical_name(column);
	const char *type = member_text(column, "physicalType");
	const json_t *inner = below(column);
	json_t *field = json_object();
	int r;

	if (json_array_append_new(level->fields, field))
		return ERR_NOMEM;
	if (!*name)
		return fault_set(walk->fault, "--contract", "%s: a property has no name",
			walk->object);
	if (!*type && !element && !walk->untyped++)
		walk->untyped_one = name;
	r = set_text(field, "name", name);
	if (!r)
		r = set_text(field, "type", type);
	if (!r)
		r = set_nullable(field, column);
	return r || !inner ? r : descend(walk, field, inner);
}

static int add_columns(struct walk *walk, const json_t *properties, json_t *schema)
{
	int r = descend(walk, schema, properties);

	while (!r && walk->depth) {
		struct level *level = &walk->levels[walk->depth - 1];
		const json_t *column = next_column(level);

		if (column)
			r = add_column(walk, level, column);
		else
			walk->depth--;
	}
	return r;
}

static int note_untyped(const struct walk *walk, json_t *notes)
{
	json_t *note;

	if (walk->untyped == 0)
		return 0;
	if (walk->untyped == 1)
		note = json_sprintf("%s: the type of %s is not compared, as it has no "
				    "physicalType",
			walk->object, walk->untyped_one);
	else
		note = json_sprintf("%s: the types of %s and %zu more are not compared, "
				    "as they have no physicalType",
			walk->object, walk->untyped_one, walk->untyped - 1);
	return json_array_append_new(notes, note) ? ERR_NOMEM : 0;
}

static int add_object(const struct contract *contract, const json_t *object,
	json_t *proposed, json_t *notes)
{
	const json_t *properties = json_object_get(object, "properties");
	struct walk walk = { .object = physical_name(object), .fault = contract->fault };
	json_t *question = json_object();
	json_t *schema = json_object();
	int r;

	if (json_array_append_new(proposed, question) ||
		json_object_set_new(question, "schema", schema))
		return ERR_NOMEM;
	if (!*walk.object)
		return fault_set(contract->fault, "--contract",
			"an object of `schema` has no name");
	/* Without properties all columns would seem to be dropped. */
	if (json_array_size(properties) == 0)
		return fault_set(contract->fault, "--contract", "%s: has no properties",
			walk.object);
	r = add_dataset(contract, walk.object, question);
	if (!r)
		r = add_columns(&walk, properties, schema);
	return r ? r : note_untyped(&walk, notes);
}

int odcs_read(const json_t *contract, const struct odcs_naming *naming, json_t *proposed,
	json_t *notes, struct fault *fault)
{
	struct contract read = { .naming = naming, .fault = fault };
	const json_t *objects = json_object_get(contract, "schema");
	const json_t *object;
	size_t i;
	int r = check_version(contract, fault);

	if (!r && naming->dataset && json_array_size(objects) != 1)
		r = fault_set(fault, "--dataset", "the contract has %zu objects, not one",
			json_array_size(objects));
	if (!r)
		r = find_server(&read, json_object_get(contract, "servers"));
	if (r)
		return r;
	json_array_foreach(objects, i, object)
	{
		r = add_object(&read, object, proposed, notes);
		if (r)
			return r;
	}
	return 0;
}
