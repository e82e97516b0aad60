/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_formats.c - one report about impact, in each format
 *
 * That readers of the formats take them, check_impact.py checks.
 */
#include "impact_samples.h"

#include "api/impact_words.h"
#include "api/json_auto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct printed {
	struct arena *arena;
	struct impact_report *report;
	struct reply reply;
};

static int set_up(void **state)
{
	static struct printed p;

	p = (struct printed){ .arena = arena_new(1 << 16, (size_t)1 << 28) };
	reply_init(&p.reply);
	*state = &p;
	return p.arena ? 0 : -1;
}

static int tear_down(void **state)
{
	struct printed *p = *state;

	reply_fini(&p->reply);
	arena_free(p->arena);
	return 0;
}

static struct impact_report *sample(struct printed *p, enum impact_sample which)
{
	p->report = impact_sample_new(which, p->arena);
	assert_non_null(p->report);
	return p->report;
}

/* The body, NUL-terminated, until the next one. */
static const char *print(struct printed *p, impact_render *render)
{
	struct call call = { .arena = p->arena };

	reply_fini(&p->reply);
	reply_init(&p->reply);
	assert_int_equal(render(&call, p->report, &p->reply), 0);
	buf_byte(&p->reply.body, '\0');
	assert_int_equal(buf_error(&p->reply.body), 0);
	return p->reply.body.data;
}

static void assert_within(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in: %.2000s", part, text);
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

/* ---- rules ---- */

static void every_rule_is_told_in_a_sentence(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1000);
	for (uint16_t i = 0; impact_rule_text(i); i++) {
		buf_clear(&text);
		if (!words_rule(&text, impact_rule_text(i)))
			fail_msg("%s", impact_rule_text(i));
		assert_int_equal(text.data[text.len - 1], '.');
	}
	buf_fini(&text);
}

static void a_rule_that_nobody_knows_is_told_by_its_id(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1000);
	assert_false(words_rule(&text, "drop/FILTER/twice"));
	assert_false(words_rule(&text, "drop"));
	buf_byte(&text, '\0');
	assert_string_equal(text.data, "drop/FILTER/twicedrop");
	buf_fini(&text);
}

static void names_are_cut_between_characters(void **state)
{
	const struct slice name = SLICE("a\xf0\x9f\x92\xa5z");
	struct buf text;

	(void)state;
	buf_init(&text, 1000);
	for (size_t max = 0; max <= name.len; max++) {
		escape_write_short(&text, name, max, escape_none);
		buf_byte(&text, '|');
	}
	buf_byte(&text, '\0');
	assert_string_equal(text.data,
		"\u2026|a\u2026|a\u2026|a\u2026|a\u2026|a\U0001f4a5\u2026|"
		"a\U0001f4a5z|");
	buf_fini(&text);
}

/* ---- csv ---- */

static void csv_has_a_row_for_each_impact(void **state)
{
	struct printed *p = *state;
	const char *text;

	sample(p, SAMPLE_PLAIN);
	text = print(p, impact_render_csv);
	assert_int_equal(count_of(text, "\r\n"), 1 + p->report->impact_count);
	assert_within(text,
		"effect,horizon,certainty,depth,direction,kind,namespace,name,field,rule,"
		"change,path,owners,last_seen,runs,masked,waived,action,complete\r\n"
		"BREAKS,fail_stop,observed,1,downstream,job,pg,public.orders,,"
		"fail/reader,\"drop_column pg:public.orders.customer_id\","
		"pg:public.orders.customer_id,\"team-sales; second\",,0,false,"
		"\"for good: pg\","
		"\"Edit this job before the change: it reads the column.\",true\r\n");
	assert_within(text, "\r\nCHANGES_SCHEMA,fix_forward,observed,1,downstream,");
	assert_within(text, ",2026-09-21T14:13:20.000000Z,>=3,false,");
}

static void csv_disarms_formulas(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_HOSTILE);
	assert_within(print(p, impact_render_csv),
		",job,\"'=cmd|'/c calc'!A1 \"\"quoted\"\",<script>");
}

static void csv_without_all_rows_is_refused(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_PLAIN)->impact_count--;
	assert_within(print(p, impact_render_csv), "\"status\":413");
	assert_int_equal(p->reply.status, 413);
}

static void csv_of_a_cut_search_says_so_in_each_row(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_PLAIN)->cut = CUT_DEADLINE;
	assert_int_equal(count_of(print(p, impact_render_csv), ",false\r\n"),
		p->report->impact_count);
}

