/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_properties.c - what must hold for any set of events
 *
 * Each seed makes a set of events (random_events.h).  Told in twenty orders, with
 * events told twice and published at any point, it must make the same graph and
 * give the same answers; also when the graph is made again from its log, and
 * when its events are exported and imported; and the slow model (model.h) must
 * say the same.  When something does not hold, events are left out as long as it
 * still does not, and what is left is printed.
 *
 * HEADWATER_PROPERTY_SEEDS=N takes N seeds instead of 200, or FROM-TO these.
 */
#include "base/hash.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "tests/model/answers.h"
#include "tests/model/compare.h"
#include "tests/model/random_events.h"
#include "tests/model/shrink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SEEDS	 200
#define ORDERS	 20
#define TELLINGS (SCRIPT_EVENTS * 2)
#define DUMP_MAX ((size_t)16 << 20)

/* A script of which some events are left out. */
struct part {
	unsigned seed;
	struct script *script;
	bool out[SCRIPT_EVENTS];
};

/* Events in an order, some of them twice. */
struct telling {
	size_t events[TELLINGS];
	bool publish[TELLINGS];
	size_t count;
};

struct turn {
	uint64_t key;
	size_t event;
};

static uint64_t mix(unsigned seed, unsigned order, size_t event)
{
	const uint64_t pieces[] = { seed, order, event };

	return hash64(slice_of(pieces, sizeof(pieces)));
}

static int compare_turns(const void *a, const void *b)
{
	const struct turn *x = a;
	const struct turn *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/*
 * An order depends on each event alone, so that the others stay in place when one
 * is left out.  Order 0 is that of the script.
 */
static void make_telling(const struct part *part, unsigned order, struct telling *out)
{
	struct turn turns[TELLINGS];

	out->count = 0;
	for (size_t i = 0; i < part->script->count; i++) {
		uint64_t key = mix(part->seed, order, i);

		if (part->out[i])
			continue;
		turns[out->count++] = (struct turn){ order ? key : i, i };
		if (order && key % 4 == 0)
			turns[out->count++] =
				(struct turn){ mix(part->seed, order, i + 1000), i };
	}
	qsort(turns, out->count, sizeof(*turns), compare_turns);
	for (size_t i = 0; i < out->count; i++) {
		out->events[i] = turns[i].event;
		out->publish[i] = order && turns[i].key % 5 == 0;
	}
}

static void tell(
	struct fixture *f, const struct part *part, const struct telling *telling)
{
	for (size_t i = 0; i < telling->count; i++) {
		size_t event = telling->events[i];

		fixture_add(f, slice_from(part->script->texts[event]),
			part->script->received_us[event]);
		if (telling->publish[i])
			fixture_publish(f);
	}
	fixture_publish(f);
}

static const char *const questions[][2] = {
	{ "/api/v2/lineage", "kind=dataset&namespace=n&name=a" },
	{ "/api/v2/lineage", "kind=dataset&namespace=n&name=b&level=dataset" },
	{ "/api/v2/lineage", "kind=job&namespace=n&name=J&level=job" },
	{ "/api/v2/lineage", "kind=dataset&namespace=n&name=c&level=field" },
	{ "/api/v2/lineage",
		"kind=dataset&namespace=n&name=c&asOf=2026-08-01T00:10:00Z" },
	{ "/api/v2/nodes", "facets=*&limit=1000" },
	{ "/api/v2/node", "kind=dataset&namespace=n&name=a" },
	{ "/api/v2/node", "kind=job&namespace=n&name=J" },
	{ "/api/v2/runs", "" },
	{ "/api/v2/runs/run_id", "" },
};

/* All that can be seen of a graph. */
static void describe(struct fixture *f, struct buf *out)
{
	dump_text(f, out);
	buf_str(out, "answers\n");
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		char *answer = answer_text(f, questions[i][0], questions[i][1]);

		buf_printf(out, "%s?%s\n", questions[i][0], questions[i][1]);
		buf_str(out, answer);
		buf_byte(out, '\n');
		free(answer);
	}
	assert_int_equal(buf_error(out), 0);
}

/*
 * Makes the graph again from its log.  What is in front of it in the fixture is
 * made again as well.
 */
static void fixture_rebuild(struct fixture *f)
{
	const struct graph_options options = { .path = f->dir.path,
		.no_sync = true,
		.decode = event_read,
		.facets = &facet_reader_json };
	char path[PATH_MAX + 8];
	struct fault fault;

	log_packer_free(f->packer);
	graph_close(f->graph);
	(void)snprintf(path, sizeof(path), "%s/graph", f->dir.path);
	tempdir_remove_path(path);
	assert_int_equal(graph_open(&options, &f->graph, &fault), 0);
	assert_int_equal(log_packer_new(graph_log(f->graph), &f->packer), 0);
}

