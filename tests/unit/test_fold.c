/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold.c - what events do to the graph
 */
#include "base/metrics.h"
#include "graph/adjacency.h"
#include "graph/flow.h"
#include "graph/timeline.h"
#include "tests/unit/graph_fixture.h"

/* Which calls of the store were made; the linker puts these in front of them. */
static struct calls {
	int lookups;  /* of names */
	int facets;   /* bytes of facets that were read or written */
	int segments; /* looked for or written */
	int edges;
} calls;

#define COUNT_CALLS(field, call, parameters, arguments) \
	int __real_##call parameters;                   \
	int __wrap_##call parameters;                   \
	int __wrap_##call parameters                    \
	{                                               \
		calls.field++;                          \
		return __real_##call arguments;         \
	}

COUNT_CALLS(lookups, entity_find,
	(struct store_txn * txn, const struct node_key *key, node_id *out),
	(txn, key, out))
COUNT_CALLS(facets, facet_put,
	(struct store_txn * txn, node_id id, uint64_t name_hash,
		const struct facet *facet),
	(txn, id, name_hash, facet))
COUNT_CALLS(segments, segment_floor,
	(struct store_txn * txn, node_id job, enum evidence lane,
		const struct run_position *position, struct segment *out),
	(txn, job, lane, position, out))
COUNT_CALLS(segments, segment_put,
	(struct store_txn * txn, node_id job, enum evidence lane,
		const struct segment *segment),
	(txn, job, lane, segment))
COUNT_CALLS(edges, adjacency_get,
	(struct store_txn * txn, node_id node, enum direction direction, node_id peer,
		struct edge *out),
	(txn, node, direction, peer, out))
COUNT_CALLS(edges, adjacency_put,
	(struct store_txn * txn, node_id node, enum direction direction,
		const struct edge *edge),
	(txn, node, direction, edge))
COUNT_CALLS(
	edges, flow_put, (struct store_txn * txn, const struct flow_row *row), (txn, row))

/* A1 and following: the vectors of the OpenLineage reference. */

static void inputs_and_outputs_of_a_run_accumulate(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 1 J a > -");
	tell(w, "run R1 COMPLETE 2 J - > b");
	assert_string_equal(edges(w, EDGE_NOW), "J>b a>J");
}

static void an_empty_complete_takes_nothing_away(void **state)
{
	struct world *w = *state;
	struct run run;

	tell(w, "run R1 START 1 J a > b");
	tell(w, "run R1 COMPLETE 2 J - > -");
	assert_string_equal(edges(w, EDGE_NOW), "J>b a>J");
	get_run(w, "R1", &run);
	assert_int_equal(run.state, TYPE_COMPLETE);
}

static void a_late_start_gives_the_start_only(void **state)
{
	struct world *w = *state;
	struct run run;

	tell(w, "run R1 COMPLETE 10 J a > b");
	tell(w, "run R1 START 5 J a > b");
	get_run(w, "R1", &run);
	assert_int_equal(run.state, TYPE_COMPLETE);
	assert_int_equal(run_start_us(&run), 5);
	assert_int_equal(run.end_us, 10);
}

static void the_first_start_and_the_first_end_count(void **state)
{
	struct world *w = *state;
	struct run run;

	tell(w, "run R1 START 5 J a > b");
	tell(w, "run R1 START 7 J a > b");
	tell(w, "run R1 COMPLETE 9 J a > b");
	tell(w, "run R1 RUNNING 11 J a > b");
	get_run(w, "R1", &run);
	assert_int_equal(run.state, TYPE_COMPLETE);
	assert_int_equal(run_start_us(&run), 5);
	assert_int_equal(run.end_us, 9);
	assert_int_equal(run.last_us, 11);
	assert_int_equal(run.event_count, 4);
}

static void a_run_id_that_is_no_uuid_is_a_run(void **state)
{
	struct world *w = *state;
	struct run run;

	tell(w, "run run_id COMPLETE 5 J a > b");
	get_run(w, "run_id", &run);
	assert_true(slice_equal(run.text, SLICE("run_id")));
	assert_string_equal(edges(w, EDGE_NOW), "J>b a>J");
}

static void the_same_event_again_changes_nothing(void **state)
{
	struct world *w = *state;
	char *once;
	struct run run;

	tell(w, "run R1 COMPLETE 5 J a[f=1] > b");
	tell(w, "job 6 J x > y");
	tell(w, "dataset 7 a[f=2]");
	once = strdup(dump(w));
	for (int i = 0; i < 2; i++) {
		tell(w, "run R1 COMPLETE 5 J a[f=1] > b");
		tell(w, "job 6 J x > y");
		tell(w, "dataset 7 a[f=2]");
	}
	assert_string_equal(dump(w), once);
	get_run(w, "R1", &run);
	assert_int_equal(run.event_total, 1);
	free(once);
}

