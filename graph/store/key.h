/* SPDX-License-Identifier: Apache-2.0 */

/*
 * key.h - keys of the store, built on the stack, big-endian
 *
 * Byte order is the order we want: unsigned numbers high byte first, times
 * with the sign bit flipped, bytes that something follows escaped (see
 * key_put_name).  A part that does not fit is our own mistake, never an
 * input's: variable parts are cut by whoever puts them.
 */
#pragma once

#include "base/attr.h"
#include "base/runid.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_KEY_MAX 511

struct store_key {
	size_t len;
	uint8_t bytes[STORE_KEY_MAX];
};

/* A key starts empty, and each part goes behind the one before. */
void key_start(struct store_key *key);
void key_put_u8(struct store_key *key, uint8_t value);
void key_put_u32(struct store_key *key, uint32_t value);
void key_put_u64(struct store_key *key, uint64_t value);
void key_put_time(struct store_key *key, int64_t time_us);
void key_put_runid(struct store_key *key, const struct runid *id);
void key_put_bytes(struct store_key *key, struct slice bytes);

/*
 * Bytes in an order that holds whatever follows: 0 becomes 0 255.  At most max
 * bytes of key are used; returns false when not all of the name went in.
 */
bool key_put_name(struct store_key *key, struct slice name, size_t max);

/* Ends a name: sorts before every longer one. */
void key_put_name_end(struct store_key *key);

static inline struct slice key_slice(const struct store_key *key)
{
	return slice_of(key->bytes, key->len);
}

/*
 * Reads a key's parts in their order; a part that is not there reads as zeros
 * and is remembered.
 */
struct key_reader {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
};

void key_open(struct key_reader *reader, struct slice key);
uint8_t key_get_u8(struct key_reader *reader);
uint32_t key_get_u32(struct key_reader *reader);
uint64_t key_get_u64(struct key_reader *reader);
int64_t key_get_time(struct key_reader *reader);
struct runid key_get_runid(struct key_reader *reader);

/* Reads a name and its end; returns its length.  One over max bytes is bad. */
size_t key_get_name(struct key_reader *reader, char *name, size_t max);

/* 0 when the parts read were there and nothing is left, else ERR_CORRUPT. */
NODISCARD int key_close(const struct key_reader *reader);
