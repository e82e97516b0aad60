/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_paths.c - ways from one node to another, by example and against a search
 * of all of them
 */
#include "tests/unit/answer_words.h"

#include "base/clock.h"
#include "graph/paths.h"

#include <stdlib.h>

/* What is asked: k paths from one word to another. */
struct asked {
	const char *from;
	const char *to;
	size_t k;
	enum lineage_level level;
	uint64_t budget;
};

static struct paths find(struct world *w, const struct asked *asked)
{
	node_id root;
	node_id target;
	struct lineage_query query;
	struct paths paths;

	(void)see(w);
	root = word_node(w, asked->from);
	target = word_node(w, asked->to);
	query = ask_down(&root);
	query.level = asked->level;
	query.budget_edges = asked->budget;
	assert_int_equal(
		paths_find(&w->snapshot, &query, &target, 1, asked->k, w->arena, &paths),
		0);
	return paths;
}

/* Paths as "a>J>b a>K>b", and "+" when there are more. */
static const char *paths_words(struct world *w, const struct asked *asked)
{
	struct paths paths = find(w, asked);
	char word[WORD_MAX];

	assert_int_equal(paths.cut, CUT_NONE);
	buf_clear(&w->text);
	for (size_t i = 0; i < paths.count; i++) {
		const struct path *path = &paths.list[i];

		for (size_t n = 0; n < path->count; n++) {
			buf_str(&w->text, n ? ">" : (i ? " " : ""));
			buf_str(&w->text, node_word(w, path->nodes[n], word));
			assert_true(n == 0 ||
				    (path->edges[n - 1].from == path->nodes[n - 1] &&
					    path->edges[n - 1].to == path->nodes[n]));
		}
	}
	buf_str(&w->text, paths.more ? " +" : "");
	return words_text(w);
}

static const char *shortest(struct world *w, const char *from, const char *to, size_t k)
{
	const struct asked asked = { from, to, k, LEVEL_DATASET, 0 };

	return paths_words(w, &asked);
}

/* a -> b -> d, a -> c -> d, a -> c -> e -> d */
static void tell_ways(struct world *w)
{
	tell(w, "run R1 COMPLETE 1 A a > b,c");
	tell(w, "run R2 COMPLETE 2 B b > d");
	tell(w, "run R3 COMPLETE 3 C c > d,e");
	tell(w, "run R4 COMPLETE 4 E e > d");
}

static void the_shortest_path_comes_first(void **state)
{
	struct world *w = *state;

	tell_ways(w);
	assert_string_equal(shortest(w, "a", "d", 1), "a>b>d +");
	assert_string_equal(shortest(w, "a", "d", 2), "a>b>d a>c>d +");
	assert_string_equal(shortest(w, "a", "d", 9), "a>b>d a>c>d a>c>e>d");
	assert_string_equal(shortest(w, "a", "d", 3), "a>b>d a>c>d a>c>e>d");
}

static void there_is_no_way_back(void **state)
{
	struct world *w = *state;

	tell_ways(w);
	assert_string_equal(shortest(w, "d", "a", 3), "");
	assert_string_equal(shortest(w, "b", "c", 3), "");
}

static void the_way_to_oneself_has_no_edges(void **state)
{
	struct world *w = *state;

	tell_ways(w);
	assert_string_equal(shortest(w, "a", "a", 3), "a");
}

static void circles_are_not_gone_around(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 A a > b");
	tell(w, "run R2 COMPLETE 2 B b > c,a");
	tell(w, "run R3 COMPLETE 3 C c > b,d");
	assert_string_equal(shortest(w, "a", "d", 9), "a>b>c>d");
}

static void jobs_are_on_the_way_when_they_are_asked_for(void **state)
{
	struct world *w = *state;
	struct asked asked = { "a", "d", 1, LEVEL_MIXED, 0 };

	tell_ways(w);
	assert_string_equal(paths_words(w, &asked), "a>A>b>B>d +");
	asked = (struct asked){ "A", "E", 9, LEVEL_JOB, 0 };
	assert_string_equal(paths_words(w, &asked), "A>C>E");
	asked = (struct asked){ "a", "E", 9, LEVEL_DATASET, 0 };
	assert_string_equal(paths_words(w, &asked), "a>c>e>E");
}

