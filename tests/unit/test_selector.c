/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_selector.c - sets of nodes, by the words that select them
 */
#include "tests/unit/answer_words.h"

#include "base/clock.h"
#include "graph/select.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US	  (86400 * SECOND_US)

static const struct selector *parsed(struct world *w, const char *text)
{
	const struct selector *selector = NULL;
	struct fault fault = { 0 };

	if (selector_parse(slice_from(text), w->arena, &selector, &fault))
		fail_msg("%s: %s at %d", text, fault.why, (int)fault.offset);
	return selector;
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct choice {
	int64_t now_us;
	uint64_t budget;
	enum lineage_level level;
	enum lineage_cut cut;
};

/* What is selected, as words in order of bytes. */
static const char *choose(struct world *w, const char *text, struct choice *choice)
{
	struct lineage_query walk = ask_down(NULL);
	struct select_options options = {
		.walk = &walk, .budget = choice->budget, .now_us = choice->now_us
	};
	char words[64][WORD_MAX];
	struct idlist list;

	walk.level = choice->level;
	assert_int_equal(selector_evaluate(see(w), parsed(w, text), &options, w->arena,
				 &list, &choice->cut),
		0);
	assert_true(list.count <= ARRAY_LEN(words));
	for (size_t i = 0; i < list.count; i++) {
		(void)node_word(w, list.ids[i], words[i]);
		assert_true(i == 0 || list.ids[i - 1] < list.ids[i]);
	}
	qsort(words, list.count, sizeof(words[0]), compare_text);
	buf_clear(&w->text);
	for (size_t i = 0; i < list.count; i++) {
		buf_str(&w->text, i ? " " : "");
		buf_str(&w->text, words[i]);
	}
	return words_text(w);
}

static const char *selected(struct world *w, const char *text)
{
	struct choice choice = { 0 };
	const char *words = choose(w, text, &choice);

	assert_int_equal(choice.cut, CUT_NONE);
	return words;
}

/* raw -> Load -> orders -> Sum -> daily; users -> Sum */
static void tell_orders(struct world *w)
{
	tell(w, "run R1 COMPLETE 5 Load raw > orders");
	tell(w, "run R2 COMPLETE 6 Sum orders,users > daily");
}

static void a_name_selects_datasets_and_jobs(void **state)
{
	struct world *w = *state;

	tell_orders(w);
	tell(w, "job 7 orders - > x@orders");
	assert_string_equal(selected(w, "orders"), "orders orders x@orders");
	assert_string_equal(selected(w, "name:Load"), "Load");
	assert_string_equal(selected(w, "orders,ns:x"), "x@orders");
	assert_string_equal(selected(w, "nothing"), "");
}

static void globs_cross_dots_and_slashes(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J db.s.a,db.s.b,s3/x/y > db.t");
	assert_string_equal(selected(w, "db.*"), "db.s.a db.s.b db.t");
	assert_string_equal(selected(w, "*a"), "db.s.a");
	assert_string_equal(selected(w, "s3*y"), "s3/x/y");
	assert_string_equal(selected(w, "db.s.?"), "db.s.a db.s.b");
	assert_string_equal(selected(w, "d*s*b"), "db.s.b");
	assert_string_equal(selected(w, "db.?"), "db.t");
	assert_string_equal(selected(w, "ns:* "), "J db.s.a db.s.b db.t s3/x/y");
}

static void a_question_mark_is_one_character_of_utf8(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J gr\xc3\xbcn,grun > gr\xff\xffn");
	assert_string_equal(selected(w, "gr?n"), "grun gr\xc3\xbcn");
	assert_string_equal(selected(w, "gr??n"), "gr\xff\xffn");
}

static void quoted_names_are_taken_as_they_are(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a+b,a+,x*,ns:q > 2+2");
	assert_string_equal(selected(w, "a+b"), "a+b");
	assert_string_equal(selected(w, "\"a+\""), "a+");
	assert_string_equal(selected(w, "a\\+"), "a+");
	assert_string_equal(selected(w, "\"x*\""), "x*");
	assert_string_equal(selected(w, "\"ns:q\""), "ns:q");
	assert_string_equal(selected(w, "\"2+2\""), "2+2");
}

static void a_plus_walks_up_or_down(void **state)
{
	struct world *w = *state;

	tell_orders(w);
	assert_string_equal(selected(w, "+orders"), "Load orders raw");
	assert_string_equal(selected(w, "orders+"), "Sum daily orders");
	assert_string_equal(selected(w, "1+Sum+1"), "Sum daily orders users");
	assert_string_equal(selected(w, "2+daily"), "Sum daily orders users");
	assert_string_equal(selected(w, "raw+0"), "raw");
}

static void an_at_takes_what_else_leads_to_what_is_downstream(void **state)
{
	struct world *w = *state;

	tell_orders(w);
	assert_string_equal(selected(w, "@orders"), "Load Sum daily orders raw users");
}

static void blanks_unite_and_commas_intersect(void **state)
{
	struct world *w = *state;

	tell_orders(w);
	assert_string_equal(selected(w, "raw users"), "raw users");
	assert_string_equal(selected(w, "raw+,+daily"), "Load Sum daily orders raw");
	assert_string_equal(selected(w, "raw+,kind:dataset"), "daily orders raw");
	assert_string_equal(
		selected(w, "raw+,+daily users"), "Load Sum daily orders raw users");
	assert_string_equal(selected(w, "(raw users)+1,kind:job"), "Load Sum");
}

static void an_exclamation_mark_takes_away(void **state)
{
	struct world *w = *state;

	tell_orders(w);
	assert_string_equal(selected(w, "!raw+"), "users");
	assert_string_equal(selected(w, "raw+,!kind:job"), "daily orders raw");
	assert_string_equal(selected(w, "raw+,!(orders+ Load)"), "raw");
	assert_string_equal(selected(w, "!kind:job,!daily"), "orders raw users");
	assert_string_equal(selected(w, "!!raw"), "raw");
	assert_string_equal(selected(w, "!(!raw)"), "raw");
}

static void owners_and_tags_are_found_by_their_labels(void **state)
{
	struct world *w = *state;

	tell_orders(w);
	tell(w, "dataset 7 orders[ownership=me;you][tags=pii;level:3]");
	tell(w, "dataset 7 raw[ownership=you][tags=level:4;x.pii]");
	assert_string_equal(selected(w, "owner:you"), "orders raw");
	assert_string_equal(selected(w, "owner:m*"), "orders");
	assert_string_equal(selected(w, "tag:level"), "orders raw");
	assert_string_equal(selected(w, "tag:level=3"), "orders");
	assert_string_equal(selected(w, "tag:pii"), "orders raw.x");
	assert_string_equal(selected(w, "tag:pii,name:raw"), "raw.x");
	assert_string_equal(selected(w, "name:raw,tag:pii"), "raw.x");
	assert_string_equal(selected(w, "+daily,!owner:*"), "Load Sum daily users");
}

static void tell_columns(struct world *w)
{
	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.y:IDENTITY]");
	tell(w, "run R2 COMPLETE 6 K b > c[columnLineage=b.y>*.z;b.x>*.x]");
}

