/* SPDX-License-Identifier: Apache-2.0 */

/*
 * random_events.c - sets of events that collide in every way we could think of
 */
#include "tests/model/random_events.h"

#include "base/clock.h"
#include "tests/model/random_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_US INT64_C(60000000)
#define MINUTES	  20

const int64_t script_begin_us = INT64_C(1785542400000000); /* 2026-08-01 */
const int64_t script_end_us = INT64_C(1785542400000000) + MINUTES * MINUTE_US;

static void add_datasets(struct dice *dice, json_t *event, const char *role, int share)
{
	bool inputs = strcmp(role, "inputs") == 0;
	const char *io_facets = inputs ? "inputFacets" : "outputFacets";
	json_t *list = json_array();

	for (int n = roll(dice, 4); n > 0; n--) {
		json_t *dataset = random_dataset(dice);

		if (chance(dice, 80))
			set(dataset, "facets", dataset_facets(dice, share));
		add_checks(dice, dataset, io_facets);
		append(list, dataset);
	}
	if (json_array_size(list) || chance(dice, 50))
		set(event, role, list);
	else
		json_decref(list);
}

static void add_job(struct dice *dice, json_t *event)
{
	json_t *job = random_job(dice);
	json_t *facets = json_object();

	if (chance(dice, dice->chances.lineage))
		put_facet(dice, facets, "lineage", job_lineage(dice));
	if (chance(dice, dice->chances.snapshot))
		put_facet(dice, facets, "jobType", job_type(dice));
	add_labels(dice, facets);
	set(job, "facets", facets);
	set(event, "job", job);
}

static const char *random_run(struct dice *dice)
{
	static const char *const ids[] = { "0197a3c1-0000-7000-8000-000000000001",
		"0197a3c1-0000-7000-8000-000000000002",
		"0197a3c1-0000-7000-8000-000000000003",
		"0197a3c1-0000-7000-8000-000000000004", "run_id" };

	return PICK(dice, ids);
}

static json_t *ancestor(struct dice *dice)
{
	return json_pack(
		"{s{ss}so}", "run", "runId", random_run(dice), "job", random_job(dice));
}

static json_t *random_parent(struct dice *dice)
{
	json_t *parent = ancestor(dice);

	if (chance(dice, 50))
		set(parent, "root", ancestor(dice));
	return parent;
}

static json_t *dependencies(struct dice *dice)
{
	return json_pack("{s[{so}]}", chance(dice, 50) ? "upstream" : "downstream", "job",
		random_job(dice));
}

static void add_run(struct dice *dice, json_t *event)
{
	static const char *const types[] = { "START", "START", "RUNNING", "COMPLETE",
		"COMPLETE", "COMPLETE", "FAIL", "ABORT", "OTHER", "complete", "odd" };
	json_t *run = json_object();
	json_t *facets = json_object();

	if (chance(dice, dice->chances.parent))
		set(facets, chance(dice, 80) ? "parent" : "parentRun",
			random_parent(dice));
	if (chance(dice, 5))
		set(facets, "jobDependencies", dependencies(dice));
	set(run, "runId", text(random_run(dice)));
	set(run, "facets", facets);
	set(event, "run", run);
	if (chance(dice, 95))
		set(event, "eventType", text(PICK(dice, types)));
}

static void add_dataset(struct dice *dice, json_t *event)
{
	json_t *dataset = random_dataset(dice);
	json_t *facets = dataset_facets(dice, 100);

	if (chance(dice, dice->chances.lineage * 2))
		put_facet(dice, facets, "lineage", dataset_lineage(dice));
	set(dataset, "facets", facets);
	set(event, "dataset", dataset);
}

static void add_time(struct dice *dice, json_t *event)
{
	char buffer[TIME_TEXT_MAX];
	int64_t time_us = script_begin_us + roll(dice, MINUTES) * MINUTE_US;

	set(event, "eventTime",
		chance(dice, 98) ? text(time_format(time_us, buffer)) : text("garbage"));
}

static json_t *random_event(struct dice *dice)
{
	json_t *event = json_object();
	int kind = roll(dice, 100);

	add_time(dice, event);
	if (chance(dice, dice->chances.notes)) {
		set(event, "note", random_note(dice));
		return event;
	}
	if (kind < 16) {
		add_dataset(dice, event);
		return event;
	}
	if (kind < 80)
		add_run(dice, event);
	add_job(dice, event);
	add_datasets(dice, event, "inputs", 10);
	add_datasets(dice, event, "outputs", 100);
	return event;
}

static struct chances random_chances(struct dice *dice)
{
	static const int times[] = { 0, 1, 1, 3 };

	return (struct chances){
		.columns = 25 * PICK(dice, times),
		.lineage = 12 * PICK(dice, times),
		.symlinks = 5 * PICK(dice, times),
		.lifecycle = 5 * PICK(dice, times),
		.schema = 5 * PICK(dice, times),
		.labels = 3 * PICK(dice, times),
		.snapshot = 8 * PICK(dice, times),
		.parent = 8 * PICK(dice, times),
		.checks = 8 * PICK(dice, times),
		.notes = 8 * PICK(dice, times),
		.odd = 8 * PICK(dice, times),
	};
}

void script_make(unsigned seed, struct script *out)
{
	struct dice dice = { .seed = seed * 2654435761U + 1 };

	dice.chances = random_chances(&dice);
	out->count = 12 + (size_t)roll(&dice, SCRIPT_EVENTS - 12 + 1);
	for (size_t i = 0; i < out->count; i++) {
		json_t *event = random_event(&dice);

		out->texts[i] = json_dumps(event, JSON_COMPACT);
		assert(out->texts[i]);
		out->received_us[i] = script_end_us + MINUTE_US;
		json_decref(event);
	}
}

void script_free(struct script *script)
{
	for (size_t i = 0; i < script->count; i++)
		free(script->texts[i]);
	script->count = 0;
}
