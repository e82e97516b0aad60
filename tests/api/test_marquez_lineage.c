/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_lineage.c - the graphs of Marquez's API
 *
 * A kitchen: apples are washed, then made into filling and juice; pies are made of
 * filling and flour.
 */
#include "fixture.h"

#include "api/json_auto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LINEAGE	    "/api/v1/lineage"
#define COLUMNS	    "/api/v1/column-lineage"
#define UPSTREAM    "/api/v1/runlineage/upstream"
#define RECEIVED_US INT64_C(1786000000000000)
#define WORDS_MAX   2048
#define EVENT_MAX   4096

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

/* A run that began and ended at an hour; datasets of the namespace k, one letter each. */
struct made {
	const char *job;
	const char *in;
	const char *out;
	const char *type; /* of its only event */
	int hour;
};

static size_t put_datasets(char *out, size_t room, const char *letters)
{
	size_t n = 0;

	out[0] = '\0';
	for (; *letters; letters++)
		n += (size_t)snprintf(out + n, room - n,
			"%s{'namespace':'k','name':'%c'}", n ? "," : "", *letters);
	return n;
}

static void run(const struct made *made)
{
	char event[EVENT_MAX];
	char in[EVENT_MAX / 4];
	char out[EVENT_MAX / 4];

	(void)put_datasets(in, sizeof(in), made->in);
	(void)put_datasets(out, sizeof(out), made->out);
	(void)snprintf(event, sizeof(event),
		"{'eventType':'%s','eventTime':'2026-08-01T%02d:00:00Z','run':{'runId':"
		"'00000000-0000-0000-0000-0000000000%02d'},'job':{'namespace':'k',"
		"'name':'%s'},'inputs':[%s],'outputs':[%s],'producer':'p',"
		"'schemaURL':'s'}",
		made->type, made->hour, made->hour, made->job, in, out);
	add(event);
}

static void cook(void)
{
	run(&(struct made){ "wash", "a", "w", "COMPLETE", 1 });
	run(&(struct made){ "fill", "w", "f", "COMPLETE", 2 });
	run(&(struct made){ "juice", "w", "j", "COMPLETE", 3 });
	run(&(struct made){ "bake", "fm", "p", "COMPLETE", 4 });
	fixture_publish(&f);
}

static size_t put_word(char *words, size_t used, const char *text)
{
	const char *colon = strrchr(text, ':');

	return used + (size_t)snprintf(words + used, WORDS_MAX - used, "%s%s",
			      used ? " " : "", colon ? colon + 1 : text);
}

/* The names of the nodes of a graph, in its order. */
static const char *nodes(const char *query)
{
	static char words[WORDS_MAX];
	AUTO(json) json_t *answer = fixture_json(&f, LINEAGE, query);
	const json_t *node;
	size_t used = 0;
	size_t i;

	words[0] = '\0';
	json_array_foreach(json_object_get(answer, "graph"), i, node) used =
		put_word(words, used, json_string_value(json_object_get(node, "id")));
	return words;
}

/* "from>to" of the edges of a sort that a node of an answer lists. */
static const char *edges(const json_t *answer, const char *id, const char *sort)
{
	static char words[WORDS_MAX];
	const json_t *node;
	const json_t *edge;
	size_t used = 0;
	size_t i;
	size_t k;

	words[0] = '\0';
	json_array_foreach(json_object_get(answer, "graph"), i, node)
	{
		if (strcmp(json_string_value(json_object_get(node, "id")), id) != 0)
			continue;
		json_array_foreach(json_object_get(node, sort), k, edge)
		{
			used = put_word(words, used,
				json_string_value(json_object_get(edge, "origin")));
			words[used++] = '>';
			words[used] = '\0';
			used += (size_t)snprintf(words + used, WORDS_MAX - used, "%s",
				strrchr(json_string_value(
						json_object_get(edge, "destination")),
					':') +
					1);
		}
	}
	return words;
}

static int status(const char *path, const char *query)
{
	struct reply reply;
	int code;

	fixture_get(&f, path, query, &reply);
	code = reply.status;
	reply_fini(&reply);
	return code;
}

