/* SPDX-License-Identifier: Apache-2.0 */

/* test_readership.c - which jobs read a column or a dataset, and which write it */

#include "tests/unit/answer_words.h"

#include "graph/entity.h"
#include "graph/readership.h"

#define PLENTY UINT64_C(10000)

static const struct lineage_query now = {
	.time = LINEAGE_CURRENT, .observed = true, .declared = true, .inferred = true
};

static node_id find(
	struct world *w, enum node_kind kind, const char *name, const char *field)
{
	struct node_key key = { kind, SLICE("n"), slice_from(name), slice_from(field) };
	node_id id = 0;

	assert_int_equal(entity_find(w->snapshot.txn, &key, &id), 0);
	return id;
}

static const char *job_name(struct world *w, node_id job)
{
	struct entity entity;

	if (!job)
		return "-";
	assert_int_equal(entity_get(w->snapshot.txn, job, &entity), 0);
	assert_int_equal(entity.key.name.len, 1);
	return entity.key.name.ptr;
}

/* "2 readers, 1 writers, J at 5" */
static const char *ask(
	struct world *w, struct readership_question *question, const char *field)
{
	struct snapshot *snapshot = see(w);
	struct readership found;

	question->dataset = find(w, NODE_DATASET, "a", "");
	question->by_table = !field;
	if (field && field[0])
		question->field = find(w, NODE_FIELD, "a", field);
	assert_int_equal(readership_find(snapshot, question, &found), 0);
	buf_clear(&w->text);
	buf_printf(&w->text, "%d readers, %d writers", (int)found.readers,
		(int)found.writers);
	if (found.last_us != TIME_NEVER)
		buf_printf(&w->text, ", %.1s at %d", job_name(w, found.last_job),
			(int)found.last_us);
	if (!found.complete)
		buf_str(&w->text, " or more");
	assert_in_range(found.looked, 0, question->budget);
	buf_byte(&w->text, '\0');
	return w->text.data;
}

/* field NULL: of the dataset; "": of a column that no lineage names. */
static const char *readership(
	struct world *w, const struct lineage_query *graph, const char *field)
{
	struct readership_question question = { .graph = graph, .budget = PLENTY };

	return ask(w, &question, field);
}

static void a_job_reads_the_columns_that_it_tells_flows_from(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v]");
	tell(w, "run R2 COMPLETE 7 K a > c[columnLineage=a.y>*.u:FILTER]");
	tell(w, "run R3 COMPLETE 8 L a > d");
	tell(w, "run R4 COMPLETE 9 W - > a");
	assert_string_equal(readership(w, &now, "x"), "1 readers, 1 writers, J at 5");
	assert_string_equal(readership(w, &now, "y"), "1 readers, 1 writers, K at 7");
	assert_string_equal(readership(w, &now, ""), "0 readers, 1 writers");
}

static void what_reads_the_whole_reads_each_of_its_columns(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a>*.u]");
	assert_string_equal(readership(w, &now, "x"), "2 readers, 0 writers, K at 6");
	assert_string_equal(readership(w, &now, ""), "1 readers, 0 writers, K at 6");
}

static void every_job_with_a_dataset_as_input_reads_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 K a > c");
	tell(w, "run R3 COMPLETE 9 K z > c");
	assert_string_equal(readership(w, &now, NULL), "1 readers, 0 writers, K at 6");
}

static void who_read_once_is_no_reader_now_but_the_last_one(void **state)
{
	struct world *w = *state;
	struct lineage_query then = now;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 9 J a > b[columnLineage=a.y>*.u]");
	assert_string_equal(readership(w, &now, "x"), "0 readers, 0 writers, J at 5");
	then.time = LINEAGE_AS_OF;
	then.as_of_us = 7;
	assert_string_equal(readership(w, &then, "x"), "1 readers, 0 writers, J at 5");
	then.as_of_us = 3;
	assert_string_equal(readership(w, &then, "x"), "0 readers, 0 writers, J at 5");
	then = now;
	then.time = LINEAGE_WINDOW;
	then.from_us = 4;
	then.to_us = 6;
	assert_string_equal(readership(w, &then, "x"), "1 readers, 0 writers, J at 5");
	then.from_us = 10;
	then.to_us = 20;
	assert_string_equal(readership(w, &then, "x"), "0 readers, 0 writers, J at 5");
}

static void a_flow_that_a_dataset_event_tells_has_no_reader(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 4 b[columnLineage=a.x>*.u]");
	assert_string_equal(readership(w, &now, "x"), "0 readers, 0 writers, - at 4");
}

static void the_jobs_that_write_it_are_listed_once_for_each_name(void **state)
{
	struct world *w = *state;
	struct idlist writers = { .arena = w->arena };
	struct readership_question question = {
		.graph = &now, .budget = PLENTY, .writers = &writers
	};

	tell(w, "run R1 COMPLETE 5 J - > a");
	tell(w, "run R2 COMPLETE 6 K - > a");
	tell(w, "run R3 COMPLETE 7 J - > a");
	tell(w, "run R4 COMPLETE 8 L a > b");
	assert_string_equal(ask(w, &question, NULL), "1 readers, 2 writers, L at 8");
	assert_int_equal(writers.count, 2);
	assert_string_equal(job_name(w, writers.ids[0]), "J");
	assert_string_equal(job_name(w, writers.ids[1]), "K");
}

static void names_of_one_dataset_are_read_as_one(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[symlinks=z]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 6 K z > c[columnLineage=z.x>*.u]");
	tell(w, "run R3 COMPLETE 7 W - > z");
	assert_string_equal(readership(w, &now, "x"), "2 readers, 1 writers, K at 6");
	assert_string_equal(readership(w, &now, NULL), "2 readers, 1 writers, K at 6");
}

static void a_budget_that_ends_is_told(void **state)
{
	struct world *w = *state;
	struct readership_question question = { .graph = &now, .budget = 2 };

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v;a.x>*.w]");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a.x>*.u;a.x>*.v;a.x>*.w]");
	assert_non_null(strstr(ask(w, &question, "x"), "or more"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_job_reads_the_columns_that_it_tells_flows_from),
		WORLD_TEST(what_reads_the_whole_reads_each_of_its_columns),
		WORLD_TEST(every_job_with_a_dataset_as_input_reads_it),
		WORLD_TEST(who_read_once_is_no_reader_now_but_the_last_one),
		WORLD_TEST(a_flow_that_a_dataset_event_tells_has_no_reader),
		WORLD_TEST(the_jobs_that_write_it_are_listed_once_for_each_name),
		WORLD_TEST(names_of_one_dataset_are_read_as_one),
		WORLD_TEST(a_budget_that_ends_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
