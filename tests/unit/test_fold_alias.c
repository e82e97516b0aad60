/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_alias.c - symlinks make datasets one, and part them again
 */
#include "base/metrics.h"
#include "tests/unit/fold_view.h"

#include <stdio.h>

/* How many publications are to fail; the linker puts this in front of the call. */
static int failures;

#define FAIL_CALLS(call, parameters, arguments)         \
	int __real_##call parameters;                   \
	int __wrap_##call parameters;                   \
	int __wrap_##call parameters                    \
	{                                               \
		if (!failures)                          \
			return __real_##call arguments; \
		failures--;                             \
		return ERR_NOMEM;                       \
	}

FAIL_CALLS(image_prepare, (struct image * image), (image))

static void a_symlink_makes_two_names_one(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 J - > p[symlinks=t]");
	tell(w, "run R2 COMPLETE 2 K t > x");
	assert_string_equal(group(w, "t"), "p t");
	assert_string_equal(group(w, "x"), "x");
}

static void a_symlink_that_comes_late_joins_what_was_there(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 J a > p");
	tell(w, "run R2 COMPLETE 2 K t > x");
	assert_string_equal(group(w, "p"), "p");
	tell(w, "dataset 3 p[symlinks=t]");
	assert_string_equal(group(w, "p"), "p t");
}

static void circles_of_claims_are_one_node_with_the_smallest_name(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[symlinks=t;p]");
	tell(w, "dataset 2 t[symlinks=p;a]");
	assert_string_equal(group(w, "t"), "p a t");
}

static void a_dataset_that_claims_itself_says_nothing(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[symlinks=p]");
	assert_string_equal(group(w, "p"), "p");
	assert_int_equal(image_ring_count(see(w)->image), 0);
}

static void the_newest_claim_has_the_name(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[symlinks=t]");
	tell(w, "dataset 3 q[symlinks=t]");
	assert_string_equal(group(w, "t"), "q t");
	assert_string_equal(group(w, "p"), "p");
	tell(w, "dataset 2 p[symlinks=t]");
	assert_string_equal(group(w, "t"), "q t");
	tell(w, "dataset 3 p[symlinks=t]");
	assert_string_equal(group(w, "t"), "q t");
	tell(w, "dataset 4 p[symlinks=t]");
	assert_string_equal(group(w, "t"), "p t");
	assert_string_equal(group(w, "q"), "q");
}

static void a_list_without_a_name_or_a_deletion_unlearns_it(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[symlinks=t;u]");
	tell(w, "dataset 2 q[symlinks=u]");
	tell(w, "dataset 3 q[symlinks!]");
	assert_string_equal(group(w, "u"), "p t u");
	tell(w, "dataset 4 p[symlinks=u]");
	assert_string_equal(group(w, "t"), "t");
	assert_string_equal(group(w, "p"), "p u");
	tell(w, "dataset 5 p[symlinks=]");
	assert_string_equal(group(w, "p"), "p");
	assert_int_equal(image_ring_count(see(w)->image), 0);
}

static void a_malformed_list_unlearns_nothing(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[symlinks=t]");
	tell(w, "dataset 2 p[symlinks=?]");
	assert_string_equal(group(w, "t"), "p t");
}

static void claims_of_claims_are_one_group(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 b[symlinks=c]");
	tell(w, "dataset 2 z[symlinks=b;a]");
	assert_string_equal(group(w, "c"), "z a b c");
	tell(w, "dataset 3 z[symlinks=a]");
	assert_string_equal(group(w, "a"), "z a");
	assert_string_equal(group(w, "b"), "b c");
}

