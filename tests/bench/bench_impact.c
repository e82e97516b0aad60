/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_impact.c - what breaks when a column goes, in a graph of two million
 *
 *	bench_impact [DATASETS]
 *
 * Projects of 1 000 datasets, each written by a job of its own that reads one to
 * three earlier ones, the popular ones more often, and now and then a dataset
 * that all projects share.  Twenty columns to a dataset, 1.2 direct sources to a
 * column, six indirect ones to a dataset.  All of it is folded from events.
 *
 * A plain breadth-first walk over the same edges in flat arrays ranks the
 * columns by what they reach, and is what the engine's time is compared with.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/router.h"
#include "base/clock.h"
#include "graph/entity.h"
#include "graph/impact.h"
#include "tests/api/fixture.h"
#include "tests/bench/report.h"

#define DATASETS      100000
#define PROJECT	      1000
#define COLUMNS	      20
#define KEYS	      3	  /* the first columns: what joins and filters use */
#define NEAR	      120 /* inputs are at most so many datasets back */
#define COPIED	      15  /* of 100 inputs: what a neighbour reads too */
#define INDIRECT      6
#define SAMPLE	      2000
#define PUBLISH_EVERY 5000
#define EVENT_MAX     ((size_t)64 << 10)

/* One edge of columns; to: a column, or a dataset behind all of them. */
struct pair {
	uint32_t from;
	uint32_t to;
};

struct shape {
	uint32_t datasets;
	uint64_t random;
	uint32_t *inputs; /* of each dataset, three places; UINT32_MAX: none */
	struct pair *pairs;
	size_t pair_count;
	size_t direct;
	size_t indirect;
	char *text;
	size_t len;
};

/* The pairs by their first end. */
struct csr {
	uint32_t *first;
	uint32_t *targets;
	uint32_t nodes;
	uint32_t columns; /* nodes below this are columns, the others datasets */
};

struct bfs {
	uint32_t *found;
	uint32_t *seen; /* the number of the walk that saw it last */
	uint32_t walk;
};

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

static uint32_t below(struct shape *shape, uint32_t n)
{
	shape->random ^= shape->random << 13;
	shape->random ^= shape->random >> 7;
	shape->random ^= shape->random << 17;
	return (uint32_t)(shape->random >> 20) % n;
}

PRINTF(2, 3) static void put(struct shape *shape, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(shape->text + shape->len, EVENT_MAX - shape->len, fmt, args);
	va_end(args);
	must_be_0(n < 0 || (size_t)n >= EVENT_MAX - shape->len ? ERR_TOO_LARGE : 0);
	shape->len += (size_t)n;
}

/* An earlier dataset: what another one reads already, or one nearby. */
static uint32_t pick_input(struct shape *shape, uint32_t dataset)
{
	uint32_t back = dataset % PROJECT;
	uint32_t reach = back < NEAR ? back : NEAR;
	uint32_t near;

	if (dataset >= PROJECT && below(shape, 100) < 3)
		return below(shape, below(shape, 10) ? 5 : PROJECT);
	near = dataset - 1 - below(shape, reach);
	if (near % PROJECT && below(shape, 100) < COPIED &&
		shape->inputs[(size_t)near * 3] != UINT32_MAX)
		return shape->inputs[(size_t)near * 3];
	return near;
}

static uint32_t pick_inputs(struct shape *shape, uint32_t dataset)
{
	uint32_t *inputs = &shape->inputs[(size_t)dataset * 3];
	uint32_t wanted = dataset % PROJECT < 20 ? 0 : 1 + below(shape, 3);
	uint32_t count = 0;

	for (uint32_t i = 0; i < wanted; i++) {
		uint32_t input = pick_input(shape, dataset);
		bool known = false;

		for (uint32_t j = 0; j < count; j++)
			known |= inputs[j] == input;
		if (!known)
			inputs[count++] = input;
	}
	for (uint32_t i = count; i < 3; i++)
		inputs[i] = UINT32_MAX;
	return count;
}

