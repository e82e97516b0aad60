/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_planned.c - who stands in the way of a planned change
 *
 * Readers are written "NODE by JOB FIRST-LAST", with = in front when they read
 * now as at the registration, - when they have stopped, + when they began since
 * and ~ when that is over again; with * behind it when they read the whole.
 */

#include "graph/planned.h"
#include "tests/unit/answer_words.h"

#include "base/clock.h"

static struct planned get(struct world *w, const char *dataset, const char *id)
{
	struct planned planned;

	arena_reset(w->arena);
	(void)see(w);
	assert_int_equal(planned_get(&w->snapshot, word_node(w, dataset), slice_from(id),
				 w->arena, &planned),
		0);
	return planned;
}

static struct planned_answer read_planned(
	struct world *w, const char *dataset, const char *id)
{
	struct planned planned = get(w, dataset, id);
	struct planned_query query = { .change = &planned };
	struct planned_answer answer;

	assert_int_equal(planned_read(&w->snapshot, &query, w->arena, &answer), 0);
	assert_true(answer.complete);
	return answer;
}

static void put_reader(struct world *w, const struct planned_reader *reader)
{
	const char *mark = reader->was	 ? reader->now ? "=" : "-"
			   : reader->now ? "+"
					 : "~";
	char word[WORD_MAX];

	buf_printf(&w->text, "%s%s%s", mark, node_word(w, reader->node, word),
		reader->whole ? "*" : "");
	if (reader->job)
		buf_printf(&w->text, " by %s", node_word(w, reader->job, word));
	buf_printf(&w->text, " %d-%d;", (int)reader->first_us, (int)reader->last_us);
}

static void check_counts(const struct planned_op *op)
{
	size_t was = 0;
	size_t now = 0;
	size_t both = 0;

	for (size_t i = 0; i < op->reader_count; i++) {
		was += op->readers[i].was;
		now += op->readers[i].now;
		both += op->readers[i].was && op->readers[i].now;
	}
	assert_int_equal(op->was, was);
	assert_int_equal(op->now, now);
	assert_int_equal(op->stopped, was - both);
	assert_int_equal(op->began, op->reader_count - was);
}

/* The readers of all operations, those of one in a pair of parentheses. */
static const char *readers(struct world *w, const char *dataset, const char *id)
{
	struct planned_answer answer = read_planned(w, dataset, id);

	buf_clear(&w->text);
	for (size_t i = 0; i < answer.op_count; i++) {
		const struct planned_op *op = &answer.ops[i];

		buf_byte(&w->text, '(');
		for (size_t k = 0; k < op->reader_count; k++)
			put_reader(w, &op->readers[k]);
		buf_byte(&w->text, ')');
		check_counts(op);
	}
	return words_text(w);
}

static enum planned_safe safe(struct world *w, const char *dataset, const char *id)
{
	return read_planned(w, dataset, id).safe;
}

#define DROP_X "dataset 10 a[headwater_change_c=drop_column:x;@10]"

static void a_reader_goes_on_stops_or_begins(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a.x>*.u]");
	tell(w, "run R3 COMPLETE 7 L a > d[columnLineage=a.x>*.u]");
	tell(w, "run R4 COMPLETE 8 L a > d[columnLineage=a.y>*.u]");
	tell(w, DROP_X);
	tell(w, "run R5 COMPLETE 12 K a > c[columnLineage=a.y>*.u]");
	tell(w, "run R6 COMPLETE 13 M a > e[columnLineage=a.x>*.u]");
	tell(w, "run R7 COMPLETE 14 N a > f[columnLineage=a.x>*.u]");
	tell(w, "run R8 COMPLETE 15 N a > f[columnLineage=a.y>*.u]");
	assert_string_equal(readers(w, "a", "c"),
		"(+e.u by M 13-13;=b.u by J 5-5;~f.u by N 14-14;-c.u by K 6-6;)");
	assert_int_equal(safe(w, "a", "c"), SAFE_NO);
}

static void a_reader_that_is_told_again_is_one_reader(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, DROP_X);
	tell(w, "run R2 COMPLETE 12 J a > b[columnLineage=a.x>*.u]");
	tell(w, "job 13 J a > b[columnLineage=a.x>*.u]");
	assert_string_equal(readers(w, "a", "c"), "(=b.u by J 5-13;)");
}

