/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_image.c - versions of the graph in memory
 *
 * The model of the random test is a plain table of flags; every version that
 * is pinned has a copy of it to be compared with, now and later.
 */
#include "tests/unit/image_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const struct image_edges *edges_of(
	const struct image_version *version, node_id id, enum direction direction)
{
	const struct image_node *node = image_node(version, id);

	assert_non_null(node);
	return &node->edges[direction];
}

static void assert_peers(const struct image_edges *edges, uint32_t now,
	const node_id *peers, uint32_t total)
{
	assert_int_equal(edges->now, now);
	assert_int_equal(edges->total, total);
	for (uint32_t i = 0; i < total; i++)
		assert_int_equal(edges->peers[i], peers[i]);
}

static void nothing_is_published_at_first(void **state)
{
	assert_null(image_pin(*state));
}

static void a_whole_with_nested_fields_stays_one(void **state)
{
	struct image *image = *state;

	assert_int_equal(image_set_nested(image, 3), ERR_CORRUPT);
	assert_int_equal(image_add_node(image, 3, NODE_WHOLE, 1, 2), 0);
	assert_int_equal(image_publish(image, 1), 0);

	AUTO(image_version) struct image_version *before = image_pin(image);

	assert_int_equal(image_set_nested(image, 3), 0);
	assert_int_equal(image_add_node(image, 3, NODE_WHOLE, 1, 2), 0);
	assert_int_equal(image_publish(image, 2), 0);

	AUTO(image_version) struct image_version *after = image_pin(image);

	assert_false(image_node(before, 3)->nested);
	assert_true(image_node(after, 3)->nested);
}

static void a_node_keeps_its_attributes(void **state)
{
	struct image *image = *state;
	const struct image_node *node;

	assert_int_equal(image_add_node(image, 9, NODE_DATASET, 3, 0), 0);
	assert_int_equal(image_add_node(image, 70000, NODE_FIELD, 4, 9), 0);
	assert_int_equal(image_publish(image, 12), 0);

	AUTO(image_version) struct image_version *version = image_pin(image);

	assert_int_equal(image_sequence(version), 12);
	assert_int_equal(image_last(version), 70000);
	node = image_node(version, 70000);
	assert_int_equal(node->kind, NODE_FIELD);
	assert_int_equal(node->namespace_id, 4);
	assert_int_equal(node->parent, 9);
	assert_null(image_node(version, 0));
	assert_null(image_node(version, 10));
	assert_null(image_node(version, 65536 * 2));
	assert_null(image_node(version, UINT32_MAX));
}

static void edges_that_stand_now_come_first_and_each_part_is_sorted(void **state)
{
	struct image *image = *state;
	const node_id expected[] = { 2, 5, 6, 3, 4 };

	add_nodes(image, 6);
	put(image, 1, 6, NOW);
	put(image, 1, 4, PAST);
	put(image, 1, 2, NOW);
	put(image, 1, 3, PAST);
	put(image, 1, 5, EDGE_DECLARED_NOW);
	assert_int_equal(image_publish(image, 1), 0);

	AUTO(image_version) struct image_version *version = image_pin(image);
	const struct image_edges *edges = edges_of(version, 1, DOWNSTREAM);

	assert_peers(edges, 3, expected, 5);
	assert_int_equal(edges->flags[1], EDGE_DECLARED_NOW);
	assert_int_equal(edges->flags[4], PAST);
	assert_int_equal(image_edge_count(version), 5);
	assert_peers(edges_of(version, 6, UPSTREAM), 1, &(node_id){ 1 }, 1);
}

static void an_edge_moves_between_the_parts_with_its_flags(void **state)
{
	struct image *image = *state;

	add_nodes(image, 3);
	put(image, 1, 2, NOW);
	put(image, 1, 3, NOW);
	assert_int_equal(image_publish(image, 1), 0);
	put(image, 1, 2, PAST);
	assert_int_equal(image_publish(image, 2), 0);

	AUTO(image_version) struct image_version *version = image_pin(image);

	assert_peers(edges_of(version, 1, DOWNSTREAM), 1, (const node_id[]){ 3, 2 }, 2);
	assert_int_equal(image_edge_count(version), 2);
}