static void jobs_that_share_a_dataset_are_one_hop_apart(void **state)
{
	(void)state;
	cook();
	assert_string_equal(nodes("nodeId=job:k:juice&depth=0"), "j w juice");
	assert_string_equal(
		nodes("nodeId=job:k:juice&depth=1"), "a f j w fill juice wash");
	assert_string_equal(
		nodes("nodeId=job:k:juice&depth=2"), "a f j m p w bake fill juice wash");
	assert_string_equal(
		nodes("nodeId=job:k:juice"), "a f j m p w bake fill juice wash");
}

static void a_dataset_has_all_its_jobs_at_depth_0(void **state)
{
	(void)state;
	cook();
	assert_string_equal(
		nodes("nodeId=dataset:k:w&depth=0"), "a f j w fill juice wash");
	assert_string_equal(nodes("nodeId=dataset:k:p&depth=0"), "f m p bake");
	assert_string_equal(nodes("nodeId=dataset:k:p&depth=1"), "f m p w bake fill");
}

static void a_dataset_that_nobody_reads_or_writes_is_alone(void **state)
{
	(void)state;
	add("{'eventTime':'2026-08-01T00:00:00Z','dataset':{'namespace':'k','name':"
	    "'x'},'producer':'p','schemaURL':'s'}");
	fixture_publish(&f);
	assert_string_equal(nodes("nodeId=dataset:k:x"), "x");
}

static void one_direction_leaves_out_the_other(void **state)
{
	(void)state;
	cook();
	assert_string_equal(
		nodes("nodeId=dataset:k:f&direction=upstream"), "a f w fill wash");
	assert_string_equal(nodes("nodeId=dataset:k:f&direction=Downstream"), "f p bake");
	assert_int_equal(status(LINEAGE, "nodeId=dataset:k:f&direction=up"), 400);
}

#define SOME_JOBS     9
#define SOME_DATASETS 12
#define SOME_GRAPHS   25

/* What jobs read and write, each a letter from a on; and what is reached of it. */
struct kitchen {
	bool in[SOME_JOBS][SOME_DATASETS];
	bool out[SOME_JOBS][SOME_DATASETS];
	bool job[SOME_JOBS];
	bool dataset[SOME_DATASETS];
};

static bool touches(const struct kitchen *k, int job, int dataset)
{
	return k->in[job][dataset] || k->out[job][dataset];
}

static void make_kitchen(struct kitchen *k, unsigned *seed)
{
	memset(k, 0, sizeof(*k));
	for (int job = 0; job < SOME_JOBS; job++) {
		k->in[job][(unsigned)rand_r(seed) % SOME_DATASETS] = true;
		k->in[job][(unsigned)rand_r(seed) % SOME_DATASETS] = true;
		k->out[job][(unsigned)rand_r(seed) % SOME_DATASETS] = true;
	}
}

static void tell_kitchen(const struct kitchen *k)
{
	for (int job = 0; job < SOME_JOBS; job++) {
		char in[SOME_DATASETS + 1] = "";
		char out[SOME_DATASETS + 1] = "";
		char name[] = { 'j', (char)('0' + job), '\0' };
		size_t ins = 0;
		size_t outs = 0;

		for (int d = 0; d < SOME_DATASETS; d++) {
			if (k->in[job][d])
				in[ins++] = (char)('a' + d);
			if (k->out[job][d])
				out[outs++] = (char)('a' + d);
		}
		run(&(struct made){ name, in, out, "COMPLETE", job + 1 });
	}
	fixture_publish(&f);
}

/* From a job, as the reference has it: by sweeps over everything. */
static void reach(struct kitchen *k, int from, int depth)
{
	memset(k->job, 0, sizeof(k->job));
	memset(k->dataset, 0, sizeof(k->dataset));
	k->job[from] = true;
	for (int hop = 0; hop <= depth; hop++) {
		for (int i = 0; hop && i < SOME_JOBS * SOME_DATASETS; i++) {
			if (k->dataset[i % SOME_DATASETS] &&
				touches(k, i / SOME_DATASETS, i % SOME_DATASETS))
				k->job[i / SOME_DATASETS] = true;
		}
		for (int i = 0; i < SOME_JOBS * SOME_DATASETS; i++) {
			if (k->job[i / SOME_DATASETS] &&
				touches(k, i / SOME_DATASETS, i % SOME_DATASETS))
				k->dataset[i % SOME_DATASETS] = true;
		}
	}
}

