/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ask.h - a question from the command line: to a server or to a data directory
 *
 * Both ways run the same handler and give the same bytes.
 */
#pragma once

#include "collector/settings.h"

#include "api/call.h"

/*
 * GETs a path with a query ("a=b&c=d") and appends the answer's body to out.
 * With settings->url from that server, else from the data directory, which no
 * server may own.  Returns what ask_judge() says of the answer, or what failed.
 */
NODISCARD int ask(const struct settings *settings, const char *path, const char *query,
	struct buf *out, struct fault *fault);

/* Any question: of POST with a body, which is JSON. */
struct asking {
	const char *method;
	const char *path;
	const char *query;
	struct slice body;
};

/* The same for any question; outcome is what the answer says of itself, or "". */
NODISCARD int ask_with(const struct settings *settings, const struct asking *asking,
	struct buf *out, char outcome[REPLY_OUTCOME_SIZE], struct fault *fault);

/*
 * What an answer means: 0 for a status of 200, 1 for 404, else a failure; for
 * all but the first with the problem's detail as fault.
 */
NODISCARD int ask_judge(int status, struct slice body, struct fault *fault);

/* Adds "name=value", percent-encoded, with '&' before it when it is not the first. */
void ask_parameter(struct buf *query, const char *name, const char *value);

/* A value, or a segment of a path, percent-encoded. */
void ask_escape(struct buf *out, struct slice text);

/* As ask_parameter(), unless there is no value, or it is 0. */
void ask_text(struct buf *query, const char *name, const char *value);
void ask_number(struct buf *query, const char *name, int64_t value);

/*
 * The format of answers: --format, else "text" on a terminal and "json"
 * elsewhere.  drawn: the question has formats beside these two.
 */
NODISCARD int ask_format(const struct settings *settings, bool drawn, const char **out,
	struct fault *fault);
