/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_waivers.c - effects that somebody has agreed to
 *
 *	{"node": "dataset:NAMESPACE:NAME.COLUMN", "effects": ["BREAKS"],
 *	 "until": "2026-12-31", "reason": "agreed with the owners"}
 */
#include "api/impact_ask_impl.h"

#include "api/handlers.h"
#include "api/noderef.h"
#include "base/clock.h"

#define DOTS_MAX 16   /* places where a column may begin, the last ones first */
#define NODE_MAX 4096 /* bytes */

/* Looks for a node as noderef does: 0 and the node, 1 when there is none. */
static int try_node(
	struct call *call, struct slice node, struct slice field, node_id *out)
{
	const struct noderef ref = { .names = &noderef_plain };
	struct params p = { .count = 1, .list[0] = { "node", node } };
	struct reply ignored;
	int r;

	if (field.len)
		p.list[p.count++] = (struct param){ "field", field };
	reply_init(&ignored);
	r = noderef_find_as(call, &p, &ref, &ignored, out);
	reply_fini(&ignored);
	return r;
}

/* Tries every dot, from the last one on, as that between dataset and column. */
static int try_columns(struct call *call, struct slice text, node_id *out)
{
	unsigned dots = 0;

	for (size_t i = text.len; i-- > 1 && dots < DOTS_MAX;) {
		int r;

		if (text.ptr[i] != '.' || i + 1 == text.len)
			continue;
		dots++;
		r = try_node(call, slice_of(text.ptr, i),
			slice_of(text.ptr + i + 1, text.len - i - 1), out);
		if (r != 1)
			return r;
	}
	return 1;
}

/* "field:NAMESPACE:NAME.COLUMN": its dataset has another kind. */
static int try_field(struct call *call, struct slice text, node_id *out)
{
	const struct slice dataset = SLICE("dataset:");
	char *copy = arena_alloc(call->arena, dataset.len + text.len + 1);

	if (!copy)
		return ERR_NOMEM;
	memcpy(copy, dataset.ptr, dataset.len);
	memcpy(copy + dataset.len, text.ptr, text.len);
	return try_columns(call, slice_of(copy, dataset.len + text.len), out);
}

/* Waives a node that is not there (any more, or yet) as well: its id is 0. */
static int find_node(struct call *call, struct slice text, node_id *out)
{
	const struct slice field = SLICE("field:");
	int r;

	if (slice_starts(text, field)) {
		r = try_field(
			call, slice_of(text.ptr + field.len, text.len - field.len), out);
	} else {
		r = try_node(call, text, (struct slice){ 0 }, out);
		if (r == 1 && slice_starts(text, SLICE("dataset:")))
			r = try_columns(call, text, out);
	}
	if (r == 1)
		*out = 0;
	return r < 0 ? r : 0;
}

/* KIND:NAMESPACE:NAME, be it there or not: a slip in that would waive nothing. */
static bool is_name(struct slice text)
{
	const char *colon = memchr(text.ptr, ':', text.len);
	size_t kind = colon ? (size_t)(colon - text.ptr) + 1 : 0;

	return kind &&
	       (slice_starts(text, SLICE("dataset:")) ||
		       slice_starts(text, SLICE("job:")) ||
		       slice_starts(text, SLICE("field:"))) &&
	       memchr(text.ptr + kind, ':', text.len - kind);
}

/* A day lasts to its end, in UTC. */
static void read_until(struct body *body, const struct body_at *at, struct waiver *out)
{
	struct slice text = body_text(body, at);
	int64_t first_us;

	out->until_us = INT64_MAX;
	if (!text.ptr)
		return;
	if (time_parse_span(text, &first_us, &out->until_us))
		body_fault(body, at,
			"must be a day such as 2026-08-01, or a time such as "
			"2026-08-01T07:00:00Z");
	out->expired = out->until_us < clock_now_us();
}

static void read_effects(struct body *body, const struct body_at *at, struct waiver *out)
{
	size_t count = body_array(body, at, 100);

	for (size_t i = 0; i < count; i++) {
		struct body_at word = body_element(at, i);
		enum impact_effect effect =
			impact_effect_from_text(body_words(body, &word));

		if (effect == EFFECT_NONE)
			body_fault(body, &word, "must be an effect, such as BREAKS");
		out->effects |= (uint32_t)effect;
	}
}

static int read_waiver(struct call *call, struct body *body, const struct body_at *at,
	struct waiver *out)
{
	static const char *const members[] = { "node", "effects", "until", "reason",
		NULL };
	struct body_at node = body_member(at, "node");
	struct body_at some = body_member(at, "effects");
	struct body_at until = body_member(at, "until");
	struct body_at reason = body_member(at, "reason");

	body_object(body, at, members);
	out->node = body_words(body, &node);
	out->reason = body_words(body, &reason);
	if (out->node.len > NODE_MAX)
		body_fault(body, &node, "is longer than %d bytes", NODE_MAX);
	if (out->node.len && !is_name(out->node))
		body_fault(body, &node,
			"must be dataset:NAMESPACE:NAME, with .COLUMN behind it for a "
			"column, or job:NAMESPACE:NAME");
	read_effects(body, &some, out);
	read_until(body, &until, out);
	return body_error(body) ? 0 : find_node(call, out->node, &out->id);
}

int impact_waivers_read(struct call *call, struct reply *reply, const struct body_at *at,
	struct impact_question *out)
{
	struct body body = { .arena = call->arena };
	size_t count = body_array(&body, at, IMPACT_WAIVERS_MAX);
	struct waiver *list = arena_array(call->arena, count + 1, sizeof(*list));
	int r = list ? 0 : ERR_NOMEM;

	for (size_t i = 0; i < count && !r && !body_error(&body); i++) {
		struct body_at waiver = body_element(at, i);

		r = call_is_late(call) ? ERR_BUSY
				       : read_waiver(call, &body, &waiver, &list[i]);
	}
	if (!r && body_error(&body))
		r = body_refuse(&body, reply);
	if (r)
		return r;
	out->waivers = list;
	out->waiver_count = count;
	return 0;
}
