/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact.c - answers about impact: verdicts, owners, waivers, runs, pages
 *
 * The graph is a fan: job i reads s.x (and s.k to filter by) and writes t<i>.y,
 * which team-<i mod 3> owns; job 0 has five runs, and nobody owns t<TARGETS - 1>.
 */
#include "fixture.h"

#include "api/kept.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TARGETS	   12
#define QUERY_SIZE 400
#define WINDOW	   "2026-08-01T00:00:00Z/2026-08-02T00:00:00Z"
#define DROP	   "node=dataset:n:s&op=drop_column&field=x&window=" WINDOW
#define DROP_BODY                                                 \
	"{\"changes\":[{\"op\":\"drop_column\",\"column\":\"x\"," \
	"\"dataset\":{\"namespace\":\"n\",\"name\":\"s\"}}],"     \
	"\"window\":\"" WINDOW "\""

static struct fixture f;

static void add_text(const char *text, int n)
{
	assert_in_range(n, 1, 1999);
	fixture_add(&f, slice_of(text, (size_t)n), INT64_C(1785542400000000));
}

static void add_run(int target, int run)
{
	static const char *const types[] = { "OWNER", "STEWARD" };
	char owner[200] = "";
	char text[2000];

	if (target != TARGETS - 1)
		(void)snprintf(owner, sizeof(owner),
			"\"ownership\":{\"_producer\":\"p\",\"_schemaURL\":\"s\","
			"\"owners\":[{\"name\":\"team-%d\",\"type\":\"%s\"}]},",
			target % 3, types[target % 2]);
	add_text(text, snprintf(text, sizeof(text),
			       "{\"eventType\":\"COMPLETE\",\"eventTime\":"
			       "\"2026-08-01T%02d:%02d:00Z\",\"producer\":\"p\","
			       "\"schemaURL\":\"s\",\"run\":{\"runId\":"
			       "\"0197a3c1-0000-7000-8000-%012d\"},"
			       "\"job\":{\"namespace\":\"n\",\"name\":\"j%d\"},"
			       "\"inputs\":[{\"namespace\":\"n\",\"name\":\"s\"}],"
			       "\"outputs\":[{\"namespace\":\"n\",\"name\":\"t%d\","
			       "\"facets\":{%s\"columnLineage\":{\"_producer\":\"p\","
			       "\"_schemaURL\":\"s\",\"fields\":{\"y\":{\"inputFields\":["
			       "{\"namespace\":\"n\",\"name\":\"s\",\"field\":\"x\","
			       "\"transformations\":[{\"type\":\"DIRECT\",\"subtype\":"
			       "\"IDENTITY\"}]}]}},\"dataset\":[{\"namespace\":\"n\","
			       "\"name\":\"s\",\"field\":\"k\",\"transformations\":["
			       "{\"type\":\"INDIRECT\",\"subtype\":\"FILTER\"}]}]}}}]}",
			       run, target, target * 100 + run, target, target, owner));
}

static int open_fan(void **state)
{
	(void)state;
	fixture_open(&f);
	for (int i = 0; i < TARGETS; i++)
		add_run(i, 0);
	for (int run = 1; run < 5; run++)
		add_run(0, run);
	fixture_publish(&f);
	f.kept = kept_new((size_t)1 << 20);
	assert_non_null(f.kept);
	return 0;
}

static int close_fan(void **state)
{
	(void)state;
	kept_free(f.kept);
	f.kept = NULL;
	fixture_close(&f);
	return 0;
}

static void publish_something_else(void)
{
	static int n = 0;
	char text[2000];

	n++;
	add_text(text, snprintf(text, sizeof(text),
			       "{\"eventType\":\"COMPLETE\",\"eventTime\":"
			       "\"2026-08-01T20:00:%02dZ\",\"producer\":\"p\","
			       "\"schemaURL\":\"s\",\"run\":{\"runId\":"
			       "\"0197a3c1-0000-7000-8000-99999999%04d\"},"
			       "\"job\":{\"namespace\":\"n\",\"name\":\"late\"},"
			       "\"inputs\":[{\"namespace\":\"n\",\"name\":\"s\"}],"
			       "\"outputs\":[{\"namespace\":\"n\",\"name\":\"late%d\"}]}",
			       n % 60, n, n));
	fixture_publish(&f);
}

