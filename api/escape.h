/* SPDX-License-Identifier: Apache-2.0 */

/*
 * escape.h - names written into a text format that gives some characters a meaning
 */
#pragma once

#include "base/buf.h"

#include <stdint.h>

/* What stands for an ASCII character; NULL: itself.  Returns a static string. */
typedef const char *escape_ascii(uint8_t c);

/*
 * Appends a name character by character.  What is not UTF-8, and what no text
 * may hold (U+FFFE and U+FFFF), becomes U+FFFD.
 */
void escape_write(struct buf *buf, struct slice name, escape_ascii *ascii);

/* The same of the first max bytes, and U+2026 where the rest is left out. */
void escape_write_short(
	struct buf *buf, struct slice name, size_t max, escape_ascii *ascii);

/* XML 1.0, text and attributes; what no XML may hold becomes U+FFFD. */
escape_ascii escape_xml;

/* A label of Mermaid, in quotes. */
escape_ascii escape_mermaid;

#define ESCAPE_BAD "\xef\xbf\xbd" /* U+FFFD */
