/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_flow.c - explicit lineage, column lineage and snapshots, as edges
 */
#include "base/metrics.h"
#include "graph/adjacency.h"
#include "graph/flow.h"
#include "tests/unit/graph_fixture.h"

/* What flows from one dataset into another now, and how. */
static uint32_t classes(struct world *w, const char *from, const char *to)
{
	struct node_key key = { .kind = NODE_DATASET, .namespace = SLICE("n") };
	const struct snapshot *s = see(w);
	struct edge edge;
	node_id source;
	node_id target;

	key.name = slice_from(from);
	assert_int_equal(entity_find(s->txn, &key, &source), 0);
	key.name = slice_from(to);
	assert_int_equal(entity_find(s->txn, &key, &target), 0);
	if (adjacency_get(s->txn, source, DOWNSTREAM, target, &edge))
		return 0;
	return EDGE_CLASSES(edge.flags);
}

/* A9 and following: the vectors of the OpenLineage reference. */

static void a_dataset_declares_what_it_is_made_of(void **state)
{
	struct world *w = *state;
	struct graph_stats stats;

	tell(w, "dataset 5 v[lineage=a>*;b>*]");
	assert_string_equal(edges(w, EDGE_FLOW_DECLARED_NOW), "a>v b>v");
	tell(w, "dataset 6 v[lineage=a>*]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a>v");
	assert_string_equal(edges(w, EDGE_FLOW_DECLARED_EVER), "a>v b>v");
	tell(w, "dataset 7 v[lineage!]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
	graph_stats(w->graph, &stats);
	assert_int_equal(stats.nodes, 3);
}

static void explicit_lineage_is_all_that_an_event_says(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J[lineage=a>c;b>d] a,b > c,d");
	assert_string_equal(edges(w, EDGE_FLOW_OBSERVED_NOW), "a>c b>d");
	assert_string_equal(edges(w, EDGE_IO_NOW), "J>c J>d a>J b>J");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c J>d");
	assert_string_equal(edges(w, EDGE_IMPLIED), "a>c b>d");
}

static void an_output_without_an_entry_is_covered_too(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J[lineage=a>c] a,b > c,d");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a>c");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c J>d");
}

static void explicit_lineage_wins_over_columns(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J[lineage=a>c;b>d] a,b > c,d[columnLineage=a.y>*.x]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a>c b>d");
}

static void explicit_lineage_wins_over_columns_of_another_event_of_the_run(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 5 J a,b > c,d[columnLineage=a.y>*.x]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.y>d.x a>d");
	tell(w, "run R1 COMPLETE 6 J[lineage=b>d] a,b > d");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "b>d");
	assert_string_equal(edges(w, EDGE_FLOW_OBSERVED_EVER), "b>d");
	assert_string_equal(edges(w, EDGE_COVERED), "J>d");
}

static void columns_are_flows_of_fields_and_of_datasets(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a,b > "
		"c[columnLineage=a.y>*.x:IDENTITY;a.z>*.x:JOIN]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.y>c.x a.z>c.x a>c");
	assert_string_equal(edges(w, EDGE_IO_NOW), "J>c a>J b>J");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
	assert_string_equal(edges(w, EDGE_CONTAINS), "a.*>a.y a.*>a.z c.*>c.x");
	assert_int_equal(classes(w, "a", "c"),
		CLASS_IDENTITY | CLASS_JOIN | CLASS_UNMASKED | CLASS_FORM_COLUMNS);
}

static void a_column_may_come_from_what_is_no_input(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > c[columnLineage=z.q>*.x]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "z.q>c.x z>c");
	assert_string_equal(edges(w, EDGE_IMPLIED), "");
}

static void a_dataset_among_columns_is_meant_as_a_whole(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > c[columnLineage=a.k>*:FILTER;a>*.x:SORT]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.*>c.x a.k>c.* a>c");
}

