/* SPDX-License-Identifier: Apache-2.0 */

/* test_entity.c - nodes, namespaces, facets and the list of nodes */

#include "store_fixture.h"

#include "graph/entity.h"
#include "graph/store/entity_impl.h"

static struct node_key dataset(const char *namespace, const char *name)
{
	return (struct node_key){ NODE_DATASET, slice_from(namespace), slice_from(name),
		SLICE("") };
}

static struct node_key job(const char *namespace, const char *name)
{
	return (struct node_key){ NODE_JOB, slice_from(namespace), slice_from(name),
		SLICE("") };
}

static node_id add(struct fixture *f, struct node_key key)
{
	node_id id = 0;

	assert_int_equal(entity_add(f->txn, &key, 1000, &id), 0);
	return id;
}

static void a_node_is_found_by_its_key(void **state)
{
	struct fixture *f = *state;
	struct node_key key = dataset("db", "customers");
	node_id id, found;

	assert_int_equal(entity_find(f->txn, &key, &found), 1);
	id = add(f, key);
	assert_int_equal(entity_find(f->txn, &key, &found), 0);
	assert_int_equal(found, id);
}

static void a_node_tells_its_key_and_when_it_was_seen(void **state)
{
	struct fixture *f = *state;
	struct entity entity;
	node_id id = add(f, job("etl", "load"));

	assert_int_equal(entity_get(f->txn, id, &entity), 0);
	assert_int_equal(entity.key.kind, NODE_JOB);
	assert_true(slice_equal(entity.key.namespace, SLICE("etl")));
	assert_true(slice_equal(entity.key.name, SLICE("load")));
	assert_int_equal(entity.times.first_seen_us, 1000);
	assert_int_equal(entity.times.last_seen_us, 1000);
	assert_true(entity.times.written_us == TIME_NEVER);
	assert_true(entity.times.dropped_us == TIME_NEVER);
	assert_int_equal(entity.facet_count, 0);
	assert_int_equal(entity_get(f->txn, id + 1, &entity), 1);
	assert_int_equal(entity_get(f->txn, 0, &entity), 1);
}

static void kind_namespace_and_name_make_different_nodes(void **state)
{
	struct fixture *f = *state;
	struct node_key other = dataset("d", "bc");
	node_id ids[] = { add(f, dataset("db", "c")), add(f, dataset("dbc", "")),
		add(f, job("db", "c")), add(f, dataset("", "dbc")) };
	node_id found;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		assert_int_equal(ids[i], i + 1);
	assert_int_equal(entity_find(f->txn, &other, &found), 1);
}

static void names_are_exact_bytes_of_any_length(void **state)
{
	struct fixture *f = *state;
	char *name = test_malloc(100000);
	struct node_key key = { NODE_DATASET, SLICE("n\0s"), { name, 100000 },
		SLICE("") };
	struct entity entity;
	node_id id, found;

	memset(name, 'x', 100000);
	name[50] = 0;
	id = add(f, key);
	assert_int_equal(entity_find(f->txn, &key, &found), 0);
	assert_int_equal(found, id);
	assert_int_equal(entity_get(f->txn, id, &entity), 0);
	assert_true(slice_equal(entity.key.name, key.name));
	assert_true(slice_equal(entity.key.namespace, key.namespace));
	key.name.len--;
	assert_int_equal(entity_find(f->txn, &key, &found), 1);
	test_free(name);
}

static node_id parent_of(struct fixture *f, node_id id)
{
	struct entity entity;

	assert_int_equal(entity_get(f->txn, id, &entity), 0);
	return entity.parent;
}

