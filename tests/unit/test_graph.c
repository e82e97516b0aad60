/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_graph.c - one data directory: opening, recovering, snapshots, failures
 */
#include "graph/adjacency.h"
#include "graph/alias.h"
#include "graph/flow.h"
#include "graph/history.h"
#include "graph/label.h"
#include "graph/parent.h"
#include "graph/timeline.h"
#include "tests/unit/graph_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

/* Failures on demand: the linker puts these in front of calls of the store. */
static int calls_until_failure; /* 0: none fails */

static bool fails(void)
{
	return calls_until_failure > 0 && --calls_until_failure == 0;
}

#define MAY_FAIL(call, parameters, arguments, failure)                \
	int __real_##call parameters;                                 \
	int __wrap_##call parameters;                                 \
	int __wrap_##call parameters                                  \
	{                                                             \
		return fails() ? (failure) : __real_##call arguments; \
	}

/* The text of the run last read, where it is until the next put as store.h has it. */
static char text_read[64];

/* NOLINTBEGIN(readability-identifier-naming): the linker's names */
int __real_run_get(struct store_txn *txn, const struct runid *id, struct run *out);
int __wrap_run_get(struct store_txn *txn, const struct runid *id, struct run *out);
int __wrap_run_get(struct store_txn *txn, const struct runid *id, struct run *out)
{
	int r = __real_run_get(txn, id, out);

	if (r || out->text.len == 0 || out->text.len > sizeof(text_read))
		return r;
	memcpy(text_read, out->text.ptr, out->text.len);
	out->text.ptr = text_read;
	return 0;
}

int __real_ioset_intern(struct store_txn *txn, const struct ioset *set, ioset_id *out);
int __wrap_ioset_intern(struct store_txn *txn, const struct ioset *set, ioset_id *out);
int __wrap_ioset_intern(struct store_txn *txn, const struct ioset *set, ioset_id *out)
{
	memset(text_read, '?', sizeof(text_read));
	return __real_ioset_intern(txn, set, out);
}
/* NOLINTEND(readability-identifier-naming) */

MAY_FAIL(entity_put,
	(struct store_txn * txn, node_id id, const struct entity_times *times,
		const struct entity_facet *rows, size_t count),
	(txn, id, times, rows, count), ERR_IO)
MAY_FAIL(facet_put,
	(struct store_txn * txn, node_id id, uint64_t name_hash,
		const struct facet *facet),
	(txn, id, name_hash, facet), ERR_IO)
MAY_FAIL(run_put, (struct store_txn * txn, const struct run *run), (txn, run), ERR_IO)
MAY_FAIL(segment_put,
	(struct store_txn * txn, node_id job, enum evidence lane,
		const struct segment *segment),
	(txn, job, lane, segment), ERR_IO)
MAY_FAIL(adjacency_put,
	(struct store_txn * txn, node_id node, enum direction direction,
		const struct edge *edge),
	(txn, node, direction, edge), ERR_IO)
MAY_FAIL(flow_put, (struct store_txn * txn, const struct flow_row *row), (txn, row),
	ERR_IO)
MAY_FAIL(history_put,
	(struct store_txn * txn, node_id node, uint64_t name_hash,
		const struct past_facet *past),
	(txn, node, name_hash, past), ERR_IO)
MAY_FAIL(label_add,
	(struct store_txn * txn, enum label_kind kind, struct slice text, node_id node),
	(txn, kind, text, node), ERR_IO)
MAY_FAIL(alias_claimers_put,
	(struct store_txn * txn, node_id claimed, const struct alias_claimers *claimers),
	(txn, claimed, claimers), ERR_IO)
MAY_FAIL(job_parent_put,
	(struct store_txn * txn, node_id job, const struct job_parent *parent),
	(txn, job, parent), ERR_IO)
MAY_FAIL(image_set_ring, (struct image * image, const node_id *ids, size_t count),
	(image, ids, count), ERR_NOMEM)
MAY_FAIL(image_prepare, (struct image * image), (image), ERR_NOMEM)
MAY_FAIL(store_commit, (struct store_txn * txn), (txn), (store_end(txn), ERR_IO))