static void the_last_of_several_changes_counts(void **state)
{
	struct image *image = *state;

	add_nodes(image, 4);
	put(image, 1, 2, PAST);
	put(image, 1, 2, NOW);
	put(image, 1, 3, NOW);
	assert_int_equal(image_remove_edge(image, 1, DOWNSTREAM, 3), 0);
	assert_int_equal(image_remove_edge(image, 1, DOWNSTREAM, 4), 0);
	assert_int_equal(image_publish(image, 1), 0);

	AUTO(image_version) struct image_version *version = image_pin(image);

	assert_peers(edges_of(version, 1, DOWNSTREAM), 1, &(node_id){ 2 }, 1);
}

static void a_reader_keeps_the_version_it_pinned(void **state)
{
	struct image *image = *state;

	add_nodes(image, 3);
	put(image, 1, 2, NOW);
	assert_int_equal(image_publish(image, 1), 0);
	AUTO(image_version) struct image_version *old = image_pin(image);

	put(image, 1, 3, NOW);
	assert_int_equal(image_remove_edge(image, 1, DOWNSTREAM, 2), 0);
	assert_int_equal(image_add_node(image, 4, NODE_JOB, 1, 0), 0);
	assert_int_equal(image_publish(image, 2), 0);
	AUTO(image_version) struct image_version *new = image_pin(image);

	assert_peers(edges_of(old, 1, DOWNSTREAM), 1, &(node_id){ 2 }, 1);
	assert_peers(edges_of(new, 1, DOWNSTREAM), 1, &(node_id){ 3 }, 1);
	assert_null(image_node(old, 4));
	assert_int_equal(image_last(old), 3);
	assert_int_equal(image_sequence(old), 1);
}

static void reset_forgets_what_was_not_published(void **state)
{
	struct image *image = *state;
	struct edge loaded = { .peer = 2, .flags = NOW };

	add_nodes(image, 3);
	put(image, 1, 2, NOW);
	assert_int_equal(image_publish(image, 1), 0);

	assert_int_equal(image_add_node(image, 200000, NODE_JOB, 1, 0), 0);
	put(image, 1, 3, NOW);
	assert_int_equal(image_prepare(image), 0);
	put(image, 1, 200000, NOW);
	assert_int_equal(image_load_edges(image, 3, DOWNSTREAM, &loaded, 1), 0);
	image_reset(image);
	assert_int_equal(image_put_edge(image, 1, DOWNSTREAM, 200000, NOW), ERR_CORRUPT);
	assert_int_equal(image_publish(image, 2), 0);

	AUTO(image_version) struct image_version *version = image_pin(image);

	assert_int_equal(image_last(version), 3);
	assert_int_equal(image_edge_count(version), 1);
	assert_peers(edges_of(version, 1, DOWNSTREAM), 1, &(node_id){ 2 }, 1);
	assert_peers(edges_of(version, 3, DOWNSTREAM), 0, NULL, 0);
}

static void an_edge_to_a_node_that_is_not_there_is_refused(void **state)
{
	struct image *image = *state;
	struct edge beyond = { .peer = 3, .flags = NOW };
	struct edge unsorted[2] = { { .peer = 2 }, { .peer = 1 } };

	add_nodes(image, 2);
	assert_int_equal(image_add_node(image, 0, NODE_JOB, 1, 0), ERR_CORRUPT);
	assert_int_equal(image_put_edge(image, 3, UPSTREAM, 1, NOW), ERR_CORRUPT);
	assert_int_equal(image_put_edge(image, 1, UPSTREAM, 3, NOW), ERR_CORRUPT);
	assert_int_equal(image_put_edge(image, 1, UPSTREAM, 0, NOW), ERR_CORRUPT);
	assert_int_equal(image_load_edges(image, 1, UPSTREAM, &beyond, 1), ERR_CORRUPT);
	assert_int_equal(image_load_edges(image, 1, UPSTREAM, unsorted, 2), ERR_CORRUPT);
}

/* A list of `count` edges to every second node. */
static void load_many(struct image *image, node_id node, size_t count)
{
	struct edge *edges = calloc(count, sizeof(*edges));

	assert_non_null(edges);
	for (size_t i = 0; i < count; i++) {
		edges[i].peer = (node_id)(2 * i + 1);
		edges[i].flags = i % 3 ? NOW : PAST;
	}
	assert_int_equal(image_load_edges(image, node, DOWNSTREAM, edges, count), 0);
	free(edges);
}