static void a_field_knows_its_whole_and_that_its_dataset(void **state)
{
	struct fixture *f = *state;
	struct node_key field = { NODE_FIELD, SLICE("db"), SLICE("customers"),
		SLICE("email") };
	struct node_key whole = { NODE_WHOLE, SLICE("db"), SLICE("customers"),
		SLICE("") };
	struct entity entity;
	node_id parent, id;

	assert_int_equal(entity_add(f->txn, &whole, 1, &id), ERR_INVALID);
	parent = add(f, dataset("db", "customers"));
	assert_int_equal(entity_add(f->txn, &field, 1, &id), ERR_INVALID);
	id = add(f, whole);
	assert_int_equal(parent_of(f, id), parent);
	assert_int_equal(entity_find(f->txn, &whole, &parent), 0);
	assert_int_equal(parent, id);
	id = add(f, field);
	assert_int_equal(parent_of(f, id), parent);
	assert_int_equal(entity_get(f->txn, id, &entity), 0);
	assert_true(slice_equal(entity.key.field, SLICE("email")));
	assert_true(entity.times.first_seen_us == TIME_NEVER);
	assert_true(entity.times.last_seen_us == TIME_NEVER);
}

static size_t list(struct fixture *f, struct entity_range range, node_id ids[16]);

static void fields_and_wholes_are_not_listed(void **state)
{
	struct fixture *f = *state;
	node_id ids[16];

	add(f, dataset("db", "a"));
	add(f, (struct node_key){ NODE_WHOLE, SLICE("db"), SLICE("a"), SLICE("") });
	add(f, (struct node_key){ NODE_FIELD, SLICE("db"), SLICE("a"), SLICE("x") });
	assert_int_equal(list(f, (struct entity_range){ 0 }, ids), 1);
}

static void a_node_that_was_only_told_of_was_never_seen(void **state)
{
	struct fixture *f = *state;
	struct node_key key = dataset("db", "old");
	struct entity entity;
	node_id id;

	assert_int_equal(entity_add(f->txn, &key, TIME_NEVER, &id), 0);
	assert_int_equal(entity_get(f->txn, id, &entity), 0);
	assert_true(entity.times.first_seen_us == TIME_NEVER);
	assert_true(entity.times.last_seen_us == TIME_NEVER);
}

static void times_come_back_as_they_were_put(void **state)
{
	struct fixture *f = *state;
	const struct entity_times times[] = {
		{ 1, 2, 3, 4 },
		{ INT64_MIN + 1, INT64_MAX, INT64_MAX, INT64_MIN + 1 },
		{ TIME_NEVER, TIME_NEVER, TIME_NEVER, 5 },
		{ 7, 7, -8, TIME_NEVER },
	};
	node_id id = add(f, dataset("db", "customers"));
	struct entity entity;

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		assert_int_equal(entity_put(f->txn, id, &times[i], NULL, 0), 0);
		assert_int_equal(entity_get(f->txn, id, &entity), 0);
		assert_memory_equal(&entity.times, &times[i], sizeof(times[i]));
	}
}

static void a_dataset_is_dropped_until_it_is_written_again(void **state)
{
	struct entity_times times = { 1, 9, TIME_NEVER, TIME_NEVER };

	(void)state;
	assert_false(entity_dropped(&times));
	times.dropped_us = 5;
	assert_true(entity_dropped(&times));
	times.written_us = 5;
	assert_true(entity_dropped(&times));
	times.written_us = 6;
	assert_false(entity_dropped(&times));
}

static void a_facet_table_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	const struct entity_times times = { -1, INT64_MAX, TIME_NEVER, 0 };
	const struct entity_facet rows[] = { { 1, 0, 5, 4 }, { 2, 77, -9, INT64_MIN },
		{ UINT64_MAX, UINT64_MAX, INT64_MAX, INT64_MIN + 1 } };
	struct entity_facet found[3];
	struct entity entity;
	node_id id = add(f, dataset("db", "customers"));

	assert_int_equal(entity_put(f->txn, id, &times, rows, 3), 0);
	assert_int_equal(entity_get(f->txn, id, &entity), 0);
	assert_int_equal(entity.facet_count, 3);
	assert_int_equal(entity_facets(f->txn, id, found, 3), 0);
	assert_memory_equal(found, rows, sizeof(rows));
	assert_int_equal(entity_facets(f->txn, id, found, 2), ERR_TOO_LARGE);
}

