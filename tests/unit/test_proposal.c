/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_proposal.c - which changes lead to a proposed schema
 *
 * A schema is a line of words: PATH:TYPE, with '!' behind it for a column that
 * is not nullable and '?' for one that is.  What is found is one as well.
 */
#include "graph/proposal.h"

#include "base/arena.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define COLUMNS_MAX 64

struct asked {
	struct arena *arena;
	struct ol_column columns[2][COLUMNS_MAX];
	struct ol_schema schemas[2];
	struct proposed_rename renames[8];
	struct proposal proposal;
	struct proposal_changes changes;
	struct fault fault;
	struct buf text;
};

static int begin(void **state)
{
	struct asked *asked = test_calloc(1, sizeof(*asked));

	asked->arena = arena_new(1 << 16, 1 << 24);
	assert_non_null(asked->arena);
	buf_init(&asked->text, 1 << 20);
	*state = asked;
	return 0;
}

static int end(void **state)
{
	struct asked *asked = *state;

	buf_fini(&asked->text);
	arena_free(asked->arena);
	test_free(asked);
	return 0;
}

static struct ol_column read_column(const char *word, size_t len)
{
	const char *colon = memchr(word, ':', len);
	struct ol_column column = { .path = slice_of(word, len) };

	if (word[len - 1] == '!' || word[len - 1] == '?')
		column.nullable = word[--len] == '!' ? NULLABLE_NO : NULLABLE_YES;
	column.path.len = colon ? (size_t)(colon - word) : len;
	if (colon)
		column.type = slice_of(colon + 1, len - column.path.len - 1);
	for (size_t i = 0; i < column.path.len; i++)
		column.depth += column.path.ptr[i] == '.';
	return column;
}

static void read_schema(struct asked *asked, int which, const char *line)
{
	struct ol_schema *schema = &asked->schemas[which];

	schema->list = asked->columns[which];
	for (schema->count = 0; *line; line += strspn(line, " ")) {
		size_t len = strcspn(line, " ");

		assert_true(schema->count < COLUMNS_MAX);
		schema->list[schema->count++] = read_column(line, len);
		line += len;
	}
}

static void give_rename(struct asked *asked, const char *from, const char *to)
{
	asked->renames[asked->proposal.rename_count++] =
		(struct proposed_rename){ slice_from(from), slice_from(to) };
}

static int propose(struct asked *asked, const char *standing, const char *proposed)
{
	read_schema(asked, 0, standing);
	read_schema(asked, 1, proposed);
	asked->proposal.standing = &asked->schemas[0];
	asked->proposal.proposed = &asked->schemas[1];
	asked->proposal.renames = asked->renames;
	return proposal_compare(
		&asked->proposal, asked->arena, &asked->changes, &asked->fault);
}

static void write_slice(struct asked *asked, const char *before, struct slice s)
{
	buf_str(&asked->text, before);
	buf_slice(&asked->text, s);
}

static const char *text_end(struct asked *asked)
{
	buf_byte(&asked->text, '\0');
	assert_int_equal(buf_error(&asked->text), 0);
	return asked->text.data;
}

/* "drop_column a; alter_type b int>long widened" */
static const char *changes_text(struct asked *asked)
{
	static const char *const verdicts[] = { "same", "widened", "lossy", "narrowed",
		"incompatible", "unknown" };

	buf_clear(&asked->text);
	for (size_t i = 0; i < asked->changes.count; i++) {
		const struct proposal_change *change = &asked->changes.list[i];

		buf_str(&asked->text, i ? "; " : "");
		buf_str(&asked->text, impact_op_text(change->op));
		write_slice(asked, " ", change->column);
		if (change->to.len)
			write_slice(asked, ">", change->to);
		if (change->op == OP_ALTER_TYPE) {
			write_slice(asked, " ", change->type_before);
			write_slice(asked, ">", change->type_after);
			buf_printf(&asked->text, " %s", verdicts[change->types.change]);
		}
	}
	return text_end(asked);
}

static const char *hints_text(struct asked *asked)
{
	buf_clear(&asked->text);
	for (size_t i = 0; i < asked->changes.hint_count; i++) {
		const struct proposal_hint *hint = &asked->changes.hints[i];

		write_slice(asked, i ? " " : "", hint->from);
		write_slice(asked, ">", hint->to);
	}
	return text_end(asked);
}

static const char *remarks_text(struct asked *asked)
{
	buf_clear(&asked->text);
	for (size_t i = 0; i < asked->changes.remark_count; i++) {
		const struct proposal_remark *remark = &asked->changes.remarks[i];

		write_slice(asked, i ? "; " : "", remark->column);
		buf_printf(&asked->text, " %s", remark->text);
	}
	return text_end(asked);
}

