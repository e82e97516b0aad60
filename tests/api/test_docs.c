/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_docs.c - docs/API.md and docs/openapi.yaml list the routes there are
 */
#include "api/json_auto.h"
#include "api/router.h"
#include "collector/yaml_json.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <string.h>

#include <cmocka.h>

#define DOC_MAX	  ((size_t)1 << 20)
#define LINE_SIZE 300

static char *read_doc(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, DOC_MAX);
	size_t n;

	assert_non_null(file);
	assert_non_null(text);
	n = fread(text, 1, DOC_MAX - 1, file);
	assert_in_range(n, 1, DOC_MAX - 2);
	(void)fclose(file);
	return text;
}

/* How many lines of the text begin so. */
static size_t count_lines(const char *text, const char *start)
{
	size_t count = strncmp(text, start, strlen(start)) == 0;

	for (const char *at = strchr(text, '\n'); at; at = strchr(at + 1, '\n'))
		count += strncmp(at + 1, start, strlen(start)) == 0;
	return count;
}

static size_t count_routes(void)
{
	size_t count = 0;

	while (api_routes[count].method)
		count++;
	return count;
}

/* The routes that are as Marquez has them stand in docs/MARQUEZ.md, which has a table. */
#define MARQUEZ "(Marquez) "

static bool is_of_marquez(const struct route *route)
{
	return strncmp(route->summary, MARQUEZ, sizeof(MARQUEZ) - 1) == 0;
}

static size_t count_of_marquez(void)
{
	size_t count = 0;

	for (const struct route *r = api_routes; r->method; r++)
		count += is_of_marquez(r);
	return count;
}

/* Paths have several methods, which need not stand together in the table. */
static size_t count_paths(void)
{
	size_t count = 0;

	for (const struct route *r = api_routes; r->method; r++) {
		const struct route *first = api_routes;

		while (strcmp(first->pattern, r->pattern) != 0)
			first++;
		count += first == r;
	}
	return count;
}

static void every_route_has_a_section_in_the_manual(void **state)
{
	char *text = read_doc(HEADWATER_DOCS "/API.md");

	(void)state;
	for (const struct route *r = api_routes; r->method; r++) {
		char line[LINE_SIZE];

		if (is_of_marquez(r))
			continue;
		(void)snprintf(line, sizeof(line), "## %s %s\n", r->method, r->pattern);
		if (count_lines(text, line) != 1)
			fail_msg("docs/API.md has no section: %s", line);
	}
	assert_int_equal(count_lines(text, "## GET ") + count_lines(text, "## POST ") +
				 count_lines(text, "## PUT ") +
				 count_lines(text, "## DELETE "),
		count_routes() - count_of_marquez());
	free(text);
}

static void the_manual_s_table_says_what_the_routes_say(void **state)
{
	char *text = read_doc(HEADWATER_DOCS "/API.md");

	(void)state;
	for (const struct route *r = api_routes; r->method; r++) {
		char line[LINE_SIZE];

		if (is_of_marquez(r))
			continue;
		(void)snprintf(line, sizeof(line), "| [`%s %s`](", r->method, r->pattern);
		if (count_lines(text, line) != 1)
			fail_msg("docs/API.md has no row: %s", line);
		(void)snprintf(line, sizeof(line), ") | %s |\n", r->summary);
		if (!strstr(text, line))
			fail_msg("docs/API.md does not say: %s", r->summary);
	}
	free(text);
}

static void the_page_about_marquez_lists_its_routes(void **state)
{
	char *text = read_doc(HEADWATER_DOCS "/MARQUEZ.md");

	(void)state;
	for (const struct route *r = api_routes; r->method; r++) {
		char line[LINE_SIZE];

		if (!is_of_marquez(r))
			continue;
		(void)snprintf(line, sizeof(line), "| `%s %s` | %s |\n", r->method,
			r->pattern, r->summary + sizeof(MARQUEZ) - 1);
		if (count_lines(text, line) != 1)
			fail_msg("docs/MARQUEZ.md has no row: %s", line);
	}
	free(text);
}