static void csv_of_a_cut_search_without_rows_is_refused(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_NONE)->cut = CUT_BUDGET;
	assert_within(print(p, impact_render_csv), "\"status\":413");
}

/* ---- what was not asked for ---- */

static void what_is_excluded_is_told_by_every_format_that_people_read(void **state)
{
	static impact_render *const renders[] = { impact_render_markdown,
		impact_render_mermaid, impact_render_sarif, impact_render_junit };
	struct printed *p = *state;

	sample(p, SAMPLE_NONE)->excluded = 3;
	for (size_t i = 0; i < ARRAY_LEN(renders); i++)
		assert_within(print(p, renders[i]), "3 impacts are excluded.");
}

static void a_part_that_was_asked_for_is_told(void **state)
{
	struct printed *p = *state;
	struct impact_report *report = sample(p, SAMPLE_NONE);
	struct impact_question question = *report->question;

	question.downstream = false;
	question.graph.inferred = false;
	report->question = &question;
	assert_within(print(p, impact_render_markdown),
		"Only this was asked for: what is upstream, observed lineage, declared "
		"lineage.\n");
	assert_within(print(p, impact_render_junit),
		"\"nothing is left out\" time=\"0\">\n\t\t\t<skipped message=\"Only "
		"this");
}

/* ---- markdown ---- */

static void markdown_of_a_change_that_hits_nothing_is_short(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_NONE)->why = "Nothing is affected.";
	assert_string_equal(print(p, impact_render_markdown),
		"<!-- headwater-impact -->\n## Impact: pass\n\nNothing is affected.\n\n"
		"No impacts were found.\n\n### Coverage\n\n"
		"No dataset is reached; 0 hops tell no columns.\n\n### Changes\n\n"
		"- `drop_column pg:public.orders.customer_id`: readers 3, writers 1, "
		"last "
		"read 2026-09-21T14:13:20.000000Z by job `pg:public.orders`; impacts 0\n"
		"\nGraph version 42.\n");
}

static void markdown_counts_the_horizons_that_were_asked_for(void **state)
{
	struct printed *p = *state;
	struct impact_question question;

	question = *sample(p, SAMPLE_PLAIN)->question;
	p->report->question = &question;
	assert_within(print(p, impact_render_markdown),
		"\n| effect | fail_stop | fix_forward |\n| --- | ---: | ---: |\n"
		"| BREAKS | 2 | 1 |\n");
	question.horizons[HORIZON_FAIL_STOP] = false;
	assert_within(print(p, impact_render_markdown),
		"\n| effect | fix_forward |\n| --- | ---: |\n| BREAKS | 1 |\n");
}

static void markdown_puts_names_into_spans_that_they_cannot_end(void **state)
{
	struct printed *p = *state;
	struct report_group *owner;

	owner = &sample(p, SAMPLE_PLAIN)->owners[1];
	owner->name = SLICE("@a```b`\n");
	assert_within(print(p, impact_render_markdown), "\n#### ```` @a```b`  ````\n");
	owner->name = SLICE("@a");
	assert_within(print(p, impact_render_markdown), "\n#### `@a`\n");
}

static void markdown_tells_what_was_cut_and_how_many_are_left_out(void **state)
{
	struct printed *p = *state;
	const char *text;

	sample(p, SAMPLE_CUT);
	text = print(p, impact_render_markdown);
	assert_within(text, "**The search was ended by its budget: "
			    "the answer is not complete.**");
	assert_within(text, "### Impacts, worst first\n");
	/* 16 were found, of which 2 have no effect; 10 are here, 1 without one. */
	assert_within(text, "\n... and 5 more\n\n### Owners");
}

static void markdown_stays_below_the_limit_of_hosts(void **state)
{
	struct printed *p = *state;
	const char *text;
	uint64_t shown;
	char more[50];

	sample(p, SAMPLE_MANY);
	text = print(p, impact_render_markdown);
	assert_in_range(strlen(text), 30000, 65535);
	shown = count_of(text, ", rule `");
	assert_in_range(shown, 3, 20);
	(void)snprintf(more, sizeof(more), "\n... and %lu more\n\n### Owners",
		(unsigned long)(impact_affected(&p->report->counts) - shown));
	assert_within(text, more);
}

