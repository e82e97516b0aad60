/* SPDX-License-Identifier: Apache-2.0 */

/* test_adjacency.c - packed neighbours */

#include "store_fixture.h"

#include "graph/adjacency.h"

#define PEERS 4096

static uint32_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

static struct edge edge_to(node_id peer, uint32_t flags)
{
	return (struct edge){ .peer = peer, .flags = flags };
}

static void an_edge_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	struct edge edge = { 7, EDGE_OBSERVED_NOW | EDGE_OBSERVED_EVER, { 3, 70000 } };
	struct edge found;

	assert_int_equal(adjacency_put(f->txn, 1, DOWNSTREAM, &edge), 0);
	assert_int_equal(adjacency_get(f->txn, 1, DOWNSTREAM, 7, &found), 0);
	assert_int_equal(found.peer, 7);
	assert_int_equal(found.flags, edge.flags);
	assert_int_equal(found.segments[0], 3);
	assert_int_equal(found.segments[1], 70000);
}

static void an_equal_edge_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct edge edge = edge_to(7, EDGE_OBSERVED_NOW);

	assert_int_equal(adjacency_put(f->txn, 1, DOWNSTREAM, &edge), 0);
	assert_int_equal(adjacency_put(f->txn, 1, DOWNSTREAM, &edge), 1);
	edge.flags = EDGE_OBSERVED_EVER;
	assert_int_equal(adjacency_put(f->txn, 1, DOWNSTREAM, &edge), 0);
}

static void an_edge_is_found_on_its_own_side_only(void **state)
{
	struct fixture *f = *state;
	struct edge edge = edge_to(7, 1);
	struct edge found;

	assert_int_equal(adjacency_put(f->txn, 1, DOWNSTREAM, &edge), 0);
	assert_int_equal(adjacency_get(f->txn, 1, UPSTREAM, 7, &found), 1);
	assert_int_equal(adjacency_get(f->txn, 2, DOWNSTREAM, 7, &found), 1);
	assert_int_equal(adjacency_get(f->txn, 1, DOWNSTREAM, 6, &found), 1);
	assert_int_equal(adjacency_get(f->txn, 1, DOWNSTREAM, 8, &found), 1);
}

static void the_largest_ids_and_counts_are_kept(void **state)
{
	struct fixture *f = *state;
	struct edge edge = { UINT32_MAX, UINT32_MAX, { UINT32_MAX, UINT32_MAX } };
	struct edge found;

	assert_int_equal(adjacency_put(f->txn, UINT32_MAX, UPSTREAM, &edge), 0);
	assert_int_equal(
		adjacency_get(f->txn, UINT32_MAX, UPSTREAM, UINT32_MAX, &found), 0);
	assert_true(found.flags == UINT32_MAX);
	assert_int_equal(found.segments[1], UINT32_MAX);
}

static void a_removed_edge_is_gone_and_can_come_again(void **state)
{
	struct fixture *f = *state;
	struct edge edge = edge_to(7, 1);
	struct edge found;

	assert_int_equal(adjacency_put(f->txn, 1, DOWNSTREAM, &edge), 0);
	assert_int_equal(adjacency_remove(f->txn, 1, DOWNSTREAM, 7), 0);
	assert_int_equal(adjacency_remove(f->txn, 1, DOWNSTREAM, 7), 1);
	assert_int_equal(adjacency_get(f->txn, 1, DOWNSTREAM, 7, &found), 1);
	assert_int_equal(adjacency_put(f->txn, 1, DOWNSTREAM, &edge), 0);
	assert_int_equal(adjacency_get(f->txn, 1, DOWNSTREAM, 7, &found), 0);
}

struct seen {
	node_id peers[PEERS];
	size_t count;
	size_t stop_at;
};

static int see(void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct seen *seen = ctx;

	(void)node;
	(void)direction;
	assert_true(seen->count < PEERS);
	seen->peers[seen->count++] = edge->peer;
	return seen->count == seen->stop_at ? 42 : 0;
}

