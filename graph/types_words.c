/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_words.c - what engines call their types
 */
#include "graph/types_impl.h"

#define INT(n)                                                                        \
	{                                                                             \
		.kind = KIND_INTEGER, .is_signed = true, .bits = (n), .bits_max = (n) \
	}
#define UINT(n)                                                    \
	{                                                          \
		.kind = KIND_INTEGER, .bits = (n), .bits_max = (n) \
	}
/* 8 bits to Arrow, 8 bytes to Postgres. */
#define INT_8_OR_64                                                                \
	{                                                                          \
		.kind = KIND_INTEGER, .is_signed = true, .bits = 8, .bits_max = 64 \
	}
#define DECIMAL(p, s)                                                \
	{                                                            \
		.kind = KIND_DECIMAL, .precision = (p), .scale = (s) \
	}
#define FLOAT(n)                                                 \
	{                                                        \
		.kind = KIND_FLOAT, .bits = (n), .bits_max = (n) \
	}
/* 32 bits to Spark, 64 to Snowflake. */
#define FLOAT_32_OR_64                                         \
	{                                                      \
		.kind = KIND_FLOAT, .bits = 32, .bits_max = 64 \
	}
#define STRING(n)                                  \
	{                                          \
		.kind = KIND_STRING, .length = (n) \
	}
#define BINARY(n)                                  \
	{                                          \
		.kind = KIND_BINARY, .length = (n) \
	}
#define TIME(p)                                     \
	{                                           \
		.kind = KIND_TIME, .precision = (p) \
	}
#define TIME_ZONED                                                \
	{                                                         \
		.kind = KIND_TIME, .precision = -1, .zoned = true \
	}
/* Without a zone to Postgres, with one to Spark and BigQuery. */
#define STAMP_ANY(p)                                     \
	{                                                \
		.kind = KIND_TIMESTAMP, .precision = (p) \
	}
#define STAMP(p)                                                            \
	{                                                                   \
		.kind = KIND_TIMESTAMP, .precision = (p), .zone_told = true \
	}
#define STAMP_ZONED(p)                                                   \
	{                                                                \
		.kind = KIND_TIMESTAMP, .precision = (p), .zoned = true, \
		.zone_told = true                                        \
	}
#define INTERVAL(b)                                                                  \
	{                                                                            \
		.kind = KIND_INTERVAL, .precision = -1, .bits = (b), .bits_max = (b) \
	}
#define ONLY(k)                  \
	{                        \
		.kind = KIND_##k \
	}

