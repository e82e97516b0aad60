/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_samples.c - reports about impact, to be printed in every format
 */
#include "impact_samples.h"

#define IMPACTS_MANY 3000
#define STEPS_MANY   ((size_t)3 * IMPACTS_MANY)
#define CHANGES_MANY 1000
#define OWNERS_MANY  500
#define LONG_BYTES   4096
#define MANY_BYTES   400

struct names {
	struct slice namespace;
	struct slice name;
	struct slice field;
	struct slice owner;
};

static const char *const texts[SAMPLES] = { "plain", "hostile", "long", "many", "cut",
	"none", "nothing" };

const char *impact_sample_text(enum impact_sample sample)
{
	return texts[sample];
}

static struct slice repeat(struct arena *arena, struct slice text, size_t bytes)
{
	char *out = arena_array(arena, bytes, 1);

	for (size_t i = 0; out && i < bytes; i++)
		out[i] = text.ptr[i % text.len];
	return slice_of(out, out ? bytes : 0);
}

static struct names names_of(enum impact_sample sample, struct arena *arena)
{
	const struct names hostile = { SLICE(HOSTILE_NAMESPACE), SLICE(HOSTILE_NAME),
		SLICE(HOSTILE_FIELD), SLICE("@team `x`\n# <b>") };

	if (sample == SAMPLE_HOSTILE)
		return hostile;
	if (sample == SAMPLE_LONG || sample == SAMPLE_MANY) {
		size_t bytes = sample == SAMPLE_LONG ? LONG_BYTES : MANY_BYTES;

		return (struct names){ repeat(arena, SLICE("\"<&`"), bytes),
			repeat(arena, hostile.name, bytes),
			repeat(arena, SLICE("\xf0\x9f\x92\xa5"), bytes),
			repeat(arena, SLICE("@\xff`#"), bytes) };
	}
	return (struct names){ SLICE("pg"), SLICE("public.orders"), SLICE("customer_id"),
		SLICE("team-sales") };
}

/* What a report of such names is made of. */
struct maker {
	struct arena *arena;
	struct names names;
	struct impact_report *report;
	struct ol_labels *owners;
	struct report_step *path;
	const struct report_step **told; /* each of path */
	struct impact_step *steps;	 /* by rule */
};

static struct node_key key_of(const struct maker *maker, enum node_kind kind)
{
	return (struct node_key){ kind, maker->names.namespace, maker->names.name,
		kind == NODE_FIELD ? maker->names.field : (struct slice){ 0 } };
}

static uint16_t rule_of(const char *text)
{
	uint16_t rule = 0;

	while (strcmp(impact_rule_text(rule), text) != 0)
		rule++;
	return rule;
}

static bool make_steps(struct maker *maker)
{
	uint16_t count = 0;

	while (impact_rule_text(count))
		count++;
	maker->steps = arena_array(maker->arena, count, sizeof(*maker->steps));
	for (uint16_t i = 0; maker->steps && i < count; i++)
		maker->steps[i].rule = i;
	return maker->steps;
}

static bool make_parts(struct maker *maker)
{
	struct ol_label *list = arena_array(maker->arena, 2, sizeof(*list));

	maker->owners = arena_array(maker->arena, 1, sizeof(*maker->owners));
	maker->path = arena_array(maker->arena, STEPS_MANY, sizeof(*maker->path));
	maker->told = arena_array(maker->arena, STEPS_MANY, sizeof(const void *));
	if (!list || !maker->owners || !maker->path || !maker->told || !make_steps(maker))
		return false;
	for (size_t i = 0; i < STEPS_MANY; i++)
		maker->told[i] = &maker->path[i];
	list[0].name = maker->names.owner;
	list[1].name = SLICE("second");
	*maker->owners = (struct ol_labels){ list, 2, 0 };
	maker->path[0] = (struct report_step){ key_of(maker, NODE_FIELD), 0, "change" };
	maker->path[1] =
		(struct report_step){ key_of(maker, NODE_JOB), 0, "fail/reader" };
	maker->path[2] = (struct report_step){ key_of(maker, NODE_DATASET), CLASS_FILTER,
		"drop/FILTER" };
	return true;
}