static void tell_received(struct world *w, const char *line, int64_t received_us)
{
	struct ol_event event;
	uint64_t sequence = append(w, line);

	read_line(w, line, &event);
	event.time_us = received_us;
	event.time_guessed = true;
	assert_int_equal(graph_fold(w->graph, &event, sequence), 0);
}

static void the_same_event_received_later_changes_nothing_either(void **state)
{
	struct world *w = *state;
	char *once;

	tell_received(w, "run R1 COMPLETE 0 J a > b", 5);
	tell_received(w, "job 0 J a > b", 5);
	once = strdup(dump(w));
	tell_received(w, "run R1 COMPLETE 0 J a > b", 7);
	tell_received(w, "job 0 J a > b", 7);
	assert_string_equal(dump(w), once);
	free(once);
}

static void the_newest_declaration_replaces_older_ones(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J a > b");
	tell(w, "job 6 J c > b");
	assert_string_equal(edges(w, EDGE_NOW), "J>b c>J");
	assert_string_equal(edges(w, EDGE_DECLARED_EVER), "J>b a>J c>J");
	assert_string_equal(edges(w, EDGE_OBSERVED_EVER), "");
}

static void what_is_declared_and_what_is_observed_are_kept_apart(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J a > b");
	tell(w, "run R1 COMPLETE 6 J c > b");
	assert_string_equal(edges(w, EDGE_DECLARED_NOW), "J>b a>J");
	assert_string_equal(edges(w, EDGE_OBSERVED_NOW), "J>b c>J");
}

static void a_dataset_can_be_input_and_output(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 merge t,s > t");
	assert_string_equal(edges(w, EDGE_NOW), "merge>t s>merge t>merge");
}

static void a_cycle_of_jobs_is_kept(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 A a > b");
	tell(w, "run R2 COMPLETE 5 B b > c");
	tell(w, "run R3 COMPLETE 5 C c > a");
	assert_string_equal(edges(w, EDGE_NOW), "A>b B>c C>a a>A b>B c>C");
}

static void a_run_moves_to_its_job_when_that_is_told(void **state)
{
	struct world *w = *state;
	struct run run;

	tell(w, "run R1 START 5 unknown a > -");
	assert_string_equal(edges(w, EDGE_NOW), "a>unknown");
	tell(w, "run R1 COMPLETE 6 real - > b");
	assert_string_equal(edges(w, EDGE_NOW), "a>real real>b");
	assert_string_equal(edges(w, EDGE_OBSERVED_EVER), "a>real real>b");
	get_run(w, "R1", &run);
	assert_true(run.job_known);
}

static void names_are_exact_bytes(void **state)
{
	struct world *w = *state;
	struct graph_stats stats;

	tell(w, "run R1 COMPLETE 5 J a:b@c,a@b:c > x/y,x%2Fy,\xf0\x9f\x95\xb7");
	(void)see(w);
	graph_stats(w->graph, &stats);
	assert_int_equal(stats.nodes, 6);
}

static void the_last_completed_run_replaces_what_was_before(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > b");
	tell(w, "run R2 START 20 J c > b");
	assert_string_equal(edges(w, EDGE_NOW), "J>b a>J c>J");
	tell(w, "run R2 COMPLETE 21 J c > b");
	assert_string_equal(edges(w, EDGE_NOW), "J>b c>J");
	tell(w, "run R3 START 30 J d > -");
	tell(w, "run R3 FAIL 31 J d > -");
	assert_string_equal(edges(w, EDGE_NOW), "J>b c>J d>J");
	assert_string_equal(edges(w, EDGE_OBSERVED_EVER), "J>b a>J c>J d>J");
}

static void the_newest_facet_of_a_name_stands(void **state)
{
	struct world *w = *state;
	struct node_key key = {
		.kind = NODE_DATASET, .namespace = SLICE("n"), .name = SLICE("a")
	};
	struct facet facet;
	node_id id;

	tell(w, "dataset 7 a[owner=new]");
	tell(w, "dataset 5 a[owner=old]");
	assert_int_equal(entity_find(see(w)->txn, &key, &id), 0);
	assert_int_equal(
		facet_get(w->snapshot.txn, id, hash64(SLICE("owner")), &facet), 0);
	assert_true(slice_equal(facet.bytes, SLICE("new")));
}

