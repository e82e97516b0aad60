/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_facet_lineage.c - which flows explicit lineage tells
 */
#include "collector/event_reader.h"
#include "tests/unit/facet_case.h"

static int job_lineage(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_flows said;
	int r = facet_reader_json.job_lineage(bytes, arena, &said, fault);

	if (!r)
		put_flows(out, &said);
	return r;
}

static int dataset_lineage(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_flows said;
	int r = facet_reader_json.dataset_lineage(bytes, arena, &said, fault);

	if (!r)
		put_flows(out, &said);
	return r;
}

static void entries_of_a_job_name_their_targets(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'entries':[]}", "" },
		{ "{'entries':[{@d}]}", "" },
		{ "{'entries':[{@d,'inputs':[]}]}", "" },
		{ "{'entries':[{@d,'inputs':[{@s}]}]}", "n:s > n:d UNKNOWN; " },
		{ "{'entries':[{@d,'inputs':[{@s.f,<INDIRECT/FILTER>}]}]}",
			"n:s.f > n:d FILTER; " },
		{ "{'entries':[{@d,'inputs':[{#k,'runId':'b7dce052'}]}]}",
			"job n:k > n:d UNKNOWN; " },
		{ "{'entries':[{#k,'runId':null,'inputs':[{@s.f,<INDIRECT/FILTER>}]}]}",
			"n:s.f > job n:k FILTER; " },
		{ "{'entries':[{#k,'inputs':[{#l.f}]}]}", "job n:l > job n:k UNKNOWN; " },
		{ "{'entries':[{'type':'JOB','inputs':[{@s,<INDIRECT/FILTER>}]}]}",
			"n:s > job * FILTER; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(job_lineage, cases);
}

