/* SPDX-License-Identifier: Apache-2.0 */

/*
 * answer.c - from a reply of the API floor to one of the HTTP layer
 */

#include "collector/answer.h"

#include <string.h>

#include "api/problem.h"

_Static_assert(REPLY_OUTCOME_SIZE == HTTP_OUTCOME_SIZE, "an outcome fits its field");
_Static_assert(REPLY_LOCATION_SIZE == HTTP_LOCATION_SIZE, "a location fits its field");

void answer_from_reply(struct http_reply *out, struct reply *reply)
{
	int r = buf_error(&reply->body);

	if (r) {
		reply_fini(reply);
		reply_init(reply);
		problem_from_error(reply, r);
	}
	memset(out, 0, sizeof(*out));
	out->status = reply->status;
	out->media_type = reply->media_type;
	out->allow = reply->allow;
	out->retry_after_s = reply->retry_after_s;
	memcpy(out->outcome, reply->outcome, sizeof(out->outcome));
	memcpy(out->location, reply->location, sizeof(out->location));
	out->body = buf_take(&reply->body, &out->body_len);
	reply_fini(reply);
}

void answer_send(struct http_request *request, struct reply *reply)
{
	struct http_reply out;

	answer_from_reply(&out, reply);
	http_reply_send(request, &out);
}

/* Faults hold no control bytes, so that two characters need an escape. */
static void put_escaped(struct buf *body, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_byte(body, '\\');
		buf_byte(body, *text);
	}
}

void answer_put_fault(struct buf *body, const struct fault *fault)
{
	buf_byte(body, '"');
	if (fault->where[0]) {
		put_escaped(body, fault->where);
		buf_str(body, ": ");
	}
	put_escaped(body, fault->why);
	if (fault->has_offset)
		buf_printf(body, " (byte %llu)", (unsigned long long)fault->offset);
	buf_byte(body, '"');
}