static void a_deleted_facet_is_not_brought_back_by_an_older_one(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 7 a[owner!]");
	tell(w, "dataset 5 a[owner=old]");
	assert_true(dump_has(w, " deleted 7\n"));
	assert_false(dump_has(w, "\"owner\""));
	tell(w, "dataset 8 a[owner=again]");
	assert_true(dump_has(w, "\"owner\""));
}

static void of_two_facets_of_one_time_the_larger_hash_stands(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 7 a[owner=x]");
	tell(w, "dataset 7 a[owner!]");
	assert_true(dump_has(w, "\"owner\""));
}

static void a_facet_told_late_is_kept(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 5 a");
	tell(w, "dataset 9 a");
	(void)see(w);
	tell(w, "dataset 7 a[owner=x]");
	assert_true(dump_has(w, "\"owner\""));
	assert_true(dump_has(w, "seen 5 9\n"));
}

static void of_two_jobs_named_at_one_time_the_larger_name_has_the_run(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 RUNNING 5 B a > b");
	tell(w, "run R1 RUNNING 5 C a > b");
	tell(w, "run R1 RUNNING 5 A a > b");
	assert_string_equal(edges(w, EDGE_NOW), "C>b a>C");
}

static void of_a_facet_told_twice_in_an_event_the_last_counts(void **state)
{
	struct world *w = *state;
	char *once;

	tell(w, "dataset 7 a[y=2][x=3]");
	once = strdup(strstr(dump(w), "facet"));
	once[strcspn(once, "s")] = '\0';
	world_close(w);
	tempdir_remove(&w->dir);
	world_open(w);
	tell(w, "dataset 7 a[x=1][y=2][x=3]");
	assert_true(dump_has(w, once));
	free(once);
}

static void the_job_stays_for_a_run_with_more_events_than_are_kept(void **state)
{
	struct world *w = *state;
	struct run run;
	char line[64];
	char *before;

	for (int i = 0; i < RUN_EVENTS_MAX + 10; i++) {
		(void)snprintf(line, sizeof(line), "run R1 RUNNING %d J a > b", 100 + i);
		tell(w, line);
	}
	get_run(w, "R1", &run);
	assert_int_equal(run.event_count, RUN_EVENTS_MAX);
	assert_int_equal(run.event_total, RUN_EVENTS_MAX + 10);
	assert_int_equal(run.events[0].time_us, 100 + RUN_EVENTS_MAX + 9);
	assert_int_equal(run.events[RUN_EVENTS_MAX - 1].time_us, 110);
	before = strdup(dump(w));
	tell(w, "run R1 RUNNING 100 J a > b");
	assert_string_equal(dump(w), before);
	free(before);
}

static void what_a_job_that_never_completes_reads_adds_up(void **state)
{
	struct world *w = *state;
	char line[64];

	for (int i = 0; i < 20; i++) {
		(void)snprintf(line, sizeof(line), "run R%d START %d J d%d > x", i,
			100 + i, i % 4);
		tell(w, line);
		(void)see(w);
	}
	assert_string_equal(edges(w, EDGE_NOW), "J>x d0>J d1>J d2>J d3>J");
	tell(w, "run R18 COMPLETE 200 J - > -");
	assert_string_equal(edges(w, EDGE_NOW), "J>x d2>J d3>J");
	tell(w, "run R18 FAIL 150 J - > -");
	assert_string_equal(edges(w, EDGE_NOW), "J>x d0>J d1>J d2>J d3>J");
}

/* The steady state. */

#define SAID "J[j=1] a[s=1],b > c[s=2][columnLineage=a.x>*.y:IDENTITY;a>*:JOIN]"

static void tell_run(struct world *w, int run)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "run R%d START %d " SAID, run, run * 10);
	tell(w, line);
	(void)snprintf(
		line, sizeof(line), "run R%d COMPLETE %d " SAID, run, run * 10 + 5);
	tell(w, line);
}

static void a_run_like_those_before_touches_nothing_but_itself(void **state)
{
	struct world *w = *state;
	int64_t hits;

	tell_run(w, 1);
	tell_run(w, 2);
	(void)see(w);
	hits = metric_get(M_FOLD_MEMO_HITS);
	calls = (struct calls){ 0 };
	for (int i = 3; i < 20; i++) {
		tell_run(w, i);
		if (i % 5 == 0)
			assert_int_equal(graph_publish(w->graph), 0);
	}
	assert_int_equal(calls.lookups, 0);
	assert_int_equal(calls.facets, 0);
	assert_int_equal(calls.segments, 0);
	assert_int_equal(calls.edges, 0);
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS) - hits, 2 * 17);
	assert_true(dump_has(w, "node dataset \"n\" \"a\" seen 10 195\n"));
}

