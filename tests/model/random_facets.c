/* SPDX-License-Identifier: Apache-2.0 */

/*
 * random_facets.c - facets that collide in every way we could think of
 */
#include "tests/model/random_impl.h"

#include <assert.h>

void set(json_t *object, const char *key, json_t *value)
{
	int r = json_object_set_new(object, key, value);

	assert(r == 0);
}

void append(json_t *array, json_t *value)
{
	int r = json_array_append_new(array, value);

	assert(r == 0);
}

json_t *text(const char *value)
{
	json_t *json = json_string(value);

	assert(json);
	return json;
}

json_t *named(const char *namespace, const char *name)
{
	json_t *json = json_object();

	set(json, "namespace", text(namespace));
	set(json, "name", text(name));
	return json;
}

json_t *random_dataset(struct dice *dice)
{
	static const char *const names[] = { "a", "b", "c", "d", "t" };

	return named(chance(dice, 90) ? "n" : "m", PICK(dice, names));
}

json_t *random_job(struct dice *dice)
{
	static const char *const names[] = { "J", "J", "K", "L", "unknown" };

	return named("n", PICK(dice, names));
}

static const char *random_field(struct dice *dice)
{
	static const char *const names[] = { "x", "y", "z" };

	return PICK(dice, names);
}

static json_t *transformation(struct dice *dice)
{
	static const char *const types[] = { "DIRECT", "INDIRECT", "INDIRECT", "ODD" };
	static const char *const subtypes[] = { "IDENTITY", "AGGREGATION", "GROUP_BY",
		"GROUP_BY", "FILTER", "MINE" };
	json_t *json = json_object();

	set(json, "type", text(PICK(dice, types)));
	if (chance(dice, 85))
		set(json, "subtype", text(PICK(dice, subtypes)));
	if (chance(dice, 15))
		set(json, "masking", json_boolean(chance(dice, 70)));
	return json;
}

static void add_transformations(struct dice *dice, json_t *source)
{
	json_t *list;

	if (chance(dice, 20))
		return;
	list = json_array();
	for (int n = roll(dice, 3); n > 0; n--)
		append(list, transformation(dice));
	set(source, "transformations", list);
}

static json_t *input_field(struct dice *dice)
{
	json_t *json = random_dataset(dice);

	if (!chance(dice, dice->chances.odd / 3))
		set(json, "field", text(random_field(dice)));
	add_transformations(dice, json);
	return json;
}

static json_t *column(struct dice *dice)
{
	static const char *const words[] = { "IDENTITY", "MASKED", "ODD" };
	json_t *json = json_object();
	json_t *list = json_array();

	for (int n = 1 + roll(dice, 3); n > 0; n--)
		append(list, input_field(dice));
	set(json, "inputFields", list);
	if (chance(dice, 20))
		set(json, "transformationType", text(PICK(dice, words)));
	return json;
}

/* Two columns that share a source, so that what is INDIRECT may be common. */
static void add_common(struct dice *dice, json_t *fields)
{
	json_t *source = input_field(dice);
	const char *name;
	json_t *value;

	json_object_foreach(fields, name, value)
		append(json_object_get(value, "inputFields"), json_deep_copy(source));
	json_decref(source);
}

static json_t *column_lineage(struct dice *dice)
{
	json_t *facet = json_object();
	json_t *fields = json_object();
	json_t *whole = json_array();

	for (int n = roll(dice, 4); n > 0; n--)
		set(fields, random_field(dice), column(dice));
	if (chance(dice, 50))
		add_common(dice, fields);
	set(facet, "fields", fields);
	for (int n = roll(dice, 3); n > 0; n--)
		append(whole, input_field(dice));
	set(facet, "dataset", whole);
	return facet;
}

static json_t *lineage_job(struct dice *dice)
{
	json_t *json = chance(dice, 40) ? json_object() : random_job(dice);

	set(json, "type", text("JOB"));
	return json;
}

static json_t *lineage_source(struct dice *dice)
{
	json_t *json;

	if (chance(dice, 20)) {
		json = lineage_job(dice);
	} else {
		json = random_dataset(dice);
		set(json, "type", text("DATASET"));
		if (chance(dice, 55))
			set(json, "field", text(random_field(dice)));
	}
	add_transformations(dice, json);
	return json;
}

static json_t *lineage_sources(struct dice *dice)
{
	json_t *list = json_array();

	for (int n = roll(dice, 3); n > 0; n--)
		append(list, lineage_source(dice));
	return list;
}

