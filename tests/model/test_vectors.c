/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_vectors.c - what events mean, a folder an example
 *
 * Each folder in tests/cases/meaning/ has
 *
 *	about.md	what happens and what it means, in two lines
 *	events.ndjson	the events; the n-th is received n seconds after
 *			2026-08-10T00:00:00Z
 *	questions.json	what is asked: a list of {"ask": path and query}; of the
 *			answer count nodes and edges, or the members in "show",
 *			or which of the texts in "contains" are in it
 *	expected.json	the answers, in the order of the questions
 *
 * The events are told in their order, in reverse, and each twice; the answers
 * must be the same.  A folder without events.ndjson is an example that needs
 * HTTP; its about.md says which test has it.
 *
 * With HEADWATER_UPDATE_CASES set the answers are written to expected.json
 * instead, to be read with care before they are kept.
 */
#include "base/clock.h"
#include "tests/model/answers.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CASES	   HEADWATER_CASES "/meaning"
#define CASES_MAX  100
#define EVENTS_MAX 32
#define PATH_SIZE  512

enum telling { IN_ORDER, IN_REVERSE, EACH_TWICE };

struct example {
	const char *folder;
	char *text; /* of events.ndjson; the lines are in it */
	struct slice lines[EVENTS_MAX];
	size_t count;
	json_t *questions;
};

static char *read_file(const struct example *example, const char *name, size_t *len_out)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s/%s", CASES, example->folder, name);
	return fixture_read_file(path, len_out);
}

static void read_example(struct example *example)
{
	size_t len;
	json_error_t error;
	char *questions = read_file(example, "questions.json", &len);

	example->questions = json_loads(questions, 0, &error);
	if (!example->questions)
		fail_msg("%s/questions.json: %s", example->folder, error.text);
	free(questions);
	example->text = read_file(example, "events.ndjson", &len);
	for (char *line = example->text; *line;) {
		char *end = strchr(line, '\n');

		assert_non_null(end);
		assert_true(example->count < EVENTS_MAX);
		example->lines[example->count++] = slice_of(line, (size_t)(end - line));
		line = end + 1;
	}
}

static void tell_line(struct fixture *f, const struct example *example, size_t i)
{
	int64_t received_us;

	assert_int_equal(time_parse(SLICE("2026-08-10T00:00:00Z"), &received_us), 0);
	fixture_add(f, example->lines[i], received_us + (int64_t)(i + 1) * 1000000);
}

static void tell(struct fixture *f, const struct example *example, enum telling how)
{
	for (size_t i = 0; i < example->count; i++) {
		tell_line(f, example, how == IN_REVERSE ? example->count - 1 - i : i);
		if (how == EACH_TWICE)
			tell_line(f, example, i);
	}
	fixture_publish(f);
}

static json_t *node_line(json_t *node)
{
	json_t *depth = json_object_get(node, "depth");
	const char *field = json_string_value(json_object_get(node, "field"));

	return json_sprintf("%lld: %s %s/%s%s%s", (long long)json_integer_value(depth),
		json_string_value(json_object_get(node, "kind")),
		json_string_value(json_object_get(node, "namespace")),
		json_string_value(json_object_get(node, "name")), field ? "." : "",
		field ? field : "");
}

/* "dataset|n|a|" as "dataset n/a"; NULL is a column that is no node. */
static void append_name(struct buf *out, const char *id)
{
	unsigned bar = 0;

	if (!id)
		buf_str(out, "the column");
	for (; id && *id; id++) {
		if (*id != '|')
			buf_byte(out, *id);
		else if (bar++ < 2 || id[1])
			buf_byte(out, " /."[bar - 1]);
	}
}

static void append_list(struct buf *out, const char *before, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		buf_str(out, i ? "," : before);
		buf_str(out, json_string_value(json_array_get(list, i)));
	}
}

