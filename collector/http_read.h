/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_read.h - bytes in, requests out: strict framing, no sockets
 *
 * The reader of heads and the reader of chunked bodies take bytes as they
 * come, cut anywhere, and say the same whatever the cuts were.  They hold no
 * memory of their own.  Whatever HTTP/1.1 leaves to tolerance and two programs
 * could read in two ways is refused: bare LF, folded lines, spaces before a
 * colon, two lengths.
 *
 *	struct http_reader reader = { 0 };
 *
 *	r = http_head_read(&reader, bytes, decoded, &message, &refusal);
 *	HTTP_READ_MORE: come again with the same bytes and more behind them
 *	0: message is filled in; the body begins at bytes + message.bytes
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"
#include "collector/http_server.h"

#include <stdbool.h>
#include <stdint.h>

#define HTTP_LINE_MAX	 8192  /* of the request line, without its CRLF: 414 */
#define HTTP_FIELDS_MAX	 16384 /* of all field lines and the empty one: 431 */
#define HTTP_FIELD_COUNT 100   /* field lines: 431 */
#define HTTP_BLANK_MAX	 2     /* empty lines before a request */
#define HTTP_DECODED_MAX HTTP_LINE_MAX

/* No unfinished head is longer: whoever keeps one needs no more room. */
#define HTTP_HEAD_MAX (HTTP_LINE_MAX + HTTP_FIELDS_MAX + 2 * HTTP_BLANK_MAX + 16)

enum http_read {
	HTTP_READ_MORE = 1, /* all bytes were looked at, and more are needed */
	HTTP_READ_DATA = 2, /* a piece of the body; call again */
};

/* Why a request is refused; the text is static. */
struct http_refusal {
	int status;
	const char *why;
};

enum http_field {
	FIELD_HOST,
	FIELD_CONTENT_LENGTH,
	FIELD_TRANSFER_ENCODING,
	FIELD_CONNECTION,
	FIELD_EXPECT,
	FIELD_AUTHORIZATION,
	FIELD_CONTENT_TYPE,
	FIELD_CONTENT_ENCODING,
	FIELD_ACCEPT,
	FIELD_USER_AGENT,
	FIELD_COUNT,
};

enum http_method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_PATCH,
	METHOD_COUNT,
};

/* A place in the bytes, which may move between two calls. */
struct http_span {
	uint32_t at;
	uint32_t len;
};

/* All zero before a request's first byte. */
struct http_reader {
	uint32_t line_at;   /* where the line begins that is not read yet */
	uint32_t searched;  /* bytes of it that hold no LF */
	uint32_t fields_at; /* where the fields begin; 0: in the request line */
	uint16_t fields;
	uint16_t present; /* a bit for each enum http_field */
	uint8_t blank;
	uint8_t method; /* enum http_method */
	bool http10;
	bool close; /* Connection said so */
	struct http_span target;
	struct http_span values[FIELD_COUNT];
};

/* A head; its slices point into the bytes, into decoded, or at static text. */
struct http_message {
	struct http_head head;
	size_t bytes;	   /* how long the head is */
	struct slice host; /* with port; empty only in HTTP/1.0 */
	bool close;	   /* the connection ends after the answer */
	bool expect_continue;
};

/*
 * Reads a head.  bytes begins at the same byte in every call for one request,
 * decoded has room for HTTP_DECODED_MAX bytes.  Returns 0, HTTP_READ_MORE or
 * ERR_INVALID with the refusal.
 */
NODISCARD int http_head_read(struct http_reader *reader, struct slice bytes,
	char *decoded, struct http_message *out, struct http_refusal *refusal);

/*
 * After HTTP_READ_MORE: how many of the len bytes must be kept for the next
 * call, all or nothing: nothing when only empty lines came so far.
 */
size_t http_head_keep(struct http_reader *reader, size_t len);

/*
 * Splits "name:port", checks both, and says whether it is an address or
 * "localhost" (0), another name that may be allowed (1), or neither
 * (ERR_INVALID).  *name_out is without brackets and without a last dot.
 */
NODISCARD int http_host_read(struct slice host, struct slice *name_out);

/* True for addresses, localhost and the names of the NULL-ended list (or NULL). */
bool http_host_allowed(struct slice host, const char *const *names);

/* The field of this name, or FIELD_COUNT. */
enum http_field http_field_find(struct slice name);

/* Fills in the refusal and returns ERR_INVALID. */
int http_refuse(struct http_refusal *refusal, int status, const char *why);

/* The parts of the request line, for http_read.c only. */
NODISCARD int http_request_line_read(struct http_reader *reader, struct slice line,
	size_t at, struct http_refusal *refusal);
NODISCARD int http_target_finish(const struct http_reader *reader, struct slice bytes,
	char *decoded, struct http_message *out, struct http_refusal *refusal);
extern const struct slice http_method_names[METHOD_COUNT];

/* What the overhead of a chunked body (sizes, extensions, trailers) may be. */
#define HTTP_OVERHEAD_FREE    102400 /* bytes of body and overhead before it counts */
#define HTTP_OVERHEAD_PERCENT 80     /* of all bytes */

#define HTTP_TRAILER_NAME_MAX 24

struct http_chunk_reader {
	uint64_t left;	   /* bytes of the chunk that are still to come */
	uint64_t body;	   /* bytes of body so far */
	uint64_t body_max; /* more is 413 */
	uint64_t overhead;
	uint32_t trailer_bytes;
	uint16_t trailers;
	uint8_t state;
	uint8_t digits;
	uint8_t name_len;
	char name[HTTP_TRAILER_NAME_MAX];
};

void http_chunk_init(struct http_chunk_reader *reader, uint64_t body_max);

/*
 * Takes bytes off the front of *in.  Returns HTTP_READ_DATA with the next piece
 * of the body (it points into the input), HTTP_READ_MORE when *in is empty, 0
 * at the end of the body (the rest of *in belongs to the next request), or
 * ERR_INVALID with the refusal.
 */
NODISCARD int http_chunk_read(struct http_chunk_reader *reader, struct slice *in,
	struct slice *data, struct http_refusal *refusal);
