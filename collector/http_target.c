/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_target.c - the request line, the path that is asked for, and the host
 */
#include "collector/http_chars.h"
#include "collector/http_read.h"

#include <arpa/inet.h>
#include <strings.h>

#define HOST_NAME_MAX_BYTES 253

const struct slice http_method_names[METHOD_COUNT] = {
	[METHOD_GET] = { "GET", 3 },
	[METHOD_HEAD] = { "HEAD", 4 },
	[METHOD_POST] = { "POST", 4 },
	[METHOD_PUT] = { "PUT", 3 },
	[METHOD_DELETE] = { "DELETE", 6 },
	[METHOD_OPTIONS] = { "OPTIONS", 7 },
	[METHOD_PATCH] = { "PATCH", 5 },
};

static int read_method(
	struct http_reader *reader, struct slice name, struct http_refusal *refusal)
{
	for (unsigned i = 0; i < METHOD_COUNT; i++) {
		if (slice_equal(name, http_method_names[i])) {
			reader->method = (uint8_t)i;
			return 0;
		}
	}
	if (slice_equal(name, SLICE("CONNECT")) || slice_equal(name, SLICE("TRACE")))
		return http_refuse(refusal, 405, "this method is not served here");
	return http_refuse(refusal, 501, "this method is not known");
}

static int read_version(
	struct http_reader *reader, struct slice text, struct http_refusal *refusal)
{
	if (slice_equal(text, SLICE("HTTP/1.1")))
		return 0;
	if (slice_equal(text, SLICE("HTTP/1.0"))) {
		reader->http10 = true;
		return 0;
	}
	if (text.len == 8 && slice_starts(text, SLICE("HTTP/")) &&
		http_is_digit(text.ptr[5]) && text.ptr[6] == '.' &&
		http_is_digit(text.ptr[7]))
		return http_refuse(
			refusal, 505, "this server speaks HTTP/1.1 and HTTP/1.0");
	return http_refuse(refusal, 400, "the request line has no HTTP version");
}

static int check_target(const struct http_reader *reader, struct slice target,
	struct http_refusal *refusal)
{
	bool query = false;

	for (size_t i = 0; i < target.len; i++) {
		char c = target.ptr[i];

		query |= c == '?';
		if (query ? !http_is_query(c) : !http_is_target(c))
			return http_refuse(
				refusal, 400, "the request target has a wrong character");
	}
	if (target.len && target.ptr[0] == '/')
		return 0;
	if (target.len > 7 && strncasecmp(target.ptr, "http://", 7) == 0)
		return 0;
	if (slice_equal(target, SLICE("*")) && reader->method == METHOD_OPTIONS)
		return 0;
	return http_refuse(refusal, 400, "the request target is no path");
}

static int check_method_name(struct slice name, struct http_refusal *refusal)
{
	bool wrong = name.len == 0;

	for (size_t i = 0; i < name.len; i++)
		wrong |= !http_is_token(name.ptr[i]);
	return wrong ? http_refuse(refusal, 400, "the request line has no method") : 0;
}

int http_request_line_read(struct http_reader *reader, struct slice line, size_t at,
	struct http_refusal *refusal)
{
	const char *first = memchr(line.ptr, ' ', line.len);
	struct slice method, target, version;
	const char *last;
	int r;

	method = slice_of(line.ptr, first ? (size_t)(first - line.ptr) : line.len);
	target = slice_of(line.ptr + method.len + 1, line.len - method.len - 1);
	last = first ? memchr(target.ptr, ' ', target.len) : NULL;
	if (!last)
		return http_refuse(
			refusal, 400, "the request line is not method, target, version");
	version = slice_of(last + 1, target.len - (size_t)(last + 1 - target.ptr));
	target.len = (size_t)(last - target.ptr);

	/* The version first: what another protocol calls a method is none of ours. */
	r = check_method_name(method, refusal);
	if (!r)
		r = read_version(reader, version, refusal);
	if (!r)
		r = read_method(reader, method, refusal);
	if (!r)
		r = check_target(reader, target, refusal);
	reader->target = (struct http_span){
		(uint32_t)(at + method.len + 1),
		(uint32_t)target.len,
	};
	return r;
}

/* Decodes once; without an escape the path is its own decoded form. */
static int decode_path(
	struct slice raw, char *decoded, struct slice *out, struct http_refusal *refusal)
{
	size_t n = 0;

	if (!memchr(raw.ptr, '%', raw.len)) {
		*out = raw;
		return 0;
	}
	for (size_t i = 0; i < raw.len; i++) {
		int high, low;

		if (raw.ptr[i] != '%') {
			decoded[n++] = raw.ptr[i];
			continue;
		}
		high = i + 2 < raw.len ? http_hex(raw.ptr[i + 1]) : -1;
		low = i + 2 < raw.len ? http_hex(raw.ptr[i + 2]) : -1;
		if (high < 0 || low < 0)
			return http_refuse(refusal, 400, "the path has a broken escape");
		decoded[n] = (char)(high << 4 | low);
		if ((unsigned char)decoded[n] < 0x20 || decoded[n] == 0x7f)
			return http_refuse(refusal, 400, "the path has a control byte");
		n++;
		i += 2;
	}
	*out = slice_of(decoded, n);
	return 0;
}

