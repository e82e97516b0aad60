/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_read.c - the lines of a head, its fields, and how its body is framed
 */
#include "collector/http_read.h"

#include "collector/http_chars.h"

#include <strings.h>

static const struct slice field_names[FIELD_COUNT] = {
	[FIELD_HOST] = { "host", 4 },
	[FIELD_CONTENT_LENGTH] = { "content-length", 14 },
	[FIELD_TRANSFER_ENCODING] = { "transfer-encoding", 17 },
	[FIELD_CONNECTION] = { "connection", 10 },
	[FIELD_EXPECT] = { "expect", 6 },
	[FIELD_AUTHORIZATION] = { "authorization", 13 },
	[FIELD_CONTENT_TYPE] = { "content-type", 12 },
	[FIELD_CONTENT_ENCODING] = { "content-encoding", 16 },
	[FIELD_ACCEPT] = { "accept", 6 },
	[FIELD_USER_AGENT] = { "user-agent", 10 },
};

int http_refuse(struct http_refusal *refusal, int status, const char *why)
{
	refusal->status = status;
	refusal->why = why;
	return ERR_INVALID;
}

enum http_field http_field_find(struct slice name)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		if (field_names[i].len == name.len &&
			strncasecmp(field_names[i].ptr, name.ptr, name.len) == 0)
			return (enum http_field)i;
	}
	return FIELD_COUNT;
}

static bool has_field(const struct http_reader *reader, enum http_field field)
{
	return reader->present & (1U << field);
}

static struct slice field_value(
	const struct http_reader *reader, struct slice bytes, enum http_field field)
{
	struct http_span span = reader->values[field];

	return slice_of(bytes.ptr + span.at, span.len);
}

/* The limits hold for a line that has not ended yet, too: an end is not waited for. */
static int check_limits(
	const struct http_reader *reader, size_t end, struct http_refusal *refusal)
{
	if (!reader->fields_at && end - reader->line_at > HTTP_LINE_MAX + 2)
		return http_refuse(refusal, 414, "the request line is too long");
	if (reader->fields_at && end - reader->fields_at > HTTP_FIELDS_MAX)
		return http_refuse(refusal, 431, "the header fields are too long");
	return 0;
}

/* Gives the next whole line without its CRLF. */
static int next_line(struct http_reader *reader, struct slice bytes, struct slice *out,
	struct http_refusal *refusal)
{
	size_t from = (size_t)reader->line_at + reader->searched;
	const char *lf = NULL;
	size_t end = bytes.len;
	int r;

	if (from < bytes.len)
		lf = memchr(bytes.ptr + from, '\n', bytes.len - from);
	if (lf)
		end = (size_t)(lf - bytes.ptr) + 1;
	r = check_limits(reader, end, refusal);
	if (r)
		return r;
	if (!lf) {
		reader->searched = (uint32_t)(bytes.len - reader->line_at);
		return HTTP_READ_MORE;
	}
	if (end - reader->line_at < 2 || lf[-1] != '\r')
		return http_refuse(refusal, 400, "a line does not end in CR LF");

	*out = slice_of(bytes.ptr + reader->line_at, end - 2 - reader->line_at);
	reader->line_at = (uint32_t)end;
	reader->searched = 0;
	return 0;
}