static void a_facet_is_put_replaced_and_removed(void **state)
{
	struct fixture *f = *state;
	struct facet facet = { SLICE("schema"), SLICE("{\"fields\":[]}") };
	struct facet found;

	assert_int_equal(facet_get(f->txn, 1, 99, &found), 1);
	assert_int_equal(facet_put(f->txn, 1, 99, &facet), 0);
	facet.bytes = SLICE("{}");
	assert_int_equal(facet_put(f->txn, 1, 99, &facet), 0);
	assert_int_equal(facet_get(f->txn, 1, 99, &found), 0);
	assert_true(slice_equal(found.name, facet.name));
	assert_true(slice_equal(found.bytes, facet.bytes));
	assert_int_equal(facet_remove(f->txn, 1, 99), 0);
	assert_int_equal(facet_get(f->txn, 1, 99, &found), 1);
}

static int match_id(struct store_txn *txn, uint32_t id, const void *wanted)
{
	(void)txn;
	return id == *(const uint32_t *)wanted ? 0 : 1;
}

static void names_with_the_same_hash_are_told_apart(void **state)
{
	struct fixture *f = *state;
	uint32_t wanted = 300, found;

	assert_int_equal(chain_add(f->txn, DB_ENTITY_KEY, 5, 1), 0);
	assert_int_equal(chain_add(f->txn, DB_ENTITY_KEY, 5, 300), 0);
	assert_int_equal(
		chain_find(f->txn, DB_ENTITY_KEY, 5, match_id, &wanted, &found), 0);
	assert_int_equal(found, 300);
	wanted = 2;
	assert_int_equal(
		chain_find(f->txn, DB_ENTITY_KEY, 5, match_id, &wanted, &found), 1);
}

static int count_one(void *ctx, const struct entity *entity)
{
	node_id *last = ctx;

	assert_int_equal(entity->id, *last + 1);
	*last = entity->id;
	return 0;
}

static void all_nodes_are_visited_in_order_of_ids(void **state)
{
	struct fixture *f = *state;
	node_id seen = 0, last;

	for (int i = 0; i < 1000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%d", i);
		add(f, dataset(i % 2 ? "a" : "b", name));
	}
	assert_int_equal(entity_each(f->txn, count_one, &seen), 0);
	assert_int_equal(seen, 1000);
	assert_int_equal(entity_last(f->txn, &last), 0);
	assert_int_equal(last, 1000);
}

static void namespaces_have_dense_ids(void **state)
{
	struct fixture *f = *state;
	struct slice name;
	uint32_t id;

	add(f, dataset("first", "x"));
	add(f, dataset("second", "x"));
	add(f, dataset("first", "y"));
	assert_int_equal(namespace_find(f->txn, SLICE("second"), &id), 0);
	assert_int_equal(id, 2);
	assert_int_equal(namespace_get(f->txn, 1, &name), 0);
	assert_true(slice_equal(name, SLICE("first")));
	assert_int_equal(namespace_find(f->txn, SLICE("third"), &id), 1);
	assert_int_equal(namespace_get(f->txn, 3, &name), 1);
}

static int see_namespace(void *ctx, uint32_t id, struct slice name)
{
	uint32_t *seen = ctx;

	assert_int_equal(id, ++*seen);
	assert_true(slice_equal(name, id == 1 ? SLICE("first") : SLICE("second")));
	return id == 2 ? 42 : 0;
}

static void namespaces_are_visited_until_the_visitor_stops(void **state)
{
	struct fixture *f = *state;
	uint32_t seen = 0;

	add(f, dataset("first", "x"));
	assert_int_equal(namespace_each(f->txn, see_namespace, &seen), 0);
	assert_int_equal(seen, 1);
	add(f, dataset("second", "x"));
	add(f, dataset("third", "x"));
	seen = 0;
	assert_int_equal(namespace_each(f->txn, see_namespace, &seen), 42);
	assert_int_equal(seen, 2);
}

static size_t list(struct fixture *f, struct entity_range range, node_id ids[16])
{
	size_t count = 0;

	assert_int_equal(entity_list(f->txn, &range, ids, 16, &count), 0);
	return count;
}

