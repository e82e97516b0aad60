/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_state.c - standing facets, and what follows from them and from single events
 */
#include "base/arena.h"
#include "base/hash.h"
#include "tests/model/model_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const roles[] = { "inputs", "outputs", "dataset" };

static uint64_t bytes_hash(const json_t *facet)
{
	char *text = json_dumps(facet, JSON_COMPACT);
	uint64_t hash;

	assert(text);
	hash = hash64(slice_from(text));
	free(text);
	return hash;
}

/* The newest; then an instance before a deletion; then the larger hash. */
static bool stands_before(const struct model_facet *a, const struct model_facet *b)
{
	if (a->time_us != b->time_us)
		return a->time_us > b->time_us;
	return a->hash > b->hash;
}

static void put_facet(struct model *model, const struct model_facet *facet)
{
	for (size_t i = 0; i < model->facet_count; i++) {
		struct model_facet *other = &model->facets[i];

		if (other->node != facet->node || strcmp(other->name, facet->name) != 0)
			continue;
		if (stands_before(facet, other))
			*other = *facet;
		return;
	}
	assert(model->facet_count < MODEL_FACETS);
	model->facets[model->facet_count++] = *facet;
}

static bool has_history(const char *name)
{
	return strcmp(name, "schema") == 0 || strcmp(name, "symlinks") == 0 ||
	       strcmp(name, "lifecycleStateChange") == 0;
}

static void put_past(struct model *model, const struct model_facet *facet)
{
	int64_t time_us = facet->time_us;

	for (size_t i = 0; i < model->past_count; i++) {
		struct model_past *past = &model->pasts[i];

		if (past->node != facet->node || strcmp(past->name, facet->name) != 0 ||
			past->hash != facet->hash)
			continue;
		past->first_us = time_us < past->first_us ? time_us : past->first_us;
		past->last_us = time_us > past->last_us ? time_us : past->last_us;
		return;
	}
	assert(model->past_count < MODEL_FACETS);
	model->pasts[model->past_count++] = (struct model_past){ facet->node, facet->name,
		facet->hash, time_us, time_us };
}

/* A field is a node as soon as a tag names it. */
static void add_tagged(struct model *model, const json_t *tags, int node)
{
	json_t *tag;
	size_t i;

	json_array_foreach(json_object_get(tags, "tags"), i, tag)
	{
		const char *field = json_string_value(json_object_get(tag, "field"));

		if (field && json_is_string(json_object_get(tag, "key")))
			(void)model_field(model, node, field);
	}
}

static void put_facets(struct model *model, const struct model_event *event,
	const json_t *holder, int node)
{
	bool of_job = model->nodes[node].kind == NODE_JOB;
	const char *name;
	json_t *value;

	json_object_foreach(json_object_get(holder, "facets"), name, value)
	{
		struct model_facet facet = { node, name, event->time_us, 0, value };

		if (!model_facet_counts(value, of_job, name))
			continue;
		if (!model_deleted(value))
			facet.hash = bytes_hash(value);
		if (!model_deleted(value) && !of_job && strcmp(name, "tags") == 0)
			add_tagged(model, value, node);
		put_facet(model, &facet);
		if (!of_job && has_history(name))
			put_past(model, &facet);
	}
}

void model_build_facets(struct model *model)
{
	const json_t *dataset;

	for (size_t i = 0; i < model->event_count; i++) {
		const struct model_event *event = &model->events[i];

		if (event->job >= 0)
			put_facets(model, event, json_object_get(event->json, "job"),
				event->job);
		for (size_t k = 0; k < 3; k++) {
			for (size_t n = 0;
				(dataset = model_dataset_at(event, roles[k], n)); n++) {
				int node = model_named(model, NODE_DATASET, dataset);

				if (node >= 0)
					put_facets(model, event, dataset, node);
			}
		}
	}
}

bool model_lifecycle_applies(const struct model_event *event)
{
	return event->kind != EVENT_RUN || event->type == TYPE_COMPLETE ||
	       event->type == TYPE_OTHER;
}

static void later(int64_t *time_us, int64_t then_us)
{
	if (then_us > *time_us)
		*time_us = then_us;
}

static void read_life(struct model *model, const struct model_event *event,
	const char *role, const json_t *item)
{
	const char *word = model_lifecycle(item);
	const json_t *facet = model_facet_valid(item, false, "lifecycleStateChange");
	int dataset = model_named(model, NODE_DATASET, item);
	int old;

	if (dataset < 0)
		return;
	if (event->kind == EVENT_RUN && strcmp(role, "outputs") == 0 &&
		strcmp(word, "DROP") != 0)
		later(&model->lives[dataset].written_us, event->time_us);
	if (event->kind == EVENT_DATASET && *word && strcmp(word, "DROP") != 0)
		later(&model->lives[dataset].written_us, event->time_us);
	if (!model_lifecycle_applies(event))
		return;
	if (strcmp(word, "DROP") == 0)
		later(&model->lives[dataset].dropped_us, event->time_us);
	old = model_named(
		model, NODE_DATASET, json_object_get(facet, "previousIdentifier"));
	if (strcmp(word, "RENAME") == 0 && old >= 0 && old != dataset)
		later(&model->lives[old].dropped_us, event->time_us);
}

void model_build_lives(struct model *model)
{
	const json_t *dataset;

	for (size_t i = 0; i < MODEL_NODES; i++)
		model->lives[i] = (struct model_life){ INT64_MIN, INT64_MIN };
	for (size_t i = 0; i < model->event_count; i++) {
		for (size_t k = 0; k < 3; k++) {
			for (size_t n = 0; (dataset = model_dataset_at(
						    &model->events[i], roles[k], n));
				n++)
				read_life(model, &model->events[i], roles[k], dataset);
		}
	}
}

