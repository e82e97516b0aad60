/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_time.c - runs, the places of sets in their lanes, and what stands when
 */
#include "base/arena.h"
#include "tests/model/model_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct model_run *model_run_of(struct model *model, const struct runid *id)
{
	struct model_run *run;

	for (size_t i = 0; i < model->run_count; i++) {
		if (runid_compare(&model->runs[i].id, id) == 0)
			return &model->runs[i];
	}
	run = &model->runs[model->run_count++];
	*run = (struct model_run){ .id = *id,
		.job = -1,
		.told = { .parent = -1, .root = -1, .time_us = INT64_MIN },
		.start_us = INT64_MAX,
		.first_us = INT64_MAX,
		.last_us = INT64_MIN,
		.end_us = INT64_MAX };
	return run;
}

static bool is_unknown(const struct model *model, int job)
{
	return strcmp(model->nodes[job].name, "unknown") == 0;
}

/* Whether the job that an event names is rather the run's than another one. */
static bool names_better(const struct model *model, const struct model_event *event,
	const struct model_event *best)
{
	if (!best)
		return true;
	if (is_unknown(model, event->job) != is_unknown(model, best->job))
		return is_unknown(model, best->job);
	if (event->time_us != best->time_us)
		return event->time_us > best->time_us;
	return model_compare(model, event->job, best->job) > 0;
}

static void read_state(const struct model_event *event, struct model_run *run)
{
	bool ends = event_type_ends(event->type);

	if (event->time_us < run->first_us)
		run->first_us = event->time_us;
	if (event->time_us > run->last_us)
		run->last_us = event->time_us;
	if (event->type == TYPE_START && event->time_us < run->start_us)
		run->start_us = event->time_us;
	if (ends && (event->time_us < run->end_us || (event->time_us == run->end_us &&
							     event->type < run->state))) {
		run->end_us = event->time_us;
		run->state = event->type;
	}
	if (!ends && run->end_us == INT64_MAX && event->type > run->state)
		run->state = event->type;
}

static void build_run(struct model *model, struct model_run *run)
{
	const struct model_event *naming = NULL;

	run->own = true;
	for (size_t i = 0; i < model->event_count; i++) {
		const struct model_event *event = &model->events[i];

		if (event->kind != EVENT_RUN || runid_compare(&event->run, &run->id))
			continue;
		read_state(event, run);
		if (names_better(model, event, naming))
			naming = event;
		if (!event->snapshot)
			model_unite(&run->set, &event->set);
	}
	assert(naming);
	run->job = naming->job;
	model_normalise(model, &run->set);
}

void model_build_runs(struct model *model)
{
	for (size_t i = 0; i < model->event_count; i++) {
		if (model->events[i].kind == EVENT_RUN)
			(void)model_run_of(model, &model->events[i].run);
	}
	for (size_t i = 0; i < model->run_count; i++)
		build_run(model, &model->runs[i]);
}

static int64_t start_of(const struct model_run *run)
{
	return run->start_us != INT64_MAX ? run->start_us : run->first_us;
}

static bool says_nothing(const struct model_set *set)
{
	return !set->input_count && !set->output_count && !set->flow_count &&
	       !set->stated;
}

/* Sets at the same place are one. */
static void put_place(struct model *model, const struct model_place *place)
{
	for (size_t i = 0; i < model->place_count; i++) {
		struct model_place *other = &model->places[i];

		if (other->owner != place->owner || other->lane != place->lane ||
			other->start_us != place->start_us ||
			runid_compare(&other->run, &place->run))
			continue;
		model_unite(&other->set, &place->set);
		model_normalise(model, &other->set);
		if (place->settled_us < other->settled_us)
			other->settled_us = place->settled_us;
		return;
	}
	assert(model->place_count < MODEL_PLACES);
	model->places[model->place_count++] = *place;
}

static void place_run(struct model *model, const struct model_run *run)
{
	struct model_place place = { run->job, EVIDENCE_OBSERVED, start_of(run), run->id,
		INT64_MAX, run->set };

	if (run->state == TYPE_COMPLETE)
		place.settled_us =
			run->end_us > place.start_us ? run->end_us : place.start_us;
	if (!says_nothing(&run->set))
		put_place(model, &place);
}

/* Events that have no run are in order of their hash. */
static struct runid id_of_hash(uint64_t hash)
{
	struct runid id = { { 0 } };

	for (int i = 0; i < 8; i++)
		id.bytes[i] = (uint8_t)(hash >> (56 - 8 * i));
	return id;
}

static void place_event(struct model *model, const struct model_event *event)
{
	struct model_place place = { .start_us = event->time_us,
		.settled_us = event->time_us,
		.set = event->set };

	if (says_nothing(&event->set) || (event->kind == EVENT_RUN && !event->snapshot))
		return;
	place.lane = event->kind == EVENT_RUN ? EVIDENCE_OBSERVED : EVIDENCE_DECLARED;
	place.run = event->kind == EVENT_RUN ? event->run : id_of_hash(event->hash);
	place.owner = event->kind == EVENT_DATASET ? event->dataset : event->job;
	if (event->kind == EVENT_RUN)
		place.owner = model_run_of(model, &event->run)->job;
	put_place(model, &place);
}

static void place_rename(
	struct model *model, const struct model_event *event, const json_t *dataset)
{
	struct model_place place = { .lane = EVIDENCE_INFERRED,
		.start_us = event->time_us,
		.settled_us = event->time_us,
		.run = id_of_hash(event->hash) };
	const json_t *facet = model_facet_valid(dataset, false, "lifecycleStateChange");
	int old = model_named(
		model, NODE_DATASET, json_object_get(facet, "previousIdentifier"));

