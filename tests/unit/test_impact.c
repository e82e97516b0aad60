/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact.c - how changes of columns go on, rule by rule
 */
#include "tests/unit/impact_words.h"

/* ---- the table ---- */

/* As docs/IMPACT.md draws it: B breaks, R rows, V values, S schema, U unaffected, ?.
 */
static const struct {
	struct impact_change change;
	const char *effects;
} table[] = {
	{ { .op = OP_DROP_COLUMN }, "BBB RRR VVU" },
	{ { .op = OP_RENAME_COLUMN }, "BBB RRR VVU" },
	{ { .op = OP_ALTER_TYPE, .types.change = TYPES_WIDENED }, "SSS UVU UUU" },
	{ { .op = OP_ALTER_TYPE, .types = { .change = TYPES_WIDENED, .grain = true } },
		"SSS URR UUU" },
	{ { .op = OP_ALTER_TYPE, .types.change = TYPES_LOSSY }, "VVV RRR VVV" },
	{ { .op = OP_ALTER_TYPE, .types.change = TYPES_NARROWED }, "VVV RRR VVV" },
	{ { .op = OP_ALTER_TYPE, .types.change = TYPES_INCOMPATIBLE }, "SBB BBR VBV" },
	{ { .op = OP_ALTER_TYPE, .types.change = TYPES_UNKNOWN },
		"\?\?\? \?\?\? \?\?\?" },
	{ { .op = OP_SET_NULLABLE }, "SVV RRR VVU" },
	{ { .op = OP_CHANGE_MEANING }, "VVV RRR VVU" },
	{ { .op = OP_MASK_COLUMN }, "VVV RRR VVU" },
	{ { .op = OP_SET_NOT_NULL }, "--- --- ---" },
	{ { .op = OP_ADD_COLUMN }, "--- --- ---" },
	{ { .op = OP_ALTER_TYPE, .types.change = TYPES_SAME }, "--- --- ---" },
	{ { .op = OP_RENAME_COLUMN, .aliased = true }, "--- --- ---" },
};

static const uint32_t classes[] = { CLASS_IDENTITY, CLASS_TRANSFORMATION,
	CLASS_AGGREGATION, 0, CLASS_FILTER, CLASS_JOIN, CLASS_GROUP_BY, 0, CLASS_WINDOW,
	CLASS_CONDITIONAL, CLASS_SORT };

static char letter(enum impact_effect effect)
{
	switch (effect) {
	case EFFECT_NONE:
		return '-';
	case EFFECT_UNAFFECTED:
		return 'U';
	case EFFECT_UNKNOWN:
		return '?';
	case EFFECT_STALE:
		return 'T';
	case EFFECT_CHANGES_SCHEMA:
		return 'S';
	case EFFECT_CHANGES_VALUES:
		return 'V';
	case EFFECT_CHANGES_ROWS:
		return 'R';
	case EFFECT_BREAKS:
		return 'B';
	}
	return ' ';
}

/* The effect on what takes from a by one class: d of dataset 2, or all of it. */
static char effect_of_cell(struct world *w, struct impact_change change, size_t cell)
{
	struct impact_query query = ask(&change, 1);
	struct impact_answer answer;
	bool direct = cell < 3;

	query.typed = never_typed;
	query.mirrors = never_mirrors;
	change.dataset = 1;
	change.field = A;
	classify(w, "a>d", direct ? classes[cell] : CLASS_IDENTITY);
	classify(w, "a>2", direct ? CLASS_SORT : classes[cell]);
	answer = find(w, &query);
	for (size_t i = 0; i < answer.count; i++) {
		if (answer.list[i].node == (direct ? drawn_id('d') : 2) &&
			answer.list[i].horizon == HORIZON_FIX_FORWARD)
			return letter(answer.list[i].effect);
	}
	return '-';
}

static void every_cell_of_the_table_has_its_effect(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d a>d a>2");
	for (size_t row = 0; row < ARRAY_LEN(table); row++) {
		for (size_t cell = 0; cell < ARRAY_LEN(classes); cell++) {
			char wanted = table[row].effects[cell];
			char effect = wanted;

			if (classes[cell])
				effect = effect_of_cell(w, table[row].change, cell);
			if (effect != wanted)
				fail_msg("row %zu, cell %zu: %c, not %c", row, cell,
					effect, wanted);
		}
	}
}

static void an_unknown_subtype_is_the_strongest_of_its_type(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d a>d a>2");
	classify(w, "a>d", CLASS_OTHER_DIRECT);
	classify(w, "a>2", CLASS_OTHER_INDIRECT);
	assert_string_equal(
		forward(w, retype_a(TYPES_INCOMPATIBLE)), "2 BREAKS/1, d BREAKS/1");
}

static void what_tells_no_class_is_a_transformation_and_less_certain(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d a>d");
	assert_string_equal(forward(w, change_a(OP_SET_NULLABLE)), "d CHANGES_VALUES/1");
	assert_int_equal(
		first_of(w, change_a(OP_SET_NULLABLE)).certainty, CERTAIN_DECLARED);
	classify(w, "a>d", CLASS_TRANSFORMATION);
	assert_int_equal(
		first_of(w, change_a(OP_SET_NULLABLE)).certainty, CERTAIN_OBSERVED);
}

