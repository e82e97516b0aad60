/* SPDX-License-Identifier: Apache-2.0 */

/*
 * text.h - short texts for people, from bytes that nobody vouches for
 *
 * What an error or a log line says may quote outside bytes.  It always comes
 * out as one line of valid UTF-8 that cannot steer a terminal.
 */
#pragma once

#include "base/attr.h"

#include <stdarg.h>
#include <stddef.h>

/*
 * Formats into out, which has room for size bytes (at least one).  A text that
 * is too long is cut between characters; control characters and what is not
 * UTF-8 become '?'.  Returns the length.
 */
PRINTF(3, 4) size_t text_format(char *out, size_t size, const char *fmt, ...);
PRINTF(3, 0) size_t text_vformat(char *out, size_t size, const char *fmt, va_list args);
