/* SPDX-License-Identifier: Apache-2.0 */

/*
 * client.c - one raw HTTP/1.1 connection, at the mercy of the test
 */
#define _GNU_SOURCE /* memmem() */
#include "tests/e2e/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)512 << 20)
#define RECEIVE	   65536
#define TIMEOUT_S  60

/* "127.0.0.1:PORT" */
static bool read_address(const char *address, struct sockaddr_in *out)
{
	const char *port = strrchr(address, ':');
	char host[32];

	memset(out, 0, sizeof(*out));
	out->sin_family = AF_INET;
	if (!port || (size_t)(port - address) >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(port - address), address);
	out->sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
	return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

int client_open(struct client *client, const char *address)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	struct sockaddr_in to;
	int one = 1;

	memset(client, 0, sizeof(*client));
	buf_init(&client->in, ANSWER_MAX);
	snprintf(client->address, sizeof(client->address), "%s", address);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || !read_address(address, &to))
		return -1;
	setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return connect(client->fd, (struct sockaddr *)&to, sizeof(to)) ? -1 : 0;
}

void client_close(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	buf_fini(&client->in);
}

int client_send(struct client *client, struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = send(client->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (n <= 0)
			return -1;
		bytes = slice_of(bytes.ptr + n, bytes.len - (size_t)n);
	}
	return 0;
}

int client_send_text(struct client *client, const char *text)
{
	return client_send(client, slice_from(text));
}

static void put_head(const struct client *client, struct buf *out, const char *method,
	const char *target, const char *lines)
{
	buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", method, target,
		client->address, lines);
}

static int send_buf(struct client *client, struct buf *bytes)
{
	int r = buf_error(bytes) ? -1 : client_send(client, buf_get(bytes));

	buf_fini(bytes);
	return r;
}

int client_send_head(
	struct client *client, const char *method, const char *target, const char *lines)
{
	struct buf head;

	buf_init(&head, RECEIVE);
	put_head(client, &head, method, target, lines);
	return send_buf(client, &head);
}

static int receive_more(struct client *client)
{
	char *to = buf_reserve(&client->in, RECEIVE);
	ssize_t n = to ? recv(client->fd, to, RECEIVE, 0) : -1;

	if (n <= 0)
		return -1;
	buf_advance(&client->in, (size_t)n);
	return 0;
}

bool client_at_end(struct client *client)
{
	char byte;

	return recv(client->fd, &byte, 1, 0) == 0;
}

/* Forgets the answer that was given out. */
static void drop_used(struct client *client)
{
	size_t rest = client->in.len - client->used;

	if (client->used == 0)
		return;
	memmove(client->in.data, client->in.data + client->used, rest);
	client->in.len = rest;
	client->used = 0;
}

static int receive_head(struct client *client, size_t *len_out)
{
	for (;;) {
		const char *end = client->in.len ? memmem(client->in.data, client->in.len,
							   "\r\n\r\n", 4)
						 : NULL;

		if (end) {
			*len_out = (size_t)(end - client->in.data) + 4;
			return 0;
		}
		if (receive_more(client))
			return -1;
	}
}

bool answer_field(const struct answer *answer, const char *name, char *out, size_t size)
{
	const char *at = answer->head.ptr;
	const char *end = at + answer->head.len;
	size_t len = strlen(name);

	while (at < end) {
		const char *line = memmem(at, (size_t)(end - at), "\r\n", 2);
		size_t n = line ? (size_t)(line - at) : (size_t)(end - at);

		if (n > len + 1 && strncasecmp(at, name, len) == 0 && at[len] == ':') {
			const char *value = at + len + 1;

			value += *value == ' ';
			snprintf(out, size, "%.*s", (int)(n - (size_t)(value - at)),
				value);
			return true;
		}
		at += n + 2;
	}
	return false;
}

bool answer_has(const struct answer *answer, const char *text)
{
	return answer->body.len &&
	       memmem(answer->body.ptr, answer->body.len, text, strlen(text)) != NULL;
}

/* Our server gives a length with every answer that has a body. */
static size_t body_length(const struct answer *answer, bool is_head)
{
	char text[32];

	if (is_head || answer->status < 200 || answer->status == 204)
		return 0;
	if (!answer_field(answer, "Content-Length", text, sizeof(text)))
		return 0;
	return (size_t)strtoull(text, NULL, 10);
}

int client_receive(struct client *client, bool is_head, struct answer *out)
{
	size_t head;
	size_t body;

	drop_used(client);
	if (receive_head(client, &head))
		return -1;
	out->head = slice_of(client->in.data, head);
	if (strncmp(client->in.data, "HTTP/1.1 ", 9) != 0)
		return -1;
	out->status = (int)strtol(client->in.data + 9, NULL, 10);
	body = body_length(out, is_head);
	while (client->in.len < head + body) {
		if (receive_more(client))
			return -1;
	}
	/* The memory may have moved. */
	out->head = slice_of(client->in.data, head);
	out->body = slice_of(client->in.data + head, body);
	client->used = head + body;
	return 0;
}

int client_ask(
	struct client *client, const char *method, const char *target, struct answer *out)
{
	if (client_send_head(client, method, target, ""))
		return -1;
	return client_receive(client, strcmp(method, "HEAD") == 0, out);
}

int client_get(struct client *client, const char *target, struct answer *out)
{
	return client_ask(client, "GET", target, out);
}

int client_put(struct client *client, const char *method, const char *target,
	struct slice body, struct answer *out)
{
	char lines[96];
	struct buf request;

	buf_init(&request, ANSWER_MAX);
	snprintf(lines, sizeof(lines),
		"Content-Type: application/json\r\nContent-Length: %zu\r\n", body.len);
	put_head(client, &request, method, target, lines);
	buf_slice(&request, body);
	/* A refusal may come, and be read, while the rest is still being sent. */
	(void)send_buf(client, &request);
	return client_receive(client, false, out);
}

int client_post(
	struct client *client, const char *target, struct slice body, struct answer *out)
{
	return client_put(client, "POST", target, body, out);
}