static void markdown_tells_waivers_used_not_used_and_expired(void **state)
{
	struct printed *p = *state;
	uint64_t none[2] = { 0, 0 };
	struct waiver lost;
	const char *text;

	sample(p, SAMPLE_PLAIN);
	text = print(p, impact_render_markdown);
	assert_within(text, "- `public.orders`, used for 1 impacts, `for good: pg`\n");
	assert_within(text, "- `public.orders`, **expired**, `until 2027-01-15T");
	p->report->waiver_uses = none;
	assert_within(print(p, impact_render_markdown),
		"- `public.orders`, not used, `for good: pg`\n");
	lost = p->report->waivers[0];
	lost.id = 0;
	p->report->waivers = &lost;
	p->report->waiver_count = 1;
	assert_within(print(p, impact_render_markdown),
		"- `public.orders`, **there is no such node**, `for good: pg`\n");
}

/* ---- mermaid ---- */

static void mermaid_draws_each_node_and_edge_once(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_PLAIN)->coverage = (struct impact_coverage){ 2, 2, 0, false };
	assert_within(print(p, impact_render_mermaid),
		"flowchart LR\n"
		"\t%% 2 of 2 reachable datasets are resolved column by column (100.0 %); "
		"0 hops tell no columns.\n"
		"\tn0([\"public.orders<br/>customer_id<br/>(pg)\"])\n"
		"\tn1[\"public.orders<br/>(pg)\"]\n"
		"\tn2[(\"public.orders<br/>(pg)\")]\n"
		"\tn0 --> n1\n"
		"\tn1 -.-> n2\n"
		"\tclassDef breaks ");
	assert_within(p->reply.body.data, "\tclass n0 changed\n\tclass n1,n2 breaks\n");
}

static void mermaid_draws_a_change_that_hits_nothing(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_NONE);
	assert_within(print(p, impact_render_mermaid),
		"\tn0([\"public.orders<br/>customer_id<br/>(pg)\"])\n\tclassDef");
	assert_within(p->reply.body.data, "\tclass n0 changed\n");
}

static void mermaid_stays_below_its_limits_and_says_what_is_not_drawn(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_MANY);
	assert_in_range(strlen(print(p, impact_render_mermaid)), 30000, 49999);
	assert_within(p->reply.body.data, " more impacts are not drawn\"]\n");
	/* So many edges of short names would fit. */
	for (size_t i = 0; i < p->report->impact_count; i++) {
		struct report_impact *impact = &p->report->impacts[i];
		struct report_step *path = arena_array(p->arena, 2, sizeof(*path));
		const struct report_step **told =
			arena_array(p->arena, 2, sizeof(const void *));
		struct slice name = arena_dup(p->arena, slice_of((char *)&i, 2));

		assert_non_null(path);
		assert_non_null(told);
		told[0] = &path[0];
		told[1] = &path[1];
		path[0].key = (struct node_key){ .kind = NODE_FIELD };
		path[1].key = (struct node_key){ .kind = NODE_JOB, .name = name };
		impact->path = told;
		impact->path_count = 2;
	}
	p->report->change_count = 0;
	assert_in_range(count_of(print(p, impact_render_mermaid), "> n"), 450, 500);
	assert_in_range(strlen(p->reply.body.data), 5000, 49999);
}

/* ---- sarif ---- */

static json_t *run_of(json_t *log)
{
	json_t *run = json_array_get(json_object_get(log, "runs"), 0);

	assert_non_null(run);
	return run;
}

static json_t *results_of(json_t *log)
{
	return json_object_get(run_of(log), "results");
}

static json_t *print_sarif(struct printed *p)
{
	json_t *log = json_loads(print(p, impact_render_sarif), 0, NULL);

	assert_non_null(log);
	return log;
}

static const char *fingerprint_of(json_t *log, size_t at)
{
	const char *text = json_string_value(
		json_object_get(json_object_get(json_array_get(results_of(log), at),
					"partialFingerprints"),
			"headwaterImpact/v1"));

	assert_non_null(text);
	return text;
}

static void sarif_leaves_out_what_is_proved_untouched(void **state)
{
	struct printed *p = *state;
	json_t *log;

	sample(p, SAMPLE_PLAIN);
	log = print_sarif(p);
	assert_int_equal(json_array_size(results_of(log)), 14);
	assert_int_equal(
		count_of(p->reply.body.data, "\"level\":\"error\",\"message\""), 3);
	assert_null(strstr(p->reply.body.data, "proved"));
	json_decref(log);
}

static void sarif_fingerprints_follow_node_rule_horizon_and_change(void **state)
{
	struct printed *p = *state;
	struct report_impact *impacts = sample(p, SAMPLE_PLAIN)->impacts;
	AUTO(json) json_t *before = print_sarif(p);
	json_t *after;

	p->report->version++;
	impacts[0].impact.depth++;
	impacts[1].impact.horizon = HORIZON_FAIL_STOP;
	impacts[2].impact.because = impacts[0].impact.because;
	impacts[3].impact.change = 0;
	impacts[4].key.namespace = SLICE("other");
	after = print_sarif(p);
	assert_string_equal(fingerprint_of(before, 0), fingerprint_of(after, 0));
	for (size_t i = 1; i < 5; i++)
		assert_string_not_equal(
			fingerprint_of(before, i), fingerprint_of(after, i));
	assert_string_equal(fingerprint_of(before, 5), fingerprint_of(after, 5));
	json_decref(after);
}