static void fields_are_selected_when_they_are_named(void **state)
{
	struct world *w = *state;

	tell_columns(w);
	assert_string_equal(selected(w, "b"), "b");
	assert_string_equal(selected(w, "field:x"), "a.x b.x c.x");
	assert_string_equal(selected(w, "name:b,field:*"), "b.x b.y");
	assert_string_equal(selected(w, "ns:n,name:b,!field:x,kind:field"), "b.y");
	assert_string_equal(selected(w, "+b,field:x"), "a.x b.x");
	assert_string_equal(selected(w, "kind:field,!name:c"), "a.x b.x b.y");
}

static void fields_are_walked_as_fields(void **state)
{
	struct world *w = *state;

	tell_columns(w);
	assert_string_equal(selected(w, "(name:a,field:x)+"), "a.x b.y c.z");
	assert_string_equal(selected(w, "+(name:c,field:z)"), "a.x b.y c.z");
}

static void the_level_of_the_walk_may_be_chosen(void **state)
{
	struct world *w = *state;
	struct choice choice = { .level = LEVEL_JOB };

	tell_orders(w);
	assert_string_equal(choose(w, "Load+", &choice), "Load Sum");
	choice.level = LEVEL_DATASET;
	assert_string_equal(choose(w, "raw+", &choice), "daily orders raw");
}

static void nodes_are_found_by_the_edges_they_have_now(void **state)
{
	struct world *w = *state;

	tell_orders(w);
	tell(w, "job 7 D a > b");
	tell(w, "dataset 7 lonely");
	tell(w, "run R3 COMPLETE 9 Load new > orders");
	assert_string_equal(selected(w, "edge:declared"), "D a b");
	assert_string_equal(selected(w, "edge:none"), "lonely raw");
	assert_string_equal(selected(w, "edge:observed,kind:job"), "Load Sum");
	assert_string_equal(selected(w, "edge:inferred"), "");
}

