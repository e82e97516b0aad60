/* SPDX-License-Identifier: Apache-2.0 */

/* test_columns.c - the columns of a dataset, who reads them, and how they change */

#include "tests/unit/answer_words.h"

#include "graph/columns.h"

static node_id dataset(struct world *w, const char *name)
{
	struct node_key key = { NODE_DATASET, SLICE("n"), slice_from(name), SLICE("") };
	node_id id = 0;

	assert_int_equal(entity_find(w->snapshot.txn, &key, &id), 0);
	return id;
}

static struct columns read_columns(struct world *w, const char *name)
{
	struct snapshot *snapshot = see(w);
	struct columns found;

	assert_int_equal(
		columns_read(snapshot, dataset(w, name), 0, w->arena, &found), 0);
	assert_true(found.complete);
	return found;
}

static void put_column(struct buf *out, const struct column *column)
{
	static const char *const nullability[] = {
		[NULLABLE_UNTOLD] = "",
		[NULLABLE_YES] = "?",
		[NULLABLE_NO] = "*",
	};

	buf_printf(out, "%s%.*s", column->in_schema ? "" : "?", (int)column->path.len,
		column->path.ptr);
	if (column->type.ptr)
		buf_printf(out, ":%.*s", (int)column->type.len, column->type.ptr);
	buf_str(out, nullability[column->nullable]);
	buf_printf(out, " %d", (int)column->readers);
	if (column->last_read_us != TIME_NEVER)
		buf_printf(out, " at %d", (int)column->last_read_us);
	buf_byte(out, ';');
}

/* Columns as text: those that the schema has not with a "?". */
static const char *columns(struct world *w, const char *name)
{
	struct columns found = read_columns(w, name);

	buf_clear(&w->text);
	for (size_t i = 0; i < found.count; i++)
		put_column(&w->text, &found.list[i]);
	buf_byte(&w->text, '\0');
	return w->text.data;
}

static void columns_of_the_schema_come_before_those_of_lineage(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=y:int;x:text;q]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.z>*.u;a.p>*.u]");
	assert_string_equal(
		columns(w, "a"), "y:int 0;x:text 1 at 5;q 0;?p 1 at 5;?z 1 at 5;");
	assert_string_equal(columns(w, "b"), "?u 0;");
	assert_true(read_columns(w, "a").has_schema);
	assert_false(read_columns(w, "b").has_schema);
}

static void a_column_is_as_nullable_as_its_schema_says(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=x:int*;y:int?;z:int]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.w>*.u]");
	assert_string_equal(columns(w, "a"), "x:int* 1 at 5;y:int? 0;z:int 0;?w 1 at 5;");
	tell(w, "dataset 6 a[schema=x:int?]");
	assert_string_equal(columns(w, "a"), "x:int? 1 at 5;?w 1 at 5;");
}

static void a_column_knows_when_it_was_read_last(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v]");
	tell(w, "run R2 COMPLETE 9 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R3 COMPLETE 12 J a > b[columnLineage=a.z>*.u]");
	assert_string_equal(columns(w, "a"), "?x 0 at 9;?z 1 at 12;");
}

static void what_reads_the_whole_reads_each_column(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=x;y]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a>*.u;a.x>*.v]");
	assert_string_equal(columns(w, "a"), "x 2 at 5;y 1 at 5;");
	tell(w, "run R2 COMPLETE 6 K a > c[columnLineage=a>*.u;a.x>*.u]");
	assert_string_equal(columns(w, "a"), "x 3 at 6;y 2 at 6;");
}

static void what_reads_a_field_reads_the_columns_that_it_is_in(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=s;s.t;s.u;s-t;st]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.s.t>*.v]");
	assert_string_equal(columns(w, "a"), "s 1 at 5;s.t 1 at 5;s.u 0;s-t 0;st 0;");
	assert_string_equal(columns(w, "b"), "?v 0;");
}

static void what_reads_a_column_reads_the_fields_in_it(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=s;s.t;s.t.u;r]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.s>*.v;a.s.t>*.v;a.s.t>a.s.t]");
	assert_string_equal(columns(w, "a"), "s 1 at 5;s.t 1 at 5;s.t.u 1 at 5;r 0;");
}

static void a_job_that_checks_a_column_reads_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 T a[schema=x;y]+[dataQualityAssertions=x] > -");
	assert_string_equal(columns(w, "a"), "x 1 at 5;y 0;");
	tell(w, "run R2 COMPLETE 6 T a > -");
	assert_string_equal(columns(w, "a"), "x 0 at 5;y 0;");
}

static void readers_are_counted_once(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u;a.x>*.v]");
	tell(w, "run R2 COMPLETE 6 K a > b[columnLineage=a.x>*.u;a.x>*:FILTER]");
	assert_string_equal(columns(w, "a"), "?x 3 at 6;");
}

static void jobs_that_tell_no_flows_may_read_any_column(void **state)
{
	struct world *w = *state;
	struct columns found;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 5 K a > c");
	tell(w, "run R3 COMPLETE 5 L a > -");
	tell(w, "run R4 COMPLETE 5 M a > b[columnLineage=a.x>*.u],d");
	found = read_columns(w, "a");
	assert_int_equal(found.opaque_count, 2);
	found = read_columns(w, "b");
	assert_int_equal(found.opaque_count, 0);
}

