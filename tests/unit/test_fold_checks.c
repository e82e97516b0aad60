/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_checks.c - assertions as edges from columns to the job that makes them
 */
#include "base/metrics.h"
#include "graph/adjacency.h"
#include "graph/flow.h"
#include "tests/unit/graph_fixture.h"

#define CHECKS(columns) "[dataQualityAssertions=" columns "]"

static void what_a_job_asserts_it_reads(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a+" CHECKS("x;y") ",b" CHECKS("z") " > -");
	assert_string_equal(edges(w, EDGE_FLOW_OBSERVED_NOW), "a.x>J a.y>J b.z>J");
	assert_string_equal(edges(w, EDGE_IO_NOW), "a>J b>J");
}

static void it_is_a_condition_that_masks_nothing_and_has_no_form(void **state)
{
	const struct node_key field = { NODE_FIELD, SLICE("n"), SLICE("a"), SLICE("x") };
	const struct node_key job = {
		.kind = NODE_JOB, .namespace = SLICE("n"), .name = SLICE("J")
	};
	struct world *w = *state;
	struct store_txn *txn;
	struct edge edge;
	node_id from;
	node_id to;

	tell(w, "run R1 COMPLETE 5 J a+" CHECKS("x") " > -");
	txn = see(w)->txn;
	assert_int_equal(entity_find(txn, &field, &from), 0);
	assert_int_equal(entity_find(txn, &job, &to), 0);
	assert_int_equal(adjacency_get(txn, from, DOWNSTREAM, to, &edge), 0);
	assert_int_equal(EDGE_CLASSES(edge.flags), CLASS_CONDITIONAL | CLASS_UNMASKED);
	assert_true(flow_is_check(EDGE_CLASSES(edge.flags)));
}

static void assertions_in_both_places_add_up(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a" CHECKS("x") "+" CHECKS("y") " > -");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.x>J a.y>J");
}

static void explicit_lineage_beside_them_takes_nothing_away(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J[lineage=a.y>b.z] a+" CHECKS("x") " > b");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.x>J a.y>b.z a>b");
	assert_string_equal(edges(w, EDGE_COVERED), "J>b");
}

static void they_cover_no_output(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a+" CHECKS("x") " > b");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.x>J");
	assert_string_equal(edges(w, EDGE_COVERED), "");
}

static void what_a_job_writes_it_may_check_and_is_no_input_for_that(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b" CHECKS("x") "+" CHECKS("y"));
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "b.x>J b.y>J");
	assert_string_equal(edges(w, EDGE_IO_NOW), "J>b a>J");
}

static void what_is_dropped_is_not_checked(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[lifecycleStateChange=DROP]" CHECKS("x"));
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
}

static void a_job_event_declares_them(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J a+" CHECKS("x") " > -");
	assert_string_equal(edges(w, EDGE_FLOW_DECLARED_NOW), "a.x>J");
	tell(w, "job 6 J a > -");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
	assert_string_equal(edges(w, EDGE_FLOW_DECLARED_EVER), "a.x>J");
}

static void a_dataset_event_has_no_job_to_check_it(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 5 a" CHECKS("x"));
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
}

static void a_later_run_replaces_them(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a+" CHECKS("x") " > -");
	tell(w, "run R2 START 6 J a+" CHECKS("y") " > -");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.x>J a.y>J");
	tell(w, "run R2 COMPLETE 7 J a > -");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.y>J");
}

/* Events that differ in nothing else must not be taken for each other. */
static void the_memo_tells_them_apart(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a+[rowCount=1] > -");
	tell(w, "run R2 COMPLETE 6 J a+" CHECKS("x") " > -");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.x>J");
	tell(w, "run R3 COMPLETE 7 J a+" CHECKS("y") " > -");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.y>J");
	tell(w, "run R4 COMPLETE 8 J a+[dataQualityAssertions!] > -");
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "");
}

static void other_facets_of_inputs_do_not_concern_it(void **state)
{
	struct world *w = *state;
	int64_t hits;

	tell(w, "run R1 COMPLETE 5 J a+[rowCount=1]" CHECKS("x") " > -");
	hits = metric_get(M_FOLD_MEMO_HITS);
	tell(w, "run R2 COMPLETE 6 J a+[rowCount=2]" CHECKS("x") " > -");
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS) - hits, 1);
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.x>J");
}

static void what_is_malformed_is_counted_wherever_it_stands(void **state)
{
	struct world *w = *state;
	int64_t warnings = metric_get(M_EVENT_WARNINGS);

	tell(w, "run R1 COMPLETE 5 J a+" CHECKS("?") ",b" CHECKS("?") " > -");
	assert_int_equal(metric_get(M_EVENT_WARNINGS) - warnings, 2);
	tell(w, "run R2 COMPLETE 6 J a+" CHECKS("x;~") " > -");
	assert_int_equal(metric_get(M_EVENT_WARNINGS) - warnings, 3);
	assert_string_equal(edges(w, EDGE_FLOW_NOW), "a.x>J");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_a_job_asserts_it_reads),
		WORLD_TEST(it_is_a_condition_that_masks_nothing_and_has_no_form),
		WORLD_TEST(assertions_in_both_places_add_up),
		WORLD_TEST(explicit_lineage_beside_them_takes_nothing_away),
		WORLD_TEST(they_cover_no_output),
		WORLD_TEST(what_a_job_writes_it_may_check_and_is_no_input_for_that),
		WORLD_TEST(what_is_dropped_is_not_checked),
		WORLD_TEST(a_job_event_declares_them),
		WORLD_TEST(a_dataset_event_has_no_job_to_check_it),
		WORLD_TEST(a_later_run_replaces_them),
		WORLD_TEST(the_memo_tells_them_apart),
		WORLD_TEST(other_facets_of_inputs_do_not_concern_it),
		WORLD_TEST(what_is_malformed_is_counted_wherever_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