static void nodes_are_found_by_when_they_were_seen(void **state)
{
	struct world *w = *state;
	struct choice choice = { .now_us = 100 * DAY_US };
	char line[64];

	(void)snprintf(line, sizeof(line), "dataset %lld old", (long long)(DAY_US * 10));
	tell(w, line);
	(void)snprintf(line, sizeof(line), "dataset %lld new", (long long)(DAY_US * 95));
	tell(w, line);
	assert_string_equal(choose(w, "seen:30d", &choice), "new");
	assert_string_equal(choose(w, "seen:>30d", &choice), "old");
	assert_string_equal(choose(w, "seen:13w", &choice), "new old");
	assert_string_equal(choose(w, "seen:1970-01-02/1970-01-11", &choice), "old");
	assert_string_equal(choose(w, "seen:1970-01-11", &choice), "old");
	assert_string_equal(choose(w, "seen:1970-01-01/1970-01-10", &choice), "");
	assert_string_equal(
		choose(w, "seen:1970-04-06T00:00:00Z/1970-05-01", &choice), "new");
}

static void an_alias_selects_the_node_that_stands_for_it(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > hive@b");
	tell(w, "dataset 6 s3[symlinks=hive@b]");
	assert_string_equal(selected(w, "b"), "s3");
	assert_string_equal(selected(w, "ns:hive"), "s3");
	assert_string_equal(selected(w, "+b"), "J a s3");
	assert_string_equal(selected(w, "edge:none"), "");
	assert_string_equal(selected(w, "!a"), "J s3");
}

static void a_budget_ends_it(void **state)
{
	struct world *w = *state;
	struct choice choice = { .budget = 1 };

	tell_orders(w);
	(void)choose(w, "raw+", &choice);
	assert_int_equal(choice.cut, CUT_BUDGET);
	choice.budget = 1000;
	(void)choose(w, "raw+ *", &choice);
	assert_int_equal(choice.cut, CUT_NONE);
}

/* Of every two factors, in either order: what both of them select. */
static void the_order_of_factors_changes_nothing(void **state)
{
	static const char *const factors[] = { "b", "ns:n", "kind:dataset", "kind:field",
		"field:x", "field:?", "owner:me", "tag:pii", "edge:observed", "edge:none",
		"seen:1d", "+b", "b+1", "*", "!b", "!field:x", "!tag:*", "@a",
		"(field:x)+", "(a c)", "name:?" };
	struct world *w = *state;
	char text[64];
	char first[512];

	tell_columns(w);
	tell(w, "dataset 7 a[ownership=me][tags=pii;x.pii;w.pii]");
	tell(w, "dataset 8 b[symlinks=hive@t][ownership=me]");
	for (size_t i = 0; i < ARRAY_LEN(factors) * ARRAY_LEN(factors); i++) {
		const char *a = factors[i % ARRAY_LEN(factors)];
		const char *b = factors[i / ARRAY_LEN(factors)];

		(void)snprintf(text, sizeof(text), "%s,%s", a, b);
		(void)snprintf(first, sizeof(first), "%s", selected(w, text));
		(void)snprintf(text, sizeof(text), "%s,%s", b, a);
		assert_string_equal(selected(w, text), first);
		(void)snprintf(text, sizeof(text), "(%s,%s) (%s,%s)", b, a, a, b);
		assert_string_equal(selected(w, text), first);
	}
}

static int evaluate_in(struct world *w, struct arena *arena, const char *text)
{
	struct lineage_query walk = ask_down(NULL);
	const struct select_options options = { .walk = &walk };
	const struct selector *selector;
	enum lineage_cut cut;
	struct idlist list;
	int r = selector_parse(slice_from(text), arena, &selector, NULL);

	if (r)
		return r;
	return selector_evaluate(&w->snapshot, selector, &options, arena, &list, &cut);
}

static void without_memory_it_fails(void **state)
{
	struct world *w = *state;
	int r = ERR_NOMEM;
	size_t tries = 0;

	tell_columns(w);
	tell(w, "dataset 7 a[ownership=me][tags=pii;x.pii;w.pii]");
	(void)see(w);
	for (size_t bytes = 64; r == ERR_NOMEM; bytes += 64, tries++) {
		AUTO(arena) struct arena *arena = arena_new(64, bytes);

		assert_non_null(arena);
		r = evaluate_in(w, arena,
			"a+ (b c)+,!field:x,owner:* tag:pii,name:a !b ns:n,field:? @c");
	}
	assert_int_equal(r, 0);
	assert_true(tries > 10);
}

static void assert_refused(struct world *w, const char *text, uint64_t offset)
{
	const struct selector *selector;
	struct fault fault = { 0 };

	arena_reset(w->arena);
	assert_int_equal(selector_parse(slice_from(text), w->arena, &selector, &fault),
		ERR_INVALID);
	assert_true(fault.has_offset && fault.why[0]);
	assert_int_equal(fault.offset, offset);
}

