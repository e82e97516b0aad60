/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_params.c - what stands in brackets behind a scalar's word
 */
#include "graph/types_impl.h"

#include "base/arena.h"

#define ARGS_MAX 4

/* Beyond any engine's; so sums of digits cannot overflow. */
#define DIGITS_MAX  100000
#define SECONDS_MAX 12

/* So that one more digit cannot overflow. */
#define LENGTH_MAX (INT64_MAX / 20)

struct args {
	struct slice list[ARGS_MAX];
	size_t count;
};

/* Takes all to the closing bracket, of which the opening one was taken. */
static bool take_args(struct type_scan *scan, char closer, struct args *out)
{
	size_t start = scan->at;

	out->count = 0;
	for (; !type_scan_ended(scan); scan->at++) {
		char c = scan->text.ptr[scan->at];

		if (c != ',' && c != closer) {
			if (strchr("()[]<>{}", c))
				return false;
			continue;
		}
		if (out->count == ARGS_MAX)
			return false;
		out->list[out->count++] = type_scan_slice(scan, start, scan->at);
		start = scan->at + 1;
		if (c == closer) {
			scan->at++;
			return true;
		}
	}
	return false;
}

/* A whole number, and "char" or "byte" behind it if a word may be there. */
static bool read_number(struct slice text, bool word, int64_t max, int64_t *out)
{
	struct type_scan scan = { .text = text };
	int64_t value = 0;

	for (; type_scan_char(&scan) >= '0' && type_scan_char(&scan) <= '9'; scan.at++) {
		value = value * 10 + (type_scan_char(&scan) - '0');
		if (value > max)
			return false;
	}
	if (scan.at == 0)
		return false;
	*out = value;
	type_scan_blanks(&scan);
	return type_scan_ended(&scan) ||
	       (word && (type_scan_words(&scan, "char") ||
				type_scan_words(&scan, "byte")));
}

/* A whole number that may be negative. */
static bool read_scale(struct slice text, int64_t *out)
{
	bool negative = text.len && text.ptr[0] == '-';

	if (negative)
		text = slice_of(text.ptr + 1, text.len - 1);
	if (!read_number(text, false, DIGITS_MAX, out))
		return false;
	*out = negative ? -*out : *out;
	return true;
}

/* Shown so wide; or, of two arguments, so many bits and whether there is a sign. */
static bool apply_width(const struct args *args, struct column_type *out)
{
	bool is_signed = args->count == 2 && slice_equal_nocase(args->list[1], "true");
	int64_t number;

	if (!read_number(args->list[0], false, DIGITS_MAX, &number))
		return false;
	if (args->count == 1)
		return true;
	if (args->count != 2 ||
		(!is_signed && !slice_equal_nocase(args->list[1], "false")) ||
		(number != 8 && number != 16 && number != 32 && number != 64))
		return false;
	out->is_signed = is_signed;
	out->bits = out->bits_max = (uint32_t)number;
	return true;
}

static bool apply_tiny(const struct args *args, struct column_type *out)
{
	if (args->count != 1 || !slice_equal(args->list[0], SLICE("1")))
		return apply_width(args, out);
	*out = (struct column_type){ .kind = KIND_BOOLEAN };
	return true;
}

static bool apply_decimal(const struct args *args, struct column_type *out)
{
	int64_t precision;
	int64_t scale = 0;

	if (args->count > 2 ||
		!read_number(args->list[0], false, DIGITS_MAX, &precision) || !precision)
		return false;
	if (args->count == 2 && !read_scale(args->list[1], &scale))
		return false;
	out->precision = (int32_t)precision;
	out->scale = (int32_t)scale;
	return true;
}

/* 24 bits of precision and less are single; of two arguments none says anything. */
static bool apply_float(const struct args *args, struct column_type *out)
{
	int64_t first;
	int64_t second;

	if (args->count > 2 || !read_number(args->list[0], false, DIGITS_MAX, &first))
		return false;
	if (args->count == 2 && !read_number(args->list[1], false, DIGITS_MAX, &second))
		return false;
	if (args->count == 2 || first <= 24)
		out->bits_max = out->bits;
	else
		out->bits = out->bits_max;
	return true;
}

static bool apply_length(const struct args *args, struct column_type *out)
{
	int64_t length = 0;

	if (args->count != 1)
		return false;
	if (!slice_equal_nocase(args->list[0], "max") &&
		(!read_number(args->list[0], true, LENGTH_MAX, &length) || !length))
		return false;
	out->length = (uint64_t)length;
	return true;
}