static void fields_have_ways_of_their_own(void **state)
{
	struct world *w = *state;
	struct asked asked = { "a.x", "c.z", 9, LEVEL_FIELD, 0 };

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.y:IDENTITY;a.w>*.v]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.y>*.z]");
	assert_string_equal(paths_words(w, &asked), "a.x>b.y>c.z");
	asked = (struct asked){ "a.w", "c.z", 9, LEVEL_FIELD, 0 };
	assert_string_equal(paths_words(w, &asked), "");
	asked = (struct asked){ "a", "c", 9, LEVEL_FIELD, 0 };
	assert_string_equal(paths_words(w, &asked), "a.x>b.y>c.z");
}

static void an_alias_is_met_under_the_name_that_stands(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 A a > hive@b");
	tell(w, "run R2 COMPLETE 2 B s3 > c");
	tell(w, "dataset 3 s3[symlinks=hive@b]");
	assert_string_equal(shortest(w, "a", "c", 2), "a>s3>c");
	assert_string_equal(shortest(w, "hive@b", "c", 2), "s3>c");
}

static void a_budget_is_told_when_it_ends_the_search(void **state)
{
	struct world *w = *state;
	const struct asked asked = { "a", "d", 5, LEVEL_MIXED, 3 };

	tell_ways(w);
	assert_int_equal(find(w, &asked).cut, CUT_BUDGET);
}

static void a_long_way_without_another_costs_its_edges(void **state)
{
	struct world *w = *state;
	const struct asked asked = { "n0", "n200", 2, LEVEL_MIXED, 1500 };
	struct paths paths;
	char line[64];

	for (int i = 0; i < 200; i++) {
		(void)snprintf(line, sizeof(line), "job 1 J%d n%d > n%d", i, i, i + 1);
		tell(w, line);
	}
	paths = find(w, &asked);
	assert_int_equal(paths.cut, CUT_NONE);
	assert_int_equal(paths.count, 1);
	assert_int_equal(paths.list[0].count, 401);
	assert_false(paths.more);
}

static void between_is_what_all_paths_go_through(void **state)
{
	struct world *w = *state;
	struct lineage between;
	node_id ends[2];
	struct lineage_query query;

	tell_ways(w);
	tell(w, "run R5 COMPLETE 5 X a,z > elsewhere");
	(void)see(w);
	ends[0] = word_node(w, "c");
	ends[1] = word_node(w, "z");
	query = ask_down(ends);
	query.root_count = 2;
	query.level = LEVEL_DATASET;
	assert_int_equal(paths_between(&w->snapshot, &query,
				 (node_id[]){ word_node(w, "d") }, 1, w->arena, &between),
		0);
	assert_int_equal(between.cut, CUT_NONE);
	assert_int_equal(between.node_count, 3);
	assert_int_equal(between.edge_count, 3);
	assert_true(between.nodes[0].id == ends[0] && between.nodes[0].root);
	assert_int_equal(between.depth, 1);
}

static void between_has_columns_with_their_datasets(void **state)
{
	struct world *w = *state;
	struct lineage between;
	node_id root;
	struct lineage_query query;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*:FILTER;a.x>*.y]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.y>*.z]");
	(void)see(w);
	root = word_node(w, "a.x");
	query = ask_down(&root);
	query.level = LEVEL_FIELD;
	assert_int_equal(
		paths_between(&w->snapshot, &query, (node_id[]){ word_node(w, "c.z") }, 1,
			w->arena, &between),
		0);
	assert_int_equal(between.node_count, 3);
	assert_int_equal(between.edge_count, 2);
}