static const char *const story[] = {
	"run R1 START 1 J[j=1] a[s=1] > -",
	"run R1 COMPLETE 2 J - > b",
	"job 3 J a,x > b",
	"dataset 4 a[s=2][t=1]",
	"run R2 START 5 unknown a > b",
	"run R2 COMPLETE 6 K a > c",
	"run R3 COMPLETE 3 J a > c",
	"run R4 FAIL 9 J d > -",
	"dataset 7 a[t!]",
	"dataset 10 p[symlinks=c;t][schema=x:int;y][tags=x.pii]",
	"run R5^P:M^R0:N START 11 J[ownership=me] a > q[columnLineage=a.x>*.y:SORT]",
	"run R5^P:M^R0:N COMPLETE 12 J[ownership=me] a > q[symlinks=t]",
	"run R6^P:M[jobDependencies=<K] COMPLETE 13 L q > r",
	"run R7 OTHER 14 L - > r[lifecycleStateChange=RENAME:q]",
	"run R8 COMPLETE 15 S[jobType=BATCH:snapshot] a > s",
	"dataset 16 p[symlinks=c][schema=x:int][tags=x.key]",
};

static void tell_story(struct world *w)
{
	for (size_t i = 0; i < ARRAY_LEN(story); i++)
		tell(w, story[i]);
}

static void reopen(struct world *w)
{
	world_close(w);
	world_open(w);
}

static void remove_graph(struct world *w)
{
	char path[PATH_MAX + 8];

	(void)snprintf(path, sizeof(path), "%s/graph", w->dir.path);
	tempdir_remove_path(path);
}

static void what_was_told_is_there_after_reopening(void **state)
{
	struct world *w = *state;
	char *before;

	tell_story(w);
	before = strdup(dump(w));
	reopen(w);
	assert_int_equal(graph_published(w->graph), ARRAY_LEN(story));
	assert_string_equal(dump(w), before);
	free(before);
}

static void events_behind_the_last_commit_are_folded_at_opening(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 J a > b");
	(void)see(w);
	tell(w, "run R2 COMPLETE 2 J c > b");
	reopen(w);
	assert_int_equal(graph_published(w->graph), 2);
	assert_string_equal(edges(w, EDGE_NOW), "J>b c>J");
}

static void a_removed_graph_is_made_again_from_the_log(void **state)
{
	struct world *w = *state;
	char *before;

	tell_story(w);
	before = strdup(dump(w));
	world_close(w);
	remove_graph(w);
	world_open(w);
	assert_string_equal(dump(w), before);
	free(before);
}

static void note_progress(void *ctx, uint64_t done, uint64_t total)
{
	uint64_t *last = ctx;

	assert_true(done > *last && done <= total);
	*last = done;
}

static void the_progress_of_a_long_fold_is_told(void **state)
{
	struct world *w = *state;
	uint64_t last = 0;
	char line[64];

	for (int i = 1; i <= 5001; i++) {
		(void)snprintf(line, sizeof(line), "run R%d COMPLETE %d J a > b", i, i);
		(void)append(w, line);
	}
	w->options.progress = note_progress;
	w->options.progress_ctx = &last;
	reopen(w);
	assert_int_equal(last, 5000);
	assert_int_equal(graph_published(w->graph), 5001);
}

static void an_event_that_cannot_be_read_again_is_passed_over(void **state)
{
	struct world *w = *state;
	struct graph_stats stats;

	(void)append(w, "run R1 COMPLETE 1 J a > b");
	(void)append(w, "what is this");
	reopen(w);
	graph_stats(w->graph, &stats);
	assert_int_equal(stats.skipped, 1);
	assert_int_equal(graph_published(w->graph), 2);
	assert_string_equal(edges(w, EDGE_NOW), "J>b a>J");
}

