/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_life.c - drops and renames; parents and roots; control flow
 */
#include "base/metrics.h"
#include "tests/unit/fold_view.h"

#include <stdio.h>

/* Calls of the store; the linker puts these in front of them. */
static int lookups;
static int writes;

#define COUNT_CALLS(count, call, parameters, arguments) \
	int __real_##call parameters;                   \
	int __wrap_##call parameters;                   \
	int __wrap_##call parameters                    \
	{                                               \
		(count)++;                              \
		return __real_##call arguments;         \
	}

COUNT_CALLS(lookups, entity_find,
	(struct store_txn * txn, const struct node_key *key, node_id *out),
	(txn, key, out))
COUNT_CALLS(writes, job_parent_put,
	(struct store_txn * txn, node_id job, const struct job_parent *parent),
	(txn, job, parent))
COUNT_CALLS(writes, run_put, (struct store_txn * txn, const struct run *run), (txn, run))

static bool dropped(struct world *w, const char *name)
{
	struct entity entity;

	get_node(w, dataset(w, name), &entity);
	return entity_dropped(&entity.times);
}

static void a_drop_is_no_write_and_a_write_revives(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 J a > t");
	assert_false(dropped(w, "t"));
	tell(w, "run R2 COMPLETE 2 K - > t[lifecycleStateChange=DROP]");
	assert_true(dropped(w, "t"));
	assert_string_equal(edges(w, EDGE_NOW), "J>t a>J");
	tell(w, "run R3 COMPLETE 3 K - > t[lifecycleStateChange=CREATE]");
	assert_false(dropped(w, "t"));
	assert_string_equal(
		history(w, "t", "lifecycleStateChange"), "DROP 2-2 CREATE 3-3");
}

static void the_memo_writes_too(void **state)
{
	struct world *w = *state;
	int64_t hits = metric_get(M_FOLD_MEMO_HITS);

	tell(w, "run R1 COMPLETE 1 J a > t");
	tell(w, "dataset 3 t[lifecycleStateChange=DROP]");
	tell(w, "run R2 COMPLETE 2 J a > t");
	assert_true(dropped(w, "t"));
	tell(w, "run R3 COMPLETE 4 J a > t");
	assert_false(dropped(w, "t"));
	assert_true(metric_get(M_FOLD_MEMO_HITS) > hits);
}

static void what_was_announced_or_failed_drops_nothing(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 1 K - > t[lifecycleStateChange=DROP]");
	tell(w, "run R1 FAIL 2 K - > t[lifecycleStateChange=DROP]");
	assert_false(dropped(w, "t"));
	tell(w, "job 3 K - > t[lifecycleStateChange=DROP]");
	assert_true(dropped(w, "t"));
}

static void dataset_events_drop_and_write(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 t[lifecycleStateChange=DROP]");
	assert_true(dropped(w, "t"));
	tell(w, "dataset 2 t[f=1]");
	assert_true(dropped(w, "t"));
	tell(w, "dataset 3 t[lifecycleStateChange=TRUNCATE]");
	assert_false(dropped(w, "t"));
}

static void a_drop_that_comes_again_later_counts_again(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 3; i++) {
		char line[96];

		(void)snprintf(
			line, sizeof(line), "run A%d COMPLETE %d J a > t", i, 10 * i + 1);
		tell(w, line);
		assert_false(dropped(w, "t"));
		(void)snprintf(line, sizeof(line),
			"run B%d COMPLETE %d K - > t[lifecycleStateChange=DROP]", i,
			10 * i + 2);
		tell(w, line);
		assert_true(dropped(w, "t"));
	}
}

static void a_rename_leads_from_the_old_name_to_the_new_one(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 J x > t1");
	tell(w, "run R2 COMPLETE 2 K - > t2[lifecycleStateChange=RENAME:t1]");
	assert_string_equal(edges(w, EDGE_FLOW_INFERRED_NOW), "t1>t2");
	assert_true(dropped(w, "t1"));
	assert_false(dropped(w, "t2"));
}

static void a_rename_that_does_not_apply_still_names_a_dataset(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 1 K - > t2[lifecycleStateChange=RENAME:t1]");
	assert_int_not_equal(dataset(w, "t1"), 0);
	assert_string_equal(edges(w, EDGE_FLOW_INFERRED_NOW), "");
	assert_false(dropped(w, "t1"));
	tell(w, "dataset 2 t3[lifecycleStateChange=RENAME:t3]");
	assert_false(dropped(w, "t3"));
	assert_string_equal(edges(w, EDGE_FLOW_INFERRED_NOW), "");
}

