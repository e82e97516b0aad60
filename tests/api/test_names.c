/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_names.c - a dataset of several names answers as one
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define RECEIVED_US INT64_C(1786000000000000)
#define OWNER_SIZE  32

#define EVENT(time, name, facets)                                                    \
	"{\"eventTime\":\"" time "\",\"producer\":\"p\",\"schemaURL\":\"s\","        \
	"\"dataset\":{\"namespace\":\"n\",\"name\":\"" name "\",\"facets\":{" facets \
	"}}}"
#define OWNED_BY(owner) "\"ownership\":{\"owners\":[{\"name\":\"" owner "\"}]}"
#define CALLED(name)                                                           \
	"\"symlinks\":{\"identifiers\":[{\"namespace\":\"n\",\"name\":\"" name \
	"\",\"type\":\"TABLE\"}]}"

#define MONDAY	"2026-08-03T00:00:00Z"
#define TUESDAY "2026-08-04T00:00:00Z"

static void tell(struct fixture *f, const char *const *events)
{
	fixture_open(f);
	for (; *events; events++)
		fixture_add(f, slice_from(*events), RECEIVED_US);
	fixture_publish(f);
}

/* Whom the selection of n:a is owned by, which is also what its facet says. */
static void read_owner(const char *const *events, char out[OWNER_SIZE])
{
	struct fixture f;
	json_t *selection;
	json_t *node;
	const char *owner;
	const char *facet;

	tell(&f, events);
	selection = fixture_json(&f, "/api/v2/selection", "select=name:a&groupBy=owner");
	node = fixture_json(&f, "/api/v2/node", "kind=dataset&namespace=n&name=a");
	assert_int_equal(
		json_unpack(selection, "{s:[{s:s}!]}", "owners", "name", &owner), 0);
	assert_int_equal(json_unpack(node, "{s:{s:{s:{s:[{s:s}]}}}}", "node", "facets",
				 "ownership", "owners", "name", &facet),
		0);
	assert_string_equal(owner, facet);
	(void)snprintf(out, OWNER_SIZE, "%s", owner);
	json_decref(selection);
	json_decref(node);
	fixture_close(&f);
}

static void of_all_names_the_newest_facet_counts(void **state)
{
	char owner[OWNER_SIZE];

	(void)state;
	read_owner(
		(const char *const[]){ EVENT(MONDAY, "a", OWNED_BY("x") "," CALLED("b")),
			EVENT(TUESDAY, "b", OWNED_BY("y")), NULL },
		owner);
	assert_string_equal(owner, "y");
	read_owner((const char *const[]){ EVENT(MONDAY, "b", OWNED_BY("y")),
			   EVENT(TUESDAY, "a", OWNED_BY("x") "," CALLED("b")), NULL },
		owner);
	assert_string_equal(owner, "x");
}

static void which_facet_counts_is_not_a_matter_of_arrival(void **state)
{
	static const char *const a = EVENT(MONDAY, "a", OWNED_BY("x") "," CALLED("b"));
	static const char *const b = EVENT(MONDAY, "b", OWNED_BY("y"));
	static const char *const c = EVENT(MONDAY, "c", OWNED_BY("z") "," CALLED("b"));
	char one[OWNER_SIZE];
	char other[OWNER_SIZE];

	(void)state;
	read_owner((const char *const[]){ a, b, NULL }, one);
	read_owner((const char *const[]){ b, a, NULL }, other);
	assert_string_equal(one, other);
	read_owner((const char *const[]){ a, c, b, NULL }, one);
	read_owner((const char *const[]){ b, c, a, NULL }, other);
	assert_string_equal(one, other);
}

static void a_node_is_in_the_group_of_each_of_its_owners(void **state)
{
	static const char *const events[] = {
		EVENT(MONDAY, "a",
			"\"ownership\":{\"owners\":[{\"name\":\"y\"},{\"name\":\"x\"}]}"),
		EVENT(MONDAY, "b", OWNED_BY("x")), NULL
	};
	struct fixture f;
	json_t *answer;
	json_t *owners;

	(void)state;
	tell(&f, events);
	answer = fixture_json(&f, "/api/v2/selection", "select=ns:n&groupBy=owner");
	owners = json_object_get(answer, "owners");
	assert_int_equal(json_array_size(owners), 2);
	for (size_t i = 0; i < 2; i++) {
		const json_t *owner = json_array_get(owners, i);

		assert_string_equal(json_string_value(json_object_get(owner, "name")),
			i == 0 ? "x" : "y");
		assert_int_equal(json_array_size(json_object_get(owner, "nodes")), 2 - i);
	}
	json_decref(answer);
	fixture_close(&f);
}

/* How many nodes a question lists, by the member that lists them. */
static size_t count_of(
	struct fixture *f, const char *path, const char *query, const char *member)
{
	json_t *answer = fixture_json(f, path, query);
	size_t count = json_array_size(json_object_get(answer, member));

	json_decref(answer);
	return count;
}

static void a_name_that_nobody_claims_any_more_is_in_no_list(void **state)
{
	const char *const events[] = { EVENT(MONDAY, "orders", CALLED("sales")),
		EVENT(TUESDAY, "orders", "\"symlinks\":{\"_deleted\":true}"), NULL };
	struct fixture f;
	json_t *node;

	(void)state;
	tell(&f, events);
	assert_int_equal(count_of(&f, "/api/v2/nodes", "", "nodes"), 1);
	assert_int_equal(count_of(&f, "/api/v2/search", "q=sales", "results"), 0);
	assert_int_equal(count_of(&f, "/api/v2/search", "q=orders", "results"), 1);
	assert_int_equal(
		count_of(&f, "/api/v2/selection", "select=name:sales", "nodes"), 0);
	node = fixture_json(&f, "/api/v2/node", "kind=dataset&namespace=n&name=sales");
	assert_true(json_is_object(json_object_get(node, "node")));
	json_decref(node);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_all_names_the_newest_facet_counts),
		cmocka_unit_test(which_facet_counts_is_not_a_matter_of_arrival),
		cmocka_unit_test(a_node_is_in_the_group_of_each_of_its_owners),
		cmocka_unit_test(a_name_that_nobody_claims_any_more_is_in_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
