/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_cases.c - questions and their answers, a folder a case
 *
 * Each folder in tests/cases/api/ has `request`, a line such as
 *
 *	GET /api/v2/nodes?kind=job
 *
 * and, when wanted, a second one, "Accept: ...", and, behind an empty line, a
 * body.  What is expected is in `expected.json`: the status, the media type, the
 * body and, when there is one, the outcome.  All are asked of the graph that the
 * events in tests/cases/api/events.ndjson make; what a question wants to be
 * stored is not.
 *
 * Ids mean something within one store only: in the expectation a node's id is
 * its kind, namespace and name, and a cursor is CURSOR.  With
 * HEADWATER_UPDATE_CASES set the answers are written to expected.json instead,
 * to be read with care before they are kept.
 */
#include "fixture.h"

#include "graph/entity.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Also built for other folders that are laid out alike. */
#ifndef CASES_FOLDER
#define CASES_FOLDER "api"
#endif
#define CASES	  HEADWATER_CASES "/" CASES_FOLDER
#define CASES_MAX 300
#define PATH_SIZE 512

static struct fixture fixture;

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	fixture_add_lines(&fixture, CASES "/events.ndjson");
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

static json_t *id_text(json_int_t id)
{
	struct snapshot snapshot;
	struct entity entity;
	json_t *text;

	assert_int_equal(snapshot_take(fixture.graph, &snapshot), 0);
	assert_int_equal(entity_get(snapshot.txn, (node_id)id, &entity), 0);
	text = json_sprintf("%s|%.*s|%.*s%s%.*s", node_kind_text(entity.key.kind),
		(int)entity.key.namespace.len, entity.key.namespace.ptr,
		(int)entity.key.name.len, entity.key.name.ptr,
		entity.key.field.len ? "|" : "", (int)entity.key.field.len,
		entity.key.field.len ? entity.key.field.ptr : "");
	assert_non_null(text);
	snapshot_end(&snapshot);
	return text;
}

/* In groups the ends of edges are places in the answer, and no ids. */
static bool grouped;

static bool holds_id(const char *key)
{
	static const char *const keys[] = { "id", "from", "to", "via", "roots" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(key, keys[i]) == 0)
			return !grouped ||
			       (strcmp(key, "from") != 0 && strcmp(key, "to") != 0);
	}
	return false;
}

static json_t *without_ids(const char *key, json_t *value);

static json_t *object_without_ids(json_t *object)
{
	json_t *out = json_object();
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		json_t *next = without_ids(key, value);

		if (strcmp(key, "next") == 0 && json_is_string(value))
			assert_int_equal(json_string_set(next, "CURSOR"), 0);
		assert_int_equal(json_object_set_new(out, key, next), 0);
	}
	return out;
}

/* A copy in which ids are names.  Answers are shallow: it may call itself. */
static json_t *without_ids(const char *key, json_t *value)
{
	json_t *out;
	json_t *item;
	size_t i;

	if (json_is_integer(value) && holds_id(key))
		return id_text(json_integer_value(value));
	if (json_is_object(value))
		return object_without_ids(value);
	if (!json_is_array(value))
		return json_deep_copy(value);
	out = json_array();
	json_array_foreach(value, i, item)
		assert_int_equal(json_array_append_new(out, without_ids(key, item)), 0);
	return out;
}

/* What the case is compared by. */
static json_t *describe(const struct reply *reply)
{
	struct slice body = buf_get(&reply->body);
	json_t *json = json_loadb(body.ptr, body.len, JSON_ALLOW_NUL, NULL);
	json_t *shown;

	grouped = json_is_true(json_object_get(json, "grouped"));
	if (json && !slice_equal(
			    slice_from(reply->media_type), SLICE("application/x-ndjson")))
		shown = without_ids("", json);
	else
		shown = json_stringn(body.ptr ? body.ptr : "", body.len);
	json_decref(json);
	return json_pack("{s:i, s:s*, s:o, s:s*}", "status", reply->status, "mediaType",
		reply->media_type, "body", shown, "outcome",
		reply->outcome[0] ? reply->outcome : NULL);
}

/* Cuts a line off the front of a text; it becomes a text of its own. */
static char *take_line(char **text)
{
	char *line = *text;
	size_t n = strcspn(line, "\n");

	*text = line + n + (line[n] ? 1 : 0);
	line[n] = '\0';
	return line;
}

/* Takes what stands behind the first line of a request. */
static void read_rest(char *rest, struct question *out)
{
	static const char field[] = "Accept: ";

	fixture.accept = (struct slice){ 0 };
	if (strncmp(rest, field, sizeof(field) - 1) == 0)
		fixture.accept = slice_from(take_line(&rest) + sizeof(field) - 1);
	if (*rest)
		assert_string_equal(take_line(&rest), "");
	out->body = slice_from(rest);
}

/* Reads "METHOD PATH?QUERY" and what follows; the question points into the text. */
static void read_request(char *text, struct question *out)
{
	char *line = take_line(&text);
	char *target = strchr(line, ' ');
	char *query;

	assert_non_null(target);
	*target++ = '\0';
	query = strchr(target, '?');
	if (query)
		*query++ = '\0';
	*out = (struct question){ line, target, query ? query : "", SLICE("") };
	read_rest(text, out);
}

static json_t *ask(const char *folder)
{
	char path[PATH_SIZE];
	struct question question;
	struct reply reply;
	json_t *answer;
	char *request;
	size_t len;

	(void)snprintf(path, sizeof(path), CASES "/%s/request", folder);
	request = fixture_read_file(path, &len);
	read_request(request, &question);
	fixture_ask(&fixture, &question, &reply);
	answer = describe(&reply);
	reply_fini(&reply);
	free(request);
	return answer;
}

static void the_answer_is_the_expected_one(void **state)
{
	const char *folder = *state;
	json_t *answer = ask(folder);
	char path[PATH_SIZE];
	json_t *expected;

	assert_non_null(answer);
	(void)snprintf(path, sizeof(path), CASES "/%s/expected.json", folder);
	if (getenv("HEADWATER_UPDATE_CASES"))
		assert_int_equal(json_dump_file(answer, path, JSON_INDENT(1)), 0);
	expected = json_load_file(path, JSON_ALLOW_NUL, NULL);
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
	return entry->d_name[0] != '.' && !strchr(entry->d_name, '.');
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
			.test_func = the_answer_is_the_expected_one,
			.initial_state = folders[i]->d_name };
	r = _cmocka_run_group_tests(
		"api cases", tests, (size_t)count, open_fixture, close_fixture);
	for (int i = 0; i < count; i++)
		free(folders[i]);
	free(folders);
	return r;
}