static void when_all_have_stopped_the_change_is_safe(void **state)
{
	struct world *w = *state;
	struct planned_answer answer;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, DROP_X);
	tell(w, "run R2 COMPLETE 12 J a > b[columnLineage=a.y>*.u]");
	answer = read_planned(w, "a", "c");
	assert_int_equal(answer.safe, SAFE_YES);
	assert_int_equal(answer.ops[0].stopped, 1);
	assert_int_equal(answer.ops[0].last_read_us, 5);
	assert_int_equal(answer.ops[0].last_read_job, word_node(w, "J"));
}

static void who_stopped_before_is_the_last_reading_and_no_reader(void **state)
{
	struct world *w = *state;
	struct planned_answer answer;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 J a > b[columnLineage=a.y>*.u]");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "()");
	answer = read_planned(w, "a", "c");
	assert_int_equal(answer.ops[0].last_read_us, 5);
}

static void nobody_ever_read_it(void **state)
{
	struct world *w = *state;
	struct planned_answer answer;

	tell(w, "dataset 1 a[schema=x;y]");
	tell(w, DROP_X);
	answer = read_planned(w, "a", "c");
	assert_int_equal(answer.ops[0].last_read_us, TIME_NEVER);
	assert_int_equal(answer.ops[0].field, 0);
	assert_true(answer.ops[0].in_schema);
	assert_int_equal(answer.safe, SAFE_YES);
}

static void a_job_that_tells_no_columns_leaves_it_unknown(void **state)
{
	struct world *w = *state;
	struct planned_answer answer;

	tell(w, DROP_X);
	tell(w, "run R1 COMPLETE 12 J a > b");
	answer = read_planned(w, "a", "c");
	assert_int_equal(answer.safe, SAFE_UNKNOWN);
	assert_int_equal(answer.opaque_count, 1);
	assert_int_equal(answer.opaque_readers[0], word_node(w, "J"));
	tell(w, "run R2 COMPLETE 13 J a > b[columnLineage=a.y>*.u]");
	assert_int_equal(safe(w, "a", "c"), SAFE_YES);
}

static void who_reads_the_whole_reads_the_column(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a>*.u]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a>*.u;a.x>*.u]");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "(=c.u by K 6-6;=b.u* by J 5-5;)");
}

/* Fields in a column go with it, and who reads what it is in reads it, too. */
static void who_reads_a_field_in_a_column_reads_the_column(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x.p.q>*.u]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a.xy>*.u]");
	tell(w, "run R3 COMPLETE 7 L a > a[columnLineage=a.x.p>*.x.p;a.x>*.x.r]");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "(=b.u by J 5-5;)");
	assert_int_equal(safe(w, "a", "c"), SAFE_NO);
	tell(w, "dataset 10 a[headwater_change_d=drop_column:x.p;@10]");
	assert_string_equal(readers(w, "a", "d"), "(=a.x.r by L 7-7;=b.u by J 5-5;)");
	tell(w, "dataset 10 a[headwater_change_e=drop_column:x.p.z;@10]");
	assert_string_equal(readers(w, "a", "e"), "(=a.x.r by L 7-7;)");
}

static void a_column_that_keeps_itself_is_no_reader(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > a[columnLineage=a.x>*.x]");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "()");
	assert_int_equal(safe(w, "a", "c"), SAFE_YES);
}

static void a_dataset_event_tells_a_reader_without_a_job(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 5 b[columnLineage=a.x>*.u]");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "(=b.u 5-5;)");
	assert_int_equal(safe(w, "a", "c"), SAFE_NO);
}

static void a_job_as_such_may_read_a_column(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J[lineage=a.x>*] a > -");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "(=J by J 5-5;)");
}

static void who_asserts_something_about_a_column_reads_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a[dataQualityAssertions=x;y] > -");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "(=J by J 5-5;)");
	assert_int_equal(safe(w, "a", "c"), SAFE_NO);
	tell(w, "run R2 COMPLETE 12 J a[dataQualityAssertions=y] > -");
	assert_string_equal(readers(w, "a", "c"), "(-J by J 5-5;)");
	assert_int_equal(safe(w, "a", "c"), SAFE_YES);
}

static void readers_through_an_alias_are_readers(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 J t > b[columnLineage=t.x>*.u]");
	tell(w, "run R3 COMPLETE 7 K t > c[columnLineage=t.x>*.u]");
	tell(w, "dataset 8 a[symlinks=t]");
	tell(w, DROP_X);
	assert_string_equal(readers(w, "a", "c"), "(=c.u by K 7-7;=b.u by J 5-6;)");
}

