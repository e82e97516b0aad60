/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_ui.c - every question that Marquez's web UI asks, with its own
 * query strings, and what its pages read of the answers
 *
 * A member is a path and a type: "jobs[].latestRun.state:s".  [] is every element,
 * of which there must be one; a path behind a null is not gone further.  Types are
 * s (string), n (number), i (integer), b (boolean), a (array), o (object), t (a time
 * in UTC); ? behind it: or null.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/e2e/trial.h"

#define MEMBERS_MAX 28
#define PATH_SIZE   96
#define API	    "/api/v1"
#define BAKERY	    API "/namespaces/bakery"

static const char events[] = HEADWATER_SOURCE "/tests/cases/marquez/events.ndjson";

struct call {
	const char *target;
	const char *members[MEMBERS_MAX];
};

#define ID_OF(row)  row "id.namespace:s", row "id.name:s"
#define NAMED(row)  row "name:s", row "namespace:s"
#define RUN_OF(row) row "latestRun.state:s", row "latestRun.durationMs:n?"
#define STATS	    "[].startInterval:t", "[].endInterval:t"
#define COUNTED	    STATS, "[].count:i"
#define JOBS_OF_DASHBOARD                                                           \
	ID_OF("jobs[]."), NAMED("jobs[]."), RUN_OF("jobs[]."), "jobs[].tags:a",     \
		"jobs[].latestRuns:a?", "jobs[].latestRuns[].id:s",                 \
		"jobs[].latestRuns[].state:s", "jobs[].latestRuns[].durationMs:n?", \
		"jobs[].createdAt:t", "jobs[].updatedAt:t", "jobs[].type:s",        \
		"totalCount:i"

/* Pages that every session of the UI opens. */
static const struct call start_calls[] = {
	{ API "/namespaces", { "namespaces[].name:s", "namespaces[].isHidden:b" } },
	{ API "/tags", { "tags[].name:s", "tags[].description:s?" } },
};

static const struct call dashboard_calls[] = {
	{ API "/stats/lineage-events?period=DAY&timezone=Europe/Berlin",
		{ STATS, "[].fail:i", "[].start:i", "[].complete:i", "[].abort:i" } },
	{ API "/stats/lineage-events?period=WEEK&timezone=America%2FNew_York",
		{ STATS, "[].fail:i", "[].start:i", "[].complete:i", "[].abort:i" } },
	{ API "/stats/jobs?period=DAY&timezone=Europe/Berlin", { COUNTED } },
	{ API "/stats/datasets?period=WEEK&timezone=Europe/Berlin", { COUNTED } },
	{ API "/stats/sources?period=DAY&timezone=UTC", { COUNTED } },
	{ API "/jobs?limit=10&offset=0", { JOBS_OF_DASHBOARD } },
	{ API "/jobs?limit=10&offset=0&lastRunStates=COMPLETED", { JOBS_OF_DASHBOARD } },
	{ API "/jobs?limit=25&offset=0", { JOBS_OF_DASHBOARD } },
};

static const struct call list_calls[] = {
	{ BAKERY "/jobs?limit=20&offset=0",
		{ NAMED("jobs[]."), RUN_OF("jobs[]."), "jobs[].updatedAt:t",
			"totalCount:i" } },
	{ BAKERY "/datasets?limit=20&offset=0",
		{ NAMED("datasets[]."), ID_OF("datasets[]."), "datasets[].sourceName:s",
			"datasets[].updatedAt:t", "datasets[].deleted:b",
			"datasets[].columnLineage:a?", "datasets[].facets:o",
			"totalCount:i" } },
	{ API "/events/lineage?limit=50&before=2026-11-21T23:59:59.000Z"
	      "&after=2026-08-01T00:00:00.000Z&offset=0&sortDirection=desc",
		{ "events[].run.runId:s", "events[].eventType:s", "events[].eventTime:t",
			"events[].job.name:s", "events[].job.namespace:s",
			"totalCount:i" } },
};

