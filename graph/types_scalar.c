/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_scalar.c - what becomes of values when a type without parts changes
 *
 * Where engines disagree about a word, the reading that loses most is taken.
 */
#include "graph/types_impl.h"

/* MySQL's longer texts and blobs, beside which a plain one is no longer than this. */
#define MYSQL_PLAIN  65535
#define MYSQL_MEDIUM 16777215
#define MYSQL_LONG   4294967295

#define BARE_INT_BITS_MAX 32

bool type_change_worse(enum type_change a, enum type_change b)
{
	static const int ranks[] = {
		[TYPES_SAME] = 0,
		[TYPES_WIDENED] = 1,
		[TYPES_UNKNOWN] = 2,
		[TYPES_LOSSY] = 3,
		[TYPES_NARROWED] = 4,
		[TYPES_INCOMPATIBLE] = 5,
	};

	return ranks[a] > ranks[b];
}

static enum type_change worse_of(enum type_change a, enum type_change b)
{
	return type_change_worse(a, b) ? a : b;
}

/* The bits of an integer's value, without the sign. */
static int64_t value_bits(const struct column_type *type, uint32_t bits)
{
	return (int64_t)bits - type->is_signed;
}

/* Of the numbers with so many digits all fit. */
static int64_t digits_held(int64_t bits)
{
	return bits * 30103 / 100000;
}

/* The number in the word of an integer: 16 of "int16"; 0: there is none. */
static uint32_t number_in_word(struct slice text)
{
	uint32_t number = 0;
	size_t i = 0;

	while (i < text.len && (text.ptr[i] < '0' || text.ptr[i] > '9')) {
		if (!strchr("uUiInNtT_", text.ptr[i]))
			return 0;
		i++;
	}
	for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
		if (number > 100)
			return 0;
		number = number * 10 + (uint32_t)(text.ptr[i] - '0');
	}
	return number;
}

/*
 * "int8" has 8 bits or 8 bytes.  A neighbour tells which, when its own number is
 * one of bits (int16) or of bytes (int4).
 */
static void resolve_bits(struct column_type *type, const struct column_type *other)
{
	uint32_t number = number_in_word(other->text);

	if (type->bits == type->bits_max || other->bits != other->bits_max)
		return;
	if (number == other->bits)
		type->bits_max = type->bits;
	else if (number * 8 == other->bits)
		type->bits = type->bits_max;
}

static bool bits_equal(const struct column_type *a, const struct column_type *b)
{
	return a->bits == b->bits && a->bits_max == b->bits_max;
}

static enum type_change compare_integers(
	const struct column_type *before, const struct column_type *after)
{
	struct column_type from = *before;
	struct column_type to = *after;

	resolve_bits(&from, after);
	resolve_bits(&to, before);
	if (from.is_signed == to.is_signed && bits_equal(&from, &to))
		return TYPES_SAME;
	if (from.is_signed && !to.is_signed)
		return TYPES_NARROWED;
	return value_bits(&from, from.bits_max) <= value_bits(&to, to.bits)
		       ? TYPES_WIDENED
		       : TYPES_NARROWED;
}

/* So many digits before the point and behind it become so many others. */
static enum type_change compare_digits(
	int64_t whole_before, int64_t scale_before, const struct column_type *after)
{
	if (whole_before > (int64_t)after->precision - after->scale)
		return TYPES_NARROWED;
	return scale_before > after->scale ? TYPES_LOSSY : TYPES_WIDENED;
}

static enum type_change compare_decimals(
	const struct column_type *before, const struct column_type *after)
{
	if (before->precision == after->precision && before->scale == after->scale)
		return TYPES_SAME;
	if (!before->precision || !after->precision)
		return TYPES_UNKNOWN;
	return compare_digits(
		(int64_t)before->precision - before->scale, before->scale, after);
}

static enum type_change integer_to_decimal(
	const struct column_type *before, const struct column_type *after)
{
	/* A bare decimal has 10 digits and more before the point, with all engines. */
	if (!after->precision)
		return before->bits_max <= BARE_INT_BITS_MAX ? TYPES_WIDENED
							     : TYPES_UNKNOWN;
	return compare_digits(
		digits_held(value_bits(before, before->bits_max)) + 1, 0, after);
}

