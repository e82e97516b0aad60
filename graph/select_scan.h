/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_scan.h - the text of a selector, piece by piece
 */
#pragma once

#include "graph/select_impl.h"

struct select_scan {
	struct slice text;
	size_t at;
	struct arena *arena;
	struct fault *fault; /* or NULL */
};

/* Says where the fault is that was found; both return ERR_INVALID. */
int scan_place_fault(struct select_scan *scan, size_t at);
int scan_fault(struct select_scan *scan, size_t at, const char *why);

static inline bool scan_at_end(const struct select_scan *scan)
{
	return scan->at == scan->text.len;
}

static inline bool scan_at_char(const struct select_scan *scan, char c)
{
	return !scan_at_end(scan) && scan->text.ptr[scan->at] == c;
}

static inline bool scan_take(struct select_scan *scan, char c)
{
	if (!scan_at_char(scan, c))
		return false;
	scan->at++;
	return true;
}

void scan_skip_blanks(struct select_scan *scan);

/* Whether an operand ends at a place. */
bool scan_ends_operand(const struct select_scan *scan, size_t at);

/*
 * Hops before a '+', and behind one.  Returns whether there was a '+'; no number
 * there is all hops.
 */
bool scan_hops_before(struct select_scan *scan, uint32_t *hops_out);
bool scan_hops_behind(struct select_scan *scan, uint32_t *hops_out);

/* Takes "method:", when there is one; a word before "://" is none. */
NODISCARD int scan_method(struct select_scan *scan, enum select_method *out);

/* Takes a pattern, which may be quoted. */
NODISCARD int scan_pattern(struct select_scan *scan, struct glob *out);
