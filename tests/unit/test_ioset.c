/* SPDX-License-Identifier: Apache-2.0 */

/* test_ioset.c - sets of inputs, outputs and flows */

#include "store_fixture.h"

#include "base/arena.h"
#include "graph/flow.h"
#include "graph/store/store_impl.h"
#include "graph/timeline.h"

#include <string.h>

static struct ioset io(
	node_id *inputs, size_t input_count, node_id *outputs, size_t output_count)
{
	return (struct ioset){
		.inputs = inputs,
		.input_count = input_count,
		.outputs = outputs,
		.output_count = output_count,
	};
}

static ioset_id intern(struct fixture *f, struct ioset set)
{
	ioset_id id;

	assert_int_equal(ioset_intern(f->txn, &set, &id), 0);
	return id;
}

/* Whether a set has a dataset on that side. */
static int holds(struct fixture *f, ioset_id id, node_id dataset, bool output)
{
	const struct timeline_item item = {
		.what = output ? ITEM_OUTPUT : ITEM_INPUT,
		.node = dataset,
	};
	size_t bytes;

	return ioset_has(f->txn, id, &item, &bytes);
}

static void an_equal_set_has_the_same_number(void **state)
{
	struct fixture *f = *state;
	node_id a[] = { 3, 9 }, b[] = { 3, 9 };
	ioset_id first = intern(f, io(a, 2, b, 1));

	assert_int_not_equal(first, 0);
	assert_int_equal(intern(f, io(b, 2, a, 1)), first);
}

static void different_sets_have_different_numbers(void **state)
{
	struct fixture *f = *state;
	node_id a[] = { 3, 9 };
	ioset_id ids[] = {
		intern(f, io(a, 2, NULL, 0)),
		intern(f, io(a, 1, a + 1, 1)),
		intern(f, io(NULL, 0, a, 2)),
		intern(f, io(a, 1, NULL, 0)),
	};

	for (size_t i = 1; i < ARRAY_LEN(ids); i++)
		assert_int_not_equal(ids[i], ids[i - 1]);
}

static void the_empty_set_is_number_0(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	struct ioset found;

	assert_int_equal(intern(f, (struct ioset){ 0 }), 0);
	assert_int_equal(ioset_get(f->txn, 0, arena, &found), 0);
	assert_int_equal(found.input_count + found.output_count, 0);
}

static void a_large_set_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1 << 16, 1 << 24);
	size_t count = 50000;
	node_id *ids = test_calloc(count, sizeof(*ids));
	struct ioset found;
	ioset_id id;

	for (size_t i = 0; i < count; i++)
		ids[i] = (node_id)(1 + i * 80000);
	ids[count - 1] = UINT32_MAX;
	id = intern(f, io(ids, count, ids + 10, 20));
	assert_int_equal(ioset_get(f->txn, id, arena, &found), 0);
	assert_int_equal(found.input_count, count);
	assert_int_equal(found.output_count, 20);
	assert_memory_equal(found.inputs, ids, count * sizeof(*ids));
	assert_memory_equal(found.outputs, ids + 10, 20 * sizeof(*ids));
	test_free(ids);
}

static void assert_refused(struct fixture *f, struct ioset set)
{
	ioset_id id;

	assert_int_equal(ioset_intern(f->txn, &set, &id), ERR_INVALID);
}

static void a_set_that_is_not_sorted_is_refused(void **state)
{
	struct fixture *f = *state;
	node_id down[] = { 9, 3 }, twice[] = { 3, 3 }, none[] = { 0 };

	assert_refused(f, io(down, 2, NULL, 0));
	assert_refused(f, io(NULL, 0, twice, 2));
	assert_refused(f, io(none, 1, NULL, 0));
}

static void a_number_that_was_never_given_is_corrupt(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	struct ioset found;

	assert_int_equal(ioset_get(f->txn, 1, arena, &found), ERR_CORRUPT);
	assert_int_equal(holds(f, 1, 1, false), ERR_CORRUPT);
}

static void a_set_tells_what_it_holds_on_each_side(void **state)
{
	struct fixture *f = *state;
	node_id in[] = { 3, 9, 300 }, out[] = { 9, 70000 };
	ioset_id id = intern(f, io(in, 3, out, 2));

	assert_int_equal(holds(f, id, 3, false), 0);
	assert_int_equal(holds(f, id, 300, false), 0);
	assert_int_equal(holds(f, id, 70000, false), 1);
	assert_int_equal(holds(f, id, 9, true), 0);
	assert_int_equal(holds(f, id, 70000, true), 0);
	assert_int_equal(holds(f, id, 3, true), 1);
	assert_int_equal(holds(f, id, UINT32_MAX, true), 1);
	assert_int_equal(holds(f, 0, 3, true), 1);
}

