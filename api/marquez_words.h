/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_words.h - phrases in texts
 *
 * A phrase is words one after the other, the last of which may be the beginning of
 * one.  Words are runs of letters and digits; letters compare in lower case (ASCII),
 * and bytes from 0x80 on count as letters.
 */
#pragma once

#include "base/arena.h"
#include "base/slice.h"

/* A letter in lower case. */
static inline char mq_fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

/* Nothing but spaces and tabs. */
static inline bool mq_is_blank(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != ' ' && text.ptr[i] != '\t')
			return false;
	}
	return true;
}

struct mq_match {
	size_t begin; /* of the words in the text */
	size_t end;
};

/* Whether a text has the phrase; *out is where it does first. */
bool mq_phrase_in(struct slice text, struct slice phrase, struct mq_match *out);

/* What is around a match, which stands between <em> and </em>; in the arena. */
NODISCARD int mq_fragment(struct slice text, const struct mq_match *match,
	struct arena *arena, struct slice *out);
