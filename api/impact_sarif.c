/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_sarif.c - impact as results of a static analysis (SARIF 2.1.0)
 *
 * A result an impact, but for what is proved untouched.  Where a result is: at
 * its node as a logical location and, when the question says which file is
 * changed, in that file.
 */
#include "api/health.h"
#include "api/impact_words.h"
#include "api/jsonw.h"
#include "api/nodeout.h"
#include "base/hash.h"

#include <ctype.h>
#include <inttypes.h>

/* So much of a name in a message; locations have all of it. */
#define NAME_MAX_BYTES 300
#define OWNERS_SHOWN   5
#define PATH_MAX_NODES 12

struct sarif {
	struct jsonw json;
	struct buf text; /* of the next string */
	const struct impact_report *report;
	const char *version; /* of the program */
	uint32_t *rules; /* by number: its place in the list, from 1 on; 0: not used */
	size_t rule_count;
};

/* Braces are placeholders in a message, brackets links. */
static const char *escape_message(uint8_t c)
{
	switch (c) {
	case '{':
		return "{{";
	case '}':
		return "}}";
	case '[':
		return "\\[";
	case ']':
		return "\\]";
	default:
		return NULL;
	}
}

static struct words words_of(struct sarif *sarif, escape_ascii *escape, size_t name_max)
{
	return (struct words){ &sarif->text, escape, name_max };
}

/* A member with what has been gathered in the text.  A failure stays there. */
static void put_text(struct sarif *sarif, const char *name)
{
	if (buf_error(&sarif->text))
		return;
	jsonw_key(&sarif->json, name);
	jsonw_string(&sarif->json, buf_get(&sarif->text));
	buf_clear(&sarif->text);
}

static void put_word(struct sarif *sarif, const char *name, const char *text)
{
	jsonw_key(&sarif->json, name);
	jsonw_text(&sarif->json, text);
}

/* A message object with what has been gathered in the text. */
static void put_message(struct sarif *sarif, const char *name)
{
	jsonw_key(&sarif->json, name);
	jsonw_object(&sarif->json);
	put_text(sarif, "text");
	jsonw_object_end(&sarif->json);
}

static void put_rule(struct sarif *sarif, const char *id)
{
	jsonw_object(&sarif->json);
	put_word(sarif, "id", id);
	words_rule(&sarif->text, id);
	put_message(sarif, "shortDescription");
	jsonw_object_end(&sarif->json);
}

static bool is_told(const struct report_impact *impact)
{
	return impact->impact.effect != EFFECT_UNAFFECTED;
}

/* Those that a result of this report names, in the order of their numbers. */
static int find_rules(struct sarif *sarif, struct arena *arena)
{
	const struct impact_report *report = sarif->report;
	uint16_t count = 0;

	while (impact_rule_text(count))
		count++;
	sarif->rules = arena_array(arena, (size_t)count + 1, sizeof(*sarif->rules));
	if (!sarif->rules)
		return ERR_NOMEM;
	for (size_t i = 0; i < report->impact_count; i++) {
		if (is_told(&report->impacts[i]))
			sarif->rules[report->impacts[i].impact.because->rule] = 1;
	}
	for (uint16_t i = 0; i < count; i++) {
		if (sarif->rules[i])
			sarif->rules[i] = (uint32_t)++sarif->rule_count;
	}
	return 0;
}

static void put_rules(struct sarif *sarif)
{
	jsonw_key(&sarif->json, "rules");
	jsonw_array(&sarif->json);
	for (uint16_t i = 0; impact_rule_text(i); i++) {
		if (sarif->rules[i])
			put_rule(sarif, impact_rule_text(i));
	}
	jsonw_array_end(&sarif->json);
}

static void put_tool(struct sarif *sarif)
{
	jsonw_key(&sarif->json, "tool");
	jsonw_object(&sarif->json);
	jsonw_key(&sarif->json, "driver");
	jsonw_object(&sarif->json);
	put_word(sarif, "name", "Headwater");
	put_word(sarif, "version", sarif->version);
	put_rules(sarif);
	jsonw_object_end(&sarif->json);
	jsonw_object_end(&sarif->json);
}

static void put_notification(struct sarif *sarif, const char *level)
{
	jsonw_object(&sarif->json);
	put_word(sarif, "level", level);
	put_message(sarif, "message");
	jsonw_object_end(&sarif->json);
}

static void put_incomplete(struct sarif *sarif)
{
	uint64_t left_out = impact_left_out(sarif->report);

	if (impact_cut_text(sarif->report)) {
		buf_str(&sarif->text, impact_cut_text(sarif->report));
		put_notification(sarif, "error");
	}
	if (left_out) {
		buf_printf(&sarif->text,
			"%" PRIu64 " more impacts are left out: the limit is too small.",
			left_out);
		put_notification(sarif, "error");
	}
}

