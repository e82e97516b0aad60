/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_oracle.h - jansson's opinion on a text
 *
 * The scan and jansson must accept the same texts, but for what the scan calls
 * odd and jansson refuses.
 */
#pragma once

#include "collector/json_scan.h"

#include <jansson.h>

static inline bool oracle_accepts(struct slice text)
{
	json_error_t error;
	json_t *value = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, &error);

	json_decref(value);
	return value != NULL;
}

static inline bool oracle_agrees(struct slice text)
{
	struct scan scan;
	bool accepted = scan_text(&scan, text) == 0;

	/* jansson 2.14 loses a NUL byte behind a number; it is never JSON. */
	if (text.len && memchr(text.ptr, 0, text.len))
		return !accepted;
	/* jansson stops at the first odd thing: it cannot know about the rest. */
	if (scan.odd)
		return accepted || !oracle_accepts(text);
	return accepted == oracle_accepts(text);
}
