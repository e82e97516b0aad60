/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_text.c - an answer about impact as a report for people
 */

#include "collector/impact_text.h"

#include <string.h>

#include "base/err.h"
#include "collector/cmd_ask.h"
#include "collector/impact_lines.h"
#include "collector/member.h"

#define PATHS_MAX 3 /* effects of one kind that are explained by their path */

static const struct shade verdicts[] = {
	{ "BLOCK", "1;31" },
	{ "REVIEW", "1;33" },
	{ "PASS", "1;32" },
};

struct horizon {
	const char *name;
	const char *title;
	const char *meaning;
};

static const struct horizon horizons[] = {
	{ "fail_stop", "FAIL-STOP", "the next run, when nobody does anything" },
	{ "fix_forward", "FIX-FORWARD",
		"after what fails was mended in the smallest way" },
};

static void put_verdict(const struct report *report)
{
	const char *verdict = member_text(report->answer, "verdict");

	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
		if (strcasecmp(verdicts[i].word, verdict) == 0)
			put_shade(report, &verdicts[i]);
	}
	fputc('\n', report->out);
	put_sentence(report, 2, member_text(report->answer, "why"));
}

static void put_owners(const struct report *report, const json_t *impact)
{
	uint64_t more = member_number(impact, "ownersMore");
	const json_t *owner;
	size_t i;

	json_array_foreach(json_object_get(impact, "owners"), i, owner)
	{
		fputs(i ? ", " : "  ", report->out);
		print_safely(member_text(owner, "name"), report->out);
	}
	if (more)
		fprintf(report->out, " and %llu more", (unsigned long long)more);
}

/* "  BEFORE -> AFTER (VERDICT)" of a change of type; of a new column: "  TYPE". */
static void put_types(const struct report *report, const json_t *types)
{
	const char *before = member_text(types, "from");
	const char *after = member_text(types, "to");
	const char *verdict = member_text(types, "verdict");
	const char *member = member_text(types, "member");

	if (!*after && *member) {
		fputs("  by its field ", report->out);
		print_safely(member, report->out);
		fprintf(report->out, " (%s)", verdict);
	}
	if (!*after)
		return;
	fputs("  ", report->out);
	if (*verdict) {
		print_safely(*before ? before : "?", report->out);
		fputs(" -> ", report->out);
	}
	print_safely(after, report->out);
	if (*verdict)
		fprintf(report->out, " (%s)", verdict);
}

static void put_last_read(const struct report *report, const json_t *read)
{
	const json_t *job = json_object_get(read, "job");

	if (!json_is_object(read))
		return;
	fprintf(report->out, "; last read %s", member_text(read, "time"));
	if (!json_is_object(job))
		return;
	fputs(" by ", report->out);
	print_name(job, report->out);
}

static void put_change(const struct report *report, const json_t *change)
{
	const char *column = member_text(change, "column");
	const char *to = member_text(change, "to");
	const json_t *dataset = json_object_get(change, "dataset");

	fprintf(report->out, "  %s ", member_text(change, "op"));
	print_safely(member_text(dataset, "name"), report->out);
	fputs(*column ? "." : "", report->out);
	print_safely(column, report->out);
	fputs(*to ? " -> " : "", report->out);
	print_safely(to, report->out);
	put_types(report, json_object_get(change, "types"));
	fputs("  (", report->out);
	print_safely(member_text(dataset, "namespace"), report->out);
	fputs(")\n", report->out);
	put_count(report, "    ", member_number(change, "readers"), "reader");
	put_count(report, ", ", member_number(change, "writers"), "writer");
	put_last_read(report, json_object_get(change, "lastRead"));
	fputc('\n', report->out);
}

static void put_changes(const struct report *report)
{
	const json_t *changes = json_object_get(report->answer, "changes");
	const json_t *change;
	size_t i;

	put_section(report, "what changes");
	if (json_array_size(changes) == 0)
		fputs("  nothing\n", report->out);
	json_array_foreach(changes, i, change) put_change(report, change);
}

static bool is_of(const json_t *impact, const char *horizon, const char *effect)
{
	return strcmp(member_text(impact, "effect"), effect) == 0 &&
	       strcmp(member_text(impact, "horizon"), horizon) == 0;
}

/* Of a long path both halves are told, and how many steps are omitted between them. */
static void put_path(const struct report *report, const json_t *because)
{
	const json_t *path = json_object_get(because, "path");
	uint64_t omitted = member_number(because, "omitted");
	const json_t *step;
	size_t i;

	if (json_array_size(path) < 2)
		return;
	fputs("      ", report->out);
	json_array_foreach(path, i, step)
	{
		const char *field = member_text(step, "field");

		fputs(i ? " -> " : "", report->out);
		if (omitted && i == json_array_size(path) / 2)
			fprintf(report->out, "(%llu more) -> ",
				(unsigned long long)omitted);
		print_safely(member_text(step, "name"), report->out);
		fputs(*field ? "." : "", report->out);
		print_safely(field, report->out);
	}
	fputc('\n', report->out);
}