/* The first lines that are not the same. */
static void explain(struct slice a, struct slice b, struct buf *why)
{
	size_t line = 0;
	size_t i = 0;

	while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i]) {
		i++;
		if (a.ptr[i - 1] == '\n')
			line = i;
	}
	if (i - line > 200)
		line = i - 200;
	buf_printf(why, "one:     %.*s\nanother: %.*s\n",
		(int)(a.len - line > 400 ? 400 : a.len - line), a.ptr + line,
		(int)(b.len - line > 400 ? 400 : b.len - line), b.ptr + line);
}

/* Tells a fresh fixture the part in an order; the caller closes it. */
static void open_order(struct fixture *f, const struct part *part, unsigned order)
{
	struct telling telling;

	make_telling(part, order, &telling);
	fixture_open(f);
	tell(f, part, &telling);
}

static void describe_order(const struct part *part, unsigned order, struct buf *out)
{
	struct fixture f;

	open_order(&f, part, order);
	describe(&f, out);
	fixture_close(&f);
}

/* Two graphs of the same events. */
struct pair {
	struct buf one;
	struct buf another;
};

static void pair_init(struct pair *pair)
{
	buf_init(&pair->one, DUMP_MAX);
	buf_init(&pair->another, DUMP_MAX);
}

static void pair_end(struct pair *pair, struct buf *why)
{
	if (!slice_equal(buf_get(&pair->one), buf_get(&pair->another)))
		explain(buf_get(&pair->one), buf_get(&pair->another), why);
	buf_fini(&pair->one);
	buf_fini(&pair->another);
}

/* A property: writes why it does not hold, or nothing. */
typedef void property(const struct part *part, unsigned order, struct buf *why);

static void order_changes_nothing(
	const struct part *part, unsigned order, struct buf *why)
{
	struct pair pair;

	pair_init(&pair);
	describe_order(part, 0, &pair.one);
	describe_order(part, order, &pair.another);
	pair_end(&pair, why);
}

static void log_makes_the_same_graph(
	const struct part *part, unsigned order, struct buf *why)
{
	struct fixture f;
	struct pair pair;

	pair_init(&pair);
	open_order(&f, part, order);
	describe(&f, &pair.one);
	fixture_rebuild(&f);
	describe(&f, &pair.another);
	fixture_close(&f);
	pair_end(&pair, why);
}

/* Tells one graph what the log of another has, byte for byte. */
static void import_log(struct fixture *from, struct fixture *to)
{
	struct log_reader *reader = NULL;
	struct log_event event;
	int r;

	assert_int_equal(log_reader_new(graph_log(from->graph), &reader), 0);
	while ((r = log_reader_next(reader, &event)) == 0)
		fixture_add(to, event.raw, event.received_us);
	assert_int_equal(r, 1);
	log_reader_free(reader);
	fixture_publish(to);
}

static void import_makes_the_same_graph(
	const struct part *part, unsigned order, struct buf *why)
{
	struct fixture from;
	struct fixture to;
	struct pair pair;

	pair_init(&pair);
	open_order(&from, part, order);
	fixture_open(&to);
	import_log(&from, &to);
	describe(&from, &pair.one);
	describe(&to, &pair.another);
	fixture_close(&from);
	fixture_close(&to);
	pair_end(&pair, why);
}

static void model_says_the_same(const struct part *part, unsigned order, struct buf *why)
{
	struct model *model = model_new();
	struct snapshot snapshot;
	struct fixture f;

	open_order(&f, part, order);
	for (size_t i = 0; i < part->script->count; i++) {
		if (!part->out[i])
			model_add(model, part->script->texts[i],
				part->script->received_us[i]);
	}
	model_build(model);
	assert_int_equal(snapshot_take(f.graph, &snapshot), 0);
	compare_all(model, &snapshot, part->seed, why);
	snapshot_end(&snapshot);
	fixture_close(&f);
	model_free(model);
}

/* What is looked at while a part that does not hold gets smaller. */
struct shrinking {
	struct part *part;
	unsigned order;
	property *holds;
	struct buf *why;
	size_t event; /* the one that is made smaller */
};