static void put_asked(struct sarif *sarif)
{
	const struct impact_question *question = sarif->report->question;
	struct words words = words_of(sarif, escape_message, NAME_MAX_BYTES);
	struct words whole = words_of(sarif, escape_message, SIZE_MAX);

	for (size_t i = 0; i < question->hint_count; i++) {
		buf_str(&sarif->text, "Is it a rename? ");
		words_name(&words, question->hints[i].from);
		buf_str(&sarif->text, " to ");
		words_name(&words, question->hints[i].to);
		buf_str(&sarif->text, ": ");
		words_name(&whole, question->hints[i].why);
		put_notification(sarif, "note");
	}
	for (size_t i = 0; i < sarif->report->note_count; i++) {
		words_name(&whole, sarif->report->notes[i].text);
		put_notification(sarif, "note");
	}
}

static void put_invocations(struct sarif *sarif)
{
	jsonw_key(&sarif->json, "invocations");
	jsonw_array(&sarif->json);
	jsonw_object(&sarif->json);
	jsonw_key(&sarif->json, "executionSuccessful");
	jsonw_bool(&sarif->json, sarif->report->cut == CUT_NONE);
	jsonw_key(&sarif->json, "toolExecutionNotifications");
	jsonw_array(&sarif->json);
	put_incomplete(sarif);
	words_coverage(&sarif->text, sarif->report);
	put_notification(sarif,
		sarif->report->coverage.lower_bound || impact_is_narrowed(sarif->report)
			? "warning"
			: "note");
	put_asked(sarif);
	jsonw_array_end(&sarif->json);
	jsonw_object_end(&sarif->json);
	jsonw_array_end(&sarif->json);
}

/* What nobody can know is no less than a warning: it must not look safe. */
static const char *level_of(enum impact_effect effect)
{
	switch (effect) {
	case EFFECT_BREAKS:
		return "error";
	case EFFECT_CHANGES_ROWS:
	case EFFECT_CHANGES_VALUES:
	case EFFECT_CHANGES_SCHEMA:
	case EFFECT_UNKNOWN:
		return "warning";
	case EFFECT_STALE:
		return "note";
	case EFFECT_UNAFFECTED:
	case EFFECT_NONE:
		break;
	}
	return "none";
}

static void put_result_message(struct sarif *sarif, const struct report_impact *impact)
{
	struct words words = words_of(sarif, escape_message, NAME_MAX_BYTES);
	struct words whole = words_of(sarif, escape_message, SIZE_MAX);

	buf_printf(&sarif->text, "%s (%s) ", impact_effect_text(impact->impact.effect),
		impact_horizon_text(impact->impact.horizon));
	buf_printf(&sarif->text, "%s ", node_shown_kind(impact->key.kind));
	words_node(&words, &impact->key);
	buf_str(&sarif->text, " by ");
	words_change(&words, impact_change_of(sarif->report, impact));
	buf_str(&sarif->text, ". ");
	words_name(&whole, slice_from(impact->action));
	if (impact->owners->count) {
		buf_str(&sarif->text, " Owners: ");
		words_owners(&words, impact, OWNERS_SHOWN);
		buf_byte(&sarif->text, '.');
	}
	buf_str(&sarif->text, " Path: ");
	words_path(&words, impact, PATH_MAX_NODES);
	put_message(sarif, "message");
}

/* A path as a relative URI (RFC 3986): all but names and slashes is encoded. */
static void put_uri(struct sarif *sarif, struct slice path)
{
	for (size_t i = 0; i < path.len; i++) {
		uint8_t c = (uint8_t)path.ptr[i];
		bool plain = c < 0x80 && (isalnum(c) || (c && strchr("-._~/", c)));

		if (plain)
			buf_byte(&sarif->text, (char)c);
		else
			buf_printf(&sarif->text, "%%%02X", c);
	}
	put_text(sarif, "uri");
}

