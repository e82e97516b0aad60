/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_suffix.c - what stands behind a type: signs, zones, and what is no type
 */
#include "graph/types_impl.h"

enum suffix_use {
	SUFFIX_NOTHING, /* says nothing about the type */
	SUFFIX_REST,	/* nor does what comes behind it */
	SUFFIX_UNSIGNED,
	SUFFIX_ZONED,
	SUFFIX_NOT_ZONED,
};

struct suffix {
	const char *words;
	enum suffix_use use;
};

static const struct suffix suffixes[] = {
	{ "unsigned", SUFFIX_UNSIGNED },
	{ "zerofill", SUFFIX_UNSIGNED },
	{ "with time zone", SUFFIX_ZONED },
	{ "with timezone", SUFFIX_ZONED },
	{ "with local time zone", SUFFIX_ZONED },
	{ "without time zone", SUFFIX_NOT_ZONED },
	{ "without timezone", SUFFIX_NOT_ZONED },
	{ "signed", SUFFIX_NOTHING },
	{ "not null", SUFFIX_NOTHING },
	{ "null", SUFFIX_NOTHING },
	{ "primary key", SUFFIX_NOTHING },
	{ "unique", SUFFIX_NOTHING },
	{ "auto_increment", SUFFIX_NOTHING },
	{ "character set", SUFFIX_REST },
	{ "charset", SUFFIX_REST },
	{ "collate", SUFFIX_REST },
	{ "comment", SUFFIX_REST },
	{ "default", SUFFIX_REST },
	{ "encode", SUFFIX_REST },
	{ "generated", SUFFIX_REST },
	{ "identity", SUFFIX_REST },
	{ "options", SUFFIX_REST },
};

/* Returns whether the suffix makes sense with the type. */
static bool apply_suffix(
	struct type_scan *scan, enum suffix_use use, struct column_type *type)
{
	bool is_stamp = type->kind == KIND_TIMESTAMP;
	bool is_integer = type->kind == KIND_INTEGER;

	switch (use) {
	case SUFFIX_NOTHING:
		return true;
	case SUFFIX_REST:
		type_scan_skip(scan);
		return true;
	case SUFFIX_UNSIGNED:
		type->is_signed = type->is_signed && !is_integer;
		return is_integer || type->kind == KIND_DECIMAL ||
		       type->kind == KIND_FLOAT;
	case SUFFIX_ZONED:
	case SUFFIX_NOT_ZONED:
		if (!is_stamp && type->kind != KIND_TIME)
			return false;
		type->zoned = use == SUFFIX_ZONED;
		type->zone_told = is_stamp;
		return true;
	}
	return false;
}

bool type_read_suffix(struct type_scan *scan, struct column_type *type)
{
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		struct type_scan ahead = *scan;

		type_scan_blanks(&ahead);
		if (!type_scan_words(&ahead, suffixes[i].words))
			continue;
		if (!apply_suffix(&ahead, suffixes[i].use, type))
			return false;
		*scan = ahead;
		return true;
	}
	return false;
}
