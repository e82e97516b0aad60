/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_inflate.c - any bytes as a gzip body
 *
 * The first byte chooses the ceiling.  What comes out keeps to it and to the
 * ratio, and begins with what zlib makes of the first member in one call.
 */
#include "collector/inflate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int what)
{
	if (!what)
		abort();
}

/* Inflates the first member by one plain call, into len bytes and not fewer. */
static void check_first_member(struct slice bytes, const char *data, size_t len)
{
	z_stream stream = { .zalloc = Z_NULL };
	char *again = malloc(len + 1);

	require(again && inflateInit2(&stream, 15 + 16) == Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)bytes.ptr;
	stream.avail_in = (uInt)bytes.len;
	stream.next_out = (Bytef *)again;
	stream.avail_out = (uInt)len + 1;
	require(inflate(&stream, Z_FINISH) == Z_STREAM_END);
	require(stream.total_out <= len);
	require(memcmp(again, data, stream.total_out) == 0);
	if (stream.avail_in == 0)
		require(stream.total_out == len);
	(void)inflateEnd(&stream);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = { .why = "" };
	struct slice bytes;
	size_t max_bytes;
	size_t len = 0;
	char *out = NULL;
	int r;

	if (!size)
		return 0;
	bytes = slice_of(data + 1, size - 1);
	max_bytes = (size_t)data[0] << (data[0] & 15);
	r = inflate_gzip(bytes, max_bytes, &out, &len, &fault);
	if (r) {
		require(r == ERR_INVALID || r == ERR_TOO_LARGE);
		require(!out && fault.why[0] != '\0');
		return 0;
	}
	require(len <= max_bytes && (len <= 65536 || len <= 200 * bytes.len));
	check_first_member(bytes, out, len);
	free(out);
	return 0;
}
