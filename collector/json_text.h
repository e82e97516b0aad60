/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_text.h - what strings in checked JSON text mean, and where things are
 *
 * Both calls trust the text: it was passed by a scan.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Decodes the escapes of a string into the arena: half a surrogate pair
 * becomes U+FFFD, \u0000 a NUL byte.  Returns 0 or ERR_NOMEM.
 */
NODISCARD int text_decode(struct slice raw, struct arena *arena, struct slice *out);

/* A little more than a fault takes, so that a fault does the cutting. */
#define TEXT_POINTER_MAX (FAULT_WHERE_MAX + 8)

/*
 * Writes the JSON Pointer (RFC 6901) of the value that is being read at
 * offset, cut when it is too long.  text is checked up to offset only.
 *
 * It walks over the text again, which costs nothing as long as all is well.
 */
void text_pointer(struct slice text, size_t offset, char where[TEXT_POINTER_MAX]);