static void put_dataset(struct shape *shape, uint32_t dataset)
{
	put(shape,
		"{\"namespace\":\"snowflake://m\",\"name\":\"p%03u.schema.table_%06u\"",
		dataset / PROJECT, dataset);
}

static void put_source(struct shape *shape, const struct pair *pair, const char *type)
{
	shape->pairs[shape->pair_count++] = *pair;
	put_dataset(shape, pair->from / COLUMNS);
	put(shape, ",\"field\":\"column_%02u\",\"transformations\":[{%s}]}",
		pair->from % COLUMNS, type);
}

static const char *direct_type(struct shape *shape)
{
	uint32_t n = below(shape, 10);

	return n < 7   ? "\"type\":\"DIRECT\",\"subtype\":\"IDENTITY\""
	       : n < 9 ? "\"type\":\"DIRECT\",\"subtype\":\"TRANSFORMATION\""
		       : "\"type\":\"DIRECT\",\"subtype\":\"AGGREGATION\"";
}

static const char *indirect_type(struct shape *shape)
{
	static const char *const types[] = {
		"\"type\":\"INDIRECT\",\"subtype\":\"JOIN\"",
		"\"type\":\"INDIRECT\",\"subtype\":\"FILTER\"",
		"\"type\":\"INDIRECT\",\"subtype\":\"GROUP_BY\"",
		"\"type\":\"INDIRECT\",\"subtype\":\"SORT\"",
	};

	return types[below(shape, ARRAY_LEN(types))];
}

/* The sources of one column: one, and every fourth time another. */
static void put_column(
	struct shape *shape, uint32_t dataset, uint32_t column, uint32_t inputs)
{
	uint32_t count = below(shape, 4) == 0 ? 2 : 1;
	uint32_t last = UINT32_MAX;
	bool first = true;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t input =
			shape->inputs[(size_t)dataset * 3 + below(shape, inputs)];
		uint32_t from =
			column < KEYS ? column : KEYS + below(shape, COLUMNS - KEYS);
		struct pair pair = { input * COLUMNS + from, dataset * COLUMNS + column };

		if (pair.from == last)
			continue;
		last = pair.from;
		put(shape, first ? "" : ",");
		first = false;
		put_source(shape, &pair, direct_type(shape));
		shape->direct++;
	}
}

static void put_indirect(struct shape *shape, uint32_t dataset, uint32_t inputs)
{
	uint32_t used[INDIRECT] = { 0 };

	for (uint32_t i = 0; i < INDIRECT; i++) {
		uint32_t input = shape->inputs[(size_t)dataset * 3 + i % inputs];
		/* Each input's keys, and then others. */
		uint32_t from = i / inputs < KEYS ? i / inputs
						  : KEYS + below(shape, COLUMNS - KEYS);
		struct pair pair = { input * COLUMNS + from,
			shape->datasets * COLUMNS + dataset };
		bool known = false;

		for (uint32_t j = 0; j < i; j++)
			known |= used[j] == pair.from;
		used[i] = pair.from;
		if (known)
			continue;
		put(shape, i ? "," : "");
		put_source(shape, &pair, indirect_type(shape));
		shape->indirect++;
	}
}

static void put_columns(struct shape *shape, uint32_t dataset, uint32_t inputs)
{
	put(shape, ",\"columnLineage\":{\"_producer\":\"b\",\"_schemaURL\":\"s\","
		   "\"fields\":{");
	for (uint32_t column = 0; column < COLUMNS; column++) {
		put(shape, "%s\"column_%02u\":{\"inputFields\":[", column ? "," : "",
			column);
		put_column(shape, dataset, column, inputs);
		put(shape, "]}");
	}
	put(shape, "},\"dataset\":[");
	put_indirect(shape, dataset, inputs);
	put(shape, "]}");
}