#define COLUMNS(class)	(CLASS_FORM_COLUMNS | (class))
#define EXPLICIT(class) (CLASS_FORM_EXPLICIT | (class))

static void a_set_without_members_has_a_number_when_it_is_stated(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	ioset_id id = intern(f, (struct ioset){ .stated = true });
	struct ioset found;

	assert_int_not_equal(id, 0);
	assert_int_equal(ioset_get(f->txn, id, arena, &found), 0);
	assert_true(found.stated);
	assert_int_equal(found.input_count + found.output_count + found.flow_count, 0);
}

static void covers_come_back_beside_their_outputs(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	node_id out[] = { 1, 2, 3, 4, 5, 600000 };
	uint8_t covers[] = { 0, COVER_COLUMNS, COVER_EXPLICIT, 0, 0, COVER_EXPLICIT };
	struct ioset set = io(NULL, 0, out, 6), found;
	ioset_id plain = intern(f, set);

	set.covers = covers;
	assert_int_not_equal(intern(f, set), plain);
	assert_int_equal(ioset_get(f->txn, intern(f, set), arena, &found), 0);
	assert_memory_equal(found.covers, covers, sizeof(covers));
	assert_int_equal(holds(f, intern(f, set), 600000, true), 0);
}

static void no_cover_at_all_is_the_same_as_none_told(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	node_id out[] = { 1, 2 };
	uint8_t covers[] = { 0, 0 };
	struct ioset set = io(NULL, 0, out, 2), found;
	ioset_id plain = intern(f, set);

	set.covers = covers;
	assert_int_equal(intern(f, set), plain);
	assert_int_equal(ioset_get(f->txn, plain, arena, &found), 0);
	assert_null(found.covers);
}

/* Every form and none, several targets, the widest ids and classes. */
static struct flow some_flows[] = {
	{ 4, 2, CLASS_CONDITIONAL | CLASS_UNMASKED, false },
	{ 4, 2, COLUMNS(CLASS_IDENTITY), true },
	{ 4, 2, EXPLICIT(CLASS_UNKNOWN | CLASS_UNMASKED), true },
	{ 4, 3, CLASS_FORM_RENAME, false },
	{ 9, 1, COLUMNS(CLASSES_DIRECT | CLASSES_INDIRECT | CLASS_UNMASKED), false },
	{ 9, 2, CLASS_CONDITIONAL, false },
	{ 9, UINT32_MAX, EXPLICIT(CLASS_JOIN), false },
	{ UINT32_MAX, UINT32_MAX, EXPLICIT(CLASS_FILTER), true },
};

static struct ioset flow_set(void)
{
	return (struct ioset){ .flows = some_flows, .flow_count = ARRAY_LEN(some_flows) };
}

static void flows_come_back_as_they_were(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	struct ioset found;

	assert_int_equal(ioset_get(f->txn, intern(f, flow_set()), arena, &found), 0);
	assert_int_equal(found.flow_count, ARRAY_LEN(some_flows));
	for (size_t i = 0; i < found.flow_count; i++) {
		assert_int_equal(found.flows[i].target, some_flows[i].target);
		assert_int_equal(found.flows[i].source, some_flows[i].source);
		assert_int_equal(found.flows[i].classes, some_flows[i].classes);
		assert_int_equal(found.flows[i].implied, some_flows[i].implied);
	}
}

static void flows_that_are_not_in_order_are_refused(void **state)
{
	struct fixture *f = *state;
	struct flow none[] = { { 4, 2, 0, false } };
	struct flow both[] = { { 4, 2, CLASSES_FORM, false } };
	struct flow twice[] = { some_flows[0], some_flows[0] };
	struct flow forms[] = { some_flows[1], some_flows[0] };
	struct flow targets[] = { some_flows[4], some_flows[0] };
	struct flow nothing[] = { { 4, 0, COLUMNS(1), false } };

	assert_refused(f, (struct ioset){ .flows = none, .flow_count = 1 });
	assert_refused(f, (struct ioset){ .flows = both, .flow_count = 1 });
	assert_refused(f, (struct ioset){ .flows = twice, .flow_count = 2 });
	assert_refused(f, (struct ioset){ .flows = forms, .flow_count = 2 });
	assert_refused(f, (struct ioset){ .flows = targets, .flow_count = 2 });
	assert_refused(f, (struct ioset){ .flows = nothing, .flow_count = 1 });
}