static enum type_change decimal_to_integer(
	const struct column_type *before, const struct column_type *after)
{
	int64_t whole = (int64_t)before->precision - before->scale;

	if (!before->precision)
		return TYPES_UNKNOWN;
	if (!after->is_signed || whole > digits_held(value_bits(after, after->bits)))
		return TYPES_NARROWED;
	return before->scale > 0 ? TYPES_LOSSY : TYPES_WIDENED;
}

struct float_limits {
	uint32_t bits;
	int64_t mantissa;    /* bits of whole numbers that are exact */
	int64_t digits;	     /* of decimal whole numbers that are exact */
	int64_t digits_most; /* before the point */
};

/* Gives those of fewest bits that the type may have. */
static const struct float_limits *float_limits(const struct column_type *type)
{
	static const struct float_limits limits[] = {
		{ 16, 11, 3, 4 },
		{ 32, 24, 7, 38 },
		{ 64, 53, 15, 308 },
	};
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(limits) && limits[i].bits < type->bits)
		i++;
	return &limits[i];
}

static enum type_change integer_to_float(
	const struct column_type *before, const struct column_type *after)
{
	const struct float_limits *limits = float_limits(after);
	int64_t bits = value_bits(before, before->bits_max);

	if (bits <= limits->mantissa)
		return TYPES_WIDENED;
	return digits_held(bits) < limits->digits_most ? TYPES_LOSSY : TYPES_NARROWED;
}

static enum type_change decimal_to_float(
	const struct column_type *before, const struct column_type *after)
{
	const struct float_limits *limits = float_limits(after);

	if (before->precision && before->scale == 0 &&
		before->precision <= limits->digits)
		return TYPES_WIDENED;
	return (int64_t)before->precision - before->scale <= limits->digits_most
		       ? TYPES_LOSSY
		       : TYPES_NARROWED;
}

static enum type_change compare_floats(
	const struct column_type *before, const struct column_type *after)
{
	if (bits_equal(before, after))
		return TYPES_SAME;
	return before->bits_max <= after->bits ? TYPES_WIDENED : TYPES_LOSSY;
}

/* One that is not told is between 0 and 9 digits, with all engines. */
static enum type_change compare_precisions(int32_t before, int32_t after)
{
	const int32_t most = 9;
	int32_t before_max = before < 0 ? most : before;
	int32_t before_min = before < 0 ? 0 : before;
	int32_t after_max = after < 0 ? most : after;
	int32_t after_min = after < 0 ? 0 : after;

	if (before == after)
		return TYPES_SAME;
	if (before_max <= after_min)
		return TYPES_WIDENED;
	return before_min > after_max ? TYPES_LOSSY : TYPES_UNKNOWN;
}

static enum type_change compare_zones(
	const struct column_type *before, const struct column_type *after)
{
	if (before->kind == KIND_TIMESTAMP && before->zone_told != after->zone_told)
		return TYPES_UNKNOWN;
	return before->zoned == after->zoned ? TYPES_SAME : TYPES_LOSSY;
}

static struct type_step compare_times(
	const struct column_type *before, const struct column_type *after)
{
	enum type_change precision =
		compare_precisions(before->precision, after->precision);

	return (struct type_step){
		.change = worse_of(precision, compare_zones(before, after)),
		.grain = precision == TYPES_WIDENED,
	};
}

static enum type_change compare_intervals(
	const struct column_type *before, const struct column_type *after)
{
	if (before->bits == after->bits)
		return compare_precisions(before->precision, after->precision);
	return before->bits == INTERVAL_ANY || after->bits == INTERVAL_ANY
		       ? TYPES_UNKNOWN
		       : TYPES_INCOMPATIBLE;
}

static uint64_t length_beside(
	const struct column_type *type, const struct column_type *other)
{
	if (type->length)
		return type->length;
	return other->length == MYSQL_MEDIUM || other->length == MYSQL_LONG ? MYSQL_PLAIN
									    : UINT64_MAX;
}

static enum type_change compare_lengths(
	const struct column_type *before, const struct column_type *after)
{
	uint64_t from = length_beside(before, after);
	uint64_t to = length_beside(after, before);

	if (from == to)
		return TYPES_SAME;
	return from < to ? TYPES_WIDENED : TYPES_NARROWED;
}

