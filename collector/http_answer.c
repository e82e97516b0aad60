/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_answer.c - bytes in, one answer out
 *
 * The head is gathered whole and then read; interim answers are passed over.
 * A body is chunked, counted, or as long as the connection.
 */
#include "collector/http_answer.h"

#include "collector/http_chars.h"

#include <strings.h>

void answer_init(struct answer_reader *reader, bool head_only, struct buf *body)
{
	*reader = (struct answer_reader){ .head_only = head_only, .body = body };
	buf_init(&reader->head, ANSWER_HEAD_MAX);
	http_chunk_init(&reader->chunks, body->max - body->len);
}

void answer_fini(struct answer_reader *reader)
{
	buf_fini(&reader->head);
}

bool answer_began(const struct answer_reader *reader)
{
	return reader->in_body || reader->head.len > 0;
}

static int digits(struct slice text, uint64_t *out)
{
	uint64_t n = 0;

	if (text.len == 0 || text.len > 18)
		return ERR_INVALID;
	for (size_t i = 0; i < text.len; i++) {
		if (!http_is_digit(text.ptr[i]))
			return ERR_INVALID;
		n = n * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	*out = n;
	return 0;
}

static bool same(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/* "HTTP/1.1 200 OK" */
static int read_status(struct answer_reader *reader, struct slice line)
{
	uint64_t status;

	if (line.len < 12 || !slice_starts(line, SLICE("HTTP/1.")) || line.ptr[8] != ' ')
		return ERR_INVALID;
	if (digits(slice_of(line.ptr + 9, 3), &status) || status < 100)
		return ERR_INVALID;
	if (line.len > 12 && line.ptr[12] != ' ')
		return ERR_INVALID;
	reader->answer.status = (int)status;
	reader->keep = line.ptr[7] == '1';
	return 0;
}

static int read_length(struct answer_reader *reader, struct slice value)
{
	if (reader->counted || reader->chunked)
		return ERR_INVALID;
	reader->counted = true;
	return digits(value, &reader->left);
}

static int read_coding(struct answer_reader *reader, struct slice value)
{
	if (reader->counted || reader->chunked || !same(value, SLICE("chunked")))
		return ERR_INVALID;
	reader->chunked = true;
	return 0;
}

/* As much of a value as there is room for. */
static void keep_text(char *out, size_t size, struct slice value)
{
	size_t n = value.len < size ? value.len : size - 1;

	memcpy(out, value.ptr, n);
	out[n] = '\0';
}

static int read_field(struct answer_reader *reader, struct slice name, struct slice value)
{
	uint64_t seconds;

	if (same(name, SLICE("Content-Length")))
		return read_length(reader, value);
	if (same(name, SLICE("Transfer-Encoding")))
		return read_coding(reader, value);
	if (same(name, SLICE("Content-Type")))
		keep_text(reader->answer.content_type,
			sizeof(reader->answer.content_type), value);
	else if (same(name, SLICE("Headwater-Outcome")))
		keep_text(reader->answer.outcome, sizeof(reader->answer.outcome), value);
	else if (same(name, SLICE("Connection")) && same(value, SLICE("close")))
		reader->keep = false;
	else if (same(name, SLICE("Retry-After")) && digits(value, &seconds) == 0)
		reader->answer.retry_after_s =
			seconds < INT32_MAX ? (int)seconds : INT32_MAX;
	return 0;
}

static int read_line(struct answer_reader *reader, struct slice line)
{
	const char *colon = memchr(line.ptr, ':', line.len);
	struct slice name, value;

	if (!colon || colon == line.ptr)
		return ERR_INVALID;
	name = slice_of(line.ptr, (size_t)(colon - line.ptr));
	value = slice_of(colon + 1, line.len - name.len - 1);
	for (size_t i = 0; i < name.len; i++) {
		if (!http_is_token(name.ptr[i]))
			return ERR_INVALID;
	}
	for (size_t i = 0; i < value.len; i++) {
		if (!http_is_value(value.ptr[i]))
			return ERR_INVALID;
	}
	while (value.len && http_is_blank(value.ptr[0]))
		value = slice_of(value.ptr + 1, value.len - 1);
	while (value.len && http_is_blank(value.ptr[value.len - 1]))
		value.len--;
	return read_field(reader, name, value);
}

/* Cuts the next line off; it ends in CRLF. */
static int next_line(struct slice *rest, struct slice *out)
{
	const char *lf = memchr(rest->ptr, '\n', rest->len);
	size_t len = lf ? (size_t)(lf - rest->ptr) : 0;

	if (len == 0 || lf[-1] != '\r')
		return ERR_INVALID;
	*out = slice_of(rest->ptr, len - 1);
	*rest = slice_of(lf + 1, rest->len - len - 1);
	return 0;
}

/* All of a head, with the empty line. */
static int read_head(struct answer_reader *reader, struct slice head)
{
	struct slice line;
	int r = next_line(&head, &line);

	if (!r)
		r = read_status(reader, line);
	while (!r) {
		r = next_line(&head, &line);
		if (!r && line.len == 0)
			return 0;
		if (!r)
			r = read_line(reader, line);
	}
	return r;
}

static int read_counted(struct answer_reader *reader, struct slice bytes)
{
	/* What comes behind the answer was not asked for. */
	if (bytes.len > reader->left)
		return ERR_INVALID;
	buf_slice(reader->body, bytes);
	reader->left -= bytes.len;
	if (buf_error(reader->body))
		return buf_error(reader->body);
	return reader->left ? HTTP_READ_MORE : 0;
}

static int read_chunked(struct answer_reader *reader, struct slice bytes)
{
	struct http_refusal refusal = { 0 };
	struct slice data;
	int r;

	while ((r = http_chunk_read(&reader->chunks, &bytes, &data, &refusal)) ==
		HTTP_READ_DATA)
		buf_slice(reader->body, data);
	if (buf_error(reader->body))
		return buf_error(reader->body);
	if (r < 0 && refusal.status == 413)
		return ERR_TOO_LARGE;
	return r == 0 && bytes.len ? ERR_INVALID : r;
}

static int read_body(struct answer_reader *reader, struct slice bytes)
{
	if (reader->chunked)
		return read_chunked(reader, bytes);
	if (reader->counted)
		return read_counted(reader, bytes);
	buf_slice(reader->body, bytes);
	return buf_error(reader->body) ? buf_error(reader->body) : HTTP_READ_MORE;
}

/* What the head says of the body; HTTP_READ_MORE when one follows. */
static int begin_body(struct answer_reader *reader)
{
	int status = reader->answer.status;

	if (reader->head_only || status == 204 || status == 304) {
		reader->chunked = false;
		reader->counted = true;
		reader->left = 0;
	}
	reader->in_body = true;
	if (reader->counted && reader->left > reader->body->max - reader->body->len)
		return ERR_TOO_LARGE;
	if (!reader->counted && !reader->chunked)
		reader->keep = false;
	return reader->counted && reader->left == 0 ? 0 : HTTP_READ_MORE;
}

/* The place behind "\r\n\r\n", or 0. */
static size_t head_end(struct slice bytes)
{
	for (size_t i = 3; i < bytes.len; i++) {
		if (bytes.ptr[i] == '\n' && memcmp(bytes.ptr + i - 3, "\r\n\r", 3) == 0)
			return i + 1;
	}
	return 0;
}

/* Reads a head that is whole and takes it off the gathered bytes. */
static int take_head(struct answer_reader *reader, size_t len)
{
	struct slice bytes = buf_get(&reader->head);
	int r;

	reader->answer = (struct http_client_answer){ 0 };
	reader->counted = false;
	reader->chunked = false;
	r = read_head(reader, slice_of(bytes.ptr, len));
	if (r)
		return r;
	memmove(reader->head.data, reader->head.data + len, bytes.len - len);
	reader->head.len -= len;
	/* An interim answer; 101 would be another protocol. */
	if (reader->answer.status < 200)
		return reader->answer.status == 101 ? ERR_INVALID : HTTP_READ_MORE;
	return begin_body(reader);
}

/* With the head gathered: what came behind it is the body's beginning. */
static int read_gathered(struct answer_reader *reader)
{
	int r = HTTP_READ_MORE;

	while (!reader->in_body && r == HTTP_READ_MORE) {
		size_t len = head_end(buf_get(&reader->head));

		if (len == 0)
			return HTTP_READ_MORE;
		r = take_head(reader, len);
	}
	if (r == HTTP_READ_MORE && reader->head.len)
		r = read_body(reader, buf_get(&reader->head));
	else if (r == 0 && reader->head.len)
		r = ERR_INVALID;
	buf_clear(&reader->head);
	return r;
}

int answer_feed(struct answer_reader *reader, struct slice bytes)
{
	int r;

	if (reader->in_body)
		return read_body(reader, bytes);
	buf_slice(&reader->head, bytes);
	r = buf_error(&reader->head);
	return r ? r : read_gathered(reader);
}

int answer_end(struct answer_reader *reader)
{
	bool ends = reader->in_body && !reader->counted && !reader->chunked;

	return ends ? 0 : ERR_CLOSED;
}
