/* SPDX-License-Identifier: Apache-2.0 */

/* test_flow.c - who tells of a flow, and what its rows say together */

#include "store_fixture.h"

#include "graph/adjacency.h"
#include "graph/flow.h"
#include "graph/store/store_impl.h"

static struct flow_row row(node_id target, node_id source, node_id owner)
{
	return (struct flow_row){
		.target = target,
		.source = source,
		.owner = owner,
		.lane = EVIDENCE_OBSERVED,
		.segments = 1,
		.now = CLASS_IDENTITY | CLASS_FORM_COLUMNS,
	};
}

static void put(struct fixture *f, struct flow_row row)
{
	assert_int_equal(flow_put(f->txn, &row), 0);
}

static void a_row_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	struct flow_row wide = { UINT32_MAX, 1, UINT32_MAX, EVIDENCE_INFERRED, UINT32_MAX,
		UINT16_MAX, true };
	struct flow_row found = { .target = UINT32_MAX,
		.source = 1,
		.owner = UINT32_MAX,
		.lane = EVIDENCE_INFERRED };

	assert_int_equal(flow_get(f->txn, &found), 1);
	put(f, wide);
	assert_int_equal(flow_get(f->txn, &found), 0);
	assert_int_equal(found.segments, UINT32_MAX);
	assert_int_equal(found.now, UINT16_MAX);
	assert_true(found.implied);
	found.lane = EVIDENCE_DECLARED;
	assert_int_equal(flow_get(f->txn, &found), 1);
}

static void a_row_that_says_nothing_goes(void **state)
{
	struct fixture *f = *state;
	struct flow_row told = row(2, 1, 9);

	put(f, told);
	told.segments = told.now = 0;
	put(f, told);
	assert_int_equal(flow_get(f->txn, &told), 1);
	put(f, told);
}

static void classes_that_nobody_knows_are_refused(void **state)
{
	struct fixture *f = *state;
	struct flow_row told = row(2, 1, 9);

	told.now = UINT16_MAX + 1;
	assert_int_equal(flow_put(f->txn, &told), ERR_INVALID);
}

static int count_row(void *ctx, const struct flow_row *row)
{
	*(node_id *)ctx += row->owner;
	return row->owner == 42 ? 42 : 0;
}

static void rows_of_a_pair_are_visited_and_no_others(void **state)
{
	struct fixture *f = *state;
	node_id owners = 0;

	put(f, row(2, 1, 10));
	put(f, row(2, 1, 20));
	put(f, row(1, 2, 400));
	put(f, row(2, 3, 800));
	assert_int_equal(flow_each(f->txn, 2, 1, count_row, &owners), 0);
	assert_int_equal(owners, 30);
	assert_int_equal(flow_all(f->txn, count_row, &owners), 0);
	assert_int_equal(owners, 30 + 1230);
	put(f, row(2, 1, 42));
	assert_int_equal(flow_each(f->txn, 2, 1, count_row, &owners), 42);
}

static uint32_t flags(struct fixture *f)
{
	uint32_t flags = UINT32_MAX;

	assert_int_equal(flow_flags(f->txn, 2, 1, &flags), 0);
	return flags;
}

static void a_pair_that_nobody_tells_has_no_flags(void **state)
{
	assert_int_equal(flags(*state), 0);
}

static void lanes_and_classes_of_all_rows_are_one_edge(void **state)
{
	struct fixture *f = *state;
	struct flow_row declared = row(2, 1, 10);

	put(f, row(2, 1, 10));
	declared.lane = EVIDENCE_DECLARED;
	declared.now = 0;
	put(f, declared);
	assert_int_equal(flags(f) & 0xffff, EDGE_FLOW_OBSERVED_NOW |
						    EDGE_FLOW_OBSERVED_EVER |
						    EDGE_FLOW_DECLARED_EVER);
	declared.lane = EVIDENCE_INFERRED;
	declared.now = CLASS_FORM_RENAME;
	put(f, declared);
	assert_int_equal(flags(f) & EDGE_FLOW_NOW,
		EDGE_FLOW_OBSERVED_NOW | EDGE_FLOW_INFERRED_NOW);
	assert_int_equal(EDGE_CLASSES(flags(f)),
		CLASS_IDENTITY | CLASS_FORM_COLUMNS | CLASS_FORM_RENAME);
}

static void a_flow_is_implied_when_all_that_stand_are(void **state)
{
	struct fixture *f = *state;
	struct flow_row other = row(2, 1, 20);
	struct flow_row implied = row(2, 1, 10);

	implied.implied = true;
	put(f, implied);
	assert_true(flags(f) & EDGE_IMPLIED);
	other.now = 0;
	put(f, other);
	assert_true(flags(f) & EDGE_IMPLIED);
	put(f, row(2, 1, 20));
	assert_false(flags(f) & EDGE_IMPLIED);
}

static void a_damaged_row_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct store_key key;
	struct flow_row found = row(2, 1, 9);
	node_id owners = 0;

	key_start(&key);
	key_put_u32(&key, 2);
	key_put_u32(&key, 1);
	key_put_u32(&key, 9);
	key_put_u8(&key, EVIDENCE_COUNT);
	assert_int_equal(db_put(f->txn, DB_FLOW, &key, SLICE("noise")), 0);
	assert_int_equal(flow_each(f->txn, 2, 1, count_row, &owners), ERR_CORRUPT);
	f->txn->err = 0;
	key.bytes[key.len - 1] = EVIDENCE_OBSERVED;
	assert_int_equal(db_put(f->txn, DB_FLOW, &key, SLICE("noise")), 0);
	assert_int_equal(flow_get(f->txn, &found), ERR_CORRUPT);
}

static void every_class_has_a_name(void **state)
{
	uint32_t named = 0;

	(void)state;
	for (unsigned bit = 0; flow_class_text(bit); bit++)
		named |= 1U << bit;
	assert_int_equal(named, CLASSES_DIRECT | CLASSES_INDIRECT | CLASS_UNKNOWN);
	assert_string_equal(flow_class_text(0), "IDENTITY");
	assert_string_equal(flow_class_text(11), "UNKNOWN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_row_comes_back_as_it_was_put),
		STORE_TEST(a_row_that_says_nothing_goes),
		STORE_TEST(classes_that_nobody_knows_are_refused),
		STORE_TEST(rows_of_a_pair_are_visited_and_no_others),
		STORE_TEST(a_pair_that_nobody_tells_has_no_flags),
		STORE_TEST(lanes_and_classes_of_all_rows_are_one_edge),
		STORE_TEST(a_flow_is_implied_when_all_that_stand_are),
		STORE_TEST(a_damaged_row_is_corrupt),
		cmocka_unit_test(every_class_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
