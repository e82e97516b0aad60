/* SPDX-License-Identifier: Apache-2.0 */

/*
 * folder.c - the names in a log's folder
 */
#include "graph/log/folder.h"

#include "graph/log/dictionary.h"
#include "graph/log/segfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_CAP 64

static void close_dir(DIR *dir)
{
	closedir(dir);
}

DEFINE_AUTO(dir, DIR *, close_dir);

void folder_fini(struct folder *folder)
{
	free(folder->segments);
	*folder = (struct folder){ 0 };
}

static int add_segment(struct folder *folder, uint64_t first)
{
	if (folder->count == folder->cap) {
		size_t cap = folder->cap ? folder->cap * 2 : FIRST_CAP;
		uint64_t *grown = reallocarray(folder->segments, cap, sizeof(*grown));

		if (!grown)
			return ERR_NOMEM;
		folder->segments = grown;
		folder->cap = cap;
	}
	folder->segments[folder->count++] = first;
	return 0;
}

static bool is_unfinished(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".new") == 0;
}

static int take_name(struct folder *folder, const char *name)
{
	uint32_t number;
	uint64_t first;

	if (segfile_parse_name(name, &first) == 0)
		return add_segment(folder, first);
	if (dictionary_parse_name(name, &number) == 0 && number > folder->dictionaries)
		folder->dictionaries = number;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int list(DIR *names, int dir, bool clean, struct folder *folder)
{
	for (;;) {
		const struct dirent *entry;
		int r;

		errno = 0;
		entry = readdir(names);
		if (!entry)
			return errno ? err_from_errno(errno) : 0;
		if (is_unfinished(entry->d_name) && clean)
			unlinkat(dir, entry->d_name, 0);
		r = take_name(folder, entry->d_name);
		if (r)
			return r;
	}
}

int folder_list(int dir, bool clean, struct folder *out)
{
	struct folder folder = { 0 };
	AUTO(dir) DIR *names = NULL;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_from_errno(errno);
	names = fdopendir(fd);
	if (!names) {
		close(fd);
		return ERR_NOMEM;
	}
	r = list(names, dir, clean, &folder);
	if (r) {
		folder_fini(&folder);
		return r;
	}
	if (folder.count)
		qsort(folder.segments, folder.count, sizeof(uint64_t), by_number);
	*out = folder;
	return 0;
}
