/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fileio.h - whole reads and writes, and what is durable after them
 *
 * dir is the descriptor of the folder that the file lies in.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

/* AUTO(fd) int fd = -1; closes it at the end of the scope. */
static inline void auto_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Hands the descriptor on: AUTO lets go of it. */
static inline int fileio_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Like err_from_errno(), and tells a full disk that shows up as EIO. */
int fileio_error(int dir, int number);

/* Bytes that this process may still write on the disk of dir. */
uint64_t fileio_room(int dir);

/* Opens a folder; with create it is made when it is not there. */
NODISCARD int fileio_open_dir(const char *path, bool create, int *out);

/* Opens an existing file that is no link.  flags: O_RDONLY or O_RDWR. */
NODISCARD int fileio_open(int dir, const char *name, int flags, int *out);

/* A new empty file, only for us; one of that name is emptied. */
NODISCARD int fileio_create(int dir, const char *name, int *out);

NODISCARD int fileio_size(int fd, uint64_t *out);

/* Reads up to len bytes; fewer only at the end of the file. */
NODISCARD int fileio_read(
	int fd, void *out, size_t len, uint64_t offset, size_t *got_out);

NODISCARD int fileio_write(
	int dir, int fd, const void *bytes, size_t len, uint64_t offset);

/* Makes the bytes of the file durable. */
NODISCARD int fileio_sync(int dir, int fd);

/* Makes the names in the folder durable. */
NODISCARD int fileio_sync_dir(int dir);

/* Makes the name of the folder itself durable. */
NODISCARD int fileio_sync_parent(int dir);

/* Syncs the file, then gives it the name to in place of from, durably. */
NODISCARD int fileio_publish(int dir, int fd, const char *from, const char *to);