static void entries_of_a_job_name_columns(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'entries':[{@d,'inputs':[],'fields':{'total':{'inputs':["
		  "{'type':'JOB',<DIRECT/AGGREGATION>}]}}}]}",
			"job * > n:d.total AGGREGATION; " },
		{ "{'entries':[{@d,'inputs':[{@s},{#k}],'fields':{'x':{'inputs':[{@s.y},"
		  "{#k,<DIRECT/TRANSFORMATION>}]}}}]}",
			"n:s > n:d UNKNOWN; job n:k > n:d UNKNOWN; "
			"n:s.y > n:d.x UNKNOWN; job n:k > n:d.x TRANSFORMATION; " },
		/* Names may come last, and their escapes are decoded. */
		{ "{'entries':[{'fields':{'\\u0078':{'inputs':[{@s}]}},"
		  "'namespace':'\\u006e','name':'d','type':'DATASET'}]}",
			"n:s > n:d.x UNKNOWN; " },
		/* A job has no columns. */
		{ "{'entries':[{#k,'fields':{'x':{'inputs':[{@s}]}}}]}", "" },
		{ "{'entries':[{#k,'fields':7}]}", "" },
		/* What all columns depend on stays with them. */
		{ "{'entries':[{@d,'fields':{'x':{'inputs':[{@s,<INDIRECT/SORT>}]}}}]}",
			"n:s > n:d.x SORT; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(job_lineage, cases);
}

static void entries_of_one_target_add_up(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'entries':[{@d,'inputs':[{@a}]},{@d,'inputs':[{@b}]}]}",
			"n:a > n:d UNKNOWN; n:b > n:d UNKNOWN; " },
		{ "{'entries':[{@d,'inputs':[{@a},{@a,<INDIRECT/JOIN>}]}]}",
			"n:a > n:d JOIN+UNKNOWN; " },
		{ "{'entries':[{@d,'fields':{'x':{'inputs':[{@a}]}}},"
		  "{@d,'fields':{'x':{'inputs':[{@b}]}}}]}",
			"n:a > n:d.x UNKNOWN; n:b > n:d.x UNKNOWN; " },
		/* But of repeated members the last counts. */
		{ "{'entries':[{@d,'fields':{'x':{'inputs':[{@a}]},"
		  "'x':{'inputs':[{@b}]}}}]}",
			"n:b > n:d.x UNKNOWN; " },
		{ "{'entries':[{@d,'inputs':[{@a}],'inputs':[{@b}]}]}",
			"n:b > n:d UNKNOWN; " },
		{ "{'entries':[{@d,'inputs':[{@a}]}],'entries':[]}", "" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(job_lineage, cases);
}

static void malformed_entries_of_lineage_are_left_out(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'entries':[null,7,{},{'type':'DATASET','name':'d'},"
		  "{'type':'JOB','name':'k'},{'type':'JOB','namespace':'n'},"
		  "{'type':'TABLE','namespace':'n','name':'d'},"
		  "{'namespace':'n','name':'d'}]}",
			"-8" },
		{ "{'entries':[{@d,'inputs':{}},{@d,'fields':[]},"
		  "{@d,'inputs':null,'fields':null}]}",
			"-2" },
		{ "{'entries':[{@d,'inputs':[null,{'type':'JOB','name':'k'},"
		  "{'type':'DATASET'},{@s}]}]}",
			"n:s > n:d UNKNOWN; -3" },
		{ "{'entries':[{@d,'fields':{'x':null,'y':{},'z':{'inputs':null},"
		  "'w':{'inputs':[]}}}]}",
			"-3" },
		{ "{}", "!/entries" },
		{ "{'entries':null}", "!/entries" },
		{ "{'entries':{}}", "!/entries" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(job_lineage, cases);
}

/* Lists are read behind the names, but their values count once. */
static void a_facet_that_an_event_has_room_for_is_read(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(SMALL, LARGE);
	const size_t count = EVENT_VALUES_MAX / 2 + 1;
	struct ol_flows flows;
	struct fault fault;
	struct buf text;
	char *zeros;

	buf_init(&text, LARGE);
	buf_str(&text, "{\"entries\":[{\"type\":\"JOB\",\"inputs\":[0");
	zeros = buf_reserve(&text, 2 * count);
	assert_non_null(zeros);
	for (size_t i = 0; i < 2 * count; i++)
		zeros[i] = i % 2 ? '0' : ',';
	buf_advance(&text, 2 * count);
	buf_str(&text, "]}]}");
	assert_int_equal(buf_error(&text), 0);
	assert_int_equal(
		facet_reader_json.job_lineage(buf_get(&text), arena, &flows, &fault), 0);
	assert_int_equal(flows.skipped, count + 1);
	buf_fini(&text);
}

static void lineage_of_a_dataset_is_into_itself(void **state)
{
	static const struct facet_case cases[] = {
		{ "{}", "" },
		{ "{'inputs':[{@a}],'fields':{'x':{'inputs':[{@a.y,<DIRECT/"
		  "IDENTITY>}]}}}",
			"n:a > * UNKNOWN; n:a.y > *.x IDENTITY; " },
		/* It has no job of its own. */
		{ "{'inputs':[{#k},{'type':'JOB'},{@a}]}",
			"job n:k > * UNKNOWN; n:a > * UNKNOWN; -1" },
		{ "{'entries':[{@d,'inputs':[{@a}]}]}", "" },
		{ "{'inputs':[{@a}],'inputs':[{@b}]}", "n:b > * UNKNOWN; " },
		{ "{'inputs':null}", "!/inputs" },
		{ "{'inputs':{}}", "!/inputs" },
		{ "{'fields':null}", "!/fields" },
		{ "{'fields':[]}", "!/fields" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(dataset_lineage, cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_a_job_name_their_targets),
		cmocka_unit_test(entries_of_a_job_name_columns),
		cmocka_unit_test(entries_of_one_target_add_up),
		cmocka_unit_test(malformed_entries_of_lineage_are_left_out),
		cmocka_unit_test(a_facet_that_an_event_has_room_for_is_read),
		cmocka_unit_test(lineage_of_a_dataset_is_into_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