static void of_a_dataset_the_readers_are_jobs(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.y>*.v]");
	tell(w, "run R2 COMPLETE 6 K a > -");
	tell(w, "dataset 7 e[columnLineage=a.x>*.u;a.y>*.v]");
	tell(w, "dataset 10 a[headwater_change_d=drop_dataset;@10]");
	tell(w, "run R3 COMPLETE 12 K c > -");
	assert_string_equal(readers(w, "a", "d"), "(=e* 7-7;=J* by J 5-5;-K* by K 6-6;)");
	assert_int_equal(safe(w, "a", "d"), SAFE_NO);
}

static void a_rename_is_no_reader_of_what_it_renames(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J - > a");
	tell(w, "dataset 10 a[headwater_change_d=rename_dataset::b;@10]");
	tell(w, "dataset 12 b[lifecycleStateChange=RENAME:a]");
	assert_string_equal(readers(w, "a", "d"), "()");
	assert_int_equal(safe(w, "a", "d"), SAFE_YES);
}

static void each_operation_has_its_own_readers(void **state)
{
	struct world *w = *state;
	struct planned_answer answer;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a.y>*.u]");
	tell(w, "dataset 10 a[headwater_change_c=rename_column:x:z;alter_type:y:int;"
		"drop_column:q;set_not_null:q;@10]");
	assert_string_equal(readers(w, "a", "c"), "(=b.u by J 5-5;)(=c.u by K 6-6;)()()");
	answer = read_planned(w, "a", "c");
	assert_int_equal(answer.ops[0].op, OP_RENAME_COLUMN);
	assert_int_equal(answer.ops[1].op, OP_ALTER_TYPE);
	assert_int_equal(answer.ops[1].safe, SAFE_NO);
	assert_int_equal(answer.ops[2].safe, SAFE_YES);
	assert_int_equal(answer.ops[3].safe, SAFE_UNKNOWN);
}

static void an_operation_that_is_not_known_is_not_safe(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 10 a[headwater_change_c=drop_column:x;~;@10]");
	assert_int_equal(safe(w, "a", "c"), SAFE_UNKNOWN);
}

static void without_a_time_it_was_registered_when_it_was_told(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 12 K a > c[columnLineage=a.x>*.u]");
	tell(w, "dataset 10 a[headwater_change_c=drop_column:x]");
	assert_string_equal(readers(w, "a", "c"), "(+c.u by K 12-12;=b.u by J 5-5;)");
}

static void a_question_that_may_look_at_little_says_so(void **state)
{
	struct world *w = *state;
	struct planned planned;
	struct planned_query query = { .change = &planned, .budget = 3 };
	struct planned_answer answer;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a.x>*.u;a.x>*.v]");
	tell(w, DROP_X);
	planned = get(w, "a", "c");
	assert_int_equal(planned_read(&w->snapshot, &query, w->arena, &answer), 0);
	assert_false(answer.complete);
	assert_int_not_equal(answer.safe, SAFE_YES);
	query = (struct planned_query){ .change = &planned, .deadline_us = 1 };
	assert_int_equal(planned_read(&w->snapshot, &query, w->arena, &answer), 0);
	assert_false(answer.complete);
	assert_int_not_equal(answer.safe, SAFE_YES);
}

static void with_any_budget_what_is_told_is_true(void **state)
{
	struct world *w = *state;
	struct planned planned;
	struct planned_query query = { .change = &planned, .budget = 0 };
	struct planned_answer answer = { .complete = false };

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a.x>*.u;a.x>*.v]");
	tell(w, DROP_X);
	planned = get(w, "a", "c");
	while (!answer.complete) {
		assert_in_range(++query.budget, 1, 1000);
		assert_int_equal(
			planned_read(&w->snapshot, &query, w->arena, &answer), 0);
		for (size_t i = 0; i < answer.ops[0].reader_count; i++) {
			assert_in_range(answer.ops[0].readers[i].first_us, 5, 6);
			assert_in_range(answer.ops[0].readers[i].last_us, 5, 6);
			assert_true(answer.ops[0].readers[i].was);
		}
		if (!answer.complete)
			assert_int_not_equal(answer.safe, SAFE_YES);
	}
	assert_int_equal(answer.ops[0].reader_count, 4);
}

