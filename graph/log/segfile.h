/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segfile.h - a segment as a file
 *
 * Its name is the sequence number of its first event in 20 digits and ".seg".
 * The first 4 096 bytes are the header's alone, so that no later write touches
 * its block; frames follow, then zeros up to the size it was made with:
 *
 *	 0  magic "HWSEGMNT"
 *	 8  u32  format
 *	12  u32  dictionaries there were when it was made
 *	16  u64  first sequence
 *	24  u64  size of the file
 *	32  u64  first sequence of the segment before, 0 for none
 *	40  u64  bytes of the frames in all segments before
 *	48  i64  no event in it was received before this
 *	56  u64  checksum: XXH3-64 of the 56 bytes before
 *
 * What is being made is called "next.new": its zeros are really written, since
 * a sync into blocks that exist need not touch the file system's journal.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdatomic.h>
#include <stdint.h>

#define SEGFILE_FORMAT	     1
#define SEGFILE_HEADER_BYTES 64
#define SEGFILE_FRAMES_AT    4096
#define SEGFILE_NAME_MAX     32
#define SEGFILE_NEW	     "next.new"

struct segfile_header {
	uint64_t first;
	uint64_t size;
	uint64_t previous_first;
	uint64_t bytes_before;
	int64_t since_us;
	uint32_t dictionaries;
};

/* Writes the name of the segment and returns it. */
char *segfile_name(uint64_t first, char name[SEGFILE_NAME_MAX]);

/* Returns 0 and the number, or 1 when it is not the name of a segment. */
NODISCARD int segfile_parse_name(const char *name, uint64_t *first_out);

void segfile_header_write(
	const struct segfile_header *header, uint8_t out[SEGFILE_HEADER_BYTES]);

/* ERR_CORRUPT or, when it was written by a newer format, ERR_VERSION. */
NODISCARD int segfile_header_read(
	const uint8_t bytes[SEGFILE_HEADER_BYTES], struct segfile_header *out);

/*
 * Makes "next.new" of this size.  It is durable but for its name.  Gives up
 * with ERR_CLOSED when *stop becomes true.
 */
NODISCARD int segfile_prewrite(
	int dir, uint64_t size, const atomic_bool *stop, int *fd_out);

/* Writes the header into "next.new" and gives it its name, durably. */
NODISCARD int segfile_install(int dir, int fd, const struct segfile_header *header);

/* Fills in a fault (or NULL) about a place in a segment, and returns err. */
PRINTF(5, 6)
int segfile_fault(struct fault *fault, int err, uint64_t first, uint64_t offset,
	const char *fmt, ...);

/* Overwrites with zeros. */
NODISCARD int segfile_zero(int dir, int fd, uint64_t offset, uint64_t len);
