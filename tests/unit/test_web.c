/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_web.c - which file of a web UI a path asks for
 */
#include "collector/web.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_file(const char *path, const char *file)
{
	char name[WEB_NAME_MAX];

	if (web_find(slice_from(path), name) != WEB_FILE)
		fail_msg("%s is no file", path);
	assert_string_equal(name, file);
}

static void assert_all(const char *const *paths, size_t count, enum web_kind kind)
{
	char name[WEB_NAME_MAX];

	for (size_t i = 0; i < count; i++) {
		if (web_find(slice_from(paths[i]), name) != kind)
			fail_msg("%s is not of kind %d", paths[i], (int)kind);
		if (kind == WEB_PAGE)
			assert_string_equal(name, "index.html");
	}
}

static void a_browser_is_on_the_page_at_these_paths(void **state)
{
	static const char *const paths[] = { "/", "/jobs", "/jobs/", "/datasets",
		"/events", "/lineage/job/food/etl",
		"/lineage/dataset/s3%3A%2F%2Flake/a%2Fb", "/lineage/dataset/ns/bundle.js",
		"/datasets/column-level/ns/public.menus" };

	(void)state;
	assert_all(paths, ARRAY_LEN(paths), WEB_PAGE);
}

static void every_other_path_is_a_file(void **state)
{
	(void)state;
	assert_file("/bundle.js", "bundle.js");
	assert_file("/img/logo.svg", "img/logo.svg");
	assert_file("/a%20b/%c3%a4.js", "a b/\xc3\xa4.js");
	assert_file("/lineage/job/etl", "lineage/job/etl");
	assert_file("/lineage/job/etl/a/b", "lineage/job/etl/a/b");
	assert_file("/datasets/column-level/ns", "datasets/column-level/ns");
	assert_file("/job", "job");
	assert_file("/a.b..c", "a.b..c");
}

static void no_path_leads_out_of_the_directory(void **state)
{
	static const char *const paths[] = { "/..", "/../secret", "/a/../../secret",
		"/%2e%2e/secret", "/a/.%2e/secret", "/..%2fsecret", "/a%2F..%2Fsecret",
		"/a%2fb", "/..%5csecret", "/a\\b", "//etc/passwd", "/a//b", "/./a",
		"/.git", "/a/.env", "/%2egit", "" };

	(void)state;
	assert_all(paths, ARRAY_LEN(paths), WEB_NONE);
}

static void what_is_broken_is_no_file(void **state)
{
	static const char *const paths[] = { "/a%00b", "/a%0ab", "/a%7fb", "/a%", "/a%2",
		"/a%zz", "/a/", "a.js", "*" };

	(void)state;
	assert_all(paths, ARRAY_LEN(paths), WEB_NONE);
}

static void what_the_api_has_not_is_no_file(void **state)
{
	static const char *const paths[] = { "/api", "/api/", "/api/v1/none",
		"/api/x.js" };

	(void)state;
	assert_all(paths, ARRAY_LEN(paths), WEB_NONE);
}

static void health_is_no_file(void **state)
{
	static const char *const paths[] = { "/healthcheck" };

	(void)state;
	assert_all(paths, ARRAY_LEN(paths), WEB_ALIVE);
	assert_file("/healthcheck.txt", "healthcheck.txt");
}

static void a_name_has_a_longest(void **state)
{
	char path[WEB_NAME_MAX + 2];
	char name[WEB_NAME_MAX];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	assert_int_equal(web_find(slice_of(path, WEB_NAME_MAX), name), WEB_FILE);
	assert_int_equal(strlen(name), WEB_NAME_MAX - 1);
	assert_int_equal(web_find(slice_of(path, WEB_NAME_MAX + 1), name), WEB_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browser_is_on_the_page_at_these_paths),
		cmocka_unit_test(every_other_path_is_a_file),
		cmocka_unit_test(no_path_leads_out_of_the_directory),
		cmocka_unit_test(what_is_broken_is_no_file),
		cmocka_unit_test(what_the_api_has_not_is_no_file),
		cmocka_unit_test(health_is_no_file),
		cmocka_unit_test(a_name_has_a_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
