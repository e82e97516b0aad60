/* SPDX-License-Identifier: Apache-2.0 */

/*
 * event_reader.h - JSON text of OpenLineage events -> struct ol_event
 *
 * One pass over the bytes, no tree: names are slices of the input (of the
 * arena, where they had escapes), facets are byte ranges.  The whole text is
 * checked, facets too, against RFC 8259 and UTF-8, but for what official
 * clients really send (docs/API.md, "What is accepted"): NaN, Infinity and
 * -Infinity as values, numbers of any size, lone surrogates in \u escapes
 * (decoded as U+FFFD in names), \u0000, a byte order mark.  Of a repeated
 * member the last counts.  null is as good as missing; other values of a wrong
 * type are passed over with a warning where the event means something without
 * them, else they refuse it.
 *
 * Limits: depth and number of values.  Any thread; nothing is kept.
 */
#pragma once

#include "base/arena.h"
#include "graph/model.h"

#define EVENT_DEPTH_MAX	 2048	  /* nested arrays and objects */
#define EVENT_VALUES_MAX 20000000 /* values in one event */

/*
 * Reads one event.  Returns 0, ERR_INVALID (the fault has the offset in text
 * and a JSON Pointer), ERR_TOO_LARGE (a limit; the fault says which) or
 * ERR_NOMEM.  The event borrows from text and arena.  Fits event_decode.
 */
NODISCARD int event_read(struct slice text, int64_t received_us, struct arena *arena,
	struct ol_event *out, struct fault *fault);

/*
 * Cuts an array into its elements without looking into them more than needed
 * to find their ends: calls each for every element with its bytes, white space
 * around them cut off.  A broken element is delimited as far as possible, and
 * handed over like the others; one that is missing, as in [1,,2], is empty.
 * Stops when each returns not 0, and returns that.  Returns ERR_INVALID when
 * text is not an array, or, after the calls for what was whole, when the array
 * does not end or is followed by something.
 */
typedef int event_each(void *ctx, size_t index, struct slice text);
NODISCARD int event_array_each(
	struct slice text, event_each *each, void *ctx, struct fault *fault);

/* True when the first byte that is not white space (or a byte order mark) is '['. */
bool event_text_is_array(struct slice text);
