/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_chunk.c - bodies in chunks
 *
 * A machine that takes one byte at a time outside of the data, so that a cut
 * between any two bytes changes nothing.  Extensions are checked and dropped,
 * trailers too; both are counted, because a body that is nearly all overhead
 * has no other purpose than to cost.
 */
#include "collector/http_chars.h"
#include "collector/http_read.h"

enum chunk_state {
	CHUNK_SIZE,	   /* the first digit of a size */
	CHUNK_SIZE_MORE,   /* a digit, ';' or CR */
	CHUNK_EXT_NAME,	   /* the first character of an extension's name */
	CHUNK_EXT_MORE,	   /* a character of it, '=', ';' or CR */
	CHUNK_EXT_VALUE,   /* the first character of an extension's value */
	CHUNK_EXT_TOKEN,   /* a character of it, ';' or CR */
	CHUNK_EXT_QUOTED,  /* inside quotes */
	CHUNK_EXT_ESCAPED, /* after a backslash there */
	CHUNK_EXT_END,	   /* after the quotes: ';' or CR */
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	CHUNK_TRAILER,	     /* the first character of a trailer's name, or CR */
	CHUNK_TRAILER_NAME,  /* a character of it, or ':' */
	CHUNK_TRAILER_VALUE, /* a character of the value, or CR */
	CHUNK_TRAILER_LF,
	CHUNK_LAST_LF,
	CHUNK_DONE,
};

#define CHUNK_DIGITS_MAX 15

/* Takes one byte: 0, ERR_INVALID or ERR_TOO_LARGE. */
typedef int chunk_step(struct http_chunk_reader *reader, char c);

void http_chunk_init(struct http_chunk_reader *reader, uint64_t body_max)
{
	*reader = (struct http_chunk_reader){ .body_max = body_max };
}

static int to(struct http_chunk_reader *reader, enum chunk_state state)
{
	reader->state = (uint8_t)state;
	return 0;
}

static int expect(struct http_chunk_reader *reader, bool expected, enum chunk_state next)
{
	return expected ? to(reader, next) : ERR_INVALID;
}

/* What ends a part of the size line: the next extension, or the line. */
static int after_part(struct http_chunk_reader *reader, char c)
{
	if (c == ';')
		return to(reader, CHUNK_EXT_NAME);
	return expect(reader, c == '\r', CHUNK_SIZE_LF);
}

static int add_digit(struct http_chunk_reader *reader, int digit)
{
	if (++reader->digits > CHUNK_DIGITS_MAX)
		return ERR_INVALID;
	reader->left = reader->left << 4 | (unsigned)digit;
	return to(reader, CHUNK_SIZE_MORE);
}

static int size_byte(struct http_chunk_reader *reader, char c)
{
	int digit = http_hex(c);

	reader->left = 0;
	reader->digits = 0;
	return digit < 0 ? ERR_INVALID : add_digit(reader, digit);
}

static int size_more_byte(struct http_chunk_reader *reader, char c)
{
	int digit = http_hex(c);

	return digit < 0 ? after_part(reader, c) : add_digit(reader, digit);
}

static int ext_name_byte(struct http_chunk_reader *reader, char c)
{
	return expect(reader, http_is_token(c), CHUNK_EXT_MORE);
}

static int ext_more_byte(struct http_chunk_reader *reader, char c)
{
	if (c == '=')
		return to(reader, CHUNK_EXT_VALUE);
	return http_is_token(c) ? 0 : after_part(reader, c);
}

static int ext_value_byte(struct http_chunk_reader *reader, char c)
{
	if (c == '"')
		return to(reader, CHUNK_EXT_QUOTED);
	return expect(reader, http_is_token(c), CHUNK_EXT_TOKEN);
}

static int ext_token_byte(struct http_chunk_reader *reader, char c)
{
	return http_is_token(c) ? 0 : after_part(reader, c);
}

static int ext_quoted_byte(struct http_chunk_reader *reader, char c)
{
	if (c == '"')
		return to(reader, CHUNK_EXT_END);
	if (c == '\\')
		return to(reader, CHUNK_EXT_ESCAPED);
	return http_is_value(c) ? 0 : ERR_INVALID;
}

static int ext_escaped_byte(struct http_chunk_reader *reader, char c)
{
	return expect(reader, http_is_value(c), CHUNK_EXT_QUOTED);
}

/* The size line has ended: 0 is the last chunk. */
static int size_lf_byte(struct http_chunk_reader *reader, char c)
{
	if (c != '\n')
		return ERR_INVALID;
	if (reader->left > reader->body_max - reader->body)
		return ERR_TOO_LARGE;
	return to(reader, reader->left ? CHUNK_DATA : CHUNK_TRAILER);
}

static int data_cr_byte(struct http_chunk_reader *reader, char c)
{
	return expect(reader, c == '\r', CHUNK_DATA_LF);
}

static int data_lf_byte(struct http_chunk_reader *reader, char c)
{
	return expect(reader, c == '\n', CHUNK_SIZE);
}