static json_t *get(const char *query)
{
	return fixture_json(&f, "/api/v2/impact", query);
}

static void post(const char *body, struct reply *reply)
{
	const struct question question = { "POST", "/api/v2/impact", "",
		slice_from(body) };

	fixture_ask(&f, &question, reply);
}

static json_t *post_json(const char *body)
{
	struct reply reply;
	json_t *answer;

	post(body, &reply);
	if (reply.status != 200)
		fail_msg("%s: %.*s", body, (int)reply.body.len, reply.body.data);
	answer = json_loadb(reply.body.data, reply.body.len, JSON_ALLOW_NUL, NULL);
	assert_non_null(answer);
	reply_fini(&reply);
	return answer;
}

static json_int_t number(json_t *answer, const char *object, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(answer, object), name));
}

static void assert_text(json_t *object, const char *name, const char *want)
{
	assert_string_equal(json_string_value(json_object_get(object, name)), want);
}

/* The first of a list in which a member has this text. */
static json_t *one_of(
	json_t *answer, const char *list, const char *name, const char *text)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer, list), i, item)
	{
		if (strcmp(json_string_value(json_object_get(item, name)), text) == 0)
			return item;
	}
	fail_msg("%s: nothing has %s %s", list, name, text);
	return NULL;
}

static json_t *impact_on(json_t *answer, const char *name, const char *horizon)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer, "impacts"), i, item)
	{
		json_t *node = json_object_get(item, "node");

		if (strcmp(json_string_value(json_object_get(node, "name")), name) == 0 &&
			strcmp(json_string_value(json_object_get(item, "horizon")),
				horizon) == 0)
			return item;
	}
	fail_msg("no impact on %s at %s", name, horizon);
	return NULL;
}

static void a_dropped_column_blocks(void **state)
{
	json_t *answer = get(DROP);

	(void)state;
	assert_text(answer, "verdict", "block");
	/* At once: jobs fail, and what they write is stale; then its columns go. */
	assert_int_equal(number(answer, "summary", "total"), 3 * TARGETS);
	assert_true(json_is_null(json_object_get(answer, "next")));
	assert_text(impact_on(answer, "j3", "fail_stop"), "action",
		"Edit this job before the change: it reads the column.");
	assert_text(impact_on(answer, "t3", "fix_forward"), "effect", "BREAKS");
	json_decref(answer);
}

static void what_blocks_is_for_the_asker_to_say(void **state)
{
	json_t *answer = get(DROP "&failOn=none");

	(void)state;
	assert_text(answer, "verdict", "review");
	json_decref(answer);
	answer = get(DROP "&failOn=CHANGES_ROWS");
	assert_text(answer, "verdict", "review");
	json_decref(answer);
	answer = get(DROP "&failOn=STALE");
	assert_text(answer, "verdict", "block");
	json_decref(answer);
}

static void the_outcome_is_told_in_every_format(void **state)
{
	static const char *const formats[] = { "json", "csv", "markdown", "mermaid",
		"sarif", "junit" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		char query[QUERY_SIZE];
		struct reply reply;

		(void)snprintf(query, sizeof(query), DROP "&format=%s", formats[i]);
		fixture_get(&f, "/api/v2/impact", query, &reply);
		assert_int_equal(reply.status, 200);
		assert_string_equal(reply.outcome,
			"verdict=block; coverage=1.000; complete=true; impacts=36");
		reply_fini(&reply);
	}
}

/* At the next run 12 jobs break, and what they write is stale; 12 columns break later. */
static void a_comment_shows_the_worst_of_both_horizons(void **state)
{
	struct reply reply;

	(void)state;
	fixture_get(&f, "/api/v2/impact", DROP "&format=markdown&limit=24", &reply);
	assert_int_equal(reply.status, 200);
	buf_byte(&reply.body, '\0');
	assert_non_null(strstr(reply.body.data, "drop/IDENTITY/sole"));
	assert_null(strstr(reply.body.data, "stale/below"));
	reply_fini(&reply);
}

static void nothing_changes_nothing(void **state)
{
	json_t *answer = post_json("{\"changes\":[]}");

	(void)state;
	assert_text(answer, "verdict", "pass");
	assert_text(answer, "why", "Nothing changes.");
	assert_int_equal(json_array_size(json_object_get(answer, "impacts")), 0);
	json_decref(answer);
}