static bool still_fails(const struct shrinking *s)
{
	struct buf less;
	bool fails;

	buf_init(&less, DUMP_MAX);
	s->holds(s->part, s->order, &less);
	fails = less.len > 0;
	if (fails) {
		buf_clear(s->why);
		buf_slice(s->why, buf_get(&less));
	}
	buf_fini(&less);
	return fails;
}

static bool fails_with(void *ctx, const char *text)
{
	const struct shrinking *s = ctx;
	char **place = &s->part->script->texts[s->event];
	char *before = *place;
	char *copy = strdup(text);
	bool fails;

	assert_non_null(copy);
	*place = copy;
	fails = still_fails(s);
	*place = before;
	free(copy);
	return fails;
}

/* Leaves out every event, and every member of one, without which it still fails. */
static void shrink(struct shrinking *s)
{
	struct script *script = s->part->script;

	for (size_t i = 0; i < script->count; i++) {
		s->part->out[i] = true;
		s->part->out[i] = still_fails(s);
	}
	for (size_t i = 0; i < script->count; i++) {
		char *text;

		if (s->part->out[i])
			continue;
		s->event = i;
		text = shrink_event(script->texts[i], fails_with, s);
		free(script->texts[i]);
		script->texts[i] = text;
	}
	(void)still_fails(s);
}

static void report(const struct part *part, unsigned order, const struct buf *why)
{
	struct telling telling;

	make_telling(part, order, &telling);
	(void)fprintf(stderr, "seed %u, order %u:\n", part->seed, order);
	for (size_t i = 0; i < telling.count; i++)
		(void)fprintf(stderr, "%s\n%s", part->script->texts[telling.events[i]],
			telling.publish[i] ? "(published)\n" : "");
	(void)fprintf(stderr, "%.*s", (int)why->len, why->data);
}

static void assert_holds(struct part *part, unsigned order, property *holds)
{
	struct buf why;

	buf_init(&why, DUMP_MAX);
	holds(part, order, &why);
	if (why.len) {
		shrink(&(struct shrinking){ part, order, holds, &why, 0 });
		report(part, order, &why);
		buf_fini(&why);
		fail_msg("it does not hold for seed %u", part->seed);
	}
	buf_fini(&why);
}

static void assert_orders(struct part *part)
{
	struct buf first;

	buf_init(&first, DUMP_MAX);
	describe_order(part, 0, &first);
	for (unsigned order = 1; order <= ORDERS; order++) {
		struct buf next;
		bool same;

		buf_init(&next, DUMP_MAX);
		describe_order(part, order, &next);
		same = slice_equal(buf_get(&first), buf_get(&next));
		buf_fini(&next);
		if (!same)
			assert_holds(part, order, order_changes_nothing);
	}
	buf_fini(&first);
}

static void any_order_gives_the_same_graph_and_the_model_agrees(void **state)
{
	struct script script;
	struct part part = { .seed = *(const unsigned *)*state, .script = &script };

	script_make(part.seed, &script);
	assert_holds(&part, 0, model_says_the_same);
	assert_holds(&part, 1, log_makes_the_same_graph);
	assert_holds(&part, 2, import_makes_the_same_graph);
	assert_orders(&part);
	script_free(&script);
}

static void choose_seeds(unsigned *from_out, unsigned *count_out)
{
	const char *text = getenv("HEADWATER_PROPERTY_SEEDS");
	char *end = NULL;

	*from_out = 1;
	*count_out = SEEDS;
	if (!text || !*text)
		return;
	*count_out = (unsigned)strtoul(text, &end, 10);
	if (*end != '-')
		return;
	*from_out = *count_out;
	*count_out = (unsigned)strtoul(end + 1, NULL, 10) - *from_out + 1;
}

int main(void)
{
	struct CMUnitTest *tests;
	unsigned *seeds;
	char(*names)[32];
	unsigned from;
	unsigned count;
	int r = 1;

	choose_seeds(&from, &count);
	tests = calloc(count, sizeof(*tests));
	seeds = calloc(count, sizeof(*seeds));
	names = calloc(count, sizeof(*names));
	for (unsigned i = 0; tests && seeds && names && i < count; i++) {
		seeds[i] = from + i;
		(void)snprintf(names[i], sizeof(names[i]), "seed %u", seeds[i]);
		tests[i] = (struct CMUnitTest){ .name = names[i],
			.test_func = any_order_gives_the_same_graph_and_the_model_agrees,
			.initial_state = &seeds[i] };
	}
	if (tests && seeds && names && count)
		r = _cmocka_run_group_tests("properties", tests, count, NULL, NULL);
	free(tests);
	free(seeds);
	free(names);
	return r;
}