static void without_memory_it_fails(void **state)
{
	struct world *w = *state;
	size_t tries = 0;
	node_id root;
	node_id target;
	struct lineage_query query;
	int r = ERR_NOMEM;

	tell_ways(w);
	(void)see(w);
	root = word_node(w, "a");
	target = word_node(w, "d");
	query = ask_down(&root);
	for (size_t bytes = 32; r == ERR_NOMEM; bytes += 32, tries++) {
		AUTO(arena) struct arena *arena = arena_new(32, bytes);
		struct lineage between;
		struct paths paths;

		assert_non_null(arena);
		r = paths_find(&w->snapshot, &query, &target, 1, 9, arena, &paths);
		if (!r)
			r = paths_between(
				&w->snapshot, &query, &target, 1, arena, &between);
	}
	assert_int_equal(r, 0);
	assert_true(tries > 10);
}

static void a_question_without_sense_is_refused(void **state)
{
	struct world *w = *state;
	const node_id root = 1;
	const node_id nobody = 1000;
	struct lineage_query query = ask_down(&root);
	struct lineage between;
	struct paths paths;

	tell_ways(w);
	(void)see(w);
	assert_int_equal(
		paths_find(&w->snapshot, &query, &nobody, 1, 1, w->arena, &paths),
		ERR_INVALID);
	query.root_count = 0;
	assert_int_equal(
		paths_between(&w->snapshot, &query, &root, 1, w->arena, &between),
		ERR_INVALID);
}

/*
 * All simple paths, by trying: LAST nodes in a matrix, which the world is told as
 * jobs with one input and one output.
 */
#define LAST 7
#define MOST 2000

struct trial {
	bool edge[LAST][LAST];
	char list[MOST][LAST + 1];
	size_t count;
};

static void try_all(struct trial *trial, char *path, size_t count, int to)
{
	int at = path[count - 1] - 'a';

	if (at == to) {
		assert_true(trial->count < MOST);
		memcpy(trial->list[trial->count], path, count);
		trial->list[trial->count++][count] = '\0';
		return;
	}
	for (int next = 0; next < LAST; next++) {
		if (!trial->edge[at][next] || memchr(path, 'a' + next, count))
			continue;
		path[count] = (char)('a' + next);
		try_all(trial, path, count + 1, to);
	}
}

static int compare_tries(const void *a, const void *b)
{
	size_t x = strlen(a);
	size_t y = strlen(b);

	return x != y ? (x > y) - (x < y) : strcmp(a, b);
}

static void tell_random(struct world *w, struct trial *trial, unsigned int *seed)
{
	char line[64];

	memset(trial, 0, sizeof(*trial));
	tell(w, "run R0 COMPLETE 1 First a,b,c,d,e,f,g > h");
	for (int from = 0; from < LAST; from++) {
		for (int to = 0; to < LAST; to++) {
			*seed = *seed * 1103515245U + 12345U;
			if (from == to || *seed >> 16 & 1)
				continue;
			trial->edge[from][to] = true;
			(void)snprintf(line, sizeof(line), "job 2 J%c%c %c > %c",
				'A' + from, 'A' + to, 'a' + from, 'a' + to);
			tell(w, line);
		}
	}
}

static void every_number_of_paths_is_right(void **state)
{
	struct world *w = *state;
	static struct trial trial;
	static const size_t numbers[] = { 1, 2, 7, 50, MOST };
	unsigned int seed = 7;
	char path[LAST + 1] = "a";

	tell_random(w, &trial, &seed);
	try_all(&trial, path, 1, LAST - 1);
	assert_true(trial.count > 20);
	qsort(trial.list, trial.count, sizeof(trial.list[0]), compare_tries);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct asked asked = { "a", "g", numbers[i], LEVEL_DATASET, 0 };
		struct paths paths = find(w, &asked);
		size_t wanted = numbers[i] < trial.count ? numbers[i] : trial.count;

		assert_int_equal(paths.count, wanted);
		assert_int_equal(paths.more, wanted < trial.count);
		for (size_t p = 0; p < wanted; p++) {
			assert_int_equal(paths.list[p].count, strlen(trial.list[p]));
			for (size_t n = 0; n < paths.list[p].count; n++) {
				char word[WORD_MAX];

				(void)node_word(w, paths.list[p].nodes[n], word);
				assert_int_equal(word[0], trial.list[p][n]);
			}
		}
	}
}

