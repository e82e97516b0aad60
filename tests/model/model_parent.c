/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_parent.c - who started whom
 */
#include "tests/model/model_impl.h"

/* {"run": {"runId"}, "job": {...}}: the job; -1 also when it is the run itself. */
static int read_ancestor(struct model *model, const struct model_event *event,
	const json_t *value, struct runid *run_out)
{
	const char *id = json_string_value(
		json_object_get(json_object_get(value, "run"), "runId"));

	if (!id)
		return -1;
	(void)runid_from_text(slice_from(id), run_out);
	if (runid_compare(run_out, &event->run) == 0)
		return -1;
	return model_named(model, NODE_JOB, json_object_get(value, "job"));
}

/* `parent`, also under its old name. */
static struct model_ancestors read_parent(
	struct model *model, const struct model_event *event)
{
	const json_t *facets =
		json_object_get(json_object_get(event->json, "run"), "facets");
	const json_t *facet = json_object_get(facets, "parent");
	struct model_ancestors told = { -1, -1, { { 0 } }, { { 0 } }, event->time_us };

	if (!facet)
		facet = json_object_get(facets, "parentRun");
	told.parent = read_ancestor(model, event, facet, &told.parent_run);
	if (told.parent >= 0)
		told.root = read_ancestor(
			model, event, json_object_get(facet, "root"), &told.root_run);
	return told;
}

/* Names, then runs; what is not told comes first. */
static int compare_one(const struct model *model, int job_a, int job_b,
	const struct runid *run_a, const struct runid *run_b)
{
	int r;

	if (job_a < 0 || job_b < 0)
		return (job_a >= 0) - (job_b >= 0);
	r = model_compare(model, job_a, job_b);
	return r ? r : runid_compare(run_a, run_b);
}

static bool is_newer(const struct model *model, const struct model_ancestors *a,
	const struct model_ancestors *b)
{
	int r = (a->time_us > b->time_us) - (a->time_us < b->time_us);

	if (r == 0)
		r = compare_one(
			model, a->parent, b->parent, &a->parent_run, &b->parent_run);
	if (r == 0)
		r = compare_one(model, a->root, b->root, &a->root_run, &b->root_run);
	return r > 0;
}

static void keep_newest(const struct model *model, struct model_ancestors *has,
	const struct model_ancestors *told)
{
	if (has->parent < 0 || is_newer(model, told, has))
		*has = *told;
}

/* A run that sent nothing itself is there since a child named it first. */
static void add_stub(
	struct model *model, const struct runid *id, int job, int64_t time_us)
{
	struct model_run *run = model_run_of(model, id);

	if (run->own)
		return;
	if (time_us < run->first_us)
		run->first_us = time_us;
	/* Its job is as the newest child says: last_us keeps when that was. */
	if (run->job < 0 || time_us > run->last_us ||
		(time_us == run->last_us && model_compare(model, job, run->job) > 0)) {
		run->job = job;
		run->last_us = time_us;
	}
}

static void tell_parent(struct model *model, const struct model_event *event)
{
	struct model_ancestors told = read_parent(model, event);

	if (told.parent < 0)
		return;
	keep_newest(model, &model->parents[event->job], &told);
	keep_newest(model, &model_run_of(model, &event->run)->told, &told);
	add_stub(model, &told.parent_run, told.parent, event->time_us);
	if (told.root >= 0)
		add_stub(model, &told.root_run, told.root, event->time_us);
}

void model_build_parents(struct model *model)
{
	for (size_t i = 0; i < MODEL_NODES; i++)
		model->parents[i] = (struct model_ancestors){ .parent = -1, .root = -1 };
	for (size_t i = 0; i < model->event_count; i++) {
		if (model->events[i].kind == EVENT_RUN)
			tell_parent(model, &model->events[i]);
	}
}
