/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_schema.c - headwater schema NODE: every schema that a dataset had
 */

#include <string.h>

#include "base/err.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	ask_parameter(query, "node", settings->arguments[0]);
	ask_number(query, "limit", settings->limit);
	return 0;
}

static void print_change(const json_t *change, FILE *out)
{
	const char *what = member_text(change, "what");

	fprintf(out, "  %-8s %s", what, member_text(change, "path"));
	if (strcmp(what, "retyped") == 0)
		fprintf(out, "  %s -> %s", member_text(change, "before"),
			member_text(change, "after"));
	fputc('\n', out);
}

static void print_relation(const json_t *version, const char *name, FILE *out)
{
	const json_t *other = json_object_get(version, name);

	if (!json_is_object(other))
		return;
	fprintf(out, "  %s ", name);
	print_name(other, out);
}

static void print_version(const json_t *version, FILE *out)
{
	const json_t *changes = json_object_get(version, "changes");
	const json_t *change;
	size_t i;

	fprintf(out, "%s .. %s  %zu columns%s", member_text(version, "firstSeen"),
		member_text(version, "lastSeen"),
		json_array_size(json_object_get(version, "fields")),
		member_true(version, "current") ? "  current" : "");
	print_relation(version, "alias", out);
	print_relation(version, "renamedFrom", out);
	print_relation(version, "renamedTo", out);
	fputc('\n', out);
	json_array_foreach(changes, i, change) print_change(change, out);
}

static int print(const json_t *answer, FILE *out)
{
	const json_t *versions = json_object_get(answer, "versions");
	const json_t *version;
	size_t i;

	if (!json_is_array(versions))
		return ERR_INVALID;
	json_array_foreach(versions, i, version) print_version(version, out);
	if (json_array_size(versions) == 0)
		fputs("nobody told a schema\n", out);
	if (json_is_string(json_object_get(answer, "next")))
		fputs("there are older ones; raise --limit to see them\n", out);
	return 0;
}

static const struct question question = {
	.command = "schema",
	.path = "/api/v2/schema",
	.arguments = 1,
	.needs = "needs one NODE, as dataset:NAMESPACE:NAME",
	.build = build,
	.print = print,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_schema = {
	.name = "schema",
	.bit = CMD_SCHEMA,
	.arguments = "NODE",
	.summary = "list every schema that a dataset had, newest first",
	.help = "NODE is dataset:NAMESPACE:NAME.  On a terminal the answer is a line for "
		"each\n"
		"schema with what it changed; elsewhere it is the JSON of GET "
		"/api/v2/schema.\n",
	.run = run,
};
