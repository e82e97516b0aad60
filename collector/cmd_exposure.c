/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_exposure.c - headwater exposure TAG: where tagged values can be read
 */

#include "base/err.h"
#include "collector/ask.h"
#include "collector/cmd_ask.h"
#include "collector/member.h"

static int build(const struct settings *settings, struct buf *query, struct fault *fault)
{
	(void)fault;
	ask_parameter(query, "tag", settings->arguments[0]);
	if (settings->indirect)
		ask_parameter(query, "indirect", "true");
	ask_number(query, "limit", settings->limit);
	question_walk(settings, query);
	return 0;
}

static void print_owners(const json_t *node, FILE *out)
{
	const json_t *owners = json_object_get(node, "owners");
	const json_t *owner;
	size_t i;

	json_array_foreach(owners, i, owner)
	{
		fputs(i ? ", " : "  owner ", out);
		print_safely(member_text(owner, "name"), out);
	}
}

/* The way there, from the tagged column on. */
static void print_path(const json_t *path, FILE *out)
{
	const json_t *step;
	size_t i;

	json_array_foreach(path, i, step)
	{
		fputs(i ? " -> " : "    ", out);
		print_safely(member_text(step, "name"), out);
		if (*member_text(step, "field"))
			fputc('.', out);
		print_safely(member_text(step, "field"), out);
		if (member_true(step, "masked"))
			fputs(" [masked]", out);
	}
	fputc('\n', out);
}

static void print_kind(const json_t *answer, const char *kind, FILE *out)
{
	const json_t *nodes = json_object_get(answer, kind);
	const json_t *node;
	size_t i;

	if (json_array_size(nodes))
		fprintf(out, "%s\n", kind);
	json_array_foreach(nodes, i, node)
	{
		fputs("  ", out);
		print_name(node, out);
		if (member_true(node, "tagged"))
			fputs("  tagged", out);
		print_owners(node, out);
		fputc('\n', out);
		print_path(json_object_get(node, "path"), out);
	}
}

static void print_counts(const json_t *counts, FILE *out)
{
	fprintf(out, "%llu tagged: %llu exposed, %llu unknown, %llu masked\n",
		(unsigned long long)member_number(counts, "sources"),
		(unsigned long long)member_number(counts, "exposed"),
		(unsigned long long)member_number(counts, "unknown"),
		(unsigned long long)member_number(counts, "masked"));
}

/* Jobs that tell no columns: whom to ask about what is unknown. */
static void print_opaque(const json_t *opaque, FILE *out)
{
	const json_t *jobs = json_object_get(opaque, "jobs");
	const json_t *job;
	size_t i;

	if (json_array_size(jobs))
		fputs("without column lineage\n", out);
	json_array_foreach(jobs, i, job)
	{
		fputs("  ", out);
		print_name(job, out);
		fputc('\n', out);
	}
}

static int print(const json_t *answer, FILE *out)
{
	const json_t *counts = json_object_get(answer, "counts");

	if (!json_is_object(counts))
		return ERR_INVALID;
	print_counts(counts, out);
	print_kind(answer, "exposed", out);
	print_kind(answer, "unknown", out);
	print_kind(answer, "masked", out);
	print_opaque(json_object_get(answer, "opaque"), out);
	if (json_is_string(json_object_get(answer, "next")))
		fputs("there are more; raise --limit to see them\n", out);
	if (!member_true(answer, "complete"))
		fputs("NOT COMPLETE: the search was cut\n", out);
	return 0;
}

static bool found(const json_t *answer)
{
	return member_number(json_object_get(answer, "counts"), "sources") > 0;
}

static const struct question question = {
	.command = "exposure",
	.path = "/api/v2/exposure",
	.arguments = 1,
	.needs = "needs one TAG, as pii or pii=high",
	.build = build,
	.print = print,
	.found = found,
};

static int run(struct settings *settings)
{
	return question_run(settings, &question);
}

const struct command cmd_exposure = {
	.name = "exposure",
	.bit = CMD_EXPOSURE,
	.arguments = "TAG",
	.summary = "tell where the values of tagged columns can be read",
	.help = "TAG is KEY or KEY=VALUE.  Values are followed until a step masks them.  "
		"What is\n"
		"`exposed` has them as they are, what is `unknown` may have them: a job "
		"on "
		"the way\n"
		"tells no columns.  On a terminal each has its way below it; elsewhere "
		"the answer is\n"
		"the JSON of GET /api/v2/exposure.  The exit code is 1 when nobody has "
		"the tag.\n",
	.run = run,
};