/* The whole of the file: what is changed in it is known to whoever asks. */
static void put_physical(struct sarif *sarif)
{
	struct jsonw *w = &sarif->json;

	jsonw_key(w, "physicalLocation");
	jsonw_object(w);
	jsonw_key(w, "artifactLocation");
	jsonw_object(w);
	put_uri(sarif, sarif->report->question->artifact);
	jsonw_object_end(w);
	jsonw_key(w, "region");
	jsonw_object(w);
	jsonw_key(w, "startLine");
	jsonw_uint(w, 1);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void put_locations(struct sarif *sarif, const struct report_impact *impact)
{
	struct words words = words_of(sarif, escape_none, SIZE_MAX);
	const struct node_key *key = &impact->key;
	struct jsonw *w = &sarif->json;

	jsonw_key(w, "locations");
	jsonw_array(w);
	jsonw_object(w);
	if (sarif->report->question->artifact.len)
		put_physical(sarif);
	jsonw_key(w, "logicalLocations");
	jsonw_array(w);
	jsonw_object(w);
	words_name(&words, key->kind == NODE_FIELD ? key->field : key->name);
	put_text(sarif, "name");
	words_node(&words, key);
	put_text(sarif, "fullyQualifiedName");
	put_word(sarif, "kind", node_shown_kind(key->kind));
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
}

/* The same as long as the same rule brings the same change to the same node. */
static void put_fingerprint(struct sarif *sarif, const struct report_impact *impact)
{
	const struct report_change *change = impact_change_of(sarif->report, impact);
	const struct slice pieces[] = { slice_from(node_shown_kind(impact->key.kind)),
		impact->key.namespace, impact->key.name, impact->key.field,
		slice_from(impact_rule_text(impact->impact.because->rule)),
		slice_from(impact_horizon_text(impact->impact.horizon)),
		slice_from(impact_op_text(change->asked->change.op)),
		change->dataset.namespace, change->dataset.name,
		change->asked->change.column };
	struct hash128 hash = hash128_pieces(pieces, sizeof(pieces) / sizeof(pieces[0]));

	jsonw_key(&sarif->json, "partialFingerprints");
	jsonw_object(&sarif->json);
	buf_printf(&sarif->text, "%016" PRIx64 "%016" PRIx64, hash.hi, hash.lo);
	put_text(sarif, "headwaterImpact/v1");
	jsonw_object_end(&sarif->json);
}

/* All results of a run have suppressions, or none has. */
static void put_suppressions(struct sarif *sarif, const struct report_impact *impact)
{
	struct words words = words_of(sarif, escape_none, SIZE_MAX);
	struct jsonw *w = &sarif->json;

	if (sarif->report->waiver_count == 0)
		return;
	jsonw_key(w, "suppressions");
	jsonw_array(w);
	/* One that fails all the same, by another effect, is to be seen. */
	if (impact->waived && !impact_fails(sarif->report, impact)) {
		jsonw_object(w);
		put_word(sarif, "kind", "external");
		put_word(sarif, "status", "accepted");
		words_waiver(&words, impact->waived);
		put_text(sarif, "justification");
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_properties(struct sarif *sarif, const struct report_impact *impact)
{
	const struct impact *found = &impact->impact;
	struct jsonw *w = &sarif->json;

	jsonw_key(w, "properties");
	jsonw_object(w);
	put_word(sarif, "effect", impact_effect_text(found->effect));
	put_word(sarif, "horizon", impact_horizon_text(found->horizon));
	put_word(sarif, "certainty", impact_certainty_text(found->certainty));
	put_word(sarif, "direction", found->upstream ? "upstream" : "downstream");
	jsonw_key(w, "depth");
	jsonw_uint(w, found->depth);
	jsonw_key(w, "masked");
	jsonw_bool(w, found->masked);
	jsonw_key(w, "owners");
	jsonw_array(w);
	for (size_t i = 0; i < impact->owners->count; i++)
		jsonw_string(w, impact->owners->list[i].name);
	jsonw_array_end(w);
	jsonw_key(w, "ownersMore");
	jsonw_uint(w, impact->owners_more);
	jsonw_object_end(w);
}

static void put_result(struct sarif *sarif, const struct report_impact *impact)
{
	uint16_t rule = impact->impact.because->rule;

	jsonw_object(&sarif->json);
	put_word(sarif, "ruleId", impact_rule_text(rule));
	jsonw_key(&sarif->json, "ruleIndex");
	jsonw_uint(&sarif->json, sarif->rules[rule] - 1);
	put_word(sarif, "level", level_of(impact->impact.effect));
	put_result_message(sarif, impact);
	put_locations(sarif, impact);
	put_fingerprint(sarif, impact);
	put_suppressions(sarif, impact);
	put_properties(sarif, impact);
	jsonw_object_end(&sarif->json);
}

static void put_run(struct sarif *sarif)
{
	const struct impact_report *report = sarif->report;
	struct jsonw *w = &sarif->json;

	jsonw_object(w);
	put_tool(sarif);
	put_invocations(sarif);
	jsonw_key(w, "results");
	jsonw_array(w);
	for (size_t i = 0; i < report->impact_count && !buf_error(w->buf); i++) {
		if (is_told(&report->impacts[i]))
			put_result(sarif, &report->impacts[i]);
	}
	jsonw_array_end(w);
	jsonw_key(w, "properties");
	jsonw_object(w);
	put_word(sarif, "verdict", impact_verdict_text(report->verdict));
	jsonw_key(w, "graphVersion");
	jsonw_uint(w, report->version);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void put_log(struct sarif *sarif)
{
	struct jsonw *w = &sarif->json;

	jsonw_object(w);
	put_word(sarif, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	put_word(sarif, "version", "2.1.0");
	jsonw_key(w, "runs");
	jsonw_array(w);
	put_run(sarif);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

int impact_render_sarif(
	struct call *call, const struct impact_report *report, struct reply *reply)
{
	struct sarif sarif = { .report = report,
		.version = call->state ? call->state->version : HEADWATER_VERSION };
	int r = find_rules(&sarif, call->arena);

	if (r)
		return r;
	jsonw_init(&sarif.json, &reply->body);
	buf_init(&sarif.text, REPLY_MAX);
	reply->media_type = "application/sarif+json";
	put_log(&sarif);
	r = buf_error(&sarif.text);
	if (!r)
		r = buf_error(&reply->body);
	buf_fini(&sarif.text);
	return r;
}