static void sarif_results_have_suppressions_only_when_something_may_be_waived(
	void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_PLAIN);
	json_decref(print_sarif(p));
	assert_int_equal(count_of(p->reply.body.data, "\"suppressions\":[{"), 1);
	assert_int_equal(count_of(p->reply.body.data, "\"suppressions\":[]"), 13);
	p->report->waiver_count = 0;
	p->report->impacts[0].waived = NULL;
	json_decref(print_sarif(p));
	assert_int_equal(count_of(p->reply.body.data, "suppressions"), 0);
}

static void sarif_names_the_changed_file_as_a_uri(void **state)
{
	struct printed *p = *state;
	struct impact_question question;

	question = *sample(p, SAMPLE_PLAIN)->question;
	assert_within(print(p, impact_render_sarif),
		"\"artifactLocation\":{\"uri\":\"models/a%20b%3Ac%23%C3%A9.sql\"}");
	question.artifact = SLICE("");
	p->report->question = &question;
	assert_null(strstr(print(p, impact_render_sarif), "physicalLocation"));
}

static void sarif_of_a_cut_search_was_not_successful(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_CUT);
	assert_within(print(p, impact_render_sarif),
		"\"invocations\":[{\"executionSuccessful\":false,"
		"\"toolExecutionNotifications\":[{\"level\":\"error\"");
	assert_within(p->reply.body.data, "\"6 more impacts are left out");
}

/* ---- junit ---- */

static void junit_fails_what_the_question_says_blocks(void **state)
{
	struct printed *p = *state;
	struct impact_question question;

	question = *sample(p, SAMPLE_PLAIN)->question;
	p->report->question = &question;
	/* Three break, and somebody agreed to one. */
	assert_within(print(p, impact_render_junit),
		"<testsuites name=\"headwater impact\" tests=\"18\" failures=\"2\" "
		"errors=\"0\" time=\"0\">");
	question.fail_on = EFFECT_STALE | EFFECT_UNKNOWN;
	assert_int_equal(count_of(print(p, impact_render_junit), "<failure "), 4);
	question.fail_on = 0;
	assert_int_equal(count_of(print(p, impact_render_junit), "<failure "), 0);
}

static void junit_skips_what_is_waived_and_what_is_not_known(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_PLAIN);
	assert_within(print(p, impact_render_junit),
		"<skipped message=\"BREAKS: agreed to for good: pg\"/>");
	assert_int_equal(count_of(p->reply.body.data, "<skipped message=\"UNKNOWN"), 2);
}

static void junit_of_a_change_that_hits_nothing_passes(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_NONE);
	assert_string_equal(print(p, impact_render_junit),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"headwater impact\" tests=\"3\" failures=\"0\" "
		"errors=\"0\" time=\"0\">\n"
		"\t<testsuite name=\"drop_column pg:public.orders.customer_id\" "
		"tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0\">\n"
		"\t\t<testcase classname=\"headwater.impact\" name=\"no impacts here\" "
		"time=\"0\"/>\n"
		"\t</testsuite>\n"
		"\t<testsuite name=\"answer\" tests=\"2\" failures=\"0\" errors=\"0\" "
		"skipped=\"0\" time=\"0\">\n"
		"\t\t<testcase classname=\"headwater.answer\" name=\"nothing is left "
		"out\" time=\"0\"/>\n"
		"\t\t<testcase classname=\"headwater.answer\" name=\"columns are known\" "
		"time=\"0\">\n"
		"\t\t\t<system-out>No dataset is reached; 0 hops tell no columns."
		"</system-out>\n"
		"\t\t</testcase>\n"
		"\t</testsuite>\n"
		"</testsuites>\n");
}

static void junit_of_an_answer_without_all_impacts_is_an_error(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_PLAIN)->impact_count--;
	assert_within(print(p, impact_render_junit), "<error type=\"incomplete\" message="
						     "\"Impacts are left out");
	sample(p, SAMPLE_PLAIN)->cut = CUT_DEADLINE;
	assert_within(print(p, impact_render_junit),
		"<error type=\"incomplete\" message=\"The search was ended by its "
		"deadline");
}

