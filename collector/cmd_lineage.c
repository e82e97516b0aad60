/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_lineage.c - headwater lineage NODE: what is upstream and downstream
 */

#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/lineage_text.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	question_reach(settings, query);
	ask_number(query, "limit", settings->limit);
	return 0;
}

static const struct question question = {
	.command = "lineage",
	.path = "/api/v2/lineage",
	.arguments = 1,
	.needs = "needs one NODE, as dataset:NAMESPACE:NAME or job:NAMESPACE:NAME",
	.drawn = true,
	.build = build,
	.print = lineage_text_print,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_lineage = {
	.name = "lineage",
	.bit = CMD_LINEAGE,
	.arguments = "NODE",
	.summary = "say what is upstream and downstream of a dataset or job",
	.help = "NODE is dataset:NAMESPACE:NAME or job:NAMESPACE:NAME; `headwater "
		"search` finds\n"
		"it; --select starts at several.  On a terminal the answer is two trees, "
		"in which\n"
		"a node that stands in several places is marked * where it is not "
		"followed again;\n"
		"elsewhere it is the JSON of GET /api/v2/lineage.  --format may also be "
		"ndjson,\n"
		"csv, dot, mermaid, graphml, cytoscape or node-link.\n",
	.run = run,
};
