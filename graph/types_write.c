/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_write.c - a type in the common spelling, with a stack of its own
 */
#include "graph/types_impl.h"

#include "base/buf.h"

#include <inttypes.h>

static void write_quoted(struct buf *out, struct slice text, char quote)
{
	buf_byte(out, quote);
	for (size_t i = 0; i < text.len; i++) {
		buf_byte(out, text.ptr[i]);
		if (text.ptr[i] == quote)
			buf_byte(out, quote);
	}
	buf_byte(out, quote);
}

static bool is_plain(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = type_small_letter(name.ptr[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
			return false;
	}
	return true;
}

static void write_name(struct buf *out, struct slice name)
{
	if (!name.len)
		return;
	if (is_plain(name))
		buf_slice(out, name);
	else
		write_quoted(out, name, '"');
	buf_byte(out, ':');
}

static void write_number(struct buf *out, const char *word, uint64_t number)
{
	buf_str(out, word);
	if (number)
		buf_printf(out, "(%" PRIu64 ")", number);
}

static void write_decimal(struct buf *out, const struct column_type *type)
{
	buf_str(out, "decimal");
	if (type->precision)
		buf_printf(out, "(%d,%d)", (int)type->precision, (int)type->scale);
}

static void write_string(struct buf *out, const struct column_type *type)
{
	if (!type->part_count) {
		write_number(out, "string", type->length);
		return;
	}
	for (size_t i = 0; i < type->part_count; i++) {
		buf_str(out, i ? "," : "enum(");
		write_quoted(out, type->parts[i].name, '\'');
	}
	buf_byte(out, ')');
}

static void write_seconds(
	struct buf *out, const char *word, const struct column_type *type)
{
	buf_str(out, word);
	if (type->precision >= 0)
		buf_printf(out, "(%d)", (int)type->precision);
}

static void write_float(struct buf *out, const struct column_type *type)
{
	buf_str(out, "float");
	if (type->bits == type->bits_max)
		buf_printf(out, "%" PRIu32, type->bits);
}

static const char *timestamp_word(const struct column_type *type)
{
	if (!type->zone_told)
		return "timestamp";
	return type->zoned ? "timestamp_tz" : "timestamp_ntz";
}

static void write_interval(struct buf *out, const struct column_type *type)
{
	if (type->bits == INTERVAL_MONTHS)
		buf_str(out, "interval year to month");
	else
		write_seconds(out,
			type->bits == INTERVAL_SECONDS ? "interval day to second"
						       : "interval",
			type);
}

/* All of a type without parts, the word of one with parts. */
static void write_head(struct buf *out, const struct column_type *type)
{
	switch (type->kind) {
	case KIND_UNKNOWN:
		buf_str(out, "unknown");
		break;
	case KIND_BOOLEAN:
		buf_str(out, "boolean");
		break;
	case KIND_INTEGER:
		buf_printf(
			out, "%s%" PRIu32, type->is_signed ? "int" : "uint", type->bits);
		break;
	case KIND_DECIMAL:
		write_decimal(out, type);
		break;
	case KIND_FLOAT:
		write_float(out, type);
		break;
	case KIND_STRING:
		write_string(out, type);
		break;
	case KIND_BINARY:
		write_number(out, type->bits ? "bit" : "binary",
			type->bits ? type->bits : type->length);
		break;
	case KIND_DATE:
		buf_str(out, "date");
		break;
	case KIND_TIME:
		write_seconds(out, type->zoned ? "timetz" : "time", type);
		break;
	case KIND_TIMESTAMP:
		write_seconds(out, timestamp_word(type), type);
		break;
	case KIND_INTERVAL:
		write_interval(out, type);
		break;
	case KIND_UUID:
		buf_str(out, "uuid");
		break;
	case KIND_JSON:
		buf_str(out, "json");
		break;
	case KIND_ARRAY:
		buf_str(out, "array");
		break;
	case KIND_MAP:
		buf_str(out, "map");
		break;
	case KIND_STRUCT:
		buf_str(out, "struct");
		break;
	}
}

static bool has_parts(const struct column_type *type)
{
	return type->part_count && type->kind != KIND_STRING;
}

void column_type_write(struct buf *out, const struct column_type *type)
{
	struct {
		const struct column_type *type;
		size_t next; /* of its parts */
	} stack[COLUMN_TYPE_DEPTH_MAX];
	size_t depth = 0;

	for (;;) {
		if (!has_parts(type)) {
			write_head(out, type);
		} else if (depth == COLUMN_TYPE_DEPTH_MAX) {
			buf_str(out, "unknown");
		} else {
			write_head(out, type);
			stack[depth].type = type;
			stack[depth++].next = 0;
		}
		while (depth &&
			stack[depth - 1].next == stack[depth - 1].type->part_count) {
			buf_byte(out, '>');
			depth--;
		}
		if (!depth)
			return;
		buf_byte(out, stack[depth - 1].next ? ',' : '<');
		type = &stack[depth - 1].type->parts[stack[depth - 1].next++];
		write_name(out, type->name);
	}
}
