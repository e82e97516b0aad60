/* SPDX-License-Identifier: Apache-2.0 */

/*
 * client.h - one raw HTTP/1.1 connection, at the mercy of the test
 *
 * Bytes go out exactly as given, so that a request can stop in the middle.
 * Every call gives up after ten seconds.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct client {
	int fd;
	struct buf in;
	size_t used; /* bytes of in that belong to the answer given out last */
	char address[64];
};

struct answer {
	int status;
	struct slice head; /* the lines, with CRLF; until the next call */
	struct slice body;
};

/* Returns 0, or -1 when nobody listens there. */
NODISCARD int client_open(struct client *client, const char *address);
void client_close(struct client *client);

/* Returns 0, or -1 when the connection is gone. */
int client_send(struct client *client, struct slice bytes);
int client_send_text(struct client *client, const char *text);

/* The head of a request: "POST /x HTTP/1.1", Host, the given lines, empty line. */
int client_send_head(
	struct client *client, const char *method, const char *target, const char *lines);

/*
 * Reads one answer (a 100 Continue is one).  Returns 0, or -1 when the
 * connection ended before the whole of it.
 */
NODISCARD int client_receive(struct client *client, bool is_head, struct answer *out);

NODISCARD int client_get(struct client *client, const char *target, struct answer *out);
NODISCARD int client_post(
	struct client *client, const char *target, struct slice body, struct answer *out);

/* The same by another method. */
NODISCARD int client_put(struct client *client, const char *method, const char *target,
	struct slice body, struct answer *out);

/* Any request without a body. */
NODISCARD int client_ask(struct client *client, const char *method, const char *target,
	struct answer *out);

/* True when the connection was closed by the other side and nothing more comes. */
bool client_at_end(struct client *client);

/* The value of a header field of an answer, NUL-ended; false when it has none. */
bool answer_field(const struct answer *answer, const char *name, char *out, size_t size);
bool answer_has(const struct answer *answer, const char *text);
