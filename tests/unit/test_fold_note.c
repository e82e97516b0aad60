/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_note.c - notes as events, and what is counted by the hour
 */
#include "graph/graph_impl.h"
#include "graph/note.h"
#include "graph/tally.h"
#include "tests/unit/graph_fixture.h"

static const char *said(struct world *w, const char *name)
{
	const struct slice names[] = { slice_from(name) };
	struct note note;
	int r = note_get(see(w)->txn, &(struct note_key){ SLICE("k"), names, 1 }, &note);

	assert_in_range(r, 0, 1);
	buf_clear(&w->text);
	buf_slice(&w->text, r ? SLICE("-") : note.content);
	buf_byte(&w->text, '\0');
	return w->text.data;
}

static uint64_t count(struct world *w, int64_t hour, int counter)
{
	struct tally tally;

	assert_int_equal(tally_get(see(w)->txn, hour, hour + 1, &tally), 0);
	return tally.counts[counter];
}

static void tell_at(struct world *w, int64_t hour, const char *before, const char *after)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "%s %lld %s", before,
		(long long)hour * TALLY_HOUR_US, after);
	tell(w, line);
}

static void a_note_stands_until_a_newer_one_is_told(void **state)
{
	struct world *w = *state;

	tell(w, "note 7 k a = seven");
	tell(w, "note 5 k a = five");
	assert_string_equal(said(w, "a"), "seven");
	tell(w, "note 9 k a = ");
	assert_string_equal(said(w, "a"), "-");
	tell(w, "note 8 k a = eight");
	assert_string_equal(said(w, "a"), "-");
}

static void a_note_is_part_of_the_canonical_text(void **state)
{
	struct world *w = *state;

	tell(w, "note 5 tag pii,x = {}");
	assert_true(dump_has(w, "note \"tag\" \"pii\" \"x\" 5 "));
	tell(w, "note 6 tag pii,x = ");
	assert_true(dump_has(w, "note \"tag\" \"pii\" \"x\" 6 0000000000000000 \"\"\n"));
}

static void a_note_makes_no_node_and_no_count(void **state)
{
	struct world *w = *state;

	tell(w, "note 5 k a = x");
	assert_int_equal(image_last(see(w)->image), 0);
	assert_false(dump_has(w, "hour "));
}

static void a_note_that_was_told_is_known(void **state)
{
	struct world *w = *state;
	struct ol_event event;

	tell(w, "note 5 k a = x");
	assert_int_equal(graph_publish(w->graph), 0);
	read_line(w, "note 5 k a = x", &event);
	assert_int_equal(graph_has_event(w->graph, &event), 1);
	read_line(w, "note 5 k a = y", &event);
	assert_int_equal(graph_has_event(w->graph, &event), 0);
}

/* Its time is when it was received: the second receipt tells nothing. */
static void a_note_without_a_time_counts_when_it_first_came(void **state)
{
	struct world *w = *state;
	struct ol_event event;

	read_line(w, "note 5 k a = x", &event);
	event.time_guessed = true;
	assert_int_equal(graph_fold(w->graph, &event, 1), 0);
	tell(w, "note 7 k a = y");
	read_line(w, "note 5 k a = x", &event);
	event.time_guessed = true;
	event.time_us = 9;
	assert_int_equal(graph_fold(w->graph, &event, 3), 0);
	assert_string_equal(said(w, "a"), "y");
}

static void notes_are_made_again_from_the_log(void **state)
{
	struct world *w = *state;

	tell(w, "note 5 k a = x");
	assert_string_equal(said(w, "a"), "x");
	world_close(w);
	world_open(w);
	assert_string_equal(said(w, "a"), "x");
}

static void an_event_counts_once_in_its_hour(void **state)
{
	struct world *w = *state;

	tell_at(w, 3, "run R1 START", "J - > -");
	tell_at(w, 3, "run R1 START", "J - > -");
	tell_at(w, 3, "run R2 START", "J - > -");
	tell_at(w, 4, "run R1 COMPLETE", "J - > -");
	assert_int_equal(count(w, 3, TYPE_START), 2);
	assert_int_equal(count(w, 3, TYPE_COMPLETE), 0);
	assert_int_equal(count(w, 4, TYPE_COMPLETE), 1);
	tell_at(w, 3, "run R1 START", "J - > -");
	assert_int_equal(count(w, 3, TYPE_START), 2);
}

/* More events than the record of a run keeps. */
#define MANY (RUN_EVENTS_MAX * 2)

static void tell_many(struct world *w, int from, int step)
{
	char line[64];

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(line, sizeof(line), "run R1 RUNNING %d J - > -",
			1 + (from + i * step) % MANY);
		tell(w, line);
	}
}

static void an_event_of_a_long_run_counts_once_too(void **state)
{
	struct world *w = *state;
	char *before;

	tell_many(w, 0, 1);
	assert_int_equal(count(w, 0, TYPE_RUNNING), MANY);
	before = strdup(dump(w));
	tell_many(w, MANY - 1, MANY - 1);
	assert_int_equal(count(w, 0, TYPE_RUNNING), MANY);
	assert_string_equal(dump(w), before);
	free(before);
}

