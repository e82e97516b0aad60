/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dictionary.h - the zstd dictionaries of one log
 *
 * Numbered from 1 without a gap, each in a file of its own that never changes:
 *
 *	 0  magic "HWDICTIO"
 *	 8  u32  format
 *	12  u32  number
 *	16  u64  bytes of the dictionary
 *	24  the dictionary
 *	    u64  checksum: XXH3-64 of everything before
 *
 * The name is the number in 8 digits and ".dict".  A dictionary is durable
 * before anything is packed with it, and lives until the set is released.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <zstd.h>

#define DICTIONARY_MAX	       64
#define DICTIONARY_BYTES_MAX   ((size_t)1024 * 1024)
#define DICTIONARY_EXTRA_BYTES 32
#define DICTIONARY_NAME_MAX    32

struct dictionary {
	uint32_t number;
	void *bytes;
	size_t size;
	ZSTD_CDict *pack; /* NULL but for those that may be the newest */
	_Atomic(ZSTD_DDict *) unpack;
};

struct dictset {
	pthread_mutex_t lock; /* held while unpack is made */
	int level;
	_Atomic(struct dictionary *) items[DICTIONARY_MAX + 1];
	atomic_uint count;
};

/* level: zstd's, for what is packed with them. */
void dictset_init(struct dictset *set, int level);
void dictset_fini(struct dictset *set);

char *dictionary_name(uint32_t number, char name[DICTIONARY_NAME_MAX]);

/* Returns 0 and the number, or 1 when it is not the name of a dictionary. */
NODISCARD int dictionary_parse_name(const char *name, uint32_t *number_out);

/* Checks a file's bytes and finds the dictionary in them. */
NODISCARD int dictionary_parse(struct slice file, uint32_t number, struct slice *out);

/*
 * Loads dictionaries 1 to count.  packing: the newest will be packed with.
 * ERR_CORRUPT when one is missing or damaged: the fault says which.
 */
NODISCARD int dictset_load(
	struct dictset *set, int dir, uint32_t count, bool packing, struct fault *fault);

/* Makes the next one durable and the newest.  One thread.  ERR_TOO_LARGE: no number left.
 */
NODISCARD int dictset_add(struct dictset *set, int dir, struct slice bytes);

uint32_t dictset_count(struct dictset *set);

/* Borrowed; NULL when there is none to pack with. */
struct dictionary *dictset_newest(struct dictset *set);

/* Returns 0 and what unpacks, or 1 when there is no such dictionary. */
NODISCARD int dictset_unpacker(
	struct dictset *set, uint32_t number, const ZSTD_DDict **out);
