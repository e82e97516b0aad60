/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_action.c - every impact has a sentence about what to do
 */
#include "api/impact_action.h"

#include "api/impact_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint16_t rule(const char *text)
{
	uint16_t i = 0;

	while (impact_rule_text(i) && strcmp(impact_rule_text(i), text) != 0)
		i++;
	assert_non_null(impact_rule_text(i));
	return i;
}

struct impact_case {
	const char *rule;
	enum impact_effect effect;
	enum node_kind kind;
	enum impact_op op;
	uint32_t classes; /* of the edge into it */
};

static const char *action(const struct impact_case *what)
{
	const struct impact_step step = { .classes = what->classes,
		.rule = rule(what->rule) };
	const struct impact impact = { .effect = what->effect, .because = &step };
	const struct impact_change change = { .op = what->op };

	return impact_action(&impact, what->kind, &change);
}

static const enum node_kind kinds[] = { NODE_DATASET, NODE_JOB, NODE_FIELD };

static void assert_sentences(struct impact_case what)
{
	for (int op = 0; op < IMPACT_OPS; op++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			const char *text;

			what.op = (enum impact_op)op;
			what.kind = kinds[k];
			text = action(&what);
			assert_int_equal(text[strlen(text) - 1], '.');
			assert_string_not_equal(text, "Have a look at it.");
		}
	}
}

static void every_effect_by_every_rule_has_a_sentence(void **state)
{
	(void)state;
	for (uint16_t i = 0; impact_rule_text(i); i++) {
		for (size_t e = 0; e < IMPACT_EFFECTS; e++)
			assert_sentences(
				(struct impact_case){ .rule = impact_rule_text(i),
					.effect = impact_effects[e] });
	}
}

static void a_job_that_only_checks_a_column_is_told_so(void **state)
{
	struct impact_case what = { "fail/reader", EFFECT_BREAKS, NODE_JOB,
		OP_DROP_COLUMN, CLASS_CONDITIONAL | CLASS_UNMASKED };

	(void)state;
	assert_string_equal(action(&what),
		"Remove or change its checks of this column before the change.");
	/* A condition of its own lineage is none of these. */
	what.classes |= CLASS_FORM_COLUMNS;
	assert_string_equal(
		action(&what), "Edit this job before the change: it reads the column.");
}

static void who_writes_is_told_what_to_write(void **state)
{
	struct impact_case what = { "fail/writer", EFFECT_BREAKS, NODE_JOB,
		OP_ADD_REQUIRED, 0 };

	(void)state;
	assert_string_equal(action(&what),
		"Make this job write the new column, or give the column a default.");
	what.op = OP_SET_NOT_NULL;
	assert_string_equal(action(&what),
		"Make this job write a value of the column in every row, before the "
		"change.");
}

static void what_is_only_stale_needs_no_edit(void **state)
{
	struct impact_case what = { "stale/below", EFFECT_STALE, NODE_DATASET,
		OP_DROP_COLUMN, 0 };

	(void)state;
	assert_string_equal(action(&what),
		"Nothing to edit: it is refreshed again once the job above it is "
		"mended.");
	what.op = OP_DROP_DATASET;
	assert_string_equal(action(&what),
		"Give it another source, or retire it: a dataset above it goes.");
}

static void what_is_renamed_is_taken_by_its_new_name(void **state)
{
	static const char *const rules[] = { "drop/IDENTITY/sole", "drop/FILTER",
		"values/IDENTITY" };
	static const enum impact_effect effects[] = { EFFECT_BREAKS, EFFECT_CHANGES_ROWS,
		EFFECT_CHANGES_VALUES };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct impact_case what = { rules[i], effects[i], NODE_FIELD,
			OP_RENAME_COLUMN, 0 };

		assert_string_equal(action(&what),
			"Take the column by its new name in the job that reads it: "
			"nothing changes here then.");
		what.op = OP_DROP_COLUMN;
		assert_string_not_equal(action(&what),
			"Take the column by its new name in the job that reads it: "
			"nothing changes here then.");
	}
}

static void a_type_that_nobody_understands_is_not_blamed_on_the_lineage(void **state)
{
	struct impact_case what = { "opaque/reader", EFFECT_UNKNOWN, NODE_JOB,
		OP_ALTER_TYPE, CLASS_IDENTITY | CLASS_UNMASKED | CLASS_FORM_COLUMNS };

	(void)state;
	assert_string_equal(action(&what),
		"Ask the owner whether this job can take the new type: one of the types "
		"is not understood.");
	what.classes = 0;
	assert_string_equal(action(&what),
		"Ask the owner whether this job uses the column: it tells no column "
		"lineage.");
}

static void what_goes_with_the_column_around_it_is_done_with_that(void **state)
{
	struct impact_case what = { "nested/in", EFFECT_BREAKS, NODE_FIELD,
		OP_DROP_COLUMN, 0 };

	(void)state;
	assert_string_equal(action(&what), "Do here what is done with the column that it "
					   "is in: it goes, or changes, "
					   "with that.");
	what.rule = "nested/around";
	what.effect = EFFECT_CHANGES_SCHEMA;
	assert_string_equal(action(&what),
		"Change the type here as well, or cast in the job that writes it.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_effect_by_every_rule_has_a_sentence),
		cmocka_unit_test(a_job_that_only_checks_a_column_is_told_so),
		cmocka_unit_test(who_writes_is_told_what_to_write),
		cmocka_unit_test(what_is_only_stale_needs_no_edit),
		cmocka_unit_test(what_is_renamed_is_taken_by_its_new_name),
		cmocka_unit_test(
			a_type_that_nobody_understands_is_not_blamed_on_the_lineage),
		cmocka_unit_test(what_goes_with_the_column_around_it_is_done_with_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