/* Of two enums the values are compared elsewhere; here one is a mere string. */
static enum type_change compare_strings(
	const struct column_type *before, const struct column_type *after)
{
	enum type_change change = compare_lengths(before, after);

	if (after->part_count)
		return TYPES_NARROWED;
	return before->part_count ? worse_of(change, TYPES_WIDENED) : change;
}

static enum type_change compare_binaries(
	const struct column_type *before, const struct column_type *after)
{
	if (!before->bits != !after->bits)
		return TYPES_INCOMPATIBLE;
	if (!before->bits)
		return compare_lengths(before, after);
	if (before->bits == after->bits)
		return TYPES_SAME;
	return before->bits < after->bits ? TYPES_WIDENED : TYPES_NARROWED;
}

static struct type_step compare_alike(
	const struct column_type *before, const struct column_type *after)
{
	switch (before->kind) {
	case KIND_INTEGER:
		return (struct type_step){ compare_integers(before, after), false };
	case KIND_DECIMAL:
		return (struct type_step){ compare_decimals(before, after), false };
	case KIND_FLOAT:
		return (struct type_step){ compare_floats(before, after), false };
	case KIND_STRING:
		return (struct type_step){ compare_strings(before, after), false };
	case KIND_BINARY:
		return (struct type_step){ compare_binaries(before, after), false };
	case KIND_TIME:
	case KIND_TIMESTAMP:
		return compare_times(before, after);
	case KIND_INTERVAL:
		return (struct type_step){ compare_intervals(before, after), false };
	case KIND_BOOLEAN:
	case KIND_DATE:
	case KIND_UUID:
	case KIND_JSON:
		return (struct type_step){ TYPES_SAME, false };
	case KIND_UNKNOWN:
	case KIND_ARRAY:
	case KIND_MAP:
	case KIND_STRUCT:
		break;
	}
	return (struct type_step){ TYPES_UNKNOWN, false };
}

typedef enum type_change (*compare_fn)(
	const struct column_type *before, const struct column_type *after);

static enum type_change date_to_timestamp(
	const struct column_type *before, const struct column_type *after)
{
	(void)before;
	return after->zoned ? TYPES_LOSSY : TYPES_WIDENED;
}

/* Nothing but the day stays. */
static enum type_change timestamp_to_date(
	const struct column_type *before, const struct column_type *after)
{
	(void)before;
	(void)after;
	return TYPES_LOSSY;
}

/* Fractions and the largest numbers have no place. */
static enum type_change float_to_exact(
	const struct column_type *before, const struct column_type *after)
{
	(void)before;
	return after->kind == KIND_DECIMAL && !after->precision ? TYPES_UNKNOWN
								: TYPES_NARROWED;
}

struct crossing {
	enum type_kind before;
	enum type_kind after;
	bool grain;
	compare_fn compare;
};

/* The kinds that become another one; all else is incompatible. */
static const struct crossing crossings[] = {
	{ KIND_INTEGER, KIND_DECIMAL, false, integer_to_decimal },
	{ KIND_INTEGER, KIND_FLOAT, false, integer_to_float },
	{ KIND_DECIMAL, KIND_INTEGER, false, decimal_to_integer },
	{ KIND_DECIMAL, KIND_FLOAT, false, decimal_to_float },
	{ KIND_FLOAT, KIND_INTEGER, false, float_to_exact },
	{ KIND_FLOAT, KIND_DECIMAL, false, float_to_exact },
	{ KIND_DATE, KIND_TIMESTAMP, true, date_to_timestamp },
	{ KIND_TIMESTAMP, KIND_DATE, false, timestamp_to_date },
};

struct type_step type_compare_scalars(
	const struct column_type *before, const struct column_type *after)
{
	if (before->kind == KIND_UNKNOWN || after->kind == KIND_UNKNOWN)
		return (struct type_step){ TYPES_UNKNOWN, false };
	if (before->kind == after->kind)
		return compare_alike(before, after);
	for (size_t i = 0; i < ARRAY_LEN(crossings); i++) {
		if (crossings[i].before == before->kind &&
			crossings[i].after == after->kind)
			return (struct type_step){
				crossings[i].compare(before, after),
				crossings[i].grain,
			};
	}
	return (struct type_step){ TYPES_INCOMPATIBLE, false };
}
