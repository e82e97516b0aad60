/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_options.c - how a question about impact is to be answered
 */
#include "api/impact_ask_impl.h"

#include "api/handlers.h"
#include "api/lineage_query.h"
#include "api/selectorin.h"
#include "base/clock.h"

#include <stdio.h>

/* Runs are counted over so long when no window is given. */
#define SEEN_US (INT64_C(30) * 24 * 3600 * 1000000)

#define LIMIT_PAGE 1000
#define LIMIT_FILE 10000 /* of formats that have no pages */

static const char *const option_names[] = { "asOf", "window", "evidence", "direction",
	"horizons", "exclude", "groupBy", "limit", "cursor", "failOn", "format",
	"artifact", NULL };

static const struct {
	const char *name;
	enum impact_format format;
	const char *types[3];
} formats[] = {
	{ "json", IMPACT_JSON, { "application/json" } },
	{ "csv", IMPACT_CSV, { "text/csv" } },
	{ "markdown", IMPACT_MARKDOWN, { "text/markdown" } },
	{ "md", IMPACT_MARKDOWN, { NULL } },
	{ "mermaid", IMPACT_MERMAID, { "text/vnd.mermaid" } },
	{ "sarif", IMPACT_SARIF, { "application/sarif+json" } },
	{ "junit", IMPACT_JUNIT,
		{ "application/junit+xml", "application/xml", "text/xml" } },
};

static const enum impact_effect effects[] = { EFFECT_BREAKS, EFFECT_CHANGES_ROWS,
	EFFECT_CHANGES_VALUES, EFFECT_CHANGES_SCHEMA, EFFECT_STALE, EFFECT_UNKNOWN,
	EFFECT_UNAFFECTED };

enum impact_effect impact_effect_from_text(struct slice text)
{
	for (size_t i = 0; i < ARRAY_LEN(effects); i++) {
		if (slice_equal_nocase(text, impact_effect_text(effects[i])))
			return effects[i];
	}
	return EFFECT_NONE;
}

/* A list of texts with commas between them; its pointer is never NULL. */
static struct slice join(struct body *body, const struct body_at *at)
{
	size_t count = body_array(body, at, 100);
	struct slice joined = SLICE("");
	struct buf text;

	buf_init(&text, SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		struct body_at word = body_element(at, i);

		if (i)
			buf_byte(&text, ',');
		buf_slice(&text, body_words(body, &word));
	}
	if (!buf_error(&text) && text.len)
		joined = arena_dup(body->arena, buf_get(&text));
	if (!body->err && (buf_error(&text) || (text.len && !joined.ptr)))
		body->err = ERR_NOMEM;
	buf_fini(&text);
	return joined;
}

/* An option as it would stand in a query. */
static struct slice option_text(struct body *body, const struct body_at *at)
{
	char number[24];
	struct slice text;

	if (json_is_array(at->json))
		return join(body, at);
	if (json_is_string(at->json))
		return body_text(body, at);
	if (!json_is_integer(at->json)) {
		body_fault(body, at, "must be a string, a whole number or an array");
		return SLICE("");
	}
	(void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		json_integer_value(at->json));
	text = arena_dup(body->arena, slice_from(number));
	if (!text.ptr && !body->err)
		body->err = ERR_NOMEM;
	return text;
}

int impact_options_of_body(struct body *body, const struct body_at *top, struct params *p)
{
	for (size_t i = 0; option_names[i]; i++) {
		struct body_at option = body_member(top, option_names[i]);

		if (!body_has(&option))
			continue;
		if (param_given(p, option_names[i]))
			body_fault(
				body, &option, "stands in the query too: give it once");
		if (!body_error(body) && p->count < PARAMS_MAX)
			p->list[p->count++] = (struct param){ option_names[i],
				option_text(body, &option) };
	}
	return body_error(body);
}

static bool format_by_type(struct slice type, enum impact_format *out)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		for (size_t k = 0; k < ARRAY_LEN(formats[i].types); k++) {
			if (!formats[i].types[k] ||
				!slice_equal_nocase(type, formats[i].types[k]))
				continue;
			*out = formats[i].format;
			return true;
		}
	}
	return false;
}

