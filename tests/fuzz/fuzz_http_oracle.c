/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_http_oracle.c - what our reader accepts, llhttp reads the same
 *
 * The input is what a connection receives.  For each request in it whose head
 * our reader accepts, llhttp (strict, no leniency) reads the same bytes and all
 * that follow: method, target, version, fields, body and the place where the
 * request ends must be the same.  Only in this direction: much that llhttp
 * accepts is refused here on purpose.
 *
 * Where llhttp 8.1 differs, and we stay:
 *   TAB_AFTER_FRAMING	a tab may follow a value (RFC 9110, 5.5); after a
 *			Content-Length or Transfer-Encoding llhttp knows only
 *			spaces.  It is shown spaces.
 *   VALUE_BLANKS	llhttp leaves blanks behind a value to its caller.
 *   EXTENSION_LIST	after ";name=token" llhttp takes no further extension,
 *   EXTENSION_ESCAPE	and in a quoted one no backslash; RFC 9112, 7.1.1 has
 *			both.  It refuses, so nothing can be read in two ways.
 *   PROXY_CONNECTION	llhttp takes this name, which no RFC has, for Connection.
 */
#include "collector/http_chars.h"
#include "collector/http_read.h"

#include <assert.h>
#include <llhttp.h>
#include <stdlib.h>

#define BODY_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A request as our reader sees it. */
struct ours {
	struct http_reader reader;
	struct http_message message;
	int body;   /* 0: complete, HTTP_READ_MORE or ERR_INVALID */
	size_t end; /* when complete: where the next request begins */
	size_t body_len;
	char *bytes; /* of the body; there is room for the whole input */
};

/* And as llhttp sees it. */
struct theirs {
	llhttp_t parser;
	struct slice target;
	struct slice name, value; /* of the field that is being read */
	struct slice values[FIELD_COUNT];
	unsigned present;
	unsigned fields; /* without those of the trailer */
	uint64_t content_length;
	bool folded;
	bool head_done;
	bool done;
	bool keep_alive;
	bool proxy_connection;
	size_t body_len;
	char *bytes;
};

/* A span may come in parts, which touch but where llhttp unfolds a line. */
static void extend(struct theirs *theirs, struct slice *span, const char *at, size_t len)
{
	if (!span->ptr)
		span->ptr = at;
	theirs->folded |= span->ptr + span->len != at;
	span->len += len;
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
	struct theirs *theirs = parser->data;

	extend(theirs, &theirs->target, at, len);
	return 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t len)
{
	struct theirs *theirs = parser->data;

	extend(theirs, &theirs->name, at, len);
	return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
	struct theirs *theirs = parser->data;

	extend(theirs, &theirs->value, at, len);
	return 0;
}

/* Of a repeated field our reader keeps the first. */
static void keep_field(struct theirs *theirs, enum http_field field)
{
	if (field == FIELD_COUNT || theirs->present & (1U << field))
		return;
	theirs->present |= 1U << field;
	theirs->values[field] = theirs->value;
}

static int on_field_complete(llhttp_t *parser)
{
	struct theirs *theirs = parser->data;
	struct slice *value = &theirs->value;

	/* VALUE_BLANKS */
	while (value->len && http_is_blank(value->ptr[value->len - 1]))
		value->len--;
	theirs->proxy_connection |= slice_equal_nocase(theirs->name, "proxy-connection");
	if (!theirs->head_done) {
		theirs->fields++;
		keep_field(theirs, http_field_find(theirs->name));
	}
	theirs->name = theirs->value = (struct slice){ 0 };
	return 0;
}

static int on_head_complete(llhttp_t *parser)
{
	struct theirs *theirs = parser->data;

	assert(!theirs->folded);
	theirs->head_done = true;
	theirs->content_length = parser->content_length;
	return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
	struct theirs *theirs = parser->data;

	memcpy(theirs->bytes + theirs->body_len, at, len);
	theirs->body_len += len;
	return 0;
}

static int on_complete(llhttp_t *parser)
{
	struct theirs *theirs = parser->data;

	theirs->done = true;
	theirs->keep_alive = llhttp_should_keep_alive(parser);
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_url = on_url,
	.on_header_field = on_name,
	.on_header_value = on_value,
	.on_header_value_complete = on_field_complete,
	.on_headers_complete = on_head_complete,
	.on_body = on_body,
	.on_message_complete = on_complete,
};

static void take_body(struct ours *ours, struct slice piece)
{
	if (piece.len)
		memcpy(ours->bytes + ours->body_len, piece.ptr, piece.len);
	ours->body_len += piece.len;
}

/* Takes the body off the front of *rest. */
static int read_body(struct ours *ours, struct slice *rest)
{
	uint64_t length = ours->message.head.content_length;
	struct http_chunk_reader chunks;
	struct http_refusal refusal;
	struct slice data;
	int r;

	if (!ours->message.head.chunked) {
		size_t n = length < rest->len ? (size_t)length : rest->len;

		take_body(ours, slice_of(rest->ptr, n));
		*rest = slice_of(rest->ptr + n, rest->len - n);
		return n == length ? 0 : HTTP_READ_MORE;
	}
	http_chunk_init(&chunks, BODY_MAX);
	while ((r = http_chunk_read(&chunks, rest, &data, &refusal)) == HTTP_READ_DATA)
		take_body(ours, data);
	return r;
}