/* ---- columns that go ---- */

static void a_column_with_another_source_changes_and_goes_with_both(void **state)
{
	struct world *w = *state;
	const struct impact_change both[] = {
		change_a(OP_DROP_COLUMN),
		{ .op = OP_DROP_COLUMN, .dataset = 1, .field = A + 1 },
	};
	const struct impact_query query = ask(both, 2);
	struct impact_answer answer;

	draw(w, "1.a 1.b 2.d 3.e a>d b>d d>e");
	assert_string_equal(
		forward(w, both[0]), "d CHANGES_VALUES/1, e CHANGES_VALUES/2");
	answer = find(w, &query);
	assert_string_equal(
		words(&answer, HORIZON_FIX_FORWARD), "d BREAKS/1, e BREAKS/2");
}

static void a_column_with_its_own_past_as_source_goes_all_the_same(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d a>d d>d");
	assert_string_equal(forward(w, change_a(OP_DROP_COLUMN)), "d BREAKS/1");
}

static void a_filter_is_no_source_that_would_keep_a_column(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 3.e a>d e>d");
	classify(w, "e>d", CLASS_FILTER);
	assert_string_equal(forward(w, change_a(OP_DROP_COLUMN)), "d BREAKS/1");
}

static void an_incompatible_type_is_passed_on_until_a_typed_column(void **state)
{
	struct world *w = *state;
	struct impact_change change = retype_a(TYPES_INCOMPATIBLE);
	struct impact_query query = ask(&change, 1);
	struct impact_answer answer;

	draw(w, "1.a 2.d 3.e a>d d>e");
	classify(w, "a>d", CLASS_IDENTITY);
	classify(w, "d>e", CLASS_IDENTITY);
	assert_string_equal(forward(w, change), "d BREAKS/1, e CHANGES_VALUES/2");
	query.typed = never_typed;
	answer = find(w, &query);
	assert_string_equal(words(&answer, HORIZON_FIX_FORWARD),
		"d CHANGES_SCHEMA/1, e CHANGES_SCHEMA/2");
}

/* ---- composition ---- */

static void rows_that_change_change_the_rows_of_all_below(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 2.e 3.f 4.g a>2 d>f f>g");
	classify(w, "a>2", CLASS_FILTER);
	classify(w, "d>f", CLASS_IDENTITY);
	assert_string_equal(forward(w, change_a(OP_MASK_COLUMN)),
		"2 CHANGES_ROWS/1, 3 CHANGES_ROWS/2, 4 CHANGES_ROWS/3");
}

static void values_of_all_columns_go_on_by_each_of_them(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 2.e 3.f 4.g a>2 d>f e>4");
	classify(w, "a>2", CLASS_WINDOW);
	classify(w, "d>f", CLASS_IDENTITY);
	classify(w, "e>4", CLASS_JOIN);
	assert_string_equal(forward(w, change_a(OP_DROP_COLUMN)),
		"4 CHANGES_ROWS/2, 2 CHANGES_VALUES/1, f CHANGES_VALUES/2");
}

static void a_nullable_column_changes_values_behind_a_transformation(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 3.e 4.f a>d d>e e>f");
	classify(w, "a>d", CLASS_IDENTITY);
	classify(w, "d>e", CLASS_TRANSFORMATION);
	classify(w, "e>f", CLASS_IDENTITY);
	assert_string_equal(forward(w, change_a(OP_SET_NULLABLE)),
		"e CHANGES_VALUES/2, f CHANGES_VALUES/3, d CHANGES_SCHEMA/1");
}

static void what_takes_from_the_whole_takes_from_any_column(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 1>d");
	assert_string_equal(forward(w, change_a(OP_DROP_COLUMN)), "d CHANGES_VALUES/1");
}

static void a_masking_hop_is_remembered_unless_there_is_a_clear_way(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 3.e 4.f a>d d>e");
	mask(w, "a>d", CLASS_IDENTITY);
	classify(w, "d>e", CLASS_IDENTITY);
	assert_true(first_of(w, change_a(OP_CHANGE_MEANING)).masked);
	draw_edge(w, A, '>', drawn_id('f'));
	classify(w, "f>d", CLASS_IDENTITY);
	assert_false(first_of(w, change_a(OP_CHANGE_MEANING)).masked);
}

static void cycles_end(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.d 3.e a>d d>e e>d e>a");
	assert_string_equal(forward(w, change_a(OP_CHANGE_MEANING)),
		"d CHANGES_VALUES/1, e CHANGES_VALUES/2");
}

static void aliases_are_one_node(void **state)
{
	struct world *w = *state;

	draw(w, "1.a 2.b 3.d 1:2 a:b b>d");
	assert_string_equal(forward(w, change_a(OP_DROP_COLUMN)), "d BREAKS/1");
	assert_string_equal(forward(w, (struct impact_change){ .op = OP_DROP_COLUMN,
					       .dataset = 2,
					       .field = A + 1 }),
		"d BREAKS/1");
}

