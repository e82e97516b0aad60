/* SPDX-License-Identifier: Apache-2.0 */

/*
 * files.c - files and directories of a test
 */
#define _GNU_SOURCE /* nftw() */
#include "tests/e2e/files.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/e2e/process.h"

void need_failed(const char *what, const char *which)
{
	fprintf(stderr, "the test cannot go on: %s %s: %s\n", what, which,
		strerror(errno));
	exit(99);
}

void dir_new(char out[E2E_PATH_MAX])
{
	const char *base = getenv("TMPDIR");

	path_join(out, base ? base : "/tmp", "headwater-e2e-XXXXXX");
	need(mkdtemp(out) != NULL, "mkdtemp", out);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void dir_remove(const char *path)
{
	need(nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0, "remove", path);
}

void dir_copy(const char *from, const char *to)
{
	const char *const argv[] = { "/bin/cp", "-R", from, to, NULL };

	need(process_run(argv, NULL, NULL, NULL) == 0, "cp -R", from);
}

void path_join(char out[E2E_PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(out, E2E_PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= E2E_PATH_MAX)
		errno = ENAMETOOLONG;
	need(n > 0 && n < E2E_PATH_MAX, "path", name);
}

void file_write(const char *path, struct slice bytes)
{
	FILE *file = fopen(path, "we");

	need(file != NULL, "open", path);
	need(fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len, "write", path);
	need(fclose(file) == 0, "close", path);
}

void file_write_gzip(const char *path, struct slice bytes)
{
	struct buf packed;

	buf_init(&packed, SIZE_MAX);
	gzip_bytes(bytes, &packed);
	file_write(path, buf_get(&packed));
	buf_fini(&packed);
}

void file_read(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "re");
	size_t n;

	need(file != NULL, "open", path);
	do {
		char *to = buf_reserve(out, 65536);

		need(to != NULL, "memory for", path);
		n = fread(to, 1, 65536, file);
		buf_advance(out, n);
	} while (n > 0);
	need(!ferror(file), "read", path);
	fclose(file);
}

void gzip_bytes(struct slice bytes, struct buf *out)
{
	z_stream stream = { 0 };
	uLong bound;
	char *to;

	/* 31: the largest window, and gzip's header. */
	need(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK,
		"deflate", "");
	bound = deflateBound(&stream, bytes.len);
	to = buf_reserve(out, bound);
	need(to != NULL, "memory for", "gzip");
	stream.next_in = (z_const Bytef *)(uintptr_t)bytes.ptr;
	stream.avail_in = (uInt)bytes.len;
	stream.next_out = (Bytef *)to;
	stream.avail_out = (uInt)bound;
	need(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflate", "");
	buf_advance(out, stream.total_out);
	deflateEnd(&stream);
}
