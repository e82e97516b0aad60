/* SPDX-License-Identifier: Apache-2.0 */

/*
 * frame.h - one event as bytes of a segment
 *
 * A header of 40 bytes, the payload, and zeros up to a multiple of eight:
 *
 *	 0  u64  checksum: XXH3-64 of everything behind it, the zeros too
 *	 8  u64  sequence
 *	16  i64  received_us
 *	24  u32  payload_bytes
 *	28  u32  raw_bytes, of the event itself
 *	32  u32  unsynced: how far behind this frame the last synced one was
 *	36  u16  dictionary, 0 for none
 *	38  u16  flags
 *
 * All little-endian.  Forty zero bytes are no frame: the log ends there.
 *
 * unsynced tells bit rot from a torn write.  When a frame is bad and a later
 * one says that the log was synced up to the bad one or beyond, then the bad
 * one was whole on the disk once, and clients were told so.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

#define FRAME_HEADER_BYTES 40
#define FRAME_RAW_MAX	   (UINT32_C(1) << 30)

/* The payload is the event as it was received: it did not shrink. */
#define FRAME_STORED 1U

struct frame {
	uint64_t checksum; /* set by frame_write() and frame_read() */
	uint64_t sequence;
	int64_t received_us;
	uint32_t payload_bytes;
	uint32_t raw_bytes;
	uint32_t unsynced; /* 0: not known */
	uint16_t dictionary;
	uint16_t flags;
};

/* Bytes of the whole frame in its segment. */
static inline uint64_t frame_size(uint32_t payload_bytes)
{
	return (FRAME_HEADER_BYTES + (uint64_t)payload_bytes + 7) & ~UINT64_C(7);
}

/* Writes frame_size() bytes; the payload has frame->payload_bytes. */
void frame_write(const struct frame *frame, const void *payload, uint8_t *out);

/*
 * Reads a header of FRAME_HEADER_BYTES.  Returns 0, 1 when it is all zeros, or
 * ERR_CORRUPT when no writer of this format writes such a header.
 */
NODISCARD int frame_read(const uint8_t *bytes, struct frame *out);

/* Whether the frame_size() bytes are what was written. */
bool frame_intact(const struct frame *frame, const uint8_t *bytes);