static void a_job_may_be_told_to_feed_another(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J[lineage=#m@i>#m@k;*>#J] - > -");
	assert_string_equal(edges(w, EDGE_FLOW_DECLARED_NOW), "i>k");
	assert_string_equal(edges(w, EDGE_IO_NOW), "");
}

static void a_column_may_come_from_the_job_itself(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J[lineage=*>c;*>c.total:AGGREGATION] - > c");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "J>c.total");
	assert_string_equal(edges(w, EDGE_DECLARED_NOW), "J>c");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
}

static void inputs_and_outputs_of_other_jobs_are_flows(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J[lineage=#K>c;a>*;a.x>#K;b>*;*>d] a > c");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "J>d K>c a.x>K a>K b>J");
	assert_string_equal(edges(w, EDGE_IO_NOW), "J>c a>J");
}

static void the_last_snapshot_replaces_what_was_before(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 1 J[jobType=STREAMING:snapshot] - > x");
	tell(w, "run R1 RUNNING 5 J[jobType=STREAMING:snapshot] k1,k2 > x");
	assert_string_equal(edges(w, EDGE_NOW), "J>x k1>J k2>J");
	tell(w, "run R1 RUNNING 6 J[jobType=STREAMING:snapshot] k1,k2,k3 > x");
	assert_string_equal(edges(w, EDGE_NOW), "J>x k1>J k2>J k3>J");
	tell(w, "run R1 RUNNING 7 J[jobType=STREAMING:snapshot] k3 > x");
	assert_string_equal(edges(w, EDGE_NOW), "J>x k3>J");
	assert_string_equal(edges(w, EDGE_OBSERVED_EVER), "J>x k1>J k2>J k3>J");
}

static void explicit_lineage_of_a_run_accumulates(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 5 J[lineage=a>c] a > c");
	tell(w, "run R1 COMPLETE 6 J[lineage=b>d] b > d");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a>c b>d");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c J>d");
}

/* What stands. */

static void an_output_is_open_while_one_set_leaves_it_open(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > c[columnLineage=a.y>*.x]");
	tell(w, "run R2 COMPLETE 20 J a,b > c");
	assert_string_equal(edges(w, EDGE_COVERED), "");
	tell(w, "run R3 START 30 J a > c[columnLineage=a.y>*.x]");
	assert_string_equal(edges(w, EDGE_COVERED), "");
	tell(w, "run R3 COMPLETE 31 J - > -");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
	tell(w, "run R4 COMPLETE 40 J a > c");
	assert_string_equal(edges(w, EDGE_FLOW_NOW | EDGE_COVERED), "");
	assert_string_equal(edges(w, EDGE_FLOW_OBSERVED_EVER), "a.y>c.x a>c");
}

static void a_run_that_goes_on_opens_only_what_no_completed_one_has(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > c[columnLineage=a.y>*.x]");
	tell(w, "run R2 START 20 J a,b > c,d");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.y>c.x a>c");
	tell(w, "run R3 START 30 J a > d[columnLineage=a.y>*.x]");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
	tell(w, "run R2 COMPLETE 21 J - > -");
	assert_string_equal(edges(w, EDGE_COVERED), "");
}

static void an_output_is_open_when_a_declaration_leaves_it_open(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > c[columnLineage=a.y>*.x]");
	tell(w, "job 5 J a > c");
	assert_string_equal(edges(w, EDGE_COVERED), "");
	tell(w, "job 6 J a > c[columnLineage=a.z>*.x]");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
	tell(w, "run R2 COMPLETE 20 J a > c");
	assert_string_equal(edges(w, EDGE_COVERED), "");
	tell(w, "run R3 COMPLETE 30 J a > d");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
}

static void what_the_other_lane_covers_is_known_after_a_restart(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > c[columnLineage=a.y>*.x]");
	tell(w, "job 5 J a > c");
	assert_string_equal(edges(w, EDGE_COVERED), "");
	world_close(w);
	world_open(w);
	tell(w, "job 6 J a > c[columnLineage=a.z>*.x]");
	assert_string_equal(edges(w, EDGE_COVERED), "J>c");
}

static void a_flow_is_implied_while_all_that_tell_it_imply_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J[lineage=a>c] a > c");
	assert_string_equal(edges(w, EDGE_IMPLIED), "a>c");
	tell(w, "dataset 5 c[lineage=a>*]");
	assert_string_equal(edges(w, EDGE_IMPLIED), "");
	tell(w, "dataset 6 c[lineage!]");
	assert_string_equal(edges(w, EDGE_IMPLIED), "a>c");
	tell(w, "run R2 START 20 J[lineage=a>c] - > c");
	assert_string_equal(edges(w, EDGE_IMPLIED), "");
}

static void what_another_owner_tells_stays(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > c[columnLineage=a>*:JOIN]");
	tell(w, "run R2 COMPLETE 11 K a > c[columnLineage=a>*:SORT]");
	assert_int_equal(classes(w, "a", "c"),
		CLASS_JOIN | CLASS_SORT | CLASS_UNMASKED | CLASS_FORM_COLUMNS);
	tell(w, "run R3 COMPLETE 12 J a > b");
	assert_int_equal(
		classes(w, "a", "c"), CLASS_SORT | CLASS_UNMASKED | CLASS_FORM_COLUMNS);
	tell(w, "run R4 COMPLETE 13 K a > b");
	assert_int_equal(classes(w, "a", "c"), 0);
	assert_string_equal(edges(w, EDGE_FLOW_OBSERVED_EVER), "a>c");
}

