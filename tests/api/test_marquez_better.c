/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_better.c - what is answered better than in Marquez
 *
 * Each of these is a question that Marquez answers wrongly, or not at all
 * (docs/MARQUEZ.md).
 */
#include "fixture.h"

#include "api/json_auto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EVENT_MAX   4096
#define WORDS_MAX   1024
#define RECEIVED_US INT64_C(1786000000000000)
#define NS	    "/api/v1/namespaces/k"

static struct fixture f;

static int begin(void **state)
{
	(void)state;
	fixture_open(&f);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

/* Single quotes stand for double ones. */
static void add(const char *text)
{
	char event[EVENT_MAX];
	size_t len = strlen(text);

	assert_true(len < sizeof(event));
	for (size_t i = 0; i < len; i++)
		event[i] = (char)(text[i] == '\'' ? '"' : text[i]);
	fixture_add(&f, slice_of(event, len), RECEIVED_US);
}

/* An event of a run of the job k:job; datasets and facets are texts of JSON. */
struct told {
	int run;
	const char *type;
	const char *minute;
	const char *job;
	const char *facets; /* of the run */
	const char *inputs;
	const char *outputs;
};

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static void tell(const struct told *told)
{
	char event[EVENT_MAX];
	int n = snprintf(event, sizeof(event),
		"{'eventType':'%s','eventTime':'2026-08-01T00:%s:00Z','run':{'runId':"
		"'00000000-0000-0000-0000-0000000000%02d','facets':{%s}},'job':{"
		"'namespace':'k','name':'%s'},'inputs':[%s],'outputs':[%s],"
		"'producer':'p','schemaURL':'s'}",
		told->type, told->minute, told->run, or_nothing(told->facets), told->job,
		or_nothing(told->inputs), or_nothing(told->outputs));

	assert_true(n > 0 && (size_t)n < sizeof(event));
	add(event);
}

#define SET(name) "{'namespace':'k','name':'" name "'}"

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text ? text : "null";
}

/* A member of each element of an answer's list, with a space after each. */
static const char *each(
	const char *path, const char *query, const char *list, const char *member)
{
	static char words[WORDS_MAX];
	AUTO(json) json_t *answer = fixture_json(&f, path, query);
	const json_t *element;
	size_t used = 0;
	size_t i;

	words[0] = '\0';
	json_array_foreach(json_object_get(answer, list), i, element) used +=
		(size_t)snprintf(
			words + used, WORDS_MAX - used, "%s ", text_of(element, member));
	return words;
}

static json_int_t total_of(const char *path, const char *query)
{
	AUTO(json) json_t *answer = fixture_json(&f, path, query);

	return json_integer_value(json_object_get(answer, "totalCount"));
}

static const char *graph_of(const char *query)
{
	return each("/api/v1/lineage", query, "graph", "id");
}

static const char *columns_of(const char *query)
{
	return each("/api/v1/column-lineage", query, "graph", "id");
}

static void a_run_that_ended_is_not_reopened_by_a_late_start(void **state)
{
	AUTO(json) json_t *run = NULL;

	(void)state;
	tell(&(struct told){ .run = 1, .type = "START", .minute = "01", .job = "t" });
	tell(&(struct told){ .run = 1, .type = "COMPLETE", .minute = "09", .job = "t" });
	tell(&(struct told){ .run = 1, .type = "START", .minute = "05", .job = "t" });
	tell(&(struct told){ .run = 1, .type = "RUNNING", .minute = "06", .job = "t" });
	fixture_publish(&f);
	run = fixture_json(
		&f, "/api/v1/jobs/runs/00000000-0000-0000-0000-000000000001", "");
	assert_string_equal(text_of(run, "state"), "COMPLETED");
	assert_string_equal(text_of(run, "startedAt"), "2026-08-01T00:01:00Z");
	assert_string_equal(text_of(run, "endedAt"), "2026-08-01T00:09:00Z");
}

