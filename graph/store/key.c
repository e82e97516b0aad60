/* SPDX-License-Identifier: Apache-2.0 */

/* key.c - keys of the store, built on the stack, big-endian */

#include "key.h"

#include "base/err.h"

#include <assert.h>
#include <endian.h>

#define SIGN_BIT (UINT64_C(1) << 63)

_Static_assert(STORE_KEY_MAX <= 511, "LMDB is built with this key limit");

void key_start(struct store_key *key)
{
	key->len = 0;
}

static void put(struct store_key *key, const void *bytes, size_t len)
{
	size_t room = STORE_KEY_MAX - key->len;

	assert(len <= room);
	if (len > room)
		len = room;
	if (len)
		memcpy(key->bytes + key->len, bytes, len);
	key->len += len;
}

void key_put_u8(struct store_key *key, uint8_t value)
{
	put(key, &value, sizeof(value));
}

void key_put_u32(struct store_key *key, uint32_t value)
{
	uint32_t big = htobe32(value);

	put(key, &big, sizeof(big));
}

void key_put_u64(struct store_key *key, uint64_t value)
{
	uint64_t big = htobe64(value);

	put(key, &big, sizeof(big));
}

void key_put_time(struct store_key *key, int64_t time_us)
{
	key_put_u64(key, (uint64_t)time_us ^ SIGN_BIT);
}

void key_put_runid(struct store_key *key, const struct runid *id)
{
	put(key, id->bytes, sizeof(id->bytes));
}

void key_put_bytes(struct store_key *key, struct slice bytes)
{
	put(key, bytes.ptr, bytes.len);
}

bool key_put_name(struct store_key *key, struct slice name, size_t max)
{
	static const uint8_t escaped[2] = { 0, 255 };

	for (size_t i = 0; i < name.len; i++) {
		size_t need = name.ptr[i] ? 1 : sizeof(escaped);

		if (need > max)
			return false;
		put(key, name.ptr[i] ? (const void *)&name.ptr[i] : escaped, need);
		max -= need;
	}
	return true;
}

void key_put_name_end(struct store_key *key)
{
	static const uint8_t end[2] = { 0, 0 };

	put(key, end, sizeof(end));
}

void key_open(struct key_reader *reader, struct slice key)
{
	static const uint8_t none[1];

	reader->at = key.len ? (const uint8_t *)key.ptr : none;
	reader->end = reader->at + key.len;
	reader->bad = false;
}

static void get(struct key_reader *reader, void *out, size_t len)
{
	if ((size_t)(reader->end - reader->at) < len) {
		reader->bad = true;
		memset(out, 0, len);
		return;
	}
	memcpy(out, reader->at, len);
	reader->at += len;
}

uint8_t key_get_u8(struct key_reader *reader)
{
	uint8_t value;

	get(reader, &value, sizeof(value));
	return value;
}

uint32_t key_get_u32(struct key_reader *reader)
{
	uint32_t big;

	get(reader, &big, sizeof(big));
	return be32toh(big);
}

uint64_t key_get_u64(struct key_reader *reader)
{
	uint64_t big;

	get(reader, &big, sizeof(big));
	return be64toh(big);
}

int64_t key_get_time(struct key_reader *reader)
{
	return (int64_t)(key_get_u64(reader) ^ SIGN_BIT);
}

struct runid key_get_runid(struct key_reader *reader)
{
	struct runid id;

	get(reader, id.bytes, sizeof(id.bytes));
	return id;
}

size_t key_get_name(struct key_reader *reader, char *name, size_t max)
{
	size_t len = 0;

	for (;;) {
		uint8_t byte = key_get_u8(reader);

		/* A zero is escaped, or it is the first of the two that end the name. */
		if (!byte) {
			uint8_t next = key_get_u8(reader);

			if (!next)
				return len;
			reader->bad |= next != 255;
		}
		reader->bad |= len == max;
		if (reader->bad)
			return 0;
		name[len++] = (char)byte;
	}
}

int key_close(const struct key_reader *reader)
{
	return reader->bad || reader->at != reader->end ? ERR_CORRUPT : 0;
}
