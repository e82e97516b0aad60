/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_order.c - any order and any number of deliveries
 *
 * Random events are told, shuffled and repeated, to fresh graphs: all of them
 * must end up the same, and each in step with its own timelines and image.
 */
#include "graph/adjacency.h"
#include "graph/timeline.h"
#include "tests/unit/graph_fixture.h"

#define ROUNDS	   20
#define EVENTS_MAX 256

struct script {
	char lines[EVENTS_MAX][128];
	size_t count;
};

static void random_names(unsigned *seed, char *out, size_t size)
{
	static const char *const lists[] = { "-", "a", "b", "a,b", "b,c", "a[s=1]",
		"a[s=2],b", "c[s!]", "d,e,f", "a[s=1][t=1],a[s=2]" };

	(void)snprintf(out, size, "%s", lists[(size_t)rand_r(seed) % ARRAY_LEN(lists)]);
}

static void write_script(struct script *script, unsigned *seed, size_t count)
{
	static const char *const jobs[] = { "J", "K", "unknown", "J[d=1]", "J[d=2]" };

	script->count = count;
	for (size_t i = 0; i < count; i++) {
		char in[32];
		char out[32];
		const char *job = jobs[(size_t)rand_r(seed) % ARRAY_LEN(jobs)];
		int time = rand_r(seed) % 30;
		int kind = rand_r(seed) % 10;
		char *line = script->lines[i];

		random_names(seed, in, sizeof(in));
		random_names(seed, out, sizeof(out));
		if (kind == 0)
			(void)snprintf(
				line, 128, "job %d %s %s > %s", time, job, in, out);
		else if (kind == 1)
			(void)snprintf(line, 128, "dataset %d a[s=%d]", time, time % 3);
		else
			(void)snprintf(line, 128, "run R%d %s %d %s %s > %s",
				rand_r(seed) % 8,
				event_type_text((enum event_type)(rand_r(seed) % 6)),
				time, job, in, out);
	}
}

static void shuffle(struct script *script, unsigned *seed)
{
	for (size_t i = script->count; i > 1; i--) {
		size_t j = (size_t)rand_r(seed) % i;
		char line[128];

		memcpy(line, script->lines[i - 1], sizeof(line));
		memcpy(script->lines[i - 1], script->lines[j], sizeof(line));
		memcpy(script->lines[j], line, sizeof(line));
	}
}

static void tell_script(struct world *w, const struct script *script, unsigned *seed)
{
	for (size_t i = 0; i < script->count; i++) {
		tell(w, script->lines[i]);
		if (rand_r(seed) % 4 == 0)
			tell(w, script->lines[(size_t)rand_r(seed) % (i + 1)]);
		if (rand_r(seed) % 16 == 0)
			assert_int_equal(graph_publish(w->graph), 0);
	}
}

static void assert_image_edges(
	const struct snapshot *s, node_id id, enum direction direction)
{
	const struct image_edges *e = &image_node(s->image, id)->edges[direction];

	for (uint32_t i = 0; i < e->total; i++) {
		struct edge edge;

		assert_int_equal(
			adjacency_get(s->txn, id, direction, e->peers[i], &edge), 0);
		assert_int_equal(edge.flags, e->flags[i]);
		assert_int_equal((edge.flags & EDGE_NOW) != 0, i < e->now);
	}
}

static int count_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	size_t *count = ctx;

	(void)node;
	(void)direction;
	(void)edge;
	++*count;
	return 0;
}

static void assert_image_is_store(struct world *w)
{
	const struct snapshot *s = see(w);
	size_t stored = 0;
	size_t held = 0;

	for (node_id id = 1; id <= image_last(s->image); id++) {
		const struct image_node *node = image_node(s->image, id);

		assert_image_edges(s, id, UPSTREAM);
		assert_image_edges(s, id, DOWNSTREAM);
		held += node->edges[0].total + node->edges[1].total;
	}
	assert_int_equal(adjacency_all(s->txn, count_edge, &stored), 0);
	assert_int_equal(held, stored);
}

