/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_near.c - what a question that was refused may have been meant to be
 */

#include "collector/impact_near.h"

#include <stdlib.h>
#include <string.h>

#include "api/json_auto.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

#define NEAR_MAX   5
#define QUERY_MAX  ((size_t)64 << 10)
#define ANSWER_MAX ((size_t)1 << 20)
#define SEGMENT	   64  /* bytes of a member's name, and the end */
#define PART_MAX   300 /* bytes of what is shown of a question */

/* One step of a JSON Pointer; NULL when nothing is there. */
static const json_t *step(const json_t *value, const char *name, size_t len)
{
	char text[SEGMENT];

	if (len >= sizeof(text))
		return NULL;
	memcpy(text, name, len);
	text[len] = '\0';
	if (json_is_array(value))
		return json_array_get(value, strtoul(text, NULL, 10));
	return json_object_get(value, text);
}

/* Pointers to what is there have names of ours only, without escapes. */
static const json_t *value_at(const json_t *body, const char *pointer, const char *end)
{
	while (body && pointer < end && *pointer == '/') {
		size_t len = strcspn(++pointer, "/");

		body = step(body, pointer, len);
		pointer += len;
	}
	return body;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* The name that was not found; NULL when it was another thing than a dataset. */
static const char *name_of(
	const struct settings *settings, const json_t *body, const char *where)
{
	const json_t *value;

	if (!body)
		return *where ? NULL : settings->arguments[0];
	value = value_at(body, where, where + strlen(where));
	if (json_is_object(value))
		return json_string_value(json_object_get(value, "name"));
	return ends_with(where, "/node") ? json_string_value(value) : NULL;
}

static const char *last_word(const char *name)
{
	const char *word = name;

	for (; *name; name++) {
		if (strchr("./:", *name) && name[1])
			word = name + 1;
	}
	return word;
}

static void print_found(const json_t *found)
{
	const json_t *node;
	size_t i;

	json_array_foreach(json_object_get(found, "results"), i, node)
	{
		fputs(i ? "  " : "there are:\n  ", stderr);
		fprintf(stderr, "%s:", member_text(node, "kind"));
		print_safely(member_text(node, "namespace"), stderr);
		fputc(':', stderr);
		print_safely(member_text(node, "name"), stderr);
		fputc('\n', stderr);
	}
}

static int search(const struct settings *settings, const char *word, struct buf *answer)
{
	struct buf query;
	struct fault fault;
	int r;

	buf_init(&query, QUERY_MAX);
	ask_parameter(&query, "q", word);
	ask_parameter(&query, "kind", "dataset");
	ask_number(&query, "limit", NEAR_MAX);
	buf_byte(&query, '\0');
	r = buf_error(&query);
	if (!r)
		r = ask(settings, "/api/v2/search", query.data, answer, &fault);
	buf_fini(&query);
	return r;
}

/* The operation, field or waiver that a place is in: who asked may not have seen it. */
static void print_around(const json_t *body, const char *where)
{
	const char *end = strrchr(where, '/');
	const json_t *value = end ? value_at(body, where, end) : NULL;
	char *text = NULL;
	struct slice part;

	if (json_is_object(value) && value != body)
		text = json_dumps(value, JSON_COMPACT);
	if (!text)
		return;
	part = slice_from(text);
	if (part.len > PART_MAX)
		part.len = PART_MAX;
	fputs("it was asked in ", stderr);
	print_part(part, stderr);
	fputs(text[part.len] ? "...\n" : "\n", stderr);
	free(text);
}

/* This is help beside a failure: without an answer there is none. */
static void print_near(const struct settings *settings, const char *name)
{
	AUTO(json) json_t *found = NULL;
	struct buf answer;

	fputs("it was asked for as ", stderr);
	print_safely(name, stderr);
	fputc('\n', stderr);
	buf_init(&answer, ANSWER_MAX);
	if (search(settings, last_word(name), &answer) == 0)
		found = json_loadb(answer.data, answer.len, 0, NULL);
	print_found(found);
	buf_fini(&answer);
}

void impact_near_print(const struct settings *settings, const json_t *body,
	const char *where, bool missing)
{
	const char *name = missing ? name_of(settings, body, where) : NULL;

	if (name)
		print_near(settings, name);
	else
		print_around(body, where);
}
