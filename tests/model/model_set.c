/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_set.c - what one event says: its set
 */
#include "tests/model/model_impl.h"

#include <assert.h>
#include <string.h>

void model_put_input(struct model_set *set, int dataset)
{
	for (size_t i = 0; i < set->input_count; i++) {
		if (set->inputs[i] == dataset)
			return;
	}
	assert(set->input_count < MODEL_IO);
	set->inputs[set->input_count++] = dataset;
}

void model_put_output(struct model_set *set, int dataset, unsigned cover)
{
	for (size_t i = 0; i < set->output_count; i++) {
		if (set->outputs[i] == dataset) {
			set->covers[i] |= cover;
			return;
		}
	}
	assert(set->output_count < MODEL_IO);
	set->outputs[set->output_count] = dataset;
	set->covers[set->output_count++] = cover;
}

void model_put_flow(struct model_set *set, int source, int target, unsigned classes)
{
	for (size_t i = 0; i < set->flow_count; i++) {
		struct model_flow *flow = &set->flows[i];

		if (flow->source == source && flow->target == target &&
			(flow->classes & CLASSES_FORM) == (classes & CLASSES_FORM)) {
			flow->classes |= classes;
			return;
		}
	}
	assert(set->flow_count < MODEL_FLOWS);
	set->flows[set->flow_count++] =
		(struct model_flow){ target, source, classes, false };
}

void model_unite(struct model_set *into, const struct model_set *from)
{
	for (size_t i = 0; i < from->input_count; i++)
		model_put_input(into, from->inputs[i]);
	for (size_t i = 0; i < from->output_count; i++)
		model_put_output(into, from->outputs[i], from->covers[i]);
	for (size_t i = 0; i < from->flow_count; i++)
		model_put_flow(into, from->flows[i].source, from->flows[i].target,
			from->flows[i].classes);
	into->stated |= from->stated;
}

static bool is_input(const struct model_set *set, int dataset)
{
	for (size_t i = 0; i < set->input_count; i++) {
		if (set->inputs[i] == dataset)
			return true;
	}
	return false;
}

static bool is_output(const struct model_set *set, int dataset, unsigned *cover_out)
{
	for (size_t i = 0; i < set->output_count; i++) {
		if (set->outputs[i] == dataset) {
			*cover_out = set->covers[i];
			return true;
		}
	}
	*cover_out = 0;
	return false;
}

/* An output that is covered explicitly loses its flows of form columns. */
void model_normalise(const struct model *model, struct model_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->flow_count; i++) {
		struct model_flow flow = set->flows[i];
		unsigned cover;
		bool written = is_output(set, model->nodes[flow.target].dataset, &cover);

		if ((flow.classes & CLASS_FORM_COLUMNS) && (cover & COVERED_EXPLICIT))
			continue;
		flow.implied = written && is_input(set, flow.source) &&
			       model->nodes[flow.target].kind == NODE_DATASET;
		set->flows[n++] = flow;
	}
	set->flow_count = n;
}

const char *model_lifecycle(const json_t *dataset)
{
	const json_t *facet = model_facet_valid(dataset, false, "lifecycleStateChange");
	const char *word =
		json_string_value(json_object_get(facet, "lifecycleStateChange"));

	return word ? word : "";
}

/* Inputs and outputs, each once; dropping is not writing. */
static void read_io(struct model *model, struct model_event *event)
{
	const json_t *item;

	for (size_t i = 0; i < json_array_size(json_object_get(event->json, "inputs"));
		i++) {
		item = model_dataset_at(event, "inputs", i);
		int dataset = model_named(model, NODE_DATASET, item);

		if (dataset >= 0)
			model_put_input(&event->set, dataset);
	}
	for (size_t i = 0; i < json_array_size(json_object_get(event->json, "outputs"));
		i++) {
		item = model_dataset_at(event, "outputs", i);
		int dataset = model_named(model, NODE_DATASET, item);

		if (dataset >= 0 && strcmp(model_lifecycle(item), "DROP") != 0)
			model_put_output(&event->set, dataset, 0);
	}
}

static void read_output_columns(struct model *model, struct model_event *event)
{
	const json_t *outputs = json_object_get(event->json, "outputs");

	for (size_t i = 0; i < json_array_size(outputs); i++) {
		const json_t *item = json_array_get(outputs, i);
		const json_t *columns = model_facet_valid(item, false, "columnLineage");
		int dataset = model_named(model, NODE_DATASET, item);
		struct model_set said = { 0 };

		if (!columns || dataset < 0 || strcmp(model_lifecycle(item), "DROP") == 0)
			continue;
		model_read_columns(model, columns, dataset, &said);
		model_unite(&event->set, &said);
		if (said.flow_count)
			model_put_output(&event->set, dataset, COVERED_COLUMNS);
	}
}

static void read_checks(struct model *model, struct model_event *event)
{
	const json_t *inputs = json_object_get(event->json, "inputs");
	const json_t *outputs = json_object_get(event->json, "outputs");
	const json_t *item;

	for (size_t i = 0; i < json_array_size(inputs); i++)
		model_read_checks(model, json_array_get(inputs, i), "inputFacets", event);
	for (size_t i = 0; i < json_array_size(outputs); i++) {
		item = json_array_get(outputs, i);
		if (strcmp(model_lifecycle(item), "DROP") != 0)
			model_read_checks(model, item, "outputFacets", event);
	}
}

static void read_job_event(struct model *model, struct model_event *event)
{
	const json_t *job = json_object_get(event->json, "job");
	const json_t *raw = json_object_get(json_object_get(job, "facets"), "lineage");
	const json_t *lineage = model_facet_valid(job, true, "lineage");

	read_io(model, event);
	read_checks(model, event);
	if (event->kind == EVENT_JOB)
		event->set.stated = event->set.input_count || event->set.output_count ||
				    model_facet_counts(raw, true, "lineage");
	if (!lineage) {
		read_output_columns(model, event);
		return;
	}
	for (size_t i = 0; i < event->set.output_count; i++)
		event->set.covers[i] = COVERED_EXPLICIT;
	model_read_job_lineage(model, lineage, event);
}

static void read_dataset_event(struct model *model, struct model_event *event)
{
	const json_t *dataset = json_object_get(event->json, "dataset");
	const json_t *raw =
		json_object_get(json_object_get(dataset, "facets"), "lineage");
	const json_t *lineage = model_facet_valid(dataset, false, "lineage");
	const json_t *columns = model_facet_valid(dataset, false, "columnLineage");

	event->set.stated = model_facet_counts(raw, false, "lineage") || columns;
	if (lineage)
		model_read_dataset_lineage(model, lineage, event);
	else if (columns)
		model_read_columns(model, columns, event->dataset, &event->set);
}

void model_build_sets(struct model *model)
{
	for (size_t i = 0; i < model->event_count; i++) {
		struct model_event *event = &model->events[i];

		event->set = (struct model_set){ 0 };
		if (event->kind == EVENT_DATASET)
			read_dataset_event(model, event);
		else if (event->kind != EVENT_NOTE)
			read_job_event(model, event);
		model_normalise(model, &event->set);
	}
}
