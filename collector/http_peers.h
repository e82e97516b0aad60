/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_peers.h - how many connections each address has
 *
 * IPv4 addresses are counted whole, IPv6 ones by their first 64 bits, which is
 * what one customer has.  Loopback is not counted: behind a proxy on the same
 * machine everybody is loopback.  Any thread.
 */
#pragma once

#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

struct http_peers;
struct sockaddr;

/* What a connection keeps for http_peers_leave(). */
struct http_peer {
	uint64_t high; /* 0 and 0: not counted */
	uint64_t low;
};

/* total: no more connections than these are ever counted at once. */
NODISCARD struct http_peers *http_peers_new(unsigned total, unsigned per_address);
void http_peers_free(struct http_peers *peers);

/* False when the address has as many as it may have. */
bool http_peers_enter(
	struct http_peers *peers, const struct sockaddr *address, struct http_peer *out);
void http_peers_leave(struct http_peers *peers, struct http_peer peer);
