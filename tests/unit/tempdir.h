/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tempdir.h - a directory for one test, and its end
 */
#pragma once

#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tempdir {
	char path[PATH_MAX];
};

/* Aborts when it cannot: no test can go on without. */
static inline void tempdir_make(struct tempdir *dir)
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(dir->path, sizeof(dir->path), "%s/headwater-test-XXXXXX",
		base && *base ? base : "/tmp");
	if (!mkdtemp(dir->path))
		abort();
}

/* Removes a file or a directory with all that is in it. */
static inline void tempdir_remove_path(char *path)
{
	char *paths[] = { path, NULL };
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	if (!walk)
		abort();
	while ((entry = fts_read(walk)))
		if (entry->fts_info != FTS_D)
			(void)remove(entry->fts_path);
	(void)fts_close(walk);
}

static inline void tempdir_remove(struct tempdir *dir)
{
	tempdir_remove_path(dir->path);
}
