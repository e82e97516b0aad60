/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_facet.c - which facets count, and the flows that they tell
 */
#include "tests/model/model_impl.h"

#include <assert.h>
#include <string.h>

/* A member may be absent; when it is there it has to be of this type. */
static bool absent_or(const json_t *facet, const char *key, json_type type)
{
	const json_t *value = json_object_get(facet, key);

	return !value || json_typeof(value) == type;
}

static bool has(const json_t *facet, const char *key, json_type type)
{
	const json_t *value = json_object_get(facet, key);

	return value && json_typeof(value) == type;
}

static bool well_formed(const json_t *facet, bool of_job, const char *name)
{
	if (strcmp(name, "schema") == 0)
		return absent_or(facet, "fields", JSON_ARRAY);
	if (strcmp(name, "columnLineage") == 0)
		return has(facet, "fields", JSON_OBJECT);
	if (strcmp(name, "symlinks") == 0)
		return absent_or(facet, "identifiers", JSON_ARRAY);
	if (strcmp(name, "ownership") == 0)
		return absent_or(facet, "owners", JSON_ARRAY);
	if (strcmp(name, "tags") == 0)
		return absent_or(facet, "tags", JSON_ARRAY);
	if (strcmp(name, "lineage") == 0 && of_job)
		return has(facet, "entries", JSON_ARRAY);
	if (strcmp(name, "lineage") == 0)
		return absent_or(facet, "inputs", JSON_ARRAY) &&
		       absent_or(facet, "fields", JSON_OBJECT);
	if (strcmp(name, "lifecycleStateChange") == 0)
		return has(facet, "lifecycleStateChange", JSON_STRING);
	if (strcmp(name, "dataQualityAssertions") == 0 && !of_job)
		return absent_or(facet, "assertions", JSON_ARRAY);
	if (strncmp(name, "headwater_change_c", 18) == 0 && !of_job)
		return has(facet, "changes", JSON_ARRAY);
	if (strcmp(name, "datasetType") == 0)
		return has(facet, "datasetType", JSON_STRING);
	if (strcmp(name, "jobType") == 0)
		return has(facet, "processingType", JSON_STRING) &&
		       has(facet, "integration", JSON_STRING);
	return true;
}

bool model_facet_counts(const json_t *facet, bool of_job, const char *name)
{
	if (!json_is_object(facet))
		return false;
	return model_deleted(facet) || well_formed(facet, of_job, name);
}

static json_t *valid(json_t *facet, bool of_job, const char *name)
{
	if (!model_facet_counts(facet, of_job, name) || model_deleted(facet))
		return NULL;
	return facet;
}

json_t *model_facet_valid(const json_t *holder, bool of_job, const char *name)
{
	return valid(
		json_object_get(json_object_get(holder, "facets"), name), of_job, name);
}

static bool is(const json_t *object, const char *key, const char *text)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value && strcmp(value, text) == 0;
}

static unsigned subtype(
	const json_t *transformation, unsigned first, unsigned last, unsigned other)
{
	static const char *const names[] = { "IDENTITY", "TRANSFORMATION", "AGGREGATION",
		"", "JOIN", "GROUP_BY", "FILTER", "SORT", "WINDOW", "CONDITIONAL" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		unsigned class = 1U << i;

		if (class >= first && class <= last &&
			is(transformation, "subtype", names[i]))
			return class;
	}
	return other;
}

/*
 * That a class came unmasked is kept with it, above the classes, until a flow is
 * made of them.
 */
#define CLEAR(class) ((class) | (class) << 16)

static unsigned told(unsigned classes)
{
	return (classes & 0xffff) | (classes >> 16 ? CLASS_UNMASKED : 0);
}

static unsigned class_of(const json_t *one)
{
	if (is(one, "type", "DIRECT"))
		return subtype(
			one, CLASS_IDENTITY, CLASS_AGGREGATION, CLASS_OTHER_DIRECT);
	if (is(one, "type", "INDIRECT"))
		return subtype(one, CLASS_JOIN, CLASS_CONDITIONAL, CLASS_OTHER_INDIRECT);
	return CLASS_UNKNOWN;
}

static unsigned classes_of(const json_t *transformations)
{
	const json_t *one;
	unsigned classes = 0;
	size_t i;

	json_array_foreach(transformations, i, one)
	{
		if (!json_is_object(one))
			continue;
		if (json_is_true(json_object_get(one, "masking")))
			classes |= class_of(one);
		else
			classes |= CLEAR(class_of(one));
	}
	return classes ? classes : CLEAR(CLASS_UNKNOWN);
}