static void horizons_and_exclusions_are_counted_as_asked(void **state)
{
	json_t *answer = get(DROP "&horizons=fix_forward");

	(void)state;
	assert_int_equal(number(answer, "summary", "total"), TARGETS);
	/* What was not asked for is not told to be nothing. */
	assert_true(json_is_null(json_object_get(
		json_object_get(json_object_get(answer, "summary"), "byHorizon"),
		"fail_stop")));
	json_decref(answer);
	answer = get(DROP "&horizons=fix_forward&exclude=t3");
	assert_int_equal(number(answer, "summary", "total"), TARGETS - 1);
	assert_int_equal(number(answer, "summary", "excluded"), 1);
	json_decref(answer);
	answer = get(DROP "&direction=upstream");
	assert_int_equal(number(answer, "summary", "total"), 0);
	assert_text(answer, "verdict", "pass");
	assert_text(answer, "why", "Nothing is affected of what was asked for.");
	json_decref(answer);
}

static void owners_are_told_how_much_of_theirs_is_hit(void **state)
{
	json_t *answer = get(DROP);
	json_t *owner = one_of(answer, "owners", "name", "team-0");

	(void)state;
	/* t0, t3, t6 and t9: each is stale, and loses its column. */
	assert_int_equal(json_integer_value(json_object_get(owner, "total")), 8);
	assert_int_equal(json_integer_value(json_object_get(owner, "datasets")), 4);
	assert_int_equal(json_integer_value(json_object_get(owner, "jobs")), 0);
	assert_text(owner, "worst", "BREAKS");
	assert_int_equal(json_array_size(json_object_get(owner, "assets")), 4);
	owner = one_of(answer, "owners", "name", "");
	/* All jobs, and the last dataset twice. */
	assert_int_equal(
		json_integer_value(json_object_get(owner, "total")), TARGETS + 2);
	assert_int_equal(json_integer_value(json_object_get(owner, "jobs")), TARGETS);
	assert_int_equal(json_array_size(json_object_get(owner, "assets")), 5);
	json_decref(answer);
}

static void who_owns_only_what_is_not_touched_is_not_told(void **state)
{
	json_t *answer = get("node=dataset:n:s&op=add_column&field=new&window=" WINDOW);

	(void)state;
	assert_int_equal(number(answer, "summary", "total"), TARGETS);
	assert_int_equal(json_array_size(json_object_get(answer, "owners")), 0);
	assert_int_equal(json_array_size(json_object_get(
				 json_object_get(answer, "summary"), "byOwner")),
		0);
	json_decref(answer);
}

static void groups_stand_in_for_impacts(void **state)
{
	json_t *answer = get(DROP "&groupBy=owner&limit=2");

	(void)state;
	assert_int_equal(json_array_size(json_object_get(answer, "impacts")), 0);
	assert_true(json_is_null(json_object_get(answer, "next")));
	assert_true(json_equal(
		json_object_get(answer, "groups"), json_object_get(answer, "owners")));
	json_decref(answer);
	answer = get(DROP "&groupBy=namespace");
	assert_int_equal(json_array_size(json_object_get(answer, "groups")), 1);
	assert_int_equal(json_integer_value(json_object_get(
				 one_of(answer, "groups", "name", "n"), "total")),
		3 * TARGETS);
	json_decref(answer);
}

static void runs_are_those_in_the_window(void **state)
{
	json_t *answer = get(DROP);

	(void)state;
	assert_int_equal(
		number(impact_on(answer, "j0", "fail_stop"), "runs", "count"), 5);
	assert_int_equal(
		number(impact_on(answer, "t0", "fail_stop"), "runs", "count"), 5);
	assert_int_equal(
		number(impact_on(answer, "j1", "fail_stop"), "runs", "count"), 1);
	json_decref(answer);
	answer = get("node=dataset:n:s&op=drop_column&field=x&"
		     "window=2026-08-01T01:00:00Z/2026-08-01T02:30:00Z");
	assert_int_equal(
		number(impact_on(answer, "j0", "fail_stop"), "runs", "count"), 2);
	json_decref(answer);
}

