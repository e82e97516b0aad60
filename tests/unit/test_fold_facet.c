/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_fold_facet.c - which facet stands, what stood before, and labels
 */
#include "base/metrics.h"
#include "tests/unit/fold_view.h"

#include <stdio.h>

static void a_deleted_facet_is_gone_until_it_is_told_again(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[ownership=me]");
	tell(w, "dataset 2 a[ownership!]");
	assert_string_equal(facet_of(w, dataset(w, "a"), "ownership"), "");
	assert_string_equal(labels(w, LABEL_OWNER), "");
	tell(w, "dataset 3 a[ownership=you]");
	assert_string_equal(facet_of(w, dataset(w, "a"), "ownership"), "you");
	assert_string_equal(labels(w, LABEL_OWNER), "you@a");
}

static void a_malformed_facet_leaves_what_stood_and_is_counted(void **state)
{
	struct world *w = *state;
	int64_t before = metric_get(M_EVENT_WARNINGS);

	tell(w, "dataset 1 a[schema=x:int]");
	tell(w, "dataset 2 a");
	tell(w, "dataset 3 a[schema=?]");
	assert_string_equal(facet_of(w, dataset(w, "a"), "schema"), "x:int");
	assert_string_equal(history(w, "a", "schema"), "x:int 1-1");
	assert_int_equal(metric_get(M_EVENT_WARNINGS), before + 1);
}

static void an_entry_that_was_left_out_is_counted_each_time(void **state)
{
	struct world *w = *state;
	int64_t before = metric_get(M_EVENT_WARNINGS);

	tell(w, "run R1 COMPLETE 1 J a[schema=x;~;y] > b[schema=?]");
	tell(w, "run R2 COMPLETE 2 J a[schema=x;~;y] > b[schema=?]");
	assert_int_equal(metric_get(M_EVENT_WARNINGS), before + 4);
}

static void a_facet_is_only_understood_where_it_means_something(void **state)
{
	struct world *w = *state;

	tell(w, "job 1 J[schema=?][symlinks=?][jobType=?] - > a[jobType=?]");
	assert_string_equal(facet_of(w, job(w, "J"), "schema"), "?");
	assert_string_equal(facet_of(w, job(w, "J"), "symlinks"), "?");
	assert_string_equal(facet_of(w, job(w, "J"), "jobType"), "");
	assert_string_equal(facet_of(w, dataset(w, "a"), "jobType"), "?");
}

static void an_empty_schema_clears_the_columns_and_keeps_the_past(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[schema=x;y;z]");
	tell(w, "dataset 2 a");
	tell(w, "dataset 3 a[schema=]");
	tell(w, "dataset 4 a[schema=?]");
	assert_string_equal(facet_of(w, dataset(w, "a"), "schema"), "");
	assert_string_equal(history(w, "a", "schema"), "x;y;z 1-1  3-3");
}

static void at_one_time_the_larger_hash_stands(void **state)
{
	struct world *w = *state;
	const char *larger = hash64(SLICE("x")) > hash64(SLICE("y")) ? "x" : "y";

	tell(w, "dataset 5 a[schema=x]");
	tell(w, "dataset 5 a[schema=y]");
	tell(w, "dataset 5 a[schema!]");
	assert_string_equal(facet_of(w, dataset(w, "a"), "schema"), larger);
}

static void contents_that_come_back_have_one_past(void **state)
{
	struct world *w = *state;
	struct entity_facet row;

	tell(w, "dataset 5 a[schema=x]");
	tell(w, "dataset 7 a[schema=y]");
	tell(w, "dataset 8 a[schema!]");
	tell(w, "dataset 9 a[schema=x]");
	tell(w, "dataset 2 a[schema=y]");
	assert_string_equal(history(w, "a", "schema"), "y 2-7 x 5-9 ! 8-8");
	assert_int_equal(entity_facets(see(w)->txn, dataset(w, "a"), &row, 1), 0);
	assert_int_equal(row.first_us, 5);
}

static void the_memo_moves_the_past_too(void **state)
{
	struct world *w = *state;
	int64_t hits;

	tell(w, "run R1 COMPLETE 5 J - > a[schema=x]");
	hits = metric_get(M_FOLD_MEMO_HITS);
	tell(w, "run R2 COMPLETE 9 J - > a[schema=x]");
	tell(w, "run R3 COMPLETE 3 J - > a[schema=x]");
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS), hits + 2);
	assert_string_equal(history(w, "a", "schema"), "x 3-9");
}