static const char *reached(const struct kitchen *k)
{
	static char words[WORDS_MAX];
	size_t used = 0;

	words[0] = '\0';
	for (int d = 0; d < SOME_DATASETS; d++) {
		char name[] = { (char)('a' + d), '\0' };

		if (k->dataset[d])
			used = put_word(words, used, name);
	}
	for (int job = 0; job < SOME_JOBS; job++) {
		char name[] = { 'j', (char)('0' + job), '\0' };

		if (k->job[job])
			used = put_word(words, used, name);
	}
	return words;
}

static void random_graphs_are_walked_as_by_hand(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int graph = 0; graph < SOME_GRAPHS; graph++) {
		struct kitchen k;

		end(NULL);
		begin(NULL);
		make_kitchen(&k, &seed);
		tell_kitchen(&k);
		for (int i = 0; i < SOME_JOBS * 4; i++) {
			char query[100];

			(void)snprintf(query, sizeof(query), "nodeId=job:k:j%d&depth=%d",
				i / 4, i % 4);
			reach(&k, i / 4, i % 4);
			assert_string_equal(nodes(query), reached(&k));
		}
	}
}

static void edges_go_with_the_data(void **state)
{
	AUTO(json) json_t *answer = NULL;

	(void)state;
	cook();
	answer = fixture_json(&f, LINEAGE, "nodeId=dataset:k:w");
	assert_string_equal(edges(answer, "dataset:k:w", "inEdges"), "wash>w");
	assert_string_equal(edges(answer, "dataset:k:w", "outEdges"), "w>fill w>juice");
	assert_string_equal(edges(answer, "job:k:bake", "inEdges"), "f>bake m>bake");
	assert_string_equal(edges(answer, "job:k:bake", "outEdges"), "bake>p");
}

static void a_run_that_only_began_takes_no_edge_away(void **state)
{
	(void)state;
	cook();
	run(&(struct made){ "wash", "", "", "START", 9 });
	fixture_publish(&f);
	assert_string_equal(nodes("nodeId=job:k:wash&depth=0"), "a w wash");
}

static void a_job_that_stopped_writing_does_not_part_the_others(void **state)
{
	(void)state;
	cook();
	run(&(struct made){ "wash", "a", "z", "COMPLETE", 9 });
	fixture_publish(&f);
	assert_string_equal(nodes("nodeId=dataset:k:w&depth=0"), "f j w fill juice");
}

static void the_graph_of_a_time_is_as_it_was(void **state)
{
	(void)state;
	cook();
	assert_string_equal(
		nodes("nodeId=dataset:k:w&asOf=2026-08-01T02:30:00Z"), "a f w fill wash");
	assert_string_equal(nodes("nodeId=dataset:k:w&window=2026-08-01T02:30:00Z/"
				  "2026-08-01T03:30:00Z"),
		"a f j w fill juice wash");
	assert_int_equal(status(LINEAGE, "nodeId=dataset:k:w&asOf=once"), 400);
}

static void every_way_to_split_a_name_is_tried(void **state)
{
	(void)state;
	add("{'eventTime':'2026-08-01T00:00:00Z','job':{'namespace':'arn:aws:glue:eu',"
	    "'name':'crawl:1'},'inputs':[{'namespace':'oracle://h:1521','name':'2024_x'"
	    "}],'outputs':[{'namespace':'s3://b','name':'a#b'}],'producer':'p',"
	    "'schemaURL':'s'}");
	fixture_publish(&f);
	assert_string_equal(
		nodes("nodeId=dataset:oracle://h:1521:2024_x&depth=0"), "2024_x a#b 1");
	assert_string_equal(
		nodes("nodeId=job:arn:aws:glue:eu:crawl:1&depth=0"), "2024_x a#b 1");
	assert_string_equal(nodes("nodeId=dataset:s3://b:a%23b&depth=0"), "2024_x a#b 1");
}

static void a_job_with_a_parent_is_found_by_both_names(void **state)
{
	(void)state;
	add("{'eventType':'COMPLETE','eventTime':'2026-08-01T00:00:00Z','run':{'runId':"
	    "'00000000-0000-0000-0000-000000000099','facets':{'parent':{'run':{'runId':"
	    "'00000000-0000-0000-0000-000000000098'},'job':{'namespace':'k','name':"
	    "'dag'}}}},'job':{'namespace':'k','name':'task'},'producer':'p',"
	    "'schemaURL':'s'}");
	fixture_publish(&f);
	assert_string_equal(nodes("nodeId=job:k:dag.task"), "dag.task");
	assert_string_equal(nodes("nodeId=job:k:task"), "dag.task");
}

