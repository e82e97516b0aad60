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