/* What an entry of a dataset and the facet of a dataset have alike. */
static void add_lineage(struct dice *dice, json_t *entry)
{
	json_t *fields;

	if (chance(dice, 70))
		set(entry, "inputs", lineage_sources(dice));
	if (chance(dice, 40))
		return;
	fields = json_object();
	for (int n = 1 + roll(dice, 2); n > 0; n--) {
		json_t *sources = json_object();

		set(sources, "inputs", lineage_sources(dice));
		set(fields, random_field(dice), sources);
	}
	set(entry, "fields", fields);
}

json_t *job_lineage(struct dice *dice)
{
	json_t *facet = json_object();
	json_t *entries = json_array();

	for (int n = roll(dice, 4); n > 0; n--) {
		json_t *entry;

		if (chance(dice, 30)) {
			entry = lineage_job(dice);
			set(entry, "inputs", lineage_sources(dice));
		} else {
			entry = random_dataset(dice);
			set(entry, "type", text("DATASET"));
			add_lineage(dice, entry);
		}
		append(entries, entry);
	}
	set(facet, "entries", entries);
	return facet;
}

json_t *dataset_lineage(struct dice *dice)
{
	json_t *facet = json_object();

	add_lineage(dice, facet);
	return facet;
}

static json_t *symlinks(struct dice *dice)
{
	json_t *facet = json_object();
	json_t *list = json_array();

	for (int n = roll(dice, 3); n > 0; n--) {
		json_t *identifier = random_dataset(dice);

		set(identifier, "type", text("TABLE"));
		append(list, identifier);
	}
	set(facet, "identifiers", list);
	return facet;
}

static json_t *lifecycle(struct dice *dice)
{
	static const char *const words[] = { "DROP", "DROP", "CREATE", "RENAME", "RENAME",
		"OVERWRITE" };
	json_t *facet = json_object();

	set(facet, "lifecycleStateChange", text(PICK(dice, words)));
	if (chance(dice, 60))
		set(facet, "previousIdentifier", random_dataset(dice));
	return facet;
}

static json_t *schema(struct dice *dice)
{
	json_t *facet = json_object();
	json_t *list = json_array();

	for (int n = roll(dice, 3); n > 0; n--) {
		json_t *one = json_object();

		set(one, "name", text(random_field(dice)));
		set(one, "type", text(chance(dice, 50) ? "int" : "text"));
		append(list, one);
	}
	set(facet, "fields", list);
	return facet;
}

static json_t *ownership(struct dice *dice)
{
	static const char *const names[] = { "team:a", "team:b", "ann" };
	json_t *facet = json_object();
	json_t *list = json_array();

	for (int n = roll(dice, 3); n > 0; n--) {
		json_t *one = json_object();

		set(one, "name", text(PICK(dice, names)));
		append(list, one);
	}
	set(facet, "owners", list);
	return facet;
}

static json_t *tags(struct dice *dice)
{
	static const char *const keys[] = { "pii", "gold" };
	static const char *const values[] = { "true", "no" };
	json_t *facet = json_object();
	json_t *list = json_array();

	for (int n = roll(dice, 3); n > 0; n--) {
		json_t *one = json_object();

		set(one, "key", text(PICK(dice, keys)));
		if (chance(dice, 70))
			set(one, "value", text(PICK(dice, values)));
		if (chance(dice, 40))
			set(one, "field", text(random_field(dice)));
		append(list, one);
	}
	set(facet, "tags", list);
	return facet;
}

json_t *job_type(struct dice *dice)
{
	json_t *facet = json_object();
	json_t *pattern = json_object();

	set(facet, "processingType", text("STREAMING"));
	if (!chance(dice, dice->chances.odd / 3))
		set(facet, "integration", text("FLINK"));
	set(pattern, "eventTrigger", text("PERIODIC"));
	set(pattern, "eventContentMode",
		text(chance(dice, 70) ? "COMPLETE_SNAPSHOT" : "ACCUMULATIVE"));
	set(facet, "emissionPattern", pattern);
	return facet;
}

static json_t *assertions(struct dice *dice)
{
	json_t *facet = json_object();
	json_t *list = json_array();

	for (int n = roll(dice, 4); n > 0; n--) {
		json_t *one = json_object();

		set(one, "assertion", text("not_null"));
		set(one, "success", json_boolean(chance(dice, 80)));
		if (chance(dice, 80))
			set(one, "column", text(random_field(dice)));
		append(list, one);
	}
	set(facet, "assertions", list);
	return facet;
}