/* What the deprecated words of an output column say of its inputs. */
static unsigned classes_of_column(const json_t *column)
{
	if (is(column, "transformationType", "IDENTITY"))
		return CLEAR(CLASS_IDENTITY);
	if (is(column, "transformationType", "MASKED"))
		return CLASS_IDENTITY;
	return CLEAR(CLASS_UNKNOWN);
}

static unsigned classes_of_input(const json_t *column, const json_t *input)
{
	const json_t *transformations = json_object_get(input, "transformations");

	if (json_array_size(transformations) == 0)
		return classes_of_column(column);
	return classes_of(transformations);
}

/* The classes that a column's flow from a source has; 0: there is none. */
static unsigned column_classes(struct model *model, const json_t *column, int source)
{
	const json_t *input;
	unsigned classes = 0;
	size_t i;

	json_array_foreach(json_object_get(column, "inputFields"), i, input)
	{
		const char *field = json_string_value(json_object_get(input, "field"));
		int dataset = field ? model_named(model, NODE_DATASET, input) : -1;

		if (dataset >= 0 && model_field(model, dataset, field) == source)
			classes |= classes_of_input(column, input);
	}
	return classes;
}

/* INDIRECT classes that every column has from a source. */
static unsigned common_classes(struct model *model, json_t *fields, int source)
{
	unsigned common = CLASSES_INDIRECT;
	const char *name;
	json_t *column;

	json_object_foreach(fields, name, column)
	{
		if (json_is_array(json_object_get(column, "inputFields")))
			common &= column_classes(model, column, source);
	}
	return common;
}

static void put_column(struct model_set *set, const struct model *model, int source,
	int target, unsigned classes)
{
	unsigned form = CLASS_FORM_COLUMNS;

	model_put_flow(set, source, target, told(classes) | form);
	model_put_flow(set, model->nodes[source].dataset, model->nodes[target].dataset,
		told(classes) | form);
}

/* One source of one column, with what it has in common with all others apart. */
static void read_source(struct model *model, json_t *fields, const char *name, int source,
	int dataset, struct model_set *set)
{
	unsigned classes = column_classes(model, json_object_get(fields, name), source);
	unsigned common = common_classes(model, fields, source);
	unsigned gone = CLEAR(common);

	if (common)
		put_column(
			set, model, source, model_whole(model, dataset), classes & gone);
	if (classes & ~gone)
		put_column(set, model, source, model_field(model, dataset, name),
			classes & ~gone);
}

void model_read_columns(
	struct model *model, const json_t *facet, int dataset, struct model_set *set)
{
	json_t *fields = json_object_get(facet, "fields");
	const char *name;
	json_t *column;
	json_t *input;
	size_t i;

	json_object_foreach(fields, name, column)
	{
		if (json_is_array(json_object_get(column, "inputFields")))
			(void)model_field(model, dataset, name);
		json_array_foreach(json_object_get(column, "inputFields"), i, input)
		{
			const char *field =
				json_string_value(json_object_get(input, "field"));
			int source = field ? model_named(model, NODE_DATASET, input) : -1;

			if (source >= 0)
				read_source(model, fields, name,
					model_field(model, source, field), dataset, set);
		}
	}
	json_array_foreach(json_object_get(facet, "dataset"), i, input)
	{
		const char *field = json_string_value(json_object_get(input, "field"));
		int source = field ? model_named(model, NODE_DATASET, input) : -1;

		if (source >= 0)
			put_column(set, model, model_field(model, source, field),
				model_whole(model, dataset),
				classes_of(json_object_get(input, "transformations")));
	}
}

/* An end of an explicit flow: the job of the event when it has no name; -1: none. */
static int explicit_job(
	struct model *model, const json_t *value, const struct model_event *event)
{
	if (!json_object_get(value, "namespace") && !json_object_get(value, "name"))
		return event->job;
	return model_named(model, NODE_JOB, value);
}

static bool own_output(const struct model_event *event, int job, int dataset)
{
	for (size_t i = 0; i < event->set.output_count; i++) {
		if (event->set.outputs[i] == dataset)
			return job == event->job;
	}
	return false;
}

static bool own_input(const struct model_event *event, int job, int dataset)
{
	for (size_t i = 0; i < event->set.input_count; i++) {
		if (event->set.inputs[i] == dataset)
			return job == event->job;
	}
	return false;
}

static void put_explicit(
	struct model_event *event, int source, int target, unsigned classes)
{
	model_put_flow(&event->set, source, target, told(classes) | CLASS_FORM_EXPLICIT);
}