/* The event of the job that writes a dataset. */
static void make_event(struct shape *shape, uint32_t dataset)
{
	uint32_t inputs = pick_inputs(shape, dataset);

	shape->len = 0;
	put(shape,
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T07:00:00Z\","
		"\"producer\":\"b\",\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-%012u\"}"
		",\"job\":{\"namespace\":\"dbt\",\"name\":\"p%03u.model_%06u\"},"
		"\"inputs\":[",
		dataset, dataset / PROJECT, dataset);
	for (uint32_t i = 0; i < inputs; i++) {
		put(shape, i ? "," : "");
		put_dataset(shape, shape->inputs[(size_t)dataset * 3 + i]);
		put(shape, "}");
	}
	put(shape, "],\"outputs\":[");
	put_dataset(shape, dataset);
	put(shape,
		",\"facets\":{\"ownership\":{\"_producer\":\"b\",\"_schemaURL\":\"s\","
		"\"owners\":[{\"name\":\"team-%03u\"}]},\"schema\":{\"_producer\":\"b\","
		"\"_schemaURL\":\"s\",\"fields\":[",
		dataset / PROJECT);
	for (uint32_t column = 0; column < COLUMNS; column++)
		put(shape, "%s{\"name\":\"column_%02u\",\"type\":\"%s\"}",
			column ? "," : "", column, column % 2 ? "varchar" : "bigint");
	put(shape, "]}");
	if (inputs)
		put_columns(shape, dataset, inputs);
	put(shape, "}}]}");
}

static void shape_make(struct shape *shape, struct fixture *f, uint32_t datasets)
{
	size_t pairs = (size_t)datasets * (COLUMNS * 2 + INDIRECT);

	*shape = (struct shape){ .datasets = datasets, .random = 88172645463325252 };
	shape->inputs = must(calloc((size_t)datasets * 3, sizeof(*shape->inputs)));
	shape->pairs = must(calloc(pairs, sizeof(*shape->pairs)));
	shape->text = must(malloc(EVENT_MAX));
	for (uint32_t dataset = 0; dataset < datasets; dataset++) {
		make_event(shape, dataset);
		fixture_add(f, slice_of(shape->text, shape->len), 1000000);
		if ((dataset + 1) % PUBLISH_EVERY == 0)
			fixture_publish(f);
	}
	fixture_publish(f);
}

static void csr_make(struct csr *csr, const struct shape *shape)
{
	csr->columns = shape->datasets * COLUMNS;
	csr->nodes = csr->columns + shape->datasets;
	csr->first = must(calloc((size_t)csr->nodes + 2, sizeof(*csr->first)));
	csr->targets = must(calloc(shape->pair_count, sizeof(*csr->targets)));
	for (size_t i = 0; i < shape->pair_count; i++)
		csr->first[shape->pairs[i].from + 2]++;
	for (uint32_t i = 2; i < csr->nodes + 2; i++)
		csr->first[i] += csr->first[i - 1];
	for (size_t i = 0; i < shape->pair_count; i++)
		csr->targets[csr->first[shape->pairs[i].from + 1]++] = shape->pairs[i].to;
}

static size_t bfs_see(struct bfs *bfs, uint32_t node, size_t count)
{
	bfs->found[count] = node;
	count += bfs->seen[node] != bfs->walk;
	bfs->seen[node] = bfs->walk;
	return count;
}

/* What a column reaches; a dataset leads on from all of its columns. */
static size_t bfs_run(struct bfs *bfs, const struct csr *csr, uint32_t root)
{
	size_t count = 1;

	bfs->walk++;
	bfs->found[0] = root;
	bfs->seen[root] = bfs->walk;
	for (size_t i = 0; i < count; i++) {
		uint32_t node = bfs->found[i];
		bool column = node < csr->columns;
		uint32_t from = column ? node : (node - csr->columns) * COLUMNS;
		uint32_t to = column ? node + 1 : from + COLUMNS;

		for (uint32_t e = csr->first[from]; e < csr->first[to]; e++)
			count = bfs_see(bfs, csr->targets[e], count);
	}
	return count;
}

