/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_exposure.c - where the values of tagged columns can be read
 */
#include "graph/exposure.h"

#include "tests/unit/answer_words.h"

static struct exposure_query ask(const char *tag)
{
	return (struct exposure_query){
		.tag = slice_from(tag),
		.graph = { .observed = true, .declared = true, .inferred = true },
		.opaque_max = 10,
	};
}

static struct exposures find(struct world *w, const struct exposure_query *query)
{
	struct exposures out;

	(void)see(w);
	assert_int_equal(exposure_find(&w->snapshot, query, w->arena, &out), 0);
	return out;
}

/* "b.x exposed/1, c unknown/2"; until the next call. */
static const char *in_words(struct world *w, const struct exposures *answer)
{
	buf_clear(&w->text);
	for (size_t i = 0; i < answer->count; i++) {
		const struct exposure *exposure = &answer->list[i];
		char word[WORD_MAX];

		buf_printf(&w->text, "%s%s %s/%u", i ? ", " : "",
			node_word(w, exposure->node, word), exposure_text(exposure->kind),
			exposure->depth);
	}
	return words_text(w);
}

static const char *exposed(struct world *w, const char *tag)
{
	const struct exposure_query query = ask(tag);
	const struct exposures answer = find(w, &query);

	return in_words(w, &answer);
}

static void values_are_followed_to_the_end(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY;a.y>*.v]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.u>*.n:AGGREGATION]");
	assert_string_equal(exposed(w, "pii"), "b.u exposed/1, c.n exposed/2");
	assert_string_equal(exposed(w, "secret"), "");
}

static void a_mask_ends_it_and_is_told(void **state)
{
	struct world *w = *state;
	const struct exposure_query query = ask("pii");
	struct exposures answer;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > "
		"b[columnLineage=a.x>*.h:TRANSFORMATION+MASKED;a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 K b > "
		"c[columnLineage=b.h>*.h:IDENTITY;b.u>*.u:IDENTITY+MASKED]");
	assert_string_equal(
		exposed(w, "pii"), "b.u exposed/1, b.h masked/1, c.u masked/2");
	answer = find(w, &query);
	assert_int_equal(answer.counts[EXPOSURE_CLEAR], 1);
	assert_int_equal(answer.counts[EXPOSURE_MASKED], 2);
	assert_false(answer.lower_bound);
}

static void a_way_around_the_mask_exposes(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.h:IDENTITY+MASKED]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "run R3 COMPLETE 7 L c > b[columnLineage=c.u>*.h:IDENTITY]");
	assert_string_equal(exposed(w, "pii"), "c.u exposed/1, b.h exposed/2");
}

static void a_filter_carries_no_values_unless_that_is_asked_for(void **state)
{
	struct world *w = *state;
	struct exposure_query query = ask("pii");
	struct exposures answer;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.y>*.v:IDENTITY;a.x>*:FILTER]");
	assert_string_equal(exposed(w, "pii"), "");
	query.indirect = true;
	answer = find(w, &query);
	assert_string_equal(in_words(w, &answer), "b exposed/1");
}

static void a_tagged_dataset_is_all_of_its_columns(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[tags=pii]");
	tell(w, "run R1 COMPLETE 5 J a,s > b[columnLineage=a.x>*.u;a.y>*.v;s.z>*.w]");
	assert_string_equal(exposed(w, "pii"), "b.u exposed/1, b.v exposed/1");
}

static void a_tagged_column_is_the_fields_in_it_and_those_around_it(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[tags=s.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.s.t>*.u]");
	assert_string_equal(exposed(w, "pii"), "a.s.t exposed/0, b.u exposed/1");
	tell(w, "dataset 1 p[tags=s.t.pin]");
	tell(w, "run R2 COMPLETE 5 K p > q[columnLineage=p.s>*.v;p.s.u>*.w]");
	assert_string_equal(exposed(w, "pin"), "p.s exposed/0, q.v exposed/1");
}

static void values_that_come_in_a_column_are_in_its_fields(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.s]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.s.t>*.u]");
	tell(w, "run R3 COMPLETE 7 L c > d[columnLineage=c.u>*.s.t;c.z>*.s.u]");
	tell(w, "run R4 COMPLETE 8 M d > e[columnLineage=d.s>*.v;d.s.u>*.w]");
	assert_string_equal(exposed(w, "pii"),
		"b.s exposed/1, b.s.t exposed/1, c.u exposed/2, d.s.t exposed/3, "
		"d.s exposed/3, e.v exposed/4");
}

static void a_tag_is_found_with_its_value_and_without(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[tags=level:3]");
	tell(w, "dataset 1 z[tags=level:4;levels]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 5 K z > c[columnLineage=z.x>*.u]");
	assert_string_equal(exposed(w, "level=3"), "b.u exposed/1");
	assert_string_equal(exposed(w, "level"), "b.u exposed/1, c.u exposed/1");
	assert_string_equal(exposed(w, "levels"), "c.u exposed/1");
	assert_string_equal(exposed(w, "leve"), "");
}

static void what_is_tagged_itself_is_told_apart(void **state)
{
	struct world *w = *state;
	const struct exposure_query query = ask("pii");
	struct exposures answer;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "dataset 1 b[tags=u.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v]");
	answer = find(w, &query);
	assert_string_equal(in_words(w, &answer), "b.u exposed/1, b.v exposed/1");
	assert_int_equal(answer.source_count, 2);
	assert_true(answer.list[0].tagged);
	assert_false(answer.list[1].tagged);
}

