/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_jsonw.c - parts of an answer about impact, as JSON
 */
#include "api/impact_jsonw.h"
#include "api/columnout.h"
#include "api/nodelife.h"
#include "api/nodeout.h"

void jsonw_impact_effect(struct jsonw *w, const char *name, enum impact_effect effect)
{
	jsonw_key(w, name);
	if (effect == EFFECT_NONE)
		jsonw_null(w);
	else
		jsonw_text(w, impact_effect_text(effect));
}

void jsonw_impact_counts(
	struct jsonw *w, const char *name, const struct report_counts *counts)
{
	jsonw_key(w, name);
	jsonw_object(w);
	for (unsigned i = 0; i < IMPACT_EFFECTS; i++) {
		jsonw_key(w, impact_effect_text(impact_effects[i]));
		jsonw_uint(w, counts->effects[i]);
	}
	jsonw_object_end(w);
}

void jsonw_impact_effects(struct jsonw *w, uint32_t effects)
{
	jsonw_key(w, "effects");
	jsonw_array(w);
	for (unsigned i = 0; i < IMPACT_EFFECTS; i++) {
		if (effects & impact_effects[i])
			jsonw_text(w, impact_effect_text(impact_effects[i]));
	}
	jsonw_array_end(w);
}

void jsonw_key_or_null(struct jsonw *w, const char *name, const struct node_key *key)
{
	jsonw_key(w, name);
	if (!key->kind) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_node_key(w, key);
	jsonw_object_end(w);
}

void jsonw_waiver_until(struct jsonw *w, const struct waiver *waiver)
{
	jsonw_seen(w, "until",
		waiver->until_us == INT64_MAX ? TIME_NEVER : waiver->until_us);
}

/* An empty text is none. */
static void text_or_null(struct jsonw *w, const char *name, struct slice text)
{
	jsonw_text_or_null(w, name, text.len ? text : (struct slice){ 0 });
}

static const char *type_change_text(enum type_change change)
{
	switch (change) {
	case TYPES_SAME:
		return "same";
	case TYPES_WIDENED:
		return "widened";
	case TYPES_LOSSY:
		return "lossy";
	case TYPES_NARROWED:
		return "narrowed";
	case TYPES_INCOMPATIBLE:
		return "incompatible";
	case TYPES_UNKNOWN:
		break;
	}
	return "unknown";
}

/* Of a new type how it differs, and which member of it does so most. */
static void write_types(struct jsonw *w, const struct asked_change *asked)
{
	bool retyped = asked->change.op == OP_ALTER_TYPE;

	jsonw_key(w, "types");
	if (!retyped && !asked->type_before.ptr && !asked->type_after.ptr) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_text_or_null(w, "from", asked->type_before);
	jsonw_text_or_null(w, "to", asked->type_after);
	jsonw_key(w, "verdict");
	if (retyped)
		jsonw_text(w, type_change_text(asked->change.types.change));
	else
		jsonw_null(w);
	text_or_null(
		w, "member", retyped ? asked->change.types.path : (struct slice){ 0 });
	jsonw_object_end(w);
}

static void write_last_read(struct jsonw *w, const struct report_change *change)
{
	jsonw_key(w, "lastRead");
	if (change->last_read_us == TIME_NEVER) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, "time");
	jsonw_time(w, change->last_read_us);
	jsonw_key_or_null(w, "job", &change->last_reader_key);
	jsonw_object_end(w);
}

static void write_renamed(struct jsonw *w, const struct asked_change *asked)
{
	text_or_null(w, "to", asked->to);
	text_or_null(w, "toNamespace", asked->to_namespace);
	jsonw_key(w, "aliased");
	jsonw_bool(w, asked->change.aliased);
}

static void write_change(struct jsonw *w, const struct report_change *change)
{
	const struct asked_change *asked = change->asked;
	bool of_dataset = asked->change.op == OP_DROP_DATASET ||
			  asked->change.op == OP_RENAME_DATASET;

	jsonw_object(w);
	jsonw_key(w, "op");
	jsonw_text(w, impact_op_text(asked->change.op));
	jsonw_key_or_null(w, "dataset", &change->dataset);
	text_or_null(
		w, "column", of_dataset ? (struct slice){ 0 } : asked->change.column);
	write_renamed(w, asked);
	write_types(w, asked);
	jsonw_key(w, "proposed");
	jsonw_bool(w, asked->proposed);
	jsonw_key(w, "readers");
	jsonw_uint(w, change->readers);
	jsonw_key(w, "writers");
	jsonw_uint(w, change->writers);
	jsonw_key(w, "atLeast");
	jsonw_bool(w, change->use_more);
	write_last_read(w, change);
	jsonw_impact_counts(w, "byEffect", &change->counts);
	jsonw_object_end(w);
}

void jsonw_impact_changes(struct jsonw *w, const struct impact_report *report)
{
	jsonw_key(w, "changes");
	jsonw_array(w);
	for (size_t i = 0; i < report->change_count; i++)
		write_change(w, &report->changes[i]);
	jsonw_array_end(w);
}

static int write_dataset(struct jsonw *w, struct call *call, node_id id)
{
	jsonw_key(w, "dataset");
	if (id)
		return jsonw_node_brief(w, call, id);
	jsonw_null(w);
	return 0;
}

int jsonw_impact_hints(
	struct jsonw *w, struct call *call, const struct impact_question *question)
{
	int r = 0;

	jsonw_key(w, "suggestions");
	jsonw_array(w);
	for (size_t i = 0; !r && i < question->hint_count; i++) {
		const struct rename_hint *hint = &question->hints[i];

		jsonw_object(w);
		r = write_dataset(w, call, hint->dataset);
		jsonw_key(w, "from");
		jsonw_string(w, hint->from);
		jsonw_key(w, "to");
		jsonw_string(w, hint->to);
		jsonw_key(w, "why");
		jsonw_string(w, hint->why);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return r;
}

int jsonw_impact_notes(
	struct jsonw *w, struct call *call, const struct impact_report *report)
{
	int r = 0;

	jsonw_key(w, "notes");
	jsonw_array(w);
	for (size_t i = 0; !r && i < report->note_count; i++) {
		const struct asked_note *note = &report->notes[i];

		jsonw_object(w);
		r = write_dataset(w, call, note->dataset);
		text_or_null(w, "column", note->column);
		jsonw_key(w, "text");
		jsonw_string(w, note->text);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return r;
}

static void write_waiver(struct jsonw *w, const struct waiver *waiver, uint64_t used)
{
	jsonw_object(w);
	jsonw_key(w, "node");
	jsonw_string(w, waiver->node);
	jsonw_key(w, "known");
	jsonw_bool(w, waiver->id != 0);
	jsonw_impact_effects(w, waiver->effects);
	jsonw_waiver_until(w, waiver);
	jsonw_key(w, "reason");
	jsonw_string(w, waiver->reason);
	jsonw_key(w, "used");
	jsonw_uint(w, used);
	jsonw_key(w, "expired");
	jsonw_bool(w, waiver->expired);
	jsonw_object_end(w);
}

void jsonw_impact_waivers(struct jsonw *w, const struct impact_report *report)
{
	jsonw_key(w, "waivers");
	jsonw_array(w);
	for (size_t i = 0; i < report->waiver_count; i++)
		write_waiver(w, &report->waivers[i], report->waiver_uses[i]);
	jsonw_array_end(w);
}
