/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_frame.c - the log's files as whatever a broken disk gives
 *
 * The input is taken as frames, as the header of a segment and as a
 * dictionary's file.  Checksums are made right first, since no fuzzer guesses
 * them, and the code behind them must hold as well.
 */
#define _GNU_SOURCE /* memfd_create */

#include "base/hash.h"
#include "graph/log/dictionary.h"
#include "graph/log/framewalk.h"
#include "graph/log/le.h"
#include "graph/log/segfile.h"
#include "graph/log/tail.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Sets the checksum of every frame that one can be found for. */
static void mend_frames(uint8_t *bytes, size_t size)
{
	size_t at = 0;

	while (size - at >= FRAME_HEADER_BYTES) {
		struct frame frame;
		uint64_t n;

		if (frame_read(bytes + at, &frame) != 0)
			return;
		n = frame_size(frame.payload_bytes);
		if (n > size - at)
			return;
		le_put64(bytes + at, hash64(slice_of(bytes + at + 8, n - 8)));
		at += n;
	}
}

static void check_again(const struct frame *frame, struct slice payload)
{
	uint8_t *again = malloc(frame_size(frame->payload_bytes));
	struct frame same;

	must(again != NULL);
	frame_write(frame, payload.ptr, again);
	must(frame_read(again, &same) == 0 && frame_intact(&same, again));
	must(same.sequence == frame->sequence && same.raw_bytes == frame->raw_bytes);
	free(again);
}

static void walk_all(int fd, const uint8_t *bytes, size_t size)
{
	struct framewalk walk = { 0 };
	struct frame frame;
	struct slice payload;
	uint64_t sequence = size >= FRAME_HEADER_BYTES ? le_get64(bytes + 8) : 1;

	framewalk_start(&walk, &(struct framewalk_span){ fd, size, 0, sequence });
	while (framewalk_peek(&walk, &frame) == 0) {
		uint64_t before = walk.at.offset;

		if (framewalk_frame(&walk, &frame, &payload) == 0)
			check_again(&frame, payload);
		framewalk_step(&walk, &frame);
		must(walk.at.offset > before && walk.at.offset <= size + 7);
	}
	if (walk.at.offset < size) {
		struct tail tail = { -1, fd, walk.at.offset, walk.at.sequence, size };

		must(tail_look(&tail) >= 0);
		must(tail_was_durable(&tail) >= 0);
	}
	framewalk_fini(&walk);
}

static void read_frames(const uint8_t *data, size_t size)
{
	static int fd = -1;
	uint8_t *bytes = malloc(size + 1);

	if (fd < 0)
		fd = memfd_create("segment", MFD_CLOEXEC);
	must(fd >= 0 && bytes);
	memcpy(bytes, data, size);
	mend_frames(bytes, size);
	must(ftruncate(fd, 0) == 0);
	must(pwrite(fd, bytes, size, 0) == (ssize_t)size);
	walk_all(fd, bytes, size);
	free(bytes);
}

static void read_segment_header(const uint8_t *data, size_t size)
{
	uint8_t bytes[SEGFILE_HEADER_BYTES];
	struct segfile_header header;
	struct segfile_header same;

	if (size < sizeof(bytes))
		return;
	memcpy(bytes, data, sizeof(bytes));
	le_put64(bytes + 56, hash64(slice_of(bytes, 56)));
	if (segfile_header_read(bytes, &header) != 0)
		return;
	segfile_header_write(&header, bytes);
	must(segfile_header_read(bytes, &same) == 0 && same.first == header.first);
}

static void read_dictionary(const uint8_t *data, size_t size)
{
	uint8_t *bytes = malloc(size + 1);
	struct slice found;

	must(bytes != NULL);
	memcpy(bytes, data, size);
	if (size >= DICTIONARY_EXTRA_BYTES)
		le_put64(bytes + size - 8, hash64(slice_of(bytes, size - 8)));
	if (dictionary_parse(slice_of(bytes, size), 1, &found) == 0)
		must(found.len == size - DICTIONARY_EXTRA_BYTES);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_frames(data, size);
	read_segment_header(data, size);
	read_dictionary(data, size);
	return 0;
}