static void a_job_that_tells_no_columns_is_to_blame_for_what_is_unknown(void **state)
{
	struct world *w = *state;
	const struct exposure_query query = ask("pii");
	struct exposures answer;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.u>*.u:IDENTITY;b.v>*:FILTER;"
		"b.u>*.m:IDENTITY+MASKED]");
	answer = find(w, &query);
	assert_string_equal(
		in_words(w, &answer), "J unknown/1, b unknown/1, c.u unknown/2");
	assert_int_equal(answer.opaque_hops, 1);
	assert_int_equal(answer.opaque[0].job, word_node(w, "J"));
	assert_int_equal(answer.opaque[0].target, word_node(w, "b"));
	assert_true(answer.lower_bound);
}

static void each_exposure_has_its_path(void **state)
{
	struct world *w = *state;
	const struct exposure_query query = ask("pii");
	const struct impact_step *step;
	struct exposures answer;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:TRANSFORMATION]");
	tell(w, "job 6 K b > c[columnLineage=b.u>*.v:IDENTITY]");
	answer = find(w, &query);
	assert_int_equal(answer.count, 2);
	assert_int_equal(answer.list[1].certainty, CERTAIN_DECLARED);
	step = answer.list[1].because;
	assert_int_equal(step->node, word_node(w, "c.v"));
	assert_int_equal(step->from->node, word_node(w, "b.u"));
	assert_int_equal(step->from->classes,
		CLASS_TRANSFORMATION | CLASS_UNMASKED | CLASS_FORM_COLUMNS);
	assert_int_equal(step->from->from->node, word_node(w, "a.x"));
	assert_null(step->from->from->from);
}

static void other_names_of_a_tagged_dataset_are_it(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 alias[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	assert_string_equal(exposed(w, "pii"), "");
	tell(w, "dataset 7 a[symlinks=alias]");
	assert_string_equal(exposed(w, "pii"), "b.u exposed/1");
}

static void flows_of_then_are_followed_as_of_then(void **state)
{
	struct world *w = *state;
	struct exposure_query query = ask("pii");
	struct exposures answer;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "run R2 COMPLETE 9 J a > b[columnLineage=a.x>*.u:IDENTITY+MASKED]");
	assert_string_equal(exposed(w, "pii"), "b.u masked/1");
	query.graph.time = LINEAGE_AS_OF;
	query.graph.as_of_us = 7;
	answer = find(w, &query);
	assert_string_equal(in_words(w, &answer), "b.u exposed/1");
}

static void a_tag_that_was_taken_away_exposes_nothing(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "dataset 9 a[tags=y.pii]");
	assert_string_equal(exposed(w, "pii"), "");
}

static void an_answer_that_was_cut_says_so(void **state)
{
	struct world *w = *state;
	struct exposure_query query = ask("pii");
	struct exposures answer;

	tell(w, "dataset 1 a[tags=x.pii]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u:IDENTITY]");
	tell(w, "run R2 COMPLETE 5 K b > c[columnLineage=b.u>*.u:IDENTITY]");
	query.graph.budget_edges = 1;
	answer = find(w, &query);
	assert_int_equal(answer.cut, CUT_BUDGET);
	assert_true(answer.lower_bound);
	query.graph.budget_edges = 0;
	query.graph.deadline_us = 1;
	answer = find(w, &query);
	assert_int_equal(answer.cut, CUT_DEADLINE);
}

static void questions_that_make_no_sense_are_refused(void **state)
{
	struct world *w = *state;
	struct exposure_query query = ask("");
	struct exposures out;

	tell(w, "dataset 1 a[tags=x.pii]");
	(void)see(w);
	assert_int_equal(
		exposure_find(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
	query = ask("pii");
	query.graph.observed = query.graph.declared = query.graph.inferred = false;
	assert_int_equal(
		exposure_find(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
	query = ask("pii");
	query.graph.time = LINEAGE_WINDOW;
	query.graph.from_us = 1;
	assert_int_equal(
		exposure_find(&w->snapshot, &query, w->arena, &out), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(values_are_followed_to_the_end),
		WORLD_TEST(a_mask_ends_it_and_is_told),
		WORLD_TEST(a_way_around_the_mask_exposes),
		WORLD_TEST(a_filter_carries_no_values_unless_that_is_asked_for),
		WORLD_TEST(a_tagged_dataset_is_all_of_its_columns),
		WORLD_TEST(a_tagged_column_is_the_fields_in_it_and_those_around_it),
		WORLD_TEST(values_that_come_in_a_column_are_in_its_fields),
		WORLD_TEST(a_tag_is_found_with_its_value_and_without),
		WORLD_TEST(what_is_tagged_itself_is_told_apart),
		WORLD_TEST(a_job_that_tells_no_columns_is_to_blame_for_what_is_unknown),
		WORLD_TEST(each_exposure_has_its_path),
		WORLD_TEST(other_names_of_a_tagged_dataset_are_it),
		WORLD_TEST(flows_of_then_are_followed_as_of_then),
		WORLD_TEST(a_tag_that_was_taken_away_exposes_nothing),
		WORLD_TEST(an_answer_that_was_cut_says_so),
		WORLD_TEST(questions_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