static void fields_of_one_name_are_one(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[tags=x.k;y.k]");
	tell(w, "dataset 2 b[tags=x.k;z.k]");
	tell(w, "dataset 3 p[symlinks=b;a]");
	assert_string_equal(ring(w, field(w, "b.x")), "p.x b.x");
	assert_string_equal(ring(w, field(w, "p.y")), "p.y");
	assert_string_equal(ring(w, find_node(w, NODE_WHOLE, "b")), "p b");
	tell(w, "dataset 4 a[tags=z.k;x.k]");
	assert_string_equal(group(w, "a"), "p a b");
	assert_string_equal(ring(w, field(w, "a.x")), "p.x a.x b.x");
	assert_string_equal(ring(w, field(w, "b.z")), "a.z b.z");
	assert_string_equal(ring(w, find_node(w, NODE_WHOLE, "a")), "p a b");
	tell(w, "dataset 5 p[symlinks!]");
	assert_string_equal(ring(w, field(w, "a.x")), "a.x");
	assert_string_equal(ring(w, field(w, "b.z")), "b.z");
	assert_int_equal(image_ring_count(see(w)->image), 0);
}

static void groups_are_there_again_after_opening(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[symlinks=t;u][tags=x.k]");
	tell(w, "dataset 2 u[symlinks=v][tags=x.k]");
	(void)see(w);
	world_close(w);
	world_open(w);
	assert_string_equal(group(w, "v"), "p t u v");
	assert_string_equal(ring(w, field(w, "u.x")), "p.x u.x");
	assert_int_equal(image_node(see(w)->image, dataset(w, "u"))->parent,
		find_node(w, NODE_WHOLE, "u"));
}

static void claims_that_were_given_up_are_folded_again(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 p[symlinks=t;u][tags=x.k]");
	assert_string_equal(group(w, "u"), "p t u");
	tell(w, "dataset 2 q[symlinks=t][tags=x.k]");
	tell(w, "dataset 3 u[tags=x.k]");
	failures = 1;
	assert_int_equal(graph_publish(w->graph), ERR_NOMEM);
	assert_string_equal(group(w, "u"), "p t u");
	assert_int_equal(graph_catch_up(w->graph, NULL, NULL), 0);
	assert_string_equal(group(w, "t"), "q t");
	assert_string_equal(ring(w, field(w, "u.x")), "p.x u.x");
}

static void names_that_were_only_told_were_never_seen(void **state)
{
	struct world *w = *state;
	struct entity entity;

	tell(w, "dataset 5 p[symlinks=t]");
	tell(w, "dataset 4 p[symlinks=u]");
	get_node(w, dataset(w, "t"), &entity);
	assert_true(entity.times.last_seen_us == TIME_NEVER);
	assert_int_not_equal(dataset(w, "u"), 0);
	assert_string_equal(group(w, "u"), "u");
	tell(w, "dataset 3 t");
	get_node(w, dataset(w, "t"), &entity);
	assert_int_equal(entity.times.first_seen_us, 3);
}

static void a_claim_is_remembered_until_somebody_contests_it(void **state)
{
	struct world *w = *state;
	int64_t hits = metric_get(M_FOLD_MEMO_HITS);

	tell(w, "run R1 COMPLETE 1 J - > p[symlinks=t]");
	tell(w, "run R2 COMPLETE 2 J - > p[symlinks=t]");
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS), hits + 1);
	tell(w, "run R3 COMPLETE 3 K - > q[symlinks=t]");
	assert_string_equal(group(w, "t"), "q t");
	tell(w, "run R4 COMPLETE 4 J - > p[symlinks=t]");
	assert_string_equal(group(w, "t"), "p t");
	tell(w, "run R5 COMPLETE 5 K - > q[symlinks=t]");
	assert_string_equal(group(w, "t"), "q t");
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS), hits + 1);
	tell(w, "dataset 6 q[symlinks!]");
	tell(w, "run R6 COMPLETE 6 J - > p[symlinks=t]");
	tell(w, "run R7 COMPLETE 7 J - > p[symlinks=t]");
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS), hits + 2);
	assert_string_equal(group(w, "t"), "p t");
}