/* Takes "http://authority" off the target; the authority must be the Host. */
static int take_authority(
	struct slice *target, struct http_message *out, struct http_refusal *refusal)
{
	struct slice rest = slice_of(target->ptr + 7, target->len - 7);
	struct slice authority = rest;

	for (size_t i = 0; i < rest.len; i++) {
		if (rest.ptr[i] == '/' || rest.ptr[i] == '?') {
			authority.len = i;
			break;
		}
	}
	if (authority.len == 0)
		return http_refuse(refusal, 400, "the request target names no host");
	if (out->host.len == 0)
		out->host = authority;
	else if (authority.len != out->host.len ||
		 strncasecmp(authority.ptr, out->host.ptr, authority.len) != 0)
		return http_refuse(refusal, 400, "the request target names another host");
	*target = slice_of(rest.ptr + authority.len, rest.len - authority.len);
	return 0;
}

static int check_host(
	const struct http_reader *reader, struct slice host, struct http_refusal *refusal)
{
	bool absent = !(reader->present & (1U << FIELD_HOST));
	struct slice name;

	if (host.len == 0 && absent)
		return 0;
	if (http_host_read(host, &name) < 0)
		return http_refuse(refusal, 400, "the Host field is no host");
	return 0;
}

int http_target_finish(const struct http_reader *reader, struct slice bytes,
	char *decoded, struct http_message *out, struct http_refusal *refusal)
{
	struct slice target = slice_of(bytes.ptr + reader->target.at, reader->target.len);
	struct http_head *head = &out->head;
	const char *mark;
	int r = check_host(reader, out->host, refusal);

	if (!r && target.ptr[0] != '/' && target.ptr[0] != '*') {
		r = take_authority(&target, out, refusal);
		if (!r)
			r = check_host(reader, out->host, refusal);
	}
	if (r)
		return r;

	head->method = http_method_names[reader->method];
	head->head_only = reader->method == METHOD_HEAD;
	head->raw_path = target;
	mark = target.len ? memchr(target.ptr, '?', target.len) : NULL;
	if (mark) {
		head->raw_path.len = (size_t)(mark - target.ptr);
		head->query = slice_of(mark + 1, target.len - head->raw_path.len - 1);
	}
	if (head->raw_path.len == 0)
		head->raw_path = SLICE("/");
	return decode_path(head->raw_path, decoded, &head->path, refusal);
}

static bool is_port(struct slice text)
{
	unsigned n = 0;

	if (text.len == 0 || text.len > 5)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!http_is_digit(text.ptr[i]))
			return false;
		n = n * 10 + (unsigned)(text.ptr[i] - '0');
	}
	return n <= 65535;
}

static bool is_address(int family, struct slice text)
{
	char copy[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return inet_pton(family, copy, &address) == 1;
}

static bool is_host_name(struct slice name)
{
	if (name.len == 0 || name.len > HOST_NAME_MAX_BYTES || name.ptr[0] == '.')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		char lower = (char)(c | 0x20);
		bool letter = lower >= 'a' && lower <= 'z';

		if (!letter && !http_is_digit(c) && c != '-' && c != '_' && c != '.')
			return false;
		if (c == '.' && i + 1 < name.len && name.ptr[i + 1] == '.')
			return false;
	}
	return true;
}

/* Cuts ":port" off; false when what stands there is no port. */
static bool cut_port(struct slice *host, size_t name_len)
{
	struct slice rest = slice_of(host->ptr + name_len, host->len - name_len);

	host->len = name_len;
	if (rest.len == 0)
		return true;
	return rest.ptr[0] == ':' && is_port(slice_of(rest.ptr + 1, rest.len - 1));
}

static int read_bracketed(struct slice host, struct slice *name_out)
{
	const char *end = memchr(host.ptr, ']', host.len);

	if (!end || !cut_port(&host, (size_t)(end + 1 - host.ptr)))
		return ERR_INVALID;
	*name_out = slice_of(host.ptr + 1, host.len - 2);
	return is_address(AF_INET6, *name_out) ? 0 : ERR_INVALID;
}

int http_host_read(struct slice host, struct slice *name_out)
{
	const char *colon;

	if (host.len && host.ptr[0] == '[')
		return read_bracketed(host, name_out);
	colon = host.len ? memchr(host.ptr, ':', host.len) : NULL;
	if (!cut_port(&host, colon ? (size_t)(colon - host.ptr) : host.len))
		return ERR_INVALID;
	if (!is_host_name(host))
		return ERR_INVALID;
	if (host.ptr[host.len - 1] == '.')
		host.len--;
	*name_out = host;
	if (host.len == 9 && strncasecmp(host.ptr, "localhost", 9) == 0)
		return 0;
	return is_address(AF_INET, host) ? 0 : 1;
}

bool http_host_allowed(struct slice host, const char *const *names)
{
	struct slice name;
	int r = http_host_read(host, &name);

	if (r <= 0)
		return r == 0;
	for (; names && *names; names++) {
		if (strlen(*names) == name.len &&
			strncasecmp(*names, name.ptr, name.len) == 0)
			return true;
	}
	return false;
}