/* ---- the answer ---- */

static void each_effect_is_explained_by_a_shortest_path(void **state)
{
	struct world *w = *state;
	struct impact_change change = change_a(OP_DROP_COLUMN);
	struct impact_query query = ask(&change, 1);
	struct impact_answer answer;
	const struct impact_step *step;

	draw(w, "1.a 2.d 3.e 4.f a>d d>e e>f d>f");
	classify(w, "d>e", CLASS_IDENTITY);
	answer = find(w, &query);
	step = answer.list[1].because;
	assert_int_equal(answer.list[1].node, drawn_id('e'));
	assert_string_equal(impact_rule_text(step->rule), "drop/IDENTITY/sole");
	assert_int_equal(step->classes, CLASS_IDENTITY | CLASS_UNMASKED);
	assert_int_equal(step->from->node, drawn_id('d'));
	assert_int_equal(step->from->from->node, A);
	assert_string_equal(impact_rule_text(step->from->from->rule), "change");
	assert_null(step->from->from->from);
}

static void rules_have_names_and_an_end(void **state)
{
	uint16_t count = 0;

	(void)state;
	while (impact_rule_text(count))
		count++;
	assert_int_equal(count, 1 + 99 + 17);
	assert_string_equal(impact_rule_text(1), "drop/IDENTITY");
	assert_string_equal(impact_rule_text(9), "drop/SORT");
	assert_string_equal(impact_op_text(OP_RENAME_DATASET), "rename_dataset");
}

static void a_walk_that_was_cut_says_so_and_proves_nothing(void **state)
{
	struct world *w = *state;
	struct impact_change change = change_a(OP_DROP_COLUMN);
	struct impact_query query = ask(&change, 1);
	struct impact_answer answer;

	draw(w, "1.a 1.b 2.d 3.e 4.f 1>A A=2 A=3 a>d d>f b>e");
	query.graph.budget_edges = 2;
	answer = find(w, &query);
	assert_int_equal(answer.cut, CUT_BUDGET);
	assert_true(answer.coverage.lower_bound);
	assert_null(strstr(words(&answer, HORIZON_FIX_FORWARD), "UNAFFECTED"));
	query.graph.budget_edges = 0;
	query.graph.deadline_us = 1;
	assert_int_equal(find(w, &query).cut, CUT_DEADLINE);
}

static void only_the_evidence_asked_for_counts(void **state)
{
	struct world *w = *state;
	struct impact_change change = change_a(OP_DROP_COLUMN);
	struct impact_query query = ask(&change, 1);
	struct impact_answer answer;

	draw(w, "1.a 2.d a>d");
	query.graph.observed = false;
	answer = find(w, &query);
	assert_string_equal(words(&answer, HORIZON_FIX_FORWARD), "");
}

static void questions_that_make_no_sense_are_refused(void **state)
{
	struct world *w = *state;
	struct impact_change change = change_a(OP_DROP_COLUMN);
	struct impact_query query = ask(&change, 0);
	struct impact_answer out;

	draw(w, "1.a 2.d");
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
	query.change_count = 1;
	change.dataset = 2; /* a is none of its fields */
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
	change.dataset = 11;
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
	change = change_a(OP_DROP_COLUMN);
	query.graph = (struct lineage_query){ 0 };
	assert_int_equal(impact_find(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IMPACT_TEST(every_cell_of_the_table_has_its_effect),
		IMPACT_TEST(an_unknown_subtype_is_the_strongest_of_its_type),
		IMPACT_TEST(what_tells_no_class_is_a_transformation_and_less_certain),
		IMPACT_TEST(a_column_with_another_source_changes_and_goes_with_both),
		IMPACT_TEST(a_column_with_its_own_past_as_source_goes_all_the_same),
		IMPACT_TEST(a_filter_is_no_source_that_would_keep_a_column),
		IMPACT_TEST(an_incompatible_type_is_passed_on_until_a_typed_column),
		IMPACT_TEST(rows_that_change_change_the_rows_of_all_below),
		IMPACT_TEST(values_of_all_columns_go_on_by_each_of_them),
		IMPACT_TEST(a_nullable_column_changes_values_behind_a_transformation),
		IMPACT_TEST(what_takes_from_the_whole_takes_from_any_column),
		IMPACT_TEST(a_masking_hop_is_remembered_unless_there_is_a_clear_way),
		IMPACT_TEST(cycles_end),
		IMPACT_TEST(aliases_are_one_node),
		IMPACT_TEST(each_effect_is_explained_by_a_shortest_path),
		IMPACT_TEST(rules_have_names_and_an_end),
		IMPACT_TEST(a_walk_that_was_cut_says_so_and_proves_nothing),
		IMPACT_TEST(only_the_evidence_asked_for_counts),
		IMPACT_TEST(questions_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
