/* SPDX-License-Identifier: Apache-2.0 */

/* test_search.c - nodes by the words in their names */

#include "store_fixture.h"

#include "graph/entity.h"

#include <string.h>

static node_id add(struct fixture *f, enum node_kind kind, const char *name)
{
	struct node_key key = { kind, SLICE("db"), slice_from(name), SLICE("") };
	node_id id = 0;

	assert_int_equal(entity_add(f->txn, &key, 1, &id), 0);
	return id;
}

static size_t search(struct fixture *f, const char *text, node_id ids[8])
{
	size_t count = 0;
	bool complete = false;

	assert_int_equal(entity_search(f->txn, slice_from(text), 0, 1000, ids, 8, &count,
				 &complete),
		0);
	assert_true(complete);
	return count;
}

static void a_name_is_found_by_the_start_of_each_word(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];
	node_id id = add(f, NODE_DATASET, "public.customer_orders");

	assert_int_equal(search(f, "cust", ids), 1);
	assert_int_equal(ids[0], id);
	assert_int_equal(search(f, "ord", ids), 1);
	assert_int_equal(search(f, "ord publ", ids), 1);
	assert_int_equal(search(f, "ustomer", ids), 0);
	assert_int_equal(search(f, "ord private", ids), 0);
}

static void case_does_not_matter_and_parts_words(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];

	add(f, NODE_JOB, "LoadCustomerORDERS2");
	assert_int_equal(search(f, "load", ids), 1);
	assert_int_equal(search(f, "CUST", ids), 1);
	assert_int_equal(search(f, "customerOrders2", ids), 1);
	assert_int_equal(search(f, "rders", ids), 0);
}

static void bytes_beyond_ascii_are_letters(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];

	add(f, NODE_DATASET,
		"gr\xc3\xb6\xc3\x9f"
		"e.tabelle");
	assert_int_equal(search(f, "gr\xc3\xb6", ids), 1);
	assert_int_equal(search(f, "\xc3\xb6", ids), 0);
}

static void the_name_itself_comes_first_then_its_extensions(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];
	node_id inside = add(f, NODE_DATASET, "all.orders");
	node_id longer = add(f, NODE_DATASET, "orders_archive");
	node_id equal = add(f, NODE_DATASET, "Orders");

	assert_int_equal(search(f, "orders", ids), 3);
	assert_int_equal(ids[0], equal);
	assert_int_equal(ids[1], longer);
	assert_int_equal(ids[2], inside);
}

static void a_name_is_found_once_though_two_words_match(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];

	add(f, NODE_DATASET, "order_orders_ordering");
	assert_int_equal(search(f, "ord", ids), 1);
}

static void a_kind_can_be_asked_for(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];
	size_t count;
	bool complete;

	add(f, NODE_DATASET, "orders");
	add(f, NODE_JOB, "orders");
	assert_int_equal(entity_search(f->txn, SLICE("orders"), NODE_JOB, 100, ids, 8,
				 &count, &complete),
		0);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], 2);
}

static void a_spent_budget_is_told(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];
	size_t count;
	bool complete;

	for (int i = 0; i < 5; i++)
		add(f, NODE_DATASET, "orders");
	assert_int_equal(
		entity_search(f->txn, SLICE("orders"), 0, 4, ids, 8, &count, &complete),
		0);
	assert_int_equal(count, 4);
	assert_false(complete);
	assert_int_equal(
		entity_search(f->txn, SLICE("orders"), 0, 5, ids, 8, &count, &complete),
		0);
	assert_true(complete);
}

static void the_rarest_word_is_looked_up(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];
	size_t count;
	bool complete;

	for (int i = 0; i < 50; i++)
		add(f, NODE_DATASET, i == 25 ? "warehouse.ab" : "warehouse.c");
	assert_int_equal(entity_search(f->txn, SLICE("warehouse ab"), 0, 1, ids, 8,
				 &count, &complete),
		0);
	assert_true(complete);
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], 26);
}

static void only_the_best_are_given(void **state)
{
	struct fixture *f = *state;
	node_id ids[2];
	size_t count;
	bool complete;

	for (int i = 0; i < 4; i++)
		add(f, NODE_DATASET, "old.orders");
	add(f, NODE_DATASET, "orders");
	assert_int_equal(
		entity_search(f->txn, SLICE("orders"), 0, 100, ids, 2, &count, &complete),
		0);
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], 5);
	assert_int_equal(ids[1], 1);
}

static void text_without_words_finds_nothing(void **state)
{
	struct fixture *f = *state;
	node_id ids[8];

	add(f, NODE_DATASET, "orders");
	assert_int_equal(search(f, "", ids), 0);
	assert_int_equal(search(f, " -- ", ids), 0);
}

static void a_word_longer_than_the_index_still_finds_its_name(void **state)
{
	struct fixture *f = *state;
	char name[200];
	node_id ids[8];

	memset(name, 'q', sizeof(name));
	name[199] = 0;
	add(f, NODE_DATASET, name);
	assert_int_equal(search(f, name, ids), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_name_is_found_by_the_start_of_each_word),
		STORE_TEST(case_does_not_matter_and_parts_words),
		STORE_TEST(bytes_beyond_ascii_are_letters),
		STORE_TEST(the_name_itself_comes_first_then_its_extensions),
		STORE_TEST(a_name_is_found_once_though_two_words_match),
		STORE_TEST(a_kind_can_be_asked_for),
		STORE_TEST(a_spent_budget_is_told),
		STORE_TEST(the_rarest_word_is_looked_up),
		STORE_TEST(only_the_best_are_given),
		STORE_TEST(text_without_words_finds_nothing),
		STORE_TEST(a_word_longer_than_the_index_still_finds_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
