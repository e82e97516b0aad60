/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_columns.c - headwater columns NODE: the columns of a dataset
 */

#include "base/err.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	ask_parameter(query, "node", settings->arguments[0]);
	if (settings->unused)
		ask_parameter(query, "unused", "true");
	return 0;
}

static void print_column(const json_t *column, FILE *out)
{
	const char *last = member_text(column, "lastRead");
	const char *type = member_text(column, "type");
	uint64_t readers = member_number(column, "readers");

	fprintf(out, "%-24s %-12s %llu reader%s", member_text(column, "path"), type,
		(unsigned long long)readers, readers == 1 ? "" : "s");
	if (*last)
		fprintf(out, ", last read %s", last);
	if (!member_true(column, "inSchema"))
		fputs(", not in the schema", out);
	fputc('\n', out);
}

static int print(const json_t *answer, FILE *out)
{
	const json_t *columns = json_object_get(answer, "columns");
	const json_t *column;
	uint64_t opaque =
		member_number(json_object_get(answer, "opaqueReaders"), "count");
	size_t i;

	if (!json_is_array(columns))
		return ERR_INVALID;
	json_array_foreach(columns, i, column) print_column(column, out);
	if (opaque)
		fprintf(out,
			"%llu reader%s without column lineage: may read any of them\n",
			(unsigned long long)opaque, opaque == 1 ? "" : "s");
	if (!member_true(answer, "complete"))
		fputs("NOT COMPLETE: the deadline passed\n", out);
	return 0;
}

static const struct question question = {
	.command = "columns",
	.path = "/api/v2/columns",
	.arguments = 1,
	.needs = "needs one NODE, as dataset:NAMESPACE:NAME",
	.build = build,
	.print = print,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_columns = {
	.name = "columns",
	.bit = CMD_COLUMNS,
	.arguments = "NODE",
	.summary = "list the columns of a dataset, and who reads them",
	.help = "NODE is dataset:NAMESPACE:NAME.  On a terminal the answer is a line for "
		"each\n"
		"column; elsewhere it is the JSON of GET /api/v2/columns.\n",
	.run = run,
};
