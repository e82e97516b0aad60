/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_select.c - headwater select SELECTOR: the nodes that a selector means
 */

#include <string.h>

#include "base/err.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	ask_parameter(query, "select", settings->arguments[0]);
	ask_text(query, "groupBy", settings->group_by);
	ask_number(query, "limit", settings->limit);
	question_walk(settings, query);
	return 0;
}

/* In the form that other commands take; of a field, its dataset and an option. */
static void print_nodes(const json_t *nodes, const char *margin, FILE *out)
{
	const json_t *node;
	size_t i;

	json_array_foreach(nodes, i, node)
	{
		const char *kind = member_text(node, "kind");
		bool field = strcmp(kind, "field") == 0;

		fprintf(out, "%s%s:", margin, field ? "dataset" : kind);
		print_safely(member_text(node, "namespace"), out);
		fputc(':', out);
		print_safely(member_text(node, "name"), out);
		if (field)
			fputs(" --field ", out);
		print_safely(member_text(node, "field"), out);
		fputc('\n', out);
	}
}

static void print_owners(const json_t *answer, FILE *out)
{
	const json_t *owners = json_object_get(answer, "owners");
	const json_t *unowned = json_object_get(answer, "unowned");
	const json_t *owner;
	size_t i;

	json_array_foreach(owners, i, owner)
	{
		fprintf(out, "%s\n", member_text(owner, "name"));
		print_nodes(json_object_get(owner, "nodes"), "  ", out);
	}
	if (json_array_size(unowned))
		fputs("without an owner\n", out);
	print_nodes(unowned, "  ", out);
}

static int print(const json_t *answer, FILE *out)
{
	const json_t *nodes = json_object_get(answer, "nodes");

	if (json_is_array(nodes))
		print_nodes(nodes, "", out);
	else if (json_is_array(json_object_get(answer, "owners")))
		print_owners(answer, out);
	else
		return ERR_INVALID;
	if (json_is_string(json_object_get(answer, "next")))
		fputs("there are more; raise --limit to see them\n", out);
	if (!member_true(answer, "complete"))
		fputs("NOT COMPLETE: the selection was cut\n", out);
	return 0;
}

static bool found(const json_t *answer)
{
	return member_number(answer, "count") > 0;
}

static const struct question question = {
	.command = "select",
	.path = "/api/v2/selection",
	.arguments = 1,
	.needs = "needs one SELECTOR; quote it when it has spaces",
	.build = build,
	.print = print,
	.found = found,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_select = {
	.name = "select",
	.bit = CMD_SELECT,
	.arguments = "SELECTOR",
	.summary = "list the nodes that a selector means",
	.help = "A SELECTOR is as in `owner:team-a`, `tag:pii`, `ns:s3*,kind:dataset`, "
		"`+name:report`\n"
		"(with all upstream of it); docs/API.md has the language.  On a terminal "
		"the answer\n"
		"is a line for each node, and with `--group-by owner` it says whom to "
		"tell;\n"
		"elsewhere it is the JSON of GET /api/v2/selection.  A column is shown "
		"as "
		"NODE --field\n"
		"NAME, as `headwater lineage` takes it.  The exit code is 1 when nothing "
		"was found.\n",
	.run = run,
};
