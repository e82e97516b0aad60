/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_words.c - phrases in texts
 */
#include "api/marquez_words.h"

#include "base/err.h"

/* Bytes shown on each side of a match. */
#define AROUND 80

static bool is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c >= 0x80;
}

/* The next word at or behind `at`, which moves behind it; empty: there is none. */
static struct slice next_word(struct slice text, size_t *at)
{
	size_t begin = *at;
	size_t end;

	while (begin < text.len && !is_word((unsigned char)text.ptr[begin]))
		begin++;
	end = begin;
	while (end < text.len && is_word((unsigned char)text.ptr[end]))
		end++;
	*at = end;
	return slice_of(text.ptr + begin, end - begin);
}

static bool starts_folded(struct slice word, struct slice start)
{
	if (word.len < start.len)
		return false;
	for (size_t i = 0; i < start.len; i++) {
		if (mq_fold(word.ptr[i]) != mq_fold(start.ptr[i]))
			return false;
	}
	return true;
}

/* Whether the phrase stands where a word of the text begins; *end is behind it. */
static bool stands_at(struct slice text, size_t at, struct slice phrase, size_t *end)
{
	size_t from = 0;
	struct slice wanted = next_word(phrase, &from);

	while (wanted.len) {
		struct slice word = next_word(text, &at);
		struct slice next = next_word(phrase, &from);

		if (!starts_folded(word, wanted) || (next.len && word.len != wanted.len))
			return false;
		*end = at;
		if (!next.len)
			return true;
		wanted = next;
	}
	return false;
}

bool mq_phrase_in(struct slice text, struct slice phrase, struct mq_match *out)
{
	size_t at = 0;

	for (;;) {
		struct slice word = next_word(text, &at);
		size_t begin = at - word.len;

		if (!word.len)
			return false;
		if (!stands_at(text, begin, phrase, &out->end))
			continue;
		out->begin = begin;
		return true;
	}
}

static bool is_inside_char(struct slice text, size_t at)
{
	return at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80;
}

static size_t put(char *out, size_t n, struct slice piece)
{
	if (piece.len)
		memcpy(out + n, piece.ptr, piece.len);
	return n + piece.len;
}

int mq_fragment(struct slice text, const struct mq_match *match, struct arena *arena,
	struct slice *out)
{
	const struct slice open = SLICE("<em>");
	const struct slice close = SLICE("</em>");
	size_t from = match->begin > AROUND ? match->begin - AROUND : 0;
	size_t to = text.len - match->end > AROUND ? match->end + AROUND : text.len;
	size_t n = 0;
	char *copy;

	while (is_inside_char(text, from))
		from++;
	while (is_inside_char(text, to))
		to++;
	copy = arena_alloc(arena, to - from + open.len + close.len);
	if (!copy)
		return ERR_NOMEM;
	n = put(copy, n, slice_of(text.ptr + from, match->begin - from));
	n = put(copy, n, open);
	n = put(copy, n, slice_of(text.ptr + match->begin, match->end - match->begin));
	n = put(copy, n, close);
	n = put(copy, n, slice_of(text.ptr + match->end, to - match->end));
	*out = slice_of(copy, n);
	return 0;
}
