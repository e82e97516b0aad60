/* SPDX-License-Identifier: Apache-2.0 */

/*
 * files.h - files and directories of a test
 *
 * What cannot be done ends the test program: these are its own files.
 */
#pragma once

#include "base/buf.h"

#define E2E_PATH_MAX 256

_Noreturn void need_failed(const char *what, const char *which);

/* A fresh, empty directory; dir_remove() takes it away with all that is in it. */
void dir_new(char out[E2E_PATH_MAX]);
void dir_remove(const char *path);

/* Copies a directory with all that is in it; to is made. */
void dir_copy(const char *from, const char *to);

/* "DIR/NAME" */
void path_join(char out[E2E_PATH_MAX], const char *dir, const char *name);

void file_write(const char *path, struct slice bytes);
void file_write_gzip(const char *path, struct slice bytes);

/* Appends the file to out. */
void file_read(const char *path, struct buf *out);

/* Appends the bytes in gzip's form to out. */
void gzip_bytes(struct slice bytes, struct buf *out);

/* Ends the test program with a line when what a test itself needs has failed. */
static inline void need(bool done, const char *what, const char *which)
{
	if (!done)
		need_failed(what, which);
}