static void a_job_that_is_running_has_what_it_told_so_far(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "RUNNING",
		.minute = "01",
		.job = "t",
		.inputs = SET("a"),
		.outputs = SET("b") });
	fixture_publish(&f);
	assert_string_equal(
		graph_of("nodeId=job:k:t"), "dataset:k:a dataset:k:b job:k:t ");
}

static void a_run_has_all_that_its_events_told(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "START",
		.minute = "01",
		.job = "t",
		.inputs = SET("a") });
	tell(&(struct told){ .run = 1,
		.type = "RUNNING",
		.minute = "02",
		.job = "t",
		.inputs = SET("b") });
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "03",
		.job = "t",
		.outputs = SET("c") });
	fixture_publish(&f);
	assert_string_equal(graph_of("nodeId=job:k:t"),
		"dataset:k:a dataset:k:b dataset:k:c job:k:t ");
}

static void a_run_that_failed_has_its_edges(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "FAIL",
		.minute = "01",
		.job = "t",
		.outputs = SET("a") });
	fixture_publish(&f);
	assert_string_equal(graph_of("nodeId=dataset:k:a"), "dataset:k:a job:k:t ");
}

/* Both names are there, and in use, before somebody says that they are one dataset. */
static void names_that_turn_out_to_be_one_dataset_are_one(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "01",
		.job = "w",
		.outputs = SET("a") });
	tell(&(struct told){ .run = 2,
		.type = "COMPLETE",
		.minute = "02",
		.job = "r",
		.inputs = SET("b") });
	fixture_publish(&f);
	assert_int_equal(total_of(NS "/datasets", ""), 2);
	assert_string_equal(graph_of("nodeId=dataset:k:a"), "dataset:k:a job:k:w ");
	tell(&(struct told){ .run = 3,
		.type = "COMPLETE",
		.minute = "03",
		.job = "w",
		.outputs =
			"{'namespace':'k','name':'a','facets':{'symlinks':{"
			"'identifiers':[{'namespace':'k','name':'b','type':'T'}]}}}" });
	fixture_publish(&f);
	assert_string_equal(each(NS "/datasets", "", "datasets", "name"), "a ");
	assert_int_equal(total_of(NS "/datasets", ""), 1);
	assert_string_equal(
		graph_of("nodeId=dataset:k:b"), "dataset:k:a job:k:r job:k:w ");
}

/* Marquez shows no versions of what has the name of a symlink anywhere. */
static void a_symlink_elsewhere_takes_no_versions_away(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "01",
		.job = "w",
		.outputs = SET("a") });
	tell(&(struct told){ .run = 2,
		.type = "COMPLETE",
		.minute = "02",
		.job = "w",
		.outputs =
			"{'namespace':'x','name':'b','facets':{'symlinks':{"
			"'identifiers':[{'namespace':'x','name':'a','type':'T'}]}}}" });
	fixture_publish(&f);
	assert_string_equal(
		each(NS "/datasets/a/versions", "", "versions", "name"), "a ");
}

#define CHILD_OF "'parent':{'run':{'runId':'00000000-0000-0000-0000-000000000050'},'job'"

static void a_job_that_only_a_child_named_is_as_new_as_its_runs(void **state)
{
	(void)state;
	tell(&(struct told){
		.run = 1, .type = "COMPLETE", .minute = "01", .job = "old" });
	tell(&(struct told){ .run = 2,
		.type = "COMPLETE",
		.minute = "02",
		.job = "task",
		.facets = CHILD_OF ":{'namespace':'k','name':'dag'}}" });
	fixture_publish(&f);
	assert_string_equal(each(NS "/jobs", "", "jobs", "name"), "dag dag.task old ");
	assert_string_equal(
		each("/api/v1/search", "q=dag&sort=NAME", "results", "updatedAt"),
		"2026-08-01T00:02:00Z 2026-08-01T00:02:00Z ");
	assert_int_equal(total_of("/api/v1/search", "q=dag&after=2026-08-01"), 2);
}