/* clang-format off */
static const struct spelling spellings[] = {
	/* Truth */
	{ "bool", FORM_PLAIN, ONLY(BOOLEAN) },
	{ "boolean", FORM_PLAIN, ONLY(BOOLEAN) },

	/* Whole numbers */
	{ "tinyint", FORM_TINY, INT(8) },
	{ "byte", FORM_PLAIN, INT(8) },
	{ "byteint", FORM_PLAIN, INT(8) },
	{ "int1", FORM_WIDTH, INT(8) },
	{ "int_8", FORM_PLAIN, INT(8) },
	{ "int8", FORM_WIDTH, INT_8_OR_64 },
	{ "smallint", FORM_WIDTH, INT(16) },
	{ "short", FORM_PLAIN, INT(16) },
	{ "int2", FORM_WIDTH, INT(16) },
	{ "int_16", FORM_PLAIN, INT(16) },
	{ "int16", FORM_PLAIN, INT(16) },
	{ "smallserial", FORM_PLAIN, INT(16) },
	{ "serial2", FORM_PLAIN, INT(16) },
	{ "year", FORM_WIDTH, INT(16) },
	{ "mediumint", FORM_WIDTH, INT(24) },
	{ "int3", FORM_WIDTH, INT(24) },
	{ "int24", FORM_PLAIN, INT(24) },
	{ "int", FORM_WIDTH, INT(32) },
	{ "integer", FORM_WIDTH, INT(32) },
	{ "int4", FORM_WIDTH, INT(32) },
	{ "int_32", FORM_PLAIN, INT(32) },
	{ "int32", FORM_PLAIN, INT(32) },
	{ "serial", FORM_PLAIN, INT(32) },
	{ "serial4", FORM_PLAIN, INT(32) },
	{ "bigint", FORM_WIDTH, INT(64) },
	{ "long", FORM_PLAIN, INT(64) },
	{ "int_64", FORM_PLAIN, INT(64) },
	{ "int64", FORM_PLAIN, INT(64) },
	{ "bigserial", FORM_PLAIN, INT(64) },
	{ "serial8", FORM_PLAIN, INT(64) },
	{ "hugeint", FORM_PLAIN, INT(128) },
	{ "int128", FORM_PLAIN, INT(128) },
	{ "utinyint", FORM_PLAIN, UINT(8) },
	{ "uint8", FORM_PLAIN, UINT(8) },
	{ "uint_8", FORM_PLAIN, UINT(8) },
	{ "usmallint", FORM_PLAIN, UINT(16) },
	{ "uint16", FORM_PLAIN, UINT(16) },
	{ "uint_16", FORM_PLAIN, UINT(16) },
	{ "uint24", FORM_PLAIN, UINT(24) },
	{ "uinteger", FORM_PLAIN, UINT(32) },
	{ "uint32", FORM_PLAIN, UINT(32) },
	{ "uint_32", FORM_PLAIN, UINT(32) },
	{ "ubigint", FORM_PLAIN, UINT(64) },
	{ "uint64", FORM_PLAIN, UINT(64) },
	{ "uint_64", FORM_PLAIN, UINT(64) },
	{ "uhugeint", FORM_PLAIN, UINT(128) },
	{ "uint128", FORM_PLAIN, UINT(128) },

	/* Decimal numbers */
	{ "decimal", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "dec", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "numeric", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "number", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "decimal32", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "decimal64", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "decimal128", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "decimal256", FORM_DECIMAL, DECIMAL(0, 0) },
	{ "bignumeric", FORM_DECIMAL, DECIMAL(76, 38) },
	{ "bigdecimal", FORM_DECIMAL, DECIMAL(76, 38) },
	{ "money", FORM_PLAIN, DECIMAL(19, 2) },

	/* Floating point */
	{ "halffloat", FORM_PLAIN, FLOAT(16) },
	{ "float16", FORM_PLAIN, FLOAT(16) },
	{ "float4", FORM_PLAIN, FLOAT(32) },
	{ "float32", FORM_PLAIN, FLOAT(32) },
	{ "float", FORM_FLOAT, FLOAT_32_OR_64 },
	{ "real", FORM_PLAIN, FLOAT_32_OR_64 },
	{ "double", FORM_FLOAT, FLOAT(64) },
	{ "double precision", FORM_FLOAT, FLOAT(64) },
	{ "float8", FORM_PLAIN, FLOAT(64) },
	{ "float64", FORM_PLAIN, FLOAT(64) },

	/* Text; a character alone is one */
	{ "string", FORM_LENGTH, STRING(0) },
	{ "text", FORM_LENGTH, STRING(0) },
	{ "varchar", FORM_LENGTH, STRING(0) },
	{ "varchar2", FORM_LENGTH, STRING(0) },
	{ "nvarchar", FORM_LENGTH, STRING(0) },
	{ "nvarchar2", FORM_LENGTH, STRING(0) },
	{ "national varchar", FORM_LENGTH, STRING(0) },
	{ "character varying", FORM_LENGTH, STRING(0) },
	{ "char varying", FORM_LENGTH, STRING(0) },
	{ "national character varying", FORM_LENGTH, STRING(0) },
	{ "bpchar", FORM_LENGTH, STRING(0) },
	{ "citext", FORM_PLAIN, STRING(0) },
	{ "clob", FORM_PLAIN, STRING(0) },
	{ "utf8", FORM_PLAIN, STRING(0) },
	{ "large_string", FORM_PLAIN, STRING(0) },
	{ "large_utf8", FORM_PLAIN, STRING(0) },
	{ "string_view", FORM_PLAIN, STRING(0) },
	{ "utf8_view", FORM_PLAIN, STRING(0) },
	{ "char", FORM_LENGTH, STRING(1) },
	{ "character", FORM_LENGTH, STRING(1) },
	{ "nchar", FORM_LENGTH, STRING(1) },
	{ "national char", FORM_LENGTH, STRING(1) },
	{ "national character", FORM_LENGTH, STRING(1) },
	{ "tinytext", FORM_PLAIN, STRING(255) },
	{ "mediumtext", FORM_PLAIN, STRING(16777215) },
	{ "longtext", FORM_PLAIN, STRING(4294967295) },
	{ "enum", FORM_ENUM, ONLY(STRING) },

	/* Bytes */
	{ "binary", FORM_LENGTH, BINARY(0) },
	{ "varbinary", FORM_LENGTH, BINARY(0) },
	{ "binary varying", FORM_LENGTH, BINARY(0) },
	{ "varbyte", FORM_LENGTH, BINARY(0) },
	{ "bytea", FORM_PLAIN, BINARY(0) },
	{ "bytes", FORM_LENGTH, BINARY(0) },
	{ "byte_array", FORM_PLAIN, BINARY(0) },
	{ "blob", FORM_LENGTH, BINARY(0) },
	{ "large_binary", FORM_PLAIN, BINARY(0) },
	{ "binary_view", FORM_PLAIN, BINARY(0) },
	{ "tinyblob", FORM_PLAIN, BINARY(255) },
	{ "mediumblob", FORM_PLAIN, BINARY(16777215) },
	{ "longblob", FORM_PLAIN, BINARY(4294967295) },
	{ "fixed", FORM_FIXED, BINARY(0) },
	{ "fixed_size_binary", FORM_FIXED, BINARY(0) },
	{ "fixed_len_byte_array", FORM_FIXED, BINARY(0) },
	{ "bit", FORM_BITS, { .kind = KIND_BINARY, .bits = 1, .bits_max = 1 } },
	{ "bit varying", FORM_BITS, ONLY(UNKNOWN) },
	{ "varbit", FORM_BITS, ONLY(UNKNOWN) },

	/* Days and times */
	{ "date", FORM_PLAIN, ONLY(DATE) },
	{ "date32", FORM_SECONDS, ONLY(DATE) },
	{ "date64", FORM_SECONDS, ONLY(DATE) },
	{ "time", FORM_SECONDS, TIME(-1) },
	{ "time32", FORM_SECONDS, TIME(-1) },
	{ "time64", FORM_SECONDS, TIME(-1) },
	{ "time_millis", FORM_PLAIN, TIME(3) },
	{ "time_micros", FORM_PLAIN, TIME(6) },
	{ "time-millis", FORM_PLAIN, TIME(3) },
	{ "time-micros", FORM_PLAIN, TIME(6) },
	{ "timetz", FORM_SECONDS, TIME_ZONED },
	{ "timestamp", FORM_SECONDS, STAMP_ANY(-1) },
	{ "int96", FORM_PLAIN, STAMP_ANY(9) },
	{ "timestamp_ntz", FORM_SECONDS, STAMP(-1) },
	{ "timestampntz", FORM_SECONDS, STAMP(-1) },
	{ "datetime", FORM_SECONDS, STAMP(-1) },
	{ "datetime64", FORM_SECONDS, STAMP(-1) },
	{ "datetime2", FORM_SECONDS, STAMP(7) },
	{ "smalldatetime", FORM_PLAIN, STAMP(0) },
	{ "timestamp_s", FORM_PLAIN, STAMP(0) },
	{ "timestamp_ms", FORM_PLAIN, STAMP(3) },
	{ "timestamp_us", FORM_PLAIN, STAMP(6) },
	{ "timestamp_ns", FORM_PLAIN, STAMP(9) },
	{ "local-timestamp-millis", FORM_PLAIN, STAMP(3) },
	{ "local-timestamp-micros", FORM_PLAIN, STAMP(6) },
	{ "local-timestamp-nanos", FORM_PLAIN, STAMP(9) },
	{ "timestamptz", FORM_SECONDS, STAMP_ZONED(-1) },
	{ "timestamp_tz", FORM_SECONDS, STAMP_ZONED(-1) },
	{ "timestamp_ltz", FORM_SECONDS, STAMP_ZONED(-1) },
	{ "timestampltz", FORM_SECONDS, STAMP_ZONED(-1) },
	{ "datetimeoffset", FORM_SECONDS, STAMP_ZONED(7) },
	{ "timestamptz_ns", FORM_PLAIN, STAMP_ZONED(9) },
	{ "timestamp_millis", FORM_PLAIN, STAMP_ZONED(3) },
	{ "timestamp_micros", FORM_PLAIN, STAMP_ZONED(6) },
	{ "timestamp-millis", FORM_PLAIN, STAMP_ZONED(3) },
	{ "timestamp-micros", FORM_PLAIN, STAMP_ZONED(6) },
	{ "timestamp-nanos", FORM_PLAIN, STAMP_ZONED(9) },
	{ "interval", FORM_SECONDS, INTERVAL(INTERVAL_ANY) },
	{ "month_day_nano_interval", FORM_PLAIN, INTERVAL(INTERVAL_ANY) },
	{ "interval year", FORM_PLAIN, INTERVAL(INTERVAL_MONTHS) },
	{ "interval month", FORM_PLAIN, INTERVAL(INTERVAL_MONTHS) },
	{ "interval year to month", FORM_PLAIN, INTERVAL(INTERVAL_MONTHS) },
	{ "month_interval", FORM_PLAIN, INTERVAL(INTERVAL_MONTHS) },
	{ "interval day", FORM_PLAIN, INTERVAL(INTERVAL_SECONDS) },
	{ "interval hour", FORM_PLAIN, INTERVAL(INTERVAL_SECONDS) },
	{ "interval minute", FORM_PLAIN, INTERVAL(INTERVAL_SECONDS) },
	{ "interval second", FORM_SECONDS, INTERVAL(INTERVAL_SECONDS) },
	{ "interval day to hour", FORM_PLAIN, INTERVAL(INTERVAL_SECONDS) },
	{ "interval day to minute", FORM_PLAIN, INTERVAL(INTERVAL_SECONDS) },
	{ "interval day to second", FORM_SECONDS, INTERVAL(INTERVAL_SECONDS) },
	{ "interval hour to minute", FORM_PLAIN, INTERVAL(INTERVAL_SECONDS) },
	{ "interval hour to second", FORM_SECONDS, INTERVAL(INTERVAL_SECONDS) },
	{ "interval minute to second", FORM_SECONDS, INTERVAL(INTERVAL_SECONDS) },
	{ "day_time_interval", FORM_PLAIN, INTERVAL(INTERVAL_SECONDS) },
	{ "duration", FORM_SECONDS, INTERVAL(INTERVAL_ANY) },
	{ "timedelta64", FORM_SECONDS, INTERVAL(INTERVAL_ANY) },

	/* The rest that has no parts */
	{ "uuid", FORM_PLAIN, ONLY(UUID) },
	{ "guid", FORM_PLAIN, ONLY(UUID) },
	{ "uniqueidentifier", FORM_PLAIN, ONLY(UUID) },
	{ "json", FORM_PLAIN, ONLY(JSON) },
	{ "jsonb", FORM_PLAIN, ONLY(JSON) },
	{ "variant", FORM_PLAIN, ONLY(JSON) },
	{ "super", FORM_PLAIN, ONLY(JSON) },
	{ "object", FORM_STRUCT, ONLY(JSON) },

	/* What has parts */
	{ "array", FORM_ARRAY, ONLY(ARRAY) },
	{ "list", FORM_ARRAY, ONLY(ARRAY) },
	{ "large_list", FORM_ARRAY, ONLY(ARRAY) },
	{ "list_view", FORM_ARRAY, ONLY(ARRAY) },
	{ "fixed_size_list", FORM_ARRAY_FIXED, ONLY(ARRAY) },
	{ "map", FORM_MAP, ONLY(MAP) },
	{ "struct", FORM_STRUCT, ONLY(STRUCT) },
	{ "row", FORM_STRUCT, ONLY(STRUCT) },
	{ "record", FORM_STRUCT, ONLY(STRUCT) },
	{ "dictionary", FORM_DICTIONARY, ONLY(UNKNOWN) },
};
/* clang-format on */

const struct spelling *type_scan_spelling(struct type_scan *scan)
{
	char first = type_small_letter(type_scan_char(scan));
	const struct spelling *best = NULL;
	size_t end = scan->at;

	for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
		struct type_scan ahead = *scan;

		if (spellings[i].words[0] != first ||
			!type_scan_words(&ahead, spellings[i].words) || ahead.at <= end)
			continue;
		best = &spellings[i];
		end = ahead.at;
	}
	scan->at = end;
	return best;
}