static void inputs_first_and_outputs_last_leaves_the_edges_alone(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 1 J a > -");
	tell(w, "run R1 COMPLETE 2 J - > b");
	(void)see(w);
	calls = (struct calls){ 0 };
	tell(w, "run R2 START 3 J a > -");
	tell(w, "run R2 COMPLETE 4 J - > b");
	assert_string_equal(edges(w, EDGE_NOW), "J>b a>J");
	assert_int_equal(calls.edges, 0);
}

static void a_snapshot_like_the_one_before_leaves_the_edges_alone(void **state)
{
	struct world *w = *state;
	char line[96];

	for (int i = 1; i < 20; i++) {
		if (i == 3)
			calls = (struct calls){ 0 };
		(void)snprintf(line, sizeof(line),
			"run R1 RUNNING %d J[jobType=STREAMING:snapshot] a > b", i);
		tell(w, line);
		(void)see(w);
	}
	assert_int_equal(calls.segments, 0);
	assert_int_equal(calls.edges, 0);
}

static void what_only_a_flow_names_is_seen_with_it(void **state)
{
	struct world *w = *state;
	int64_t hits = metric_get(M_FOLD_MEMO_HITS);

	tell(w, "run R1 COMPLETE 5 J a > c[columnLineage=z.q>*.x]");
	tell(w, "run R2 COMPLETE 9 J a > c[columnLineage=z.q>*.x]");
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS) - hits, 1);
	assert_true(dump_has(w, "node dataset \"n\" \"z\" seen 5 9\n"));
}

static void a_facet_that_changed_is_not_taken_from_the_memo(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a[s=1] > b");
	tell(w, "run R2 COMPLETE 6 J a[s=2] > b");
	tell(w, "run R3 COMPLETE 7 J a[s=1] > b");
	tell(w, "run R4 COMPLETE 4 J a[s=2] > b");
	assert_true(dump_has(w, "\"s\" "));
	tell(w, "dataset 7 a[s=1]");
	assert_true(strstr(dump(w), " 7\n\tdownstream") != NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(inputs_and_outputs_of_a_run_accumulate),
		WORLD_TEST(an_empty_complete_takes_nothing_away),
		WORLD_TEST(a_late_start_gives_the_start_only),
		WORLD_TEST(the_first_start_and_the_first_end_count),
		WORLD_TEST(a_run_id_that_is_no_uuid_is_a_run),
		WORLD_TEST(the_same_event_again_changes_nothing),
		WORLD_TEST(the_same_event_received_later_changes_nothing_either),
		WORLD_TEST(the_newest_declaration_replaces_older_ones),
		WORLD_TEST(what_is_declared_and_what_is_observed_are_kept_apart),
		WORLD_TEST(a_dataset_can_be_input_and_output),
		WORLD_TEST(a_cycle_of_jobs_is_kept),
		WORLD_TEST(a_run_moves_to_its_job_when_that_is_told),
		WORLD_TEST(names_are_exact_bytes),
		WORLD_TEST(the_last_completed_run_replaces_what_was_before),
		WORLD_TEST(the_newest_facet_of_a_name_stands),
		WORLD_TEST(a_deleted_facet_is_not_brought_back_by_an_older_one),
		WORLD_TEST(of_two_facets_of_one_time_the_larger_hash_stands),
		WORLD_TEST(a_facet_told_late_is_kept),
		WORLD_TEST(of_two_jobs_named_at_one_time_the_larger_name_has_the_run),
		WORLD_TEST(of_a_facet_told_twice_in_an_event_the_last_counts),
		WORLD_TEST(the_job_stays_for_a_run_with_more_events_than_are_kept),
		WORLD_TEST(what_a_job_that_never_completes_reads_adds_up),
		WORLD_TEST(a_run_like_those_before_touches_nothing_but_itself),
		WORLD_TEST(inputs_first_and_outputs_last_leaves_the_edges_alone),
		WORLD_TEST(a_snapshot_like_the_one_before_leaves_the_edges_alone),
		WORLD_TEST(what_only_a_flow_names_is_seen_with_it),
		WORLD_TEST(a_facet_that_changed_is_not_taken_from_the_memo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