static void a_hidden_job_is_shown_when_a_new_child_names_it(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 2,
		.type = "COMPLETE",
		.minute = "02",
		.job = "task",
		.facets = CHILD_OF ":{'namespace':'k','name':'dag'}}" });
	add("{'eventTime':'2026-08-01T00:03:00Z','note':{'kind':'hidden','name':['job',"
	    "'k','dag'],'content':{}}}");
	fixture_publish(&f);
	assert_string_equal(each(NS "/jobs", "", "jobs", "name"), "dag.task ");
	tell(&(struct told){ .run = 3,
		.type = "COMPLETE",
		.minute = "04",
		.job = "task",
		.facets = "'parent':{'run':{'runId':'00000000-0000-0000-0000-"
			  "000000000060'},'job':{'namespace':'k','name':'dag'}}" });
	fixture_publish(&f);
	assert_string_equal(each(NS "/jobs", "", "jobs", "name"), "dag dag.task ");
}

static void a_parent_stays_in_its_own_namespace(void **state)
{
	AUTO(json) json_t *child = NULL;

	(void)state;
	tell(&(struct told){ .run = 2,
		.type = "FAIL",
		.minute = "02",
		.job = "task",
		.facets = CHILD_OF ":{'namespace':'airflow','name':'dag'}}" });
	fixture_publish(&f);
	assert_string_equal(
		each("/api/v1/namespaces/airflow/jobs", "", "jobs", "name"), "dag ");
	child = fixture_json(&f, NS "/jobs/dag.task", "");
	assert_string_equal(text_of(child, "parentJobName"), "dag");
	assert_string_equal(
		text_of(json_object_get(child, "latestRun"), "state"), "FAILED");
}

#define COPIES(from)                                                                  \
	"{'namespace':'k','name':'b','facets':{'schema':{'fields':[{'name':'x'}]},"   \
	"'columnLineage':{'fields':{'x':{'inputFields':[{'namespace':'k','name':'a'," \
	"'field':'" from "'}]}}}}}"

static void a_column_that_is_made_otherwise_now_has_lost_what_it_was_made_of(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "01",
		.job = "t",
		.outputs = COPIES("old") });
	tell(&(struct told){ .run = 2,
		.type = "COMPLETE",
		.minute = "02",
		.job = "t",
		.outputs = COPIES("new") });
	fixture_publish(&f);
	assert_string_equal(columns_of("nodeId=dataset:k:b"),
		"datasetField:k:a:new datasetField:k:b:x ");
}

static void nested_columns_have_lineage_of_their_own(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "01",
		.job = "t",
		.inputs = "{'namespace':'k','name':'a','facets':{'schema':{'fields':[{"
			  "'name':'who','fields':[{'name':'mail'}]}]}}}",
		.outputs = COPIES("who.mail") });
	fixture_publish(&f);
	assert_string_equal(columns_of("nodeId=datasetField:k:b:x"),
		"datasetField:k:a:who.mail datasetField:k:b:x ");
	assert_string_equal(
		columns_of("nodeId=datasetField:k:a:who.mail&withDownstream=true"),
		"datasetField:k:a:who.mail datasetField:k:b:x ");
}

static void events_without_a_run_have_column_lineage(void **state)
{
	(void)state;
	add("{'eventTime':'2026-08-01T00:00:00Z','job':{'namespace':'k','name':'t'},"
	    "'inputs':[" SET("a") "],'outputs':[" COPIES("y") "],'producer':'p',"
							      "'schemaURL':'s'}");
	fixture_publish(&f);
	assert_string_equal(columns_of("nodeId=datasetField:k:a:y&withDownstream=true"),
		"datasetField:k:a:y datasetField:k:b:x ");
}

