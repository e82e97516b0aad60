/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dictionary.c - the zstd dictionaries of one log
 */
#include "graph/log/dictionary.h"

#include "base/hash.h"
#include "graph/log/fileio.h"
#include "graph/log/le.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MAGIC_BYTES    8
#define FORMAT	       1
#define HEADER_BYTES   24
#define CHECKSUM_BYTES 8
#define NAME_DIGITS    8
#define NAME_NEW       "dictionary.new"

static const uint8_t magic[MAGIC_BYTES] = { 'H', 'W', 'D', 'I', 'C', 'T', 'I', 'O' };

static void dictionary_free(struct dictionary *dictionary)
{
	if (!dictionary)
		return;
	ZSTD_freeCDict(dictionary->pack);
	ZSTD_freeDDict(atomic_load(&dictionary->unpack));
	free(dictionary->bytes);
	free(dictionary);
}

DEFINE_AUTO(dictionary, struct dictionary *, dictionary_free);

static void bytes_free(char *bytes)
{
	free(bytes);
}

DEFINE_AUTO(bytes, char *, bytes_free);

void dictset_init(struct dictset *set, int level)
{
	*set = (struct dictset){ .lock = PTHREAD_MUTEX_INITIALIZER, .level = level };
}

void dictset_fini(struct dictset *set)
{
	for (uint32_t i = 0; i <= DICTIONARY_MAX; i++)
		dictionary_free(atomic_load(&set->items[i]));
	pthread_mutex_destroy(&set->lock);
}

char *dictionary_name(uint32_t number, char name[DICTIONARY_NAME_MAX])
{
	snprintf(name, DICTIONARY_NAME_MAX, "%08" PRIu32 ".dict", number);
	return name;
}

int dictionary_parse_name(const char *name, uint32_t *number_out)
{
	uint32_t number = 0;

	for (int i = 0; i < NAME_DIGITS; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 1;
		number = number * 10 + (uint32_t)(name[i] - '0');
	}
	if (strcmp(name + NAME_DIGITS, ".dict") != 0 || number == 0)
		return 1;
	*number_out = number;
	return 0;
}

int dictionary_parse(struct slice file, uint32_t number, struct slice *out)
{
	const uint8_t *bytes = (const uint8_t *)file.ptr;
	size_t body;

	if (file.len < DICTIONARY_EXTRA_BYTES || memcmp(bytes, magic, MAGIC_BYTES) != 0)
		return ERR_CORRUPT;
	body = file.len - CHECKSUM_BYTES;
	if (le_get64(bytes + body) != hash64(slice_of(bytes, body)))
		return ERR_CORRUPT;
	if (le_get32(bytes + 8) != FORMAT)
		return ERR_VERSION;
	if (le_get32(bytes + 12) != number || le_get64(bytes + 16) != body - HEADER_BYTES)
		return ERR_CORRUPT;
	*out = slice_of(bytes + HEADER_BYTES, body - HEADER_BYTES);
	return 0;
}

static int dictionary_new(uint32_t number, struct slice bytes, struct dictionary **out)
{
	AUTO(dictionary) struct dictionary *made = calloc(1, sizeof(*made));

	if (!made)
		return ERR_NOMEM;
	made->number = number;
	made->bytes = malloc(bytes.len + 1);
	if (!made->bytes)
		return ERR_NOMEM;
	memcpy(made->bytes, bytes.ptr, bytes.len);
	made->size = bytes.len;
	*out = TAKE(made);
	return 0;
}

static int make_packer(struct dictionary *dictionary, int level)
{
	dictionary->pack = ZSTD_createCDict(dictionary->bytes, dictionary->size, level);
	return dictionary->pack ? 0 : ERR_NOMEM;
}

static int read_file(int dir, const char *name, char **bytes_out, size_t *len_out)
{
	AUTO(fd) int fd = -1;
	AUTO(bytes) char *bytes = NULL;
	uint64_t size;
	int r = fileio_open(dir, name, O_RDONLY, &fd);

	if (r)
		return r;
	r = fileio_size(fd, &size);
	if (r)
		return r;
	if (size > DICTIONARY_BYTES_MAX + DICTIONARY_EXTRA_BYTES)
		return ERR_CORRUPT;
	bytes = malloc(size + 1);
	if (!bytes)
		return ERR_NOMEM;
	r = fileio_read(fd, bytes, size, 0, len_out);
	if (r)
		return r;
	*bytes_out = TAKE(bytes);
	return 0;
}

static int load(int dir, uint32_t number, struct dictionary **out)
{
	AUTO(bytes) char *bytes = NULL;
	char name[DICTIONARY_NAME_MAX];
	struct slice found;
	size_t len;
	int r = read_file(dir, dictionary_name(number, name), &bytes, &len);

	if (!r)
		r = dictionary_parse(slice_of(bytes, len), number, &found);
	return r ? r : dictionary_new(number, found, out);
}