/* The rows of the table whose target is a dataset or one of its fields. */
static void read_into_dataset(struct model *model, struct model_event *event,
	const json_t *input, int dataset, const char *column)
{
	unsigned classes = classes_of(json_object_get(input, "transformations"));
	const char *field = json_string_value(json_object_get(input, "field"));
	int source;

	if (is(input, "type", "JOB")) {
		source = explicit_job(model, input, event);
		if (source < 0)
			return;
		if (column)
			put_explicit(event, source, model_field(model, dataset, column),
				classes);
		if (!own_output(event, source, dataset))
			put_explicit(event, source, dataset, classes);
		return;
	}
	source = is(input, "type", "DATASET") ? model_named(model, NODE_DATASET, input)
					      : -1;
	if (source < 0)
		return;
	if (column && field)
		put_explicit(event, model_field(model, source, field),
			model_field(model, dataset, column), classes);
	else if (column)
		put_explicit(event, model_whole(model, source),
			model_field(model, dataset, column), classes);
	else if (field)
		put_explicit(event, model_field(model, source, field),
			model_whole(model, dataset), classes);
	put_explicit(event, source, dataset, classes);
}

/* The rows whose target is a job. */
static void read_into_job(
	struct model *model, struct model_event *event, const json_t *input, int job)
{
	unsigned classes = classes_of(json_object_get(input, "transformations"));
	const char *field = json_string_value(json_object_get(input, "field"));
	int source;

	if (is(input, "type", "JOB")) {
		source = explicit_job(model, input, event);
		if (source >= 0 && source != job)
			put_explicit(event, source, job, classes);
		return;
	}
	source = is(input, "type", "DATASET") ? model_named(model, NODE_DATASET, input)
					      : -1;
	if (source < 0)
		return;
	if (field)
		put_explicit(event, model_field(model, source, field), job, classes);
	if (!own_input(event, job, source))
		put_explicit(event, source, job, classes);
}

static void read_dataset_target(
	struct model *model, struct model_event *event, const json_t *entry, int dataset)
{
	const json_t *column;
	json_t *input;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(entry, "inputs"), i, input)
		read_into_dataset(model, event, input, dataset, NULL);
	json_object_foreach(json_object_get(entry, "fields"), name, column)
	{
		if (json_is_array(json_object_get(column, "inputs")))
			(void)model_field(model, dataset, name);
		json_array_foreach(json_object_get(column, "inputs"), i, input)
			read_into_dataset(model, event, input, dataset, name);
	}
}

void model_read_job_lineage(
	struct model *model, const json_t *facet, struct model_event *event)
{
	json_t *entry;
	json_t *input;
	size_t i;
	size_t k;

	json_array_foreach(json_object_get(facet, "entries"), i, entry)
	{
		int target = -1;

		if (!absent_or(entry, "inputs", JSON_ARRAY) ||
			!absent_or(entry, "fields", JSON_OBJECT))
			continue;
		if (is(entry, "type", "JOB")) {
			target = explicit_job(model, entry, event);
			json_array_foreach(json_object_get(entry, "inputs"), k, input)
			{
				if (target >= 0)
					read_into_job(model, event, input, target);
			}
			continue;
		}
		if (is(entry, "type", "DATASET"))
			target = model_named(model, NODE_DATASET, entry);
		if (target >= 0)
			read_dataset_target(model, event, entry, target);
	}
}

static void read_checks(
	struct model *model, json_t *facet, int dataset, struct model_event *event)
{
	json_t *one;
	size_t i;

	facet = valid(facet, false, "dataQualityAssertions");
	json_array_foreach(json_object_get(facet, "assertions"), i, one)
	{
		const char *column = json_string_value(json_object_get(one, "column"));

		if (column)
			model_put_flow(&event->set, model_field(model, dataset, column),
				event->job, CLASS_CONDITIONAL | CLASS_UNMASKED);
	}
}

void model_read_checks(struct model *model, const json_t *item, const char *io_facets,
	struct model_event *event)
{
	static const char name[] = "dataQualityAssertions";
	int dataset = model_named(model, NODE_DATASET, item);
	json_t *facets = json_object_get(item, "facets");
	json_t *io = json_object_get(item, io_facets);

	if (dataset < 0)
		return;
	read_checks(model, json_object_get(facets, name), dataset, event);
	read_checks(model, json_object_get(io, name), dataset, event);
}

void model_read_dataset_lineage(
	struct model *model, const json_t *facet, struct model_event *event)
{
	read_dataset_target(model, event, facet, event->dataset);
}