static void a_symlink_s_name_shows_the_dataset_that_stands(void **state)
{
	(void)state;
	add("{'eventType':'COMPLETE','eventTime':'2026-08-01T00:00:00Z','run':{'runId':"
	    "'00000000-0000-0000-0000-000000000099'},'job':{'namespace':'k','name':"
	    "'task'},'outputs':[{'namespace':'k','name':'table','facets':{'symlinks':{"
	    "'identifiers':[{'namespace':'k','name':'view','type':'TABLE'}]}}}],"
	    "'producer':'p','schemaURL':'s'}");
	fixture_publish(&f);
	assert_string_equal(nodes("nodeId=dataset:k:view"), "table task");
}

static void hide(const char *kind, const char *name)
{
	char note[EVENT_MAX];

	(void)snprintf(note, sizeof(note),
		"{'eventTime':'2026-08-02T00:00:00Z','producer':'p','schemaURL':'s',"
		"'note':{'kind':'hidden','name':['%s','k','%s'],'content':{}}}",
		kind, name);
	add(note);
	fixture_publish(&f);
}

static void what_is_hidden_is_left_out_and_still_joins(void **state)
{
	(void)state;
	cook();
	hide("job", "fill");
	assert_string_equal(nodes("nodeId=dataset:k:w"), "a f j m p w bake juice wash");
	assert_string_equal(
		nodes("nodeId=dataset:k:w&throughHidden=false"), "a j w juice wash");
	assert_int_equal(status(LINEAGE, "nodeId=job:k:fill"), 404);
	hide("dataset", "w");
	assert_int_equal(status(LINEAGE, "nodeId=dataset:k:w"), 404);
}

/* out.x is made of in.a; in.f decides which rows there are; in.g goes nowhere. */
static void add_columns(void)
{
	add("{'eventType':'COMPLETE','eventTime':'2026-08-01T00:00:00Z','run':{'runId':"
	    "'00000000-0000-0000-0000-000000000001'},'job':{'namespace':'k','name':'t'},"
	    "'inputs':[{'namespace':'k','name':'in','facets':{'schema':{'fields':[{"
	    "'name':'a','type':'INT'},{'name':'f','type':'INT'},{'name':'g','type':'INT'"
	    "}]}}}],'outputs':[{'namespace':'k','name':'out','facets':{'schema':{"
	    "'fields':[{'name':'x','type':'INT'},{'name':'y','type':'TEXT'},{'name':'z'}"
	    "]},'columnLineage':{'fields':{'x':{'transformationDescription':"
	    "'as \\u0022is\\u0022','inputFields':[{'namespace':'k','name':'in','field':"
	    "'a','transformations':[{'type':'DIRECT','subtype':'IDENTITY'}]}]},'y':{"
	    "'inputFields':[{'namespace':'k','name':'in','field':'f'}]}},'dataset':[{'"
	    "namespace':'k','name':'in','field':'f',"
	    "'transformations':[{'type':'INDIRECT','subtype':'FILTER'}]}]}}}],"
	    "'producer':'p','schemaURL':'s'}");
	fixture_publish(&f);
}

static void column_edges_into_a_node_are_the_wrong_way_round(void **state)
{
	AUTO(json) json_t *answer = NULL;

	(void)state;
	add_columns();
	answer = fixture_json(&f, COLUMNS, "nodeId=datasetField:k:out:x");
	assert_string_equal(edges(answer, "datasetField:k:out:x", "inEdges"), "x>a x>f");
	assert_string_equal(edges(answer, "datasetField:k:in:a", "outEdges"), "a>x");
}

/* y takes f as it is, too: that is one edge. */
static void what_decides_about_rows_flows_into_each_column(void **state)
{
	AUTO(json) json_t *answer = NULL;

	(void)state;
	add_columns();
	answer = fixture_json(
		&f, COLUMNS, "nodeId=datasetField:k:in:f&withDownstream=true");
	assert_string_equal(edges(answer, "datasetField:k:in:f", "outEdges"), "f>x f>y");
}

