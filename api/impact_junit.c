/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_junit.c - impact as test results (JUnit XML)
 *
 * A suite a change, a test an impact: one that blocks has failed, one that was
 * agreed to and one that nobody can know are skipped, all others pass.  A last
 * suite tests the answer itself: that nothing is missing, and that columns are
 * known.
 */
#include "api/impact_words.h"
#include "api/nodeout.h"

#include <inttypes.h>

/* So much of a name: these are lines on a page of CI. */
#define NAME_MAX_BYTES 1000
#define PATH_MAX_NODES 40

/* Elements cannot tell how many there are in them before they are counted. */
struct tally {
	uint64_t tests;
	uint64_t failures;
	uint64_t errors;
	uint64_t skipped;
};

enum outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_SKIP };

static enum outcome outcome_of(
	const struct impact_report *report, const struct report_impact *impact)
{
	if (impact_fails(report, impact))
		return OUTCOME_FAIL;
	if (impact->waived || impact->impact.effect == EFFECT_UNKNOWN)
		return OUTCOME_SKIP;
	return OUTCOME_PASS;
}

static void count(struct tally *tally, enum outcome outcome)
{
	tally->tests++;
	tally->failures += outcome == OUTCOME_FAIL;
	tally->skipped += outcome == OUTCOME_SKIP;
}

/* A suite to be: the impacts of one change, which are not side by side in a report. */
struct suite {
	struct tally tally;
	size_t begin; /* in order */
	size_t count;
};

struct suites {
	const struct impact_report *report;
	struct suite *list; /* beside the report's changes */
	const struct report_impact **order;
};

static void tally_suites(struct suites *suites)
{
	const struct impact_report *report = suites->report;

	for (size_t i = 0; i < report->impact_count; i++) {
		const struct report_impact *impact = &report->impacts[i];
		struct suite *suite = &suites->list[impact->impact.change];

		suite->count++;
		count(&suite->tally, outcome_of(report, impact));
	}
	/* A change without an impact here has one test, that passes. */
	for (size_t i = 0; i < report->change_count; i++) {
		if (suites->list[i].count == 0)
			count(&suites->list[i].tally, OUTCOME_PASS);
	}
}

static void order_suites(struct suites *suites)
{
	size_t begin = 0;

	for (size_t i = 0; i < suites->report->change_count; i++) {
		suites->list[i].begin = begin;
		begin += suites->list[i].count;
		suites->list[i].count = 0;
	}
	for (size_t i = 0; i < suites->report->impact_count; i++) {
		const struct report_impact *impact = &suites->report->impacts[i];
		struct suite *suite = &suites->list[impact->impact.change];

		suites->order[suite->begin + suite->count++] = impact;
	}
}

static int suites_make(struct suites *suites, struct arena *arena)
{
	const struct impact_report *report = suites->report;

	suites->list =
		arena_array(arena, report->change_count + 1, sizeof(*suites->list));
	suites->order =
		arena_array(arena, report->impact_count + 1, sizeof(const void *));
	if (!suites->list || !suites->order)
		return ERR_NOMEM;
	tally_suites(suites);
	order_suites(suites);
	return 0;
}

static const char *missing_text(const struct impact_report *report)
{
	if (impact_left_out(report))
		return "Impacts are left out of this answer: its limit is too small.";
	return impact_cut_text(report);
}

/* What was not to be told is no error. */
static bool is_narrowed_only(const struct impact_report *report)
{
	return impact_is_narrowed(report) && !missing_text(report);
}

static struct tally tally_of_answer(const struct impact_report *report)
{
	return (struct tally){ .tests = 2,
		.errors = missing_text(report) ? 1 : 0,
		.skipped = (uint64_t)is_narrowed_only(report) +
			   (report->coverage.lower_bound ? 1 : 0) };
}

static void put_tally(struct buf *buf, const struct tally *tally)
{
	buf_printf(buf,
		" tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64 "\"",
		tally->tests, tally->failures, tally->errors);
}

static void open_suite(const struct words *words, const struct tally *tally)
{
	put_tally(words->buf, tally);
	buf_printf(words->buf, " skipped=\"%" PRIu64 "\" time=\"0\">\n", tally->skipped);
}

/* What a reader of a failed test wants to know, a line for each. */
static void put_details(const struct words *words, const struct report_impact *impact)
{
	const char *rule = impact_rule_text(impact->impact.because->rule);

	buf_str(words->buf, "rule: ");
	buf_str(words->buf, rule);
	buf_str(words->buf, " - ");
	words_rule(words->buf, rule);
	buf_printf(words->buf, "\ncertainty: %s\ndepth: %" PRIu32 "\npath: ",
		impact_certainty_text(impact->impact.certainty), impact->impact.depth);
	words_path(words, impact, PATH_MAX_NODES);
	buf_byte(words->buf, '\n');
	if (impact->owners->count == 0)
		return;
	buf_str(words->buf, "owners: ");
	words_owners(words, impact, SIZE_MAX);
	buf_byte(words->buf, '\n');
}

static void put_failure(const struct words *words, const struct report_impact *impact)
{
	const struct words whole = { words->buf, words->escape, SIZE_MAX };
	const char *effect = impact_effect_text(impact->impact.effect);

	buf_printf(words->buf, "<failure type=\"%s\" message=\"%s: ", effect, effect);
	words_name(&whole, slice_from(impact->action));
	buf_str(words->buf, "\">");
	put_details(words, impact);
	buf_str(words->buf, "</failure>");
}