struct measured {
	double bfs_us;
	double engine_us;
	double handler_us;
	size_t impacts;
	size_t arena_bytes;
};

static void find_nodes(
	struct snapshot *snapshot, uint32_t column, struct impact_change *out)
{
	char name[64];
	char field[16];
	struct node_key key = { NODE_FIELD, SLICE("snowflake://m"), { 0 }, { 0 } };

	snprintf(name, sizeof(name), "p%03u.schema.table_%06u",
		column / COLUMNS / PROJECT, column / COLUMNS);
	snprintf(field, sizeof(field), "column_%02u", column % COLUMNS);
	key.name = slice_from(name);
	key.field = slice_from(field);
	*out = (struct impact_change){ .op = OP_DROP_COLUMN };
	must_be_0(entity_find(snapshot->txn, &key, &out->field) < 0 ? ERR_CORRUPT : 0);
	key.kind = NODE_DATASET;
	key.field = SLICE("");
	must_be_0(entity_find(snapshot->txn, &key, &out->dataset));
}

static double run_engine(struct fixture *f, uint32_t column, struct measured *out)
{
	struct arena *arena = must(arena_new(1 << 16, (size_t)4 << 30));
	struct impact_change change;
	struct impact_answer answer;
	struct snapshot snapshot;
	struct impact_schemas schemas = { .arena = arena };
	struct impact_query query = { .changes = &change,
		.change_count = 1,
		.typed = impact_typed_by_schema,
		.typed_ctx = &schemas };
	int64_t start;
	int64_t took;

	query.graph = (struct lineage_query){
		.observed = true, .declared = true, .inferred = true
	};
	must_be_0(snapshot_take(f->graph, &snapshot));
	schemas.snapshot = &snapshot;
	find_nodes(&snapshot, column, &change);
	start = clock_monotonic_us();
	must_be_0(impact_find(&snapshot, &query, arena, &answer));
	took = clock_monotonic_us() - start;
	out->impacts = answer.count;
	out->arena_bytes = arena_bytes(arena);
	snapshot_end(&snapshot);
	arena_free(arena);
	return (double)took;
}

static double run_handler(struct fixture *f, uint32_t column)
{
	char query[256];
	struct reply reply;
	int64_t start;
	int64_t took;

	snprintf(query, sizeof(query),
		"op=drop_column&node=dataset:snowflake://m:p%03u.schema.table_%06u&field="
		"column_%02u",
		column / COLUMNS / PROJECT, column / COLUMNS, column % COLUMNS);
	start = clock_monotonic_us();
	fixture_get(f, "/api/v2/impact", query, &reply);
	took = clock_monotonic_us() - start;
	must_be_0(reply.status == 200 ? 0 : ERR_INVALID);
	reply_fini(&reply);
	return (double)took;
}

#define ROUNDS 11

static struct measured measure(struct fixture *f, const struct csr *csr, struct bfs *bfs,
	uint32_t column, unsigned rounds)
{
	double times[3][ROUNDS];
	struct measured out = { 0 };

	for (unsigned i = 0; i < rounds; i++) {
		int64_t start = clock_monotonic_us();

		(void)bfs_run(bfs, csr, column);
		times[0][i] = (double)(clock_monotonic_us() - start);
		times[1][i] = run_engine(f, column, &out);
		times[2][i] = run_handler(f, column);
	}
	out.bfs_us = median(times[0], rounds);
	out.engine_us = median(times[1], rounds);
	out.handler_us = median(times[2], rounds);
	return out;
}

struct ranked {
	uint32_t column;
	size_t impacts;
	size_t reach;
};

static int compare_impacts(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->impacts != y->impacts)
		return x->impacts > y->impacts ? 1 : -1;
	return (x->column > y->column) - (x->column < y->column);
}

