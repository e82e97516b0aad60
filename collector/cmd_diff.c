/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_diff.c - headwater diff NODE: what changed in a lineage
 */

#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/graph_text.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	if (!settings->since)
		return fault_set(fault, "--since", "is missing: the earlier time");
	question_reach(settings, query);
	ask_text(query, "from", settings->since);
	ask_text(query, "to", settings->until);
	return 0;
}

static const struct question question = {
	.command = "diff",
	.path = "/api/v2/diff",
	.arguments = 1,
	.needs = "needs one NODE, as dataset:NAMESPACE:NAME or job:NAMESPACE:NAME",
	.drawn = true,
	.build = build,
	.print = graph_text_print,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_diff = {
	.name = "diff",
	.bit = CMD_DIFF,
	.arguments = "NODE",
	.summary = "say what changed in a lineage between two times",
	.help = "On a terminal the answer is a line for each node and edge, with + "
		"before what was\n"
		"added, - before what was removed, and ~ before edges that are told "
		"otherwise now;\n"
		"`--only changes` leaves out the rest.\n"
		"Elsewhere it is the JSON of GET /api/v2/diff; --format may also be csv, "
		"dot,\n"
		"mermaid, graphml, cytoscape or node-link.\n",
	.run = run,
};
