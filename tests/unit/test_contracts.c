/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_contracts.c - tests/cases/odcs and tests/cases/dbt
 *
 * odcs/CASE/contract.yaml, with the options in naming.json when there are some,
 * becomes the proposed schemas in expected.json; dbt/CASE/before.json and
 * after.json become changes.  Both have the notes beside, or the fault alone.
 * With HEADWATER_UPDATE_CASES set expected.json is written.
 */
#include "collector/dbt_manifest.h"
#include "collector/document.h"
#include "collector/odcs.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/json_auto.h"
#include "base/attr.h"

#define PATH_SIZE 1024
#define CASES_MAX 60

/* A folder of cases, and what one of them is turned into. */
struct kind {
	const char *folder;
	const char *member; /* of expected.json */
	int (*run)(const char *folder, json_t *out, json_t *notes, struct fault *fault);
};

struct test_case {
	const struct kind *kind;
	char folder[PATH_SIZE];
};

static void case_path(char out[PATH_SIZE], const char *folder, const char *name)
{
	assert_in_range(
		snprintf(out, PATH_SIZE, "%s/%s", folder, name), 1, PATH_SIZE - 1);
}

static json_t *read_json(const char *folder, const char *name)
{
	char path[PATH_SIZE];
	json_t *json = NULL;
	struct fault fault;

	case_path(path, folder, name);
	if (access(path, R_OK) == 0)
		assert_int_equal(document_read(path, &json, &fault), 0);
	return json;
}

static const char *option(const json_t *naming, const char *name)
{
	return json_string_value(json_object_get(naming, name));
}

static int run_odcs(const char *folder, json_t *out, json_t *notes, struct fault *fault)
{
	AUTO(json) json_t *options = read_json(folder, "naming.json");
	AUTO(json) json_t *contract = NULL;
	const struct odcs_naming naming = {
		.server = option(options, "server"),
		.namespace = option(options, "namespace"),
		.dataset = option(options, "dataset"),
	};
	char path[PATH_SIZE];

	case_path(path, folder, "contract.yaml");
	assert_int_equal(document_read(path, &contract, fault), 0);
	return odcs_read(contract, &naming, out, notes, fault);
}

static int run_dbt(const char *folder, json_t *out, json_t *notes, struct fault *fault)
{
	AUTO(json) json_t *before = read_json(folder, "before.json");
	AUTO(json) json_t *after = read_json(folder, "after.json");
	struct dbt_manifests manifests = { before, after, "postgres://wh:5432" };
	struct dbt_told told = { .changes = out, .notes = notes };

	return dbt_changes(&manifests, &told, fault);
}

static const struct kind kinds[] = {
	{ CASES_DIR "/odcs", "proposed", run_odcs },
	{ CASES_DIR "/dbt", "changes", run_dbt },
};

static json_t *answer_of(const struct test_case *test)
{
	AUTO(json) json_t *out = json_array();
	AUTO(json) json_t *notes = json_array();
	struct fault fault = { 0 };
	int r = test->kind->run(test->folder, out, notes, &fault);

	if (r == ERR_INVALID)
		return json_pack("{s:s, s:s}", "where", fault.where, "why", fault.why);
	assert_int_equal(r, 0);
	return json_pack("{s:O, s:O}", test->kind->member, out, "notes", notes);
}

static void the_question_is_the_expected_one(void **state)
{
	const struct test_case *test = *state;
	AUTO(json) json_t *answer = answer_of(test);
	AUTO(json) json_t *expected = NULL;
	char path[PATH_SIZE];

	assert_non_null(answer);
	case_path(path, test->folder, "expected.json");
	if (getenv("HEADWATER_UPDATE_CASES"))
		assert_int_equal(json_dump_file(answer, path, JSON_INDENT(2)), 0);
	expected = read_json(test->folder, "expected.json");
	if (!json_equal(answer, expected)) {
		json_dumpf(answer, stdout, JSON_INDENT(2));
		fail_msg("%s is not what is expected", test->folder);
	}
}

static int is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static size_t add_cases(
	const struct kind *kind, struct test_case *cases, struct CMUnitTest *tests)
{
	struct dirent **folders;
	int count = scandir(kind->folder, &folders, is_case, alphasort);

	assert_in_range(count, 1, CASES_MAX / 2);
	for (int i = 0; i < count; i++) {
		cases[i].kind = kind;
		case_path(cases[i].folder, kind->folder, folders[i]->d_name);
		tests[i] = (struct CMUnitTest){ .name = cases[i].folder,
			.test_func = the_question_is_the_expected_one,
			.initial_state = &cases[i] };
		free(folders[i]);
	}
	free(folders);
	return (size_t)count;
}

int main(void)
{
	struct CMUnitTest tests[CASES_MAX] = { 0 };
	struct test_case cases[CASES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		count += add_cases(&kinds[i], cases + count, tests + count);
	return _cmocka_run_group_tests("contracts", tests, count, NULL, NULL);
}