/* With a number of its own before its name, when there are many. */
static bool number_impact(struct maker *maker, struct report_impact *impact, size_t at)
{
	struct buf name;

	buf_init(&name, 2 * (size_t)MANY_BYTES);
	buf_printf(&name, "%zu ", at);
	buf_slice(&name, impact->key.name);
	impact->key.name = arena_dup(maker->arena, buf_get(&name));
	buf_fini(&name);
	impact->path = maker->told + 3 * at;
	for (size_t i = 0; i < 3; i++)
		maker->path[3 * at + i] = maker->path[i];
	maker->path[3 * at + impact->path_count - 1].key = impact->key;
	return impact->key.name.ptr;
}

/* Every effect in turn, in fail_stop and fix_forward, of each kind of node. */
static void make_impact(struct maker *maker, struct report_impact *impact, size_t at)
{
	static const enum node_kind kinds[] = { NODE_JOB, NODE_DATASET, NODE_FIELD };
	static const char *const rules[IMPACT_EFFECTS] = { "fail/reader", "drop/FILTER",
		"drop/WINDOW", "widen/IDENTITY", "stale/below", "opaque/job", "proved" };

	impact->impact = (struct impact){ .node = (node_id)at + 1,
		.effect = impact_effects[at % IMPACT_EFFECTS],
		.effects = impact_effects[at % IMPACT_EFFECTS],
		.horizon = at % 2 ? HORIZON_FIX_FORWARD : HORIZON_FAIL_STOP,
		.certainty = (enum impact_certainty)(at % 3),
		.depth = 1 + (uint32_t)at % 3,
		.change = at % maker->report->change_count,
		.upstream = at % 5 == 4,
		.because = &maker->steps[rule_of(rules[at % IMPACT_EFFECTS])] };
	impact->left = impact->impact.effects;
	impact->key = key_of(maker, kinds[at % 3]);
	impact->owners = maker->owners;
	impact->last_seen_us = at % 4 ? INT64_C(1790000000000000) : TIME_NEVER;
	impact->runs = at % 4;
	impact->runs_more = at % 4 == 3;
	impact->action = "Edit this job before the change: it reads the column.";
	impact->path = maker->told;
	impact->path_count = 1 + at % 3;
}

static void count_impact(struct report_counts *counts, enum impact_effect effect)
{
	counts->effects[impact_effect_place(effect)]++;
	counts->total++;
	if (counts->worst < effect)
		counts->worst = effect;
}

static bool make_impacts(struct maker *maker, size_t count)
{
	struct impact_report *report = maker->report;

	report->impacts = arena_array(maker->arena, count + 1, sizeof(*report->impacts));
	if (!report->impacts)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct report_impact *impact = &report->impacts[i];

		make_impact(maker, impact, i);
		if (i && count == IMPACTS_MANY && !number_impact(maker, impact, i))
			return false;
		count_impact(&report->counts, impact->impact.effect);
		count_impact(
			&report->horizons[impact->impact.horizon], impact->impact.effect);
		count_impact(&report->changes[impact->impact.change].counts,
			impact->impact.effect);
	}
	report->impact_count = report->total = count;
	return true;
}

static bool make_changes(struct maker *maker, struct impact_question *question)
{
	struct impact_report *report = maker->report;
	size_t count = report->change_count;

	question->changes =
		arena_array(maker->arena, count + 1, sizeof(*question->changes));
	report->changes = arena_array(maker->arena, count + 1, sizeof(*report->changes));
	if (!question->changes || !report->changes)
		return false;
	for (size_t i = 0; i < count; i++) {
		question->changes[i] = (struct asked_change){
			.change = { .op = (enum impact_op)(i % IMPACT_OPS),
				.column = maker->names.field },
			.to = maker->names.name,
			.type_before = SLICE("INT"),
			.type_after = maker->names.name
		};
		report->changes[i] =
			(struct report_change){ .asked = &question->changes[i],
				.dataset = key_of(maker, NODE_DATASET),
				.readers = 3,
				.writers = 1,
				.last_read_us =
					i % 2 ? TIME_NEVER : INT64_C(1790000000000000),
				.last_reader = 1,
				.last_reader_key = key_of(maker, NODE_JOB) };
	}
	question->change_count = count;
	return true;
}

