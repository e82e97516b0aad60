/* SPDX-License-Identifier: Apache-2.0 */

/*
 * log.h - levelled lines for the people who run it
 *
 * A line is "2026-08-01T07:00:00.000000Z level message key=value ...", written
 * to standard error in one write.  Any thread may log.  graph/ and api/ log
 * nothing above LOG_DEBUG: they return errors, and the collector says them.
 * Bytes from outside are printed with control bytes replaced.
 */
#pragma once

#include "base/attr.h"

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);

/* Returns 0 and the level called error, warning, info or debug; else 1. */
NODISCARD int log_level_from_text(const char *text, enum log_level *out);

PRINTF(2, 3) void log_line(enum log_level level, const char *fmt, ...);

/*
 * The same, but at most one line a second from this place; the next line that
 * passes says how many were held back.
 */
struct log_limit {
	_Atomic long long next_us;
	_Atomic unsigned held;
};
PRINTF(3, 4)
void log_limited(struct log_limit *limit, enum log_level level, const char *fmt, ...);