static void what_is_wrong_is_shown_with_its_place(void **state)
{
	struct world *w = *state;

	assert_refused(w, "", 0);
	assert_refused(w, "  ", 2);
	assert_refused(w, "a,", 2);
	assert_refused(w, "a , b", 2);
	assert_refused(w, "(a b", 0);
	assert_refused(w, "a b)", 3);
	assert_refused(w, "a ()", 3);
	assert_refused(w, "a(b)", 1);
	assert_refused(w, "onwer:me", 0);
	assert_refused(w, "a kind:table", 7);
	assert_refused(w, "seen:soon", 5);
	assert_refused(w, "seen:2026-08-01/2026-07-01", 5);
	assert_refused(w, "edge:", 5);
	assert_refused(w, "a \"b", 2);
	assert_refused(w, "a\\", 1);
	assert_refused(w, "a @b+", 2);
	assert_refused(w, "(a)b", 3);
	assert_refused(w, "+", 1);
}

static void a_name_may_be_an_address(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 5 s3://bucket/a");
	assert_string_equal(selected(w, "s3://bucket/*"), "s3://bucket/a");
}

static void limits_are_kept(void **state)
{
	struct world *w = *state;
	const struct selector *selector;
	char text[SELECTOR_DEPTH_MAX * 2 + 4];
	static char atoms[2 * SELECTOR_ATOMS_MAX + 3];
	static char large[SELECTOR_BYTES_MAX + 2];

	memset(text, '(', SELECTOR_DEPTH_MAX + 1);
	text[SELECTOR_DEPTH_MAX + 1] = '\0';
	assert_refused(w, text, SELECTOR_DEPTH_MAX);
	text[SELECTOR_DEPTH_MAX] = 'a';
	memset(text + SELECTOR_DEPTH_MAX + 1, ')', SELECTOR_DEPTH_MAX);
	text[2 * SELECTOR_DEPTH_MAX + 1] = '\0';
	assert_non_null(parsed(w, text));

	for (size_t i = 0; i < sizeof(atoms) - 1; i++)
		atoms[i] = i % 2 ? ' ' : 'a';
	assert_refused(w, atoms, 2 * (uint64_t)SELECTOR_ATOMS_MAX);
	atoms[sizeof(atoms) - 3] = '\0';
	assert_non_null(parsed(w, atoms));

	memset(large, 'a', sizeof(large) - 1);
	assert_int_equal(selector_parse(slice_from(large), w->arena, &selector, NULL),
		ERR_INVALID);
}

static void a_name_that_nobody_claims_any_more_is_not_selected(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[symlinks=b]");
	assert_string_equal(selected(w, "b"), "a");
	tell(w, "dataset 2 a[symlinks!]");
	assert_string_equal(selected(w, "b"), "");
	assert_string_equal(selected(w, "kind:dataset"), "a");
	assert_string_equal(selected(w, "!a"), "");
	tell(w, "run R1 COMPLETE 5 J b > c");
	assert_string_equal(selected(w, "b"), "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_name_selects_datasets_and_jobs),
		WORLD_TEST(globs_cross_dots_and_slashes),
		WORLD_TEST(a_question_mark_is_one_character_of_utf8),
		WORLD_TEST(quoted_names_are_taken_as_they_are),
		WORLD_TEST(a_plus_walks_up_or_down),
		WORLD_TEST(an_at_takes_what_else_leads_to_what_is_downstream),
		WORLD_TEST(blanks_unite_and_commas_intersect),
		WORLD_TEST(an_exclamation_mark_takes_away),
		WORLD_TEST(owners_and_tags_are_found_by_their_labels),
		WORLD_TEST(fields_are_selected_when_they_are_named),
		WORLD_TEST(fields_are_walked_as_fields),
		WORLD_TEST(the_level_of_the_walk_may_be_chosen),
		WORLD_TEST(nodes_are_found_by_the_edges_they_have_now),
		WORLD_TEST(nodes_are_found_by_when_they_were_seen),
		WORLD_TEST(an_alias_selects_the_node_that_stands_for_it),
		WORLD_TEST(a_budget_ends_it),
		WORLD_TEST(the_order_of_factors_changes_nothing),
		WORLD_TEST(without_memory_it_fails),
		WORLD_TEST(what_is_wrong_is_shown_with_its_place),
		WORLD_TEST(a_name_may_be_an_address),
		WORLD_TEST(limits_are_kept),
		WORLD_TEST(a_name_that_nobody_claims_any_more_is_not_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