static bool make_waivers(struct maker *maker, size_t count)
{
	struct impact_report *report = maker->report;
	struct waiver *waivers = arena_array(maker->arena, count + 1, sizeof(*waivers));
	uint64_t *uses = arena_array(maker->arena, count + 1, sizeof(*uses));

	if (!waivers || !uses)
		return false;
	for (size_t i = 0; i < count; i++) {
		waivers[i] = (struct waiver){ .node = maker->names.name,
			.id = 1,
			.until_us = i ? INT64_C(1800000000000000) : INT64_MAX,
			.reason = maker->names.namespace,
			.expired = i == 1 };
		uses[i] = i ? 0 : 1;
	}
	/* The first that would fail is agreed to. */
	if (count && report->impact_count) {
		report->impacts[0].waived = waivers;
		report->impacts[0].left = 0;
		report->waived = 1;
	}
	report->waivers = waivers;
	report->waiver_uses = uses;
	report->waiver_count = count;
	return true;
}

static bool make_owners(struct maker *maker, size_t count)
{
	struct impact_report *report = maker->report;

	report->owners = arena_array(maker->arena, count + 1, sizeof(*report->owners));
	report->opaque = arena_array(maker->arena, 2, sizeof(*report->opaque));
	if (!report->owners || !report->opaque)
		return false;
	for (size_t i = 0; i < count; i++)
		report->owners[i] =
			(struct report_group){ .name = i ? maker->names.owner : SLICE(""),
				.counts = report->counts,
				.datasets = 3,
				.jobs = 2,
				.assets = report->impacts,
				.asset_count = REPORT_ASSETS };
	report->owner_count = count;
	for (size_t i = 0; i < 2; i++)
		report->opaque[i] =
			(struct report_opaque){ .source = key_of(maker, NODE_DATASET),
				.target = key_of(maker, NODE_DATASET) };
	report->opaque[0].job = key_of(maker, NODE_JOB);
	report->opaque_count = 2;
	report->coverage = (struct impact_coverage){ 13, 12, 3, true };
	return true;
}

static bool make_asked(struct maker *maker, struct impact_question *question)
{
	struct asked_note *notes = arena_array(maker->arena, 1, sizeof(*notes));

	question->hints = arena_array(maker->arena, 1, sizeof(*question->hints));
	if (!question->hints || !notes)
		return false;
	question->hints[0] = (struct rename_hint){ .from = maker->names.field,
		.to = maker->names.name,
		.why = SLICE("Both are INT.") };
	notes[0] = (struct asked_note){ .column = maker->names.field,
		.text = maker->names.namespace };
	maker->report->notes = notes;
	question->hint_count = maker->report->note_count = 1;
	question->artifact = SLICE("models/a b:c#\xc3\xa9.sql");
	question->fail_on = EFFECT_BREAKS;
	return true;
}

/* A report that all there is about its names is told in. */
static bool make_full(struct maker *maker, struct impact_question *question, bool many)
{
	maker->report->change_count = many ? CHANGES_MANY : 2;
	maker->report->verdict = VERDICT_BLOCK;
	return make_parts(maker) && make_changes(maker, question) &&
	       make_impacts(maker, many ? IMPACTS_MANY : 16) &&
	       make_waivers(maker, many ? IMPACT_WAIVERS_MAX : 2) &&
	       make_owners(maker, many ? OWNERS_MANY : 2) && make_asked(maker, question);
}

static void cut(struct impact_report *report)
{
	report->cut = CUT_BUDGET;
	report->impact_count = 10;
}

struct impact_report *impact_sample_new(enum impact_sample sample, struct arena *arena)
{
	struct impact_question *question = arena_array(arena, 1, sizeof(*question));
	struct maker maker = { .arena = arena,
		.names = names_of(sample, arena),
		.report = arena_array(arena, 1, sizeof(*maker.report)) };
	bool made;

	if (!question || !maker.report)
		return NULL;
	question->upstream = question->downstream = true;
	question->graph.observed = question->graph.declared = true;
	question->graph.inferred = true;
	question->horizons[HORIZON_FAIL_STOP] = true;
	question->horizons[HORIZON_FIX_FORWARD] = true;
	*maker.report = (struct impact_report){ .question = question,
		.version = 42,
		.as_of_us = TIME_NEVER,
		.why = "A job breaks, and nobody has agreed to it.",
		.resolved = 1 };
	if (sample == SAMPLE_NONE || sample == SAMPLE_NOTHING) {
		maker.report->change_count = sample == SAMPLE_NONE;
		made = make_parts(&maker) && make_changes(&maker, question) &&
		       make_impacts(&maker, 0);
	} else {
		made = make_full(&maker, question, sample == SAMPLE_MANY);
	}
	if (made && sample == SAMPLE_CUT)
		cut(maker.report);
	return made ? maker.report : NULL;
}
