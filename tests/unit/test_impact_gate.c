/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_gate.c - which answers fail, and how
 */
#include "collector/impact_gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collector/cmd.h"

#define PASS	  "verdict=pass; coverage=1.000; complete=true; impacts=0"
#define REVIEW	  "verdict=review; coverage=0.931; complete=true; impacts=12"
#define BLOCK	  "verdict=block; coverage=0.500; complete=false; impacts=12"
#define CUT	  "verdict=review; coverage=0.931; complete=false; impacts=12"
#define HALF_PASS "verdict=pass; coverage=0.500; complete=true; impacts=3"

/* The code with which an answer ends. */
static int code_of(const char *fail_on, const char *min_coverage, const char *outcome)
{
	struct impact_gate gate;
	struct fault fault;
	char why[128];
	int code;

	assert_int_equal(impact_gate_read(fail_on, min_coverage, &gate, &fault), 0);
	code = impact_gate_judge(&gate, outcome, why, sizeof(why));
	assert_int_equal(why[0] != '\0', code != 0);
	return code;
}

static void nothing_fails_unless_asked_to(void **state)
{
	(void)state;
	assert_int_equal(code_of("none", NULL, BLOCK), EXIT_DONE);
	assert_int_equal(code_of(NULL, NULL, CUT), EXIT_DONE);
	assert_int_equal(code_of("none", NULL, ""), EXIT_DONE);
}

static void block_fails_on_block_alone(void **state)
{
	(void)state;
	assert_int_equal(code_of("block", NULL, PASS), EXIT_DONE);
	assert_int_equal(code_of("block", NULL, REVIEW), EXIT_DONE);
	assert_int_equal(code_of("block", NULL, BLOCK), EXIT_BLOCK);
}

static void review_fails_on_both(void **state)
{
	(void)state;
	assert_int_equal(code_of("review", NULL, PASS), EXIT_DONE);
	assert_int_equal(code_of("review", NULL, REVIEW), EXIT_REVIEW);
	assert_int_equal(code_of("review", NULL, BLOCK), EXIT_BLOCK);
}

static void effects_are_handed_on_and_block(void **state)
{
	struct impact_gate gate;
	struct fault fault;

	(void)state;
	assert_int_equal(impact_gate_read("BREAKS,review,STALE", NULL, &gate, &fault), 0);
	assert_string_equal(gate.effects, "BREAKS,STALE");
	assert_true(gate.on_review);
	assert_int_equal(code_of("BREAKS,STALE", NULL, BLOCK), EXIT_BLOCK);
	assert_int_equal(code_of("BREAKS,STALE", NULL, REVIEW), EXIT_DONE);
}

static void too_little_coverage_fails(void **state)
{
	(void)state;
	assert_int_equal(code_of(NULL, "0.9", REVIEW), EXIT_DONE);
	assert_int_equal(code_of(NULL, "0.931", REVIEW), EXIT_DONE);
	assert_int_equal(code_of(NULL, "0.94", REVIEW), EXIT_COVERAGE);
	assert_int_equal(code_of("block", "0.9", HALF_PASS), EXIT_COVERAGE);
	assert_int_equal(code_of(NULL, "0", PASS), EXIT_DONE);
}

static int code_without_a_contract(const char *fail_on, const char *min_coverage)
{
	struct impact_gate gate;
	struct fault fault;
	char why[128];

	assert_int_equal(impact_gate_read(fail_on, min_coverage, &gate, &fault), 0);
	gate.untold = 1;
	return impact_gate_judge(&gate, PASS, why, sizeof(why));
}

static void what_could_not_be_asked_passes_no_gate(void **state)
{
	(void)state;
	assert_int_equal(code_without_a_contract(NULL, NULL), EXIT_DONE);
	assert_int_equal(code_without_a_contract("review", NULL), EXIT_COVERAGE);
	assert_int_equal(code_without_a_contract("BREAKS", NULL), EXIT_COVERAGE);
	assert_int_equal(code_without_a_contract(NULL, "0"), EXIT_COVERAGE);
}

static void what_was_cut_passes_no_gate(void **state)
{
	(void)state;
	assert_int_equal(code_of(NULL, "0", CUT), EXIT_COVERAGE);
	assert_int_equal(code_of("block", NULL, CUT), EXIT_COVERAGE);
	assert_int_equal(code_of("review", NULL, CUT), EXIT_COVERAGE);
}

static void block_counts_more_than_coverage_and_that_more_than_review(void **state)
{
	(void)state;
	assert_int_equal(code_of("review", "0.9", BLOCK), EXIT_BLOCK);
	assert_int_equal(code_of("review", "0.99", REVIEW), EXIT_COVERAGE);
	assert_int_equal(code_of(NULL, "0.9", BLOCK), EXIT_COVERAGE);
}

static void an_answer_that_tells_no_verdict_passes_no_gate(void **state)
{
	(void)state;
	assert_int_equal(code_of("block", NULL, ""), EXIT_NOT_ASKED);
	assert_int_equal(code_of(NULL, "0.1", "verdict=pass"), EXIT_NOT_ASKED);
	assert_int_equal(
		code_of("block", NULL, "verdict=pass; coverage=x"), EXIT_NOT_ASKED);
	assert_int_equal(code_of("block", NULL, "verdict=; coverage=1; complete=true"),
		EXIT_NOT_ASKED);
}

static void assert_refused(const char *fail_on, const char *min, const char *why)
{
	struct impact_gate gate;
	struct fault fault;

	assert_int_equal(impact_gate_read(fail_on, min, &gate, &fault), ERR_INVALID);
	assert_string_equal(fault.why, why);
}

static void wrong_gates_are_refused(void **state)
{
	(void)state;
	assert_refused("block,none", NULL, "none does not go with others");
	assert_refused("block,", NULL, "has an empty word");
	assert_refused("", NULL, "has an empty word");
	assert_refused(NULL, "1.1", "must be between 0 and 1");
	assert_refused(NULL, "-0.1", "must be between 0 and 1");
	assert_refused(NULL, "nan", "must be between 0 and 1");
	assert_refused(NULL, "0.9x", "must be between 0 and 1");
	assert_refused(NULL, "", "must be between 0 and 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_fails_unless_asked_to),
		cmocka_unit_test(block_fails_on_block_alone),
		cmocka_unit_test(review_fails_on_both),
		cmocka_unit_test(effects_are_handed_on_and_block),
		cmocka_unit_test(too_little_coverage_fails),
		cmocka_unit_test(what_could_not_be_asked_passes_no_gate),
		cmocka_unit_test(what_was_cut_passes_no_gate),
		cmocka_unit_test(
			block_counts_more_than_coverage_and_that_more_than_review),
		cmocka_unit_test(an_answer_that_tells_no_verdict_passes_no_gate),
		cmocka_unit_test(wrong_gates_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
