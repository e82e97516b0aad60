/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_client.c - a small blocking client of HTTP/1.1
 */
#include "collector/http_client.h"

#include "collector/http_answer.h"
#include "collector/http_chars.h"
#include "collector/http_read.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define TIMEOUT_DEFAULT_US INT64_C(30000000)
#define HEAD_MAX	   65536
#define HOST_MAX	   256
#define RECEIVE_BYTES	   65536

struct http_client {
	int fd; /* -1: not connected */
	int timeout_ms;
	struct addrinfo *addresses;
	char host[HOST_MAX]; /* with port, for the Host field and for faults */
	char *token;
	char bytes[RECEIVE_BYTES];
};

/* "host:port" of the URL, cut into its parts. */
struct url_parts {
	char name[HOST_MAX];
	char port[6];
};

static int bad_url(struct fault *fault)
{
	fault_set(
		fault, "url", "must be http://HOST:PORT, such as http://127.0.0.1:5000");
	return ERR_INVALID;
}

static int split_url(const char *url, struct slice *authority_out, struct fault *fault)
{
	struct slice rest = slice_from(url);
	const char *slash;

	if (slice_starts(rest, SLICE("https://"))) {
		fault_set(fault, "url", "https is not spoken here: use http://");
		return ERR_UNSUPPORTED;
	}
	if (!slice_starts(rest, SLICE("http://")))
		return bad_url(fault);
	rest = slice_of(rest.ptr + 7, rest.len - 7);
	slash = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
	if (slash && slash + 1 != rest.ptr + rest.len)
		return bad_url(fault);
	rest.len -= slash != NULL;
	*authority_out = rest;
	return 0;
}

static int split_authority(
	struct slice authority, struct url_parts *out, struct fault *fault)
{
	struct slice name, port = SLICE("80");
	size_t closed;

	if (authority.len >= HOST_MAX || http_host_read(authority, &name) < 0)
		return bad_url(fault);
	closed = (size_t)(name.ptr + name.len - authority.ptr);
	for (size_t i = closed; i < authority.len; i++) {
		if (authority.ptr[i] == ':')
			port = slice_of(authority.ptr + i + 1, authority.len - i - 1);
	}
	memcpy(out->name, name.ptr, name.len);
	out->name[name.len] = '\0';
	memcpy(out->port, port.ptr, port.len);
	out->port[port.len] = '\0';
	return 0;
}

static int find_address(struct http_client *client, const char *url, struct fault *fault)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct slice authority = { 0 };
	struct url_parts parts;
	int r = split_url(url, &authority, fault);

	if (!r)
		r = split_authority(authority, &parts, fault);
	if (r)
		return r;
	memcpy(client->host, authority.ptr, authority.len);
	client->host[authority.len] = '\0';
	r = getaddrinfo(parts.name, parts.port, &hints, &client->addresses);
	if (r) {
		fault_set(fault, "url", "%s is not found: %s", client->host,
			gai_strerror(r));
		return ERR_ADDRESS;
	}
	return 0;
}

int http_client_new(const char *url, struct http_client **out, struct fault *fault)
{
	struct http_client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return ERR_NOMEM;
	client->fd = -1;
	http_client_set_timeout(client, TIMEOUT_DEFAULT_US);
	r = find_address(client, url, fault);
	if (r) {
		http_client_free(client);
		return r;
	}
	*out = client;
	return 0;
}

/* What is put into a head must not end a line of it. */
static bool is_plain(const char *text)
{
	for (; text && *text; text++) {
		if (!http_is_value(*text))
			return false;
	}
	return true;
}

int http_client_set_token(struct http_client *client, const char *token)
{
	char *copy = NULL;

	if (!is_plain(token))
		return ERR_INVALID;
	if (token) {
		copy = strdup(token);
		if (!copy)
			return ERR_NOMEM;
	}
	free(client->token);
	client->token = copy;
	return 0;
}

