/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_facet_columns.c - which flows column lineage tells
 */
#include "tests/unit/facet_case.h"

static int columns(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_flows said;
	int r = facet_reader_json.columns(bytes, arena, &said, fault);

	if (!r)
		put_flows(out, &said);
	return r;
}

static void columns_flow_into_columns(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{}}", "" },
		{ "{'fields':{'x':{'inputFields':[]}}}", "" },
		{ "{'_producer':'p','fields':{'x':{'inputFields':[{@a.y,<DIRECT/"
		  "IDENTITY>}]}}}",
			"n:a.y > *.x IDENTITY; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y},{@b.}]},'':{'inputFields':[{@a."
		  "y}]}}}",
			"n:a.y > *.x UNKNOWN; n:b. > *.x UNKNOWN; "
			"n:a.y > *. UNKNOWN; " },
		{ "{'fields':{'\\u0078':{'inputFields':[{'namespace':'n\\/',"
		  "'name':'\\u00e9','field':'\\n'}]}}}",
			"n/:\xc3\xa9.\n > *.x UNKNOWN; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

/* The columns that the facet has, in the order of the ends. */
static int named(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_flows said;
	int r = facet_reader_json.columns(bytes, arena, &said, fault);

	for (size_t i = 0; !r && i < said.end_count; i++) {
		const struct ol_end *end = &said.ends[i];

		if (end->own && end->kind == NODE_FIELD)
			buf_printf(out, "%.*s ", (int)end->field.len, end->field.ptr);
	}
	return r;
}

static void columns_are_named_when_nothing_flows_into_them_alone(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'inputFields':[]},'y':{'inputFields':[{}]}}}",
			"x y " },
		{ "{'fields':{'x':{'inputFields':[{@a.k,<INDIRECT/SORT>}]},"
		  "'y':{'inputFields':[{@a.k,<INDIRECT/SORT>}]}}}",
			"x y " },
		{ "{'fields':{'x':{'inputFields':null},'y':{},'z':7}}", "" },
		{ "{'fields':{'x':{'inputFields':[]}},'fields':{}}", "" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(named, cases);
}