/* A failure of one file, said to who runs the program. */
static int explain(int err, uint32_t number, struct fault *fault)
{
	char name[DICTIONARY_NAME_MAX];

	dictionary_name(number, name);
	if (err == ERR_NOT_FOUND) {
		(void)fault_set(fault, name,
			"the dictionary is missing: events packed with it cannot be "
			"read; restore the file from a backup");
		return ERR_CORRUPT;
	}
	if (err == ERR_CORRUPT)
		(void)fault_set(fault, name,
			"the dictionary is damaged: events packed with it cannot be "
			"read; restore the file from a backup");
	else
		(void)fault_set(fault, name, "cannot load it: %s", err_text(err));
	return err;
}

int dictset_load(
	struct dictset *set, int dir, uint32_t count, bool packing, struct fault *fault)
{
	if (count > DICTIONARY_MAX) {
		(void)fault_set(fault, "", "more than %d dictionaries", DICTIONARY_MAX);
		return ERR_CORRUPT;
	}
	for (uint32_t number = 1; number <= count; number++) {
		AUTO(dictionary) struct dictionary *loaded = NULL;
		int r = load(dir, number, &loaded);

		if (!r && packing && number == count)
			r = make_packer(loaded, set->level);
		if (r)
			return explain(r, number, fault);
		atomic_store(&set->items[number], TAKE(loaded));
	}
	atomic_store(&set->count, count);
	return 0;
}

static int write_body(int dir, int fd, const struct dictionary *dictionary)
{
	size_t size = dictionary->size + DICTIONARY_EXTRA_BYTES;
	size_t body = size - CHECKSUM_BYTES;
	AUTO(bytes) char *bytes = malloc(size);
	uint8_t *at = (uint8_t *)bytes;

	if (!bytes)
		return ERR_NOMEM;
	memcpy(at, magic, MAGIC_BYTES);
	le_put32(at + 8, FORMAT);
	le_put32(at + 12, dictionary->number);
	le_put64(at + 16, dictionary->size);
	memcpy(at + HEADER_BYTES, dictionary->bytes, dictionary->size);
	le_put64(at + body, hash64(slice_of(at, body)));
	return fileio_write(dir, fd, at, size, 0);
}

static int write_file(int dir, const struct dictionary *dictionary)
{
	AUTO(fd) int fd = -1;
	char name[DICTIONARY_NAME_MAX];
	int r = fileio_create(dir, NAME_NEW, &fd);

	if (r)
		return r;
	r = write_body(dir, fd, dictionary);
	if (!r)
		r = fileio_publish(
			dir, fd, NAME_NEW, dictionary_name(dictionary->number, name));
	if (r)
		unlinkat(dir, NAME_NEW, 0);
	return r;
}

int dictset_add(struct dictset *set, int dir, struct slice bytes)
{
	AUTO(dictionary) struct dictionary *made = NULL;
	uint32_t number = dictset_count(set) + 1;
	int r;

	if (number > DICTIONARY_MAX || bytes.len > DICTIONARY_BYTES_MAX)
		return ERR_TOO_LARGE;
	r = dictionary_new(number, bytes, &made);
	if (!r)
		r = make_packer(made, set->level);
	if (!r)
		r = write_file(dir, made);
	if (r)
		return r;
	atomic_store(&set->items[number], TAKE(made));
	atomic_store(&set->count, number);
	return 0;
}

uint32_t dictset_count(struct dictset *set)
{
	return atomic_load(&set->count);
}

struct dictionary *dictset_newest(struct dictset *set)
{
	struct dictionary *newest = atomic_load_explicit(
		&set->items[dictset_count(set)], memory_order_acquire);

	return newest && newest->pack ? newest : NULL;
}

static int make_unpacker(struct dictset *set, struct dictionary *dictionary)
{
	ZSTD_DDict *made;

	pthread_mutex_lock(&set->lock);
	made = atomic_load(&dictionary->unpack);
	if (!made) {
		made = ZSTD_createDDict(dictionary->bytes, dictionary->size);
		atomic_store(&dictionary->unpack, made);
	}
	pthread_mutex_unlock(&set->lock);
	return made ? 0 : ERR_NOMEM;
}

int dictset_unpacker(struct dictset *set, uint32_t number, const ZSTD_DDict **out)
{
	struct dictionary *dictionary =
		number > DICTIONARY_MAX ? NULL : atomic_load(&set->items[number]);

	if (!dictionary)
		return 1;
	if (!atomic_load(&dictionary->unpack)) {
		int r = make_unpacker(set, dictionary);

		if (r)
			return r;
	}
	*out = atomic_load(&dictionary->unpack);
	return 0;
}