static void nodes_are_listed_by_kind_namespace_and_name(void **state)
{
	struct fixture *f = *state;
	node_id ids[16];
	node_id load = add(f, job("etl", "load"));
	node_id b = add(f, dataset("db", "b"));
	node_id ab = add(f, dataset("db", "ab"));
	node_id a = add(f, dataset("db", "a"));

	assert_int_equal(list(f, (struct entity_range){ 0 }, ids), 4);
	assert_int_equal(ids[0], a);
	assert_int_equal(ids[1], ab);
	assert_int_equal(ids[2], b);
	assert_int_equal(ids[3], load);
	assert_int_equal(list(f, (struct entity_range){ .kind = NODE_JOB }, ids), 1);
	assert_int_equal(ids[0], load);
}

static void a_list_can_be_narrowed_to_a_prefix(void **state)
{
	struct fixture *f = *state;
	struct entity_range range = { .prefix = SLICE("a") };
	node_id ids[16];

	add(f, dataset("other", "a"));
	add(f, dataset("db", "b"));
	add(f, dataset("db", "ab"));
	add(f, job("db", "a"));
	assert_int_equal(namespace_find(f->txn, SLICE("db"), &range.namespace_id), 0);
	assert_int_equal(list(f, range, ids), 2);
	assert_int_equal(ids[0], 3);
	assert_int_equal(ids[1], 4);
}

static void a_list_goes_on_behind_a_node(void **state)
{
	struct fixture *f = *state;
	struct entity_range range = { 0 };
	node_id ids[4], seen = 0;
	size_t count;

	for (int i = 0; i < 10; i++)
		add(f, i % 2 ? job("n", "same") : dataset(i % 3 ? "x" : "y", "same"));
	do {
		assert_int_equal(entity_list(f->txn, &range, ids, 4, &count), 0);
		seen += (node_id)count;
		range.after = count ? ids[count - 1] : 0;
	} while (count == 4);
	assert_int_equal(seen, 10);
	range.after = 4711;
	assert_int_equal(entity_list(f->txn, &range, ids, 4, &count), ERR_INVALID);
}

static void a_prefix_longer_than_the_index_is_compared_in_full(void **state)
{
	struct fixture *f = *state;
	char name[600], other[600];
	struct entity_range range = { .namespace_id = 1 };
	node_id ids[16];

	memset(name, 'x', sizeof(name));
	memset(other, 'x', sizeof(other));
	name[599] = other[599] = 0;
	other[450] = 'y';
	add(f, dataset("db", name));
	add(f, dataset("db", other));
	range.prefix = slice_of(other, 460);
	assert_int_equal(list(f, range, ids), 1);
	assert_int_equal(ids[0], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_node_is_found_by_its_key),
		STORE_TEST(a_node_tells_its_key_and_when_it_was_seen),
		STORE_TEST(kind_namespace_and_name_make_different_nodes),
		STORE_TEST(names_are_exact_bytes_of_any_length),
		STORE_TEST(a_field_knows_its_whole_and_that_its_dataset),
		STORE_TEST(fields_and_wholes_are_not_listed),
		STORE_TEST(a_node_that_was_only_told_of_was_never_seen),
		STORE_TEST(times_come_back_as_they_were_put),
		STORE_TEST(a_dataset_is_dropped_until_it_is_written_again),
		STORE_TEST(a_facet_table_comes_back_as_it_was_put),
		STORE_TEST(a_facet_is_put_replaced_and_removed),
		STORE_TEST(names_with_the_same_hash_are_told_apart),
		STORE_TEST(all_nodes_are_visited_in_order_of_ids),
		STORE_TEST(namespaces_have_dense_ids),
		STORE_TEST(namespaces_are_visited_until_the_visitor_stops),
		STORE_TEST(nodes_are_listed_by_kind_namespace_and_name),
		STORE_TEST(a_list_can_be_narrowed_to_a_prefix),
		STORE_TEST(a_list_goes_on_behind_a_node),
		STORE_TEST(a_prefix_longer_than_the_index_is_compared_in_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
