/* SPDX-License-Identifier: Apache-2.0 */

/*
 * problem.h - RFC 9457: what is wrong, where, and what to do
 *
 * The one place where statuses are chosen.  A problem is application/problem+json
 * with type, title, status, detail, and, where they are known, "pointer" (a
 * JSON Pointer into the body), "parameter" and "offset".
 */
#pragma once

#include "api/call.h"

/* A reply for a status that needs no more than a sentence. */
PRINTF(3, 4) void problem_reply(struct reply *reply, int status, const char *fmt, ...);

/*
 * For ERR_INVALID and ERR_TOO_LARGE with what the input's reader said.  Where
 * it is wrong is a JSON Pointer when it begins with '/', else a parameter.
 */
void problem_from_fault(struct reply *reply, int status, const struct fault *fault);

/* For any other failure. */
void problem_from_error(struct reply *reply, int err);