static void equal_schemas_change_nothing(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a:int! b:text", "a:int! b:text"), 0);
	assert_string_equal(changes_text(asked), "");
	assert_string_equal(remarks_text(asked), "");
}

static void columns_go_and_come(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a:int b:text", "b:text zz:date yy:date!"), 0);
	assert_string_equal(changes_text(asked),
		"drop_column a; add_column zz; add_required_column yy");
}

static void a_type_changes_by_its_verdict(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a:int b:varchar(20) c:int",
				 "a:bigint b:varchar(9) c:date"),
		0);
	assert_string_equal(changes_text(asked),
		"alter_type a int>bigint widened; "
		"alter_type b varchar(20)>varchar(9) narrowed; "
		"alter_type c int>date incompatible");
}

static void another_spelling_of_a_type_is_a_remark(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a:int", "a:INTEGER"), 0);
	assert_string_equal(changes_text(asked), "");
	assert_string_equal(
		remarks_text(asked), "a its type is spelled otherwise, and the same");
}

static void what_is_not_told_is_not_compared(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a:int! b:text c:date", "a b:text! c:date"), 0);
	assert_string_equal(changes_text(asked), "");
}

static void a_type_where_none_stood_is_not_known_to_be_the_same(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a", "a:int"), 0);
	assert_string_equal(changes_text(asked), "alter_type a >int unknown");
}

static void nullability_changes_where_both_tell_it(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(
		propose(asked, "a:int? b:int! c:int", "a:int! b:int? c:int!"), 0);
	assert_string_equal(changes_text(asked), "set_not_null a; set_nullable b");
}

static void a_column_that_moves_is_a_remark(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a:int b:int c:int", "b:int c:int a:int"), 0);
	assert_string_equal(changes_text(asked), "");
	assert_string_equal(remarks_text(asked),
		"a its place among the columns changes: what inserts or reads by place "
		"may break");
}

static void a_rename_that_is_told_is_one(void **state)
{
	struct asked *asked = *state;

	give_rename(asked, "a", "z");
	assert_int_equal(propose(asked, "a:int! b:text", "z:bigint? b:text"), 0);
	assert_string_equal(changes_text(asked),
		"rename_column a>z; alter_type a int>bigint widened; set_nullable a");
	assert_string_equal(hints_text(asked), "");
}

static void two_columns_may_change_names(void **state)
{
	struct asked *asked = *state;

	give_rename(asked, "a", "b");
	give_rename(asked, "b", "a");
	assert_int_equal(propose(asked, "a:int b:text", "b:int a:text"), 0);
	assert_string_equal(changes_text(asked), "rename_column a>b; rename_column b>a");
}

static void fields_go_along_with_their_column(void **state)
{
	struct asked *asked = *state;

	give_rename(asked, "a", "b");
	assert_int_equal(
		propose(asked, "a a.x:int a.y:int c c.z:int", "b b.x:bigint d d.e:int"),
		0);
	assert_string_equal(changes_text(asked),
		"rename_column a>b; drop_column a.y; drop_column c; "
		"alter_type a.x int>bigint widened; add_column d");
}

static void a_rename_that_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *from;
		const char *to;
		const char *where;
	} wrong[] = {
		{ "no", "z", "/renames/0/from" },
		{ "a", "no", "/renames/0/to" },
		{ "b", "z", "/renames/0/from" },
		{ "a", "b", "/renames/0/to" },
	};
	struct asked *asked = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		asked->proposal.rename_count = 0;
		give_rename(asked, wrong[i].from, wrong[i].to);
		assert_int_equal(
			propose(asked, "a:int b:text", "z:int b:text"), ERR_INVALID);
		assert_string_equal(asked->fault.where, wrong[i].where);
	}
}

static void one_column_is_not_renamed_twice(void **state)
{
	struct asked *asked = *state;

	give_rename(asked, "a", "y");
	give_rename(asked, "a", "z");
	assert_int_equal(propose(asked, "a:int", "y:int z:int"), ERR_INVALID);
	assert_string_equal(asked->fault.where, "/renames/1");
}

static void a_column_that_is_proposed_twice_is_refused(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(propose(asked, "a:int", "a:int b:int a:text"), ERR_INVALID);
	assert_string_equal(asked->fault.where, "/schema");
}

static void of_columns_known_in_part_none_is_new(void **state)
{
	struct asked *asked = *state;

	asked->proposal.partial = true;
	assert_int_equal(propose(asked, "a b", "b c:int"), 0);
	assert_string_equal(changes_text(asked), "drop_column a");
}

static const char *guess(struct asked *asked, const char *standing, const char *proposed)
{
	assert_int_equal(propose(asked, standing, proposed), 0);
	return hints_text(asked);
}