/* False when there is no head that our reader accepts. */
static bool read_ours(struct ours *ours, struct slice bytes)
{
	static char decoded[HTTP_DECODED_MAX];
	struct http_refusal refusal;
	struct slice rest;

	if (http_head_read(&ours->reader, bytes, decoded, &ours->message, &refusal) != 0)
		return false;
	rest = slice_of(bytes.ptr + ours->message.bytes, bytes.len - ours->message.bytes);
	ours->body = read_body(ours, &rest);
	ours->end = bytes.len - rest.len;
	return true;
}

/* TAB_AFTER_FRAMING */
static void hide_tabs(const struct ours *ours, enum http_field field, char *bytes)
{
	struct http_span span = ours->reader.values[field];

	if (!(ours->reader.present & (1U << field)))
		return;
	for (char *p = bytes + span.at + span.len; *p != '\r'; p++)
		*p = ' ';
}

/* EXTENSION_LIST, EXTENSION_ESCAPE: at stands in a size line that has one. */
static bool in_hard_extension(const char *body, const char *at)
{
	unsigned semicolons = 0;

	while (at > body && *--at != '\n') {
		if (*at == '\\' || (*at == ';' && ++semicolons == 2))
			return true;
	}
	return false;
}

static void compare_heads(
	const struct ours *ours, const struct theirs *theirs, struct slice bytes)
{
	const struct http_reader *reader = &ours->reader;
	const llhttp_t *parser = &theirs->parser;
	struct slice target = slice_of(bytes.ptr + reader->target.at, reader->target.len);

	assert(theirs->head_done);
	assert(slice_equal_nocase(ours->message.head.method,
		llhttp_method_name((llhttp_method_t)parser->method)));
	assert(slice_equal(target, theirs->target));
	assert(parser->http_major == 1 && parser->http_minor == !reader->http10);
	assert(theirs->fields == reader->fields);
	assert(theirs->present == reader->present);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		struct http_span span = reader->values[i];

		assert(slice_equal(
			slice_of(bytes.ptr + span.at, span.len), theirs->values[i]));
	}
	assert(theirs->content_length == ours->message.head.content_length);
}

static void compare_bodies(
	const struct ours *ours, const struct theirs *theirs, struct slice bytes)
{
	assert(theirs->done && !theirs->folded);
	assert(slice_equal(slice_of(ours->bytes, ours->body_len),
		slice_of(theirs->bytes, theirs->body_len)));
	assert(llhttp_get_error_pos(&theirs->parser) == bytes.ptr + ours->end);
	/* PROXY_CONNECTION */
	if (!ours->message.close && !theirs->proxy_connection)
		assert(theirs->keep_alive);
}

/* False when llhttp refuses a chunk's extension, and the rest is not compared. */
static bool compare(struct ours *ours, struct theirs *theirs, struct slice bytes)
{
	llhttp_errno_t r = llhttp_execute(&theirs->parser, bytes.ptr, bytes.len);

	compare_heads(ours, theirs, bytes);
	if (ours->body < 0)
		return false;
	if (r != HPE_OK && r != HPE_PAUSED) {
		assert(ours->message.head.chunked);
		assert(in_hard_extension(bytes.ptr + ours->message.bytes,
			llhttp_get_error_pos(&theirs->parser)));
		return false;
	}
	if (ours->body == HTTP_READ_MORE)
		assert(!theirs->done);
	else
		compare_bodies(ours, theirs, bytes);
	return true;
}

/* Returns how long the first request is; 0 when no further one is to be read. */
static size_t read_both(char *bytes, size_t len, char *our_body, char *their_body)
{
	struct ours ours = { .bytes = our_body };
	struct theirs theirs = { .bytes = their_body };
	bool go_on;

	if (!read_ours(&ours, slice_of(bytes, len)))
		return 0;
	hide_tabs(&ours, FIELD_CONTENT_LENGTH, bytes);
	hide_tabs(&ours, FIELD_TRANSFER_ENCODING, bytes);
	llhttp_init(&theirs.parser, HTTP_REQUEST, &settings);
	theirs.parser.data = &theirs;
	go_on = compare(&ours, &theirs, slice_of(bytes, len));
	return go_on && ours.body == 0 && !ours.message.close ? ours.end : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	char *our_body = malloc(size + 1);
	char *their_body = malloc(size + 1);
	size_t at = 0, n = 0;

	if (bytes && our_body && their_body && size) {
		memcpy(bytes, data, size);
		do {
			n = read_both(bytes + at, size - at, our_body, their_body);
			at += n;
		} while (n && at < size);
	}
	free(bytes);
	free(our_body);
	free(their_body);
	return 0;
}
