/* SPDX-License-Identifier: Apache-2.0 */

/* record.c - values of the store: version, fields, checksum */

#include "record.h"

#include "base/err.h"
#include "base/hash.h"

#include <endian.h>

#define CHECKSUM_BYTES 4

static uint32_t checksum(const void *ptr, size_t len)
{
	return (uint32_t)hash64(slice_of(ptr, len));
}

int record_begin(
	struct record_writer *writer, struct buf *buf, uint8_t version, size_t fields_max)
{
	size_t total;
	char *room;

	if (__builtin_add_overflow(fields_max, RECORD_OVERHEAD, &total))
		return ERR_TOO_LARGE;
	buf_clear(buf);
	room = buf_reserve(buf, total);
	if (!room)
		return buf_error(buf);
	writer->buf = buf;
	writer->start = (uint8_t *)room;
	writer->at = writer->start;
	writer->end = writer->start + total;
	writer->over = false;
	record_put_u8(writer, version);
	return 0;
}

int record_end(struct record_writer *writer, struct slice *out)
{
	uint32_t sum = checksum(writer->start, (size_t)(writer->at - writer->start));
	uint32_t little = htole32(sum);

	record_put_raw(writer, slice_of(&little, sizeof(little)));
	if (writer->over)
		return ERR_TOO_LARGE;
	buf_advance(writer->buf, (size_t)(writer->at - writer->start));
	*out = buf_get(writer->buf);
	return 0;
}

void record_put_raw(struct record_writer *writer, struct slice bytes)
{
	if ((size_t)(writer->end - writer->at) < bytes.len) {
		writer->over = true;
		return;
	}
	if (bytes.len)
		memcpy(writer->at, bytes.ptr, bytes.len);
	writer->at += bytes.len;
}

void record_put_u8(struct record_writer *writer, uint8_t value)
{
	record_put_raw(writer, slice_of(&value, sizeof(value)));
}

void record_put_u64(struct record_writer *writer, uint64_t value)
{
	uint64_t little = htole64(value);

	record_put_raw(writer, slice_of(&little, sizeof(little)));
}

size_t varint_encode(uint8_t *at, uint64_t value)
{
	size_t n = 0;

	while (value >= 0x80) {
		at[n++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	at[n++] = (uint8_t)value;
	return n;
}

void record_put_varint(struct record_writer *writer, uint64_t value)
{
	uint8_t bytes[VARINT_MAX];

	record_put_raw(writer, slice_of(bytes, varint_encode(bytes, value)));
}

void record_put_signed(struct record_writer *writer, int64_t value)
{
	uint64_t sign = value < 0 ? UINT64_MAX : 0;

	record_put_varint(writer, ((uint64_t)value << 1) ^ sign);
}

void record_put_bytes(struct record_writer *writer, struct slice bytes)
{
	record_put_varint(writer, bytes.len);
	record_put_raw(writer, bytes);
}

int record_open(struct record_reader *reader, struct slice value, uint8_t version)
{
	uint32_t little;
	size_t covered;

	if (value.len < RECORD_OVERHEAD)
		return ERR_CORRUPT;
	covered = value.len - CHECKSUM_BYTES;
	memcpy(&little, value.ptr + covered, sizeof(little));
	if (checksum(value.ptr, covered) != le32toh(little))
		return ERR_CORRUPT;
	if ((uint8_t)value.ptr[0] != version)
		return ERR_CORRUPT;
	reader->at = (const uint8_t *)value.ptr + 1;
	reader->end = (const uint8_t *)value.ptr + covered;
	reader->bad = false;
	return 0;
}

int record_close(const struct record_reader *reader)
{
	return reader->bad || reader->at != reader->end ? ERR_CORRUPT : 0;
}

uint8_t record_get_u8(struct record_reader *reader)
{
	if (reader->at == reader->end) {
		reader->bad = true;
		return 0;
	}
	return *reader->at++;
}

uint64_t record_get_u64(struct record_reader *reader)
{
	uint64_t little;

	if (record_left(reader) < sizeof(little)) {
		reader->bad = true;
		return 0;
	}
	memcpy(&little, reader->at, sizeof(little));
	reader->at += sizeof(little);
	return le64toh(little);
}

uint64_t record_get_varint_slow(struct record_reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		uint8_t byte = *reader->at++;

		/* The tenth byte has room for one bit. */
		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	reader->bad = true;
	return 0;
}

int64_t record_get_signed(struct record_reader *reader)
{
	uint64_t value = record_get_varint(reader);
	uint64_t sign = value & 1 ? UINT64_MAX : 0;

	return (int64_t)((value >> 1) ^ sign);
}

struct slice record_get_bytes(struct record_reader *reader)
{
	uint64_t len = record_get_max(reader, record_left(reader));

	return record_get_raw(reader, (size_t)len);
}

struct slice record_get_raw(struct record_reader *reader, size_t len)
{
	struct slice bytes = { (const char *)reader->at, 0 };

	if (len > record_left(reader)) {
		reader->bad = true;
		return bytes;
	}
	bytes.len = len;
	reader->at += len;
	return bytes;
}
