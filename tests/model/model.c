/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model.c - nodes and events of the model, and the order in which it is made
 */
#include "base/arena.h"
#include "base/clock.h"
#include "tests/model/model_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <strings.h>

struct model *model_new(void)
{
	struct model *model = calloc(1, sizeof(*model));

	assert(model);
	model->arena = arena_new((size_t)64 << 10, (size_t)64 << 20);
	assert(model->arena);
	return model;
}

void model_free(struct model *model)
{
	if (!model)
		return;
	for (size_t i = 0; i < model->event_count; i++)
		json_decref(model->events[i].json);
	arena_free(model->arena);
	free(model);
}

static int add_node(struct model *model, const struct model_node *key)
{
	int found = model_find(model, key);

	if (found >= 0)
		return found;
	assert(model->node_count < MODEL_NODES);
	found = (int)model->node_count++;
	model->nodes[found] = *key;
	if (key->kind == NODE_DATASET || key->kind == NODE_JOB)
		model->nodes[found].dataset = found;
	return found;
}

int model_find(const struct model *model, const struct model_node *key)
{
	for (size_t i = 0; i < model->node_count; i++) {
		const struct model_node *node = &model->nodes[i];

		if (node->kind == key->kind &&
			strcmp(node->namespace, key->namespace) == 0 &&
			strcmp(node->name, key->name) == 0 &&
			strcmp(node->field, key->field) == 0)
			return (int)i;
	}
	return -1;
}

int model_dataset(struct model *model, const char *namespace, const char *name)
{
	const struct model_node key = { NODE_DATASET, namespace, name, "", -1 };

	return add_node(model, &key);
}

int model_job(struct model *model, const char *namespace, const char *name)
{
	const struct model_node key = { NODE_JOB, namespace, name, "", -1 };

	return add_node(model, &key);
}

int model_whole(struct model *model, int dataset)
{
	struct model_node key = model->nodes[dataset];

	key.kind = NODE_WHOLE;
	return add_node(model, &key);
}

int model_field(struct model *model, int dataset, const char *field)
{
	struct model_node key = model->nodes[dataset];

	(void)model_whole(model, dataset);
	key.kind = NODE_FIELD;
	key.field = field;
	return add_node(model, &key);
}

int model_named(struct model *model, enum node_kind kind, const json_t *value)
{
	const char *namespace = json_string_value(json_object_get(value, "namespace"));
	const char *name = json_string_value(json_object_get(value, "name"));

	if (!namespace || !name)
		return -1;
	if (kind == NODE_JOB)
		return model_job(model, namespace, name);
	return model_dataset(model, namespace, name);
}

int model_compare(const struct model *model, int a, int b)
{
	const struct model_node *x = &model->nodes[a];
	const struct model_node *y = &model->nodes[b];
	int r = strcmp(x->namespace, y->namespace);

	return r ? r : strcmp(x->name, y->name);
}

static int64_t time_of(const json_t *json, int64_t received_us)
{
	const char *text = json_string_value(json_object_get(json, "eventTime"));
	int64_t time_us;

	if (!text || time_parse(slice_from(text), &time_us))
		return received_us;
	return time_us > received_us + EVENT_AHEAD_US ? received_us : time_us;
}

static enum event_type type_of(const json_t *json)
{
	const char *text = json_string_value(json_object_get(json, "eventType"));

	for (int type = TYPE_OTHER; text && type <= TYPE_ABORT; type++) {
		if (strcasecmp(text, event_type_text((enum event_type)type)) == 0)
			return (enum event_type)type;
	}
	return TYPE_OTHER;
}

/* By its shape: 2-0-2 of the specification. */
static enum event_kind kind_of(const json_t *json)
{
	bool job = json_is_object(json_object_get(json, "job"));

	if (model_is_note(json))
		return EVENT_NOTE;
	if (job && json_is_object(json_object_get(json, "run")))
		return EVENT_RUN;
	if (json_is_object(json_object_get(json, "dataset")))
		return EVENT_DATASET;
	return EVENT_JOB;
}

static void read_run(const json_t *json, struct model_event *event)
{
	const json_t *run = json_object_get(json, "run");
	const char *id = json_string_value(json_object_get(run, "runId"));

	assert(id);
	(void)runid_from_text(slice_from(id), &event->run);
}

static bool is_snapshot(const json_t *job)
{
	const json_t *type = model_facet_valid(job, true, "jobType");
	const json_t *pattern = json_object_get(type, "emissionPattern");
	const char *mode =
		json_string_value(json_object_get(pattern, "eventContentMode"));

	return mode && strcmp(mode, "COMPLETE_SNAPSHOT") == 0;
}

void model_add(struct model *model, const char *text, int64_t received_us)
{
	uint64_t hash = hash64(slice_from(text));
	struct model_event *event = &model->events[model->event_count];

	for (size_t i = 0; i < model->event_count; i++) {
		if (model->events[i].hash == hash)
			return;
	}
	assert(model->event_count < MODEL_EVENTS);
	*event = (struct model_event){
		.hash = hash, .text = text, .job = -1, .dataset = -1
	};
	event->json = json_loads(text, 0, NULL);
	assert(json_is_object(event->json));
	model->event_count++;
	event->time_us = time_of(event->json, received_us);
	event->kind = kind_of(event->json);
	event->type = type_of(event->json);
	if (event->kind == EVENT_RUN)
		read_run(event->json, event);
	if (event->kind == EVENT_DATASET)
		event->dataset = model_named(
			model, NODE_DATASET, json_object_get(event->json, "dataset"));
	else if (event->kind != EVENT_NOTE)
		event->job =
			model_named(model, NODE_JOB, json_object_get(event->json, "job"));
	event->snapshot = event->kind == EVENT_RUN &&
			  is_snapshot(json_object_get(event->json, "job"));
}

const json_t *model_dataset_at(
	const struct model_event *event, const char *role, size_t i)
{
	const json_t *value = json_object_get(event->json, role);

	if (strcmp(role, "dataset") == 0)
		return event->kind == EVENT_DATASET && i == 0 ? value : NULL;
	return event->kind == EVENT_DATASET ? NULL : json_array_get(value, i);
}

void model_build(struct model *model)
{
	model->run_count = 0;
	model->place_count = 0;
	model->facet_count = 0;
	model->past_count = 0;
	model->label_count = 0;
	model_build_sets(model);
	model_build_runs(model);
	model_build_places(model);
	model_build_facets(model);
	model_build_lives(model);
	model_build_parents(model);
	model_build_labels(model);
	model_build_notes(model);
	model_build_aliases(model);
}