void http_client_set_timeout(struct http_client *client, int64_t timeout_us)
{
	int64_t ms = timeout_us / 1000;

	client->timeout_ms = ms < 1 ? 1 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static void hang_up(struct http_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

void http_client_free(struct http_client *client)
{
	if (!client)
		return;
	hang_up(client);
	if (client->addresses)
		freeaddrinfo(client->addresses);
	free(client->token);
	free(client);
}

static int closed(const struct http_client *client, const char *why, struct fault *fault)
{
	fault_set(fault, "url", "%s %s", client->host, why);
	return ERR_CLOSED;
}

/* Waits for any of the events; *got_out says which. */
static int wait_for(
	struct http_client *client, short events, short *got_out, struct fault *fault)
{
	struct pollfd item = { .fd = client->fd, .events = events };
	int n;

	do {
		n = poll(&item, 1, client->timeout_ms);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_from_errno(errno);
	if (n == 0) {
		fault_set(fault, "url", "%s does not answer in time", client->host);
		return ERR_BUSY;
	}
	*got_out = item.revents;
	return 0;
}

static int connect_one(
	struct http_client *client, const struct addrinfo *address, struct fault *fault)
{
	const int on = 1;
	int number = 0;
	socklen_t len = sizeof(number);
	short got;
	int r;

	client->fd =
		socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return err_from_errno(errno);
	(void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(client->fd, address->ai_addr, address->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return closed(client, "cannot be reached", fault);
	r = wait_for(client, POLLOUT, &got, fault);
	if (r)
		return r;
	if (getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &number, &len) < 0 || number)
		return closed(client, "does not take connections", fault);
	return 0;
}

static int dial(struct http_client *client, struct fault *fault)
{
	int r = ERR_CLOSED;

	for (const struct addrinfo *at = client->addresses; at; at = at->ai_next) {
		r = connect_one(client, at, fault);
		if (r == 0)
			return 0;
		hang_up(client);
	}
	return r;
}

static int check_request(const struct http_client_request *request, struct fault *fault)
{
	for (const char *at = request->method; *at; at++) {
		if (!http_is_token(*at))
			return fault_set(fault, "method", "is no method");
	}
	if (request->target[0] != '/')
		return fault_set(fault, "target", "must begin with '/'");
	for (const char *at = request->target; *at; at++) {
		if (!http_is_target(*at))
			return fault_set(fault, "target", "must be percent-encoded");
	}
	if (!is_plain(request->content_type) || !is_plain(request->accept))
		return fault_set(fault, "media type", "has a control character");
	return 0;
}

static void write_head(const struct http_client *client,
	const struct http_client_request *request, struct buf *out)
{
	bool counted = request->body.len || strcmp(request->method, "POST") == 0 ||
		       strcmp(request->method, "PUT") == 0;

	buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: headwater\r\n",
		request->method, request->target, client->host);
	if (client->token)
		buf_printf(out, "Authorization: Bearer %s\r\n", client->token);
	if (request->content_type)
		buf_printf(out, "Content-Type: %s\r\n", request->content_type);
	if (counted)
		buf_printf(out, "Content-Length: %zu\r\n", request->body.len);
	if (request->accept)
		buf_printf(out, "Accept: %s\r\n", request->accept);
	buf_str(out, "\r\n");
}

/* Sends what it can; returns how much, 0 when it must be waited, or -1. */
static ssize_t send_some(int fd, struct slice head, struct slice body, size_t sent)
{
	size_t in_body = sent > head.len ? sent - head.len : 0;
	size_t in_head = sent - in_body;
	/* sendmsg() reads only, but its type cannot say so. */
	struct iovec pieces[2] = {
		{ (void *)(uintptr_t)(head.ptr + in_head), head.len - in_head },
		{ (void *)((uintptr_t)body.ptr + in_body), body.len - in_body },
	};
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };
	ssize_t n;

	do {
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return n;
}

/*
 * Sends the request.  A server may answer before it has the whole body, to
 * refuse it: then *cut_out is true, and what is left is not sent.
 */
static int send_request(struct http_client *client, struct slice head, struct slice body,
	bool *cut_out, struct fault *fault)
{
	size_t sent = 0;

	*cut_out = false;
	while (sent < head.len + body.len) {
		ssize_t n = send_some(client->fd, head, body, sent);
		short got = 0;
		int r;

		if (n < 0)
			return closed(client, "hung up", fault);
		sent += (size_t)n;
		if (n > 0)
			continue;
		r = wait_for(client, POLLIN | POLLOUT, &got, fault);
		if (r)
			return r;
		if (got & POLLIN) {
			*cut_out = true;
			return 0;
		}
	}
	return 0;
}

/* Receives into client->bytes; *len_out is 0 at the end of the stream. */
static int receive(struct http_client *client, size_t *len_out, struct fault *fault)
{
	for (;;) {
		ssize_t n = recv(client->fd, client->bytes, sizeof(client->bytes), 0);
		short got;
		int r;

		if (n >= 0) {
			*len_out = (size_t)n;
			return 0;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return closed(client, "hung up", fault);
		r = wait_for(client, POLLIN, &got, fault);
		if (r)
			return r;
	}
}

static int read_answer(
	struct http_client *client, struct answer_reader *reader, struct fault *fault)
{
	int r = HTTP_READ_MORE;

	while (r == HTTP_READ_MORE) {
		size_t n;

		r = receive(client, &n, fault);
		if (r)
			return r;
		if (n == 0)
			return answer_end(reader)
				       ? closed(client, "hung up before its answer",
						 fault)
				       : 0;
		r = answer_feed(reader, slice_of(client->bytes, n));
	}
	if (r == ERR_INVALID)
		fault_set(fault, "url", "%s does not answer in HTTP/1.1", client->host);
	else if (r == ERR_TOO_LARGE)
		fault_set(fault, "url", "%s gives too large an answer", client->host);
	return r;
}

/* One attempt; reader->keep says whether the connection can be used again. */
static int attempt(struct http_client *client, const struct http_client_request *request,
	struct answer_reader *reader, struct fault *fault)
{
	struct buf head;
	bool cut = false;
	int r;

	buf_init(&head, HEAD_MAX);
	write_head(client, request, &head);
	r = buf_error(&head);
	if (!r)
		r = send_request(client, buf_get(&head), request->body, &cut, fault);
	/* A refusal may lie there though sending failed. */
	if (!r || r == ERR_CLOSED)
		r = read_answer(client, reader, fault);
	if (r || cut || !reader->keep)
		hang_up(client);
	buf_fini(&head);
	return r;
}

/* Returns 1 when nothing came on a kept connection: it is worth another try. */
static int exchange(struct http_client *client, const struct http_client_request *request,
	struct answer_reader *reader, struct fault *fault)
{
	bool kept = client->fd >= 0;
	int r = kept ? 0 : dial(client, fault);

	if (!r)
		r = attempt(client, request, reader, fault);
	return r == ERR_CLOSED && kept && !answer_began(reader) ? 1 : r;
}

int http_client_send(struct http_client *client,
	const struct http_client_request *request, struct http_client_answer *out,
	struct buf *body, struct fault *fault)
{
	struct answer_reader reader;
	int r = check_request(request, fault);

	if (r)
		return r;
	answer_init(&reader, strcmp(request->method, "HEAD") == 0, body);
	r = exchange(client, request, &reader, fault);
	if (r == 1)
		r = exchange(client, request, &reader, fault);
	if (!r)
		*out = reader.answer;
	answer_fini(&reader);
	return r;
}