static void readers_see_what_was_published(void **state)
{
	struct world *w = *state;
	struct snapshot early;
	struct snapshot late;

	tell(w, "run R1 COMPLETE 1 J a > b");
	(void)see(w);
	tell(w, "run R2 COMPLETE 2 J c > b");
	assert_int_equal(snapshot_take(w->graph, &early), 0);
	assert_int_equal(graph_publish(w->graph), 0);
	assert_int_equal(snapshot_take(w->graph, &late), 0);

	assert_int_equal(early.version, 1);
	assert_int_equal(image_last(early.image), 3);
	assert_int_equal(late.version, 2);
	assert_int_equal(image_last(late.image), 4);
	snapshot_end(&late);
	snapshot_end(&early);
}

static void a_second_owner_is_refused(void **state)
{
	struct world *w = *state;
	struct graph *second = NULL;
	struct fault fault = { 0 };
	char pid[32];

	(void)snprintf(pid, sizeof(pid), "(pid %ld)", (long)getpid());
	assert_int_equal(graph_open(&w->options, &second, &fault), ERR_LOCKED);
	assert_non_null(strstr(fault.why, pid));
	w->options.readonly = true;
	assert_int_equal(graph_open(&w->options, &second, &fault), ERR_LOCKED);
	w->options.readonly = false;
}

static void a_look_sees_the_graph_and_writes_nothing(void **state)
{
	struct world *w = *state;
	struct ol_event event;
	char *before;

	tell_story(w);
	before = strdup(dump(w));
	(void)append(w, "run R9 COMPLETE 99 J z > z");
	world_close(w);
	w->options.readonly = true;
	world_open(w);
	assert_int_equal(graph_published(w->graph), ARRAY_LEN(story));
	buf_clear(&w->dump);
	assert_int_equal(snapshot_take(w->graph, &w->snapshot), 0);
	assert_int_equal(graph_dump(&w->snapshot, world_write, w), 0);
	assert_int_equal(w->dump.len, strlen(before));
	read_line(w, story[0], &event);
	assert_int_equal(graph_fold(w->graph, &event, 100), ERR_PERMISSION);
	assert_memory_equal(w->dump.data, before, w->dump.len);
	free(before);
}

static void a_directory_that_is_not_there_is_named(void **state)
{
	struct world *w = *state;
	struct graph_options options = w->options;
	struct graph *graph = NULL;
	struct fault fault = { 0 };

	options.path = "/nonexistent/headwater";
	options.create = false;
	assert_int_equal(graph_open(&options, &graph, &fault), ERR_NOT_FOUND);
	assert_string_equal(fault.where, options.path);
}

static void a_graph_ahead_of_its_log_is_refused(void **state)
{
	struct world *w = *state;
	struct graph *graph = NULL;
	struct fault fault = { 0 };

	fold(w, "run R1 COMPLETE 1 J a > b", 99);
	(void)see(w);
	world_close(w);
	assert_int_equal(graph_open(&w->options, &graph, &fault), ERR_CORRUPT);
	assert_non_null(strstr(fault.why, "was stored here and is damaged"));
	remove_graph(w);
	world_open(w);
}

static int has(struct world *w, const char *line)
{
	struct ol_event event;

	read_line(w, line, &event);
	return graph_has_event(w->graph, &event);
}

static void an_event_that_is_stored_is_known_again(void **state)
{
	struct world *w = *state;

	tell_story(w);
	assert_int_equal(has(w, story[0]), 0);
	assert_int_equal(graph_publish(w->graph), 0);
	for (size_t i = 0; i < ARRAY_LEN(story); i++)
		assert_int_equal(has(w, story[i]), 1);
	assert_int_equal(has(w, "run R1 START 1 J a > b"), 0);
	assert_int_equal(has(w, "dataset 7 a"), 0);
}

static void an_event_with_the_hash_of_another_is_another(void **state)
{
	struct world *w = *state;
	struct ol_event event;
	uint64_t hash = hash64(slice_from(story[3]));

	tell_story(w);
	assert_int_equal(graph_publish(w->graph), 0);
	read_line(w, "dataset 4 b", &event);
	event.raw_hash = hash;
	assert_int_equal(graph_has_event(w->graph, &event), 0);
}

/* Folds all that the log has beyond what is published, as often as it takes. */
static void fold_on(struct world *w)
{
	for (size_t i = graph_published(w->graph); i < ARRAY_LEN(story); i++) {
		struct ol_event event;

		read_line(w, story[i], &event);
		if (graph_fold(w->graph, &event, i + 1))
			i = graph_published(w->graph) - 1;
		if (i % 3 == 2 && graph_publish(w->graph))
			i = graph_published(w->graph) - 1;
	}
}