static void loaded_edges_can_be_changed_like_others(void **state)
{
	struct image *image = *state;
	const size_t sizes[] = { 1, 3, 100, 16384, 16385, 40000 };

	add_nodes(image, 80000);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		load_many(image, (node_id)i + 1, sizes[i]);
	load_many(image, 1, 3); /* again: the first list goes */
	assert_int_equal(image_publish(image, 1), 0);

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		put(image, (node_id)i + 1, 80000, NOW);
	assert_int_equal(image_publish(image, 2), 0);

	AUTO(image_version) struct image_version *version = image_pin(image);

	for (size_t i = 1; i < ARRAY_LEN(sizes); i++) {
		const struct image_edges *edges =
			edges_of(version, (node_id)i + 1, DOWNSTREAM);
		size_t past = (sizes[i] + 2) / 3;

		assert_int_equal(edges->total, sizes[i] + 1);
		assert_int_equal(edges->now, sizes[i] - past + 1);
		assert_int_equal(edges->peers[edges->now - 1], 80000);
		assert_int_equal(edges->peers[edges->now], 1);
	}
}

/* More changes between two publications than are kept apart. */
static void a_hub_takes_its_edges_one_by_one(void **state)
{
	enum { LAST = 1500000, STRIDE = 1000003 };
	struct image *image = *state;

	for (node_id id = 1; id <= LAST; id++)
		assert_int_equal(image_add_node(image, id, NODE_JOB, 1, 0), 0);
	for (uint64_t i = 0; i < LAST; i++) {
		node_id peer = (node_id)(i * STRIDE % LAST) + 1;

		assert_int_equal(image_put_edge(image, 1, DOWNSTREAM, peer, NOW), 0);
	}
	assert_int_equal(image_publish(image, 1), 0);

	AUTO(image_version) struct image_version *version = image_pin(image);
	const struct image_edges *edges = edges_of(version, 1, DOWNSTREAM);

	assert_int_equal(edges->now, LAST);
	for (node_id id = 1; id <= LAST; id++)
		assert_int_equal(edges->peers[id - 1], id);
}

/* The model: flags of every possible edge, 0 where there is none. */
#define MODEL_NODES 12
#define MODEL_PINS  5
#define MODEL_STEPS 30000

