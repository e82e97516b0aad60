/* SPDX-License-Identifier: Apache-2.0 */

/*
 * job_flows.c - which data flows where in a job of an answer
 *
 * An explicit facet is complete: as soon as one is needed, it also has to say
 * what inputs and outputs alone would have said.
 */
#include "api/job_flows.h"

#include "api/nodelife.h"
#include "api/nodeout.h"
#include "base/idset.h"
#include "graph/timeline.h"

#define OUTPUTS_MAX ((size_t)1 << 32) /* as many as there are node ids */

/* What the job told, at the time of the answer. */
struct job_sets {
	struct ioset sets[EVIDENCE_COUNT];
	size_t count;
	struct idset *outputs; /* id -> 1: all sets that have it cover it */
};

static int read_lane(struct call *call, const struct job_question *question,
	enum evidence lane, struct job_sets *out)
{
	const struct lineage_query *query = question->picture->query;
	struct timeline_question held = {
		.job = question->picture->view->nodes[question->job].id,
		.lane = lane,
		.from_us = INT64_MAX,
		.to_us = INT64_MAX,
	};
	int r;

	if (query->time == LINEAGE_AS_OF) {
		held.from_us = held.to_us = query->as_of_us;
	} else if (query->time == LINEAGE_WINDOW) {
		held.from_us = query->from_us;
		held.to_us = query->to_us;
	}
	r = timeline_held(
		call->snapshot->txn, &held, NULL, call->arena, &out->sets[out->count]);
	if (!r)
		out->count++;
	return r < 0 ? r : 0;
}

static int note_outputs(
	const struct call *call, const struct ioset *set, struct job_sets *out)
{
	for (size_t i = 0; i < set->output_count; i++) {
		node_id id = image_canonical(call->snapshot->image, set->outputs[i]);
		uint64_t covered = set->covers && set->covers[i];
		uint64_t before = 1;
		int r;

		(void)idset_get(out->outputs, id, &before);
		r = idset_put(out->outputs, id, before && covered);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_sets(
	struct call *call, const struct job_question *question, struct job_sets *out)
{
	const struct lineage_query *query = question->picture->query;
	int r = 0;

	if (query->observed)
		r = read_lane(call, question, EVIDENCE_OBSERVED, out);
	if (!r && query->declared)
		r = read_lane(call, question, EVIDENCE_DECLARED, out);
	for (size_t i = 0; i < out->count && !r; i++)
		r = note_outputs(call, &out->sets[i], out);
	return r;
}

static bool in_answer(const struct job_question *question, node_id dataset)
{
	const struct idlist *list = question->datasets;

	return idlist_place(list->ids, list->count, dataset) < list->count;
}

static bool is_covered(const struct job_sets *sets, node_id output)
{
	uint64_t covered = 0;

	return idset_get(sets->outputs, output, &covered) == 0 && covered;
}

/* The other end of an edge of the job, when it is an input or output. */
static const struct view_node *dataset_of(
	const struct job_question *question, size_t i, bool output)
{
	const struct view *view = question->picture->view;
	const struct view_edge *edge = &view->edges[question->edges[i]];
	uint32_t place = output ? edge->to : edge->from;

	if (place == question->job || view->nodes[place].key.kind == NODE_JOB ||
		!(edge->flags & EDGE_IO_NOW))
		return NULL;
	return &view->nodes[place];
}

/* Edges of the job that are flows and neither input nor output of it. */
static int add_named(
	struct call *call, const struct job_question *question, struct told_list *out)
{
	const struct view *view = question->picture->view;
	int r = 0;

	for (size_t i = 0; i < question->edge_count && !r; i++) {
		const struct view_edge *edge = &view->edges[question->edges[i]];
		const struct view_node *from = &view->nodes[edge->from];
		const struct view_node *to = &view->nodes[edge->to];
		const struct told flow = { .target = to->key,
			.source = from->key,
			.classes = EDGE_CLASSES(edge->flags) };
		bool jobs = from->key.kind == NODE_JOB && to->key.kind == NODE_JOB;

		if (jobs || !(edge->flags & EDGE_IO_NOW))
			r = told_add(out, call->arena, &flow);
	}
	return r;
}

/* Every output has an entry; one that is not covered takes from all inputs. */
static int add_outputs(struct call *call, const struct job_question *question,
	const struct job_sets *sets, struct told_list *out)
{
	int r = 0;

	for (size_t i = 0; i < question->edge_count && !r; i++) {
		const struct view_node *output = dataset_of(question, i, true);
		struct told flow = { .classes = CLASS_UNKNOWN | CLASS_UNMASKED };

		if (!output)
			continue;
		flow.target = output->key;
		r = told_add(out, call->arena, &flow);
		if (is_covered(sets, output->id))
			continue;
		for (size_t k = 0; k < question->edge_count && !r; k++) {
			const struct view_node *input = dataset_of(question, k, false);

			if (!input)
				continue;
			flow.source = input->key;
			r = told_add(out, call->arena, &flow);
		}
	}
	return r;
}

static int key_of(struct call *call, node_id id, struct node_key *out)
{
	struct entity entity;
	int r = node_get(call, image_canonical(call->snapshot->image, id), &entity);

	if (!r)
		*out = entity.key;
	return r;
}

/* A flow into a covered output, when both of its ends are in the answer. */
static int add_flow(struct call *call, const struct job_question *question,
	const struct job_sets *sets, const struct flow *flow, struct told_list *out)
{
	const struct image_node *source = image_node(call->snapshot->image, flow->source);
	node_id target = node_dataset(call, flow->target);
	struct told told = { .classes = flow->classes };
	int r;

	if (!source || !in_answer(question, target) || !is_covered(sets, target))
		return 0;
	if (source->kind != NODE_JOB &&
		!in_answer(question, node_dataset(call, flow->source)))
		return 0;
	r = key_of(call, flow->target, &told.target);
	if (!r)
		r = key_of(call, flow->source, &told.source);
	return r ? r : told_add(out, call->arena, &told);
}

static int add_told(struct call *call, const struct job_question *question,
	const struct job_sets *sets, struct told_list *out)
{
	int r = 0;

	for (size_t i = 0; i < sets->count && !r; i++) {
		const struct ioset *set = &sets->sets[i];

		for (size_t k = 0; k < set->flow_count && !r; k++)
			r = add_flow(call, question, sets, &set->flows[k], out);
	}
	return r;
}

static bool has_covered(const struct job_question *question, const struct job_sets *sets)
{
	for (size_t i = 0; i < question->edge_count; i++) {
		const struct view_node *output = dataset_of(question, i, true);

		if (output && is_covered(sets, output->id))
			return true;
	}
	return false;
}

int job_flows(
	struct call *call, const struct job_question *question, struct told_list *out)
{
	AUTO(idset) struct idset *outputs = idset_new(OUTPUTS_MAX);
	struct job_sets sets = { .outputs = outputs };
	int r;

	if (!outputs)
		return ERR_NOMEM;
	r = add_named(call, question, out);
	if (!r)
		r = read_sets(call, question, &sets);
	if (r || (!out->count && !has_covered(question, &sets)))
		return r;
	r = add_outputs(call, question, &sets, out);
	if (!r)
		r = add_told(call, question, &sets, out);
	told_finish(out);
	return r;
}
