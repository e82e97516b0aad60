/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_walk.c - the walk over the image beside a walk over plain arrays
 *
 * Both walk the same random graphs, from the same roots, turn by turn in one
 * process.  The other one is what textbooks give for a graph that never
 * changes: all targets in one array (CSR), a bitmap, and prefetching.  The
 * graph is one of datasets, and then the same one of fields, ten to a dataset.
 *
 *	bench_walk [nodes degree]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "graph/flow.h"
#include "graph/walk.h"

#define AHEAD 16

struct csr {
	uint32_t *first; /* of node_count + 2 */
	node_id *targets;
	uint32_t node_count;
};

struct csr_walk {
	node_id *found;
	uint64_t *seen;
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void *must(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static void must_be_0(int r)
{
	if (r) {
		fprintf(stderr, "%s\n", err_text(r));
		exit(1);
	}
}

static int compare_ids(const void *a, const void *b)
{
	const node_id *x = a;
	const node_id *y = b;

	return (*x > *y) - (*x < *y);
}

/* Every node gets `degree` targets anywhere; double ones are left out. */
static void csr_make(struct csr *csr, uint32_t nodes, uint32_t degree)
{
	uint64_t state = 88172645463325252;
	uint32_t count = 0;

	csr->node_count = nodes;
	csr->first = must(calloc(nodes + 2, sizeof(*csr->first)));
	csr->targets = must(calloc((size_t)nodes * degree, sizeof(*csr->targets)));
	for (uint32_t id = 1; id <= nodes; id++) {
		uint32_t first = count;

		csr->first[id] = first;
		for (uint32_t i = 0; i < degree; i++)
			csr->targets[first + i] =
				(node_id)(next_random(&state) % nodes) + 1;
		qsort(csr->targets + first, degree, sizeof(node_id), compare_ids);
		for (uint32_t i = 0; i < degree; i++) {
			if (i == 0 || csr->targets[first + i] != csr->targets[count - 1])
				csr->targets[count++] = csr->targets[first + i];
		}
	}
	csr->first[nodes + 1] = count;
}

static size_t csr_run(const struct csr *csr, struct csr_walk *walk, node_id root)
{
	size_t count = 1;

	memset(walk->seen, 0, (csr->node_count / 64 + 1) * sizeof(uint64_t));
	walk->found[0] = root;
	walk->seen[root / 64] |= (uint64_t)1 << root % 64;
	for (size_t i = 0; i < count; i++) {
		uint32_t id = walk->found[i];

		if (i + AHEAD < count)
			__builtin_prefetch(&csr->first[walk->found[i + AHEAD]]);
		if (i + AHEAD / 2 < count)
			__builtin_prefetch(
				&csr->targets[csr->first[walk->found[i + AHEAD / 2]]]);
		for (uint32_t e = csr->first[id]; e < csr->first[id + 1]; e++) {
			node_id peer = csr->targets[e];
			uint64_t bit = (uint64_t)1 << peer % 64;

			walk->found[count] = peer;
			count += (walk->seen[peer / 64] & bit) == 0;
			walk->seen[peer / 64] |= bit;
		}
	}
	return count;
}

#define FIELDS_OF_ONE 10

/* Behind the fields: their datasets, and behind these the wholes. */
static node_id dataset_of(const struct csr *csr, node_id field)
{
	return csr->node_count + 1 + (field - 1) / FIELDS_OF_ONE;
}

static node_id whole_of(const struct csr *csr, node_id field)
{
	return dataset_of(csr, field) + dataset_of(csr, csr->node_count) -
	       csr->node_count;
}

static void load_node(
	struct image *image, const struct csr *csr, node_id id, uint32_t flags)
{
	uint32_t count = csr->first[id + 1] - csr->first[id];
	struct edge *edges = must(calloc(count, sizeof(*edges)));

	for (uint32_t i = 0; i < count; i++) {
		edges[i].peer = csr->targets[csr->first[id] + i];
		edges[i].flags = flags;
	}
	must_be_0(image_load_edges(image, id, DOWNSTREAM, edges, count));
	free(edges);
}

static void load_datasets(struct image *image, const struct csr *csr)
{
	for (node_id id = 1; id <= csr->node_count; id++)
		must_be_0(image_add_node(image, id, NODE_DATASET, 1, 0));
	for (node_id id = 1; id <= csr->node_count; id++)
		load_node(
			image, csr, id, EDGE_FLOW_OBSERVED_NOW | EDGE_FLOW_OBSERVED_EVER);
}

static void load_fields(struct image *image, const struct csr *csr)
{
	uint32_t flags = EDGE_FLOW_OBSERVED_NOW | EDGE_FLOW_OBSERVED_EVER |
			 (uint32_t)CLASS_IDENTITY << EDGE_CLASS_SHIFT;

	for (node_id id = 1; id <= csr->node_count; id++) {
		node_id dataset = dataset_of(csr, id);
		node_id whole = whole_of(csr, id);

		must_be_0(image_add_node(image, id, NODE_FIELD, 1, whole));
		must_be_0(image_add_node(image, dataset, NODE_DATASET, 1, whole));
		must_be_0(image_add_node(image, whole, NODE_WHOLE, 1, dataset));
		must_be_0(image_put_edge(image, whole, DOWNSTREAM, id, EDGE_CONTAINS));
	}
	for (node_id id = 1; id <= csr->node_count; id++)
		load_node(image, csr, id, flags);
}

static struct image *load_image(const struct csr *csr, enum lineage_level level)
{
	struct image *image;
	int64_t start;

	must_be_0(image_new(&image));
	start = clock_monotonic_us();
	if (level == LEVEL_FIELD)
		load_fields(image, csr);
	else
		load_datasets(image, csr);
	must_be_0(image_publish(image, 1));
	printf("load %u edges: %.1f ms\n", csr->first[csr->node_count + 1],
		(double)(clock_monotonic_us() - start) / 1e3);
	return image;
}

static struct lineage_query ask_all(const node_id *root, enum lineage_level level)
{
	return (struct lineage_query){
		.roots = root,
		.root_count = 1,
		.downstream = true,
		.depth = DEPTH_ALL,
		.level = level,
		.precise = true,
		.observed = true,
		.declared = true,
		.inferred = true,
	};
}

static size_t image_run(
	const struct snapshot *snapshot, const struct lineage_query *query)
{
	struct standing standing;
	struct walk walk = { .standing = &standing, .direction = DOWNSTREAM };
	size_t count;

	must_be_0(standing_init(&standing, snapshot, query));
	standing_refill(&standing, true);
	must_be_0(walk_run(&walk));
	count = walk.found.count;
	walk_fini(&walk);
	standing_fini(&standing);
	return count;
}

static size_t answer_run(struct snapshot *snapshot, const struct lineage_query *query)
{
	struct arena *arena = must(arena_new(1 << 20, SIZE_MAX));
	struct lineage answer;
	size_t count;

	must_be_0(lineage_walk(snapshot, query, arena, &answer));
	count = answer.node_count;
	arena_free(arena);
	return count;
}

#define ROUNDS 31

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(*times), compare_doubles);
	return times[ROUNDS / 2];
}

