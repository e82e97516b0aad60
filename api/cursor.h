/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cursor.h - where the next page of a list begins
 *
 * A cursor is a few numbers that mean something to one list, and a check that
 * ties it to its question: a cursor that is used with other parameters is
 * refused instead of giving a page of something else.
 */
#pragma once

#include "api/jsonw.h"
#include "api/params.h"

#define CURSOR_FIELDS 3

struct cursor {
	uint64_t at[CURSOR_FIELDS];
};

/*
 * Reads the parameter `cursor`; list names the route's list.  Returns false
 * when there is none, or it is no good (a fault of p then).
 */
bool param_cursor(struct params *p, const char *list, struct cursor *out);

/* Writes the member "next": a cursor, or null when next is NULL. */
void jsonw_next(struct jsonw *w, const struct params *p, const char *list,
	const struct cursor *next);