	place.owner = model_named(model, NODE_DATASET, dataset);
	if (place.owner < 0 || old < 0 || old == place.owner ||
		strcmp(model_lifecycle(dataset), "RENAME") != 0)
		return;
	model_put_flow(&place.set, old, place.owner,
		CLASS_UNKNOWN | CLASS_UNMASKED | CLASS_FORM_RENAME);
	put_place(model, &place);
}

void model_build_places(struct model *model)
{
	static const char *const roles[] = { "inputs", "outputs", "dataset" };
	const json_t *dataset;

	for (size_t i = 0; i < model->run_count; i++)
		place_run(model, &model->runs[i]);
	for (size_t i = 0; i < model->event_count; i++) {
		const struct model_event *event = &model->events[i];

		place_event(model, event);
		for (size_t k = 0; k < ARRAY_LEN(roles) && model_lifecycle_applies(event);
			k++) {
			for (size_t n = 0;
				(dataset = model_dataset_at(event, roles[k], n)); n++)
				place_rename(model, event, dataset);
		}
	}
}

static bool same_lane(const struct model_place *a, const struct model_place *b)
{
	return a->owner == b->owner && a->lane == b->lane;
}

static bool newer(const struct model_place *a, const struct model_place *b)
{
	if (a->start_us != b->start_us)
		return a->start_us > b->start_us;
	return runid_compare(&a->run, &b->run) > 0;
}

/*
 * As of T a place stands when it began at or before T, and no newer one of its
 * lane that did was settled at or before T.
 */
static bool stands_as_of(
	const struct model *model, const struct model_place *place, int64_t time_us)
{
	if (place->start_us > time_us)
		return false;
	for (size_t i = 0; i < model->place_count; i++) {
		const struct model_place *other = &model->places[i];

		if (same_lane(place, other) && newer(other, place) &&
			other->start_us <= time_us && other->settled_us <= time_us)
			return false;
	}
	return true;
}

static bool stands(const struct model *model, const struct model_place *place,
	const struct model_asked *asked)
{
	if (asked->time == LINEAGE_CURRENT)
		return stands_as_of(model, place, INT64_MAX - 1);
	if (asked->time == LINEAGE_WINDOW && place->start_us > asked->from_us &&
		place->start_us <= asked->to_us)
		return true;
	return stands_as_of(model, place, asked->from_us);
}

static int64_t asked_end(const struct model_asked *asked)
{
	switch (asked->time) {
	case LINEAGE_CURRENT:
		return INT64_MAX - 1;
	case LINEAGE_AS_OF:
		return asked->from_us;
	case LINEAGE_WINDOW:
		return asked->to_us;
	}
	return INT64_MAX - 1;
}

static struct model_edge *edge_of(struct model_view *view, int from, int to)
{
	for (size_t i = 0; i < view->edge_count; i++) {
		if (view->edges[i].from == from && view->edges[i].to == to)
			return &view->edges[i];
	}
	assert(view->edge_count < MODEL_EDGES);
	view->edges[view->edge_count] = (struct model_edge){
		.from = from, .to = to, .covered = true, .implied = true
	};
	return &view->edges[view->edge_count++];
}

/* An output of one place; of a lane, those of completed runs decide where there are any.
 */
static void note_cover(struct model_edge *edge, const struct model_place *place,
	bool covers, bool settled)
{
	struct model_cover *cover = &edge->covers[place->lane];

	cover->open |= !covers;
	if (!settled)
		return;
	cover->settled = true;
	cover->settled_open |= !covers;
}

static void find_covered(struct model_edge *edge)
{
	edge->covered = true;
	for (size_t lane = 0; lane < ARRAY_LEN(edge->covers); lane++) {
		const struct model_cover *cover = &edge->covers[lane];

		if (cover->settled ? cover->settled_open : cover->open)
			edge->covered = false;
	}
}

static void show_place(
	struct model_view *view, const struct model_place *place, bool settled)
{
	const struct model_set *set = &place->set;
	struct model_edge *edge;

	for (size_t i = 0; i < set->input_count; i++)
		edge_of(view, set->inputs[i], place->owner)->told[place->lane] = true;
	for (size_t i = 0; i < set->output_count; i++) {
		edge = edge_of(view, place->owner, set->outputs[i]);
		edge->told[place->lane] = true;
		note_cover(edge, place, set->covers[i] != 0, settled);
	}
	for (size_t i = 0; i < set->flow_count; i++) {
		const struct model_flow *flow = &set->flows[i];

		edge = edge_of(view, flow->source, flow->target);
		edge->flow[place->lane] = true;
		edge->implied &= flow->implied;
		edge->classes |= flow->classes;
	}
}

/*
 * Evidence that is not asked for is as if nobody had told it: also for whether an
 * output is covered, and a flow implied.
 */
void model_view_make(const struct model *model, const struct model_asked *asked,
	struct model_view *out)
{
	out->edge_count = 0;
	for (size_t i = 0; i < model->place_count; i++) {
		if (asked->lanes[model->places[i].lane] &&
			stands(model, &model->places[i], asked))
			show_place(out, &model->places[i],
				model->places[i].settled_us <= asked_end(asked));
	}
	for (size_t i = 0; i < out->edge_count; i++)
		find_covered(&out->edges[i]);
}
