/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_server.c - a listener and its loops, from the first to the last
 */
#include "collector/http_server.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "collector/http_listen.h"
#include "collector/http_loop.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOPS_DEFAULT_MAX 4
#define LOOPS_MAX	  64

struct http_server {
	struct http_common common;
	struct http_acceptor acceptor;
	unsigned loop_count; /* those that were initialised */
	struct http_loop *loops;
};

static unsigned default_loops(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n < LOOPS_DEFAULT_MAX ? (unsigned)n : LOOPS_DEFAULT_MAX;
}

static void set_default_us(int64_t *value, int64_t seconds)
{
	if (*value == 0)
		*value = seconds * 1000000;
}

static void fill_defaults(struct http_options *options)
{
	if (options->loops == 0)
		options->loops = default_loops();
	if (options->connections_max == 0)
		options->connections_max = 4096;
	if (options->connections_per_address_max == 0)
		options->connections_per_address_max = 256;
	if (options->in_flight_max == 0)
		options->in_flight_max = (uint64_t)64 << 20;
	set_default_us(&options->idle_us, 60);
	set_default_us(&options->head_us, 10);
	set_default_us(&options->body_us, 30);
	set_default_us(&options->write_stall_us, 30);
	set_default_us(&options->linger_us, 2);
}

static int check_options(const struct http_options *options, struct fault *fault)
{
	if (!options->listen)
		return fault_set(fault, "listen", "is not set");
	if (options->loops > LOOPS_MAX)
		return fault_set(fault, "loops", "must be at most %d", LOOPS_MAX);
	if (!options->hooks.decide || !options->hooks.handle)
		return fault_set(fault, "hooks", "are not set");
	return 0;
}

/* Waits are measured by the clock that does not jump. */
static int init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attr;
	int r;

	if (pthread_condattr_init(&attr) != 0)
		return ERR_NOMEM;
	r = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (r == 0)
		r = pthread_cond_init(condition, &attr);
	pthread_condattr_destroy(&attr);
	return r ? ERR_NOMEM : 0;
}

static int init_common(struct http_common *common, const struct http_options *options)
{
	int r;

	common->options = *options;
	fill_defaults(&common->options);
	r = init_condition(&common->emptied);
	if (r)
		return r;
	if (pthread_mutex_init(&common->lock, NULL) != 0) {
		pthread_cond_destroy(&common->emptied);
		return ERR_NOMEM;
	}
	return 0;
}

static int init_loops(struct http_server *server)
{
	unsigned count = server->common.options.loops;

	server->loops = calloc(count, sizeof(*server->loops));
	if (!server->loops)
		return ERR_NOMEM;
	while (server->loop_count < count) {
		unsigned index = server->loop_count++;
		int r = http_loop_init(&server->loops[index], &server->common, index);

		if (r)
			return r;
	}
	return 0;
}

static int build(struct http_server *server, struct fault *fault)
{
	const struct http_options *options = &server->common.options;
	int r;

	server->common.peers = http_peers_new(
		options->connections_max, options->connections_per_address_max);
	if (!server->common.peers)
		return ERR_NOMEM;
	r = init_loops(server);
	if (r)
		return r;
	return http_acceptor_init(
		&server->acceptor, &server->common, server->loops, fault);
}

int http_server_new(
	const struct http_options *options, struct http_server **out, struct fault *fault)
{
	struct http_server *server;
	int r = check_options(options, fault);

	if (r)
		return r;
	server = calloc(1, sizeof(*server));
	if (!server)
		return ERR_NOMEM;
	server->acceptor.fd = -1;
	r = init_common(&server->common, options);
	if (r) {
		free(server);
		return r;
	}
	r = build(server, fault);
	if (r) {
		http_server_free(server);
		return r;
	}
	*out = server;
	return 0;
}

/* The first loop accepts, and so starts when the others are there. */
int http_server_start(struct http_server *server)
{
	for (unsigned i = server->loop_count; i > 0; i--) {
		int r = http_loop_start(&server->loops[i - 1]);

		if (r)
			return r;
	}
	return 0;
}

const char *http_server_address(const struct http_server *server)
{
	return server->acceptor.address;
}

static struct timespec timespec_of(int64_t us)
{
	return (struct timespec){
		.tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000,
	};
}

void http_server_drain(struct http_server *server, int64_t timeout_us)
{
	struct http_common *common = &server->common;
	struct timespec until = timespec_of(clock_monotonic_us() + timeout_us);

	http_acceptor_stop(&server->acceptor);
	atomic_store(&common->draining, true);
	for (unsigned i = 0; i < server->loop_count; i++)
		http_loop_wake(&server->loops[i]);
	pthread_mutex_lock(&common->lock);
	while (atomic_load(&common->connections) > 0) {
		if (pthread_cond_timedwait(&common->emptied, &common->lock, &until) ==
			ETIMEDOUT)
			break;
	}
	pthread_mutex_unlock(&common->lock);
}

void http_server_stop(struct http_server *server)
{
	for (unsigned i = 0; i < server->loop_count; i++)
		http_loop_stop(&server->loops[i]);
}

void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	http_server_stop(server);
	http_acceptor_fini(&server->acceptor);
	for (unsigned i = 0; i < server->loop_count; i++)
		http_loop_fini(&server->loops[i]);
	free(server->loops);
	http_peers_free(server->common.peers);
	pthread_cond_destroy(&server->common.emptied);
	pthread_mutex_destroy(&server->common.lock);
	free(server);
}
