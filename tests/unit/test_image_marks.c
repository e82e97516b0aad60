/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_image_marks.c - nodes that are one, and what nodes know of others
 */
#include "tests/unit/image_fixture.h"

static void nodes_that_are_one_have_one_that_stands_for_them(void **state)
{
	struct image *image = *state;

	add_nodes(image, 5);
	assert_int_equal(image_set_ring(image, (const node_id[]){ 4, 1, 2 }, 3), 0);
	assert_int_equal(image_publish(image, 1), 0);
	AUTO(image_version) struct image_version *old = image_pin(image);

	/* 1 goes its own way, and 2 takes 3. */
	assert_int_equal(image_set_ring(image, (const node_id[]){ 1 }, 1), 0);
	assert_int_equal(image_set_ring(image, (const node_id[]){ 2, 4, 3 }, 3), 0);
	assert_int_equal(image_add_node(image, 2, NODE_DATASET, 8, 0), 0);
	assert_int_equal(image_publish(image, 2), 0);
	AUTO(image_version) struct image_version *new = image_pin(image);

	assert_int_equal(image_ring_count(old), 3);
	assert_int_equal(image_canonical(old, 1), 4);
	assert_int_equal(image_canonical(old, 3), 3);
	assert_int_equal(image_ring_count(new), 3);
	assert_int_equal(image_canonical(new, 1), 1);
	assert_int_equal(image_canonical(new, 3), 2);
	assert_int_equal(image_canonical(new, 4), 2);
	assert_true(image_node(new, 3)->alias);
	assert_int_equal(image_canonical(new, 99), 99);
}

static void reset_parts_what_was_made_one(void **state)
{
	struct image *image = *state;

	add_nodes(image, 2);
	assert_int_equal(image_publish(image, 1), 0);
	assert_int_equal(
		image_set_ring(image, (const node_id[]){ 1, 9 }, 2), ERR_CORRUPT);
	assert_int_equal(image_set_ring(image, (const node_id[]){ 1, 2 }, 2), 0);
	image_reset(image);
	assert_int_equal(image_publish(image, 2), 0);
	AUTO(image_version) struct image_version *version = image_pin(image);

	assert_int_equal(image_ring_count(version), 0);
	assert_int_equal(image_canonical(version, 2), 2);
}

static uint8_t marks_of(
	const struct image_version *version, node_id id, enum direction direction)
{
	return image_list_at(version, id, direction)->marks;
}

static void a_field_knows_whether_its_whole_has_edges(void **state)
{
	struct image *image = *state;

	add_nodes(image, 2);
	assert_int_equal(image_add_node(image, 3, NODE_WHOLE, 7, 1), 0);
	assert_int_equal(image_add_node(image, 400, NODE_FIELD, 7, 3), 0);
	assert_int_equal(image_put_edge(image, 3, DOWNSTREAM, 400, EDGE_CONTAINS), 0);
	assert_int_equal(image_publish(image, 1), 0);
	AUTO(image_version) struct image_version *old = image_pin(image);

	put(image, 3, 400, EDGE_FLOW_OBSERVED_NOW | EDGE_CONTAINS);
	assert_int_equal(image_publish(image, 2), 0);
	AUTO(image_version) struct image_version *new = image_pin(image);

	put(image, 3, 400, EDGE_FLOW_OBSERVED_EVER | EDGE_CONTAINS);
	assert_int_equal(image_publish(image, 3), 0);
	AUTO(image_version) struct image_version *past = image_pin(image);

	assert_int_equal(marks_of(old, 400, DOWNSTREAM), 0);
	assert_int_equal(marks_of(old, 400, UPSTREAM), 0);
	assert_int_equal(marks_of(new, 400, DOWNSTREAM), MARK_WHOLE);
	assert_int_equal(marks_of(new, 400, UPSTREAM), MARK_TO_WHOLE);
	assert_int_equal(marks_of(past, 400, DOWNSTREAM), 0);
}

static void a_list_tells_that_some_edges_are_not_for_every_walk(void **state)
{
	struct image *image = *state;

	add_nodes(image, 3);
	put(image, 1, 2, NOW);
	put(image, 1, 3, PAST | EDGE_COVERED);
	put(image, 2, 3, NOW | EDGE_COVERED);
	assert_int_equal(image_publish(image, 1), 0);
	AUTO(image_version) struct image_version *version = image_pin(image);

	assert_int_equal(marks_of(version, 1, DOWNSTREAM), 0);
	assert_int_equal(marks_of(version, 2, DOWNSTREAM), MARK_SPECIAL);
	assert_int_equal(marks_of(version, 3, UPSTREAM), MARK_SPECIAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_TEST(nodes_that_are_one_have_one_that_stands_for_them),
		IMAGE_TEST(reset_parts_what_was_made_one),
		IMAGE_TEST(a_field_knows_whether_its_whole_has_edges),
		IMAGE_TEST(a_list_tells_that_some_edges_are_not_for_every_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
