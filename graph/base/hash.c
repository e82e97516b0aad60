/* SPDX-License-Identifier: Apache-2.0 */

/*
 * hash.c - XXH3 over slices
 */
#include "base/hash.h"

#include <string.h>

/* Compiled in: the state lies on the stack, whose size only the header knows. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#define PIECE_LEN_BYTES 8
/* Pieces up to this much are laid side by side, which is faster than a stream. */
#define FLAT_MAX 1024

uint64_t hash64(struct slice bytes)
{
	return XXH3_64bits(bytes.ptr, bytes.len);
}

uint64_t hash64_seeded(struct slice bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.ptr, bytes.len, seed);
}

static struct hash128 from_xxh(XXH128_hash_t hash)
{
	return (struct hash128){ .lo = hash.low64, .hi = hash.high64 };
}

struct hash128 hash128_of(struct slice bytes)
{
	return from_xxh(XXH3_128bits(bytes.ptr, bytes.len));
}

/* The same on every machine: hashes are stored. */
static void put_length(unsigned char out[PIECE_LEN_BYTES], size_t len)
{
	for (size_t i = 0; i < PIECE_LEN_BYTES; i++)
		out[i] = (unsigned char)((uint64_t)len >> (8 * i));
}

static bool fits_flat(const struct slice *pieces, size_t count)
{
	size_t left = FLAT_MAX;

	for (size_t i = 0; i < count; i++) {
		if (left < PIECE_LEN_BYTES || left - PIECE_LEN_BYTES < pieces[i].len)
			return false;
		left -= PIECE_LEN_BYTES + pieces[i].len;
	}
	return true;
}

static struct hash128 hash_flat(const struct slice *pieces, size_t count)
{
	unsigned char flat[FLAT_MAX];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		put_length(flat + len, pieces[i].len);
		len += PIECE_LEN_BYTES;
		if (pieces[i].len)
			memcpy(flat + len, pieces[i].ptr, pieces[i].len);
		len += pieces[i].len;
	}
	return from_xxh(XXH3_128bits(flat, len));
}

static struct hash128 hash_stream(const struct slice *pieces, size_t count)
{
	XXH3_state_t state;

	XXH3_128bits_reset(&state);
	for (size_t i = 0; i < count; i++) {
		unsigned char length[PIECE_LEN_BYTES];

		put_length(length, pieces[i].len);
		XXH3_128bits_update(&state, length, sizeof(length));
		XXH3_128bits_update(&state, pieces[i].ptr, pieces[i].len);
	}
	return from_xxh(XXH3_128bits_digest(&state));
}

struct hash128 hash128_pieces(const struct slice *pieces, size_t count)
{
	if (fits_flat(pieces, count))
		return hash_flat(pieces, count);
	return hash_stream(pieces, count);
}