static enum impact_format read_format(const struct call *call, struct params *p)
{
	const char *names[ARRAY_LEN(formats) + 1] = { NULL };
	struct slice accept = call->accept;
	enum impact_format format;
	struct slice type;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		names[i] = formats[i].name;
	if (param_given(p, "format"))
		return formats[param_choice(p, "format", names, 0)].format;
	while (accept_next(&accept, &type)) {
		if (format_by_type(type, &format))
			return format;
	}
	return IMPACT_JSON;
}

static size_t read_limit(struct params *p, enum impact_format format)
{
	/* Only one of them has pages; the others show the worst, or all there are. */
	const struct param_range range = { 1, IMPACT_LIMIT_MAX,
		format == IMPACT_JSON ? LIMIT_PAGE : LIMIT_FILE };

	return (size_t)param_uint(p, "limit", &range);
}

static uint32_t read_fail_on(struct params *p)
{
	const char *names[ARRAY_LEN(effects) + 2] = { NULL };
	unsigned words;
	uint32_t found = 0;

	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		names[i] = impact_effect_text(effects[i]);
	names[ARRAY_LEN(effects)] = "none";
	words = param_words(p, "failOn", names, 1);
	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		found |= words >> i & 1 ? (uint32_t)effects[i] : 0;
	if (found && words >> ARRAY_LEN(effects) & 1)
		params_fault(p, "failOn", "none stands alone");
	return found;
}

static void read_sides(struct params *p, struct impact_question *out)
{
	static const char *const directions[] = { "both", "upstream", "downstream",
		NULL };
	static const char *const horizons[] = { "fail_stop", "fix_forward", NULL };
	/* In the order of enum impact_group. */
	static const char *const groups[] = { "none", "owner", "namespace", NULL };
	unsigned direction = param_choice(p, "direction", directions, 0);
	unsigned words = param_words(p, "horizons", horizons, 3);

	out->upstream = direction != 2;
	out->downstream = direction != 1;
	out->horizons[HORIZON_FAIL_STOP] = words & 1;
	out->horizons[HORIZON_FIX_FORWARD] = words & 2;
	out->group_by =
		(enum impact_group)param_choice(p, "groupBy", groups, IMPACT_GROUP_NONE);
}

static void read_seen(struct impact_question *out)
{
	switch (out->graph.time) {
	case LINEAGE_CURRENT:
		out->seen_to_us = clock_now_us();
		break;
	case LINEAGE_AS_OF:
		out->seen_to_us = out->graph.as_of_us;
		break;
	case LINEAGE_WINDOW:
		out->seen_to_us = out->graph.to_us;
		out->seen_from_us = out->graph.from_us;
		return;
	}
	if (__builtin_sub_overflow(out->seen_to_us, SEEN_US, &out->seen_from_us))
		out->seen_from_us = TIME_MIN_US;
}

/* Half of what is to be left out must not look like all of it. */
static int read_exclude(struct call *call, struct params *p, struct impact_question *out)
{
	struct selected selected;
	struct idlist *list;
	int r;

	if (!param_given(p, "exclude"))
		return 0;
	r = selector_read(call, p, "exclude", &out->graph, &selected);
	if (r)
		return r;
	if (selected.cut != CUT_NONE)
		params_fault(p, "exclude", "selects too much to look for in time");
	list = arena_array(call->arena, 1, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	*list = (struct idlist){
		.arena = call->arena, .ids = selected.ids, .count = selected.count
	};
	out->exclude = list;
	return 0;
}

/* All parameters but those that only choose what is printed of a finding. */
static uint64_t hash_of(const struct params *p)
{
	struct params found = { .count = 0 };

	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].name, "format") != 0 &&
			strcmp(p->list[i].name, "artifact") != 0)
			found.list[found.count++] = p->list[i];
	}
	return params_question(&found);
}

int impact_options_read(struct call *call, struct params *p, struct impact_question *out)
{
	walk_read(call, p, &out->graph);
	walk_read_time(p, &out->graph);
	read_sides(p, out);
	read_seen(out);
	out->fail_on = read_fail_on(p);
	out->format = read_format(call, p);
	out->limit = read_limit(p, out->format);
	out->artifact = param_get(p, "artifact");
	out->has_cursor = param_cursor(p, "impact", &out->cursor);
	out->hash = hash_of(p);
	return read_exclude(call, p, out);
}