static void a_change_tells_who_reads_and_who_read_last(void **state)
{
	json_t *answer = get(DROP);
	json_t *change = json_array_get(json_object_get(answer, "changes"), 0);
	json_t *last = json_object_get(change, "lastRead");

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(change, "readers")), TARGETS);
	assert_int_equal(json_integer_value(json_object_get(change, "writers")), 0);
	assert_true(json_is_false(json_object_get(change, "atLeast")));
	assert_text(last, "time", "2026-08-01T04:00:00.000000Z");
	assert_text(json_object_get(last, "job"), "name", "j0");
	json_decref(answer);
	answer = get("node=dataset:n:t1&op=drop_column&field=y");
	change = json_array_get(json_object_get(answer, "changes"), 0);
	assert_int_equal(json_integer_value(json_object_get(change, "readers")), 0);
	assert_int_equal(json_integer_value(json_object_get(change, "writers")), 1);
	assert_true(json_is_null(json_object_get(change, "lastRead")));
	json_decref(answer);
}

/* Of the answer to a drop, with waivers. */
static json_t *waive(const char *waivers)
{
	char body[2000];

	(void)snprintf(body, sizeof(body),
		DROP_BODY ",\"horizons\":\"fix_forward\",\"failOn\":\"BREAKS\","
			  "\"waivers\":[%s]}",
		waivers);
	return post_json(body);
}

static void a_waiver_for_a_dataset_is_one_for_its_columns(void **state)
{
	json_t *answer = waive("{\"node\":\"dataset:n:t3\",\"reason\":\"agreed\"}");
	json_t *waived =
		json_object_get(impact_on(answer, "t3", "fix_forward"), "waived");

	(void)state;
	assert_int_equal(number(answer, "summary", "waived"), 1);
	assert_text(waived, "reason", "agreed");
	assert_true(json_is_null(
		json_object_get(impact_on(answer, "t4", "fix_forward"), "waived")));
	assert_text(answer, "verdict", "block");
	json_decref(answer);
}

static void a_waiver_is_about_its_effects_and_ends(void **state)
{
	static const char *const useless[] = {
		"{\"node\":\"dataset:n:t3.y\",\"reason\":\"r\",\"effects\":[\"STALE\"]}",
		"{\"node\":\"dataset:n:t3.y\",\"reason\":\"r\",\"until\":\"2020-01-01\"}",
		"{\"node\":\"dataset:n:nowhere\",\"reason\":\"r\"}"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(useless); i++) {
		json_t *answer = waive(useless[i]);
		json_t *waiver = json_array_get(json_object_get(answer, "waivers"), 0);

		assert_int_equal(number(answer, "summary", "waived"), 0);
		assert_int_equal(json_integer_value(json_object_get(waiver, "used")), 0);
		json_decref(answer);
	}
}

/* Some job that tells no columns writes t0 too: it is UNKNOWN beside CHANGES_ROWS. */
static void what_a_waiver_is_not_about_still_counts(void **state)
{
	static const char told[] =
		"{\"eventTime\":\"2026-08-01T00:30:00Z\",\"producer\":\"p\","
		"\"schemaURL\":\"s\",\"job\":{\"namespace\":\"n\",\"name\":\"dump\"},"
		"\"inputs\":[{\"namespace\":\"n\",\"name\":\"s\"}],"
		"\"outputs\":[{\"namespace\":\"n\",\"name\":\"t0\"}]}";
	static const char asked[] =
		"{\"changes\":[{\"op\":\"declare_semantic_change\",\"column\":\"k\","
		"\"node\":\"dataset:n:s\"}],\"horizons\":\"fix_forward\","
		"\"failOn\":\"UNKNOWN\",\"waivers\":[{\"node\":\"job:n:dump\","
		"\"reason\":\"r\"},{\"node\":\"dataset:n:t0\",\"reason\":\"r\","
		"\"effects\":[\"CHANGES_ROWS\"%s]}]}";
	char body[1000];
	json_t *answer;

	/* Without what other tests have told. */
	close_fan(state);
	open_fan(state);
	fixture_add(&f, slice_from(told), INT64_C(1785542400000000));
	fixture_publish(&f);
	(void)snprintf(body, sizeof(body), asked, "");
	answer = post_json(body);
	assert_int_equal(number(answer, "summary", "waived"), 2);
	assert_text(answer, "verdict", "block");
	json_decref(answer);
	(void)snprintf(body, sizeof(body), asked, ",\"UNKNOWN\"");
	answer = post_json(body);
	assert_int_equal(number(answer, "summary", "waived"), 2);
	assert_text(answer, "verdict", "review");
	json_decref(answer);
}

