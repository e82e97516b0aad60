/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_rules.c - what each rule of docs/IMPACT.md does, a folder a case
 *
 * Each folder in tests/cases/impact/ has `events.ndjson`, a small graph, and
 * `ask.json`, the body of a question to POST /api/v2/impact.  What is expected is
 * in `expected.json`, in short: the verdict, what is known by columns, and the
 * impacts in their order.  Names are unique within a case, so namespaces are left
 * out.  With HEADWATER_UPDATE_CASES set the answers are written to expected.json,
 * to be read against the document before they are kept.
 *
 * test_impact_tables.c holds the document to these folders.
 */
#include "fixture.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CASES	  HEADWATER_CASES "/impact"
#define CASES_MAX 300
#define PATH_SIZE 512

static void case_path(char out[PATH_SIZE], const char *folder, const char *name)
{
	(void)snprintf(out, PATH_SIZE, CASES "/%s/%s", folder, name);
}

/* "field daily.total" */
static json_t *node_text(const json_t *node)
{
	const char *field = json_string_value(json_object_get(node, "field"));

	return json_sprintf("%s %s%s%s", json_string_value(json_object_get(node, "kind")),
		json_string_value(json_object_get(node, "name")), field ? "." : "",
		field ? field : "");
}

static bool is_upstream(const json_t *impact)
{
	const char *way = json_string_value(json_object_get(impact, "direction"));

	assert_non_null(way);
	return strcmp(way, "upstream") == 0;
}

static json_t *short_impact(const json_t *impact)
{
	json_t *because = json_object_get(impact, "because");
	json_t *effects = json_object_get(impact, "effects");
	json_t *out = json_pack("{s:o, s:O, s:O, s:O, s:O, s:O}", "node",
		node_text(json_object_get(impact, "node")), "horizon",
		json_object_get(impact, "horizon"), "effect",
		json_object_get(impact, "effect"), "rule",
		json_object_get(because, "rule"), "certainty",
		json_object_get(impact, "certainty"), "depth",
		json_object_get(impact, "depth"));

	assert_non_null(out);
	if (is_upstream(impact))
		assert_int_equal(json_object_set_new(out, "upstream", json_true()), 0);
	if (json_is_true(json_object_get(impact, "masked")))
		assert_int_equal(json_object_set_new(out, "masked", json_true()), 0);
	if (json_array_size(effects) > 1)
		assert_int_equal(json_object_set(out, "effects", effects), 0);
	return out;
}

/* "job export: orders > file", or "orders > file" where no job is told. */
static json_t *opaque_text(const json_t *hop)
{
	const json_t *job = json_object_get(hop, "job");
	const json_t *source = json_object_get(hop, "source");
	const json_t *target = json_object_get(hop, "target");
	const char *name = json_string_value(json_object_get(job, "name"));

	return json_sprintf("%s%s%s%s > %s", name ? "job " : "", name ? name : "",
		name ? ": " : "", json_string_value(json_object_get(source, "name")),
		json_is_object(target)
			? json_string_value(json_object_get(target, "name"))
			: "");
}

static json_t *short_coverage(const json_t *coverage)
{
	json_t *hops = json_array();
	json_t *hop;
	size_t i;

	json_array_foreach(json_object_get(coverage, "opaque"), i, hop)
		assert_int_equal(json_array_append_new(hops, opaque_text(hop)), 0);
	return json_pack("{s:O, s:O, s:O, s:o}", "datasets",
		json_object_get(coverage, "datasets"), "resolved",
		json_object_get(coverage, "datasetsResolved"), "lowerBound",
		json_object_get(coverage, "lowerBound"), "opaque", hops);
}

static json_t *short_answer(const json_t *answer)
{
	json_t *impacts = json_array();
	json_t *impact;
	size_t i;

	assert_true(json_is_true(json_object_get(answer, "complete")));
	json_array_foreach(json_object_get(answer, "impacts"), i, impact)
		assert_int_equal(json_array_append_new(impacts, short_impact(impact)), 0);
	return json_pack("{s:O, s:o, s:o}", "verdict", json_object_get(answer, "verdict"),
		"coverage", short_coverage(json_object_get(answer, "coverage")),
		"impacts", impacts);
}

static json_t *ask(const char *folder)
{
	struct fixture fixture;
	struct question question = { "POST", "/api/v2/impact", "", SLICE("") };
	char path[PATH_SIZE];
	struct reply reply;
	json_t *answer;
	json_t *out;
	char *body;

	fixture_open(&fixture);
	case_path(path, folder, "events.ndjson");
	fixture_add_lines(&fixture, path);
	case_path(path, folder, "ask.json");
	body = fixture_read_file(path, &question.body.len);
	question.body.ptr = body;
	fixture_ask(&fixture, &question, &reply);
	answer = json_loadb(reply.body.data, reply.body.len, 0, NULL);
	if (reply.status != 200 || !answer)
		fail_msg("%.*s", (int)reply.body.len, reply.body.data);
	out = short_answer(answer);
	json_decref(answer);
	reply_fini(&reply);
	free(body);
	fixture_close(&fixture);
	return out;
}

static void write_line(FILE *file, const char *before, const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_true(fprintf(file, "%s%s", before, text) > 0);
	free(text);
}

/* An impact a line. */
static void write_expected(const char *path, const json_t *answer)
{
	FILE *file = fopen(path, "we");
	json_t *impacts = json_object_get(answer, "impacts");
	json_t *impact;
	size_t i;

	assert_non_null(file);
	write_line(file, "{\n \"verdict\": ", json_object_get(answer, "verdict"));
	write_line(file, ",\n \"coverage\": ", json_object_get(answer, "coverage"));
	assert_true(fputs(",\n \"impacts\": [", file) >= 0);
	json_array_foreach(impacts, i, impact)
		write_line(file, i ? ",\n  " : "\n  ", impact);
	assert_true(fputs("\n ]\n}\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void the_impact_is_the_expected_one(void **state)
{
	const char *folder = *state;
	json_t *answer = ask(folder);
	char path[PATH_SIZE];
	json_t *expected;

	case_path(path, folder, "expected.json");
	if (getenv("HEADWATER_UPDATE_CASES"))
		write_expected(path, answer);
	expected = json_load_file(path, 0, NULL);
	if (!json_equal(answer, expected)) {
		char *text = json_dumps(answer, JSON_INDENT(1));

		print_message("%s\n", text);
		free(text);
		fail_msg("%s: another answer than the expected one", folder);
	}
	json_decref(expected);
	json_decref(answer);
}

static int is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(void)
{
	struct dirent **folders;
	struct CMUnitTest tests[CASES_MAX];
	int count = scandir(CASES, &folders, is_case, alphasort);
	int r;

	if (count <= 0 || count > CASES_MAX)
		return 1;
	for (int i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){ .name = folders[i]->d_name,
			.test_func = the_impact_is_the_expected_one,
			.initial_state = folders[i]->d_name };
	r = _cmocka_run_group_tests("impact cases", tests, (size_t)count, NULL, NULL);
	for (int i = 0; i < count; i++)
		free(folders[i]);
	free(folders);
	return r;
}
