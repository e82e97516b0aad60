/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_planned_random.c - readers of a planned change, against an obvious model
 *
 * Some jobs read a.x, or the whole of a, now and then; their runs come in any
 * order.  A job's last run until a time says what stands at that time.
 */
#include "graph/planned.h"
#include "tests/unit/answer_words.h"

#define WORLDS	150
#define RUNS	24
#define JOBS	3
#define TARGETS 3

static const char *const jobs[JOBS] = { "J", "K", "L" };
static const char *const targets[TARGETS] = { "b.u", "b.v", "c.u" };

/* What a run reads, for each target: nothing, the column, the whole. */
enum reading { READS_NOTHING, READS_COLUMN, READS_WHOLE, READS_BOTH };

struct story {
	uint64_t random;
	size_t job[RUNS]; /* of the run at this time */
	enum reading reads[RUNS][TARGETS];
	int registered;
};

static size_t roll(struct story *story, size_t n)
{
	story->random = story->random * UINT64_C(6364136223846793005) + 1;
	return (size_t)(story->random >> 33) % n;
}

static void invent(struct story *story, uint64_t seed)
{
	*story = (struct story){ .random = seed };
	story->registered = (int)roll(story, RUNS + 1);
	for (size_t i = 0; i < RUNS; i++) {
		story->job[i] = roll(story, JOBS);
		for (size_t t = 0; t < TARGETS; t++)
			story->reads[i][t] = (enum reading)roll(story, 4);
	}
}

/* a.q is read always, so that each run says something of each target's dataset. */
static void tell_run(struct world *w, const struct story *story, size_t i)
{
	static const char *const flows[][4] = {
		{ "", "a.x>*.u;", "a>*.u;", "a.x>*.u;a>*.u;" },
		{ "", "a.x>*.v;", "a>*.v;", "a.x>*.v;a>*.v;" },
		{ "", "a.x>*.u;", "a>*.u;", "a.x>*.u;a>*.u;" },
	};
	const enum reading *reads = story->reads[i];
	char line[256];

	(void)snprintf(line, sizeof(line),
		"run R%zu COMPLETE %zu %s a > b[columnLineage=%s%sa.q>*.q],"
		"c[columnLineage=%sa.q>*.q]",
		i, i, jobs[story->job[i]], flows[0][reads[0]], flows[1][reads[1]],
		flows[2][reads[2]]);
	tell(w, line);
}

static void tell_all(struct world *w, struct story *story)
{
	size_t order[RUNS];
	char line[128];

	for (size_t i = 0; i < RUNS; i++)
		order[i] = i;
	for (size_t i = RUNS - 1; i > 0; i--) {
		size_t k = roll(story, i + 1);
		size_t swapped = order[i];

		order[i] = order[k];
		order[k] = swapped;
	}
	(void)snprintf(line, sizeof(line),
		"dataset 1 a[headwater_change_c=drop_column:x;@%d]", story->registered);
	for (size_t i = 0; i < RUNS; i++) {
		if (i == RUNS / 2)
			tell(w, line);
		tell_run(w, story, order[i]);
	}
}

/* How a job reads for a target: what its last run until then says. */
static enum reading reads_at(
	const struct story *story, size_t job, size_t target, int time)
{
	enum reading reads = READS_NOTHING;

	for (int i = 0; i < RUNS && i <= time; i++) {
		if (story->job[i] == job)
			reads = story->reads[i][target];
	}
	return reads;
}

static struct planned_reader expected(
	const struct story *story, size_t job, size_t target)
{
	struct planned_reader reader = { .whole = true };

	reader.was = reads_at(story, job, target, story->registered) != READS_NOTHING;
	reader.now = reads_at(story, job, target, RUNS) != READS_NOTHING;
	reader.first_us = INT64_MAX;
	reader.last_us = TIME_NEVER;
	for (int i = 0; i < RUNS; i++) {
		if (story->job[i] != job || !story->reads[i][target])
			continue;
		reader.whole = reader.whole && story->reads[i][target] == READS_WHOLE;
		reader.first_us = i < reader.first_us ? i : reader.first_us;
		reader.last_us = i;
	}
	return reader;
}

static const struct planned_reader *find(
	const struct planned_op *op, node_id node, node_id job)
{
	for (size_t i = 0; i < op->reader_count; i++) {
		if (op->readers[i].node == node && op->readers[i].job == job)
			return &op->readers[i];
	}
	return NULL;
}

/* Returns whether it is a reader. */
static bool check_reader(struct world *w, const struct story *story,
	const struct planned_op *op, size_t job, size_t target)
{
	struct planned_reader wanted = expected(story, job, target);
	bool listed = wanted.was || wanted.now || wanted.last_us >= story->registered;
	const struct planned_reader *reader;

	if (wanted.last_us == TIME_NEVER)
		return false;
	reader = find(op, word_node(w, targets[target]), word_node(w, jobs[job]));
	assert_int_equal(reader != NULL, listed);
	if (!reader)
		return false;
	assert_int_equal(reader->was, wanted.was);
	assert_int_equal(reader->now, wanted.now);
	assert_int_equal(reader->whole, wanted.whole);
	assert_int_equal(reader->first_us, wanted.first_us);
	assert_int_equal(reader->last_us, wanted.last_us);
	return true;
}

static void check(struct world *w, const struct story *story)
{
	struct planned planned;
	struct planned_query query = { .change = &planned };
	struct planned_answer answer;
	size_t count = 0;

	arena_reset(w->arena);
	(void)see(w);
	assert_int_equal(planned_get(&w->snapshot, word_node(w, "a"), SLICE("c"),
				 w->arena, &planned),
		0);
	assert_int_equal(planned_read(&w->snapshot, &query, w->arena, &answer), 0);
	assert_int_equal(answer.op_count, 1);
	assert_int_equal(answer.opaque_count, 0);
	for (size_t job = 0; job < JOBS; job++) {
		for (size_t target = 0; target < TARGETS; target++)
			count += check_reader(w, story, &answer.ops[0], job, target);
	}
	assert_int_equal(answer.ops[0].reader_count, count);
	assert_int_equal(answer.safe, answer.ops[0].now ? SAFE_NO : SAFE_YES);
}

static void readers_are_those_of_the_last_run_until_then(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct story story;
		struct world *w;
		void *made;

		assert_int_equal(world_setup(&made), 0);
		w = made;
		invent(&story, seed);
		tell_all(w, &story);
		check(w, &story);
		assert_int_equal(world_teardown(&made), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_are_those_of_the_last_run_until_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