static void assert_stub(struct world *w, const char *run, const char *name, int64_t at)
{
	struct run_position position = run_position_first;
	struct run stub;

	get_run(w, run, &stub);
	assert_int_equal(stub.event_total, 0);
	assert_int_equal(stub.job, job(w, name));
	assert_int_equal(run_start_us(&stub), at);
	assert_int_equal(run_index_next(see(w)->txn, stub.job, EVIDENCE_OBSERVED,
				 RUN_NEWER, &position, &position),
		0);
	assert_int_equal(position.start_us, at);
}

static void parents_and_roots_that_were_never_heard_of_are_stubs(void **state)
{
	struct world *w = *state;
	struct job_parent parent;
	struct run run;

	tell(w, "run R1^P:K^Q:L COMPLETE 5 J a > b");
	assert_stub(w, "P", "K", 5);
	assert_stub(w, "Q", "L", 5);
	get_run(w, "R1", &run);
	assert_int_equal(run.parent.job, job(w, "K"));
	assert_int_equal(run.root.job, job(w, "L"));
	assert_int_equal(run.told_us, 5);
	assert_int_equal(job_parent_get(see(w)->txn, job(w, "J"), &parent), 0);
	assert_int_equal(parent.parent, job(w, "K"));
	assert_int_equal(parent.root, job(w, "L"));
	assert_string_equal(edges(w, EDGE_NOW | EDGE_CONTROL), "J>b a>J");
}

static void a_stub_begins_with_its_first_child_and_is_named_by_its_newest(void **state)
{
	struct world *w = *state;

	tell(w, "run R1^P:K START 5 J a > b");
	tell(w, "run R2^P:L START 3 J a > b");
	assert_stub(w, "P", "K", 3);
	tell(w, "run R2^P:L COMPLETE 7 J a > b");
	assert_stub(w, "P", "L", 3);
	tell(w, "run R1^P:K COMPLETE 7 J a > b");
	assert_stub(w, "P", "L", 3);
}

static void a_stub_that_sends_events_is_a_run_like_others(void **state)
{
	struct world *w = *state;
	struct run run;

	tell(w, "run R1^P:K START 5 J a > b");
	tell(w, "run P START 6 M a > c");
	tell(w, "run R1^P:K COMPLETE 9 J a > b");
	get_run(w, "P", &run);
	assert_int_equal(run.job, job(w, "M"));
	assert_int_equal(run_start_us(&run), 6);
	assert_int_equal(run.event_total, 1);
	assert_int_equal(run.child_us, 5);
	assert_string_equal(edges(w, EDGE_NOW), "J>b M>c a>J a>M");
}

static void the_newest_event_tells_the_parent(void **state)
{
	struct world *w = *state;
	struct job_parent parent;
	struct run run;

	tell(w, "run R1^P:K START 5 J a > b");
	tell(w, "run R1^P2:L START 4 J a > b");
	tell(w, "run R1 COMPLETE 6 J a > b");
	get_run(w, "R1", &run);
	assert_int_equal(run.parent.job, job(w, "K"));
	tell(w, "run R1^P2:L START 5 J a > b");
	get_run(w, "R1", &run);
	assert_int_equal(run.parent.job, job(w, "L"));
	assert_int_equal(job_parent_get(see(w)->txn, job(w, "J"), &parent), 0);
	assert_int_equal(parent.parent, job(w, "L"));
	assert_int_equal(parent.root, 0);
}

static void a_run_that_is_its_own_parent_says_nothing(void **state)
{
	struct world *w = *state;
	struct job_parent parent;
	struct run run;

	tell(w, "run R1^R1:K^Q:L COMPLETE 5 J a > b");
	get_run(w, "R1", &run);
	assert_true(run.told_us == INT64_MIN);
	assert_int_equal(run.job, job(w, "J"));
	assert_int_equal(job_parent_get(see(w)->txn, job(w, "J"), &parent), 1);
	tell(w, "run R1^P:K^R1:J COMPLETE 6 J a > b");
	get_run(w, "R1", &run);
	assert_int_equal(run.parent.job, job(w, "K"));
	assert_int_equal(run.root.job, 0);
}

static void the_same_parent_again_costs_nothing_but_its_run(void **state)
{
	struct world *w = *state;
	struct job_parent parent;
	struct run stub;

	tell(w, "run R1^P:K^Q:L START 5 J a > b");
	lookups = 0;
	writes = 0;
	tell(w, "run R1^P:K^Q:L COMPLETE 6 J a > b");
	tell(w, "run R2^P:K^Q:L COMPLETE 7 J a > b");
	assert_int_equal(lookups, 0);
	assert_int_equal(writes, 2);
	get_run(w, "Q", &stub);
	assert_int_equal(stub.job_time_us, 7);
	assert_int_equal(job_parent_get(see(w)->txn, job(w, "J"), &parent), 0);
	assert_int_equal(parent.told_us, 7);
}