/* Jobs with columns, drawn at random. */
static void tell_columns(struct world *w, unsigned int seed)
{
	char line[160];

	for (int i = 0; i < 24; i++) {
		char names[6];

		for (size_t n = 0; n < sizeof(names); n++) {
			seed = seed * 1103515245U + 12345U;
			names[n] = (char)((n < 3 ? 'a' : 'x') +
					  (seed >> 16) % (n < 3 ? 8U : 3U));
		}
		(void)snprintf(line, sizeof(line),
			i % 3 ? "job 2 J%d %c,%c > "
				"%c[columnLineage=%c.%c>*.%c;%c>*.%c;%c.%c>*]"
			      : "job 2 J%d %c,%c > %c",
			i, names[0], names[1], names[2], names[0], names[3], names[4],
			names[1], names[5], names[1], names[3]);
		tell(w, line);
	}
	tell(w, "dataset 3 a[symlinks=f;g]");
}

static void assert_depths_are_lengths(struct world *w, struct lineage_query *query)
{
	struct lineage down;

	assert_int_equal(lineage_walk(&w->snapshot, query, w->arena, &down), 0);
	for (size_t i = 0; i < down.node_count; i++) {
		const struct lineage_node *node = &down.nodes[i];
		struct entity entity;
		struct paths paths;
		struct lineage between;

		assert_int_equal(entity_get(w->snapshot.txn, node->id, &entity), 0);
		/* There, a dataset is the nearest of its columns. */
		if (query->level == LEVEL_FIELD && entity.key.kind != NODE_FIELD)
			continue;
		assert_int_equal(paths_find(&w->snapshot, query, &node->id, 1, 1,
					 w->arena, &paths),
			0);
		assert_int_equal(paths.count, 1);
		assert_int_equal(paths.list[0].count, (size_t)node->depth + 1);
		assert_int_equal(paths_between(&w->snapshot, query, &node->id, 1,
					 w->arena, &between),
			0);
		assert_true(between.node_count >= paths.list[0].count);
		assert_true(between.edge_count + 1 >= paths.list[0].count);
	}
}

static void a_path_is_as_long_as_its_end_is_deep(void **state)
{
	struct world *w = *state;
	static const char *const roots[] = { "a", "b.x", "c", "J4" };
	static const enum lineage_level levels[] = { LEVEL_MIXED, LEVEL_DATASET,
		LEVEL_JOB, LEVEL_FIELD };

	tell(w, "dataset 1 a[tags=x.t]");
	tell(w, "dataset 1 b[tags=x.t]");
	tell_columns(w, 3);
	(void)see(w);
	for (size_t i = 0; i < ARRAY_LEN(roots) * ARRAY_LEN(levels) * 2; i++) {
		const char *word = roots[i % ARRAY_LEN(roots)];
		node_id root = word_node(w, word);
		struct lineage_query query = ask_down(&root);

		query.level = levels[i / ARRAY_LEN(roots) % ARRAY_LEN(levels)];
		query.precise = i % 2;
		if (query.level == LEVEL_FIELD ? word[0] == 'J' : word[1] == '.')
			continue;
		assert_depths_are_lengths(w, &query);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(the_shortest_path_comes_first),
		WORLD_TEST(there_is_no_way_back),
		WORLD_TEST(the_way_to_oneself_has_no_edges),
		WORLD_TEST(circles_are_not_gone_around),
		WORLD_TEST(jobs_are_on_the_way_when_they_are_asked_for),
		WORLD_TEST(fields_have_ways_of_their_own),
		WORLD_TEST(an_alias_is_met_under_the_name_that_stands),
		WORLD_TEST(a_budget_is_told_when_it_ends_the_search),
		WORLD_TEST(a_long_way_without_another_costs_its_edges),
		WORLD_TEST(between_is_what_all_paths_go_through),
		WORLD_TEST(between_has_columns_with_their_datasets),
		WORLD_TEST(without_memory_it_fails),
		WORLD_TEST(a_question_without_sense_is_refused),
		WORLD_TEST(every_number_of_paths_is_right),
		WORLD_TEST(a_path_is_as_long_as_its_end_is_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