/* Who claims a name by a newer facet has it; at the same time the larger name. */
static void claim(struct model *model, const struct model_facet *facet, int name,
	int64_t *claimed_us)
{
	int owner = model->claimed_by[name];

	if (name == facet->node)
		return;
	if (owner >= 0 && (claimed_us[name] > facet->time_us ||
				  (claimed_us[name] == facet->time_us &&
					  model_compare(model, owner, facet->node) > 0)))
		return;
	model->claimed_by[name] = facet->node;
	claimed_us[name] = facet->time_us;
}

static void read_claims(struct model *model)
{
	int64_t claimed_us[MODEL_NODES];
	json_t *identifier;
	size_t k;

	for (size_t i = 0; i < MODEL_NODES; i++)
		model->claimed_by[i] = -1;
	for (size_t i = 0; i < model->facet_count; i++) {
		const struct model_facet *facet = &model->facets[i];

		if (strcmp(facet->name, "symlinks") != 0 || !facet->hash ||
			model->nodes[facet->node].kind != NODE_DATASET)
			continue;
		json_array_foreach(
			json_object_get(facet->json, "identifiers"), k, identifier)
		{
			int name = model_named(model, NODE_DATASET, identifier);

			if (name >= 0)
				claim(model, facet, name, claimed_us);
		}
	}
}

/* Following claims ends at a name that nobody has, or in a circle. */
static int dataset_that_stands_for(const struct model *model, int dataset)
{
	int at = dataset;
	int best;

	for (size_t i = 0; i < model->node_count; i++) {
		if (model->claimed_by[at] < 0)
			return at;
		at = model->claimed_by[at];
	}
	best = at;
	for (int i = model->claimed_by[at]; i != at; i = model->claimed_by[i]) {
		if (model_compare(model, i, best) < 0)
			best = i;
	}
	return best;
}

void model_build_aliases(struct model *model)
{
	read_claims(model);
	for (size_t i = 0; i < model->node_count; i++) {
		const struct model_node *node = &model->nodes[i];

		model->canonical[i] = (int)i;
		if (node->kind == NODE_DATASET)
			model->canonical[i] = dataset_that_stands_for(model, (int)i);
	}
	/* Of fields and wholes in one group, the first stands for all. */
	for (size_t i = 0; i < model->node_count; i++) {
		const struct model_node *node = &model->nodes[i];
		int group = model->canonical[node->dataset];

		for (size_t k = 0; k < i && node->dataset != (int)i; k++) {
			const struct model_node *other = &model->nodes[k];

			if (other->kind == node->kind &&
				model->canonical[other->dataset] == group &&
				strcmp(other->field, node->field) == 0) {
				model->canonical[i] = (int)k;
				break;
			}
		}
	}
}

static void put_label(
	struct model *model, enum label_kind kind, const char *text, int node)
{
	for (size_t i = 0; i < model->label_count; i++) {
		const struct model_label *label = &model->labels[i];

		if (label->kind == kind && label->node == node &&
			strcmp(label->text, text) == 0)
			return;
	}
	assert(model->label_count < MODEL_LABELS);
	model->labels[model->label_count++] = (struct model_label){ kind, text, node };
}

static void read_tag(struct model *model, const json_t *tag, int node)
{
	const char *key = json_string_value(json_object_get(tag, "key"));
	const char *value = json_string_value(json_object_get(tag, "value"));
	const char *field = json_string_value(json_object_get(tag, "field"));
	char *both;

	if (!key)
		return;
	if (field && model->nodes[node].kind == NODE_DATASET)
		node = model_field(model, node, field);
	put_label(model, LABEL_TAG, key, node);
	if (!value)
		return;
	both = arena_alloc(model->arena, strlen(key) + strlen(value) + 2);
	assert(both);
	(void)sprintf(both, "%s=%s", key, value);
	put_label(model, LABEL_TAG, both, node);
}

#define PLANNED_PREFIX (sizeof("headwater_change_") - 1)

/* A facet of a dataset whose name ends in an id that is one. */
static bool is_planned(const struct model *model, const struct model_facet *facet)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789._-";
	size_t len = strlen(facet->name);

	return model->nodes[facet->node].kind == NODE_DATASET &&
	       strncmp(facet->name, "headwater_change_", PLANNED_PREFIX) == 0 &&
	       len > PLANNED_PREFIX && len <= PLANNED_PREFIX + 64 &&
	       strspn(facet->name + PLANNED_PREFIX, chars) == len - PLANNED_PREFIX;
}

void model_build_labels(struct model *model)
{
	for (size_t i = 0; i < model->facet_count; i++) {
		const struct model_facet *facet = &model->facets[i];
		json_t *item;
		size_t k;

		if (!facet->hash)
			continue;
		if (strcmp(facet->name, "ownership") == 0) {
			json_array_foreach(
				json_object_get(facet->json, "owners"), k, item)
			{
				const char *name =
					json_string_value(json_object_get(item, "name"));

				if (name)
					put_label(model, LABEL_OWNER, name, facet->node);
			}
		}
		if (strcmp(facet->name, "tags") == 0) {
			json_array_foreach(json_object_get(facet->json, "tags"), k, item)
				read_tag(model, item, facet->node);
		}
		if (is_planned(model, facet))
			put_label(model, LABEL_PLANNED, facet->name + PLANNED_PREFIX,
				facet->node);
	}
}
