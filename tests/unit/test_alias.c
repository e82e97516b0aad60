/* SPDX-License-Identifier: Apache-2.0 */

/* test_alias.c - claims of names, who won them, and the groups they make */

#include "store_fixture.h"

#include "base/arena.h"
#include "graph/alias.h"
#include "graph/entity.h"
#include "graph/store/store_impl.h"

/* Datasets named a, b, c ... have the ids 1, 2, 3 ... */
static void make_datasets(struct fixture *f, const char *names)
{
	for (; *names; names++) {
		struct node_key key = { NODE_DATASET, SLICE("db"), slice_of(names, 1),
			SLICE("") };
		node_id id;

		assert_int_equal(entity_add(f->txn, &key, 1, &id), 0);
	}
}

/* One claim more, which is won. */
static void claim(
	struct fixture *f, struct arena *arena, node_id claimer, node_id claimed)
{
	struct alias_claimers claimers = { { &claimer, 1 }, claimer };
	struct alias_ids claims, more;

	assert_int_equal(alias_claims_get(f->txn, claimer, arena, &claims), 0);
	more.ids = arena_array(arena, claims.count + 1, sizeof(*more.ids));
	assert_non_null(more.ids);
	more.count = claims.count + 1;
	if (claims.count)
		memcpy(more.ids, claims.ids, claims.count * sizeof(*more.ids));
	more.ids[claims.count] = claimed;
	assert_int_equal(alias_claims_put(f->txn, claimer, &more), 0);
	assert_int_equal(alias_claimers_put(f->txn, claimed, &claimers), 0);
}

/* The group of a dataset as text: the one that stands for all first. */
static const char *group(struct fixture *f, struct arena *arena, node_id dataset)
{
	char *text = arena_alloc(arena, 256);
	struct alias_ids ids;
	size_t len = 0;

	assert_non_null(text);
	assert_int_equal(alias_group(f->txn, dataset, arena, &ids), 0);
	for (size_t i = 0; i < ids.count; i++)
		len += (size_t)snprintf(text + len, 256 - len, "%s%u", i ? " " : "",
			(unsigned)ids.ids[i]);
	return text;
}

static void claims_come_back_and_go(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	node_id ids[] = { 2, 300, UINT32_MAX };
	struct alias_ids claims = { ids, 3 }, found;

	assert_int_equal(alias_claims_get(f->txn, 1, arena, &found), 0);
	assert_int_equal(found.count, 0);
	assert_int_equal(alias_claims_put(f->txn, 1, &claims), 0);
	assert_int_equal(alias_claims_get(f->txn, 1, arena, &found), 0);
	assert_int_equal(found.count, 3);
	assert_memory_equal(found.ids, ids, sizeof(ids));
	claims.count = 0;
	assert_int_equal(alias_claims_put(f->txn, 1, &claims), 0);
	assert_int_equal(alias_claims_get(f->txn, 1, arena, &found), 0);
	assert_int_equal(found.count, 0);
}

static void claimers_come_back_with_their_winner(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	node_id ids[] = { 2, 5 };
	struct alias_claimers claimers = { { ids, 2 }, 5 }, found;

	assert_int_equal(alias_claimers_get(f->txn, 9, arena, &found), 0);
	assert_int_equal(found.all.count + found.winner, 0);
	assert_int_equal(alias_claimers_put(f->txn, 9, &claimers), 0);
	assert_int_equal(alias_claimers_get(f->txn, 9, arena, &found), 0);
	assert_int_equal(found.winner, 5);
	assert_int_equal(found.all.count, 2);
	assert_memory_equal(found.all.ids, ids, sizeof(ids));
}

static void ids_that_are_not_sorted_are_refused(void **state)
{
	struct fixture *f = *state;
	node_id ids[] = { 5, 2 };
	struct alias_ids claims = { ids, 2 };

	assert_int_equal(alias_claims_put(f->txn, 9, &claims), ERR_INVALID);
}

