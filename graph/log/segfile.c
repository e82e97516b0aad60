/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segfile.c - a segment as a file
 */
#define _GNU_SOURCE /* sync_file_range */

#include "graph/log/segfile.h"

#include "base/hash.h"
#include "graph/log/fileio.h"
#include "graph/log/le.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MAGIC_BYTES 8
#define CHECKSUM_AT 56
#define NAME_DIGITS 20
#define STEP_BYTES  (UINT64_C(1) << 20)
#define ZERO_BYTES  ((size_t)64 * 1024)

static const uint8_t magic[MAGIC_BYTES] = { 'H', 'W', 'S', 'E', 'G', 'M', 'N', 'T' };

char *segfile_name(uint64_t first, char name[SEGFILE_NAME_MAX])
{
	snprintf(name, SEGFILE_NAME_MAX, "%020" PRIu64 ".seg", first);
	return name;
}

int segfile_parse_name(const char *name, uint64_t *first_out)
{
	uint64_t first = 0;

	for (int i = 0; i < NAME_DIGITS; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 1;
		if (__builtin_mul_overflow(first, UINT64_C(10), &first) ||
			__builtin_add_overflow(first, (uint64_t)(name[i] - '0'), &first))
			return 1;
	}
	if (strcmp(name + NAME_DIGITS, ".seg") != 0 || first == 0)
		return 1;
	*first_out = first;
	return 0;
}

void segfile_header_write(
	const struct segfile_header *header, uint8_t out[SEGFILE_HEADER_BYTES])
{
	memcpy(out, magic, MAGIC_BYTES);
	le_put32(out + 8, SEGFILE_FORMAT);
	le_put32(out + 12, header->dictionaries);
	le_put64(out + 16, header->first);
	le_put64(out + 24, header->size);
	le_put64(out + 32, header->previous_first);
	le_put64(out + 40, header->bytes_before);
	le_put64(out + 48, (uint64_t)header->since_us);
	le_put64(out + CHECKSUM_AT, hash64(slice_of(out, CHECKSUM_AT)));
}

int segfile_header_read(
	const uint8_t bytes[SEGFILE_HEADER_BYTES], struct segfile_header *out)
{
	struct segfile_header header = {
		.dictionaries = le_get32(bytes + 12),
		.first = le_get64(bytes + 16),
		.size = le_get64(bytes + 24),
		.previous_first = le_get64(bytes + 32),
		.bytes_before = le_get64(bytes + 40),
		.since_us = (int64_t)le_get64(bytes + 48),
	};

	if (memcmp(bytes, magic, MAGIC_BYTES) != 0)
		return ERR_CORRUPT;
	if (le_get64(bytes + CHECKSUM_AT) != hash64(slice_of(bytes, CHECKSUM_AT)))
		return ERR_CORRUPT;
	if (le_get32(bytes + 8) != SEGFILE_FORMAT)
		return ERR_VERSION;
	if (header.first == 0 || header.size < SEGFILE_FRAMES_AT ||
		header.size > INT64_MAX || header.since_us < 0)
		return ERR_CORRUPT;
	*out = header;
	return 0;
}

int segfile_zero(int dir, int fd, uint64_t offset, uint64_t len)
{
	static const uint8_t zeros[ZERO_BYTES];
	int r = 0;

	while (len && !r) {
		size_t n = len < sizeof(zeros) ? (size_t)len : sizeof(zeros);

		r = fileio_write(dir, fd, zeros, n, offset);
		offset += n;
		len -= n;
	}
	return r;
}

/* Takes the room at once, so that a full disk is told before the long work. */
static int reserve(int dir, int fd, uint64_t size)
{
	int number;

	do {
		number = posix_fallocate(fd, 0, (off_t)size);
	} while (number == EINTR);
	if (number == 0 || number == EOPNOTSUPP || number == EINVAL)
		return 0; /* not every file system can: the zeros will do */
	return fileio_error(dir, number);
}

/*
 * In small steps, each pushed out before the next, so that the writer's syncs
 * beside it never wait for a whole segment.
 */
static int fill(int dir, int fd, uint64_t size, const atomic_bool *stop)
{
	const unsigned push = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
			      SYNC_FILE_RANGE_WAIT_AFTER;

	for (uint64_t at = 0; at < size; at += STEP_BYTES) {
		uint64_t n = size - at < STEP_BYTES ? size - at : STEP_BYTES;
		int r = segfile_zero(dir, fd, at, n);

		if (r)
			return r;
		if (sync_file_range(fd, (off_t)at, (off_t)n, push) && errno != ENOSYS)
			return fileio_error(dir, errno);
		if (atomic_load(stop))
			return ERR_CLOSED;
	}
	return fsync(fd) ? fileio_error(dir, errno) : 0;
}

int segfile_prewrite(int dir, uint64_t size, const atomic_bool *stop, int *fd_out)
{
	AUTO(fd) int fd = -1;
	int r = fileio_create(dir, SEGFILE_NEW, &fd);

	if (r)
		return r;
	r = reserve(dir, fd, size);
	if (!r)
		r = fill(dir, fd, size, stop);
	if (r) {
		unlinkat(dir, SEGFILE_NEW, 0);
		return r;
	}
	*fd_out = fileio_take(&fd);
	return 0;
}

int segfile_install(int dir, int fd, const struct segfile_header *header)
{
	uint8_t bytes[SEGFILE_HEADER_BYTES];
	char name[SEGFILE_NAME_MAX];
	int r;

	segfile_header_write(header, bytes);
	r = fileio_write(dir, fd, bytes, sizeof(bytes), 0);
	if (r)
		return r;
	return fileio_publish(dir, fd, SEGFILE_NEW, segfile_name(header->first, name));
}

int segfile_fault(struct fault *fault, int err, uint64_t first, uint64_t offset,
	const char *fmt, ...)
{
	char name[SEGFILE_NAME_MAX];
	char why[FAULT_WHY_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	(void)fault_set(fault, segfile_name(first, name), "%s", why);
	if (fault) {
		fault->offset = offset;
		fault->has_offset = true;
	}
	return err;
}