static const struct call lineage_calls[] = {
	{ API "/lineage?nodeId=job:bakery:daily_sales&depth=2",
		{ "graph[].id:s", "graph[].type:s", "graph[].data:o", "graph[].inEdges:a",
			"graph[].outEdges:a", NAMED("graph[].data."),
			"graph[].data.description:s?", "graph[].data.updatedAt:t" } },
	{ API "/lineage?nodeId=dataset:kafka%3A%2F%2Foven%3A9092:probes&depth=2",
		{ "graph[].id:s", "graph[].type:s", NAMED("graph[].data.") } },
	{ API "/column-lineage?nodeId=dataset:s3%3A%2F%2Flake:sales%2Fdaily&depth=2"
	      "&withDownstream=true",
		{ "graph[].id:s", "graph[].data.namespace:s", "graph[].data.dataset:s",
			"graph[].data.field:s", "graph[].inEdges:a",
			"graph[].outEdges:a" } },
};

#define JOB_MEMBERS                                                                      \
	"name:s", "namespace:s", "description:s?", "location:s?", "createdAt:t",         \
		"updatedAt:t", "type:s", "parentJobName:s?", "tags:a", "latestRun.id:s", \
		"latestRun.startedAt:t?", "latestRun.state:s", "latestRun.facets:o",     \
		"latestRuns[].state:s", "latestRuns[].endedAt:t?",                       \
		"latestRuns[].durationMs:n?"
#define RUNS_MEMBERS                                                                  \
	"runs[].id:s", "runs[].state:s", "runs[].createdAt:t", "runs[].startedAt:t?", \
		"runs[].endedAt:t?", "runs[].durationMs:n?", "runs[].facets:o",       \
		"totalCount:i"

static const struct call drawer_calls[] = {
	{ BAKERY "/jobs/daily_sales", { JOB_MEMBERS } },
	{ BAKERY "/jobs/nightly.bake", { JOB_MEMBERS, "parentJobName:s" } },
	{ BAKERY "/jobs/daily_sales/runs?limit=14&offset=0", { RUNS_MEMBERS } },
	{ BAKERY "/jobs/daily_sales/runs?limit=10&offset=0", { RUNS_MEMBERS } },
	{ BAKERY "/datasets/public.orders",
		{ "name:s", "namespace:s", "description:s?", "type:s", "createdAt:t",
			"fields[].name:s", "fields[].type:s?", "fields[].description:s?",
			"fields[].tags:a", "tags:a", "facets:o", "columnLineage:a?" } },
	{ API "/namespaces/s3%3A%2F%2Flake/datasets/sales%2Fdaily",
		{ "columnLineage[].name:s" } },
	{ BAKERY "/datasets/public.orders/versions?limit=10&offset=0",
		{ "versions[].version:s", "versions[].createdAt:t", "versions[].fields:a",
			"versions[].lifecycleState:s", "versions[].facets:o",
			"versions[].createdByRun.id:s", "totalCount:i" } },
};

static const struct call search_calls[] = {
	{ API "/search?q=sales&sort=UPDATE_AT&limit=100",
		{ "results[].type:s", NAMED("results[]."), "results[].nodeId:s",
			"results[].updatedAt:t" } },
	{ API "/search?q=order&sort=NAME&limit=100&filter=DATASET",
		{ "results[].type:s", NAMED("results[]."), "results[].nodeId:s",
			"results[].updatedAt:t" } },
	{ "/api/v2beta/search/jobs?q=daily",
		{ NAMED("hits[]."), "hits[].run_id:s?", "hits[].eventType:s?",
			"hits[].runFacets:o", "hits[].facets:o", "highlights[]:o" } },
	{ "/api/v2beta/search/datasets?q=orders",
		{ NAMED("hits[]."), "hits[].run_id:s?", "hits[].eventType:s?",
			"hits[].facets:o", "highlights[]:o" } },
};

static int set_up(void **state)
{
	struct trial *trial;

	trial_set_up(state);
	trial = *state;
	need(process_run(ARGS("import", "--data", trial->data, events), NULL, NULL,
		     NULL) == 0,
		"events of", events);
	trial_start(trial, NULL);
	return 0;
}

static bool is_time(const json_t *value)
{
	size_t n = json_is_string(value) ? json_string_length(value) : 0;
	const char *text = json_string_value(value);

	return n >= 20 && n <= 27 && text[10] == 'T' && text[n - 1] == 'Z';
}

static bool has_type(const json_t *value, const char *type)
{
	if (type[1] == '?' && json_is_null(value))
		return true;
	switch (type[0]) {
	case 's':
		return json_is_string(value);
	case 'n':
		return json_is_number(value);
	case 'i':
		return json_is_integer(value);
	case 'b':
		return json_is_boolean(value);
	case 'a':
		return json_is_array(value);
	case 'o':
		return json_is_object(value);
	case 't':
		return is_time(value);
	default:
		return false;
	}
}

