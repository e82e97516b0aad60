/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types.h - what a column's type means, whatever engine spelled it
 *
 * Schema facets carry types as free text.  Here such a text becomes a type with
 * its parameters, as far as it is known: the spellings of Postgres, MySQL,
 * Snowflake, BigQuery, Redshift, Spark and Hive, Trino, Avro, Arrow and Parquet,
 * DuckDB.  What is not known stays unknown, and unknown is never safe.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

enum type_kind {
	KIND_UNKNOWN,
	KIND_BOOLEAN,
	KIND_INTEGER,	/* bits, is_signed */
	KIND_DECIMAL,	/* precision, scale; precision 0: not told */
	KIND_FLOAT,	/* bits */
	KIND_STRING,	/* length in characters, 0: any; parts: the values of an enum */
	KIND_BINARY,	/* length in bytes, 0: any; bits: a string of bits */
	KIND_DATE,	/* a day */
	KIND_TIME,	/* precision: digits behind the second, -1: not told; zoned */
	KIND_TIMESTAMP, /* the same, and whether the zone is told */
	KIND_INTERVAL,	/* the same precision; bits: of INTERVAL_* */
	KIND_UUID,
	KIND_JSON,   /* json, variant, super: any shape */
	KIND_ARRAY,  /* of parts[0] */
	KIND_MAP,    /* from parts[0] to parts[1] */
	KIND_STRUCT, /* of parts with names; without parts: they are not told */
};

enum { INTERVAL_ANY, INTERVAL_MONTHS, INTERVAL_SECONDS };

struct column_type {
	enum type_kind kind;
	bool is_signed;	   /* KIND_INTEGER */
	bool zoned;	   /* KIND_TIMESTAMP, KIND_TIME */
	bool zone_told;	   /* KIND_TIMESTAMP; not by a bare "timestamp" */
	uint32_t bits;	   /* by the engine that means the fewest */
	uint32_t bits_max; /* by the one that means the most: float, int8 */
	uint64_t length;
	int32_t precision;
	int32_t scale;
	struct column_type *parts;
	size_t part_count;
	struct slice name; /* as a part of a struct, a value of an enum; or empty */
	struct slice text; /* as it was spelled; empty where it was not */
};

/* Nesting beyond this is unknown, and so is a longer text. */
#define COLUMN_TYPE_DEPTH_MAX 64
#define COLUMN_TYPE_BYTES_MAX 65536

/*
 * Reads a type into the arena; a text that it does not know is KIND_UNKNOWN, not
 * an error.  Letter case and blanks do not matter but in names, and NOT NULL,
 * DEFAULT and their like are passed over.  The type borrows from the text.  Fails
 * with ERR_NOMEM only.
 *
 * Some words mean different things to different engines.  "int" has 32 bits,
 * "decimal" no precision, "timestamp" no zone that would be told, "float" 32 or
 * 64 bits; "int8" has 8 bits beside "int16", and 8 bytes beside "int4".
 */
NODISCARD int column_type_read(
	struct slice text, struct arena *arena, struct column_type *out);

/*
 * Writes a type in one common spelling: int64, decimal(10,2), array<string>.
 * Read again, that is written alike.
 */
void column_type_write(struct buf *out, const struct column_type *type);

/* How values and readers fare when a column's type becomes another one. */
enum type_change {
	TYPES_SAME,
	TYPES_WIDENED,
	TYPES_LOSSY,	    /* every value has a place, not every bit of it */
	TYPES_NARROWED,	    /* some values have no place */
	TYPES_INCOMPATIBLE, /* readers cannot take it for what it was */
	TYPES_UNKNOWN,	    /* one of both is unknown, or something in them */
};

struct type_verdict {
	enum type_change change; /* the worst in it, structs member by member */
	bool storage; /* a table may be altered so in place, by common stores */
	bool reader;  /* what reads the column goes on working */
	bool sink;    /* a column of the type before takes every value of the one after */
	bool grain;   /* equal values may become different ones: date to timestamp */
	struct slice path; /* of the worst member, with dots; empty: the type itself */
};

/*
 * A certain loss outweighs what is unknown, and that outweighs what is safe:
 * SAME, WIDENED, UNKNOWN, LOSSY, NARROWED, INCOMPATIBLE.  storage, reader and
 * sink hold for all of the type, so something unknown in it makes them false.
 *
 * In a path an array's part is "_element", a map's "key" and "value", as in the
 * schema facet.  A member that is gone is INCOMPATIBLE, one that came WIDENED;
 * members are matched by name, and by place without one.  The path is in the
 * arena.  Members in another order are the SAME, but for sinks.  Fails with
 * ERR_NOMEM only.
 */
NODISCARD int column_type_compare(const struct column_type *before,
	const struct column_type *after, struct arena *arena, struct type_verdict *out);