static void a_hub_is_walked_in_order_of_peers(void **state)
{
	struct fixture *f = *state;
	struct seen *seen = test_calloc(1, sizeof(*seen));

	/* 7919 and 4096 have no common factor: every peer once, in wild order. */
	for (uint32_t i = 0; i < PEERS; i++) {
		struct edge edge = edge_to(1 + i * 7919 % PEERS, 1);

		assert_int_equal(adjacency_put(f->txn, 5, UPSTREAM, &edge), 0);
	}
	assert_int_equal(adjacency_each(f->txn, 5, UPSTREAM, see, seen), 0);
	assert_int_equal(seen->count, PEERS);
	for (uint32_t i = 0; i < PEERS; i++)
		assert_int_equal(seen->peers[i], i + 1);
	test_free(seen);
}

static void a_walk_stops_when_its_visitor_says_so(void **state)
{
	struct fixture *f = *state;
	struct seen *seen = test_calloc(1, sizeof(*seen));

	seen->stop_at = 2;
	for (uint32_t i = 1; i <= 3; i++) {
		struct edge edge = edge_to(i, 1);

		assert_int_equal(adjacency_put(f->txn, 5, UPSTREAM, &edge), 0);
	}
	assert_int_equal(adjacency_each(f->txn, 5, UPSTREAM, see, seen), 42);
	assert_int_equal(seen->count, 2);
	test_free(seen);
}

/* The model: flags of every possible edge, 0 where there is none. */
struct model {
	uint32_t flags[3][2][PEERS];
	size_t edges;
};

static int check_against_model(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct model *model = ctx;

	assert_int_equal(model->flags[node][direction][edge->peer], edge->flags);
	assert_int_equal(edge->segments[0], edge->flags & 4 ? edge->peer : 0);
	model->edges--;
	return 0;
}

static void change_one(struct store_txn *txn, struct model *model, uint64_t *random)
{
	node_id node = next_random(random) % 3;
	enum direction direction = next_random(random) % 2 ? DOWNSTREAM : UPSTREAM;
	node_id peer = 1 + next_random(random) % (PEERS - 1);
	uint32_t *now = &model->flags[node][direction][peer];
	/* Small ones, as inputs have, and wide ones, as flows with classes. */
	uint32_t flags = 1 + next_random(random) % 300 +
			 (next_random(random) % 2 ? 0x7fff0000U : 0);
	struct edge edge = { peer, flags, { flags & 4 ? peer : 0, 0 } };

	if (next_random(random) % 3 == 0) {
		assert_int_equal(
			adjacency_remove(txn, node, direction, peer), *now ? 0 : 1);
		model->edges -= *now != 0;
		*now = 0;
		return;
	}
	assert_int_equal(
		adjacency_put(txn, node, direction, &edge), *now == flags ? 1 : 0);
	model->edges += *now == 0;
	*now = flags;
}

static void random_changes_agree_with_an_obvious_model(void **state)
{
	struct fixture *f = *state;
	struct model *model = test_calloc(1, sizeof(*model));
	uint64_t random = 1;

	for (int i = 0; i < 40000; i++)
		change_one(f->txn, model, &random);
	assert_true(model->edges > 5000);
	assert_int_equal(adjacency_all(f->txn, check_against_model, model), 0);
	assert_int_equal(model->edges, 0);
	test_free(model);
}

static void emptied_nodes_leave_nothing_behind(void **state)
{
	struct fixture *f = *state;
	struct seen *seen = test_calloc(1, sizeof(*seen));

	for (uint32_t i = 1; i < PEERS; i++) {
		struct edge edge = edge_to(i, 1);

		assert_int_equal(adjacency_put(f->txn, 5, UPSTREAM, &edge), 0);
	}
	for (uint32_t i = 1; i < PEERS; i++)
		assert_int_equal(adjacency_remove(f->txn, 5, UPSTREAM, i), 0);
	assert_int_equal(adjacency_all(f->txn, see, seen), 0);
	assert_int_equal(seen->count, 0);
	test_free(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_edge_comes_back_as_it_was_put),
		STORE_TEST(an_equal_edge_is_left_alone),
		STORE_TEST(an_edge_is_found_on_its_own_side_only),
		STORE_TEST(the_largest_ids_and_counts_are_kept),
		STORE_TEST(a_removed_edge_is_gone_and_can_come_again),
		STORE_TEST(a_hub_is_walked_in_order_of_peers),
		STORE_TEST(a_walk_stops_when_its_visitor_says_so),
		STORE_TEST(random_changes_agree_with_an_obvious_model),
		STORE_TEST(emptied_nodes_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