/* ---- all ---- */

/* The first impact gets a path of which both ends are told, and 12 steps are not. */
static void lengthen_path(struct printed *p)
{
	struct report_impact *impact = &p->report->impacts[0];
	const struct report_step **told =
		arena_array(p->arena, REPORT_PATH_MAX, sizeof(const void *));
	struct report_step *path = arena_array(p->arena, REPORT_PATH_MAX, sizeof(*path));

	assert_non_null(told);
	assert_non_null(path);
	for (size_t i = 0; i < REPORT_PATH_MAX; i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "t%zu", i);
		path[i].key = (struct node_key){ .kind = NODE_DATASET,
			.namespace = SLICE("n"),
			.name = arena_dup(p->arena, slice_from(name)) };
		path[i].rule = "stale/below";
		told[i] = &path[i];
	}
	impact->path = told;
	impact->path_count = REPORT_PATH_MAX;
	impact->path_omitted = 12;
}

static void what_is_left_out_of_a_long_path_is_told(void **state)
{
	struct printed *p = *state;

	sample(p, SAMPLE_PLAIN);
	lengthen_path(p);
	assert_within(print(p, impact_render_csv), "n:t49 > (12 more) > n:t50 > ");
	assert_within(print(p, impact_render_markdown), "n:t2 > (106 more) > n:t97 > ");
	assert_within(print(p, impact_render_mermaid), "-->|12 more| n");
	assert_within(print(p, impact_render_sarif), "n:t5 > (100 more) > n:t94 > ");
	assert_within(print(p, impact_render_junit), "n:t19 > (72 more) > n:t80");
}

static void a_body_or_memory_without_room_is_told(void **state)
{
	static impact_render *const renders[] = { impact_render_csv,
		impact_render_markdown, impact_render_mermaid, impact_render_sarif,
		impact_render_junit };
	struct printed *p = *state;
	AUTO(arena) struct arena *full = arena_new(100, 1);

	sample(p, SAMPLE_PLAIN);
	assert_non_null(full);
	for (size_t i = 0; i < sizeof(renders) / sizeof(renders[0]); i++) {
		struct call call = { .arena = p->arena };

		reply_fini(&p->reply);
		reply_init(&p->reply);
		p->reply.body.max = 100;
		assert_int_equal(renders[i](&call, p->report, &p->reply), ERR_TOO_LARGE);
		reply_fini(&p->reply);
		reply_init(&p->reply);
		call.arena = full;
		assert_int_equal(renders[i](&call, p->report, &p->reply),
			renders[i] == impact_render_csv ? 0 : ERR_NOMEM);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_rule_is_told_in_a_sentence),
		TEST(a_rule_that_nobody_knows_is_told_by_its_id),
		TEST(names_are_cut_between_characters),
		TEST(csv_has_a_row_for_each_impact),
		TEST(csv_disarms_formulas),
		TEST(csv_without_all_rows_is_refused),
		TEST(csv_of_a_cut_search_says_so_in_each_row),
		TEST(csv_of_a_cut_search_without_rows_is_refused),
		TEST(markdown_of_a_change_that_hits_nothing_is_short),
		TEST(what_is_excluded_is_told_by_every_format_that_people_read),
		TEST(a_part_that_was_asked_for_is_told),
		TEST(markdown_counts_the_horizons_that_were_asked_for),
		TEST(markdown_puts_names_into_spans_that_they_cannot_end),
		TEST(markdown_tells_what_was_cut_and_how_many_are_left_out),
		TEST(markdown_stays_below_the_limit_of_hosts),
		TEST(markdown_tells_waivers_used_not_used_and_expired),
		TEST(mermaid_draws_each_node_and_edge_once),
		TEST(mermaid_draws_a_change_that_hits_nothing),
		TEST(mermaid_stays_below_its_limits_and_says_what_is_not_drawn),
		TEST(sarif_leaves_out_what_is_proved_untouched),
		TEST(sarif_fingerprints_follow_node_rule_horizon_and_change),
		TEST(sarif_results_have_suppressions_only_when_something_may_be_waived),
		TEST(sarif_names_the_changed_file_as_a_uri),
		TEST(sarif_of_a_cut_search_was_not_successful),
		TEST(junit_fails_what_the_question_says_blocks),
		TEST(junit_skips_what_is_waived_and_what_is_not_known),
		TEST(junit_of_a_change_that_hits_nothing_passes),
		TEST(junit_of_an_answer_without_all_impacts_is_an_error),
		TEST(what_is_left_out_of_a_long_path_is_told),
		TEST(a_body_or_memory_without_room_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