static void dependencies_are_control_flow_and_no_data_flow(void **state)
{
	struct world *w = *state;
	int64_t before = metric_get(M_EVENT_WARNINGS);

	tell(w, "run R1[jobDependencies=<K;>L;<J;~] COMPLETE 5 J a > b");
	assert_string_equal(edges(w, EDGE_CONTROL), "J>L K>J");
	assert_string_equal(edges(w, EDGE_NOW), "J>b a>J");
	tell(w, "run R1[jobDependencies=?] COMPLETE 6 J a > b");
	tell(w, "run R1[jobDependencies!] COMPLETE 7 J a > b");
	assert_string_equal(edges(w, EDGE_CONTROL), "J>L K>J");
	assert_int_equal(metric_get(M_EVENT_WARNINGS), before + 2);
}

static void control_flow_stays_when_data_flow_goes(void **state)
{
	struct world *w = *state;

	tell(w, "job 2 J[lineage=#K>*] - > -");
	tell(w, "run R1[jobDependencies=<K] COMPLETE 1 J a > b");
	assert_string_equal(edges(w, EDGE_FLOW_DECLARED_NOW), "K>J");
	assert_string_equal(edges(w, EDGE_CONTROL), "K>J");
	tell(w, "job 3 J[lineage=] - > -");
	assert_string_equal(edges(w, EDGE_FLOW_DECLARED_NOW), "");
	assert_string_equal(edges(w, EDGE_CONTROL), "K>J");
}

/* Any order: runs that name each other as parents, some of which send events. */
#define LINES 24

static void random_line(char line[96], unsigned *seed)
{
	static const char *const up[] = { "", "^R0:J0", "^R1:J1", "^R2:J2^R0:J0",
		"^R1:J0^R1:J0", "^R3:J1^R0:J2", "^P:J3^P:J1" };
	static const char *const out[] = { "-", "t", "t[lifecycleStateChange=DROP]",
		"u[lifecycleStateChange=RENAME:t]", "u[lifecycleStateChange=CREATE]" };

	(void)snprintf(line, 96, "run R%d%s %s %d J%d a > %s", rand_r(seed) % 4,
		up[(size_t)rand_r(seed) % ARRAY_LEN(up)],
		event_type_text((enum event_type)(rand_r(seed) % 6)), rand_r(seed) % 8,
		rand_r(seed) % 3, out[(size_t)rand_r(seed) % ARRAY_LEN(out)]);
}

static void families_and_lives_do_not_depend_on_the_order(void **state)
{
	struct world *w = *state;
	char lines[LINES][96];
	char *first_dump = NULL;

	for (unsigned round = 0; round < 40; round++) {
		unsigned seed = round / 4 + 1;
		unsigned order = round + 100;

		for (size_t i = 0; i < LINES; i++)
			random_line(lines[i], &seed);
		for (size_t i = LINES; i > 0; i--) {
			size_t j = (size_t)rand_r(&order) % i;

			tell(w, lines[j]);
			memcpy(lines[j], lines[i - 1], sizeof(lines[j]));
			if (rand_r(&order) % 6 == 0)
				(void)see(w);
		}
		if (round % 4 == 0) {
			free(first_dump);
			first_dump = strdup(dump(w));
		}
		assert_string_equal(dump(w), first_dump);
		assert_int_equal(world_teardown(state), 0);
		assert_int_equal(world_setup(state), 0);
		w = *state;
	}
	free(first_dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_drop_is_no_write_and_a_write_revives),
		WORLD_TEST(the_memo_writes_too),
		WORLD_TEST(what_was_announced_or_failed_drops_nothing),
		WORLD_TEST(dataset_events_drop_and_write),
		WORLD_TEST(a_drop_that_comes_again_later_counts_again),
		WORLD_TEST(a_rename_leads_from_the_old_name_to_the_new_one),
		WORLD_TEST(a_rename_that_does_not_apply_still_names_a_dataset),
		WORLD_TEST(parents_and_roots_that_were_never_heard_of_are_stubs),
		WORLD_TEST(a_stub_begins_with_its_first_child_and_is_named_by_its_newest),
		WORLD_TEST(a_stub_that_sends_events_is_a_run_like_others),
		WORLD_TEST(the_newest_event_tells_the_parent),
		WORLD_TEST(a_run_that_is_its_own_parent_says_nothing),
		WORLD_TEST(the_same_parent_again_costs_nothing_but_its_run),
		WORLD_TEST(dependencies_are_control_flow_and_no_data_flow),
		WORLD_TEST(control_flow_stays_when_data_flow_goes),
		WORLD_TEST(families_and_lives_do_not_depend_on_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
