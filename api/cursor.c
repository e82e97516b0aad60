/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cursor.c - where the next page of a list begins
 *
 * The text is CHECK.A.B.C, in hexadecimal, where CHECK is a hash of the
 * numbers, the list and the question.  It keeps honest clients from mistakes;
 * a forged cursor only asks for another page.
 */
#include "api/cursor.h"

#include "base/hash.h"

#include <stdio.h>

#define CURSOR_TEXT_MAX 80

static uint32_t cursor_check(
	const struct params *p, const char *list, const struct cursor *cursor)
{
	uint64_t seed = hash64_seeded(slice_from(list), params_question(p));

	return (uint32_t)hash64_seeded(slice_of(cursor->at, sizeof(cursor->at)), seed);
}

/* Cuts a hexadecimal number off the front of text, with the dot behind it. */
static int take_hex(struct slice *text, uint64_t *out)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < text->len && text->ptr[i] != '.'; i++) {
		int digit = hex_value(text->ptr[i]);

		if (digit < 0 || i >= 16)
			return 1;
		value = value << 4 | (uint64_t)digit;
	}
	if (i == 0)
		return 1;
	*out = value;
	i += i < text->len ? 1 : 0;
	*text = slice_of(text->ptr + i, text->len - i);
	return 0;
}

bool param_cursor(struct params *p, const char *list, struct cursor *out)
{
	struct slice text = param_get(p, "cursor");
	uint64_t check;
	int r;

	if (!param_given(p, "cursor"))
		return false;
	r = take_hex(&text, &check);
	for (size_t i = 0; i < CURSOR_FIELDS && !r; i++)
		r = take_hex(&text, &out->at[i]);
	if (!r && text.len == 0 && check == cursor_check(p, list, out))
		return true;
	params_fault(p, "cursor",
		"must be the `next` of an answer to the same question; only `limit` may "
		"differ");
	return false;
}

void jsonw_next(struct jsonw *w, const struct params *p, const char *list,
	const struct cursor *next)
{
	char text[CURSOR_TEXT_MAX];

	jsonw_key(w, "next");
	if (!next) {
		jsonw_null(w);
		return;
	}
	(void)snprintf(text, sizeof(text), "%x.%llx.%llx.%llx",
		cursor_check(p, list, next), (unsigned long long)next->at[0],
		(unsigned long long)next->at[1], (unsigned long long)next->at[2]);
	jsonw_text(w, text);
}
