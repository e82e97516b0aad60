/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_entity_cache.c - the nodes that events mention now
 */
#include "graph/entity_cache.h"

#include "tests/unit/store_fixture.h"

#define PLACES 4

static node_id make_node(struct fixture *f, const char *name)
{
	struct node_key key = {
		.kind = NODE_DATASET, .namespace = SLICE("n"), .name = slice_from(name)
	};
	node_id id;

	assert_int_equal(entity_add(f->txn, &key, 100, &id), 0);
	return id;
}

static struct cached_entity *get(
	struct fixture *f, struct entity_cache *cache, node_id id)
{
	struct cached_entity *entity;

	assert_int_equal(entity_cache_get(cache, f->txn, id, &entity), 0);
	assert_int_equal(entity->id, id);
	return entity;
}

static int64_t stored_last_us(struct fixture *f, node_id id)
{
	struct entity entity;

	assert_int_equal(entity_get(f->txn, id, &entity), 0);
	return entity.times.last_seen_us;
}

static void what_changed_is_written_when_it_is_flushed(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	node_id id = make_node(f, "a");

	assert_int_equal(entity_cache_new(PLACES, &cache), 0);
	entity_cache_seen(cache, get(f, cache, id), 200);
	assert_int_equal(stored_last_us(f, id), 100);
	assert_int_equal(entity_cache_flush(cache, f->txn), 0);
	assert_int_equal(stored_last_us(f, id), 200);
}

static void a_node_that_was_only_told_of_is_seen_from_its_first_event_on(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	const struct node_key key = {
		.kind = NODE_DATASET, .namespace = SLICE("n"), .name = SLICE("a")
	};
	struct cached_entity *entity;
	node_id id;

	assert_int_equal(entity_add(f->txn, &key, TIME_NEVER, &id), 0);
	assert_int_equal(entity_cache_new(PLACES, &cache), 0);
	entity = get(f, cache, id);
	assert_true(entity->times.first_seen_us == TIME_NEVER);
	entity_cache_seen(cache, entity, 7);
	entity_cache_seen(cache, entity, 5);
	assert_int_equal(entity->times.first_seen_us, 5);
	assert_int_equal(entity->times.last_seen_us, 7);
}

static void the_newest_write_and_the_newest_drop_are_kept(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	node_id id = make_node(f, "a");
	struct entity stored;

	assert_int_equal(entity_cache_new(PLACES, &cache), 0);
	entity_cache_written(cache, get(f, cache, id), 8);
	entity_cache_written(cache, get(f, cache, id), 6);
	assert_false(entity_dropped(&get(f, cache, id)->times));
	entity_cache_dropped(cache, get(f, cache, id), 8);
	assert_int_equal(entity_cache_flush(cache, f->txn), 0);
	assert_int_equal(entity_get(f->txn, id, &stored), 0);
	assert_int_equal(stored.times.written_us, 8);
	assert_int_equal(stored.times.dropped_us, 8);
	assert_true(entity_dropped(&stored.times));
}

static void what_was_cleared_is_not_written(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	node_id id = make_node(f, "a");

	assert_int_equal(entity_cache_new(PLACES, &cache), 0);
	entity_cache_seen(cache, get(f, cache, id), 200);
	entity_cache_clear(cache);
	assert_int_equal(entity_cache_flush(cache, f->txn), 0);
	assert_int_equal(stored_last_us(f, id), 100);
	assert_int_equal(get(f, cache, id)->times.last_seen_us, 100);
}

static void an_epoch_ends_with_a_new_table_and_not_with_a_new_time(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	node_id id = make_node(f, "a");
	struct cached_entity *entity;
	uint32_t place;
	uint64_t epoch;

	assert_int_equal(entity_cache_new(PLACES, &cache), 0);
	entity = get(f, cache, id);
	place = entity_cache_place(cache, entity);
	epoch = entity->epoch;
	entity_cache_seen(cache, entity, 200);
	assert_ptr_equal(entity_cache_at(cache, place, epoch), entity);
	entity_cache_renewed(cache, entity);
	assert_null(entity_cache_at(cache, place, epoch));
}

static void more_nodes_than_places_push_each_other_out(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	node_id ids[3 * PLACES];
	char name[] = "a";

	assert_int_equal(entity_cache_new(PLACES, &cache), 0);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		name[0] = (char)('a' + i);
		ids[i] = make_node(f, name);
	}
	for (size_t round = 1; round <= 3; round++)
		for (size_t i = 0; i < ARRAY_LEN(ids); i++)
			entity_cache_seen(cache, get(f, cache, ids[i]),
				(int64_t)(1000 * round + i));
	assert_int_equal(entity_cache_flush(cache, f->txn), 0);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		assert_int_equal(stored_last_us(f, ids[i]), 3000 + i);
}

static void who_was_pushed_out_comes_back_in_another_epoch(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	node_id a = make_node(f, "a");
	node_id b = make_node(f, "b");
	uint64_t epoch;
	uint32_t place;

	assert_int_equal(entity_cache_new(1, &cache), 0);
	epoch = get(f, cache, a)->epoch;
	place = entity_cache_place(cache, get(f, cache, a));
	(void)get(f, cache, b);
	(void)get(f, cache, a);
	assert_null(entity_cache_at(cache, place, epoch));
}

static void a_facet_table_is_read_and_written_as_a_whole(void **state)
{
	struct fixture *f = *state;
	AUTO(entity_cache) struct entity_cache *cache = NULL;
	const struct entity_facet row = { 7, 8, 9, TIME_NEVER };
	node_id id = make_node(f, "a");
	struct cached_entity *entity;

	assert_int_equal(entity_cache_new(PLACES, &cache), 0);
	entity = get(f, cache, id);
	assert_int_equal(entity_cache_reserve(cache, entity, 1), 0);
	entity->rows[entity->count++] = row;
	entity_cache_renewed(cache, entity);
	assert_int_equal(entity_cache_flush(cache, f->txn), 0);
	entity_cache_clear(cache);

	entity = get(f, cache, id);
	assert_int_equal(entity->count, 1);
	assert_memory_equal(&entity->rows[0], &row, sizeof(row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_changed_is_written_when_it_is_flushed),
		STORE_TEST(a_node_that_was_only_told_of_is_seen_from_its_first_event_on),
		STORE_TEST(the_newest_write_and_the_newest_drop_are_kept),
		STORE_TEST(what_was_cleared_is_not_written),
		STORE_TEST(an_epoch_ends_with_a_new_table_and_not_with_a_new_time),
		STORE_TEST(more_nodes_than_places_push_each_other_out),
		STORE_TEST(who_was_pushed_out_comes_back_in_another_epoch),
		STORE_TEST(a_facet_table_is_read_and_written_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
