/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_paths.c - headwater paths FROM TO: ways from one node to another
 */

#include "base/err.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/graph_text.h"
#include "collector/member.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	question_ends(settings, query);
	question_walk(settings, query);
	ask_number(query, "k", settings->paths);
	if (settings->between)
		ask_parameter(query, "between", "true");
	return 0;
}

static void print_path(const json_t *path, FILE *out)
{
	const json_t *nodes = json_object_get(path, "nodes");
	const json_t *edges = json_object_get(path, "edges");
	const json_t *node;
	size_t i;

	json_array_foreach(nodes, i, node)
	{
		fprintf(out, "%s%-7s  ", i ? "-> " : "   ", member_text(node, "kind"));
		print_name(node, out);
		if (i)
			fprintf(out, "  %s",
				member_text(json_array_get(edges, i - 1), "basis"));
		fputc('\n', out);
	}
}

static int print(const json_t *answer, FILE *out)
{
	const json_t *paths = json_object_get(answer, "paths");
	const json_t *path;
	size_t i;

	if (json_object_get(answer, "nodes"))
		return graph_text_print(answer, out);
	if (!json_is_array(paths))
		return ERR_INVALID;
	json_array_foreach(paths, i, path)
	{
		if (i)
			fputc('\n', out);
		print_path(path, out);
	}
	if (!member_true(answer, "complete"))
		fputs("NOT COMPLETE: the search was cut\n", out);
	else if (json_array_size(paths) == 0)
		fputs("there is no way\n", out);
	return 0;
}

static bool found(const json_t *answer)
{
	return json_array_size(json_object_get(answer, "paths")) > 0 ||
	       json_array_size(json_object_get(answer, "nodes")) > 0;
}

static const struct question question = {
	.command = "paths",
	.path = "/api/v2/paths",
	.arguments = 2,
	.needs = "needs two nodes, FROM and TO, as dataset:NAMESPACE:NAME or "
		 "job:NAMESPACE:NAME",
	.drawn = true,
	.build = build,
	.print = print,
	.found = found,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_paths = {
	.name = "paths",
	.bit = CMD_PATHS,
	.arguments = "FROM TO",
	.summary = "find the ways from one node to another",
	.help = "Shortest first.  On a terminal the answer is a line for each node; "
		"elsewhere it is\n"
		"the JSON of GET /api/v2/paths.  With --between, --format may also be "
		"ndjson, csv,\n"
		"dot, mermaid, graphml, cytoscape or node-link.  The exit code is 1 when "
		"there is no\n"
		"way (in text and JSON).\n",
	.run = run,
};
