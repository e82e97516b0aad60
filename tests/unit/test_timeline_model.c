/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_timeline_model.c - thousands of random changes of a job's runs
 *
 * The timeline is compared with a model that sorts the runs and cuts them into
 * segments afresh each time.
 */
#include "tests/unit/timeline_fixture.h"

#define STEPS 4000

static int compare_entries(const void *a, const void *b)
{
	const struct timeline_entry *x = a;
	const struct timeline_entry *y = b;

	return run_position_compare(&x->position, &y->position);
}

static size_t sorted_runs(const struct world *w, struct timeline_entry *out)
{
	size_t n = 0;

	for (size_t i = 0; i < RUNS; i++)
		if (w->there[i] && w->runs[i].io)
			out[n++] = w->runs[i];
	qsort(out, n, sizeof(*out), compare_entries);
	return n;
}

static size_t model_segments(const struct world *w, struct segment *out)
{
	struct timeline_entry runs[RUNS];
	size_t count = sorted_runs(w, runs);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || runs[i].io != runs[i - 1].io)
			out[n++] = (struct segment){ runs[i].position, TIME_OPEN,
				runs[i].io };
		if (runs[i].settled_us < out[n - 1].settled_us)
			out[n - 1].settled_us = runs[i].settled_us;
	}
	return n;
}

static void assert_segments(struct world *w)
{
	struct segment want[RUNS];
	struct segment have[RUNS];
	long counts[SETS] = { 0 };
	size_t n = model_segments(w, want);

	assert_int_equal(segments(w, have), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(run_position_compare(&have[i].first, &want[i].first), 0);
		assert_int_equal(have[i].settled_us, want[i].settled_us);
		assert_int_equal(have[i].io, want[i].io);
		for (size_t set = 1; set < SETS; set++)
			counts[set] += want[i].io == w->sets[set];
	}
	assert_memory_equal(counts, w->hook_count, sizeof(counts));
}

static void change_at_random(struct world *w, unsigned *seed)
{
	size_t i = (size_t)(rand_r(seed) % RUNS);
	int64_t start_us = rand_r(seed) % 40;
	int64_t end_us = start_us + rand_r(seed) % 10;
	struct timeline_entry now = entry_of(w, i, start_us,
		(size_t)(rand_r(seed) % SETS), rand_r(seed) % 3 ? end_us : RUNNING);
	struct segment before[RUNS];
	struct segment after[RUNS];
	size_t n = segments(w, before);

	/* Half of the changes are small ones: only the end, or only the set. */
	if (w->there[i] && rand_r(seed) % 2) {
		now.position = w->runs[i].position;
		if (now.settled_us != TIME_OPEN)
			now.settled_us = now.position.start_us + rand_r(seed) % 10;
		if (rand_r(seed) % 2)
			now.io = w->runs[i].io;
	}
	if (change(w, i, rand_r(seed) % 5 ? &now : NULL))
		return;
	assert_int_equal(segments(w, after), n);
	for (size_t k = 0; k < n; k++)
		assert_true(before[k].settled_us == after[k].settled_us &&
			    before[k].io == after[k].io);
}

static void segments_equal_those_made_afresh_from_the_runs(void **state)
{
	struct world *w = *state;
	unsigned seed = 4711;

	for (int step = 0; step < STEPS; step++) {
		change_at_random(w, &seed);
		assert_segments(w);
	}
}

/* The sets of the segments that count, as digits, in order. */
static const char *model_reads(struct world *w, const bool *counts)
{
	char *text = arena_alloc(w->arena, SETS + 1);
	size_t n = 0;

	assert_non_null(text);
	for (size_t set = 1; set < SETS; set++)
		if (counts[set])
			text[n++] = (char)('0' + set);
	text[n] = '\0';
	return text;
}

static size_t set_of(const struct world *w, ioset_id io)
{
	size_t set = 0;

	while (w->sets[set] != io)
		set++;
	return set;
}

static const char *model_window(struct world *w, int64_t from_us, int64_t to_us)
{
	struct segment list[RUNS];
	size_t n = model_segments(w, list);
	bool counts[SETS] = { false };

	while (n > 0) {
		const struct segment *s = &list[--n];

		if (s->first.start_us > to_us)
			continue;
		counts[set_of(w, s->io)] = true;
		if (s->first.start_us <= from_us && s->settled_us <= from_us)
			break;
	}
	return model_reads(w, counts);
}

static void questions_are_answered_as_the_model_does(void **state)
{
	struct world *w = *state;
	unsigned seed = 815;

	for (int step = 0; step < STEPS; step++) {
		int64_t from_us = rand_r(&seed) % 45;
		int64_t to_us = from_us + rand_r(&seed) % 20;

		arena_reset(w->arena);
		change_at_random(w, &seed);
		assert_string_equal(as_of(w, from_us), model_window(w, from_us, from_us));
		assert_string_equal(
			window(w, from_us, to_us), model_window(w, from_us, to_us));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(segments_equal_those_made_afresh_from_the_runs),
		WORLD_TEST(questions_are_answered_as_the_model_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