/* x and z are both made of y, and neither of the other. */
static void columns_with_one_source_in_common_are_not_downstream(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "01",
		.job = "t",
		.outputs = COPIES("y") });
	tell(&(struct told){ .run = 2,
		.type = "COMPLETE",
		.minute = "02",
		.job = "u",
		.outputs = "{'namespace':'k','name':'c','facets':{'columnLineage':{"
			   "'fields':{'z':{'inputFields':[{'namespace':'k','name':'a',"
			   "'field':'y'}]}}}}}" });
	fixture_publish(&f);
	assert_string_equal(columns_of("nodeId=dataset:k:b&withDownstream=true"),
		"datasetField:k:a:y datasetField:k:b:x ");
}

/* Marquez has the facets of the first ten of a page. */
static void all_rows_of_a_list_have_their_facets(void **state)
{
	AUTO(json) json_t *answer = NULL;
	const json_t *row;
	char output[200];
	size_t i;

	(void)state;
	for (int n = 0; n < 12; n++) {
		(void)snprintf(output, sizeof(output),
			"{'namespace':'k','name':'d%02d','facets':{'schema':{'fields':["
			"{'name':'x'}]}}}",
			n);
		tell(&(struct told){ .run = 1,
			.type = "COMPLETE",
			.minute = "01",
			.job = "t",
			.outputs = output });
	}
	fixture_publish(&f);
	answer = fixture_json(&f, NS "/datasets", "");
	assert_int_equal(json_array_size(json_object_get(answer, "datasets")), 12);
	json_array_foreach(json_object_get(answer, "datasets"), i, row) assert_non_null(
		json_object_get(json_object_get(row, "facets"), "schema"));
}

static void nominal_times_are_those_of_the_facet(void **state)
{
	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "01",
		.job = "t",
		.facets = "'nominalTime':{'nominalStartTime':'2026-07-31T00:00:00Z'}" });
	fixture_publish(&f);
	assert_string_equal(each(NS "/jobs/t/runs", "", "runs", "nominalStartTime"),
		"2026-07-31T00:00:00Z ");
}

/* The ids that Marquez gives for one version in two places do not fit together. */
static void the_version_that_a_run_wrote_is_found(void **state)
{
	AUTO(json) json_t *run = NULL;
	AUTO(json) json_t *version = NULL;
	const json_t *written;
	char path[200];

	(void)state;
	tell(&(struct told){ .run = 1,
		.type = "COMPLETE",
		.minute = "01",
		.job = "t",
		.outputs = SET("a") });
	fixture_publish(&f);
	run = fixture_json(
		&f, "/api/v1/jobs/runs/00000000-0000-0000-0000-000000000001", "");
	written = json_object_get(
		json_array_get(json_object_get(run, "outputDatasetVersions"), 0),
		"datasetVersionId");
	(void)snprintf(path, sizeof(path), NS "/datasets/a/versions/%s",
		text_of(written, "version"));
	version = fixture_json(&f, path, "");
	assert_string_equal(text_of(version, "version"), text_of(written, "version"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_run_that_ended_is_not_reopened_by_a_late_start),
		TEST(a_job_that_is_running_has_what_it_told_so_far),
		TEST(a_run_has_all_that_its_events_told),
		TEST(a_run_that_failed_has_its_edges),
		TEST(names_that_turn_out_to_be_one_dataset_are_one),
		TEST(a_symlink_elsewhere_takes_no_versions_away),
		TEST(a_job_that_only_a_child_named_is_as_new_as_its_runs),
		TEST(a_hidden_job_is_shown_when_a_new_child_names_it),
		TEST(a_parent_stays_in_its_own_namespace),
		TEST(a_column_that_is_made_otherwise_now_has_lost_what_it_was_made_of),
		TEST(nested_columns_have_lineage_of_their_own),
		TEST(events_without_a_run_have_column_lineage),
		TEST(columns_with_one_source_in_common_are_not_downstream),
		TEST(all_rows_of_a_list_have_their_facets),
		TEST(nominal_times_are_those_of_the_facet),
		TEST(the_version_that_a_run_wrote_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
