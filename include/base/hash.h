/* SPDX-License-Identifier: Apache-2.0 */

/*
 * hash.h - the one hash function: XXH3
 *
 * For checksums, keys and "is it the same as before".  Never for secrets: who
 * chooses the input can make two that collide, so an equal hash of outside
 * bytes is followed by a look at the bytes.
 */
#pragma once

#include "base/slice.h"

#include <stdint.h>

struct hash128 {
	uint64_t lo;
	uint64_t hi;
};

uint64_t hash64(struct slice bytes);
uint64_t hash64_seeded(struct slice bytes, uint64_t seed);
struct hash128 hash128_of(struct slice bytes);

/* A hash of several pieces; each piece's length counts, so ("a","bc") is not ("ab","c").
 */
struct hash128 hash128_pieces(const struct slice *pieces, size_t count);

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
	return a.lo == b.lo && a.hi == b.hi;
}
