/* SPDX-License-Identifier: Apache-2.0 */

/*
 * gate.c - what is said of a request by its head alone
 */

#include "collector/gate.h"

#include <string.h>

#include "api/problem.h"
#include "collector/answer.h"
#include "collector/tokens.h"
#include "collector/web.h"
#include "collector/writer.h"

static void refuse(struct http_decision *out, struct reply *reply)
{
	struct http_reply http;

	answer_from_reply(&http, reply);
	out->refuse_status = http.status;
	out->refuse_media_type = http.media_type;
	out->refuse_body = http.body;
	out->refuse_body_len = http.body_len;
	out->retry_after_s = http.retry_after_s;
}

static bool is_options(const struct http_head *head)
{
	return slice_equal(head->method, SLICE("OPTIONS"));
}

static void refuse_unrouted(enum route_match match, const struct http_head *head,
	const char *allow, struct http_decision *out)
{
	struct reply reply;

	reply_init(&reply);
	if (match == MATCH_NO_PATH)
		problem_reply(&reply, 404, "there is nothing at this path");
	else if (is_options(head))
		reply.status = 204;
	else
		problem_reply(&reply, 405, "this path does not know this method");
	out->allow = match == MATCH_NO_PATH ? NULL : allow;
	out->keep_open = true;
	refuse(out, &reply);
}

static void refuse_unauthorised(int verdict, struct http_decision *out)
{
	struct reply reply;

	reply_init(&reply);
	if (verdict != TOKEN_FORBIDDEN)
		out->refuse_extra = "WWW-Authenticate: Bearer\r\n";
	if (verdict == TOKEN_MISSING)
		problem_reply(&reply, 401,
			"a token is needed: send Authorization: Bearer hw_ID_SECRET");
	else
		problem_reply(&reply, verdict == TOKEN_WRONG ? 401 : 403,
			verdict == TOKEN_WRONG ? "this token is not known here"
					       : "this token may not do that");
	/* RFC 9110 wants a 401 to say how one would be let in. */
	if (reply.status == 401)
		out->refuse_extra = "WWW-Authenticate: Bearer\r\n";
	refuse(out, &reply);
}

bool gate_takes_events(const struct route *route)
{
	switch (route->kind) {
	case ROUTE_EVENT:
	case ROUTE_BATCH:
		return true;
	case ROUTE_QUERY:
	case ROUTE_WRITE:
	case ROUTE_INLINE:
		break;
	}
	return false;
}

static bool takes_writes(const struct route *route)
{
	return gate_takes_events(route) || route->kind == ROUTE_WRITE;
}

/* Health must be visible to probes that have no token. */
static bool is_open(const struct route *route)
{
	return route->kind == ROUTE_INLINE && strcmp(route->pattern, "/metrics") != 0;
}

/* Types that cannot be JSON; clients send JSON under many odd ones. */
static bool is_foreign_type(struct slice type)
{
	static const char *const foreign[] = { "multipart/", "image/", "audio/", "video/",
		"text/html", "text/xml", "application/xml", "application/zip" };

	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (slice_starts(type, slice_from(foreign[i])))
			return true;
	}
	return false;
}

static bool is_known_encoding(struct slice encoding)
{
	static const char *const known[] = { "", "gzip", "x-gzip", "identity" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (slice_equal_nocase(encoding, known[i]))
			return true;
	}
	return false;
}

/* Returns false when the reply says what is wrong with how a body is sent. */
static bool check_coding(const struct http_head *head, bool events, struct reply *reply)
{
	if (!head->has_body)
		return true;
	if (is_foreign_type(head->content_type))
		problem_reply(reply, 415, "%s are application/json",
			events ? "events" : "bodies of questions");
	else if (!is_known_encoding(head->content_encoding))
		problem_reply(reply, 415,
			"the content codings known here are gzip and identity");
	return reply->status == 200;
}

static void check_writer(const struct gate *gate, struct reply *reply)
{
	int failure = writer_failure(gate->writer);

	if (failure)
		problem_reply(reply, 503,
			"nothing was stored: the event log has failed: %s",
			err_text(failure));
}

static void decide_routed(const struct gate *gate, const struct route *route,
	const struct http_head *head, struct http_decision *out)
{
	bool events = gate_takes_events(route);
	struct reply reply;

	out->body_max = events ? gate->event_max_bytes : GATE_QUESTION_MAX;
	out->in_turn = !events;
	reply_init(&reply);
	if (check_coding(head, events, &reply) && takes_writes(route))
		check_writer(gate, &reply);
	if (reply.status != 200)
		refuse(out, &reply);
	reply_fini(&reply);
}

bool gate_is_web(const struct gate *gate, enum route_match match, struct slice raw_path)
{
	char name[WEB_NAME_MAX];

	if (!gate->web)
		return false;
	if (match != MATCH_NO_PATH && !slice_equal(raw_path, SLICE("/")))
		return false;
	return web_find(raw_path, name) != WEB_NONE;
}

/* Whoever may reach us may have the page: it asks for a token with each question. */
static void decide_web(const struct http_head *head, struct http_decision *out)
{
	if (!slice_equal(head->method, SLICE("GET")) && !head->head_only)
		refuse_unrouted(MATCH_NO_METHOD, head, "GET, HEAD, OPTIONS", out);
}

void gate_decide(
	const struct gate *gate, const struct http_head *head, struct http_decision *out)
{
	struct slice args[CALL_ARGS_MAX];
	const struct route *route = NULL;
	const char *allow = NULL;
	enum route_match match =
		route_find(head->method, head->raw_path, args, &route, &allow);
	int verdict = TOKEN_GOOD;

	if (gate_is_web(gate, match, head->raw_path)) {
		decide_web(head, out);
		return;
	}
	if (match != MATCH_ROUTE) {
		refuse_unrouted(match, head, allow, out);
		return;
	}
	if (gate->tokens && !is_open(route))
		verdict = tokens_check(gate->tokens, head->authorization,
			takes_writes(route) ? SCOPE_WRITE : SCOPE_READ);
	if (verdict != TOKEN_GOOD)
		refuse_unauthorised(verdict, out);
	else if (route->kind != ROUTE_INLINE)
		decide_routed(gate, route, head, out);
}
