/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_search.c - headwater search TEXT: find datasets and jobs
 */

#include <stdio.h>
#include <string.h>

#include "api/json_auto.h"
#include "collector/ask.h"
#include "collector/cmd.h"
#include "collector/member.h"

#define ANSWER_MAX ((size_t)64 << 20)
#define QUERY_MAX  ((size_t)64 << 10)

static int build_query(const struct settings *settings, struct buf *query)
{
	ask_parameter(query, "q", settings->arguments[0]);
	ask_text(query, "kind", settings->kind);
	ask_number(query, "limit", settings->limit);
	buf_byte(query, '\0');
	return buf_error(query);
}

/* One node a line, in the form that `headwater lineage` takes. */
static int print_text(const json_t *answer, size_t *count_out)
{
	const json_t *nodes = json_object_get(answer, "results");
	const json_t *node;
	size_t i;

	if (!json_is_array(nodes))
		return ERR_CORRUPT;
	json_array_foreach(nodes, i, node) printf("%s:%s:%s\n", member_text(node, "kind"),
		member_text(node, "namespace"), member_text(node, "name"));
	*count_out = json_array_size(nodes);
	return 0;
}

static int print_answer(const struct buf *answer, bool as_text, size_t *count_out)
{
	AUTO(json)
	json_t *json = json_loadb(answer->data, answer->len, JSON_ALLOW_NUL, NULL);

	if (!json)
		return ERR_CORRUPT;
	if (as_text)
		return print_text(json, count_out);
	fwrite(answer->data, 1, answer->len, stdout);
	putchar('\n');
	*count_out = json_array_size(json_object_get(json, "results"));
	return 0;
}

static int ask_and_print(struct settings *settings, struct buf *query, struct buf *answer,
	size_t *count_out, struct fault *fault)
{
	const char *format = "json";
	int r = settings->argument_count == 1
			? ask_format(settings, false, &format, fault)
			: fault_set(fault, "search",
				  "needs one TEXT; quote it when it has spaces");

	if (!r)
		r = build_query(settings, query);
	if (!r)
		r = ask(settings, "/api/v2/search", query->data, answer, fault);
	return r ? r : print_answer(answer, strcmp(format, "text") == 0, count_out);
}

static int run(struct settings *settings)
{
	struct fault fault = { 0 };
	struct buf query;
	struct buf answer;
	size_t count = 0;
	int r;

	buf_init(&query, QUERY_MAX);
	buf_init(&answer, ANSWER_MAX);
	r = ask_and_print(settings, &query, &answer, &count, &fault);
	buf_fini(&query);
	buf_fini(&answer);
	if (r)
		return command_failed(r, &fault);
	return count ? EXIT_DONE : EXIT_REFUSED;
}

const struct command cmd_search = {
	.name = "search",
	.bit = CMD_SEARCH,
	.arguments = "TEXT",
	.summary = "find datasets and jobs by the words of their names",
	.help = "Words match the beginnings of words, in any case.  On a terminal the "
		"answer is\n"
		"a line for each, as `headwater lineage` takes them; elsewhere it is the "
		"JSON of\n"
		"GET /api/v2/search.  The exit code is 1 when nothing was found.\n",
	.run = run,
};