static void the_memo_knows_a_malformed_facet(void **state)
{
	struct world *w = *state;
	int64_t hits = metric_get(M_FOLD_MEMO_HITS);

	tell(w, "run R1 COMPLETE 1 J - > a[schema=?][f=1]");
	tell(w, "run R2 COMPLETE 2 J - > a[schema=?][f=1]");
	tell(w, "dataset 3 a[schema=x]");
	tell(w, "run R4 COMPLETE 4 J - > a[schema=?][f=1]");
	tell(w, "run R5 COMPLETE 5 J - > a[schema=?][f=1]");
	assert_int_equal(metric_get(M_FOLD_MEMO_HITS), hits + 2);
	assert_string_equal(history(w, "a", "schema"), "x 3-3");
}

static void two_contents_in_one_event_are_both_told(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 1 J a[schema=x] > a[schema=y]");
	tell(w, "run R2 COMPLETE 4 J a[schema=x] > a[schema=y]");
	assert_non_null(strstr(history(w, "a", "schema"), "x 1-4"));
	assert_non_null(strstr(history(w, "a", "schema"), "y 1-4"));
}

static void owners_and_tags_follow_the_facets_that_stand(void **state)
{
	struct world *w = *state;

	tell(w, "job 1 J[ownership=me;you] - > a[tags=pii;level:3;x.pii]");
	assert_string_equal(labels(w, LABEL_OWNER), "me@J you@J");
	assert_string_equal(labels(w, LABEL_TAG), "level@a level=3@a pii@a pii@a.x");
	tell(w, "job 2 J[ownership=you;us] - > a[tags=level:4;y.pii]");
	assert_string_equal(labels(w, LABEL_OWNER), "us@J you@J");
	assert_string_equal(labels(w, LABEL_TAG), "level@a level=4@a pii@a.y");
	tell(w, "job 1 J[ownership=me;you] - > a[tags=pii;level:3;x.pii]");
	assert_string_equal(labels(w, LABEL_OWNER), "us@J you@J");
	assert_string_equal(labels(w, LABEL_TAG), "level@a level=4@a pii@a.y");
}

static void planned_changes_are_listed_while_they_stand(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 5 a[headwater_change_b=drop_column:x]");
	tell(w, "run R1 COMPLETE 6 J - > c[headwater_change_b=drop_dataset]");
	tell(w, "dataset 6 a[headwater_change_b=drop_column:y][headwater_change_a=?]");
	assert_string_equal(labels(w, LABEL_PLANNED), "b@a b@c");
	tell(w, "dataset 4 a[headwater_change_b!][headwater_change_d=drop_dataset]");
	assert_string_equal(labels(w, LABEL_PLANNED), "b@a b@c d@a");
	tell(w, "dataset 7 a[headwater_change_b!]");
	tell(w, "dataset 5 a[headwater_change_b=drop_column:z]");
	assert_string_equal(labels(w, LABEL_PLANNED), "b@c d@a");
	tell(w, "dataset 8 a[headwater_change_b=drop_column:x]");
	assert_string_equal(labels(w, LABEL_PLANNED), "b@a b@c d@a");
}

static void only_a_dataset_and_a_good_id_make_a_planned_change(void **state)
{
	struct world *w = *state;

	tell(w, "job 1 J[headwater_change_a=?] - > -");
	tell(w, "dataset 2 a[headwater_change_=?][headwater_change_x*y=?]"
		"[headwater_change=?][Headwater_change_b=?]");
	assert_string_equal(labels(w, LABEL_PLANNED), "");
	assert_string_equal(facet_of(w, job(w, "J"), "headwater_change_a"), "?");
	assert_string_equal(facet_of(w, dataset(w, "a"), "headwater_change_"), "?");
	tell(w, "dataset 3 a[headwater_change_"
		"0123456789012345678901234567890123456789012345678901234567890123=~]");
	assert_int_equal(strlen(labels(w, LABEL_PLANNED)), 64 + strlen("@a"));
	tell(w, "dataset 4 b[headwater_change_"
		"01234567890123456789012345678901234567890123456789012345678901234=~]");
	assert_int_equal(strlen(labels(w, LABEL_PLANNED)), 64 + strlen("@a"));
}