struct model {
	uint32_t flags[MODEL_NODES + 1][MODEL_NODES + 1];
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Nodes of the model are far apart, in chunks and pages of their own. */
static node_id model_id(size_t i)
{
	return (node_id)(i * 30011 % 360000 + i);
}

static void assert_same(const struct image_version *version, const struct model *model)
{
	for (size_t from = 1; from <= MODEL_NODES; from++) {
		const struct image_edges *edges =
			edges_of(version, model_id(from), DOWNSTREAM);
		uint32_t total = 0;

		for (size_t to = 1; to <= MODEL_NODES; to++)
			total += model->flags[from][to] != 0;
		assert_int_equal(edges->total, total);
		for (uint32_t i = 0; i < total; i++) {
			size_t to = 1;

			while (model_id(to) != edges->peers[i])
				to++;
			assert_int_equal(edges->flags[i], model->flags[from][to]);
			assert_int_equal(
				(edges->flags[i] & EDGE_NOW) != 0, i < edges->now);
			if (i && i != edges->now)
				assert_true(edges->peers[i - 1] < edges->peers[i]);
		}
	}
}

static void change_one(struct image *image, struct model *model, uint64_t *random)
{
	size_t from = next_random(random) % MODEL_NODES + 1;
	size_t to = next_random(random) % MODEL_NODES + 1;
	uint32_t flags = next_random(random) % 16;

	model->flags[from][to] = flags;
	if (flags)
		put(image, model_id(from), model_id(to), flags);
	else
		assert_int_equal(image_remove_edge(
					 image, model_id(from), DOWNSTREAM, model_id(to)),
			0);
}

struct pinned {
	struct image_version *version;
	struct model model;
};

static void repin(struct image *image, struct pinned *pin, const struct model *model)
{
	if (pin->version) {
		assert_same(pin->version, &pin->model);
		image_unpin(pin->version);
	}
	pin->version = image_pin(image);
	pin->model = *model;
	assert_same(pin->version, model);
}

static void random_changes_give_what_a_table_of_flags_gives(void **state)
{
	struct image *image = *state;
	struct pinned pins[MODEL_PINS] = { 0 };
	struct model published = { 0 };
	struct model model = { 0 };
	uint64_t random = 42;

	for (size_t i = 1; i <= MODEL_NODES; i++)
		assert_int_equal(
			image_add_node(image, model_id(i), NODE_DATASET, 1, 0), 0);
	assert_int_equal(image_publish(image, 1), 0);

	for (uint64_t step = 2; step < MODEL_STEPS; step++) {
		uint64_t what = next_random(&random) % 32;

		if (what < 28) {
			change_one(image, &model, &random);
		} else if (what == 28) {
			image_reset(image);
			model = published;
		} else if (what == 29) {
			assert_int_equal(image_prepare(image), 0);
		} else {
			assert_int_equal(image_publish(image, step), 0);
			published = model;
			repin(image, &pins[next_random(&random) % MODEL_PINS], &model);
		}
	}
	for (size_t i = 0; i < MODEL_PINS; i++) {
		repin(image, &pins[i], &published);
		image_unpin(pins[i].version);
	}
}

#define READERS	      3
#define VERSIONS      400
#define SHARED_NODES  300
#define SHARED_DEGREE 8

struct shared {
	struct image *image;
	atomic_bool done;
	atomic_uint reads;
	atomic_uint wrong;
};

/* In version s every node has s % 8 edges. */
static void publish_version(struct image *image, uint32_t sequence)
{
	for (node_id id = 1; id <= SHARED_NODES; id++) {
		for (node_id k = 1; k < SHARED_DEGREE; k++) {
			int r = k <= sequence % SHARED_DEGREE
					? image_put_edge(image, id, UPSTREAM, k, NOW)
					: image_remove_edge(image, id, UPSTREAM, k);

			assert_int_equal(r, 0);
		}
	}
	assert_int_equal(image_publish(image, sequence), 0);
}

static void *read_versions(void *ctx)
{
	struct shared *shared = ctx;

	do {
		AUTO(image_version)
		struct image_version *version = image_pin(shared->image);
		uint32_t degree = (uint32_t)(image_sequence(version) % SHARED_DEGREE);

		for (node_id id = 1; id <= SHARED_NODES; id++) {
			const struct image_edges *edges =
				&image_node(version, id)->edges[UPSTREAM];

			if (edges->now != degree ||
				(degree && edges->peers[degree - 1] != degree))
				atomic_fetch_add(&shared->wrong, 1);
		}
		atomic_fetch_add(&shared->reads, 1);
	} while (!atomic_load(&shared->done));
	return NULL;
}

static void readers_see_whole_versions_while_the_fold_publishes(void **state)
{
	struct shared shared = { .image = *state };
	pthread_t readers[READERS];

	add_nodes(shared.image, SHARED_NODES);
	publish_version(shared.image, 1);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(
			pthread_create(&readers[i], NULL, read_versions, &shared), 0);
	for (uint32_t s = 2; s < VERSIONS; s++)
		publish_version(shared.image, s);
	atomic_store(&shared.done, true);
	for (size_t i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(atomic_load(&shared.wrong), 0);
	assert_true(atomic_load(&shared.reads) >= READERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_TEST(nothing_is_published_at_first),
		IMAGE_TEST(a_node_keeps_its_attributes),
		IMAGE_TEST(a_whole_with_nested_fields_stays_one),
		IMAGE_TEST(edges_that_stand_now_come_first_and_each_part_is_sorted),
		IMAGE_TEST(an_edge_moves_between_the_parts_with_its_flags),
		IMAGE_TEST(the_last_of_several_changes_counts),
		IMAGE_TEST(a_reader_keeps_the_version_it_pinned),
		IMAGE_TEST(reset_forgets_what_was_not_published),
		IMAGE_TEST(an_edge_to_a_node_that_is_not_there_is_refused),
		IMAGE_TEST(loaded_edges_can_be_changed_like_others),
		IMAGE_TEST(a_hub_takes_its_edges_one_by_one),
		IMAGE_TEST(random_changes_give_what_a_table_of_flags_gives),
		IMAGE_TEST(readers_see_whole_versions_while_the_fold_publishes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