static void what_is_waived_all_over_passes(void **state)
{
	char waivers[1500] = "";
	json_t *answer;

	(void)state;
	for (int i = 0; i < TARGETS; i++) {
		size_t len = strlen(waivers);

		(void)snprintf(waivers + len, sizeof(waivers) - len,
			"%s{\"node\":\"dataset:n:t%d.y\",\"reason\":\"agreed\"}",
			i ? "," : "", i);
	}
	answer = waive(waivers);
	assert_text(answer, "verdict", "pass");
	assert_text(answer, "why", "All that is affected was waived.");
	json_decref(answer);
}

static void get_and_post_answer_with_the_same_bytes(void **state)
{
	struct reply by_get;
	struct reply by_post;

	(void)state;
	fixture_get(&f, "/api/v2/impact", DROP, &by_get);
	post(DROP_BODY "}", &by_post);
	assert_int_equal(by_get.body.len, by_post.body.len);
	assert_memory_equal(by_get.body.data, by_post.body.data, by_get.body.len);
	reply_fini(&by_get);
	reply_fini(&by_post);
}

/* A page, and the query of the next one; false when there is none. */
static bool next_page(json_t *answer, char query[QUERY_SIZE])
{
	json_t *next = json_object_get(answer, "next");

	if (!json_is_string(next))
		return false;
	(void)snprintf(
		query, QUERY_SIZE, DROP "&limit=7&cursor=%s", json_string_value(next));
	return true;
}

/* Takes away what is told as it is now: when a node was last seen, and its runs. */
static void forget_now(json_t *impacts)
{
	json_t *item;
	size_t i;

	json_array_foreach(impacts, i, item)
	{
		assert_int_equal(json_object_del(item, "lastSeen"), 0);
		assert_int_equal(json_object_del(item, "runs"), 0);
	}
}

/* All impacts over pages, while the graph moves on behind each. */
static json_t *all_pages(json_int_t total)
{
	char query[QUERY_SIZE] = DROP "&limit=7";
	json_t *all = json_array();
	json_int_t version = 0;
	bool more = true;

	while (more) {
		json_t *answer = get(query);
		json_t *impacts = json_object_get(answer, "impacts");
		json_int_t at =
			json_integer_value(json_object_get(answer, "graphVersion"));

		assert_true(version == 0 || at == version);
		version = at;
		assert_int_equal(number(answer, "summary", "total"), total);
		assert_int_equal(json_array_extend(all, impacts), 0);
		more = next_page(answer, query);
		assert_true(json_array_size(impacts) == 7 || !more);
		json_decref(answer);
		publish_something_else();
	}
	return all;
}

static void pages_tile_the_answer_while_the_graph_moves_on(void **state)
{
	json_t *whole = get(DROP);
	json_int_t total = number(whole, "summary", "total");
	json_t *pages = all_pages(total);

	(void)state;
	forget_now(json_object_get(whole, "impacts"));
	forget_now(pages);
	assert_true(json_equal(json_object_get(whole, "impacts"), pages));
	json_decref(pages);
	json_decref(whole);
	/* The graph did move on. */
	whole = get(DROP);
	assert_true(number(whole, "summary", "total") > total);
	json_decref(whole);
}

static void a_passed_deadline_is_never_a_pass(void **state)
{
	json_t *answer;

	(void)state;
	f.deadline_us = clock_monotonic_us() - 1;
	answer = get(DROP "&failOn=none");
	f.deadline_us = 0;
	assert_true(json_is_false(json_object_get(answer, "complete")));
	assert_text(json_object_get(answer, "truncated"), "reason", "deadline");
	assert_text(answer, "verdict", "review");
	assert_text(answer, "why", "There is more than could be looked through.");
	json_decref(answer);
}

