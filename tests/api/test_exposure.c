/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_exposure.c - where a shop's customers can be read
 *
 * In tests/cases/shop the columns email and name of public.customers have the tag
 * pii.  The staging job hashes the email, the newsletter takes both as they are.
 */
#include "fixture.h"

#include "api/json_auto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EXPOSURE  "/api/v2/exposure"
#define WORDS_MAX 1024

static int open_shop(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	fixture_open(&fixture);
	fixture_add_lines(&fixture, HEADWATER_CASES "/shop/events.ndjson");
	*state = &fixture;
	return 0;
}

static int close_shop(void **state)
{
	fixture_close(*state);
	return 0;
}

static json_t *ask(struct fixture *f, const char *query)
{
	struct reply reply;
	json_t *answer;

	fixture_get(f, EXPOSURE, query, &reply);
	assert_int_equal(reply.status, 200);
	answer = json_loadb(reply.body.data, reply.body.len, 0, NULL);
	assert_non_null(answer);
	reply_fini(&reply);
	return answer;
}

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static json_int_t counted(const json_t *answer, const char *name)
{
	const json_t *counts = json_object_get(answer, "counts");

	return json_integer_value(json_object_get(counts, name));
}

/* Nodes as "name.field name.field"; until the next call. */
static const char *names(const json_t *nodes)
{
	static char words[WORDS_MAX];
	size_t used = 0;
	const json_t *node;
	size_t i;

	words[0] = '\0';
	json_array_foreach(nodes, i, node)
	{
		const char *field = text(node, "field");

		used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s%s%s",
			i ? " " : "", text(node, "name"), *field ? "." : "", field);
		assert_true(used < sizeof(words));
	}
	return words;
}

static const char *listed(const json_t *answer, const char *kind)
{
	return names(json_object_get(answer, kind));
}

static void what_is_hashed_is_masked_and_what_is_copied_is_exposed(void **state)
{
	AUTO(json) json_t *answer = ask(*state, "tag=pii");

	assert_string_equal(listed(answer, "sources"),
		"public.customers.email public.customers.name");
	assert_string_equal(listed(answer, "exposed"),
		"crm.newsletter.email crm.newsletter.first_name");
	assert_string_equal(listed(answer, "masked"), "staging.customers.email_hash");
	assert_string_equal(listed(answer, "unknown"), "");
	assert_int_equal(counted(answer, "sources"), 2);
	assert_int_equal(counted(answer, "exposed"), 2);
	assert_int_equal(counted(answer, "masked"), 1);
	assert_true(json_is_true(json_object_get(answer, "complete")));
	assert_true(json_is_false(json_object_get(answer, "lowerBound")));
	assert_true(json_is_null(json_object_get(answer, "next")));
}

static void each_has_its_path_and_the_mask_stands_at_its_step(void **state)
{
	AUTO(json) json_t *answer = ask(*state, "tag=pii");
	const json_t *exposed = json_array_get(json_object_get(answer, "exposed"), 1);
	const json_t *masked = json_array_get(json_object_get(answer, "masked"), 0);
	const json_t *path = json_object_get(exposed, "path");
	const json_t *step;

	assert_string_equal(
		names(path), "public.customers.name crm.newsletter.first_name");
	assert_null(json_object_get(json_array_get(path, 0), "classes"));
	step = json_array_get(path, 1);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(step, "classes"), 0)),
		"TRANSFORMATION");
	assert_null(json_object_get(step, "masked"));
	assert_string_equal(text(exposed, "certainty"), "observed");
	step = json_array_get(json_object_get(masked, "path"), 1);
	assert_true(json_is_true(json_object_get(step, "masked")));
}

static void pages_are_parts_of_one_list(void **state)
{
	AUTO(json) json_t *first = ask(*state, "tag=pii&limit=2");
	AUTO(json) json_t *second = NULL;
	char query[256];

	assert_string_equal(listed(first, "exposed"),
		"crm.newsletter.email crm.newsletter.first_name");
	assert_string_equal(listed(first, "masked"), "");
	assert_int_equal(counted(first, "masked"), 1);
	(void)snprintf(
		query, sizeof(query), "tag=pii&limit=2&cursor=%s", text(first, "next"));
	second = ask(*state, query);
	assert_string_equal(listed(second, "exposed"), "");
	assert_string_equal(listed(second, "masked"), "staging.customers.email_hash");
	assert_true(json_is_null(json_object_get(second, "next")));
}

static void before_anything_was_told_nothing_is_exposed(void **state)
{
	AUTO(json) json_t *answer = ask(*state, "tag=pii&asOf=2026-08-01T00:00:00Z");

	assert_int_equal(counted(answer, "exposed"), 0);
	assert_int_equal(counted(answer, "masked"), 0);
}

static void a_tag_that_nobody_has_is_no_mistake(void **state)
{
	AUTO(json) json_t *answer = ask(*state, "tag=pi");

	assert_int_equal(counted(answer, "sources"), 0);
	assert_int_equal(counted(answer, "exposed"), 0);
}

static void a_question_without_a_tag_is_refused(void **state)
{
	static const char *const queries[] = { "", "tag=", "tag=pii&indirect=perhaps",
		"tag=pii&depth=3" };

	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct reply reply;

		fixture_get(*state, EXPOSURE, queries[i], &reply);
		assert_int_equal(reply.status, 400);
		reply_fini(&reply);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_hashed_is_masked_and_what_is_copied_is_exposed),
		cmocka_unit_test(each_has_its_path_and_the_mask_stands_at_its_step),
		cmocka_unit_test(pages_are_parts_of_one_list),
		cmocka_unit_test(before_anything_was_told_nothing_is_exposed),
		cmocka_unit_test(a_tag_that_nobody_has_is_no_mistake),
		cmocka_unit_test(a_question_without_a_tag_is_refused),
	};

	return cmocka_run_group_tests(tests, open_shop, close_shop);
}
