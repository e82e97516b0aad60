/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fileio.c - whole reads and writes, and what is durable after them
 */
#include "graph/log/fileio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* With less than this left an EIO is taken for a full disk. */
#define ROOM_LEAST ((size_t)64 * 1024)

int fileio_error(int dir, int number)
{
	if (number == ENOSPC || number == EDQUOT)
		return ERR_DISK_FULL;
	if (number == EIO && fileio_room(dir) < ROOM_LEAST)
		return ERR_DISK_FULL;
	return err_from_errno(number);
}

uint64_t fileio_room(int dir)
{
	struct statvfs fs;
	uint64_t room;

	if (fstatvfs(dir, &fs))
		return UINT64_MAX; /* not known: let the write find out */
	if (__builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &room))
		return UINT64_MAX;
	return room;
}

int fileio_sync_parent(int dir)
{
	AUTO(fd) int parent = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (parent < 0)
		return err_from_errno(errno);
	return fileio_sync_dir(parent);
}

int fileio_open_dir(const char *path, bool create, int *out)
{
	int dir;

	if (create && mkdir(path, 0700) && errno != EEXIST)
		return err_from_errno(errno);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_from_errno(errno);
	*out = dir;
	return 0;
}

int fileio_open(int dir, const char *name, int flags, int *out)
{
	int fd = openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return err_from_errno(errno);
	*out = fd;
	return 0;
}

int fileio_create(int dir, const char *name, int *out)
{
	int fd = openat(
		dir, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fileio_error(dir, errno);
	*out = fd;
	return 0;
}

int fileio_size(int fd, uint64_t *out)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_from_errno(errno);
	*out = (uint64_t)st.st_size;
	return 0;
}

int fileio_read(int fd, void *out, size_t len, uint64_t offset, size_t *got_out)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n =
			pread(fd, (char *)out + got, len - got, (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_from_errno(errno);
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*got_out = got;
	return 0;
}

int fileio_write(int dir, int fd, const void *bytes, size_t len, uint64_t offset)
{
	size_t put = 0;

	while (put < len) {
		ssize_t n = pwrite(
			fd, (const char *)bytes + put, len - put, (off_t)(offset + put));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fileio_error(dir, n ? errno : EIO);
		put += (size_t)n;
	}
	return 0;
}

/* Never tried again: after a failed sync the kernel has let go of the pages. */
int fileio_sync(int dir, int fd)
{
	return fdatasync(fd) ? fileio_error(dir, errno) : 0;
}

int fileio_sync_dir(int dir)
{
	return fsync(dir) ? fileio_error(dir, errno) : 0;
}

int fileio_publish(int dir, int fd, const char *from, const char *to)
{
	int r = fileio_sync(dir, fd);

	if (r)
		return r;
	if (renameat(dir, from, dir, to))
		return fileio_error(dir, errno);
	return fileio_sync_dir(dir);
}
