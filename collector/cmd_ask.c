/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_ask.c - commands that ask a question: what they share
 */

#include "collector/cmd_ask.h"

#include <string.h>

#include "api/json_auto.h"
#include "collector/ask.h"
#include "collector/member.h"

#define ANSWER_MAX ((size_t)256 << 20)
#define QUERY_MAX  ((size_t)64 << 10)

void question_walk(const struct settings *settings, struct buf *query)
{
	ask_text(query, "level", settings->level);
	ask_text(query, "precise", settings->precise);
	ask_text(query, "evidence", settings->evidence);
	ask_text(query, "asOf", settings->as_of);
	ask_text(query, "window", settings->window);
}

void question_reach(const struct settings *settings, struct buf *query)
{
	if (settings->argument_count)
		ask_parameter(query, "node", settings->arguments[0]);
	ask_text(query, "field", settings->field);
	ask_text(query, "select", settings->select);
	ask_text(query, "direction", settings->direction);
	ask_text(query, "depth", settings->depth);
	ask_text(query, "onlyKind", settings->kind);
	ask_text(query, "only", settings->only);
	ask_text(query, "through", settings->through);
	ask_text(query, "groupBy", settings->group_by);
	question_walk(settings, query);
}

void question_ends(const struct settings *settings, struct buf *query)
{
	ask_parameter(query, "from", settings->arguments[0]);
	ask_text(query, "fromField", settings->field);
	ask_parameter(query, "to", settings->arguments[1]);
	ask_text(query, "toField", settings->to_field);
}

void print_safely(const char *text, FILE *out)
{
	print_part(slice_from(text), out);
}

void print_part(struct slice text, FILE *out)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		fputc(c < 0x20 || c == 0x7f ? '?' : c, out);
	}
}

void print_name(const json_t *node, FILE *out)
{
	const char *field = member_text(node, "field");
	const char *namespace = member_text(node, "namespace");

	print_safely(member_text(node, "name"), out);
	if (*field)
		fputc('.', out);
	print_safely(field, out);
	if (!*namespace)
		return;
	fputs("  (", out);
	print_safely(namespace, out);
	fputc(')', out);
}

/* Returns 0, or 1 when nothing was found; so does the call below. */
static int print_json(
	const struct question *question, bool people, const struct buf *answer, FILE *out)
{
	AUTO(json) json_t *json = NULL;
	int r = 0;

	if (people || question->found) {
		json = json_loadb(answer->data, answer->len, JSON_ALLOW_NUL, NULL);
		if (!json)
			return ERR_CORRUPT;
	}
	if (people) {
		r = question->print(json, out);
	} else {
		fwrite(answer->data, 1, answer->len, out);
		fputc('\n', out);
	}
	if (r)
		return r;
	return question->found && !question->found(json);
}

static int print_answer(
	const struct question *question, const char *format, const struct buf *answer)
{
	bool people = strcmp(format, "text") == 0;

	if (people || strcmp(format, "json") == 0)
		return print_json(question, people, answer, stdout);
	fwrite(answer->data, 1, answer->len, stdout);
	return 0;
}

static int build(const struct settings *settings, const struct question *question,
	const char *format, struct buf *query, struct fault *fault)
{
	int r = settings->argument_count == question->arguments || settings->select
			? 0
			: fault_set(fault, question->command, "%s", question->needs);

	if (!r)
		r = question->build(settings, query, fault);
	if (r)
		return r;
	if (question->drawn && strcmp(format, "text") != 0)
		ask_parameter(query, "format", format);
	buf_byte(query, '\0');
	return buf_error(query);
}

static int ask_and_print(const struct settings *settings, const struct question *question,
	struct buf *query, struct buf *answer, struct fault *fault)
{
	const char *format;
	int r = ask_format(settings, question->drawn, &format, fault);

	if (!r)
		r = build(settings, question, format, query, fault);
	if (!r)
		r = ask(settings, question->path, query->data, answer, fault);
	return r ? r : print_answer(question, format, answer);
}

/* The option or argument that a parameter came from, when it is a selector. */
static const char *selector_text(
	const struct settings *settings, const struct fault *fault)
{
	if (strcmp(fault->where, "only") == 0)
		return settings->only;
	if (strcmp(fault->where, "select") != 0)
		return NULL;
	return settings->select		  ? settings->select
	       : settings->argument_count ? settings->arguments[0]
					  : NULL;
}

/* A selector with a caret under the character that is wrong. */
static void point_at(const char *text, uint64_t offset)
{
	fprintf(stderr, "  %s\n  ", text);
	for (uint64_t i = 0; i < offset && text[i]; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80) /* a character begins */
			fputc(' ', stderr);
	}
	fputs("^\n", stderr);
}

int question_run(const struct settings *settings, const struct question *question)
{
	struct fault fault = { 0 };
	struct buf query;
	struct buf answer;
	int code = EXIT_DONE;
	int r;

	buf_init(&query, QUERY_MAX);
	buf_init(&answer, ANSWER_MAX);
	r = ask_and_print(settings, question, &query, &answer, &fault);
	buf_fini(&query);
	buf_fini(&answer);
	if (r == 1) {
		if (fault.why[0])
			fprintf(stderr, "headwater: %s\n", fault.why);
		return EXIT_REFUSED;
	}
	if (r) {
		const char *selector = selector_text(settings, &fault);

		code = command_failed(r, &fault);
		if (fault.has_offset && selector)
			point_at(selector, fault.offset);
	}
	return code;
}