static void put_waiver(const struct report *report, const json_t *waiver)
{
	if (!json_is_object(waiver))
		return;
	fputs("      waived: ", report->out);
	print_safely(member_text(waiver, "reason"), report->out);
	fputc('\n', report->out);
}

static void put_impact(const struct report *report, const json_t *impact, bool explained)
{
	const json_t *node = json_object_get(impact, "node");
	const json_t *because = json_object_get(impact, "because");

	fprintf(report->out, "    %-7s  ", member_text(node, "kind"));
	print_name(node, report->out);
	fprintf(report->out, "  %s%s%s", member_text(impact, "certainty"),
		strcmp(member_text(impact, "direction"), "upstream") ? "" : "  upstream",
		member_true(impact, "masked") ? "  masked" : "");
	put_owners(report, impact);
	fprintf(report->out, "  %s\n", member_text(because, "rule"));
	put_waiver(report, json_object_get(impact, "waived"));
	if (!explained)
		return;
	put_path(report, because);
	put_sentence(report, 6, member_text(impact, "action"));
}

/* What one effect does in one horizon: how often in all, and those told here. */
static void put_effect(const struct report *report, const struct horizon *horizon,
	const struct shade *effect, uint64_t count)
{
	const json_t *impacts = json_object_get(report->answer, "impacts");
	const json_t *impact;
	uint64_t shown = 0;
	size_t i;

	fputs("  ", report->out);
	put_shade(report, effect);
	fprintf(report->out, " %llu\n", (unsigned long long)count);
	json_array_foreach(impacts, i, impact)
	{
		if (!is_of(impact, horizon->name, effect->word))
			continue;
		put_impact(report, impact, shown < PATHS_MAX);
		shown++;
	}
	if (shown < count && !json_is_array(json_object_get(report->answer, "groups")))
		fprintf(report->out, "    and %llu more\n",
			(unsigned long long)(count - shown));
}

static void put_horizon(const struct report *report, const struct horizon *horizon)
{
	const json_t *summary = json_object_get(report->answer, "summary");
	const json_t *counts =
		json_object_get(json_object_get(summary, "byHorizon"), horizon->name);
	bool any = false;

	if (!json_is_object(counts))
		return;
	fprintf(report->out, "\n%s  %s\n", horizon->title, horizon->meaning);
	for (size_t i = 0; i < IMPACT_SHADES; i++) {
		uint64_t count = member_number(counts, impact_shades[i].word);

		if (count == 0)
			continue;
		any = true;
		put_effect(report, horizon, &impact_shades[i], count);
	}
	if (!any)
		fputs("  nothing\n", report->out);
}

static void put_opaque(const struct report *report, const json_t *coverage)
{
	const json_t *list = json_object_get(coverage, "opaque");
	const json_t *opaque;
	size_t i;

	json_array_foreach(list, i, opaque)
	{
		const json_t *job = json_object_get(opaque, "job");

		fputs("    ", report->out);
		if (json_is_object(job))
			print_name(job, report->out);
		fputs(json_is_object(job) ? "  reads " : "from ", report->out);
		print_name(json_object_get(opaque, "source"), report->out);
		fputs(json_is_object(job) ? "  writes " : "  to ", report->out);
		print_name(json_object_get(opaque, "target"), report->out);
		fputc('\n', report->out);
	}
	if (member_number(coverage, "opaqueHops") > i)
		fputs("    and more\n", report->out);
}

static void put_coverage(const struct report *report)
{
	const json_t *coverage = json_object_get(report->answer, "coverage");
	uint64_t datasets = member_number(coverage, "datasets");
	uint64_t hops = member_number(coverage, "opaqueHops");

	put_section(report, "how much is known");
	if (datasets == 0)
		fputs("  no dataset below was reached\n", report->out);
	else
		fprintf(report->out,
			"  %llu of %llu datasets below are resolved by columns (%.1f "
			"%%)\n",
			(unsigned long long)member_number(coverage, "datasetsResolved"),
			(unsigned long long)datasets,
			100 * json_number_value(json_object_get(coverage, "resolved")));
	if (hops) {
		put_count(report, "  ", hops, "hop");
		fprintf(report->out, " without column lineage:\n");
		put_opaque(report, coverage);
	}
	if (member_true(coverage, "lowerBound"))
		fputs("  there may be more than is told here\n", report->out);
}

static void put_group(const struct report *report, const json_t *group)
{
	const char *name = member_text(group, "name");

	fputs("  ", report->out);
	print_safely(*name ? name : "without an owner", report->out);
	fputs("  ", report->out);
	put_counts(report, json_object_get(group, "byEffect"));
	put_count(report, "  in ", member_number(group, "datasets"), "dataset");
	put_count(report, ", ", member_number(group, "jobs"), "job");
	fputc('\n', report->out);
}