static struct slice trim(struct slice s)
{
	while (s.len && http_is_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && http_is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* True when a list of tokens, separated by commas, has this one. */
static bool list_has(struct slice list, struct slice token)
{
	while (list.len) {
		const char *comma = memchr(list.ptr, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.ptr) : list.len;
		struct slice item = trim(slice_of(list.ptr, len));

		if (item.len == token.len &&
			strncasecmp(item.ptr, token.ptr, token.len) == 0)
			return true;
		len += comma != NULL;
		list = slice_of(list.ptr + len, list.len - len);
	}
	return false;
}

/* A repeated field that frames or judges the request would let two readers differ. */
static int note_field(struct http_reader *reader, enum http_field field,
	struct http_span span, struct http_refusal *refusal)
{
	if (!has_field(reader, field)) {
		reader->present |= (uint16_t)(1U << field);
		reader->values[field] = span;
		return 0;
	}
	if (field == FIELD_CONNECTION || field == FIELD_ACCEPT ||
		field == FIELD_USER_AGENT)
		return 0;
	return http_refuse(refusal, 400, "a header field is there twice");
}

static int check_field(
	struct slice name, struct slice value, struct http_refusal *refusal)
{
	if (name.len == 0)
		return http_refuse(refusal, 400, "a header field has no name");
	for (size_t i = 0; i < name.len; i++) {
		if (!http_is_token(name.ptr[i]))
			return http_refuse(
				refusal, 400, "a header field has a wrong name");
	}
	for (size_t i = 0; i < value.len; i++) {
		if (!http_is_value(value.ptr[i]))
			return http_refuse(
				refusal, 400, "a header field has a control byte");
	}
	return 0;
}

static int read_field(struct http_reader *reader, struct slice bytes, struct slice line,
	struct http_refusal *refusal)
{
	const char *colon = memchr(line.ptr, ':', line.len);
	struct slice name, value;
	enum http_field field;
	int r;

	if (++reader->fields > HTTP_FIELD_COUNT)
		return http_refuse(refusal, 431, "there are too many header fields");
	if (!colon)
		return http_refuse(refusal, 400, "a header field has no colon");
	name = slice_of(line.ptr, (size_t)(colon - line.ptr));
	value = trim(slice_of(colon + 1, line.len - name.len - 1));
	r = check_field(name, value, refusal);
	if (r)
		return r;

	field = http_field_find(name);
	if (field == FIELD_COUNT)
		return 0;
	if (field == FIELD_CONNECTION && list_has(value, SLICE("close")))
		reader->close = true;
	return note_field(reader, field,
		(struct http_span){
			(uint32_t)(value.ptr - bytes.ptr), (uint32_t)value.len },
		refusal);
}

static int read_length(struct slice text, uint64_t *out, struct http_refusal *refusal)
{
	uint64_t n = 0;

	if (text.len < 1 || text.len > 19)
		return http_refuse(refusal, 400, "Content-Length has 1 to 19 digits");
	for (size_t i = 0; i < text.len; i++) {
		if (!http_is_digit(text.ptr[i]))
			return http_refuse(refusal, 400, "Content-Length is no number");
		n = n * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	/* 19 digits fit into 64 bits; sizes and offsets have 63. */
	if (n > INT64_MAX)
		return http_refuse(refusal, 413, "Content-Length is too large");
	*out = n;
	return 0;
}

static int read_coding(const struct http_reader *reader, struct slice value,
	struct http_refusal *refusal)
{
	if (reader->http10)
		return http_refuse(refusal, 400, "HTTP/1.0 has no Transfer-Encoding");
	if (has_field(reader, FIELD_CONTENT_LENGTH))
		return http_refuse(
			refusal, 400, "Transfer-Encoding and Content-Length exclude");
	if (value.len == 0)
		return http_refuse(refusal, 400, "Transfer-Encoding is empty");
	if (value.len != 7 || strncasecmp(value.ptr, "chunked", 7) != 0)
		return http_refuse(
			refusal, 501, "the only Transfer-Encoding here is chunked");
	return 0;
}

static bool may_have_body(unsigned method)
{
	return method == METHOD_POST || method == METHOD_PUT || method == METHOD_PATCH;
}

static int read_framing(const struct http_reader *reader, struct slice bytes,
	struct http_head *head, struct http_refusal *refusal)
{
	int r = 0;

	if (has_field(reader, FIELD_TRANSFER_ENCODING)) {
		head->chunked = true;
		r = read_coding(reader,
			field_value(reader, bytes, FIELD_TRANSFER_ENCODING), refusal);
	} else if (has_field(reader, FIELD_CONTENT_LENGTH)) {
		r = read_length(field_value(reader, bytes, FIELD_CONTENT_LENGTH),
			&head->content_length, refusal);
	}
	if (r)
		return r;
	head->has_body = head->chunked || head->content_length > 0;
	if (head->has_body && !may_have_body(reader->method))
		return http_refuse(refusal, 400, "a request of this method has no body");
	return 0;
}

static int read_expect(const struct http_reader *reader, struct slice bytes,
	struct http_message *out, struct http_refusal *refusal)
{
	struct slice value = field_value(reader, bytes, FIELD_EXPECT);

	if (!has_field(reader, FIELD_EXPECT))
		return 0;
	if (value.len != 12 || strncasecmp(value.ptr, "100-continue", 12) != 0)
		return http_refuse(refusal, 417, "the only expectation is 100-continue");
	/* A client of HTTP/1.0 does not know interim answers. */
	out->expect_continue = out->head.has_body && !reader->http10;
	return 0;
}

/* At the empty line: what only the whole head tells. */
static int finish(struct http_reader *reader, struct slice bytes, char *decoded,
	struct http_message *out, struct http_refusal *refusal)
{
	struct http_message message = {
		.bytes = reader->line_at,
		.close = reader->close || reader->http10,
	};
	struct http_head *head = &message.head;
	int r = 0;

	if (has_field(reader, FIELD_HOST))
		message.host = field_value(reader, bytes, FIELD_HOST);
	else if (!reader->http10)
		r = http_refuse(refusal, 400, "HTTP/1.1 needs a Host field");
	if (!r)
		r = http_target_finish(reader, bytes, decoded, &message, refusal);
	if (!r)
		r = read_framing(reader, bytes, head, refusal);
	if (!r)
		r = read_expect(reader, bytes, &message, refusal);
	if (r)
		return r;

	head->authorization = field_value(reader, bytes, FIELD_AUTHORIZATION);
	head->accept = field_value(reader, bytes, FIELD_ACCEPT);
	head->content_type = field_value(reader, bytes, FIELD_CONTENT_TYPE);
	head->content_encoding = field_value(reader, bytes, FIELD_CONTENT_ENCODING);
	head->user_agent = field_value(reader, bytes, FIELD_USER_AGENT);
	*out = message;
	return 0;
}

int http_head_read(struct http_reader *reader, struct slice bytes, char *decoded,
	struct http_message *out, struct http_refusal *refusal)
{
	for (;;) {
		size_t at = reader->line_at;
		struct slice line;
		int r = next_line(reader, bytes, &line, refusal);

		if (r)
			return r;
		if (reader->fields_at) {
			if (line.len == 0)
				return finish(reader, bytes, decoded, out, refusal);
			r = read_field(reader, bytes, line, refusal);
		} else if (line.len || reader->blank++ >= HTTP_BLANK_MAX) {
			r = http_request_line_read(reader, line, at, refusal);
			reader->fields_at = reader->line_at;
		}
		if (r)
			return r;
	}
}

size_t http_head_keep(struct http_reader *reader, size_t len)
{
	if (reader->fields_at || reader->line_at < len)
		return len;
	reader->line_at = 0;
	return 0;
}
