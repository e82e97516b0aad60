/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/http_peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool enter(struct http_peers *peers, const char *text, struct http_peer *out)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in ipv4 = { .sin_family = AF_INET };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) {
		memcpy(&storage, &ipv4, sizeof(ipv4));
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1);
		memcpy(&storage, &ipv6, sizeof(ipv6));
	}
	return http_peers_enter(peers, (struct sockaddr *)&storage, out);
}

static void an_address_has_so_many_connections_and_no_more(void **state)
{
	struct http_peers *peers = http_peers_new(10, 2);
	struct http_peer peer, other;

	(void)state;
	assert_true(enter(peers, "192.0.2.1", &peer));
	assert_true(enter(peers, "192.0.2.1", &peer));
	assert_false(enter(peers, "192.0.2.1", &other));
	assert_true(enter(peers, "192.0.2.2", &other));
	http_peers_leave(peers, peer);
	assert_true(enter(peers, "192.0.2.1", &peer));
	http_peers_free(peers);
}

static void an_ipv6_network_counts_as_one_address(void **state)
{
	struct http_peers *peers = http_peers_new(10, 1);
	struct http_peer peer;

	(void)state;
	assert_true(enter(peers, "2001:db8::1", &peer));
	assert_false(enter(peers, "2001:db8::2", &peer));
	assert_true(enter(peers, "2001:db8:0:1::1", &peer));
	assert_true(enter(peers, "::ffff:192.0.2.1", &peer));
	assert_false(enter(peers, "192.0.2.1", &peer));
	http_peers_free(peers);
}

static void loopback_is_not_counted(void **state)
{
	struct http_peers *peers = http_peers_new(10, 1);
	struct http_peer peer;

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_true(enter(peers, "127.0.0.1", &peer));
		assert_true(enter(peers, "127.9.9.9", &peer));
		assert_true(enter(peers, "::1", &peer));
		assert_true(enter(peers, "::ffff:127.0.0.1", &peer));
		http_peers_leave(peers, peer);
	}
	http_peers_free(peers);
}

/* The same as a plain array of counters, over many comings and goings. */
static void the_counts_are_right_whoever_comes_and_goes(void **state)
{
	enum { ADDRESSES = 200, TOTAL = 500, EACH = 5 };
	struct http_peers *peers = http_peers_new(TOTAL, EACH);
	struct http_peer ids[ADDRESSES];
	int counts[ADDRESSES] = { 0 };
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct sockaddr_in in = { .sin_family = AF_INET };
		unsigned at;

		seed = seed * 1103515245 + 12345;
		at = (seed >> 8) % ADDRESSES;
		in.sin_addr.s_addr = htonl(0x0a000000 + at);
		if (seed >> 28 & 1) {
			bool entered =
				http_peers_enter(peers, (struct sockaddr *)&in, &ids[at]);

			assert_int_equal(entered, counts[at] < EACH);
			counts[at] += entered;
		} else if (counts[at]) {
			http_peers_leave(peers, ids[at]);
			counts[at]--;
		}
	}
	http_peers_free(peers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_so_many_connections_and_no_more),
		cmocka_unit_test(an_ipv6_network_counts_as_one_address),
		cmocka_unit_test(loopback_is_not_counted),
		cmocka_unit_test(the_counts_are_right_whoever_comes_and_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