static void classes_go_with_the_set_that_told_them(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > c[columnLineage=a>*:JOIN]");
	tell(w, "run R2 START 20 J a > c[columnLineage=a>*:SORT+MASKED]");
	assert_int_equal(classes(w, "a", "c"),
		CLASS_JOIN | CLASS_SORT | CLASS_UNMASKED | CLASS_FORM_COLUMNS);
	tell(w, "run R2 COMPLETE 21 J - > -");
	assert_int_equal(classes(w, "a", "c"), CLASS_SORT | CLASS_FORM_COLUMNS);
}

static void a_pair_is_masked_when_all_that_tell_it_mask(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 J a > c[columnLineage=a>*:IDENTITY+MASKED]");
	assert_true(flow_masked(classes(w, "a", "c")));
	tell(w, "run R2 COMPLETE 11 K a > c[columnLineage=a>*:IDENTITY]");
	assert_false(flow_masked(classes(w, "a", "c")));
	tell(w, "run R3 COMPLETE 12 K a > c[columnLineage=a>*:JOIN+MASKED]");
	assert_true(flow_masked(classes(w, "a", "c")));
	tell(w, "job 13 L[lineage=a>c] a > c");
	assert_false(flow_masked(classes(w, "a", "c")));
}

static void a_pair_that_one_run_tells_twice_is_masked_by_both_or_not(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 10 J a > c[columnLineage=a>*:IDENTITY+MASKED]");
	tell(w, "run R1 RUNNING 11 J a > c[columnLineage=a>*:SORT+MASKED]");
	assert_true(flow_masked(classes(w, "a", "c")));
	tell(w, "run R1 COMPLETE 12 J a > c[columnLineage=a>*:SORT]");
	assert_false(flow_masked(classes(w, "a", "c")));
}

static void an_edge_of_both_kinds_keeps_one_when_the_other_goes(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 K a > b");
	tell(w, "run R2 COMPLETE 11 J[lineage=#K>b] - > -");
	tell(w, "run R3 COMPLETE 12 K a > c");
	assert_string_equal(edges(w, EDGE_IO_NOW), "K>c a>K");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "K>b");
	tell(w, "run R4 COMPLETE 13 K a > b");
	tell(w, "run R2 RUNNING 14 L - > -");
	tell(w, "run R5 COMPLETE 15 L x > y");
	assert_string_equal(edges(w, EDGE_IO_NOW), "K>b L>y a>K x>L");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
}

static void a_field_stays_in_its_dataset_when_a_flow_goes(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 10 unknown a > c[columnLineage=*>*.x]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "c.*>c.x c>c");
	tell(w, "run R1 COMPLETE 11 J - > -");
	tell(w, "run R2 COMPLETE 12 J a > c");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
	assert_string_equal(edges(w, EDGE_CONTAINS), "c.*>c.x");
}

/* What is passed over. */

static void a_malformed_facet_says_nothing_and_is_counted(void **state)
{
	struct world *w = *state;
	int64_t warnings = metric_get(M_EVENT_WARNINGS);

	tell(w, "run R1 COMPLETE 5 J[lineage=?] a > c[columnLineage=a.y>*.x;~]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.y>c.x a>c");
	assert_int_equal(metric_get(M_EVENT_WARNINGS) - warnings, 2);
	tell(w, "run R2 COMPLETE 6 J[lineage=?] a > c[columnLineage=a.y>*.x;~]");
	assert_int_equal(metric_get(M_EVENT_WARNINGS) - warnings, 4);
}

static void a_deleted_facet_says_nothing(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J[lineage!] a > c[columnLineage!]");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
	assert_string_equal(edges(w, EDGE_COVERED), "");
}

static void a_declaration_without_anything_takes_the_earlier_one_away(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J a > b");
	tell(w, "job 6 J - > -");
	assert_string_equal(edges(w, EDGE_DECLARED_NOW), "J>b a>J");
	tell(w, "job 7 J[lineage!] - > -");
	assert_string_equal(edges(w, EDGE_NOW), "");
	assert_string_equal(edges(w, EDGE_DECLARED_EVER), "J>b a>J");
}