/* Some columns, by how many impacts it has that they go. */
static void rank_columns(struct fixture *f, struct shape *shape, const struct csr *csr,
	struct bfs *bfs, struct ranked *ranked)
{
	for (size_t i = 0; i < SAMPLE; i++) {
		struct measured m;
		uint32_t column = below(shape, csr->columns);

		(void)run_engine(f, column, &m);
		ranked[i] =
			(struct ranked){ column, m.impacts, bfs_run(bfs, csr, column) };
	}
	qsort(ranked, SAMPLE, sizeof(*ranked), compare_impacts);
}

/* The column that reaches most is a key of the first project. */
static struct ranked find_largest(const struct csr *csr, struct bfs *bfs)
{
	struct ranked best = { .reach = 0 };

	for (uint32_t dataset = 0; dataset < PROJECT / 10; dataset++) {
		for (uint32_t key = 0; key < KEYS; key++) {
			uint32_t column = dataset * COLUMNS + key;
			size_t reach = bfs_run(bfs, csr, column);

			if (reach > best.reach)
				best = (struct ranked){ column, 0, reach };
		}
	}
	return best;
}

static void report_column(const char *name, const struct ranked *ranked,
	const struct measured *m, double goal_ms)
{
	char what[160];

	snprintf(what, sizeof(what), "%s: plain walk to %zu columns and datasets", name,
		ranked->reach);
	report_row(what, m->bfs_us / 1e3, "ms", GOAL_NONE, 0);
	snprintf(what, sizeof(what), "%s: %zu impacts found, in %zu KB", name, m->impacts,
		m->arena_bytes / 1024);
	report_row(what, m->engine_us / 1e3, "ms", GOAL_NONE, 0);
	snprintf(what, sizeof(what), "%s: first page of the answer", name);
	report_row(what, m->handler_us / 1e3, "ms", GOAL_MOST, goal_ms);
}

/* The middle one, the 99th of 100, and the largest. */
static void compare(struct fixture *f, struct shape *shape)
{
	struct ranked *ranked = must(calloc(SAMPLE, sizeof(*ranked)));
	struct ranked largest;
	struct csr csr;
	struct bfs bfs = { .walk = 0 };
	struct measured m;

	csr_make(&csr, shape);
	bfs.found = must(calloc((size_t)csr.nodes + 1, sizeof(*bfs.found)));
	bfs.seen = must(calloc((size_t)csr.nodes + 1, sizeof(*bfs.seen)));
	rank_columns(f, shape, &csr, &bfs, ranked);
	largest = find_largest(&csr, &bfs);
	m = measure(f, &csr, &bfs, ranked[SAMPLE / 2].column, ROUNDS);
	report_column("median column", &ranked[SAMPLE / 2], &m, 2);
	m = measure(f, &csr, &bfs, ranked[SAMPLE * 99 / 100].column, ROUNDS);
	report_column("p99 column", &ranked[SAMPLE * 99 / 100], &m, 50);
	m = measure(f, &csr, &bfs, largest.column, 3);
	report_column("largest hub", &largest, &m, 1000);
	free(ranked);
	free(csr.first);
	free(csr.targets);
	free(bfs.found);
	free(bfs.seen);
}

int main(int argc, char **argv)
{
	uint32_t datasets = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : DATASETS;
	struct shape shape;
	struct fixture f;
	int64_t start = clock_monotonic_us();

	fixture_open(&f);
	shape_make(&shape, &f, datasets);
	printf("%u datasets, %u columns, %zu direct and %zu indirect edges, folded in "
	       "%.1f s\n",
		datasets, datasets * COLUMNS, shape.direct, shape.indirect,
		(double)(clock_monotonic_us() - start) / 1e6);
	report_start();
	compare(&f, &shape);
	free(shape.inputs);
	free(shape.pairs);
	free(shape.text);
	fixture_close(&f);
	return 0;
}