static json_t *odd_value(struct dice *dice)
{
	switch (roll(dice, 5)) {
	case 0:
		return json_null();
	case 1:
		return json_integer(5);
	case 2:
		return json_object();
	case 3:
		return json_array();
	default:
		return text("odd");
	}
}

/* Spoils the first member, or something inside of it. */
static void spoil(struct dice *dice, json_t *facet)
{
	const char *name;
	json_t *value = facet;

	for (;;) {
		void *at = json_object_iter(value);
		size_t count = json_array_size(value);
		size_t i = count ? (size_t)roll(dice, (int)count) : 0;

		for (size_t skip = (size_t)roll(dice, 3); at && skip; skip--)
			at = json_object_iter_next(value, at)
				     ? json_object_iter_next(value, at)
				     : at;
		if (!at && !count)
			return;
		if (at && chance(dice, 40)) {
			name = json_object_iter_key(at);
			set(value, name, odd_value(dice));
			return;
		}
		if (count && chance(dice, 40)) {
			(void)json_array_set_new(value, i, odd_value(dice));
			return;
		}
		value = at ? json_object_iter_value(at) : json_array_get(value, i);
	}
}

void put_facet(struct dice *dice, json_t *facets, const char *name, json_t *facet)
{
	if (chance(dice, dice->chances.odd / 2)) {
		set(facet, "_deleted", json_true());
		if (chance(dice, 50)) {
			json_decref(facet);
			facet = json_pack("{sb}", "_deleted", 1);
		}
	} else if (chance(dice, dice->chances.odd / 4)) {
		set(facet, "_deleted", chance(dice, 50) ? json_null() : json_false());
	}
	if (chance(dice, dice->chances.odd / 2))
		spoil(dice, facet);
	if (chance(dice, dice->chances.odd / 5)) {
		json_decref(facet);
		facet = chance(dice, 50) ? json_null() : text("odd");
	}
	set(facets, name, facet);
}

static json_t *planned_change(struct dice *dice)
{
	static const char *const ops[] = { "drop_column", "alter_type", "drop_dataset",
		"odd" };
	json_t *facet = json_object();
	json_t *list = json_array();

	for (int n = roll(dice, 3); n > 0; n--)
		append(list, json_pack("{ssss}", "op", PICK(dice, ops), "column",
				     random_field(dice)));
	set(facet, "changes", list);
	return facet;
}

static void add_planned(struct dice *dice, json_t *facets)
{
	/* The last two are no ids. */
	static const char *const names[] = { "headwater_change_c", "headwater_change_c-2",
		"headwater_change_", "headwater_change_a b" };

	if (chance(dice, dice->chances.labels))
		put_facet(dice, facets, PICK(dice, names), planned_change(dice));
}

void add_labels(struct dice *dice, json_t *facets)
{
	if (chance(dice, dice->chances.labels))
		put_facet(dice, facets, "ownership", ownership(dice));
	if (chance(dice, dice->chances.labels))
		put_facet(dice, facets, "tags", tags(dice));
	if (chance(dice, 5))
		put_facet(
			dice, facets, "my_facet", json_pack("{si}", "v", roll(dice, 3)));
}

void add_checks(struct dice *dice, json_t *dataset, const char *io_facets)
{
	static const char name[] = "dataQualityAssertions";
	json_t *facets = json_object_get(dataset, "facets");

	if (facets && chance(dice, dice->chances.checks))
		put_facet(dice, facets, name, assertions(dice));
	if (!chance(dice, dice->chances.checks))
		return;
	facets = json_object();
	put_facet(dice, facets, name, assertions(dice));
	set(dataset, io_facets, facets);
}

json_t *dataset_facets(struct dice *dice, int share)
{
	json_t *facets = json_object();

	if (chance(dice, dice->chances.columns * share / 100))
		put_facet(dice, facets, "columnLineage", column_lineage(dice));
	if (chance(dice, dice->chances.symlinks))
		put_facet(dice, facets, "symlinks", symlinks(dice));
	if (chance(dice, dice->chances.lifecycle))
		put_facet(dice, facets, "lifecycleStateChange", lifecycle(dice));
	if (chance(dice, dice->chances.schema))
		put_facet(dice, facets, "schema", schema(dice));
	if (chance(dice, 4))
		put_facet(dice, facets, "datasetType",
			json_pack("{ssss}", "datasetType", "JOB_OUTPUT", "subType",
				chance(dice, 50) ? "TEMPORARY" : "OTHER"));
	add_labels(dice, facets);
	add_planned(dice, facets);
	return facets;
}
