/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_explain.c - headwater explain FROM TO: who says that there is an edge
 */

#include "base/err.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	question_ends(settings, query);
	ask_number(query, "limit", settings->limit);
	return 0;
}

/* The classes of a flow. */
static void print_classes(const json_t *assertion, FILE *out)
{
	const json_t *class;
	size_t i;

	json_array_foreach(json_object_get(assertion, "classes"), i, class)
		fprintf(out, "%s%s", i ? " " : "  ", json_string_value(class));
	if (member_true(assertion, "masked"))
		fputs("  masked", out);
}

static void print_assertion(const json_t *assertion, FILE *out)
{
	const json_t *runs = json_object_get(assertion, "runs");
	const json_t *last = json_object_get(runs, "last");
	const json_t *replaced = json_object_get(assertion, "replacedBy");

	fprintf(out, "%-8s %-5s  ", member_text(assertion, "evidence"),
		member_text(assertion, "what"));
	print_name(json_object_get(assertion, "owner"), out);
	fprintf(out, "  by %s", member_text(assertion, "facet"));
	print_classes(assertion, out);
	fputs(member_true(assertion, "now") ? "\n" : "  (not now)\n", out);
	fprintf(out, "         %s .. %s", member_text(assertion, "firstSeen"),
		member_text(assertion, "lastSeen"));
	if (*member_text(last, "runId"))
		fprintf(out, "  last run %s", member_text(last, "runId"));
	if (*member_text(last, "event"))
		fprintf(out, "  %s", member_text(last, "event"));
	fputc('\n', out);
	if (json_is_object(replaced))
		fprintf(out, "         replaced at %s\n", member_text(replaced, "at"));
}

static int print(const json_t *answer, FILE *out)
{
	const json_t *assertions = json_object_get(answer, "assertions");
	const json_t *absence = json_object_get(answer, "absence");
	const json_t *assertion;
	size_t i;

	if (!json_is_array(assertions))
		return ERR_INVALID;
	print_name(json_object_get(answer, "from"), out);
	fputs(" -> ", out);
	print_name(json_object_get(answer, "to"), out);
	fprintf(out, ": %s\n", member_true(answer, "now") ? "yes" : "no");
	if (json_is_object(absence))
		fprintf(out, "%s\n", member_text(absence, "sentence"));
	json_array_foreach(assertions, i, assertion) print_assertion(assertion, out);
	if (member_true(answer, "more"))
		fputs("there are more; raise --limit to see them\n", out);
	return 0;
}

static const struct question question = {
	.command = "explain",
	.path = "/api/v2/explain",
	.arguments = 2,
	.needs = "needs two nodes, FROM and TO, as dataset:NAMESPACE:NAME or "
		 "job:NAMESPACE:NAME",
	.build = build,
	.print = print,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_explain = {
	.name = "explain",
	.bit = CMD_EXPLAIN,
	.arguments = "FROM TO",
	.summary = "say who tells that there is an edge, or why there is none",
	.help = "On a terminal the answer names each job or dataset that tells of the "
		"edge, since\n"
		"when and by which run and event; elsewhere it is the JSON of GET "
		"/api/v2/explain.\n",
	.run = run,
};