static void put_assets(const struct report *report, const json_t *assets)
{
	const json_t *asset;
	size_t i;

	json_array_foreach(assets, i, asset)
	{
		const json_t *node = json_object_get(asset, "node");

		fprintf(report->out, "    %-7s  ", member_text(node, "kind"));
		print_name(node, report->out);
		fprintf(report->out, "  %s%s\n", member_text(asset, "effect"),
			json_is_object(json_object_get(asset, "waived")) ? "  waived"
									 : "");
	}
}

/* assets: with what is hit in each. */
static void put_groups(
	const struct report *report, const char *member, const char *title, bool assets)
{
	const json_t *groups = json_object_get(report->answer, member);
	const json_t *group;
	size_t i;

	if (json_array_size(groups) == 0)
		return;
	put_section(report, title);
	json_array_foreach(groups, i, group)
	{
		if (member_number(group, "total") == 0)
			continue;
		put_group(report, group);
		if (assets)
			put_assets(report, json_object_get(group, "assets"));
	}
}

static void put_suggestions(const struct report *report)
{
	const json_t *list = json_object_get(report->answer, "suggestions");
	const json_t *one;
	size_t i;

	if (json_array_size(list))
		put_section(report, "is it a rename?");
	json_array_foreach(list, i, one)
	{
		fputs("  ", report->out);
		print_safely(member_text(one, "from"), report->out);
		fputs(" -> ", report->out);
		print_safely(member_text(one, "to"), report->out);
		fputs("  of ", report->out);
		print_name(json_object_get(one, "dataset"), report->out);
		fputc('\n', report->out);
		put_sentence(report, 4, member_text(one, "why"));
	}
}

static void put_note(const struct report *report, const json_t *note)
{
	const json_t *dataset = json_object_get(note, "dataset");
	const char *column = member_text(note, "column");

	if (json_is_object(dataset)) {
		fputs("  ", report->out);
		print_safely(member_text(dataset, "name"), report->out);
		fputs(*column ? "." : "", report->out);
		print_safely(column, report->out);
		fputc('\n', report->out);
	}
	put_sentence(report, 4, member_text(note, "text"));
}

static void put_notes(const struct report *report)
{
	const json_t *list = json_object_get(report->answer, "notes");
	const json_t *note;
	size_t i;

	if (json_array_size(list))
		put_section(report, "notes");
	json_array_foreach(list, i, note) put_note(report, note);
}

static void put_waivers(const struct report *report)
{
	const json_t *list = json_object_get(report->answer, "waivers");
	const json_t *waiver;
	size_t i;

	if (json_array_size(list))
		put_section(report, "waivers");
	json_array_foreach(list, i, waiver)
	{
		fputs("  ", report->out);
		print_safely(member_text(waiver, "node"), report->out);
		put_count(report, "  used for ", member_number(waiver, "used"), "effect");
		fputs(member_true(waiver, "expired") ? "  EXPIRED" : "", report->out);
		fputs(member_true(waiver, "known") ? "\n" : "  NO SUCH NODE\n",
			report->out);
		put_sentence(report, 4, member_text(waiver, "reason"));
	}
}

static void put_end(const struct report *report)
{
	const json_t *cut = json_object_get(report->answer, "truncated");
	const json_t *summary = json_object_get(report->answer, "summary");
	uint64_t excluded = member_number(summary, "excluded");

	fputc('\n', report->out);
	if (excluded)
		put_count(report, "", excluded, "effect");
	if (excluded)
		fputs(" left out, as --exclude says\n", report->out);
	if (!member_true(report->answer, "complete"))
		fprintf(report->out,
			"NOT COMPLETE: the search was cut (%s); there may be more\n",
			member_text(cut, "reason"));
	if (json_is_string(json_object_get(report->answer, "next")))
		fputs("there are more effects; raise --limit to see them\n", report->out);
	put_count(report, "", member_number(summary, "total"), "effect");
	fprintf(report->out, ", graph version %llu\n",
		(unsigned long long)member_number(report->answer, "graphVersion"));
}

int impact_text_print(const json_t *answer, FILE *out)
{
	struct report report;

	if (!json_is_object(json_object_get(answer, "coverage")))
		return ERR_INVALID;
	report_init(&report, answer, out);
	put_verdict(&report);
	put_changes(&report);
	for (size_t i = 0; i < ARRAY_LEN(horizons); i++)
		put_horizon(&report, &horizons[i]);
	put_groups(&report, "groups", "by group", true);
	put_coverage(&report);
	put_groups(&report, "owners", "who must be told", false);
	put_suggestions(&report);
	put_notes(&report);
	put_waivers(&report);
	put_end(&report);
	return 0;
}
