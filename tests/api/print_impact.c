/* SPDX-License-Identifier: Apache-2.0 */

/*
 * print_impact.c - prints a report of impact_samples.h in a format, or an answer
 *
 * usage: print_impact SAMPLE|events csv|sarif|junit|markdown|mermaid
 *
 * With `events` it is the answer of a graph that is filled with events, whose
 * names mean something to the formats.
 */
#include "fixture.h"
#include "impact_samples.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	impact_render *render;
} formats[] = {
	{ "csv", impact_render_csv },
	{ "sarif", impact_render_sarif },
	{ "junit", impact_render_junit },
	{ "markdown", impact_render_markdown },
	{ "mermaid", impact_render_mermaid },
};

/* Names as JSON has them; NUL and a tab are in them. */
#define NS     "\"=cmd|'/c calc'!A1 <script>@all\\u0000\\n<!-- x -->\""
#define SOURCE "\"``a```|[x](http://e.org){0}&amp;]]>\\ufffe\\u001b\\ud83d\\ude00\\\"\""
#define TARGET "\"-2+3\\t#1 \\\\|%%{init: {}}%%\""
#define COLUMN "\"`;end\\n\\tn0 --> n1\\\"]:::x@me\""
#define OWNER  "\"@team `x`\\n# <b>\""
#define FACET  "\"_producer\":\"http://p\",\"_schemaURL\":\"http://s\""

#define DATASET(name, more) "{\"namespace\":" NS ",\"name\":" name more "}"
#define RUN(id, job, inputs, outputs)                                                    \
	"{\"eventTime\":\"2026-08-01T00:00:00Z\",\"producer\":\"http://p\","             \
	"\"schemaURL\":\"https://openlineage.io/spec/2-0-2/OpenLineage.json\","          \
	"\"eventType\":\"COMPLETE\",\"run\":{\"runId\":"                                 \
	"\"0190a1f2-0000-7000-8000-00000000000" id                                       \
	"\"},\"job\":" DATASET(job, "") ",\"inputs\":[" inputs "],\"outputs\":[" outputs \
					"]}"

#define OWNED                                                                \
	",\"facets\":{\"ownership\":{" FACET ",\"owners\":[{\"name\":" OWNER \
	"}]},\"columnLineage\":{" FACET ",\"fields\":{" COLUMN               \
	":{\"inputFields\":[" DATASET(SOURCE, ",\"field\":" COLUMN) "]}}}}"

static const char *const events[] = {
	RUN("1", "\"load\"", DATASET(SOURCE, ""), DATASET(TARGET, OWNED)),
	RUN("2", "\"=dump\"", DATASET(TARGET, ""), DATASET("\"\\u0000\"", "")),
};
static const char change[] = "{\"changes\":[{\"op\":\"drop_column\",\"dataset\":" DATASET(
	SOURCE, "") ",\"column\":" COLUMN "}]}";

static bool print_reply(const struct reply *reply)
{
	return reply->status == 200 &&
	       fwrite(reply->body.data, 1, reply->body.len, stdout) == reply->body.len &&
	       fflush(stdout) == 0;
}

static int print_answer(const char *format)
{
	struct fixture f;
	struct reply reply;
	char query[50];
	bool printed;

	fixture_open(&f);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		fixture_add(&f, slice_from(events[i]), INT64_C(1785542400000000));
	fixture_publish(&f);
	(void)snprintf(query, sizeof(query), "artifact=a&format=%s", format);
	fixture_ask(&f,
		&(struct question){ "POST", "/api/v2/impact", query, slice_from(change) },
		&reply);
	printed = print_reply(&reply);
	if (!printed)
		(void)fprintf(stderr, "%.*s\n", (int)reply.body.len, reply.body.data);
	reply_fini(&reply);
	fixture_close(&f);
	return printed ? EXIT_SUCCESS : EXIT_FAILURE;
}

static impact_render *find_format(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].render;
	}
	return NULL;
}

static int print(enum impact_sample sample, impact_render *render, struct arena *arena)
{
	struct impact_report *report = impact_sample_new(sample, arena);
	struct call call = { .arena = arena };
	struct reply reply;
	bool printed;

	if (!report)
		return EXIT_FAILURE;
	reply_init(&reply);
	printed = render(&call, report, &reply) == 0 && print_reply(&reply);
	reply_fini(&reply);
	return printed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 16, (size_t)1 << 28);
	impact_render *render = argc == 3 ? find_format(argv[2]) : NULL;

	if (render && strcmp(argv[1], "events") == 0)
		return print_answer(argv[2]);
	for (int i = 0; render && arena && i < SAMPLES; i++) {
		if (strcmp(argv[1], impact_sample_text((enum impact_sample)i)) == 0)
			return print((enum impact_sample)i, render, arena);
	}
	(void)fputs("usage: print_impact SAMPLE|events FORMAT\n", stderr);
	return EXIT_FAILURE;
}