/* "dataset n/a -> job n/J: io, observed", with classes and ", masked" behind it. */
static json_t *edge_line(json_t *edge)
{
	const char *basis = json_string_value(json_object_get(edge, "basis"));
	struct buf text;
	json_t *line;

	buf_init(&text, 4096);
	append_name(&text, json_string_value(json_object_get(edge, "from")));
	buf_str(&text, " -> ");
	append_name(&text, json_string_value(json_object_get(edge, "to")));
	buf_printf(&text, ": %s", basis ? basis : "?");
	append_list(&text, ", ", json_object_get(edge, "evidence"));
	append_list(&text, ", ", json_object_get(edge, "classes"));
	if (json_is_true(json_object_get(edge, "masked")))
		buf_str(&text, ", masked");
	assert_int_equal(buf_error(&text), 0);
	line = json_stringn(text.data, text.len);
	buf_fini(&text);
	return line;
}

static json_t *lines_of(json_t *list, json_t *(*line_of)(json_t *))
{
	json_t *out = json_array();
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		assert_int_equal(json_array_append_new(out, line_of(item)), 0);
	return out;
}

struct line {
	json_t *text;
};

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;

	return strcmp(json_string_value(x->text), json_string_value(y->text));
}

/* Answers list nodes by ids, which depend on the order of events. */
static json_t *sorted(json_t *lines)
{
	struct line items[256];
	size_t count = json_array_size(lines);
	json_t *out = json_array();

	assert_true(count <= ARRAY_LEN(items));
	for (size_t i = 0; i < count; i++)
		items[i].text = json_array_get(lines, i);
	qsort(items, count, sizeof(*items), compare_lines);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(json_array_append(out, items[i].text), 0);
	json_decref(lines);
	return out;
}

static json_t *reduce_lineage(json_t *body)
{
	json_t *nodes = lines_of(json_object_get(body, "nodes"), node_line);
	json_t *edges = lines_of(json_object_get(body, "edges"), edge_line);

	return json_pack("{soso}", "nodes", sorted(nodes), "edges", sorted(edges));
}

/* The members asked for, of the answer or of the one node or run that it is about. */
static json_t *reduce_members(json_t *body, const json_t *show)
{
	static const char *const inner[] = { "node", "run" };
	json_t *out = json_object();

	for (size_t i = 0; i < json_array_size(show); i++) {
		const char *key = json_string_value(json_array_get(show, i));
		json_t *value = json_object_get(body, key);

		for (size_t k = 0; !value && k < ARRAY_LEN(inner); k++)
			value = json_object_get(json_object_get(body, inner[k]), key);
		if (!value)
			fail_msg("the answer has no %s", key);
		assert_int_equal(json_object_set(out, key, value), 0);
	}
	return out;
}

static bool holds(struct slice body, const json_t *text)
{
	size_t len = json_string_length(text);

	for (size_t i = 0; i + len <= body.len; i++) {
		if (memcmp(body.ptr + i, json_string_value(text), len) == 0)
			return true;
	}
	return false;
}

static json_t *reduce_contains(const struct reply *reply, const json_t *texts)
{
	json_t *out = json_array();
	json_t *text;
	size_t i;

	json_array_foreach(texts, i, text)
	{
		if (holds(buf_get(&reply->body), text))
			assert_int_equal(json_array_append(out, text), 0);
	}
	return out;
}

static json_t *reduce(
	struct fixture *f, const struct reply *reply, const json_t *question)
{
	const json_t *contains = json_object_get(question, "contains");
	const json_t *show = json_object_get(question, "show");
	json_t *body;
	json_t *plain;
	json_t *out;

	if (reply->status != 200)
		return json_pack("{si}", "status", reply->status);
	if (contains)
		return reduce_contains(reply, contains);
	body = json_loadb(reply->body.data, reply->body.len, JSON_ALLOW_NUL, NULL);
	assert_non_null(body);
	plain = answer_without_ids(f, body);
	out = show ? reduce_members(plain, show) : reduce_lineage(plain);
	json_decref(plain);
	json_decref(body);
	return out;
}