static int see_winner(void *ctx, node_id claimed, node_id winner)
{
	*(node_id *)ctx += claimed * 100 + winner;
	return 0;
}

static void names_that_somebody_has_are_visited(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	node_id two = 2, sum = 0;
	struct alias_claimers nobody = { { &two, 1 }, 0 };

	claim(f, arena, 1, 3);
	claim(f, arena, 2, 4);
	assert_int_equal(alias_claimers_put(f->txn, 9, &nobody), 0);
	assert_int_equal(alias_each(f->txn, see_winner, &sum), 0);
	assert_int_equal(sum, 301 + 402);
}

static void a_dataset_alone_is_its_own_group(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);

	make_datasets(f, "ab");
	assert_string_equal(group(f, arena, 2), "2");
}

static void the_member_that_nobody_claims_stands_for_the_group(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);

	make_datasets(f, "abcdef");
	claim(f, arena, 3, 1);
	claim(f, arena, 3, 4);
	claim(f, arena, 1, 5);
	for (node_id member = 1; member <= 5; member++)
		if (member != 2)
			assert_string_equal(group(f, arena, member), "3 1 4 5");
	assert_string_equal(group(f, arena, 2), "2");
}

static void a_claim_that_lost_joins_nothing(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	node_id both[] = { 1, 2 };
	struct alias_claimers claimers = { { both, 2 }, 2 };

	make_datasets(f, "abc");
	claim(f, arena, 1, 3);
	claim(f, arena, 2, 3);
	assert_int_equal(alias_claimers_put(f->txn, 3, &claimers), 0);
	assert_string_equal(group(f, arena, 1), "1");
	assert_string_equal(group(f, arena, 3), "2 3");
}

static void in_a_circle_the_smallest_name_stands_for_all(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);

	/* c, a, b, and a hanger-on, which is smaller and not of the circle. */
	make_datasets(f, "cabA");
	claim(f, arena, 1, 2);
	claim(f, arena, 2, 3);
	claim(f, arena, 3, 1);
	claim(f, arena, 3, 4);
	for (node_id member = 1; member <= 4; member++)
		assert_string_equal(group(f, arena, member), "2 3 1 4");
}

static void a_long_chain_of_claims_is_one_group(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16, 1 << 26);
	struct alias_ids ids;

	for (node_id i = 5000; i > 1; i--)
		claim(f, arena, i, i - 1);
	assert_int_equal(alias_group(f->txn, 1, arena, &ids), 0);
	assert_int_equal(ids.count, 5000);
	assert_int_equal(ids.ids[0], 5000);
}

static void damaged_rows_are_corrupt(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	const enum store_db dbs[] = { DB_ALIAS_CLAIM, DB_ALIAS };
	struct alias_ids ids;
	struct store_key key;

	key_start(&key);
	key_put_u32(&key, 1);
	for (size_t i = 0; i < ARRAY_LEN(dbs); i++) {
		assert_int_equal(db_put(f->txn, dbs[i], &key, SLICE("\1noise")), 0);
		assert_int_equal(alias_group(f->txn, 1, arena, &ids), ERR_CORRUPT);
		f->txn->err = 0;
		assert_int_equal(db_remove(f->txn, dbs[i], &key), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(claims_come_back_and_go),
		STORE_TEST(claimers_come_back_with_their_winner),
		STORE_TEST(ids_that_are_not_sorted_are_refused),
		STORE_TEST(names_that_somebody_has_are_visited),
		STORE_TEST(a_dataset_alone_is_its_own_group),
		STORE_TEST(the_member_that_nobody_claims_stands_for_the_group),
		STORE_TEST(a_claim_that_lost_joins_nothing),
		STORE_TEST(in_a_circle_the_smallest_name_stands_for_all),
		STORE_TEST(a_long_chain_of_claims_is_one_group),
		STORE_TEST(damaged_rows_are_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
