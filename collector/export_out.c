/* SPDX-License-Identifier: Apache-2.0 */

/*
 * export_out.c - where exported events are written
 */

#include "collector/export_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int export_prepare(const char *dir, struct fault *fault)
{
	if (!dir || mkdir(dir, 0700) == 0 || errno == EEXIST)
		return 0;
	fault_set(fault, dir, "cannot be made: %s", err_errno_text(errno));
	return err_from_errno(errno);
}

static int write_all(int fd, struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes = slice_of(bytes.ptr + n, bytes.len - (size_t)n);
	}
	return 0;
}

static int write_file(
	const char *dir, uint64_t sequence, struct slice raw, struct fault *fault)
{
	char path[4096];
	int failure;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%020llu.json", dir,
		    (unsigned long long)sequence) >= (int)sizeof(path))
		return fault_set(fault, "--dir", "is too long");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	failure = fd < 0 ? errno : write_all(fd, raw);
	if (fd >= 0 && close(fd) && !failure)
		failure = errno;
	if (!failure)
		return 0;
	fault_set(fault, path, "cannot be written: %s", err_errno_text(failure));
	return err_from_errno(failure);
}

/* JSON has line breaks between its parts only, where a space means the same. */
static int write_line(struct slice raw)
{
	while (raw.len > 0) {
		size_t n = 0;

		while (n < raw.len && raw.ptr[n] != '\n' && raw.ptr[n] != '\r')
			n++;
		if (fwrite(raw.ptr, 1, n, stdout) != n)
			return ERR_IO;
		if (n < raw.len) {
			putchar(' ');
			n++;
		}
		raw = slice_of(raw.ptr + n, raw.len - n);
	}
	return putchar('\n') == EOF ? ERR_IO : 0;
}

int export_write(
	const char *dir, uint64_t sequence, struct slice raw, struct fault *fault)
{
	return dir ? write_file(dir, sequence, raw, fault) : write_line(raw);
}
