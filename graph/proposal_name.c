/* SPDX-License-Identifier: Apache-2.0 */

/*
 * proposal_name.c - how near two names of columns are
 *
 * A name is words: runs of letters and digits, that also end where a lower-case
 * letter is followed by an upper-case one.  Bytes from 0x80 on are letters.
 */
#include "graph/proposal_impl.h"

#define WORDS_MAX  16
#define EDITED_MIN 3  /* shorter names are near to too many others */
#define EDITED_MAX 64 /* longer ones take too long */

struct words {
	struct slice list[WORDS_MAX];
	size_t count; /* WORDS_MAX and one: there are more */
};

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static char to_lower(char c)
{
	if (is_upper(c))
		c = (char)(c | 0x20);
	return c;
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
	return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

static void add_word(struct words *words, struct slice word)
{
	if (words->count < WORDS_MAX)
		words->list[words->count] = word;
	if (words->count <= WORDS_MAX)
		words->count++;
}

static struct words words_of(struct slice name)
{
	struct words words = { .count = 0 };
	size_t start = 0;

	for (size_t i = 0; i <= name.len; i++) {
		bool ends = i == name.len || !is_letter(name.ptr[i]);
		bool turns = !ends && i > start && is_upper(name.ptr[i]) &&
			     is_lower(name.ptr[i - 1]);

		if ((ends || turns) && i > start)
			add_word(&words, slice_of(name.ptr + start, i - start));
		if (ends || turns)
			start = ends ? i + 1 : i;
	}
	return words;
}

/* The next letter of a name in lower case; 0 behind the last one. */
static char next_letter(struct slice name, size_t *at)
{
	while (*at < name.len) {
		char c = name.ptr[(*at)++];

		if (is_letter(c))
			return to_lower(c);
	}
	return 0;
}

static bool is_spelled_alike(struct slice a, struct slice b)
{
	size_t x = 0;
	size_t y = 0;

	for (;;) {
		char c = next_letter(a, &x);

		if (c != next_letter(b, &y))
			return false;
		if (!c)
			return true;
	}
}

/* "qty" of "quantity": its letters in their order, from the first one on. */
static bool is_short_of(struct slice small, struct slice word)
{
	size_t found = 0;

	if (small.len > word.len || to_lower(small.ptr[0]) != to_lower(word.ptr[0]))
		return false;
	for (size_t i = 0; i < word.len && found < small.len; i++)
		found += to_lower(word.ptr[i]) == to_lower(small.ptr[found]);
	return found == small.len;
}

/* Words of one letter are short for too much, unless both are the same. */
static bool words_fit(struct slice a, struct slice b)
{
	if (is_spelled_alike(a, b))
		return true;
	return a.len > 1 && b.len > 1 && (is_short_of(a, b) || is_short_of(b, a));
}

static bool is_abbreviated(const struct words *a, const struct words *b)
{
	if (a->count != b->count || a->count == 0 || a->count > WORDS_MAX)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!words_fit(a->list[i], b->list[i]))
			return false;
	}
	return true;
}

/* All words of the one are in the other, in their order. */
static bool is_contained(const struct words *few, const struct words *many)
{
	size_t found = 0;

	if (few->count == 0 || few->count >= many->count || many->count > WORDS_MAX)
		return false;
	for (size_t i = 0; i < many->count && found < few->count; i++)
		found += is_spelled_alike(few->list[found], many->list[i]);
	return found == few->count;
}

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* How many letters have to be put in, taken out or replaced. */
static unsigned edit_distance(struct slice a, struct slice b)
{
	unsigned row[EDITED_MAX + 1];

	for (unsigned k = 0; k <= b.len; k++)
		row[k] = k;
	for (unsigned i = 0; i < a.len; i++) {
		unsigned corner = row[0];

		row[0] = i + 1;
		for (size_t k = 0; k < b.len; k++) {
			unsigned above = row[k + 1];
			unsigned replaced =
				corner + (to_lower(a.ptr[i]) != to_lower(b.ptr[k]));

			row[k + 1] = smallest(above + 1, row[k] + 1, replaced);
			corner = above;
		}
	}
	return row[b.len];
}

/* The letters that may differ: a quarter of them; 0: too short or too long. */
static unsigned distance_max(struct slice a, struct slice b)
{
	size_t longer = a.len > b.len ? a.len : b.len;
	size_t shorter = a.len + b.len - longer;

	if (shorter < EDITED_MIN || longer > EDITED_MAX || longer - shorter > longer / 4)
		return 0;
	return longer < 4 ? 1 : (unsigned)longer / 4;
}

struct name_verdict names_compare(struct slice a, struct slice b)
{
	struct words x = words_of(a);
	struct words y = words_of(b);
	unsigned most = distance_max(a, b);
	unsigned distance;

	if (is_spelled_alike(a, b))
		return (struct name_verdict){ NAMES_SPELLED, 0 };
	if (is_abbreviated(&x, &y))
		return (struct name_verdict){ NAMES_ABBREVIATED, 0 };
	if (is_contained(&x, &y) || is_contained(&y, &x))
		return (struct name_verdict){ NAMES_CONTAINED, 0 };
	if (!most)
		return (struct name_verdict){ NAMES_DIFFERENT, 0 };
	distance = edit_distance(a, b);
	return (struct name_verdict){ distance <= most ? NAMES_EDITED : NAMES_DIFFERENT,
		distance };
}
