/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_peers.c - how many connections each address has
 *
 * Open addressing with linear probing in a table that is at most half full, so
 * that nothing is allocated for a connection.  The seed is random: who chooses
 * addresses must not choose places.
 */
#include "collector/http_peers.h"

#include "base/hash.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct peer_slot {
	struct http_peer peer;
	uint32_t count; /* 0: free */
};

struct http_peers {
	pthread_mutex_t lock;
	uint64_t seed;
	size_t mask;
	unsigned used;
	unsigned total;
	unsigned per_address;
	struct peer_slot slots[];
};

struct http_peers *http_peers_new(unsigned total, unsigned per_address)
{
	struct http_peers *peers;
	size_t slots = 64;

	while (slots < (size_t)total * 2)
		slots *= 2;
	peers = calloc(1, sizeof(*peers) + slots * sizeof(peers->slots[0]));
	if (!peers)
		return NULL;
	if (pthread_mutex_init(&peers->lock, NULL) != 0) {
		free(peers);
		return NULL;
	}
	peers->mask = slots - 1;
	peers->total = total;
	peers->per_address = per_address;
	if (getrandom(&peers->seed, sizeof(peers->seed), GRND_NONBLOCK) < 0)
		peers->seed = (uint64_t)(uintptr_t)peers;
	return peers;
}

void http_peers_free(struct http_peers *peers)
{
	if (!peers)
		return;
	pthread_mutex_destroy(&peers->lock);
	free(peers);
}

static struct http_peer peer_of_ipv4(uint32_t address)
{
	if (address >> 24 == 127)
		return (struct http_peer){ 0 };
	return (struct http_peer){ UINT64_MAX, address };
}

static struct http_peer peer_of_ipv6(const struct in6_addr *address)
{
	struct http_peer peer = { 0 };

	if (IN6_IS_ADDR_LOOPBACK(address))
		return peer;
	if (IN6_IS_ADDR_V4MAPPED(address)) {
		uint32_t ipv4;

		memcpy(&ipv4, address->s6_addr + 12, sizeof(ipv4));
		return peer_of_ipv4(ntohl(ipv4));
	}
	memcpy(&peer.high, address->s6_addr, sizeof(peer.high));
	peer.low = 1;
	return peer;
}

static struct http_peer peer_of(const struct sockaddr *address)
{
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;

	if (address->sa_family == AF_INET) {
		memcpy(&ipv4, address, sizeof(ipv4));
		return peer_of_ipv4(ntohl(ipv4.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		memcpy(&ipv6, address, sizeof(ipv6));
		return peer_of_ipv6(&ipv6.sin6_addr);
	}
	return (struct http_peer){ 0 };
}

static bool is_counted(struct http_peer peer)
{
	return peer.high || peer.low;
}

static bool same_peer(struct http_peer a, struct http_peer b)
{
	return a.high == b.high && a.low == b.low;
}

static size_t home_of(const struct http_peers *peers, struct http_peer peer)
{
	return hash64_seeded(slice_of(&peer, sizeof(peer)), peers->seed) & peers->mask;
}

/* The slot of the peer, or the free one where it belongs. */
static size_t find_slot(const struct http_peers *peers, struct http_peer peer)
{
	size_t at = home_of(peers, peer);

	while (peers->slots[at].count && !same_peer(peers->slots[at].peer, peer))
		at = (at + 1) & peers->mask;
	return at;
}

/* Moves what follows into the hole, where that does not pass its home. */
static void close_hole(struct http_peers *peers, size_t hole)
{
	size_t at = hole;

	for (;;) {
		size_t home;

		at = (at + 1) & peers->mask;
		if (peers->slots[at].count == 0)
			break;
		home = home_of(peers, peers->slots[at].peer);
		if (((at - home) & peers->mask) < ((at - hole) & peers->mask))
			continue;
		peers->slots[hole] = peers->slots[at];
		hole = at;
	}
	peers->slots[hole] = (struct peer_slot){ 0 };
}

static bool enter_slot(struct http_peers *peers, struct http_peer peer)
{
	struct peer_slot *slot = &peers->slots[find_slot(peers, peer)];

	if (slot->count >= peers->per_address)
		return false;
	if (slot->count == 0) {
		if (peers->used >= peers->total)
			return false;
		peers->used++;
		slot->peer = peer;
	}
	slot->count++;
	return true;
}

bool http_peers_enter(
	struct http_peers *peers, const struct sockaddr *address, struct http_peer *out)
{
	bool entered;

	*out = peer_of(address);
	if (!is_counted(*out))
		return true;
	pthread_mutex_lock(&peers->lock);
	entered = enter_slot(peers, *out);
	pthread_mutex_unlock(&peers->lock);
	return entered;
}

void http_peers_leave(struct http_peers *peers, struct http_peer peer)
{
	size_t at;

	if (!is_counted(peer))
		return;
	pthread_mutex_lock(&peers->lock);
	at = find_slot(peers, peer);
	if (peers->slots[at].count && --peers->slots[at].count == 0) {
		peers->used--;
		close_hole(peers, at);
	}
	pthread_mutex_unlock(&peers->lock);
}
