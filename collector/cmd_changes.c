/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_changes.c - headwater changes [NODE]: the planned changes, as they burn down
 */

#include "base/err.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

#include <string.h>

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	if (settings->argument_count)
		ask_parameter(query, "node", settings->arguments[0]);
	ask_number(query, "limit", settings->limit);
	return 0;
}

static void print_number(const json_t *object, const char *name, FILE *out)
{
	fprintf(out, "%llu", (unsigned long long)member_number(object, name));
}

/* ", last read TIME by JOB" */
static void print_last_read(const json_t *last, FILE *out)
{
	const json_t *job = json_object_get(last, "job");

	if (!json_is_object(last)) {
		fputs(", never read", out);
		return;
	}
	fprintf(out, ", last read %s", member_text(last, "time"));
	if (!json_is_object(job))
		return;
	fputs(" by ", out);
	print_name(job, out);
}

static void print_operation(const json_t *operation, FILE *out)
{
	const json_t *readers = json_object_get(operation, "readers");
	const char *column = member_text(operation, "column");

	fputs("  ", out);
	print_safely(member_text(operation, "op"), out);
	if (*column)
		fputc(' ', out);
	print_safely(column, out);
	if (json_is_object(readers)) {
		fputs(": ", out);
		print_number(readers, "stopped", out);
		fputs(" of ", out);
		print_number(readers, "was", out);
		fputs(" stopped, ", out);
		print_number(readers, "began", out);
		fputs(" began", out);
		print_last_read(json_object_get(operation, "lastRead"), out);
	}
	fputc('\n', out);
}

static void print_verdict(const json_t *change, FILE *out)
{
	const char *safe = member_text(change, "safe");
	const json_t *readers = json_object_get(change, "readers");

	if (strcmp(safe, "yes") == 0) {
		fputs("  safe: nobody reads it now\n", out);
		return;
	}
	if (strcmp(safe, "no") == 0) {
		fputs("  NOT SAFE: ", out);
		print_number(readers, "now", out);
		fputs(" now\n", out);
		return;
	}
	fputs("  UNKNOWN: ", out);
	print_number(change, "opaqueReaders", out);
	fputs(" without column lineage may read it\n", out);
}

static void print_change(const json_t *change, FILE *out)
{
	const json_t *operations = json_object_get(change, "changes");
	const char *due = member_text(change, "due");
	const json_t *operation;
	size_t i;

	print_safely(member_text(change, "id"), out);
	fputs("  ", out);
	print_name(json_object_get(change, "dataset"), out);
	if (*due)
		fprintf(out, "  %s %s",
			member_true(change, "overdue") ? "OVERDUE since" : "due", due);
	fputc('\n', out);
	print_verdict(change, out);
	json_array_foreach(operations, i, operation) print_operation(operation, out);
	if (!member_true(change, "complete"))
		fputs("  NOT COMPLETE: the search was cut\n", out);
}

static int print(const json_t *answer, FILE *out)
{
	const json_t *changes = json_object_get(answer, "changes");
	const json_t *change;
	size_t i;

	if (!json_is_array(changes))
		return ERR_INVALID;
	json_array_foreach(changes, i, change) print_change(change, out);
	if (json_is_string(json_object_get(answer, "next")))
		fputs("there are more; raise --limit to see them\n", out);
	return 0;
}

static bool found(const json_t *answer)
{
	return json_array_size(json_object_get(answer, "changes")) > 0;
}

static int run(struct settings *settings)
{
	const struct question question = {
		.command = "changes",
		.path = "/api/v2/changes",
		.arguments = settings->argument_count ? 1 : 0,
		.needs = "takes one NODE at most, as dataset:NAMESPACE:NAME",
		.build = build,
		.print = print,
		.found = found,
	};

	return question_run(settings, &question);
}

const struct command cmd_changes = {
	.name = "changes",
	.bit = CMD_CHANGES,
	.arguments = "[NODE]",
	.summary = "list the planned changes, and who still reads what goes",
	.help = "NODE is dataset:NAMESPACE:NAME; without it the changes of all datasets "
		"are\n"
		"listed.  On a terminal the answer is some lines for each; elsewhere it "
		"is the\n"
		"JSON of GET /api/v2/changes.\n",
	.run = run,
};
