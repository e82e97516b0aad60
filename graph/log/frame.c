/* SPDX-License-Identifier: Apache-2.0 */

/*
 * frame.c - one event as bytes of a segment
 */
#include "graph/log/frame.h"

#include "base/hash.h"
#include "graph/log/le.h"

#define CHECKSUM_BYTES 8

static uint64_t checksum_of(const uint8_t *bytes, uint64_t size)
{
	return hash64(slice_of(bytes + CHECKSUM_BYTES, size - CHECKSUM_BYTES));
}

void frame_write(const struct frame *frame, const void *payload, uint8_t *out)
{
	uint64_t size = frame_size(frame->payload_bytes);
	uint64_t used = FRAME_HEADER_BYTES + (uint64_t)frame->payload_bytes;

	le_put64(out + 8, frame->sequence);
	le_put64(out + 16, (uint64_t)frame->received_us);
	le_put32(out + 24, frame->payload_bytes);
	le_put32(out + 28, frame->raw_bytes);
	le_put32(out + 32, frame->unsynced);
	le_put16(out + 36, frame->dictionary);
	le_put16(out + 38, frame->flags);
	if (frame->payload_bytes)
		memcpy(out + FRAME_HEADER_BYTES, payload, frame->payload_bytes);
	memset(out + used, 0, size - used);
	le_put64(out, checksum_of(out, size));
}

static bool all_zero(const uint8_t *bytes)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < FRAME_HEADER_BYTES; i += sizeof(bits))
		bits |= le_get64(bytes + i);
	return bits == 0;
}

static bool plausible(const struct frame *frame)
{
	if (frame->sequence == 0 || frame->received_us < 0)
		return false;
	if (frame->raw_bytes > FRAME_RAW_MAX || (frame->flags & ~FRAME_STORED))
		return false;
	if (frame->flags & FRAME_STORED)
		return frame->payload_bytes == frame->raw_bytes && !frame->dictionary;
	return frame->payload_bytes < frame->raw_bytes;
}

int frame_read(const uint8_t *bytes, struct frame *out)
{
	struct frame frame = {
		.checksum = le_get64(bytes),
		.sequence = le_get64(bytes + 8),
		.received_us = (int64_t)le_get64(bytes + 16),
		.payload_bytes = le_get32(bytes + 24),
		.raw_bytes = le_get32(bytes + 28),
		.unsynced = le_get32(bytes + 32),
		.dictionary = le_get16(bytes + 36),
		.flags = le_get16(bytes + 38),
	};

	if (!plausible(&frame))
		return all_zero(bytes) ? 1 : ERR_CORRUPT;
	*out = frame;
	return 0;
}

bool frame_intact(const struct frame *frame, const uint8_t *bytes)
{
	return checksum_of(bytes, frame_size(frame->payload_bytes)) == frame->checksum;
}
