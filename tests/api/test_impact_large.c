/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_large.c - impact where a path is long, or a dataset has many owners
 *
 * The graph is a chain: job i copies d<i>.x to d<i + 1>.x.
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IMPACT "/api/v2/impact"
#define HOPS   119
#define DROP                                        \
	"node=dataset:n:d0&op=drop_column&field=x&" \
	"window=2026-08-01T00:00:00Z/2026-08-02T00:00:00Z"
#define LATER DROP "&horizons=fix_forward"

static struct fixture f;

static void put_owners(struct buf *event, int owners)
{
	if (!owners)
		return;
	buf_str(event, "\"ownership\":{\"_producer\":\"p\",\"_schemaURL\":\"s\","
		       "\"owners\":[");
	for (int i = 0; i < owners; i++)
		buf_printf(event, "%s{\"name\":\"team-%d\"}", i ? "," : "", i);
	buf_str(event, "]},");
}

static void add_copy(int from, int owners)
{
	struct buf event;

	buf_init(&event, SIZE_MAX);
	buf_printf(&event,
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T01:00:00Z\","
		"\"producer\":\"p\",\"schemaURL\":\"s\",\"run\":{\"runId\":"
		"\"0197a3c1-0000-7000-8000-%012d\"},\"job\":{\"namespace\":\"n\","
		"\"name\":\"j%d\"},\"inputs\":[{\"namespace\":\"n\",\"name\":\"d%d\"}],"
		"\"outputs\":[{\"namespace\":\"n\",\"name\":\"d%d\",\"facets\":{",
		from, from, from, from + 1);
	put_owners(&event, owners);
	buf_printf(&event,
		"\"columnLineage\":{\"_producer\":\"p\",\"_schemaURL\":\"s\",\"fields\":"
		"{\"x\":{\"inputFields\":[{\"namespace\":\"n\",\"name\":\"d%d\","
		"\"field\":\"x\",\"transformations\":[{\"type\":\"DIRECT\","
		"\"subtype\":\"IDENTITY\"}]}]}}}}}]}",
		from);
	assert_int_equal(buf_error(&event), 0);
	fixture_add(&f, buf_get(&event), INT64_C(1785542400000000));
	buf_fini(&event);
}

/* d1 has more owners than are told. */
static int open_chain(void **state)
{
	(void)state;
	fixture_open(&f);
	for (int i = 0; i < HOPS; i++)
		add_copy(i, i == 0 ? 130 : 0);
	fixture_publish(&f);
	return 0;
}

static int close_chain(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

/* What explains the effect on d<i>.x, when it is mended. */
static json_t *path_to(json_t *answer, size_t i, json_int_t *omitted)
{
	json_t *impact = json_array_get(json_object_get(answer, "impacts"), i - 1);
	const char *name;
	json_t *path;
	char want[8];

	(void)snprintf(want, sizeof(want), "d%zu", i);
	assert_int_equal(json_unpack(impact, "{s:{s:s},s:{s:o,s:I}}", "node", "name",
				 &name, "because", "path", &path, "omitted", omitted),
		0);
	assert_string_equal(name, want);
	return path;
}

static void assert_step(json_t *path, size_t at, const char *want)
{
	const char *name =
		json_string_value(json_object_get(json_array_get(path, at), "name"));

	assert_non_null(name);
	assert_string_equal(name, want);
}

static void a_path_is_told_from_both_ends(void **state)
{
	json_t *answer = fixture_json(&f, IMPACT, LATER);
	json_int_t omitted;
	json_t *path;

	(void)state;
	path = path_to(answer, 99, &omitted);
	assert_int_equal(json_array_size(path), 100);
	assert_int_equal(omitted, 0);
	assert_step(path, 50, "d50");
	path = path_to(answer, 119, &omitted);
	assert_int_equal(json_array_size(path), 100);
	assert_int_equal(omitted, 20);
	assert_step(path, 0, "d0");
	assert_step(path, 49, "d49");
	assert_step(path, 50, "d70");
	assert_step(path, 99, "d119");
	json_decref(answer);
}

/* Whichever impacts come first on a page. */
static void a_path_is_the_same_on_each_page(void **state)
{
	json_t *whole = fixture_json(&f, IMPACT, LATER);
	json_t *first = fixture_json(&f, IMPACT, LATER "&limit=117");
	json_int_t omitted;
	char query[400];
	json_t *second;

	(void)state;
	(void)snprintf(query, sizeof(query), "%s&cursor=%s", LATER,
		json_string_value(json_object_get(first, "next")));
	second = fixture_json(&f, IMPACT, query);
	assert_true(json_equal(json_array_get(json_object_get(second, "impacts"), 0),
		json_array_get(json_object_get(whole, "impacts"), 117)));
	assert_int_equal(json_array_size(path_to(whole, 118, &omitted)), 100);
	assert_int_equal(omitted, 19);
	json_decref(whole);
	json_decref(first);
	json_decref(second);
}

static void owners_are_told_up_to_a_hundred(void **state)
{
	json_t *answer = fixture_json(&f, IMPACT, LATER);
	json_t *impact = json_array_get(json_object_get(answer, "impacts"), 0);

	(void)state;
	assert_int_equal(json_array_size(json_object_get(impact, "owners")), 100);
	assert_int_equal(json_integer_value(json_object_get(impact, "ownersMore")), 30);
	/* And the group of those without any. */
	assert_int_equal(json_array_size(json_object_get(answer, "owners")), 101);
	impact = json_array_get(json_object_get(answer, "impacts"), 1);
	assert_int_equal(json_integer_value(json_object_get(impact, "ownersMore")), 0);
	json_decref(answer);
}

static void formats_tell_how_many_owners_there_are_more(void **state)
{
	static const struct {
		const char *query;
		const char *text;
	} formats[] = {
		{ LATER "&format=csv", "; team-99 and 30 more" },
		{ LATER "&format=markdown", "team-2 and 127 more`" },
		{ LATER "&format=sarif", "\"ownersMore\":30" },
		{ LATER "&format=junit", "; team-99 and 30 more\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct reply reply;

		fixture_get(&f, IMPACT, formats[i].query, &reply);
		assert_int_equal(reply.status, 200);
		buf_byte(&reply.body, '\0');
		assert_non_null(strstr(reply.body.data, formats[i].text));
		reply_fini(&reply);
	}
}

static void an_answer_that_is_too_large_says_what_makes_it_smaller(void **state)
{
	struct reply reply;

	(void)state;
	f.body_max = 5000;
	fixture_get(&f, IMPACT, DROP "&format=csv", &reply);
	f.body_max = 0;
	assert_int_equal(reply.status, 413);
	buf_byte(&reply.body, '\0');
	assert_non_null(strstr(reply.body.data, "`horizons`"));
	assert_non_null(strstr(reply.body.data, "`exclude`"));
	assert_null(strstr(reply.body.data, "`facets`"));
	reply_fini(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_told_from_both_ends),
		cmocka_unit_test(a_path_is_the_same_on_each_page),
		cmocka_unit_test(owners_are_told_up_to_a_hundred),
		cmocka_unit_test(formats_tell_how_many_owners_there_are_more),
		cmocka_unit_test(an_answer_that_is_too_large_says_what_makes_it_smaller),
	};

	return cmocka_run_group_tests(tests, open_chain, close_chain);
}