/* Cuts what a path has in openapi.yaml out of it; the caller frees it. */
static char *path_of_openapi(const char *text, const char *pattern)
{
	char line[LINE_SIZE];
	const char *start;
	const char *end;

	(void)snprintf(line, sizeof(line), "\n  %s:\n", pattern);
	start = strstr(text, line);
	if (!start)
		fail_msg("docs/openapi.yaml has no:%s", line);
	start += strlen(line) - 1;
	for (end = strchr(start + 1, '\n'); end; end = strchr(end + 1, '\n')) {
		if (strncmp(end + 1, "    ", 4) != 0)
			break;
	}
	assert_non_null(end);
	return strndup(start, (size_t)(end + 1 - start));
}

static void every_route_has_an_operation_in_openapi(void **state)
{
	char *text = read_doc(HEADWATER_DOCS "/openapi.yaml");

	(void)state;
	for (const struct route *r = api_routes; r->method; r++) {
		char *path = path_of_openapi(text, r->pattern);
		char method[8] = "";
		char line[LINE_SIZE];

		for (size_t i = 0; r->method[i]; i++)
			method[i] = (char)(r->method[i] | 0x20);
		(void)snprintf(line, sizeof(line), "\n    %s:\n      summary: %s\n",
			method, r->summary);
		if (!strstr(path, line))
			fail_msg("docs/openapi.yaml has no:%s", line);
		free(path);
	}
	assert_int_equal(count_lines(text, "  /"), count_paths());
	free(text);
}

/* "#/components/schemas/X" has to be there, and in this file. */
static void assert_resolves(json_t *document, const char *ref)
{
	json_t *at = document;

	if (ref[0] != '#')
		fail_msg("docs/openapi.yaml points out of itself: %s", ref);
	for (const char *name = strchr(ref, '/'); name && at; name = strchr(name, '/')) {
		size_t len = strcspn(++name, "/");

		at = json_object_getn(at, name, len);
	}
	if (!at)
		fail_msg("docs/openapi.yaml has nothing at %s", ref);
}

/* What is in a value, behind all that is still to be looked at. */
static void add_members(json_t *left, json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	json_object_foreach(value, name, member)
		assert_int_equal(json_array_append(left, member), 0);
	json_array_foreach(value, i, member)
		assert_int_equal(json_array_append(left, member), 0);
}

/* The reader refuses a key that stands twice in one mapping. */
static void openapi_has_no_key_twice_and_points_nowhere_in_vain(void **state)
{
	char *text = read_doc(HEADWATER_DOCS "/openapi.yaml");
	AUTO(json) json_t *document = NULL;
	AUTO(json) json_t *left = json_array();
	struct fault fault = { 0 };
	size_t refs = 0;

	(void)state;
	if (document_from_yaml(slice_from(text), "openapi.yaml", &document, &fault))
		fail_msg("docs/openapi.yaml: %s", fault.why);
	add_members(left, document);
	for (size_t i = 0; i < json_array_size(left); i++) {
		json_t *value = json_array_get(left, i);
		const char *ref = json_string_value(json_object_get(value, "$ref"));

		if (ref)
			assert_resolves(document, ref);
		refs += ref != NULL;
		add_members(left, value);
	}
	assert_in_range(refs, 100, 10000);
	free(text);
}

/* Cuts the next block between "```json" and "```" off the text; NULL at its end. */
static char *next_example(char **text)
{
	static const char open[] = "\n```json\n";
	char *start = strstr(*text, open);
	char *end;

	if (!start)
		return NULL;
	start += sizeof(open) - 1;
	end = strstr(start, "\n```\n");
	assert_non_null(end);
	*end = '\0';
	*text = end + 1;
	return start;
}

static void every_example_in_the_manual_is_json(void **state)
{
	char *text = read_doc(HEADWATER_DOCS "/API.md");
	char *at = text;
	size_t count = 0;

	(void)state;
	for (char *example = next_example(&at); example; example = next_example(&at)) {
		json_error_t error;
		json_t *json = json_loads(example, 0, &error);

		if (!json)
			fail_msg("%s in: %s", error.text, example);
		json_decref(json);
		count++;
	}
	assert_in_range(count, 10, 100);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_has_a_section_in_the_manual),
		cmocka_unit_test(the_manual_s_table_says_what_the_routes_say),
		cmocka_unit_test(the_page_about_marquez_lists_its_routes),
		cmocka_unit_test(every_route_has_an_operation_in_openapi),
		cmocka_unit_test(openapi_has_no_key_twice_and_points_nowhere_in_vain),
		cmocka_unit_test(every_example_in_the_manual_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