static void a_change_is_found_while_it_stands(void **state)
{
	struct world *w = *state;
	struct planned planned;

	tell(w, "dataset 10 a[headwater_change_c=drop_column:x;@8;<20]");
	planned = get(w, "a", "c");
	assert_int_equal(planned.told_us, 10);
	assert_int_equal(planned.told.registered_us, 8);
	assert_int_equal(planned.told.due_us, 20);
	assert_int_equal(planned.told.count, 1);
	assert_true(slice_equal(planned.id, SLICE("c")));
	assert_int_equal(planned_get(&w->snapshot, word_node(w, "a"), SLICE("d"),
				 w->arena, &planned),
		1);
	assert_int_equal(planned_get(&w->snapshot, word_node(w, "a"), SLICE("c!"),
				 w->arena, &planned),
		1);
	tell(w, "dataset 11 a[headwater_change_c!]");
	(void)see(w);
	assert_int_equal(planned_get(&w->snapshot, word_node(w, "a"), SLICE("c"),
				 w->arena, &planned),
		1);
}

static const char *listed(struct world *w, struct planned_page *page)
{
	struct planned_names names;
	char word[WORD_MAX];

	assert_int_equal(planned_list(see(w), page, w->arena, &names), 0);
	assert_true(names.count <= page->limit);
	buf_clear(&w->text);
	for (size_t i = 0; i < names.count; i++) {
		page->after = names.list[i];
		buf_printf(&w->text, "%.*s@%s ", (int)names.list[i].id.len,
			names.list[i].id.ptr, node_word(w, names.list[i].dataset, word));
	}
	buf_str(&w->text, names.more ? "..." : "");
	return words_text(w);
}

static void changes_are_listed_page_by_page(void **state)
{
	struct world *w = *state;
	struct planned_page page = { .limit = 2 };

	assert_string_equal(listed(w, &page), "");
	tell(w, "dataset 1 b[headwater_change_c=drop_dataset]"
		"[headwater_change_C-2=drop_column:x]");
	tell(w, "dataset 1 a[headwater_change_c=drop_dataset][headwater_change_b=~]");
	tell(w, "dataset 1 d[headwater_change_=drop_dataset][headwater_change_x*y=a]");
	assert_string_equal(listed(w, &page), "C-2@b b@a ...");
	assert_string_equal(listed(w, &page), "c@b c@a ");
	assert_string_equal(listed(w, &page), "");
	page = (struct planned_page){ .limit = 10, .dataset = word_node(w, "b") };
	assert_string_equal(listed(w, &page), "C-2@b c@b ");
}

static void changes_of_a_dataset_are_those_of_all_its_names(void **state)
{
	struct world *w = *state;
	struct planned_page page = { .limit = 10 };

	tell(w, "dataset 1 b[headwater_change_c=drop_dataset]");
	tell(w, "dataset 1 a[headwater_change_d=drop_dataset][symlinks=b]");
	tell(w, "dataset 1 e[headwater_change_e=drop_dataset]");
	(void)see(w);
	page.dataset = word_node(w, "a");
	assert_string_equal(listed(w, &page), "c@b d@a ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_reader_goes_on_stops_or_begins),
		WORLD_TEST(a_reader_that_is_told_again_is_one_reader),
		WORLD_TEST(when_all_have_stopped_the_change_is_safe),
		WORLD_TEST(who_stopped_before_is_the_last_reading_and_no_reader),
		WORLD_TEST(nobody_ever_read_it),
		WORLD_TEST(a_job_that_tells_no_columns_leaves_it_unknown),
		WORLD_TEST(who_reads_the_whole_reads_the_column),
		WORLD_TEST(who_reads_a_field_in_a_column_reads_the_column),
		WORLD_TEST(a_column_that_keeps_itself_is_no_reader),
		WORLD_TEST(a_dataset_event_tells_a_reader_without_a_job),
		WORLD_TEST(a_job_as_such_may_read_a_column),
		WORLD_TEST(who_asserts_something_about_a_column_reads_it),
		WORLD_TEST(readers_through_an_alias_are_readers),
		WORLD_TEST(of_a_dataset_the_readers_are_jobs),
		WORLD_TEST(a_rename_is_no_reader_of_what_it_renames),
		WORLD_TEST(each_operation_has_its_own_readers),
		WORLD_TEST(an_operation_that_is_not_known_is_not_safe),
		WORLD_TEST(without_a_time_it_was_registered_when_it_was_told),
		WORLD_TEST(a_question_that_may_look_at_little_says_so),
		WORLD_TEST(with_any_budget_what_is_told_is_true),
		WORLD_TEST(a_change_is_found_while_it_stands),
		WORLD_TEST(changes_are_listed_page_by_page),
		WORLD_TEST(changes_of_a_dataset_are_those_of_all_its_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
