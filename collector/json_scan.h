/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json_scan.h - a validating walk over JSON text
 *
 * A scan stands in front of a value.  Its owner looks at the first byte and
 * either skips the value, however large, or enters it and takes its members
 * one by one.  Nothing is allocated and nothing is copied:
 *
 *	for (r = scan_enter(scan); r == 0; r = scan_more(scan)) {
 *		r = scan_key(scan, &key);
 *		if (r)
 *			return r;
 *		r = scan_skip(scan);
 *		if (r)
 *			return r;
 *	}
 *	return r < 0 ? r : 0;
 *
 * What is accepted is RFC 8259 in UTF-8, and beyond it what event_reader.h
 * names; scan->odd says which of that was met.  Calls return ERR_INVALID or
 * ERR_TOO_LARGE with scan->at and scan->why, and the scan is then over.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

#define SCAN_DEPTH_MAX	2048
#define SCAN_VALUES_MAX 20000000

/* What a strict reader might refuse. */
enum scan_odd {
	SCAN_ODD_MARK = 1,	/* a byte order mark at the beginning */
	SCAN_ODD_NAN = 2,	/* NaN, Infinity, -Infinity */
	SCAN_ODD_NUMBER = 4,	/* perhaps beyond 64-bit integers or doubles */
	SCAN_ODD_SURROGATE = 8, /* half of a surrogate pair */
	SCAN_ODD_NUL = 16,	/* \u0000 */
	SCAN_ODD_DEEP = 32,	/* as deep as SCAN_DEPTH_MAX */
};

struct scan {
	const char *begin;
	const char *end;
	const char *p; /* where the scan stands */
	size_t depth;  /* arrays and objects that are open */
	size_t values;
	unsigned odd; /* enum scan_odd */

	int err;	 /* of the call that failed: */
	const char *at;	 /* where */
	const char *why; /* a phrase */

	/* The byte that closes each open array or object. */
	char closers[SCAN_DEPTH_MAX + 1];
};

/* A string as it stands in the text, between its quotes. */
struct scan_string {
	struct slice raw;
	bool escaped;
};

/* In front of the first value of text, after a byte order mark. */
void scan_init(struct scan *scan, struct slice text);

/* The first byte of the value in front; 0 at the end of the text. */
char scan_peek(struct scan *scan);

/* Passes over one value. */
NODISCARD int scan_skip(struct scan *scan);

/* Takes a string; the caller has seen its quote. */
NODISCARD int scan_take_string(struct scan *scan, struct scan_string *out);

/*
 * Enters an array or object whose bracket the caller has seen.  Returns 0 in
 * front of its first element or key, or 1 when it was empty and is left again.
 */
NODISCARD int scan_enter(struct scan *scan);

/* Takes a key and its colon; the value is in front then. */
NODISCARD int scan_key(struct scan *scan, struct scan_string *out);

/* After a value: 0 in front of the next element or key, or 1 when that was the last. */
NODISCARD int scan_more(struct scan *scan);

/* Checks that nothing but white space is left. */
NODISCARD int scan_finish(struct scan *scan);

/* Checks a whole text: one value of any kind. */
NODISCARD int scan_text(struct scan *scan, struct slice text);