static void a_window_that_ended_at_the_first_page_ends_there(void **state)
{
	static const char asked[] =
		"node=dataset:n:s&op=drop_column&field=x&limit=7&window=P3650D";
	json_t *first = get(asked);
	char query[QUERY_SIZE];
	json_t *second;

	(void)state;
	(void)snprintf(query, sizeof(query), "%s&cursor=%s", asked,
		json_string_value(json_object_get(first, "next")));
	second = get(query);
	assert_true(json_equal(
		json_object_get(first, "window"), json_object_get(second, "window")));
	assert_true(json_is_object(json_object_get(first, "window")));
	json_decref(first);
	json_decref(second);
}

static void a_page_that_is_not_kept_any_more_is_gone(void **state)
{
	struct kept_answers *kept = f.kept;
	char query[QUERY_SIZE];
	struct reply reply;
	json_t *first;
	json_t *again;

	(void)state;
	f.kept = NULL;
	first = get(DROP "&limit=7");
	assert_true(next_page(first, query));
	/* The graph is the same: it is found again. */
	again = get(query);
	assert_int_equal(json_array_size(json_object_get(again, "impacts")), 7);
	publish_something_else();
	fixture_get(&f, "/api/v2/impact", query, &reply);
	assert_int_equal(reply.status, 410);
	assert_string_equal(reply.media_type, "application/problem+json");
	reply_fini(&reply);
	f.kept = kept;
	json_decref(first);
	json_decref(again);
}

static void what_is_too_large_to_be_kept_is_answered_all_the_same(void **state)
{
	struct kept_answers *kept = f.kept;
	char query[QUERY_SIZE];
	json_t *first;
	json_t *second;

	(void)state;
	f.kept = kept_new(2000);
	assert_non_null(f.kept);
	first = get(DROP "&limit=7");
	assert_true(next_page(first, query));
	assert_int_equal(kept_bytes(f.kept), 0);
	second = get(query);
	assert_int_equal(json_array_size(json_object_get(first, "impacts")), 7);
	assert_int_equal(json_array_size(json_object_get(second, "impacts")), 7);
	assert_true(json_equal(
		json_object_get(first, "summary"), json_object_get(second, "summary")));
	json_decref(first);
	json_decref(second);
	kept_free(f.kept);
	f.kept = kept;
}

static void a_cursor_is_tied_to_its_question(void **state)
{
	json_t *first = get(DROP "&limit=7");
	char query[QUERY_SIZE];
	struct reply reply;

	(void)state;
	(void)snprintf(query, sizeof(query),
		"node=dataset:n:s&op=drop_column&field=k&limit=7&cursor=%s",
		json_string_value(json_object_get(first, "next")));
	fixture_get(&f, "/api/v2/impact", query, &reply);
	assert_int_equal(reply.status, 400);
	reply_fini(&reply);
	json_decref(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dropped_column_blocks),
		cmocka_unit_test(what_blocks_is_for_the_asker_to_say),
		cmocka_unit_test(the_outcome_is_told_in_every_format),
		cmocka_unit_test(a_comment_shows_the_worst_of_both_horizons),
		cmocka_unit_test(nothing_changes_nothing),
		cmocka_unit_test(horizons_and_exclusions_are_counted_as_asked),
		cmocka_unit_test(owners_are_told_how_much_of_theirs_is_hit),
		cmocka_unit_test(who_owns_only_what_is_not_touched_is_not_told),
		cmocka_unit_test(groups_stand_in_for_impacts),
		cmocka_unit_test(runs_are_those_in_the_window),
		cmocka_unit_test(a_change_tells_who_reads_and_who_read_last),
		cmocka_unit_test(a_waiver_for_a_dataset_is_one_for_its_columns),
		cmocka_unit_test(a_waiver_is_about_its_effects_and_ends),
		cmocka_unit_test(what_is_waived_all_over_passes),
		cmocka_unit_test(get_and_post_answer_with_the_same_bytes),
		cmocka_unit_test(a_passed_deadline_is_never_a_pass),
		cmocka_unit_test(a_window_that_ended_at_the_first_page_ends_there),
		cmocka_unit_test(a_page_that_is_not_kept_any_more_is_gone),
		cmocka_unit_test(what_is_too_large_to_be_kept_is_answered_all_the_same),
		cmocka_unit_test(a_cursor_is_tied_to_its_question),
		cmocka_unit_test(pages_tile_the_answer_while_the_graph_moves_on),
		cmocka_unit_test(what_a_waiver_is_not_about_still_counts),
	};

	return cmocka_run_group_tests(tests, open_fan, close_fan);
}