/* The values that a step of the path has reached. */
struct found {
	const json_t **list;
	size_t count;
	size_t room;
};

static void found_add(struct found *found, const json_t *value)
{
	if (found->count == found->room) {
		found->room = found->room ? 2 * found->room : 16;
		found->list = realloc(
			(void *)found->list, found->room * sizeof(const json_t *));
		need(found->list != NULL, "memory for", "values");
	}
	found->list[found->count++] = value;
}

static void found_fini(struct found *found)
{
	free((void *)found->list);
}

/* From values to their member, or with name "" to their elements. */
static void step(struct found *found, const char *name)
{
	struct found next = { .count = 0 };

	for (size_t i = 0; i < found->count; i++) {
		const json_t *value = found->list[i];

		if (json_is_null(value))
			continue;
		for (size_t j = 0; !*name && j < json_array_size(value); j++)
			found_add(&next, json_array_get(value, j));
		if (*name)
			found_add(&next, json_object_get(value, name));
	}
	found_fini(found);
	*found = next;
}

/* "a[].b": cuts the first step off. */
static const char *take_step(const char *path, char name[PATH_SIZE])
{
	size_t n = strcspn(path, ".[");

	if (strncmp(path, "[]", 2) == 0) {
		name[0] = '\0';
		path += 2;
	} else {
		memcpy(name, path, n);
		name[n] = '\0';
		path += n;
	}
	return *path == '.' ? path + 1 : path;
}

static void check_member(const char *target, const json_t *answer, const char *member)
{
	const char *type = strrchr(member, ':') + 1;
	size_t len = (size_t)(type - 1 - member);
	struct found found = { .count = 0 };
	char path[PATH_SIZE] = "";
	char name[PATH_SIZE];

	assert_true(len < sizeof(path));
	memcpy(path, member, len);
	found_add(&found, answer);
	for (const char *rest = path; *rest;) {
		rest = take_step(rest, name);
		step(&found, name);
	}
	if (found.count == 0)
		fail_msg("%s has no %s", target, path);
	for (size_t i = 0; i < found.count; i++) {
		if (!found.list[i] || !has_type(found.list[i], type))
			fail_msg("%s: not every %s is %s", target, path, type);
	}
	found_fini(&found);
}

static json_t *ask(struct trial *trial, const char *target)
{
	struct answer answer;
	json_t *value;

	assert_int_equal(client_get(&trial->client, target, &answer), 0);
	if (answer.status != 200)
		fail_msg("%s: %d %.*s", target, answer.status, (int)answer.body.len,
			answer.body.ptr);
	value = json_loadb(
		answer.body.ptr, answer.body.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(value);
	return value;
}

static void check_calls(struct trial *trial, const struct call *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *answer = ask(trial, calls[i].target);

		for (const char *const *m = calls[i].members; *m; m++)
			check_member(calls[i].target, answer, *m);
		json_decref(answer);
	}
}

static void it_starts(void **state)
{
	check_calls(*state, start_calls, ARRAY_LEN(start_calls));
}

static void the_dashboard_has_what_it_draws(void **state)
{
	check_calls(*state, dashboard_calls, ARRAY_LEN(dashboard_calls));
}

static void lists_have_what_they_show(void **state)
{
	check_calls(*state, list_calls, ARRAY_LEN(list_calls));
}

static void lineage_has_what_is_drawn(void **state)
{
	check_calls(*state, lineage_calls, ARRAY_LEN(lineage_calls));
}

static void drawers_have_what_they_show(void **state)
{
	check_calls(*state, drawer_calls, ARRAY_LEN(drawer_calls));
}

static void search_has_what_it_offers(void **state)
{
	check_calls(*state, search_calls, ARRAY_LEN(search_calls));
}

/* A day is 24 bars and a week 7: the UI tells them by their number. */
static void a_week_has_seven_bars_and_a_day_twenty_four(void **state)
{
	json_t *day = ask(*state, API "/stats/lineage-events?period=DAY&timezone=UTC");
	json_t *week = ask(*state, API "/stats/lineage-events?period=WEEK&timezone=UTC");

	assert_int_equal(json_array_size(day), 24);
	assert_int_equal(json_array_size(week), 7);
	json_decref(day);
	json_decref(week);
}