static void of_many_names_the_first_thousand_count(void **state)
{
	struct world *w = *state;
	struct ol_event event;
	struct buf line;

	buf_init(&line, 1 << 20);
	buf_str(&line, "dataset 1 p[symlinks=");
	for (int i = 0; i < 1010; i++)
		buf_printf(&line, "t%d;", i);
	buf_str(&line, "]");
	buf_byte(&line, '\0');
	assert_int_equal(buf_error(&line), 0);
	read_line(w, line.data, &event);
	assert_int_equal(graph_fold(w->graph, &event, 1), 0);
	buf_fini(&line);
	assert_int_equal(graph_publish(w->graph), 0);
	assert_int_equal(snapshot_take(w->graph, &w->snapshot), 0);
	assert_int_equal(image_ring_count(w->snapshot.image), 1001);
}

/* Any order: few names, so that they are contested, chained and circular. */
#define LINES 30

static void random_line(char line[64], unsigned *seed)
{
	static const char *const names[] = { "p", "q", "r", "s" };
	static const char *const claims[] = { "[symlinks=p]", "[symlinks=q;t]",
		"[symlinks=r;s]", "[symlinks=t]", "[symlinks!]", "[symlinks=?]",
		"[tags=x.k]", "" };
	const char *name = names[(size_t)rand_r(seed) % ARRAY_LEN(names)];
	const char *claim = claims[(size_t)rand_r(seed) % ARRAY_LEN(claims)];
	int time = rand_r(seed) % 12;

	if (rand_r(seed) % 2)
		(void)snprintf(line, 64, "dataset %d %s%s", time, name, claim);
	else
		(void)snprintf(
			line, 64, "run R%d OTHER %d J - > %s%s", time, time, name, claim);
}

/* The image's rings are the groups that the store has. */
static void assert_rings(struct world *w)
{
	static const char *const names[] = { "p", "q", "r", "s", "t" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		node_id id = dataset(w, names[i]);
		struct alias_ids group;

		if (!id)
			continue;
		arena_reset(w->arena);
		assert_int_equal(alias_group(w->snapshot.txn, id, w->arena, &group), 0);
		assert_int_equal(image_canonical(w->snapshot.image, id), group.ids[0]);
	}
}

static void groups_do_not_depend_on_the_order(void **state)
{
	struct world *w = *state;
	char lines[LINES][64];
	char *first_dump = NULL;

	for (unsigned round = 0; round < 32; round++) {
		unsigned seed = round / 4 + 1;
		unsigned order = round + 100;

		for (size_t i = 0; i < LINES; i++)
			random_line(lines[i], &seed);
		for (size_t i = LINES; i > 0; i--) {
			size_t j = (size_t)rand_r(&order) % i;

			tell(w, lines[j]);
			memcpy(lines[j], lines[i - 1], sizeof(lines[j]));
			if (rand_r(&order) % 6 == 0)
				assert_rings(w);
		}
		assert_rings(w);
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
		WORLD_TEST(a_symlink_makes_two_names_one),
		WORLD_TEST(a_symlink_that_comes_late_joins_what_was_there),
		WORLD_TEST(circles_of_claims_are_one_node_with_the_smallest_name),
		WORLD_TEST(a_dataset_that_claims_itself_says_nothing),
		WORLD_TEST(the_newest_claim_has_the_name),
		WORLD_TEST(a_list_without_a_name_or_a_deletion_unlearns_it),
		WORLD_TEST(a_malformed_list_unlearns_nothing),
		WORLD_TEST(claims_of_claims_are_one_group),
		WORLD_TEST(fields_of_one_name_are_one),
		WORLD_TEST(groups_are_there_again_after_opening),
		WORLD_TEST(claims_that_were_given_up_are_folded_again),
		WORLD_TEST(names_that_were_only_told_were_never_seen),
		WORLD_TEST(a_claim_is_remembered_until_somebody_contests_it),
		WORLD_TEST(of_many_names_the_first_thousand_count),
		WORLD_TEST(groups_do_not_depend_on_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
