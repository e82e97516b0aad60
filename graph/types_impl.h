/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_impl.h - the words of types, and what the readers of them share
 */
#pragma once

#include "graph/types.h"

/* What may stand behind the word of a type. */
enum type_form {
	FORM_PLAIN,	  /* nothing */
	FORM_WIDTH,	  /* (11): how wide to show it; (16,true): Parquet's bits */
	FORM_TINY,	  /* the same, but (1) makes it a boolean */
	FORM_DECIMAL,	  /* (10), (10,2) */
	FORM_FLOAT,	  /* (24): bits of precision; (7,4): how wide to show it */
	FORM_LENGTH,	  /* (10), (max) */
	FORM_FIXED,	  /* (16), [16] */
	FORM_BITS,	  /* (1) is a boolean */
	FORM_SECONDS,	  /* (6), [us, tz=UTC], (isAdjustedToUTC=true,unit=MICROS) */
	FORM_ENUM,	  /* ('a','b') */
	FORM_ARRAY,	  /* <int>, (int), <item: int> */
	FORM_ARRAY_FIXED, /* <item: int>[3] */
	FORM_MAP,	  /* <string,int>, (string,int) */
	FORM_STRUCT,	  /* <a:int,b:int>, (a int, b int) */
	FORM_DICTIONARY,  /* <values=string, ...> */
};

struct spelling {
	const char *words; /* small letters, a single blank between words */
	enum type_form form;
	struct column_type means;
};

/* A text and a place in it. */
struct type_scan {
	struct slice text;
	size_t at;
};

static inline bool type_scan_ended(const struct type_scan *scan)
{
	return scan->at >= scan->text.len;
}

/* The character here; 0 at the end. */
static inline char type_scan_char(const struct type_scan *scan)
{
	if (type_scan_ended(scan))
		return 0;
	return scan->text.ptr[scan->at];
}

static inline bool type_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline char type_small_letter(char c)
{
	if (c < 'A' || c > 'Z')
		return c;
	return (char)(c - 'A' + 'a');
}

static inline void type_scan_blanks(struct type_scan *scan)
{
	while (!type_scan_ended(scan) && type_is_blank(scan->text.ptr[scan->at]))
		scan->at++;
}

/* Takes a character, and blanks before it. */
static inline bool type_scan_take(struct type_scan *scan, char c)
{
	type_scan_blanks(scan);
	if (type_scan_ended(scan) || scan->text.ptr[scan->at] != c)
		return false;
	scan->at++;
	return true;
}

/* What lies between two places, without blanks around it. */
struct slice type_scan_slice(const struct type_scan *scan, size_t from, size_t to);

/* Takes these words, in any letter case, when the last of them ends here. */
bool type_scan_words(struct type_scan *scan, const char *words);

/* Takes "[]" or "[3]". */
bool type_scan_brackets(struct type_scan *scan);

/* Takes the longest spelling here; NULL: there is none. */
const struct spelling *type_scan_spelling(struct type_scan *scan);

/* Goes to the comma or the closing bracket behind a type, past all in brackets. */
void type_scan_skip(struct type_scan *scan);

/*
 * Takes what is between two quotes of the kind that is here; one doubled stands
 * for itself.  Returns 0, 1 when it does not end, or ERR_NOMEM.
 */
NODISCARD int type_scan_quoted(
	struct type_scan *scan, struct arena *arena, struct slice *out);

/*
 * Takes what stands behind the words of a scalar, and makes its type.  Returns 0,
 * 1 when there is something that it does not know, or ERR_NOMEM.
 */
NODISCARD int type_read_params(struct type_scan *scan, const struct spelling *spelling,
	struct arena *arena, struct column_type *out);

/*
 * Takes what may stand behind a type and is no parameter: "unsigned", "not null".
 * Returns whether there was something that fits the type.
 */
bool type_read_suffix(struct type_scan *scan, struct column_type *type);

/* A list of parts under construction. */
struct type_parts {
	struct column_type *list;
	size_t count;
	size_t capacity;
};

NODISCARD int type_parts_add(
	struct type_parts *parts, struct arena *arena, const struct column_type *part);

/* An enum of these values: its length is that of the longest. */
void type_make_enum(const struct type_parts *values, struct column_type *out);

/*
 * Gives an array or a map its parts, those that are not told are unknown; ones
 * too many make it unknown.  A struct takes any.
 */
NODISCARD int type_make_nested(
	const struct type_parts *parts, struct arena *arena, struct column_type *out);

/* Reads a type that is no JSON; what is nested deeper than depth_max is unknown. */
NODISCARD int type_read_words(struct slice text, uint32_t depth_max, struct arena *arena,
	struct column_type *out);

/* Reads a type that is written as JSON: Avro's, and Spark's. */
NODISCARD int type_read_json(
	struct slice text, struct arena *arena, struct column_type *out);

/* What becomes of two types that have no parts. */
struct type_step {
	enum type_change change;
	bool grain;
};

struct type_step type_compare_scalars(
	const struct column_type *before, const struct column_type *after);

/* Whether the first change is worse than the second. */
bool type_change_worse(enum type_change a, enum type_change b);

static inline bool type_change_safe(enum type_change change)
{
	return change == TYPES_SAME || change == TYPES_WIDENED;
}