static void a_tagged_column_is_a_node_also_when_the_facet_is_late(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 5 a[tags=pii]");
	tell(w, "dataset 4 a[tags=x.pii]");
	assert_int_not_equal(field(w, "a.x"), 0);
	assert_string_equal(labels(w, LABEL_TAG), "pii@a");
}

static void long_labels_that_are_one_in_the_index_do_not_hurt_each_other(void **state)
{
	struct world *w = *state;
	char text[512];
	char line[1200];

	memset(text, 'o', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)snprintf(line, sizeof(line), "dataset 1 a[ownership=%s1;%s2]", text, text);
	tell(w, line);
	(void)snprintf(line, sizeof(line), "dataset 2 a[ownership=%s2]", text);
	tell(w, line);
	assert_int_equal(strlen(labels(w, LABEL_OWNER)), 400 + strlen("@a"));
}

/* Random contents at random times; in any order they give this. */
#define TELLINGS 40
#define CONTENTS 4

static const char *const contents[CONTENTS] = { "[schema=x]", "[schema=y]", "[schema!]",
	"[schema=?]" };

struct telling {
	size_t content;
	int time;
};

static void random_tellings(struct telling *list, unsigned *seed)
{
	for (size_t i = 0; i < TELLINGS; i++) {
		list[i].content = (size_t)rand_r(seed) % CONTENTS;
		list[i].time = rand_r(seed) % 20;
	}
}

static void shuffle(struct telling *list, unsigned *seed)
{
	for (size_t i = TELLINGS; i > 1; i--) {
		size_t j = (size_t)rand_r(seed) % i;
		struct telling one = list[i - 1];

		list[i - 1] = list[j];
		list[j] = one;
	}
}

/* What an obvious reading of all tellings gives for one content. */
static void assert_times(
	struct world *w, const struct telling *list, size_t content, const char *shown)
{
	const char *all = history(w, "a", "schema");
	char want[64];
	int first = 99;
	int last = -1;

	for (size_t i = 0; i < TELLINGS; i++) {
		if (list[i].content != content)
			continue;
		first = list[i].time < first ? list[i].time : first;
		last = list[i].time > last ? list[i].time : last;
	}
	(void)snprintf(want, sizeof(want), "%s %d-%d", shown, first, last);
	if (last >= 0)
		assert_non_null(strstr(all, want));
	else
		assert_null(strstr(all, shown));
}

static void tell_one(struct world *w, const struct telling *telling, int run)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "run R%d OTHER %d J - > a%s", run,
		telling->time, contents[telling->content]);
	tell(w, line);
}

static void the_past_does_not_depend_on_the_order(void **state)
{
	struct world *w = *state;
	struct telling list[TELLINGS];
	char *first_dump = NULL;

	for (unsigned round = 0; round < 24; round++) {
		unsigned seed = round / 4 + 1;
		unsigned order = round + 100;

		random_tellings(list, &seed);
		shuffle(list, &order);
		for (size_t i = 0; i < TELLINGS; i++) {
			tell_one(w, &list[i], (int)list[i].time);
			if (rand_r(&order) % 8 == 0)
				(void)see(w);
		}
		for (size_t i = 0; i + 1 < CONTENTS; i++)
			assert_times(w, list, i, i == 2 ? "!" : i ? "y" : "x");
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
		WORLD_TEST(a_deleted_facet_is_gone_until_it_is_told_again),
		WORLD_TEST(a_malformed_facet_leaves_what_stood_and_is_counted),
		WORLD_TEST(an_entry_that_was_left_out_is_counted_each_time),
		WORLD_TEST(a_facet_is_only_understood_where_it_means_something),
		WORLD_TEST(an_empty_schema_clears_the_columns_and_keeps_the_past),
		WORLD_TEST(at_one_time_the_larger_hash_stands),
		WORLD_TEST(contents_that_come_back_have_one_past),
		WORLD_TEST(the_memo_moves_the_past_too),
		WORLD_TEST(the_memo_knows_a_malformed_facet),
		WORLD_TEST(two_contents_in_one_event_are_both_told),
		WORLD_TEST(owners_and_tags_follow_the_facets_that_stand),
		WORLD_TEST(planned_changes_are_listed_while_they_stand),
		WORLD_TEST(only_a_dataset_and_a_good_id_make_a_planned_change),
		WORLD_TEST(a_tagged_column_is_a_node_also_when_the_facet_is_late),
		WORLD_TEST(long_labels_that_are_one_in_the_index_do_not_hurt_each_other),
		WORLD_TEST(the_past_does_not_depend_on_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
