/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_common.c - what the parts of the benchmark share
 */

#define _GNU_SOURCE /* nftw() */

#include "tests/bench/bench.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int bench_serve(
	const struct bench *bench, const char *name, bool no_sync, struct child *out)
{
	char data[4096];
	const char *const argv[] = { bench->headwater, "serve", "--listen", "127.0.0.1:0",
		"--data", data, no_sync ? "--no-sync" : NULL, NULL };

	snprintf(data, sizeof(data), "%s/%s", bench->dir, name);
	return child_start(out, argv);
}

/* nftw() passes no context. */
static uint64_t disk_bytes;

static int add_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)path;
	(void)where;
	if (type == FTW_F)
		disk_bytes += (uint64_t)st->st_blocks * 512;
	return 0;
}

uint64_t bench_disk(const struct bench *bench, const char *name)
{
	char path[4096];

	disk_bytes = 0;
	snprintf(path, sizeof(path), "%s/%s", bench->dir, name);
	return nftw(path, add_file, 16, FTW_PHYS) ? 0 : disk_bytes;
}
