/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_facet_checks.c - which columns a job is known to read by its assertions
 */
#include "tests/unit/facet_case.h"

static int checks(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_flows said;
	int r = facet_reader_json.checks(bytes, arena, &said, fault);

	if (!r)
		put_flows(out, &said);
	return r;
}

static void a_column_that_is_asserted_flows_into_the_job(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'assertions':[{'assertion':'not_null','success':true,'column':'x'}]}",
			"*.x > job * CONDITIONAL; " },
		{ "{'assertions':[{'column':'x','success':false},{'column':'a.b'}]}",
			"*.x > job * CONDITIONAL; *.a.b > job * CONDITIONAL; " },
		{ "{'assertions':[{'column':'x'},{'column':'x'}]}",
			"*.x > job * CONDITIONAL; " },
		{ "{'assertions':[{'column':'\\u0078'},{'column':''}]}",
			"*.x > job * CONDITIONAL; *. > job * CONDITIONAL; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(checks, cases);
}

static void an_assertion_about_no_column_says_nothing(void **state)
{
	static const struct facet_case cases[] = {
		{ "{}", "" },
		{ "{'assertions':[]}", "" },
		{ "{'assertions':[{'assertion':'row_count','success':true}]}", "" },
		{ "{'assertions':[{'column':null},{}]}", "" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(checks, cases);
}

static void what_is_no_assertion_is_left_out_and_counted(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'assertions':[5,null,{'column':'x'}]}",
			"*.x > job * CONDITIONAL; -2" },
		{ "{'assertions':[{'column':5},{'column':['x']}]}", "-2" },
		{ "{'assertions':[{'column':5,'column':'x'}]}",
			"*.x > job * CONDITIONAL; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(checks, cases);
}

static void assertions_that_are_no_list_are_malformed(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'assertions':null}", "!/assertions" },
		{ "{'assertions':{}}", "!/assertions" },
		{ "{'assertions':[{'column':'x'}],'assertions':[]}", "" },
		{ "[]", "!" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(checks, cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_column_that_is_asserted_flows_into_the_job),
		cmocka_unit_test(an_assertion_about_no_column_says_nothing),
		cmocka_unit_test(what_is_no_assertion_is_left_out_and_counted),
		cmocka_unit_test(assertions_that_are_no_list_are_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
