/* SPDX-License-Identifier: Apache-2.0 */

/*
 * record.h - values of the store: version, fields, checksum
 *
 * A record is one byte of version, its fields, and the low four bytes of the
 * XXH3 of all before them (LMDB has no checksums of its own).  Numbers are
 * varints (seven bits a byte, low ones first); signed ones and differences are
 * zigzag varints.  Differences are taken modulo 2^64, so that no pair of times
 * is out of reach.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARINT_MAX	10 /* bytes of the longest one */
#define VARINT32_MAX	5  /* bytes of the longest one of 32 bits */
#define RECORD_OVERHEAD 5  /* version and checksum */

struct record_writer {
	struct buf *buf;
	uint8_t *start;
	uint8_t *at;
	uint8_t *end;
	bool over;
};

/*
 * Begins a record in buf, whose content it replaces; fields_max is the most
 * that its fields can take.  record_end() gives the record's bytes, which live
 * in buf.  ERR_NOMEM or ERR_TOO_LARGE.
 */
NODISCARD int record_begin(struct record_writer *writer, struct buf *buf, uint8_t version,
	size_t fields_max);
NODISCARD int record_end(struct record_writer *writer, struct slice *out);

void record_put_u8(struct record_writer *writer, uint8_t value);
void record_put_u64(struct record_writer *writer, uint64_t value);
void record_put_varint(struct record_writer *writer, uint64_t value);
void record_put_signed(struct record_writer *writer, int64_t value);
void record_put_raw(struct record_writer *writer, struct slice bytes);

/* The length and the bytes: at most VARINT_MAX more than them. */
void record_put_bytes(struct record_writer *writer, struct slice bytes);

/* a minus b, to be read with record_get_diff(reader, b). */
static inline void record_put_diff(struct record_writer *writer, int64_t a, int64_t b)
{
	record_put_signed(writer, (int64_t)((uint64_t)a - (uint64_t)b));
}

/*
 * Reads fields in their order.  What is not there or out of range reads as 0
 * and is remembered: ask record_close() once, before anything is believed.
 */
struct record_reader {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
};

/* ERR_CORRUPT when the checksum or the version is not what was written. */
NODISCARD int record_open(
	struct record_reader *reader, struct slice value, uint8_t version);

/* 0 when all fields were there and nothing is left, else ERR_CORRUPT. */
NODISCARD int record_close(const struct record_reader *reader);

uint8_t record_get_u8(struct record_reader *reader);
uint64_t record_get_u64(struct record_reader *reader);
uint64_t record_get_varint_slow(struct record_reader *reader);
int64_t record_get_signed(struct record_reader *reader);
struct slice record_get_bytes(struct record_reader *reader);

/* So many bytes, or none. */
struct slice record_get_raw(struct record_reader *reader, size_t len);

static inline size_t record_left(const struct record_reader *reader)
{
	return (size_t)(reader->end - reader->at);
}

/* Most varints are one byte. */
static inline uint64_t record_get_varint(struct record_reader *reader)
{
	if (LIKELY(reader->at < reader->end && *reader->at < 0x80))
		return *reader->at++;
	return record_get_varint_slow(reader);
}

/* A varint of at most max. */
static inline uint64_t record_get_max(struct record_reader *reader, uint64_t max)
{
	uint64_t value = record_get_varint(reader);

	if (LIKELY(value <= max))
		return value;
	reader->bad = true;
	return 0;
}

static inline uint32_t record_get_u32(struct record_reader *reader)
{
	return (uint32_t)record_get_max(reader, UINT32_MAX);
}

static inline int64_t record_get_diff(struct record_reader *reader, int64_t base)
{
	return (int64_t)((uint64_t)base + (uint64_t)record_get_signed(reader));
}

/* Writes a varint to where VARINT_MAX bytes have room; returns its length. */
size_t varint_encode(uint8_t *at, uint64_t value);