static void a_column_has_what_was_told_of_it(void **state)
{
	AUTO(json) json_t *answer = NULL;
	const json_t *data;
	const json_t *input;

	(void)state;
	add_columns();
	answer = fixture_json(&f, COLUMNS, "nodeId=datasetField:k:out:x");
	data = json_object_get(
		json_array_get(json_object_get(answer, "graph"), 2), "data");
	input = json_array_get(json_object_get(data, "inputFields"), 1);
	assert_string_equal(
		json_string_value(json_object_get(data, "transformationDescription")),
		"as \"is\"");
	assert_string_equal(
		json_string_value(json_object_get(data, "transformationType")),
		"IDENTITY");
	assert_string_equal(
		json_string_value(json_object_get(input, "transformationType")),
		"FILTER");
	assert_string_equal(json_string_value(json_object_get(data, "fieldType")), "INT");
}

static void a_source_has_what_is_downstream_of_it(void **state)
{
	AUTO(json) json_t *up = NULL;
	AUTO(json) json_t *down = NULL;

	(void)state;
	add_columns();
	up = fixture_json(&f, COLUMNS, "nodeId=dataset:k:in");
	down = fixture_json(&f, COLUMNS, "nodeId=dataset:k:in&withDownstream=True");
	assert_int_equal(json_array_size(json_object_get(up, "graph")), 0);
	assert_int_equal(json_array_size(json_object_get(down, "graph")), 4);
}

static void a_column_that_lineage_does_not_name_takes_part_with_its_dataset(void **state)
{
	AUTO(json) json_t *whole = NULL;
	AUTO(json) json_t *none = NULL;

	(void)state;
	add_columns();
	whole = fixture_json(&f, COLUMNS, "nodeId=datasetField:k:out:z");
	assert_string_equal(edges(whole, "datasetField:k:out:z", "inEdges"), "z>f");
	none = fixture_json(
		&f, COLUMNS, "nodeId=datasetField:k:in:g&withDownstream=true");
	assert_int_equal(json_array_size(json_object_get(none, "graph")), 0);
	assert_int_equal(status(COLUMNS, "nodeId=datasetField:k:in:nope"), 404);
	assert_int_equal(status(COLUMNS, "nodeId=dataset:k:nope"), 404);
}

static void a_version_stands_behind_every_id(void **state)
{
	AUTO(json) json_t *answer = NULL;
	AUTO(json) json_t *versioned = NULL;
	const json_t *node;
	const char *version;
	char query[200];
	char id[200];

	(void)state;
	add_columns();
	answer = fixture_json(&f, COLUMNS, "nodeId=datasetField:k:out:x");
	node = json_array_get(json_object_get(answer, "graph"), 2);
	version = json_string_value(
		json_object_get(json_object_get(node, "data"), "datasetVersion"));
	assert_non_null(version);
	(void)snprintf(
		query, sizeof(query), "nodeId=datasetField:k:out:x%%23%s", version);
	(void)snprintf(id, sizeof(id), "datasetField:k:out:x#%s", version);
	versioned = fixture_json(&f, COLUMNS, query);
	node = json_array_get(json_object_get(versioned, "graph"), 2);
	assert_string_equal(json_string_value(json_object_get(node, "id")), id);
	(void)snprintf(query, sizeof(query),
		"nodeId=dataset:k:out%%23%s&withDownstream=true", version);
	assert_int_equal(status(COLUMNS, query), 400);
}

static void a_dataset_without_columns_is_a_star(void **state)
{
	AUTO(json) json_t *answer = NULL;

	(void)state;
	add("{'eventTime':'2026-08-01T00:00:00Z','job':{'namespace':'k','name':'t',"
	    "'facets':{'lineage':{'entries':[{'type':'DATASET','namespace':'k','name':"
	    "'out','inputs':[{'type':'DATASET','namespace':'k','name':'in','field':'a'}"
	    "]}]}}},'outputs':[{'namespace':'k','name':'out'}],'producer':'p',"
	    "'schemaURL':'s'}");
	fixture_publish(&f);
	answer = fixture_json(&f, COLUMNS, "nodeId=dataset:k:out");
	assert_string_equal(edges(answer, "datasetField:k:in:a", "outEdges"), "a>*");
}