static void a_long_run_is_the_same_in_any_order(void **state)
{
	struct world *w = *state;
	char *before;

	tell_many(w, 0, 1);
	before = strdup(dump(w));
	world_close(w);
	tempdir_remove(&w->dir);
	world_open(w);
	tell_many(w, 5, 7);
	assert_string_equal(dump(w), before);
	free(before);
}

static void an_old_event_of_a_long_run_is_known(void **state)
{
	struct world *w = *state;
	struct ol_event event;

	tell_many(w, 0, 1);
	assert_int_equal(graph_publish(w->graph), 0);
	read_line(w, "run R1 RUNNING 1 J - > -", &event);
	assert_int_equal(graph_has_event(w->graph, &event), 1);
	read_line(w, "run R1 RUNNING 1 J a > -", &event);
	assert_int_equal(graph_has_event(w->graph, &event), 0);
}

static void only_run_events_are_counted_by_type(void **state)
{
	struct world *w = *state;

	tell_at(w, 3, "job", "J a > b");
	tell_at(w, 3, "dataset", "a");
	for (int type = TYPE_OTHER; type <= TYPE_ABORT; type++)
		assert_int_equal(count(w, 3, type), 0);
}

static void a_node_counts_in_the_hour_it_was_first_seen(void **state)
{
	struct world *w = *state;

	tell_at(w, 7, "job", "J a > b");
	assert_int_equal(count(w, 7, TALLY_DATASETS), 2);
	assert_int_equal(count(w, 7, TALLY_JOBS), 1);
	tell_at(w, 9, "job", "J a > b,c");
	assert_int_equal(count(w, 9, TALLY_DATASETS), 1);
	tell_at(w, 2, "dataset", "a");
	assert_int_equal(count(w, 2, TALLY_DATASETS), 1);
	assert_int_equal(count(w, 7, TALLY_DATASETS), 1);
}

/* Of what only symlinks name no event is known, and columns are no datasets. */
static void what_no_event_has_is_not_counted(void **state)
{
	struct world *w = *state;

	tell_at(w, 3, "dataset", "a[symlinks=b;c]");
	assert_int_equal(count(w, 3, TALLY_DATASETS), 1);
	tell_at(w, 4, "dataset", "b[columnLineage=a.x>*.y]");
	assert_int_equal(count(w, 4, TALLY_DATASETS), 1);
}

/* More hours than there are places for, and two that want the same one. */
static void many_hours_at_once_are_all_counted(void **state)
{
	struct world *w = *state;
	struct tally sum;
	char run[64];

	for (int i = 0; i < 1500; i++) {
		(void)snprintf(run, sizeof(run), "run R%d START", i);
		tell_at(w, i, run, "J - > -");
		(void)snprintf(run, sizeof(run), "run S%d FAIL", i);
		tell_at(w, i + 1024, run, "J - > -");
	}
	assert_int_equal(tally_get(see(w)->txn, 0, 3000, &sum), 0);
	assert_int_equal(sum.counts[TYPE_START], 1500);
	assert_int_equal(sum.counts[TYPE_FAIL], 1500);
	assert_int_equal(count(w, 0, TYPE_START), 1);
	assert_int_equal(count(w, 1024, TYPE_FAIL), 1);
	assert_int_equal(count(w, 2523, TYPE_FAIL), 1);
	assert_int_equal(count(w, 1499, TYPE_START), 1);
}

static void what_is_given_up_is_not_counted(void **state)
{
	struct world *w = *state;

	tell_at(w, 3, "run R1 START", "J - > -");
	assert_int_equal(count(w, 3, TYPE_START), 1);
	tell_at(w, 3, "run R2 START", "J - > -");
	graph_forget(w->graph);
	tell_at(w, 5, "run R3 START", "J - > -");
	assert_int_equal(count(w, 3, TYPE_START), 1);
	assert_int_equal(count(w, 5, TYPE_START), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_note_stands_until_a_newer_one_is_told),
		WORLD_TEST(a_note_is_part_of_the_canonical_text),
		WORLD_TEST(a_note_makes_no_node_and_no_count),
		WORLD_TEST(a_note_that_was_told_is_known),
		WORLD_TEST(a_note_without_a_time_counts_when_it_first_came),
		WORLD_TEST(notes_are_made_again_from_the_log),
		WORLD_TEST(an_event_counts_once_in_its_hour),
		WORLD_TEST(an_event_of_a_long_run_counts_once_too),
		WORLD_TEST(a_long_run_is_the_same_in_any_order),
		WORLD_TEST(an_old_event_of_a_long_run_is_known),
		WORLD_TEST(only_run_events_are_counted_by_type),
		WORLD_TEST(a_node_counts_in_the_hour_it_was_first_seen),
		WORLD_TEST(what_no_event_has_is_not_counted),
		WORLD_TEST(many_hours_at_once_are_all_counted),
		WORLD_TEST(what_is_given_up_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