static void what_is_behind_is_published_by_catching_up(void **state)
{
	struct world *w = *state;

	tell_story(w);
	assert_int_equal(graph_published(w->graph), 0);
	assert_int_equal(graph_catch_up(w->graph, NULL, NULL), 0);
	assert_int_equal(graph_published(w->graph), ARRAY_LEN(story));
}

static void a_run_keeps_its_text_through_puts(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 1 J a > -");
	tell(w, "run R1 RUNNING 2 J b > -");
	assert_true(dump_has(w, " \"R1\" job "));
}

static void a_failure_forgets_the_transaction_and_nothing_else(void **state)
{
	struct world *w = *state;
	uint64_t rings;
	char *want;
	int at = 0;

	tell_story(w);
	want = strdup(dump(w));
	rings = image_ring_count(w->snapshot.image);
	do {
		world_close(w);
		tempdir_remove(&w->dir);
		world_open(w);
		for (size_t i = 0; i < ARRAY_LEN(story); i++)
			(void)append(w, story[i]);
		calls_until_failure = ++at;
		fold_on(w);
		if (calls_until_failure == 0) {
			assert_string_equal(dump(w), want);
			assert_int_equal(image_ring_count(w->snapshot.image), rings);
		}
	} while (calls_until_failure == 0);
	calls_until_failure = 0;
	assert_true(at > 40);
	free(want);
}

/* Snapshots while the fold publishes. */

struct reader {
	struct graph *graph;
	atomic_bool stop;
	bool wrong;
};

static void *read_on(void *arg)
{
	struct reader *reader = arg;
	uint64_t last = 0;

	while (!atomic_load(&reader->stop)) {
		struct snapshot s;
		uint64_t least = graph_published(reader->graph);
		uint64_t position = 0;

		if (snapshot_take(reader->graph, &s)) {
			reader->wrong = true;
			return NULL;
		}
		if (store_position(s.txn, &position) || position != s.version ||
			image_sequence(s.image) != s.version || s.version < last ||
			s.version < least)
			reader->wrong = true;
		last = s.version;
		snapshot_end(&s);
	}
	return NULL;
}

static void a_snapshot_is_of_one_version_while_the_fold_goes_on(void **state)
{
	struct world *w = *state;
	struct reader reader = { .graph = w->graph };
	pthread_t thread;
	char line[64];

	assert_int_equal(pthread_create(&thread, NULL, read_on, &reader), 0);
	for (int i = 1; i <= 300; i++) {
		(void)snprintf(line, sizeof(line), "run R%d COMPLETE %d J%d a > b", i, i,
			i % 50);
		tell(w, line);
		assert_int_equal(graph_publish(w->graph), 0);
	}
	atomic_store(&reader.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(reader.wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_was_told_is_there_after_reopening),
		WORLD_TEST(events_behind_the_last_commit_are_folded_at_opening),
		WORLD_TEST(a_removed_graph_is_made_again_from_the_log),
		WORLD_TEST(the_progress_of_a_long_fold_is_told),
		WORLD_TEST(an_event_that_cannot_be_read_again_is_passed_over),
		WORLD_TEST(readers_see_what_was_published),
		WORLD_TEST(a_second_owner_is_refused),
		WORLD_TEST(a_look_sees_the_graph_and_writes_nothing),
		WORLD_TEST(a_directory_that_is_not_there_is_named),
		WORLD_TEST(a_graph_ahead_of_its_log_is_refused),
		WORLD_TEST(an_event_that_is_stored_is_known_again),
		WORLD_TEST(an_event_with_the_hash_of_another_is_another),
		WORLD_TEST(what_is_behind_is_published_by_catching_up),
		WORLD_TEST(a_run_keeps_its_text_through_puts),
		WORLD_TEST(a_failure_forgets_the_transaction_and_nothing_else),
		WORLD_TEST(a_snapshot_is_of_one_version_while_the_fold_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
