/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/inflate.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

/* Real events shrink to a tenth or a thirtieth; what is far beyond is an attack. */
#define RATIO_MAX	 200
#define RATIO_FREE_BYTES 65536

/* The first guess: it is doubled when it was too low. */
#define FIRST_FACTOR 4

#define GZIP_WINDOW (15 + 16) /* the largest window, and a gzip header */

struct inflater {
	z_stream stream;
	struct slice rest; /* of the input, behind what the stream was given */
	size_t max_bytes;  /* of the output */
	size_t limit;	   /* the lower one of that and the ratio's */
	char *data;
	size_t len;
	size_t cap;
};

static int refuse(struct fault *fault, const char *why)
{
	return fault_set(fault, "", "%s", why);
}

static int refuse_size(const struct inflater *inflater, struct fault *fault)
{
	if (inflater->limit < inflater->max_bytes)
		(void)refuse(fault, "inflates to more than 200 times its size");
	else
		(void)fault_set(fault, "", "inflates to more than %zu bytes",
			inflater->max_bytes);
	return ERR_TOO_LARGE;
}

static size_t output_limit(size_t input_bytes, size_t max_bytes)
{
	size_t limit;

	if (__builtin_mul_overflow(input_bytes, RATIO_MAX, &limit))
		return max_bytes;
	if (limit < RATIO_FREE_BYTES)
		limit = RATIO_FREE_BYTES;
	return limit < max_bytes ? limit : max_bytes;
}

/* Multiplies room for output; one byte beyond the limit tells that it was passed. */
static int grow(struct inflater *inflater, size_t bytes, size_t factor)
{
	size_t most = inflater->limit < SIZE_MAX ? inflater->limit + 1 : SIZE_MAX;
	size_t cap;
	char *data;

	if (__builtin_mul_overflow(bytes, factor, &cap) || cap > most)
		cap = most;
	data = realloc(inflater->data, cap);
	if (!data)
		return ERR_NOMEM;
	inflater->data = data;
	inflater->cap = cap;
	return 0;
}

/* How much zlib can be told of at once. */
static uInt at_most_uint(size_t n)
{
	return n < UINT_MAX ? (uInt)n : UINT_MAX;
}

/* Gives the stream more input when it has none. */
static void feed(struct inflater *inflater)
{
	z_stream *stream = &inflater->stream;

	if (stream->avail_in)
		return;
	stream->next_in = (const Bytef *)inflater->rest.ptr;
	stream->avail_in = at_most_uint(inflater->rest.len);
	inflater->rest.ptr += stream->avail_in;
	inflater->rest.len -= stream->avail_in;
}

/* One call into zlib, and its answer. */
static int step(struct inflater *inflater, int *zlib_out)
{
	z_stream *stream = &inflater->stream;
	uInt room;

	if (inflater->len == inflater->cap) {
		int r = grow(inflater, inflater->cap, 2);

		if (r)
			return r;
	}
	feed(inflater);
	room = at_most_uint(inflater->cap - inflater->len);
	stream->next_out = (Bytef *)inflater->data + inflater->len;
	stream->avail_out = room;
	*zlib_out = inflate(stream, Z_NO_FLUSH);
	inflater->len += room - stream->avail_out;
	return 0;
}

/* Inflates one member to its end. */
static int inflate_member(struct inflater *inflater, struct fault *fault)
{
	int zlib = Z_OK;

	while (zlib == Z_OK) {
		int r = step(inflater, &zlib);

		if (r)
			return r;
		if (inflater->len > inflater->limit)
			return refuse_size(inflater, fault);
	}
	switch (zlib) {
	case Z_STREAM_END:
		return 0;
	case Z_MEM_ERROR:
		return ERR_NOMEM;
	case Z_BUF_ERROR:
		return refuse(fault, "the gzip data are cut short");
	default:
		return refuse(fault, "the gzip data are damaged");
	}
}

/* What the stream has not taken yet. */
static struct slice input_left(const struct inflater *inflater)
{
	const z_stream *stream = &inflater->stream;

	return slice_of(stream->next_in, stream->avail_in + inflater->rest.len);
}

static int inflate_all(struct inflater *inflater, struct fault *fault)
{
	for (;;) {
		int r = inflate_member(inflater, fault);

		if (r)
			return r;
		if (!input_left(inflater).len)
			return 0;
		if (!inflate_is_gzip(input_left(inflater)))
			return refuse(fault, "something else follows the gzip data");
		if (inflateReset(&inflater->stream) != Z_OK)
			return ERR_NOMEM;
	}
}

bool inflate_is_gzip(struct slice bytes)
{
	return slice_starts(bytes, SLICE("\x1f\x8b"));
}

int inflate_gzip(struct slice bytes, size_t max_bytes, char **out, size_t *len_out,
	struct fault *fault)
{
	struct inflater inflater = { .rest = bytes, .max_bytes = max_bytes };
	int r;

	if (!inflate_is_gzip(bytes))
		return refuse(fault, "is not gzip");
	inflater.limit = output_limit(bytes.len, max_bytes);
	if (inflateInit2(&inflater.stream, GZIP_WINDOW) != Z_OK)
		return ERR_NOMEM;
	r = grow(&inflater, bytes.len, FIRST_FACTOR);
	if (!r)
		r = inflate_all(&inflater, fault);
	(void)inflateEnd(&inflater.stream);
	if (r) {
		free(inflater.data);
		return r;
	}
	*out = inflater.data;
	*len_out = inflater.len;
	return 0;
}
