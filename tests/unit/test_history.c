/* SPDX-License-Identifier: Apache-2.0 */

/* test_history.c - every content that a facet ever had */

#include "store_fixture.h"

#include "base/arena.h"
#include "base/hash.h"
#include "graph/history.h"
#include "graph/store/store_impl.h"

#define NODE 1

static uint64_t schema(void)
{
	return hash64(SLICE("schema"));
}

static void put(struct fixture *f, struct past_facet past)
{
	assert_int_equal(history_put(f->txn, NODE, schema(), &past), 0);
}

static void only_three_facets_have_a_history(void **state)
{
	(void)state;
	assert_true(history_keeps(schema()));
	assert_true(history_keeps(hash64(SLICE("symlinks"))));
	assert_true(history_keeps(hash64(SLICE("lifecycleStateChange"))));
	assert_false(history_keeps(hash64(SLICE("ownership"))));
}

static void a_content_comes_back_and_keeps_its_bytes(void **state)
{
	struct fixture *f = *state;
	struct past_facet found;

	assert_int_equal(history_get(f->txn, NODE, schema(), 5, &found), 1);
	put(f, (struct past_facet){ 5, INT64_MIN + 1, INT64_MAX, SLICE("{}") });
	assert_int_equal(history_get(f->txn, NODE, schema(), 5, &found), 0);
	assert_true(found.first_us == INT64_MIN + 1 && found.last_us == INT64_MAX);
	assert_true(slice_equal(found.bytes, SLICE("{}")));
	put(f, (struct past_facet){ 5, 1, 9, SLICE("") });
	assert_int_equal(history_get(f->txn, NODE, schema(), 5, &found), 0);
	assert_int_equal(found.first_us, 1);
	assert_int_equal(found.last_us, 9);
	assert_true(slice_equal(found.bytes, SLICE("{}")));
}

/* Makes the node with a facet that stands. */
static void stand(struct fixture *f, struct entity_facet row, struct slice bytes)
{
	struct node_key key = { NODE_DATASET, SLICE("db"), SLICE("a"), SLICE("") };
	struct entity_times times = { 1, 9, TIME_NEVER, TIME_NEVER };
	struct facet facet = { SLICE("schema"), bytes };
	node_id id;

	assert_int_equal(entity_add(f->txn, &key, 1, &id), 0);
	assert_int_equal(id, NODE);
	row.name_hash = schema();
	assert_int_equal(entity_put(f->txn, id, &times, &row, 1), 0);
	if (row.hash)
		assert_int_equal(facet_put(f->txn, id, schema(), &facet), 0);
}

/* The history as text: HASH FIRST-LAST BYTES; ... */
static const char *list(struct fixture *f, struct arena *arena)
{
	char *text = arena_alloc(arena, 1024);
	struct past_facets past;
	size_t len = 0;

	assert_non_null(text);
	text[0] = '\0';
	assert_int_equal(history_list(f->txn, NODE, schema(), arena, &past), 0);
	for (size_t i = 0; i < past.count; i++)
		len += (size_t)snprintf(text + len, 1024 - len, "%d %d-%d %.*s;",
			(int)past.list[i].hash, (int)past.list[i].first_us,
			(int)past.list[i].last_us, (int)past.list[i].bytes.len,
			past.list[i].bytes.ptr ? past.list[i].bytes.ptr : "");
	return text;
}

static void a_node_without_the_facet_has_no_history(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);

	assert_string_equal(list(f, arena), "");
}

static void what_stands_is_in_the_history_before_it_is_kept(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);

	stand(f, (struct entity_facet){ .hash = 7, .time_us = 30, .first_us = 20 },
		SLICE("new"));
	put(f, (struct past_facet){ 9, 10, 15, SLICE("old") });
	assert_string_equal(list(f, arena), "9 10-15 old;7 20-30 new;");
}

static void what_stands_again_has_all_its_times(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);

	stand(f, (struct entity_facet){ .hash = 7, .time_us = 30, .first_us = 25 },
		SLICE("a"));
	put(f, (struct past_facet){ 7, 5, 10, SLICE("a") });
	put(f, (struct past_facet){ 9, 5, 20, SLICE("b") });
	assert_string_equal(list(f, arena), "7 5-30 a;9 5-20 b;");
}

static void a_deletion_is_a_content_without_bytes(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);

	stand(f, (struct entity_facet){ .hash = 0, .time_us = 30, .first_us = 30 },
		SLICE(""));
	put(f, (struct past_facet){ 9, 10, 15, SLICE("old") });
	assert_string_equal(list(f, arena), "9 10-15 old;0 30-30 ;");
}

static void many_contents_are_listed_in_order_of_their_first_time(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct past_facets past;

	for (uint64_t i = 1; i <= 100; i++)
		put(f, (struct past_facet){ i, (int64_t)(1000 - i), 2000, SLICE("x") });
	assert_int_equal(history_list(f->txn, NODE, schema(), arena, &past), 0);
	assert_int_equal(past.count, 100);
	for (size_t i = 0; i < past.count; i++)
		assert_int_equal(past.list[i].hash, 100 - i);
}

static void a_damaged_content_is_corrupt(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 20);
	struct past_facets past;
	struct past_facet found;
	struct store_key key;

	key_start(&key);
	key_put_u32(&key, NODE);
	key_put_u64(&key, schema());
	key_put_u64(&key, 5);
	assert_int_equal(db_put(f->txn, DB_HISTORY, &key, SLICE("\1noise")), 0);
	assert_int_equal(history_get(f->txn, NODE, schema(), 5, &found), ERR_CORRUPT);
	f->txn->err = 0;
	assert_int_equal(history_list(f->txn, NODE, schema(), arena, &past), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_three_facets_have_a_history),
		STORE_TEST(a_content_comes_back_and_keeps_its_bytes),
		STORE_TEST(a_node_without_the_facet_has_no_history),
		STORE_TEST(what_stands_is_in_the_history_before_it_is_kept),
		STORE_TEST(what_stands_again_has_all_its_times),
		STORE_TEST(a_deletion_is_a_content_without_bytes),
		STORE_TEST(many_contents_are_listed_in_order_of_their_first_time),
		STORE_TEST(a_damaged_content_is_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