static void a_dataset_that_is_dropped_is_not_written(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > t");
	tell(w, "run R2 COMPLETE 6 K - > t[lifecycleStateChange=DROP]");
	assert_string_equal(edges(w, EDGE_NOW), "J>t a>J");
}

/* Snapshots. */

#define SNAP "[jobType=STREAMING:snapshot]"

static void a_snapshot_at_the_start_of_its_run_is_one_with_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 RUNNING 5 J" SNAP " a > x");
	tell(w, "run R1 RUNNING 6 J b > x");
	assert_string_equal(edges(w, EDGE_NOW), "J>x a>J b>J");
	tell(w, "run R2 RUNNING 8 J" SNAP " c > x");
	assert_string_equal(edges(w, EDGE_NOW), "J>x c>J");
}

static void a_snapshot_stays_when_the_start_of_its_run_moves(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 RUNNING 5 J" SNAP " a > x");
	tell(w, "run R1 RUNNING 6 J b > x");
	tell(w, "run R1 START 2 J - > -");
	assert_string_equal(edges(w, EDGE_NOW), "J>x a>J");
	tell(w, "run R1 RUNNING 9 J" SNAP " - > y");
	assert_string_equal(edges(w, EDGE_NOW), "J>y");
	tell(w, "run R1 START 1 J" SNAP " d > -");
	assert_string_equal(edges(w, EDGE_NOW), "J>y");
	assert_string_equal(edges(w, EDGE_OBSERVED_EVER), "J>x J>y a>J b>J d>J");
}

static void a_snapshot_goes_with_its_run_to_another_job(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 1 unknown" SNAP " a > x");
	tell(w, "run R1 RUNNING 5 unknown" SNAP " b > x");
	tell(w, "run R1 RUNNING 6 unknown c > x");
	tell(w, "run R1 RUNNING 7 J - > -");
	assert_string_equal(edges(w, EDGE_NOW), "J>x b>J");
	assert_string_equal(edges(w, EDGE_OBSERVED_EVER), "J>x a>J b>J c>J");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_dataset_declares_what_it_is_made_of),
		WORLD_TEST(explicit_lineage_is_all_that_an_event_says),
		WORLD_TEST(an_output_without_an_entry_is_covered_too),
		WORLD_TEST(explicit_lineage_wins_over_columns),
		WORLD_TEST(
			explicit_lineage_wins_over_columns_of_another_event_of_the_run),
		WORLD_TEST(columns_are_flows_of_fields_and_of_datasets),
		WORLD_TEST(a_column_may_come_from_what_is_no_input),
		WORLD_TEST(a_dataset_among_columns_is_meant_as_a_whole),
		WORLD_TEST(a_job_may_be_told_to_feed_another),
		WORLD_TEST(a_column_may_come_from_the_job_itself),
		WORLD_TEST(inputs_and_outputs_of_other_jobs_are_flows),
		WORLD_TEST(the_last_snapshot_replaces_what_was_before),
		WORLD_TEST(explicit_lineage_of_a_run_accumulates),
		WORLD_TEST(an_output_is_open_while_one_set_leaves_it_open),
		WORLD_TEST(a_run_that_goes_on_opens_only_what_no_completed_one_has),
		WORLD_TEST(an_output_is_open_when_a_declaration_leaves_it_open),
		WORLD_TEST(what_the_other_lane_covers_is_known_after_a_restart),
		WORLD_TEST(a_flow_is_implied_while_all_that_tell_it_imply_it),
		WORLD_TEST(what_another_owner_tells_stays),
		WORLD_TEST(classes_go_with_the_set_that_told_them),
		WORLD_TEST(a_pair_is_masked_when_all_that_tell_it_mask),
		WORLD_TEST(a_pair_that_one_run_tells_twice_is_masked_by_both_or_not),
		WORLD_TEST(an_edge_of_both_kinds_keeps_one_when_the_other_goes),
		WORLD_TEST(a_field_stays_in_its_dataset_when_a_flow_goes),
		WORLD_TEST(a_malformed_facet_says_nothing_and_is_counted),
		WORLD_TEST(a_deleted_facet_says_nothing),
		WORLD_TEST(a_declaration_without_anything_takes_the_earlier_one_away),
		WORLD_TEST(a_dataset_that_is_dropped_is_not_written),
		WORLD_TEST(a_snapshot_at_the_start_of_its_run_is_one_with_it),
		WORLD_TEST(a_snapshot_stays_when_the_start_of_its_run_moves),
		WORLD_TEST(a_snapshot_goes_with_its_run_to_another_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