/* "run/producer" of what stands in an answer, by the last two digits of their ids. */
static const char *produced(const char *query)
{
	static char words[WORDS_MAX];
	AUTO(json) json_t *answer = fixture_json(&f, UPSTREAM, query);
	const json_t *run;
	const json_t *input;
	size_t used = 0;
	size_t i;
	size_t k;

	words[0] = '\0';
	json_array_foreach(json_object_get(answer, "runs"), i, run)
	{
		const char *id = json_string_value(
			json_object_get(json_object_get(run, "run"), "id"));

		json_array_foreach(json_object_get(run, "inputs"), k, input)
		{
			const char *by = json_string_value(
				json_object_get(input, "producedByRunId"));

			used += (size_t)snprintf(words + used, sizeof(words) - used,
				"%s%s/%s", used ? " " : "", id + 34, by ? by + 34 : "-");
		}
	}
	return words;
}

static void a_run_read_what_was_written_last_before_it(void **state)
{
	(void)state;
	cook();
	run(&(struct made){ "wash", "a", "w", "COMPLETE", 5 });
	run(&(struct made){ "wash", "a", "w", "FAIL", 6 });
	run(&(struct made){ "juice", "w", "j", "COMPLETE", 7 });
	fixture_publish(&f);
	assert_string_equal(produced("runId=00000000-0000-0000-0000-000000000004"),
		"04/02 04/- 02/01 01/-");
	assert_string_equal(
		produced("runId=00000000-0000-0000-0000-000000000007"), "07/05 05/-");
	assert_string_equal(
		produced("runId=00000000-0000-0000-0000-000000000007&depth=0"), "07/05");
	assert_int_equal(
		status(UPSTREAM, "runId=00000000-0000-0000-0000-000000000077"), 404);
}

/* An event of the run of this number, which washes apples. */
static void wash(int number, const char *type, int hour)
{
	char event[EVENT_MAX];

	(void)snprintf(event, sizeof(event),
		"{'eventType':'%s','eventTime':'2026-08-01T%02d:00:00Z','run':{'runId':"
		"'00000000-0000-0000-0000-0000000000%02d'},'job':{'namespace':'k',"
		"'name':'wash'},'outputs':[{'namespace':'k','name':'w'}],'producer':'p',"
		"'schemaURL':'s'}",
		type, hour, number);
	add(event);
}

static void what_was_written_too_late_was_not_read(void **state)
{
	(void)state;
	wash(1, "START", 1);
	wash(1, "COMPLETE", 2);
	wash(2, "START", 3);
	wash(2, "COMPLETE", 5);
	run(&(struct made){ "juice", "w", "j", "COMPLETE", 4 });
	run(&(struct made){ "juice", "w", "j", "COMPLETE", 6 });
	fixture_publish(&f);
	assert_string_equal(
		produced("runId=00000000-0000-0000-0000-000000000004"), "04/01");
	assert_string_equal(
		produced("runId=00000000-0000-0000-0000-000000000006"), "06/02");
}

#define KITCHEN_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KITCHEN_TEST(jobs_that_share_a_dataset_are_one_hop_apart),
		KITCHEN_TEST(a_dataset_has_all_its_jobs_at_depth_0),
		KITCHEN_TEST(a_dataset_that_nobody_reads_or_writes_is_alone),
		KITCHEN_TEST(one_direction_leaves_out_the_other),
		KITCHEN_TEST(random_graphs_are_walked_as_by_hand),
		KITCHEN_TEST(edges_go_with_the_data),
		KITCHEN_TEST(a_run_that_only_began_takes_no_edge_away),
		KITCHEN_TEST(a_job_that_stopped_writing_does_not_part_the_others),
		KITCHEN_TEST(the_graph_of_a_time_is_as_it_was),
		KITCHEN_TEST(every_way_to_split_a_name_is_tried),
		KITCHEN_TEST(a_job_with_a_parent_is_found_by_both_names),
		KITCHEN_TEST(a_symlink_s_name_shows_the_dataset_that_stands),
		KITCHEN_TEST(what_is_hidden_is_left_out_and_still_joins),
		KITCHEN_TEST(column_edges_into_a_node_are_the_wrong_way_round),
		KITCHEN_TEST(what_decides_about_rows_flows_into_each_column),
		KITCHEN_TEST(a_column_has_what_was_told_of_it),
		KITCHEN_TEST(a_source_has_what_is_downstream_of_it),
		KITCHEN_TEST(
			a_column_that_lineage_does_not_name_takes_part_with_its_dataset),
		KITCHEN_TEST(a_version_stands_behind_every_id),
		KITCHEN_TEST(a_dataset_without_columns_is_a_star),
		KITCHEN_TEST(a_run_read_what_was_written_last_before_it),
		KITCHEN_TEST(what_was_written_too_late_was_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