static void put_skipped(const struct words *words, const struct report_impact *impact)
{
	buf_printf(words->buf,
		"<skipped message=\"%s: ", impact_effect_text(impact->impact.effect));
	if (impact->waived) {
		buf_str(words->buf, "agreed to ");
		words_waiver(words, impact->waived);
	} else {
		buf_str(words->buf, "what becomes of it is not known");
	}
	buf_str(words->buf, "\"/>\n\t\t\t<system-out>");
	put_details(words, impact);
	buf_str(words->buf, "</system-out>");
}

static void put_passed(const struct words *words, const struct report_impact *impact)
{
	buf_printf(words->buf, "<system-out>effect: %s\n",
		impact_effect_text(impact->impact.effect));
	put_details(words, impact);
	buf_str(words->buf, "</system-out>");
}

static void put_impact(const struct words *words, const struct impact_report *report,
	const struct report_impact *impact)
{
	buf_printf(words->buf,
		"\t\t<testcase classname=\"headwater.impact.%s\" name=\"%s ",
		impact_horizon_text(impact->impact.horizon),
		node_shown_kind(impact->key.kind));
	words_node(words, &impact->key);
	buf_str(words->buf, "\" time=\"0\">\n\t\t\t");
	switch (outcome_of(report, impact)) {
	case OUTCOME_FAIL:
		put_failure(words, impact);
		break;
	case OUTCOME_SKIP:
		put_skipped(words, impact);
		break;
	case OUTCOME_PASS:
		put_passed(words, impact);
		break;
	}
	buf_str(words->buf, "\n\t\t</testcase>\n");
}

static void put_change(const struct words *words, const struct suites *suites, size_t at)
{
	const struct suite *suite = &suites->list[at];

	buf_str(words->buf, "\t<testsuite name=\"");
	words_change(words, &suites->report->changes[at]);
	buf_byte(words->buf, '"');
	open_suite(words, &suite->tally);
	for (size_t i = 0; i < suite->count && !buf_error(words->buf); i++)
		put_impact(words, suites->report, suites->order[suite->begin + i]);
	if (suite->count == 0)
		buf_str(words->buf, "\t\t<testcase classname=\"headwater.impact\" "
				    "name=\"no impacts here\" time=\"0\"/>\n");
	buf_str(words->buf, "\t</testsuite>\n");
}

static void put_completeness(struct buf *buf, const struct impact_report *report)
{
	const char *missing = missing_text(report);

	buf_str(buf, "\t\t<testcase classname=\"headwater.answer\" "
		     "name=\"nothing is left out\" time=\"0\"");
	if (missing)
		buf_printf(buf,
			">\n\t\t\t<error type=\"incomplete\" message=\"%s\"/>\n"
			"\t\t</testcase>\n",
			missing);
	if (is_narrowed_only(report)) {
		buf_str(buf, ">\n\t\t\t<skipped message=\"");
		words_narrowed(buf, report);
		buf_str(buf, "\"/>\n\t\t</testcase>\n");
	} else if (!missing) {
		buf_str(buf, "/>\n");
	}
}

static void put_coverage(struct buf *buf, const struct impact_report *report)
{
	buf_str(buf, "\t\t<testcase classname=\"headwater.answer\" "
		     "name=\"columns are known\" time=\"0\">\n\t\t\t");
	if (report->coverage.lower_bound) {
		buf_str(buf, "<skipped message=\"");
		words_coverage(buf, report);
		buf_str(buf, "\"/>");
	} else {
		buf_str(buf, "<system-out>");
		words_coverage(buf, report);
		buf_str(buf, "</system-out>");
	}
	buf_str(buf, "\n\t\t</testcase>\n");
}

static void put_answer(const struct words *words, const struct impact_report *report)
{
	struct tally tally = tally_of_answer(report);

	buf_str(words->buf, "\t<testsuite name=\"answer\"");
	open_suite(words, &tally);
	put_completeness(words->buf, report);
	put_coverage(words->buf, report);
	buf_str(words->buf, "\t</testsuite>\n");
}

static struct tally tally_of_all(const struct suites *suites)
{
	struct tally all = tally_of_answer(suites->report);

	for (size_t i = 0; i < suites->report->change_count; i++) {
		all.tests += suites->list[i].tally.tests;
		all.failures += suites->list[i].tally.failures;
	}
	return all;
}

int impact_render_junit(
	struct call *call, const struct impact_report *report, struct reply *reply)
{
	const struct words words = { &reply->body, escape_xml, NAME_MAX_BYTES };
	struct suites suites = { .report = report };
	struct tally all;
	int r = suites_make(&suites, call->arena);

	if (r)
		return r;
	all = tally_of_all(&suites);
	reply->media_type = "application/xml; charset=utf-8";
	buf_str(words.buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<testsuites name=\"headwater impact\"");
	put_tally(words.buf, &all);
	buf_str(words.buf, " time=\"0\">\n");
	for (size_t i = 0; i < report->change_count; i++)
		put_change(&words, &suites, i);
	put_answer(&words, report);
	buf_str(words.buf, "</testsuites>\n");
	return buf_error(words.buf);
}
