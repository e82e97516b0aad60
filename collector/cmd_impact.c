/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_impact.c - headwater impact: what breaks if this schema changes
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json_auto.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/impact_body.h"
#include "collector/impact_gate.h"
#include "collector/impact_near.h"
#include "collector/impact_text.h"

#define ANSWER_MAX ((size_t)256 << 20)
#define QUERY_MAX  ((size_t)64 << 10)

static void release_text(char *text)
{
	free(text);
}
DEFINE_AUTO(text, char *, release_text);

static void print_notes(const json_t *notes, FILE *out, const char *before)
{
	const json_t *note;
	size_t i;

	json_array_foreach(notes, i, note)
	{
		fputs(before, out);
		print_safely(json_string_value(note), out);
		fputc('\n', out);
	}
}

/* One question, from its options to its answer. */
struct inquiry {
	const struct settings *settings;
	struct impact_gate gate;
	struct impact_body body;
	const char *format;
	struct buf query;
	struct buf answer;
	char outcome[REPLY_OUTCOME_SIZE];
};

static bool is_text(const struct inquiry *inquiry)
{
	return strcmp(inquiry->format, "text") == 0;
}

static bool is_json(const struct inquiry *inquiry)
{
	return strcmp(inquiry->format, "json") == 0;
}

static void put_change(const struct settings *settings, struct buf *query)
{
	ask_parameter(query, "node", settings->arguments[0]);
	ask_parameter(query, "op", settings->op);
	ask_text(query, "field", settings->field);
	ask_text(query, "to", settings->new_name);
	ask_text(query, "type", settings->new_type);
}

static void put_options(struct inquiry *inquiry)
{
	const struct settings *settings = inquiry->settings;
	struct buf *query = &inquiry->query;

	ask_text(query, "asOf", settings->as_of);
	ask_text(query, "window", settings->window);
	ask_text(query, "evidence", settings->evidence);
	ask_text(query, "direction", settings->direction);
	ask_text(query, "horizons", settings->horizons);
	ask_text(query, "exclude", settings->exclude);
	ask_text(query, "groupBy", settings->group_by);
	ask_text(query, "artifact", settings->artifact);
	ask_text(query, "failOn", *inquiry->gate.effects ? inquiry->gate.effects : NULL);
	ask_number(query, "limit", settings->limit);
	if (!is_text(inquiry) && !is_json(inquiry))
		ask_parameter(query, "format", inquiry->format);
	buf_byte(query, '\0');
}

/* With a body, or by GET without one.  Returns 1 when a node is not there. */
static int ask_impact(struct inquiry *inquiry, struct fault *fault)
{
	const json_t *body = inquiry->body.json;
	AUTO(text) char *text = NULL;
	struct asking asking = { .method = "GET", .path = "/api/v2/impact" };
	int r;

	if (!body)
		put_change(inquiry->settings, &inquiry->query);
	put_options(inquiry);
	r = buf_error(&inquiry->query);
	if (r)
		return r;
	asking.query = inquiry->query.data;
	if (body) {
		asking.method = "POST";
		text = json_dumps(body, JSON_COMPACT);
		if (!text)
			return ERR_NOMEM;
		asking.body = slice_from(text);
	}
	return ask_with(
		inquiry->settings, &asking, &inquiry->answer, inquiry->outcome, fault);
}

/* Who reads only the report has to see what it is not about. */
static int print_text(const struct inquiry *inquiry)
{
	const struct buf *answer = &inquiry->answer;
	AUTO(json)
	json_t *json = json_loadb(answer->data, answer->len, JSON_ALLOW_NUL, NULL);
	int r = json ? impact_text_print(json, stdout) : ERR_CORRUPT;

	if (!r && inquiry->body.untold)
		print_notes(inquiry->body.notes, stdout, "NOT COMPARED: ");
	return r;
}

/* A report that did not get to where it should is none. */
static int print_answer(const struct inquiry *inquiry, struct fault *fault)
{
	int r = 0;

	if (is_text(inquiry))
		r = print_text(inquiry);
	else
		fwrite(inquiry->answer.data, 1, inquiry->answer.len, stdout);
	if (is_json(inquiry))
		putchar('\n');
	if (!r && (fflush(stdout) || ferror(stdout))) {
		(void)fault_set(fault, "", "the answer could not be written");
		r = ERR_IO;
	}
	return r;
}

/* Returns 1 when it was said already what is wrong. */
static int inquire(struct inquiry *inquiry, struct fault *fault)
{
	const struct settings *settings = inquiry->settings;
	struct impact_body *body = &inquiry->body;
	int r = ask_format(settings, true, &inquiry->format, fault);

	if (!r)
		r = impact_gate_read(
			settings->fail_on, settings->min_coverage, &inquiry->gate, fault);
	if (!r)
		r = body->notes ? impact_body_read(settings, body, fault) : ERR_NOMEM;
	if (r)
		return r;
	print_notes(body->notes, stderr, "headwater: note: ");
	inquiry->gate.untold = body->untold;
	r = ask_impact(inquiry, fault);
	if (r) {
		(void)command_failed(r == 1 ? ERR_INVALID : r, fault);
		impact_near_print(settings, body->json, fault->where, r == 1);
		return 1;
	}
	return print_answer(inquiry, fault);
}

static int judge(const struct inquiry *inquiry)
{
	char why[128];
	int code = impact_gate_judge(&inquiry->gate, inquiry->outcome, why, sizeof(why));

	if (code)
		fprintf(stderr, "headwater: %s\n", why);
	return code;
}

static int run(struct settings *settings)
{
	struct inquiry inquiry = { .settings = settings, .body.notes = json_array() };
	struct fault fault = { 0 };
	int r;

	buf_init(&inquiry.query, QUERY_MAX);
	buf_init(&inquiry.answer, ANSWER_MAX);
	r = inquire(&inquiry, &fault);
	buf_fini(&inquiry.query);
	buf_fini(&inquiry.answer);
	json_decref(inquiry.body.json);
	json_decref(inquiry.body.notes);
	if (r < 0)
		(void)command_failed(r, &fault);
	return r ? EXIT_NOT_ASKED : judge(&inquiry);
}

const struct command cmd_impact = {
	.name = "impact",
	.bit = CMD_IMPACT,
	.arguments = "[NODE]",
	.summary = "say what breaks if a schema changes",
	.help = "`headwater impact NODE --op drop_column --field NAME` asks for one "
		"change; --ask for\n"
		"the changes or the proposed schema in a file, --contract for what a "
		"data contract\n"
		"would change, --dbt-before and --dbt-after for what a branch of a dbt "
		"project would.\n"
		"On a terminal the answer is a report; elsewhere it is the JSON of "
		"/api/v2/impact.\n"
		"The exit code is 0 unless --fail-on or --min-coverage is given: 1 "
		"review, 2 block,\n"
		"3 too little is known or the answer is not complete.  It is 4 when the "
		"question\n"
		"could not be asked.\n",
	.failed = EXIT_NOT_ASKED,
	.run = run,
};
