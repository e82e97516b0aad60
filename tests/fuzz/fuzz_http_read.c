/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_http_read.c - requests with their bodies, cut in every way
 *
 * The first byte of the input seeds the cuts; the rest is what a connection
 * receives.  It is read whole, byte by byte, and with random cuts: all that
 * comes out - heads, bodies, the refusal and where it is - must be the same.
 * A head that was accepted is looked over again, with other means, and must be
 * read the same when it is written plainly.
 */
#include "collector/http_read.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BODY_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a stream of requests says, as a hash that does not see the cuts. */
struct outcome {
	uint64_t hash;
	int status; /* of the refusal, or 0 */
	unsigned requests;
	uint64_t body_bytes;
};

/* A connection's reading side, as simple as it can be. */
struct stream {
	struct http_reader head;
	struct http_chunk_reader chunks;
	uint64_t body_left;
	bool in_chunks;
	size_t at; /* where what is not read begins */
	struct outcome outcome;
};

static void note(struct outcome *outcome, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		outcome->hash = (outcome->hash ^ (uint8_t)s.ptr[i]) * 0x100000001b3;
}

static void note_field(struct outcome *outcome, struct slice s)
{
	note(outcome, s);
	note(outcome, SLICE("\n"));
}

static bool has_control(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static void write_plainly(
	char *out, size_t room, const struct http_message *message, int *len_out)
{
	const struct http_head *head = &message->head;
	bool query = head->query.len > 0;

	*len_out = snprintf(out, room,
		"%.*s %.*s%s%.*s HTTP/1.1\r\nHost: %.*s\r\n%s%s\r\n",
		(int)head->method.len, head->method.ptr, (int)head->raw_path.len,
		head->raw_path.ptr, query ? "?" : "", (int)head->query.len,
		query ? head->query.ptr : "", (int)message->host.len, message->host.ptr,
		head->chunked ? "Transfer-Encoding: chunked\r\n" : "",
		message->close ? "Connection: close\r\n" : "");
}

static void check_again(const struct http_message *message)
{
	static char text[HTTP_HEAD_MAX];
	static char decoded[HTTP_DECODED_MAX];
	struct http_reader reader = { 0 };
	struct http_message again;
	struct http_refusal refusal;
	int len;

	write_plainly(text, sizeof(text), message, &len);
	assert(len > 0 && (size_t)len < sizeof(text));
	assert(http_head_read(&reader, slice_of(text, (size_t)len), decoded, &again,
		       &refusal) == 0);
	assert(slice_equal(again.head.path, message->head.path));
	assert(slice_equal(again.head.query, message->head.query));
	assert(again.close == message->close);
}

static void check_head(const struct http_message *message)
{
	const struct http_head *head = &message->head;

	assert(head->path.len && (head->path.ptr[0] == '/' || head->path.ptr[0] == '*'));
	assert(!memchr(head->path.ptr, '\0', head->path.len));
	assert(!has_control(head->path) && !has_control(head->query));
	assert(!has_control(head->authorization) && !has_control(head->user_agent));
	assert(!(head->chunked && head->content_length));
	assert(head->has_body == (head->chunked || head->content_length > 0));
	if (message->host.len)
		check_again(message);
}

static void begin(struct stream *stream, const struct http_message *message)
{
	struct outcome *outcome = &stream->outcome;

	check_head(message);
	note_field(outcome, message->head.method);
	note_field(outcome, message->head.path);
	note_field(outcome, message->head.raw_path);
	note_field(outcome, message->head.query);
	note_field(outcome, message->head.authorization);
	note_field(outcome, message->head.content_type);
	note_field(outcome, message->head.accept);
	note_field(outcome, message->host);
	note(outcome, slice_of(&message->close, sizeof(message->close)));
	outcome->requests++;
	stream->head = (struct http_reader){ 0 };
	stream->at += message->bytes;
	stream->body_left = message->head.content_length;
	stream->in_chunks = message->head.chunked;
	http_chunk_init(&stream->chunks, BODY_MAX);
}

static int read_one_head(struct stream *stream, struct slice bytes)
{
	static char decoded[HTTP_DECODED_MAX];
	struct slice rest = slice_of(bytes.ptr + stream->at, bytes.len - stream->at);
	struct http_message message;
	struct http_refusal refusal;
	int r = http_head_read(&stream->head, rest, decoded, &message, &refusal);

	if (r == 0)
		begin(stream, &message);
	else if (r == HTTP_READ_MORE)
		stream->at += rest.len - http_head_keep(&stream->head, rest.len);
	else
		stream->outcome.status = refusal.status;
	return r;
}

static int read_plain(struct stream *stream, struct slice bytes)
{
	size_t have = bytes.len - stream->at;
	size_t n = stream->body_left < have ? (size_t)stream->body_left : have;

	note(&stream->outcome, slice_of(bytes.ptr + stream->at, n));
	stream->outcome.body_bytes += n;
	stream->at += n;
	stream->body_left -= n;
	return n ? 0 : HTTP_READ_MORE;
}

static int read_chunks(struct stream *stream, struct slice bytes)
{
	struct slice in = slice_of(bytes.ptr + stream->at, bytes.len - stream->at);
	struct slice data;
	struct http_refusal refusal;
	int r;

	while ((r = http_chunk_read(&stream->chunks, &in, &data, &refusal)) ==
		HTTP_READ_DATA) {
		note(&stream->outcome, data);
		stream->outcome.body_bytes += data.len;
	}
	stream->at = bytes.len - in.len;
	if (r == 0)
		stream->in_chunks = false;
	else if (r < 0)
		stream->outcome.status = refusal.status;
	assert(stream->chunks.body <= BODY_MAX);
	return r;
}

/* Reads all that can be read of bytes; false after a refusal. */
static bool feed(struct stream *stream, struct slice bytes)
{
	int r = 0;

	while (r == 0) {
		if (stream->in_chunks)
			r = read_chunks(stream, bytes);
		else if (stream->body_left)
			r = read_plain(stream, bytes);
		else
			r = read_one_head(stream, bytes);
	}
	return r > 0;
}

/* each: the bytes of a piece; 0 for random ones. */
static struct outcome read_stream(struct slice bytes, size_t each, unsigned seed)
{
	struct stream stream = { 0 };
	size_t end = 0;
	bool more = true;

	while (more && end < bytes.len) {
		size_t n = each;

		if (n == 0) {
			seed = seed * 1103515245 + 12345;
			n = 1 + (seed >> 16) % 40;
		}
		end = bytes.len - end < n ? bytes.len : end + n;
		more = feed(&stream, slice_of(bytes.ptr, end));
	}
	return stream.outcome;
}

static void assert_same(const struct outcome *a, const struct outcome *b)
{
	assert(a->hash == b->hash);
	assert(a->status == b->status);
	assert(a->requests == b->requests);
	assert(a->body_bytes == b->body_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes;
	struct outcome whole, by_byte, cut;

	if (size < 2)
		return 0;
	bytes = slice_of(data + 1, size - 1);
	whole = read_stream(bytes, bytes.len, 0);
	by_byte = read_stream(bytes, 1, 0);
	cut = read_stream(bytes, 0, data[0]);
	assert_same(&whole, &by_byte);
	assert_same(&whole, &cut);
	return 0;
}