/* The UI looks its node up in the graph by the id that it asked for. */
static void the_node_that_was_asked_for_is_in_the_graph(void **state)
{
	static const char *const ids[] = { "job:bakery:daily_sales",
		"dataset:bakery:public.orders", "job:bakery:nightly.bake" };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char target[PATH_SIZE];
		bool there = false;
		json_t *answer;
		json_t *node;
		size_t j;

		(void)snprintf(
			target, sizeof(target), API "/lineage?nodeId=%s&depth=2", ids[i]);
		answer = ask(*state, target);
		json_array_foreach(json_object_get(answer, "graph"), j, node) there |=
			strcmp(json_string_value(json_object_get(node, "id")), ids[i]) ==
			0;
		assert_true(there);
		json_decref(answer);
	}
}

/* The job drawer takes the newest run, and asks for what its run told of the job. */
static void the_facets_of_the_newest_run_can_be_asked_for(void **state)
{
	json_t *job = ask(*state, BAKERY "/jobs/daily_sales");
	const json_t *run = json_object_get(job, "latestRun");
	char target[PATH_SIZE];
	struct answer answer;

	(void)snprintf(target, sizeof(target), API "/jobs/runs/%s/facets?type=job",
		json_string_value(json_object_get(run, "id")));
	assert_int_equal(
		client_get(&((struct trial *)*state)->client, target, &answer), 0);
	/* 204 when there are none: the UI knows that. */
	assert_true(answer.status == 200 || answer.status == 204);
	if (answer.status == 200)
		assert_true(answer_has(&answer, "\"facets\":{"));
	json_decref(job);
}

/* Its buttons send no body and no type of one, and look at the name in the answer. */
static const struct {
	const char *method;
	const char *target;
	const char *name;
} buttons[] = {
	{ "POST", BAKERY "/datasets/public.orders/tags/gold", "public.orders" },
	{ "DELETE", BAKERY "/datasets/public.orders/tags/gold", "public.orders" },
	{ "POST", BAKERY "/datasets/public.orders/fields/price/tags/money",
		"public.orders" },
	{ "DELETE", BAKERY "/datasets/public.orders/fields/price/tags/MONEY",
		"public.orders" },
	{ "POST", BAKERY "/jobs/daily_sales/tags/gold", "daily_sales" },
	{ "DELETE", BAKERY "/jobs/daily_sales/tags/gold", "daily_sales" },
	{ "DELETE", BAKERY "/datasets/public.orders", "public.orders" },
	{ "DELETE", BAKERY "/jobs/daily_sales", "daily_sales" },
};

static void buttons_work(void **state)
{
	struct trial *trial = *state;

	for (size_t i = 0; i < ARRAY_LEN(buttons); i++) {
		struct answer answer;
		json_t *entity;

		assert_int_equal(client_ask(&trial->client, buttons[i].method,
					 buttons[i].target, &answer),
			0);
		if (answer.status != 200)
			fail_msg("%s: %d", buttons[i].target, answer.status);
		entity = json_loadb(answer.body.ptr, answer.body.len, 0, NULL);
		assert_string_equal(json_string_value(json_object_get(entity, "name")),
			buttons[i].name);
		json_decref(entity);
	}
}

static void a_tag_that_is_new_is_in_the_list(void **state)
{
	const struct slice body =
		SLICE("{\"name\":\"gold\",\"description\":\"the best\"}");
	struct trial *trial = *state;
	struct answer answer;

	assert_int_equal(
		client_put(&trial->client, "PUT", API "/tags/gold", body, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(client_get(&trial->client, API "/tags", &answer), 0);
	assert_true(
		answer_has(&answer, "{\"name\":\"gold\",\"description\":\"the best\"}"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, trial_tear_down_server)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_starts),
		TEST(the_dashboard_has_what_it_draws),
		TEST(lists_have_what_they_show),
		TEST(lineage_has_what_is_drawn),
		TEST(drawers_have_what_they_show),
		TEST(search_has_what_it_offers),
		TEST(a_week_has_seven_bars_and_a_day_twenty_four),
		TEST(the_node_that_was_asked_for_is_in_the_graph),
		TEST(the_facets_of_the_newest_run_can_be_asked_for),
		TEST(buttons_work),
		TEST(a_tag_that_is_new_is_in_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
