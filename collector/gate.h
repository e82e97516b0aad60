/* SPDX-License-Identifier: Apache-2.0 */

/*
 * gate.h - what is said of a request by its head alone
 *
 * Is there such a route, may this client use it, is the body of a kind that is
 * read here, and can what it brings be stored?  What is refused here costs no
 * memory for a body.
 */
#pragma once

#include "api/router.h"
#include "collector/http_server.h"

struct tokens;
struct writer;

/* The body of a question, as it comes and inflated. */
#define GATE_QUESTION_MAX ((size_t)4 << 20)

struct gate {
	const struct tokens *tokens; /* or NULL: no authorisation */
	struct writer *writer;
	size_t event_max_bytes;
	bool web; /* paths that are no route may be those of a web UI */
};

/* For struct http_hooks. */
void gate_decide(
	const struct gate *gate, const struct http_head *head, struct http_decision *out);

/*
 * Whether a path for which route_find() gave this match is the web UI's: "/" is,
 * and what is no route.
 */
bool gate_is_web(const struct gate *gate, enum route_match match, struct slice raw_path);

/* Whether the bodies of a route are events. */
bool gate_takes_events(const struct route *route);
