/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_peer.h - the other side of a connection in tests: raw bytes, no mercy
 *
 * Everything asserts: a call that returns has done what it says.  Reads wait
 * at most ten seconds.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct peer {
	int fd;
	char *bytes; /* received and not taken */
	size_t len;
	size_t room;
	char head[2048]; /* of the last answer */
	char *body;
	size_t body_len;
};

/* address is "127.0.0.1:PORT" */
static inline void peer_connect(struct peer *peer, const char *address)
{
	const struct timeval limit = { .tv_sec = 10 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	const char *colon = strrchr(address, ':');

	assert_non_null(colon);
	*peer = (struct peer){ .fd = socket(AF_INET, SOCK_STREAM, 0) };
	assert_true(peer->fd >= 0);
	in.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
		setsockopt(peer->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	assert_int_equal(connect(peer->fd, (struct sockaddr *)&in, sizeof(in)), 0);
}

static inline void peer_close(struct peer *peer)
{
	close(peer->fd);
	free(peer->bytes);
	free(peer->body);
}

/* Goes away with a reset instead of an end. */
static inline void peer_reset(struct peer *peer)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	peer_close(peer);
}

static inline void peer_send_bytes(struct peer *peer, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(peer->fd, bytes, len, MSG_NOSIGNAL);

		assert_true(n > 0);
		bytes += n;
		len -= (size_t)n;
	}
}

static inline void peer_send(struct peer *peer, const char *text)
{
	peer_send_bytes(peer, text, strlen(text));
}

/* False at the end of the stream (a reset is one, too). */
static inline int peer_fill(struct peer *peer)
{
	ssize_t n;

	if (peer->room - peer->len < 65536) {
		peer->room = peer->room * 2 + 131072;
		peer->bytes = realloc(peer->bytes, peer->room);
		assert_non_null(peer->bytes);
	}
	n = recv(peer->fd, peer->bytes + peer->len, peer->room - peer->len, 0);
	if (n > 0)
		peer->len += (size_t)n;
	return n > 0;
}

static inline void peer_take(struct peer *peer, size_t n)
{
	memmove(peer->bytes, peer->bytes + n, peer->len - n);
	peer->len -= n;
}

static inline size_t peer_head_len(const struct peer *peer)
{
	const char *end =
		peer->len ? memmem(peer->bytes, peer->len, "\r\n\r\n", 4) : NULL;

	return end ? (size_t)(end - peer->bytes) + 4 : 0;
}

static inline size_t peer_body_len(const struct peer *peer)
{
	const char *field = strstr(peer->head, "\r\nContent-Length: ");

	return field ? strtoul(field + 18, NULL, 10) : 0;
}

/*
 * Reads the next answer: its status, or 0 at the end of the stream.  with_body
 * is 0 for the answer to HEAD.
 */
static inline int peer_read(struct peer *peer, int with_body)
{
	size_t head, body;

	while ((head = peer_head_len(peer)) == 0) {
		if (!peer_fill(peer))
			return 0;
	}
	assert_true(head < sizeof(peer->head));
	memcpy(peer->head, peer->bytes, head);
	peer->head[head] = '\0';
	peer_take(peer, head);
	body = with_body ? peer_body_len(peer) : 0;
	while (peer->len < body)
		assert_true(peer_fill(peer));
	free(peer->body);
	peer->body = malloc(body + 1);
	assert_non_null(peer->body);
	memcpy(peer->body, peer->bytes, body);
	peer->body[body] = '\0';
	peer->body_len = body;
	peer_take(peer, body);
	return (int)strtoul(peer->head + strlen("HTTP/1.1 "), NULL, 10);
}

static inline int peer_status(struct peer *peer)
{
	return peer_read(peer, 1);
}

static inline void assert_ended(struct peer *peer)
{
	assert_int_equal(peer_status(peer), 0);
}

static inline int peer_head_has(const struct peer *peer, const char *line)
{
	return strstr(peer->head, line) != NULL;
}
