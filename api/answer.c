/* SPDX-License-Identifier: Apache-2.0 */

/*
 * answer.c - what the handlers share
 */
#include "api/handlers.h"

#include "base/clock.h"

#define ITEMS_A_LOOK 64 /* between looks at the clock */

void answer_json(struct jsonw *w, struct reply *reply)
{
	reply->media_type = "application/json";
	jsonw_init(w, &reply->body);
	jsonw_object(w);
}

void answer_open(struct jsonw *w, const struct call *call, struct reply *reply)
{
	answer_json(w, reply);
	jsonw_key(w, "graphVersion");
	jsonw_uint(w, call->snapshot->version);
}

static struct slice without_blanks(struct slice text)
{
	while (text.len > 0 && text.ptr[0] == ' ')
		text = slice_of(text.ptr + 1, text.len - 1);
	while (text.len > 0 && text.ptr[text.len - 1] == ' ')
		text.len--;
	return text;
}

bool accept_next(struct slice *accept, struct slice *type_out)
{
	const char *comma;
	const char *semicolon;
	size_t n;

	if (accept->len == 0)
		return false;
	comma = memchr(accept->ptr, ',', accept->len);
	n = comma ? (size_t)(comma - accept->ptr) : accept->len;
	semicolon = n ? memchr(accept->ptr, ';', n) : NULL;
	*type_out = without_blanks(
		slice_of(accept->ptr, semicolon ? (size_t)(semicolon - accept->ptr) : n));
	n += comma ? 1 : 0;
	*accept = slice_of(accept->ptr + n, accept->len - n);
	return true;
}

bool call_is_late(const struct call *call)
{
	return call->deadline_us && clock_monotonic_us() >= call->deadline_us;
}

bool page_is_long(const struct buf *body)
{
	return body->len >= body->max / 4;
}

bool page_must_end(const struct call *call, const struct buf *body, size_t written)
{
	if (written == 0)
		return false;
	return page_is_long(body) || (written % ITEMS_A_LOOK == 0 && call_is_late(call));
}