/* A name that is longer than all we look for only has to stay longer. */
static void keep_name_byte(struct http_chunk_reader *reader, char c)
{
	if (reader->name_len < sizeof(reader->name))
		reader->name[reader->name_len] = c;
	if (reader->name_len <= sizeof(reader->name))
		reader->name_len++;
}

/* Fields that frame, route or judge a request come too late in a trailer. */
static bool may_trail(const struct http_chunk_reader *reader)
{
	enum http_field field;

	if (reader->name_len > sizeof(reader->name))
		return true;
	field = http_field_find(slice_of(reader->name, reader->name_len));
	return field == FIELD_COUNT || field == FIELD_ACCEPT || field == FIELD_USER_AGENT;
}

static int trailer_name_byte(struct http_chunk_reader *reader, char c)
{
	if (c == ':')
		return expect(reader, may_trail(reader), CHUNK_TRAILER_VALUE);
	keep_name_byte(reader, c);
	return http_is_token(c) ? 0 : ERR_INVALID;
}

static int trailer_byte(struct http_chunk_reader *reader, char c)
{
	if (c == '\r')
		return to(reader, CHUNK_LAST_LF);
	if (++reader->trailers > HTTP_FIELD_COUNT)
		return ERR_TOO_LARGE;
	reader->name_len = 0;
	keep_name_byte(reader, c);
	return expect(reader, http_is_token(c), CHUNK_TRAILER_NAME);
}

static int trailer_value_byte(struct http_chunk_reader *reader, char c)
{
	if (c == '\r')
		return to(reader, CHUNK_TRAILER_LF);
	return http_is_value(c) ? 0 : ERR_INVALID;
}

static int trailer_lf_byte(struct http_chunk_reader *reader, char c)
{
	return expect(reader, c == '\n', CHUNK_TRAILER);
}

static int last_lf_byte(struct http_chunk_reader *reader, char c)
{
	return expect(reader, c == '\n', CHUNK_DONE);
}

static chunk_step *const steps[CHUNK_DONE] = {
	[CHUNK_SIZE] = size_byte,
	[CHUNK_SIZE_MORE] = size_more_byte,
	[CHUNK_EXT_NAME] = ext_name_byte,
	[CHUNK_EXT_MORE] = ext_more_byte,
	[CHUNK_EXT_VALUE] = ext_value_byte,
	[CHUNK_EXT_TOKEN] = ext_token_byte,
	[CHUNK_EXT_QUOTED] = ext_quoted_byte,
	[CHUNK_EXT_ESCAPED] = ext_escaped_byte,
	[CHUNK_EXT_END] = after_part,
	[CHUNK_SIZE_LF] = size_lf_byte,
	[CHUNK_DATA_CR] = data_cr_byte,
	[CHUNK_DATA_LF] = data_lf_byte,
	[CHUNK_TRAILER] = trailer_byte,
	[CHUNK_TRAILER_NAME] = trailer_name_byte,
	[CHUNK_TRAILER_VALUE] = trailer_value_byte,
	[CHUNK_TRAILER_LF] = trailer_lf_byte,
	[CHUNK_LAST_LF] = last_lf_byte,
};

/* One byte that is no data. */
static int step(struct http_chunk_reader *reader, char c, struct http_refusal *refusal)
{
	bool trailer = reader->state >= CHUNK_TRAILER;
	uint64_t total = ++reader->overhead + reader->body;
	int r;

	if (total > HTTP_OVERHEAD_FREE &&
		reader->overhead > total / 100 * HTTP_OVERHEAD_PERCENT)
		return http_refuse(refusal, 400, "the chunks are too small");
	if (trailer && ++reader->trailer_bytes > HTTP_FIELDS_MAX)
		return http_refuse(refusal, 431, "the trailer fields are too long");
	r = steps[reader->state](reader, c);
	if (r == 0)
		return 0;
	if (trailer && r == ERR_TOO_LARGE)
		return http_refuse(refusal, 431, "there are too many trailer fields");
	if (trailer)
		return http_refuse(refusal, 400, "a trailer field is wrong");
	if (r == ERR_TOO_LARGE)
		return http_refuse(refusal, 413, "the body is too large");
	return http_refuse(refusal, 400, "a chunk's size line is wrong");
}

static int take_data(
	struct http_chunk_reader *reader, struct slice *in, struct slice *data)
{
	size_t n = reader->left < in->len ? (size_t)reader->left : in->len;

	*data = slice_of(in->ptr, n);
	*in = slice_of(in->ptr + n, in->len - n);
	reader->left -= n;
	reader->body += n;
	if (reader->left == 0)
		reader->state = CHUNK_DATA_CR;
	return HTTP_READ_DATA;
}

int http_chunk_read(struct http_chunk_reader *reader, struct slice *in,
	struct slice *data, struct http_refusal *refusal)
{
	while (reader->state != CHUNK_DONE) {
		int r;

		if (in->len == 0)
			return HTTP_READ_MORE;
		if (reader->state == CHUNK_DATA)
			return take_data(reader, in, data);
		r = step(reader, in->ptr[0], refusal);
		if (r)
			return r;
		*in = slice_of(in->ptr + 1, in->len - 1);
	}
	return 0;
}