static void datasets_that_take_from_the_table_may_read_any_column(void **state)
{
	struct world *w = *state;
	struct columns found;

	tell(w, "run R1 COMPLETE 5 J[lineage=a>b;a>c;a.x>c.y] a > b,c");
	tell(w, "dataset 6 d[lifecycleStateChange=RENAME:a]");
	tell(w, "dataset 6 e[columnLineage=a.x>*.u]");
	found = read_columns(w, "a");
	assert_int_equal(found.opaque_count, 0);
	assert_int_equal(found.opaque_dataset_count, 2);
	assert_int_equal(found.opaque_datasets[0], word_node(w, "b"));
	assert_int_equal(found.opaque_datasets[1], word_node(w, "d"));
	found = read_columns(w, "b");
	assert_int_equal(found.opaque_dataset_count, 0);
}

static void aliases_have_their_columns_together(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=old]");
	tell(w, "dataset 2 other[schema=x;y][symlinks=a]");
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	tell(w, "run R2 COMPLETE 7 K other > c[columnLineage=other.x>*.u]");
	assert_string_equal(columns(w, "a"), "x 2 at 7;y 0;");
	assert_string_equal(columns(w, "other"), "x 2 at 7;y 0;");
}

static void a_dataset_that_is_not_there_is_refused(void **state)
{
	struct world *w = *state;
	struct columns found;

	assert_int_equal(columns_read(see(w), 7, 0, w->arena, &found), ERR_INVALID);
}

static void a_deadline_that_is_over_says_so(void **state)
{
	struct world *w = *state;
	struct snapshot *snapshot;
	struct columns found;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.u]");
	snapshot = see(w);
	assert_int_equal(columns_read(snapshot, dataset(w, "a"), 1, w->arena, &found), 0);
	assert_false(found.complete);
}

static void of_schemas_told_at_one_time_the_same_counts_whichever_came_first(void **state)
{
	struct world *w = *state;
	char *first;

	tell(w, "dataset 1 A[symlinks=b;c]");
	tell(w, "dataset 5 b[schema=x]");
	tell(w, "dataset 5 c[schema=y]");
	tell(w, "dataset 1 D[symlinks=e;f]");
	tell(w, "dataset 5 e[schema=y]");
	tell(w, "dataset 5 f[schema=x]");
	first = strdup(columns(w, "A"));
	assert_string_equal(columns(w, "D"), first);
	free(first);
}

static struct ol_schema schema(struct world *w, const char *text)
{
	struct ol_schema found;

	assert_int_equal(facet_text_schema(slice_from(text), w->arena, &found, NULL), 0);
	return found;
}

/* Changes as text: -removed +added ~retyped <moved. */
static const char *changes(struct world *w, const char *before, const char *after)
{
	static const char signs[] = { [COLUMN_ADDED] = '+',
		[COLUMN_REMOVED] = '-',
		[COLUMN_RETYPED] = '~',
		[COLUMN_MOVED] = '<' };
	struct ol_schema old = schema(w, before);
	struct ol_schema new = schema(w, after);
	struct schema_changes found;

	assert_int_equal(schema_compare(&old, &new, w->arena, &found), 0);
	buf_clear(&w->text);
	for (size_t i = 0; i < found.count; i++)
		buf_printf(&w->text, "%c%.*s ", signs[found.list[i].what],
			(int)found.list[i].path.len, found.list[i].path.ptr);
	buf_byte(&w->text, '\0');
	return w->text.data;
}

static void schemas_are_compared_by_paths(void **state)
{
	struct world *w = *state;

	assert_string_equal(changes(w, "a:int;b", "a:int;b"), "");
	assert_string_equal(changes(w, "a;b;c", "b;d"), "-a -c +d ");
	assert_string_equal(changes(w, "a:int;b:int", "a:text;b"), "~a ~b ");
	assert_string_equal(changes(w, "", "a;b"), "+a +b ");
	assert_string_equal(changes(w, "a;b", ""), "-a -b ");
}

static void as_few_columns_as_possible_moved(void **state)
{
	struct world *w = *state;

	assert_string_equal(changes(w, "a;b;c;d", "d;a;b;c"), "<d ");
	assert_string_equal(changes(w, "a;b;c;d", "b;c;d;a"), "<a ");
	assert_string_equal(changes(w, "a;b;c", "a;x;b;c"), "+x ");
	assert_string_equal(changes(w, "a:int;b;c", "b;c;a:text"), "~a <a ");
}

static void a_path_that_is_there_twice_is_compared_twice(void **state)
{
	struct world *w = *state;

	assert_string_equal(changes(w, "a:int;a:int", "a:int;a:text"), "~a ");
	assert_string_equal(changes(w, "a;a", "a"), "-a ");
	assert_string_equal(changes(w, "a", "a;a"), "+a ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(columns_of_the_schema_come_before_those_of_lineage),
		WORLD_TEST(a_column_is_as_nullable_as_its_schema_says),
		WORLD_TEST(a_column_knows_when_it_was_read_last),
		WORLD_TEST(what_reads_the_whole_reads_each_column),
		WORLD_TEST(what_reads_a_field_reads_the_columns_that_it_is_in),
		WORLD_TEST(what_reads_a_column_reads_the_fields_in_it),
		WORLD_TEST(a_job_that_checks_a_column_reads_it),
		WORLD_TEST(readers_are_counted_once),
		WORLD_TEST(jobs_that_tell_no_flows_may_read_any_column),
		WORLD_TEST(datasets_that_take_from_the_table_may_read_any_column),
		WORLD_TEST(aliases_have_their_columns_together),
		WORLD_TEST(a_dataset_that_is_not_there_is_refused),
		WORLD_TEST(a_deadline_that_is_over_says_so),
		WORLD_TEST(
			of_schemas_told_at_one_time_the_same_counts_whichever_came_first),
		WORLD_TEST(schemas_are_compared_by_paths),
		WORLD_TEST(as_few_columns_as_possible_moved),
		WORLD_TEST(a_path_that_is_there_twice_is_compared_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