/* One lane of one job: what stands, and how many segments hold each edge. */
struct lane_check {
	struct store_txn *txn;
	node_id job;
	enum evidence lane;
	size_t standing;
	size_t segments;
};

static int check_edge(
	void *ctx, node_id node, enum direction direction, const struct edge *edge)
{
	struct lane_check *check = ctx;
	bool declared = check->lane == EVIDENCE_DECLARED;
	uint16_t now = declared ? EDGE_DECLARED_NOW : EDGE_OBSERVED_NOW;
	uint16_t ever = declared ? EDGE_DECLARED_EVER : EDGE_OBSERVED_EVER;

	(void)node;
	(void)direction;
	check->standing += (edge->flags & now) != 0;
	check->segments += edge->segments[check->lane];
	assert_int_equal((edge->flags & ever) != 0, edge->segments[check->lane] != 0);
	return 0;
}

static void check_side(struct lane_check *check, enum direction direction,
	const node_id *ids, size_t count)
{
	bool declared = check->lane == EVIDENCE_DECLARED;
	struct edge edge;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(
			adjacency_get(check->txn, check->job, direction, ids[i], &edge),
			0);
		assert_true(
			edge.flags & (declared ? EDGE_DECLARED_NOW : EDGE_OBSERVED_NOW));
	}
	assert_int_equal(
		adjacency_each(check->txn, check->job, direction, check_edge, check), 0);
}

static size_t size_of(struct lane_check *check, struct world *w, ioset_id io)
{
	struct ioset set;

	assert_int_equal(ioset_get(check->txn, io, w->arena, &set), 0);
	return set.input_count + set.output_count;
}

static void assert_lane(struct world *w, struct lane_check *check)
{
	const struct timeline_question now = { check->job, check->lane, TIME_OPEN,
		TIME_OPEN };
	struct run_position at = run_position_first;
	struct segment segment;
	struct ioset set;
	size_t held = 0;

	arena_reset(w->arena);
	assert_int_equal(timeline_held(check->txn, &now, NULL, w->arena, &set), 0);
	check_side(check, UPSTREAM, set.inputs, set.input_count);
	check_side(check, DOWNSTREAM, set.outputs, set.output_count);
	assert_int_equal(check->standing, set.input_count + set.output_count);
	while (segment_next(check->txn, check->job, check->lane, &at, &segment) == 0) {
		held += size_of(check, w, segment.io);
		at = segment.first;
	}
	assert_int_equal(check->segments, held);
}

static void assert_edges_follow_timelines(struct world *w)
{
	const struct snapshot *s = see(w);

	for (node_id id = 1; id <= image_last(s->image); id++) {
		if (image_node(s->image, id)->kind != NODE_JOB)
			continue;
		for (int lane = EVIDENCE_OBSERVED; lane <= EVIDENCE_DECLARED; lane++) {
			struct lane_check check = { s->txn, id, (enum evidence)lane, 0,
				0 };

			assert_lane(w, &check);
		}
	}
}

static void restart(struct world *w)
{
	world_close(w);
	tempdir_remove(&w->dir);
	world_open(w);
}

static void any_order_and_any_repetition_gives_the_same_graph(void **state)
{
	struct world *w = *state;
	struct script *script = calloc(1, sizeof(*script));
	unsigned seed = 20260101;

	assert_non_null(script);
	for (int round = 0; round < ROUNDS; round++) {
		char *first;

		write_script(script, &seed, 10 + (size_t)rand_r(&seed) % 60);
		restart(w);
		tell_script(w, script, &seed);
		first = strdup(dump(w));
		for (int i = 0; i < 2; i++) {
			shuffle(script, &seed);
			restart(w);
			tell_script(w, script, &seed);
			assert_string_equal(dump(w), first);
			assert_image_is_store(w);
			assert_edges_follow_timelines(w);
		}
		free(first);
	}
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(any_order_and_any_repetition_gives_the_same_graph),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
