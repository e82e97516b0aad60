/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_listen.h - from "127.0.0.1:5000" to connections on the loops
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "collector/http_loop.h"

#define HTTP_ADDRESS_MAX 72

/* Accepts, and deals the connections out to the loops in turn. */
struct http_acceptor {
	struct http_common *common;
	struct http_loop *loops;
	unsigned loop_count;
	unsigned next_loop;
	int fd;
	struct event accept;
	struct event resume; /* after the descriptors ran out */
	char address[HTTP_ADDRESS_MAX];
};

/* Listens on options.listen; the acceptor's events belong to the first loop. */
NODISCARD int http_acceptor_init(struct http_acceptor *acceptor,
	struct http_common *common, struct http_loop *loops, struct fault *fault);

/* Any thread: no connection is accepted any more. */
void http_acceptor_stop(struct http_acceptor *acceptor);

/* When the first loop does not run. */
void http_acceptor_fini(struct http_acceptor *acceptor);
