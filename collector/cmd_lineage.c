/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_lineage.c - headwater lineage NODE: what is upstream and downstream
 */

#include <stdio.h>
#include <string.h>

#include "collector/ask.h"
#include "collector/cmd.h"
#include "collector/json_auto.h"
#include "collector/lineage_text.h"

#define ANSWER_MAX ((size_t)256 << 20)
#define QUERY_MAX  ((size_t)64 << 10)

static void add_number(struct buf *query, const char *name, int64_t value)
{
	char text[32];

	if (value == 0)
		return;
	snprintf(text, sizeof(text), "%lld", (long long)value);
	ask_parameter(query, name, text);
}

static void add_text(struct buf *query, const char *name, const char *value)
{
	if (value)
		ask_parameter(query, name, value);
}

static int build_query(const struct settings *settings, struct buf *query)
{
	ask_parameter(query, "node", settings->arguments[0]);
	add_text(query, "direction", settings->direction);
	add_text(query, "level", settings->level);
	add_number(query, "depth", settings->depth);
	add_text(query, "asOf", settings->as_of);
	add_text(query, "window", settings->window);
	add_text(query, "evidence", settings->evidence);
	add_text(query, "onlyKind", settings->kind);
	add_number(query, "limit", settings->limit);
	buf_byte(query, '\0');
	return buf_error(query);
}

static int print_text(const struct buf *answer)
{
	AUTO(json)
	json_t *json = json_loadb(answer->data, answer->len, JSON_ALLOW_NUL, NULL);

	return json ? lineage_text_print(json, stdout) : ERR_CORRUPT;
}

static int ask_and_print(struct settings *settings, struct buf *query, struct buf *answer,
	struct fault *fault)
{
	bool text = false;
	int r = settings->argument_count == 1
			? ask_wants_text(settings, &text, fault)
			: fault_set(fault, "lineage",
				  "needs one NODE, as dataset:NAMESPACE:NAME or "
				  "job:NAMESPACE:NAME");

	if (!r)
		r = build_query(settings, query);
	if (!r)
		r = ask(settings, "/api/v2/lineage", query->data, answer, fault);
	if (r)
		return r;
	if (text)
		return print_text(answer);
	fwrite(answer->data, 1, answer->len, stdout);
	putchar('\n');
	return 0;
}

static int run(struct settings *settings)
{
	struct fault fault = { 0 };
	struct buf query;
	struct buf answer;
	int r;

	buf_init(&query, QUERY_MAX);
	buf_init(&answer, ANSWER_MAX);
	r = ask_and_print(settings, &query, &answer, &fault);
	buf_fini(&query);
	buf_fini(&answer);
	if (r == 1) {
		fprintf(stderr, "headwater: %s\n", fault.why);
		return EXIT_REFUSED;
	}
	return r ? command_failed(r, &fault) : EXIT_DONE;
}

const struct command cmd_lineage = {
	.name = "lineage",
	.bit = CMD_LINEAGE,
	.arguments = "NODE",
	.summary = "say what is upstream and downstream of a dataset or job",
	.help = "NODE is dataset:NAMESPACE:NAME or job:NAMESPACE:NAME; `headwater "
		"search` finds\n"
		"it.  On a terminal the answer is two trees, in which a node that stands "
		"in\n"
		"several places is marked * where it is not followed again; elsewhere it "
		"is the\n"
		"JSON of GET /api/v2/lineage.\n",
	.run = run,
};