static json_t *ask(struct fixture *f, const json_t *question)
{
	const char *path = json_string_value(json_object_get(question, "ask"));
	const char *query = strchr(path, '?');
	char plain[PATH_SIZE];
	struct reply reply;
	json_t *out;

	(void)snprintf(plain, sizeof(plain), "%.*s",
		(int)(query ? query - path : (long)strlen(path)), path);
	fixture_get(f, plain, query ? query + 1 : "", &reply);
	out = json_pack("{sOso}", "ask", json_object_get(question, "ask"), "answer",
		reduce(f, &reply, question));
	assert_non_null(out);
	reply_fini(&reply);
	return out;
}

static json_t *ask_all(const struct example *example, enum telling how)
{
	json_t *answers = json_array();
	struct fixture f;
	json_t *question;
	size_t i;

	fixture_open(&f);
	tell(&f, example, how);
	json_array_foreach(example->questions, i, question)
		assert_int_equal(json_array_append_new(answers, ask(&f, question)), 0);
	fixture_close(&f);
	return answers;
}

static void write_expected(const struct example *example, const json_t *answers)
{
	char path[PATH_SIZE];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s/expected.json", CASES, example->folder);
	file = fopen(path, "wbe");
	assert_non_null(file);
	assert_int_equal(json_dumpf(answers, file, JSON_INDENT(2)), 0);
	assert_int_not_equal(fputc('\n', file), EOF);
	assert_int_equal(fclose(file), 0);
}

static void assert_same(const struct example *example, const json_t *answers,
	const json_t *expected, const char *how)
{
	char *text;

	for (size_t i = 0; i < json_array_size(answers); i++) {
		const json_t *answer = json_array_get(answers, i);

		if (json_equal(answer, json_array_get(expected, i)))
			continue;
		text = json_dumps(answer, JSON_INDENT(2));
		print_error("%s\n", text ? text : "no answer");
		free(text);
		fail_msg("%s, %s: another answer than the expected one", example->folder,
			how);
	}
	assert_int_equal(json_array_size(answers), json_array_size(expected));
}

static void events_mean_what_the_example_says(void **state)
{
	static const char *const how[] = { "in order", "in reverse", "each twice" };
	struct example example = { .folder = *state };
	json_t *expected;
	char *text;
	size_t len;

	read_example(&example);
	expected = ask_all(&example, IN_ORDER);
	if (getenv("HEADWATER_UPDATE_CASES")) {
		write_expected(&example, expected);
	} else {
		text = read_file(&example, "expected.json", &len);
		json_decref(expected);
		expected = json_loads(text, 0, NULL);
		assert_non_null(expected);
		free(text);
	}
	for (int i = IN_ORDER; i <= EACH_TWICE; i++) {
		json_t *answers = ask_all(&example, (enum telling)i);

		assert_same(&example, answers, expected, how[i]);
		json_decref(answers);
	}
	json_decref(expected);
	json_decref(example.questions);
	free(example.text);
}

static int is_example(const struct dirent *entry)
{
	char path[PATH_SIZE];
	FILE *file;

	(void)snprintf(
		path, sizeof(path), "%s/%.200s/events.ndjson", CASES, entry->d_name);
	file = fopen(path, "rbe");
	if (!file)
		return 0;
	(void)fclose(file);
	return 1;
}

int main(void)
{
	struct dirent **folders;
	struct CMUnitTest tests[CASES_MAX];
	int count = scandir(CASES, &folders, is_example, alphasort);
	int r;

	if (count <= 0 || count > CASES_MAX)
		return 1;
	for (int i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){ .name = folders[i]->d_name,
			.test_func = events_mean_what_the_example_says,
			.initial_state = folders[i]->d_name };
	r = _cmocka_run_group_tests("meaning", tests, (size_t)count, NULL, NULL);
	for (int i = 0; i < count; i++)
		free(folders[i]);
	free(folders);
	return r;
}