static bool apply_bits(const struct args *args, struct column_type *out)
{
	int64_t bits;

	if (args->count != 1 ||
		!read_number(args->list[0], false, UINT32_MAX - 1, &bits) || !bits)
		return false;
	*out = (struct column_type){ .kind = KIND_BINARY };
	out->bits = out->bits_max = (uint32_t)bits;
	return true;
}

struct unit {
	const char *word;
	int32_t digits;
};

static const struct unit units[] = {
	{ "day", 0 },
	{ "s", 0 },
	{ "ms", 3 },
	{ "us", 6 },
	{ "ns", 9 },
	{ "unit=millis", 3 },
	{ "unit=micros", 6 },
	{ "unit=nanos", 9 },
};

static bool apply_unit(struct slice arg, struct column_type *out)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (slice_equal_nocase(arg, units[i].word)) {
			out->precision = units[i].digits;
			return true;
		}
	}
	return false;
}

/* What Arrow and Parquet say of a zone; only timestamps know one. */
static bool apply_zone(struct slice arg, struct column_type *out)
{
	if (slice_equal_nocase(arg, "isAdjustedToUTC=false"))
		return true;
	if (!slice_equal_nocase(arg, "isAdjustedToUTC=true") &&
		!slice_equal_nocase(arg, "UTC") &&
		!(arg.len > 3 && strncasecmp(arg.ptr, "tz=", 3) == 0))
		return false;
	out->zoned = out->kind == KIND_TIMESTAMP;
	return true;
}

static bool apply_seconds(const struct args *args, struct column_type *out)
{
	int64_t digits;

	if (args->count == 1 && read_number(args->list[0], false, SECONDS_MAX, &digits)) {
		out->precision = (int32_t)digits;
		return true;
	}
	out->zone_told = out->kind == KIND_TIMESTAMP;
	for (size_t i = 0; i < args->count; i++) {
		if (!apply_unit(args->list[i], out) && !apply_zone(args->list[i], out))
			return false;
	}
	/* The unit of a date says how it is stored. */
	if (out->kind == KIND_DATE)
		out->precision = 0;
	return true;
}

static bool apply(enum type_form form, const struct args *args, struct column_type *out)
{
	switch (form) {
	case FORM_WIDTH:
		return apply_width(args, out);
	case FORM_TINY:
		return apply_tiny(args, out);
	case FORM_DECIMAL:
		return apply_decimal(args, out);
	case FORM_FLOAT:
		return apply_float(args, out);
	case FORM_LENGTH:
	case FORM_FIXED:
		return apply_length(args, out);
	case FORM_BITS:
		return apply_bits(args, out);
	case FORM_SECONDS:
		return apply_seconds(args, out);
	case FORM_PLAIN:
	case FORM_ENUM:
	case FORM_ARRAY:
	case FORM_ARRAY_FIXED:
	case FORM_MAP:
	case FORM_STRUCT:
	case FORM_DICTIONARY:
		break;
	}
	return false;
}

/* The values of an enum, behind its opening bracket. */
static int read_values(
	struct type_scan *scan, struct arena *arena, struct column_type *out)
{
	struct type_parts values = { 0 };

	do {
		struct column_type value = { .kind = KIND_STRING };
		int r;

		type_scan_blanks(scan);
		if (type_scan_char(scan) != '\'')
			return 1;
		r = type_scan_quoted(scan, arena, &value.name);
		if (!r)
			r = type_parts_add(&values, arena, &value);
		if (r)
			return r;
	} while (type_scan_take(scan, ','));
	if (!type_scan_take(scan, ')'))
		return 1;
	type_make_enum(&values, out);
	return 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The bracket that closes the parameters which open here, if some do. */
static char take_opener(struct type_scan *scan, enum type_form form)
{
	struct type_scan ahead = *scan;

	if (type_scan_take(scan, '('))
		return ')';
	if ((form != FORM_FIXED && form != FORM_SECONDS) || !type_scan_take(&ahead, '['))
		return 0;
	/* timestamp[us] has a unit, and timestamp[3] is an array. */
	if (form == FORM_SECONDS && !is_letter(type_scan_char(&ahead)))
		return 0;
	*scan = ahead;
	return ']';
}

int type_read_params(struct type_scan *scan, const struct spelling *spelling,
	struct arena *arena, struct column_type *out)
{
	char closer = take_opener(scan, spelling->form);
	struct args args;

	*out = spelling->means;
	if (spelling->form == FORM_ENUM)
		return closer ? read_values(scan, arena, out) : 1;
	if (closer &&
		(!take_args(scan, closer, &args) || !apply(spelling->form, &args, out)))
		return 1;
	if (spelling->form == FORM_BITS && out->bits == 1)
		*out = (struct column_type){ .kind = KIND_BOOLEAN };
	return 0;
}
