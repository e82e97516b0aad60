/* SPDX-License-Identifier: Apache-2.0 */

/*
 * clock.h - one unit of time
 *
 * Time is int64_t microseconds since 1970-01-01T00:00:00Z, in names that end
 * in _us.  What clients send is read generously (OpenLineage clients write
 * ISO 8601 in many dialects); what we write is always RFC 3339 in UTC with six
 * digits of fraction.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

#include <stdint.h>

#define TIME_TEXT_MAX 32

/* Years 0001 to 9999, in microseconds. */
#define TIME_MIN_US INT64_C(-62135596800000000)
#define TIME_MAX_US INT64_C(253402300799999999)

/* The wall clock; it can jump. */
int64_t clock_now_us(void);

/* For durations and deadlines; it never goes back. */
int64_t clock_monotonic_us(void);

/*
 * Reads an instant: RFC 3339 with any offset, and what official clients send
 * beside it: 't' or a space for 'T', 'z', no zone (taken as UTC), "+01",
 * "+0100", a trailing "[Zone/Id]", basic format (20240101T000000Z), ',' before
 * the fraction, any number of fraction digits (cut to six), second 60, hour
 * 24:00:00, ISO week dates.  Returns 0, or 1 when it is not an instant between
 * the years 1 and 9999.
 */
NODISCARD int time_parse(struct slice text, int64_t *out);

/*
 * Reads an instant, or a day such as 2026-08-01, in UTC: its first and its last
 * microsecond, which are one of an instant.  The same returns.
 */
NODISCARD int time_parse_span(struct slice text, int64_t *first, int64_t *last);

/*
 * Writes "2026-08-01T07:00:00.000000Z" and returns text.  us is between
 * TIME_MIN_US and TIME_MAX_US, else it is clamped.
 */
char *time_format(int64_t us, char text[TIME_TEXT_MAX]);