static int has_flow(struct fixture *f, ioset_id id, node_id target, node_id source)
{
	struct timeline_item item = {
		.what = ITEM_FLOW,
		.node = target,
		.source = source,
	};
	size_t bytes;

	return ioset_has(f->txn, id, &item, &bytes);
}

static void a_set_tells_which_flows_it_has(void **state)
{
	struct fixture *f = *state;
	struct ioset set = flow_set();
	node_id out[] = { 4, 70000 };
	uint8_t covers[] = { 0, COVER_EXPLICIT };
	ioset_id id;

	set.outputs = out;
	set.covers = covers;
	set.output_count = 2;
	id = intern(f, set);
	assert_int_equal(has_flow(f, id, 4, 2), 0);
	assert_int_equal(has_flow(f, id, 9, UINT32_MAX), 0);
	assert_int_equal(has_flow(f, id, UINT32_MAX, UINT32_MAX), 0);
	assert_int_equal(has_flow(f, id, 2, 4), 1);
	assert_int_equal(has_flow(f, id, 9, 3), 1);
	assert_int_equal(has_flow(f, intern(f, io(out, 2, NULL, 0)), 4, 2), 1);
	assert_int_equal(has_flow(f, 0, 4, 2), 1);
}

/* Puts the record of a set with one byte of its fields changed. */
static void damage(
	struct fixture *f, ioset_id id, struct slice fields, size_t at, uint8_t by)
{
	struct record_writer writer;
	struct store_key key;
	int r;

	key_start(&key);
	key_put_u32(&key, id);
	assert_int_equal(txn_record(f->txn, &writer, 3, fields.len), 0);
	record_put_raw(&writer, slice_of(fields.ptr, at));
	record_put_u8(&writer, (uint8_t)(fields.ptr[at] ^ by));
	record_put_raw(&writer, slice_of(fields.ptr + at + 1, fields.len - at - 1));
	r = db_put_record(f->txn, DB_IOSET, &key, &writer);
	assert_int_equal(r < 0, 0);
}

/* Whatever a set of changed bytes is read as, it is one that could be written. */
static void any_changed_byte_makes_another_set_or_none(void **state)
{
	struct fixture *f = *state;
	static char fields[256];
	AUTO(arena) struct arena *arena = arena_new(1024, 1 << 20);
	struct ioset set = flow_set(), found;
	ioset_id id = intern(f, set), other;
	struct record_reader reader;
	struct store_key key;
	size_t len, corrupt = 0;

	key_start(&key);
	key_put_u32(&key, id);
	assert_int_equal(db_get_record(f->txn, DB_IOSET, &key, 3, &reader), 0);
	len = record_left(&reader);
	memcpy(fields, reader.at, len);
	for (size_t bit = 0; bit < len * 8; bit++) {
		int r;

		damage(f, id, slice_of(fields, len), bit / 8, (uint8_t)(1 << bit % 8));
		r = ioset_get(f->txn, id, arena, &found);
		f->txn->err = 0;
		corrupt += r == ERR_CORRUPT;
		assert_true(
			r == ERR_CORRUPT || ioset_intern(f->txn, &found, &other) == 0);
	}
	assert_true(corrupt > len);
}

static void a_full_arena_is_no_reason_to_lose_a_transaction(void **state)
{
	struct fixture *f = *state;
	AUTO(arena) struct arena *arena = arena_new(64, 64);
	node_id ids[1000];
	struct ioset found;
	ioset_id id;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		ids[i] = (node_id)i + 1;
	id = intern(f, io(ids, ARRAY_LEN(ids), NULL, 0));
	assert_int_equal(ioset_get(f->txn, id, arena, &found), ERR_NOMEM);
	fixture_commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_equal_set_has_the_same_number),
		STORE_TEST(different_sets_have_different_numbers),
		STORE_TEST(the_empty_set_is_number_0),
		STORE_TEST(a_large_set_comes_back_as_it_was),
		STORE_TEST(a_set_that_is_not_sorted_is_refused),
		STORE_TEST(a_number_that_was_never_given_is_corrupt),
		STORE_TEST(a_set_tells_what_it_holds_on_each_side),
		STORE_TEST(a_set_without_members_has_a_number_when_it_is_stated),
		STORE_TEST(covers_come_back_beside_their_outputs),
		STORE_TEST(no_cover_at_all_is_the_same_as_none_told),
		STORE_TEST(flows_come_back_as_they_were),
		STORE_TEST(flows_that_are_not_in_order_are_refused),
		STORE_TEST(a_set_tells_which_flows_it_has),
		STORE_TEST(any_changed_byte_makes_another_set_or_none),
		STORE_TEST(a_full_arena_is_no_reason_to_lose_a_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