static void names_that_are_near_may_be_renames(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(guess(asked, "customerId:int", "customer_id:int"),
		"customerId>customer_id");
	assert_string_equal(
		guess(asked, "cust_id:int", "customer_id:int"), "cust_id>customer_id");
	assert_string_equal(guess(asked, "order_qty:int", "order_quantity:bigint"),
		"order_qty>order_quantity");
	assert_string_equal(
		guess(asked, "amount:int", "total_amount:int"), "amount>total_amount");
	assert_string_equal(
		guess(asked, "addresz:text", "address:text"), "addresz>address");
}

static void names_that_are_not_near_are_none(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(guess(asked, "a:int", "b:int"), "");
	assert_string_equal(guess(asked, "price:int", "colour:int"), "");
	assert_string_equal(guess(asked, "order_id:int", "owner_of_it:int"), "");
}

static void a_rename_does_not_lose_values(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(guess(asked, "cust_id:bigint", "customer_id:int"), "");
	assert_string_equal(guess(asked, "cust_id:text", "customer_id:int"), "");
}

static void without_types_names_have_to_be_nearer(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(guess(asked, "custId", "cust_id:int"), "custId>cust_id");
	assert_string_equal(guess(asked, "addresz", "address:text"), "");
}

static void the_nearest_pair_comes_first_and_each_column_once(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(guess(asked, "amount:int amount_net:int",
				    "Amount:int total_amount:int amnt_net:int"),
		"amount>Amount amount_net>amnt_net");
}

static void fields_are_renamed_within_their_column(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(guess(asked, "a a.cust:int b b.x:int",
				    "a a.customer:int b b.x:int b.custo:int"),
		"a.cust>a.customer");
}

static void a_hint_says_why(void **state)
{
	struct asked *asked = *state;
	struct slice why;

	assert_int_equal(propose(asked, "cust_id:int", "customer_id:bigint"), 0);
	why = asked->changes.hints[0].why;
	assert_true(slice_equal(
		why, SLICE("one name is the other in short, and the new type is wider")));
}

/* Columns "column_NN" and a letter, each with a type of many parts. */
static void write_columns(struct buf *out, char letter, const char *part)
{
	for (int i = 10; i < 10 + COLUMNS_MAX - 1; i++) {
		buf_printf(out, "column_%d%c:struct<", i, letter);
		for (int k = 0; k < 100; k++)
			buf_printf(out, "%sf%d:%s", k ? "," : "", k, part);
		buf_str(out, "> ");
	}
	buf_byte(out, '\0');
}

/* Else this would not fit into the arena. */
static void each_type_is_read_once(void **state)
{
	struct asked *asked = *state;
	struct buf standing;
	struct buf proposed;

	buf_init(&standing, 1 << 20);
	buf_init(&proposed, 1 << 20);
	write_columns(&standing, 'a', "int");
	write_columns(&proposed, 'b', "bigint");
	assert_int_equal(propose(asked, standing.data, proposed.data), 0);
	assert_int_equal(asked->changes.hint_count, COLUMNS_MAX - 1);
	buf_fini(&standing);
	buf_fini(&proposed);
}

#define PROPOSAL_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROPOSAL_TEST(equal_schemas_change_nothing),
		PROPOSAL_TEST(columns_go_and_come),
		PROPOSAL_TEST(a_type_changes_by_its_verdict),
		PROPOSAL_TEST(another_spelling_of_a_type_is_a_remark),
		PROPOSAL_TEST(what_is_not_told_is_not_compared),
		PROPOSAL_TEST(a_type_where_none_stood_is_not_known_to_be_the_same),
		PROPOSAL_TEST(nullability_changes_where_both_tell_it),
		PROPOSAL_TEST(a_column_that_moves_is_a_remark),
		PROPOSAL_TEST(a_rename_that_is_told_is_one),
		PROPOSAL_TEST(two_columns_may_change_names),
		PROPOSAL_TEST(fields_go_along_with_their_column),
		PROPOSAL_TEST(a_rename_that_does_not_fit_is_refused),
		PROPOSAL_TEST(one_column_is_not_renamed_twice),
		PROPOSAL_TEST(a_column_that_is_proposed_twice_is_refused),
		PROPOSAL_TEST(of_columns_known_in_part_none_is_new),
		PROPOSAL_TEST(names_that_are_near_may_be_renames),
		PROPOSAL_TEST(names_that_are_not_near_are_none),
		PROPOSAL_TEST(a_rename_does_not_lose_values),
		PROPOSAL_TEST(without_types_names_have_to_be_nearer),
		PROPOSAL_TEST(the_nearest_pair_comes_first_and_each_column_once),
		PROPOSAL_TEST(fields_are_renamed_within_their_column),
		PROPOSAL_TEST(a_hint_says_why),
		PROPOSAL_TEST(each_type_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
