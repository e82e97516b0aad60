/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ask.h - a question from the command line: to a server or to a data directory
 *
 * Both ways run the same handler and give the same bytes.
 */
#pragma once

#include "collector/settings.h"

#include "base/buf.h"

/*
 * GETs a path with a query ("a=b&c=d") and appends the answer's body to out.
 * With settings->url from that server, else from the data directory, which no
 * server may own.  Returns what ask_judge() says of the answer, or what failed.
 */
NODISCARD int ask(const struct settings *settings, const char *path, const char *query,
	struct buf *out, struct fault *fault);

/*
 * What an answer means: 0 for a status of 200, 1 for 404, else a failure; for
 * all but the first with the problem's detail as fault.
 */
NODISCARD int ask_judge(int status, struct slice body, struct fault *fault);

/* Adds "name=value", percent-encoded, with '&' before it when it is not the first. */
void ask_parameter(struct buf *query, const char *name, const char *value);

/* True when answers shall be text for people: --format, else whether this is a terminal.
 */
NODISCARD int ask_wants_text(
	const struct settings *settings, bool *out, struct fault *fault);
