/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_client.h - a small blocking client of HTTP/1.1
 *
 * For the command line and for tests: one connection, one request at a time,
 * no redirects, no TLS.  A kept connection that turns out to be closed is
 * opened again, and the request sent again; everything that Headwater is asked
 * is idempotent.
 *
 *	AUTO(http_client) struct http_client *client = NULL;
 *	struct http_client_request request = { .method = "GET", .target = "/" };
 *	struct http_client_answer answer;
 *
 *	r = http_client_new("http://127.0.0.1:5000", &client, fault);
 *	if (r)
 *		return r;
 *	r = http_client_send(client, &request, &answer, body, fault);
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

#define HTTP_CLIENT_TYPE_MAX	128
#define HTTP_CLIENT_OUTCOME_MAX 96

struct http_client;

struct http_client_request {
	const char *method;	  /* "GET" */
	const char *target;	  /* path and query, percent-encoded: sent as it is */
	const char *content_type; /* of the body, or NULL */
	const char *accept;	  /* or NULL */
	struct slice body;
};

struct http_client_answer {
	int status;
	int retry_after_s;			 /* 0: none */
	char content_type[HTTP_CLIENT_TYPE_MAX]; /* "" when there is none */
	char outcome[HTTP_CLIENT_OUTCOME_MAX];	 /* Headwater-Outcome; the same */
};

/*
 * For a server at "http://HOST:PORT"; does not connect yet.  ERR_INVALID and
 * ERR_UNSUPPORTED (https) with a fault, ERR_ADDRESS when the host is unknown.
 */
NODISCARD int http_client_new(
	const char *url, struct http_client **out, struct fault *fault);
void http_client_free(struct http_client *client);
DEFINE_AUTO(http_client, struct http_client *, http_client_free);

/* Sent as a bearer token with every request; NULL: none.  ERR_INVALID, ERR_NOMEM. */
NODISCARD int http_client_set_token(struct http_client *client, const char *token);

/* How long the server may make no progress at all; 30 s at first. */
void http_client_set_timeout(struct http_client *client, int64_t timeout_us);

/*
 * Asks, waits for the whole answer, whatever its status, and appends its body,
 * which has the ceiling of the buffer.  ERR_CLOSED (it cannot be reached, or
 * hung up), ERR_BUSY (no progress in time), ERR_INVALID (a wrong request, or
 * no HTTP), ERR_TOO_LARGE, ERR_NOMEM; the fault says it in words.
 */
NODISCARD int http_client_send(struct http_client *client,
	const struct http_client_request *request, struct http_client_answer *out,
	struct buf *body, struct fault *fault);