/* Prints the medians, in microseconds a walk, of `repeat` walks a round. */
static void compare(uint32_t nodes, uint32_t degree, int repeat, enum lineage_level level)
{
	const node_id root = 1;
	const struct lineage_query query = ask_all(&root, level);
	struct csr csr;
	struct csr_walk plain;
	struct snapshot snapshot = { 0 };
	double times[3][ROUNDS];
	double csr_us;
	double image_us;
	size_t found[3] = { 0 };
	struct image *image;

	csr_make(&csr, nodes, degree);
	plain.found = must(calloc(nodes + degree + 1, sizeof(node_id)));
	plain.seen = must(calloc(nodes / 64 + 1, sizeof(uint64_t)));
	image = load_image(&csr, level);
	snapshot.image = image_pin(image);
	for (int round = 0; round < ROUNDS; round++) {
		for (int who = 0; who < 3; who++) {
			int64_t start = clock_monotonic_us();

			for (int i = 0; i < repeat; i++)
				found[who] = who == 0	? csr_run(&csr, &plain, root)
					     : who == 1 ? image_run(&snapshot, &query)
							: answer_run(&snapshot, &query);
			times[who][round] =
				(double)(clock_monotonic_us() - start) / repeat;
		}
	}
	csr_us = median(times[0]);
	image_us = median(times[1]);
	printf("%8zu %s reached, %9u edges: csr %10.2f us, image %10.2f us "
	       "(ratio %.2f), whole answer %10.2f us\n",
		found[0], level == LEVEL_FIELD ? "fields" : "nodes", csr.first[nodes + 1],
		csr_us, image_us, image_us / csr_us, median(times[2]));
	if (found[0] != found[1] || found[0] != found[2]) {
		fputs("the walks differ\n", stderr);
		exit(1);
	}
	image_unpin(snapshot.image);
	image_free(image);
	free(csr.first);
	free(csr.targets);
	free(plain.found);
	free(plain.seen);
}

int main(int argc, char **argv)
{
	const enum lineage_level levels[] = { LEVEL_MIXED, LEVEL_FIELD };

	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (argc == 3) {
			compare((uint32_t)strtoul(argv[1], NULL, 10),
				(uint32_t)strtoul(argv[2], NULL, 10), 1, levels[i]);
			continue;
		}
		compare(50, 4, 20000, levels[i]);
		compare(1000, 5, 1000, levels[i]);
		compare(100000, 10, 3, levels[i]);
	}
	return 0;
}