static void transformations_have_classes(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{},'dataset':[{@a.y,<DIRECT/IDENTITY>}]}",
			"n:a.y > * IDENTITY; " },
		{ "{'fields':{},'dataset':[{@a.y,<DIRECT/TRANSFORMATION>}]}",
			"n:a.y > * TRANSFORMATION; " },
		{ "{'fields':{},'dataset':[{@a.y,<DIRECT/AGGREGATION>}]}",
			"n:a.y > * AGGREGATION; " },
		{ "{'fields':{},'dataset':[{@a.y,<DIRECT/JOIN>}]}",
			"n:a.y > * OTHER_DIRECT; " },
		{ "{'fields':{},'dataset':[{@a.y,<INDIRECT/JOIN>}]}",
			"n:a.y > * JOIN; " },
		{ "{'fields':{},'dataset':[{@a.y,<INDIRECT/GROUP_BY>}]}",
			"n:a.y > * GROUP_BY; " },
		{ "{'fields':{},'dataset':[{@a.y,<INDIRECT/FILTER>}]}",
			"n:a.y > * FILTER; " },
		{ "{'fields':{},'dataset':[{@a.y,<INDIRECT/SORT>}]}",
			"n:a.y > * SORT; " },
		{ "{'fields':{},'dataset':[{@a.y,<INDIRECT/WINDOW>}]}",
			"n:a.y > * WINDOW; " },
		{ "{'fields':{},'dataset':[{@a.y,<INDIRECT/CONDITIONAL>}]}",
			"n:a.y > * CONDITIONAL; " },
		{ "{'fields':{},'dataset':[{@a.y,<INDIRECT/IDENTITY>}]}",
			"n:a.y > * OTHER_INDIRECT; " },
		{ "{'fields':{},'dataset':[{@a.y,<MAGIC/IDENTITY>}]}",
			"n:a.y > * UNKNOWN; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void odd_transformations_are_unknown_ones(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{},'dataset':[{@a.y,'transformations':null}]}",
			"n:a.y > * UNKNOWN; " },
		{ "{'fields':{},'dataset':[{@a.y,'transformations':[]}]}",
			"n:a.y > * UNKNOWN; " },
		{ "{'fields':{},'dataset':[{@a.y,'transformations':'no'}]}",
			"n:a.y > * UNKNOWN; -1" },
		{ "{'fields':{},'dataset':[{@a.y,'transformations':[null,7]}]}",
			"n:a.y > * UNKNOWN; -2" },
		{ "{'fields':{},'dataset':[{@a.y,'transformations':[{}]}]}",
			"n:a.y > * UNKNOWN; " },
		{ "{'fields':{},'dataset':[{@a.y,'transformations':[{'type':'DIRECT'}]}]"
		  "}",
			"n:a.y > * OTHER_DIRECT; " },
		{ "{'fields':{},'dataset':[{@a.y,'transformations':[{'subtype':'JOIN'}]}]"
		  "}",
			"n:a.y > * UNKNOWN; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void several_transformations_are_one_flow(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY "
		  "INDIRECT/FILTER>}"
		  "]},'z':{'inputFields':[]}}}",
			"n:a.y > *.x IDENTITY+FILTER; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY>},"
		  "{@a.y,<DIRECT/AGGREGATION>}]}}}",
			"n:a.y > *.x IDENTITY+AGGREGATION; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void the_deprecated_type_counts_without_transformations(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'transformationType':'IDENTITY','inputFields':[{@a.y}]"
		  "}"
		  "}}",
			"n:a.y > *.x IDENTITY; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<>},{@a.z,<DIRECT/AGGREGATION>}],"
		  "'transformationType':'MASKED'}}}",
			"n:a.y > *.x IDENTITY+MASKED; n:a.z > *.x AGGREGATION; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y}],'transformationType':'CUSTOM'}}"
		  "}",
			"n:a.y > *.x UNKNOWN; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y}],'transformationType':null}}}",
			"n:a.y > *.x UNKNOWN; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void what_all_columns_depend_on_flows_into_the_whole(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'inputFields':[{@k.i,<INDIRECT/JOIN>}]},"
		  "'y':{'inputFields':[{@k.i,<INDIRECT/JOIN>},{@k.v,<INDIRECT/JOIN>}]}}}",
			"n:k.v > *.y JOIN; n:k.i > * JOIN; " },
		{ "{'fields':{'x':{'inputFields':[{@k.i,<INDIRECT/JOIN>}]}}}",
			"n:k.i > * JOIN; " },
		{ "{'fields':{'x':{'inputFields':[{@k.i,<INDIRECT/JOIN>}]},"
		  "'y':{'inputFields':[]}}}",
			"n:k.i > *.x JOIN; " },
		{ "{'fields':{'x':{'inputFields':[{@k.i,<INDIRECT/JOIN>}]},"
		  "'y':{'inputFields':[{@k.i,<INDIRECT/SORT>}]}}}",
			"n:k.i > *.x JOIN; n:k.i > *.y SORT; " },
		/* A column that is malformed is none. */
		{ "{'fields':{'x':{'inputFields':[{@k.i,<INDIRECT/JOIN>}]},'y':null}}",
			"n:k.i > * JOIN; -1" },
		/* What is not INDIRECT stays. */
		{ "{'fields':{'x':{'inputFields':[{@k.i,<DIRECT/IDENTITY>},{@k.u}]}}}",
			"n:k.i > *.x IDENTITY; n:k.u > *.x UNKNOWN; " },
		{ "{'fields':{'x':{'inputFields':[{@k.i,<DIRECT/IDENTITY "
		  "INDIRECT/JOIN>}]}"
		  "},'dataset':[{@k.i,<INDIRECT/SORT>},{@k.v}]}",
			"n:k.i > *.x IDENTITY; n:k.i > * JOIN+SORT; "
			"n:k.v > * UNKNOWN; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void one_clear_way_is_enough_to_unmask(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY! "
		  "DIRECT/TRANSFORMATION>}]}}}",
			"n:a.y > *.x IDENTITY+TRANSFORMATION; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY!>},"
		  "{@a.y,<DIRECT/IDENTITY>}]}}}",
			"n:a.y > *.x IDENTITY; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY!>},"
		  "{@a.y}]}}}",
			"n:a.y > *.x IDENTITY+UNKNOWN; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY! "
		  "DIRECT/AGGREGATION!>}]}}}",
			"n:a.y > *.x IDENTITY+AGGREGATION+MASKED; " },
		/* In one of the columns that depend on it. */
		{ "{'fields':{'x':{'inputFields':[{@a.y,<INDIRECT/JOIN!>}]},"
		  "'z':{'inputFields':[{@a.y,<INDIRECT/JOIN>}]}}}",
			"n:a.y > * JOIN; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void a_mask_goes_with_its_transformation(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/TRANSFORMATION!>}]}}}",
			"n:a.y > *.x TRANSFORMATION+MASKED; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<MAGIC/!>}]}}}",
			"n:a.y > *.x UNKNOWN+MASKED; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY! "
		  "INDIRECT/JOIN>}]"
		  "}}}",
			"n:a.y > *.x IDENTITY+MASKED; n:a.y > * JOIN; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<DIRECT/IDENTITY "
		  "INDIRECT/JOIN!>}]"
		  "}}}",
			"n:a.y > *.x IDENTITY; n:a.y > * JOIN+MASKED; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<INDIRECT/JOIN!>}]},"
		  "'z':{'inputFields':[{@a.y,<INDIRECT/JOIN! INDIRECT/SORT>}]}}}",
			"n:a.y > *.z SORT; n:a.y > * JOIN+MASKED; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,<INDIRECT/JOIN!>}]},"
		  "'z':{'inputFields':[]}}}",
			"n:a.y > *.x JOIN+MASKED; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y,'transformations':"
		  "[{'type':'DIRECT','masking':'true'}]}]}}}",
			"n:a.y > *.x OTHER_DIRECT; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void malformed_entries_of_columns_are_left_out(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'inputFields':[null,7,{},{'namespace':'n'},{@a},"
		  "{'namespace':1,'name':'a','field':'f'},{@a.y}]}}}",
			"n:a.y > *.x UNKNOWN; -6" },
		{ "{'fields':{'x':{'inputFields':null},'y':{},'z':[],"
		  "'w':{'inputFields':{}}}}",
			"-4" },
		{ "{'fields':{},'dataset':null}", "" },
		{ "{'fields':{},'dataset':{}}", "-1" },
		{ "{'fields':{},'dataset':[[]]}", "-1" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void malformed_columns_are_refused(void **state)
{
	static const struct facet_case cases[] = {
		{ "{}", "!/fields" },
		{ "{'dataset':[]}", "!/fields" },
		{ "{'fields':null}", "!/fields" },
		{ "{'fields':[]}", "!/fields" },
		{ "{'fields':'x'}", "!/fields" },
		{ "[]", "!" },
		{ "null", "!" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

static void the_last_of_repeated_members_counts(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':{'x':{'inputFields':[{@a.y}]}},"
		  "'fields':{'z':{'inputFields':[{@b.y}]}}}",
			"n:b.y > *.z UNKNOWN; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y}]},'x':{'inputFields':[{@b.y}]}}"
		  "}",
			"n:b.y > *.x UNKNOWN; " },
		{ "{'fields':{'x':{'inputFields':[{@a.y}]},'x':null}}", "-1" },
		{ "{'fields':{'x':{'inputFields':[{@a.y}],'inputFields':[{@b.y}]}}}",
			"n:b.y > *.x UNKNOWN; " },
		{ "{'dataset':[{@a.y}],'fields':{},'dataset':[{@b.y}]}",
			"n:b.y > * UNKNOWN; " },
		{ "{'dataset':[{@a.y}],'dataset':null,'fields':{'x':{'inputFields':[]}}}",
			"" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(columns, cases);
}

/* A facet of so many columns, each a copy of one, and grouped by all of them. */
#define WIDE 1000

static void put_source(struct buf *out, size_t column, const char *how)
{
	buf_printf(out,
		"{\"namespace\":\"s3://warehouse\",\"name\":\"/events/clicks\","
		"\"field\":\"c%zu\",\"transformations\":[{%s}]}",
		column, how);
}

static void put_sources(struct buf *out)
{
	for (size_t i = 0; i < WIDE; i++) {
		if (i)
			buf_byte(out, ',');
		put_source(out, i, "\"type\":\"INDIRECT\",\"subtype\":\"GROUP_BY\"");
	}
}

static struct slice wide_facet(struct buf *text, bool expanded)
{
	struct buf sources;

	buf_init(&sources, LARGE);
	put_sources(&sources);
	buf_str(text, "{\"fields\":{");
	for (size_t i = 0; i < WIDE; i++) {
		buf_printf(text, "%s\"c%zu\":{\"inputFields\":[", i ? "," : "", i);
		put_source(text, i, "\"type\":\"DIRECT\",\"subtype\":\"IDENTITY\"");
		if (expanded) {
			buf_byte(text, ',');
			buf_slice(text, buf_get(&sources));
		}
		buf_str(text, "]}");
	}
	buf_str(text, "},\"dataset\":[");
	if (!expanded)
		buf_slice(text, buf_get(&sources));
	buf_str(text, "]}");
	assert_int_equal(buf_error(text), 0);
	buf_fini(&sources);
	return buf_get(text);
}

/* The flows as text, and at most that many bytes of memory. */
static void read_wide(struct slice text, size_t most_bytes, struct buf *out)
{
	AUTO(arena) struct arena *arena = arena_new(SMALL, most_bytes);
	struct ol_flows flows;
	struct fault fault;

	assert_non_null(arena);
	assert_int_equal(facet_reader_json.columns(text, arena, &flows, &fault), 0);
	assert_int_equal(flows.count, 2 * WIDE);
	assert_int_equal(flows.end_count, 2 * WIDE + 1);
	put_flows(out, &flows);
	assert_int_equal(buf_error(out), 0);
}

static void a_wide_facet_is_small_and_the_same_in_both_forms(void **state)
{
	struct buf text;
	struct buf expanded;
	struct buf compact;

	(void)state;
	buf_init(&text, LARGE);
	buf_init(&expanded, LARGE);
	buf_init(&compact, LARGE);
	read_wide(wide_facet(&text, true), (size_t)12 * WIDE * (WIDE + 1), &expanded);
	buf_clear(&text);
	read_wide(wide_facet(&text, false), (size_t)2000 * WIDE, &compact);
	assert_true(slice_equal(buf_get(&expanded), buf_get(&compact)));
	buf_fini(&text);
	buf_fini(&expanded);
	buf_fini(&compact);
}

/* Names with escapes are decoded each time, and kept once. */
static void repeated_names_with_escapes_take_no_memory(void **state)
{
	AUTO(arena) struct arena *arena = arena_new(SMALL, (size_t)64 * SMALL);
	struct ol_flows flows;
	struct fault fault;
	struct buf text;

	(void)state;
	buf_init(&text, LARGE);
	buf_str(&text, "{\"fields\":{\"x\":{\"inputFields\":[");
	for (size_t i = 0; i < 10000; i++)
		buf_printf(&text,
			"%s{\"namespace\":\"\\u0073://bucket\",\"\\u006eame\":\"\\/a\","
			"\"field\":\"\\u00e9\"}",
			i ? "," : "");
	buf_str(&text, "]}}}");
	assert_int_equal(buf_error(&text), 0);
	assert_int_equal(
		facet_reader_json.columns(buf_get(&text), arena, &flows, &fault), 0);
	assert_int_equal(flows.count, 1);
	assert_true(slice_equal(flows.ends[0].field, SLICE("\xc3\xa9")));
	buf_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_flow_into_columns),
		cmocka_unit_test(columns_are_named_when_nothing_flows_into_them_alone),
		cmocka_unit_test(transformations_have_classes),
		cmocka_unit_test(odd_transformations_are_unknown_ones),
		cmocka_unit_test(several_transformations_are_one_flow),
		cmocka_unit_test(the_deprecated_type_counts_without_transformations),
		cmocka_unit_test(what_all_columns_depend_on_flows_into_the_whole),
		cmocka_unit_test(one_clear_way_is_enough_to_unmask),
		cmocka_unit_test(a_mask_goes_with_its_transformation),
		cmocka_unit_test(malformed_entries_of_columns_are_left_out),
		cmocka_unit_test(malformed_columns_are_refused),
		cmocka_unit_test(the_last_of_repeated_members_counts),
		cmocka_unit_test(a_wide_facet_is_small_and_the_same_in_both_forms),
		cmocka_unit_test(repeated_names_with_escapes_take_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
