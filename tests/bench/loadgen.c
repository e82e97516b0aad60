/* SPDX-License-Identifier: Apache-2.0 */

/*
 * loadgen.c - a load of event requests over keep-alive connections
 */

#define _GNU_SOURCE /* memmem() */

#include "tests/bench/loadgen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define HEAD_MAX   256
#define ANSWER_MAX 4096

struct connection {
	int fd;
	uint64_t event; /* under way */
	int64_t sent_us;
	size_t answer_len;
	char answer[ANSWER_MAX];
};

struct load {
	const struct load_options *options;
	const struct workload *workload;
	struct connection *connections;
	uint32_t *latencies_us;
	uint64_t next;
	uint64_t answered;
	uint64_t open;
	struct load_result *result;
	char *request; /* the one being sent */
	int epoll;
	int64_t stop_us;
};

static int connect_to(const char *address)
{
	struct sockaddr_in where = { .sin_family = AF_INET };
	const char *colon = strrchr(address, ':');
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	where.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&where, sizeof(where)))
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int send_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return -1;
		bytes += sent;
		n -= (size_t)sent;
	}
	return 0;
}

/* Sends the next event; returns 1 when there is none, -1 when it failed. */
static int send_next(struct load *load, struct connection *c)
{
	const struct load_options *o = load->options;
	int64_t now_us = clock_monotonic_us();
	char head[HEAD_MAX];
	size_t body;
	int head_len;

	if (load->next == o->first + o->events ||
		(load->stop_us && now_us >= load->stop_us))
		return 1;
	c->event = load->next++;
	body = workload_event(load->workload, c->event, load->request + HEAD_MAX);
	head_len = snprintf(head, sizeof(head),
		"POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		"application/json\r\nContent-Length: %zu\r\n\r\n",
		body);
	memcpy(load->request + HEAD_MAX - head_len, head, (size_t)head_len);
	c->sent_us = now_us;
	c->answer_len = 0;
	return send_all(
		c->fd, load->request + HEAD_MAX - head_len, body + (size_t)head_len);
}

/* The answers looked for are short and have Content-Length. */
static bool is_complete(const struct connection *c)
{
	const char *end = memmem(c->answer, c->answer_len, "\r\n\r\n", 4);
	const char *field = memmem(c->answer, c->answer_len, "Content-Length: ", 16);
	size_t body = field ? strtoul(field + 16, NULL, 10) : 0;

	return end && c->answer_len >= (size_t)(end - c->answer) + 4 + body;
}

static int finish(struct load *load, struct connection *c)
{
	int r;

	load->latencies_us[load->answered++] =
		(uint32_t)(clock_monotonic_us() - c->sent_us);
	if (c->answer_len > 12 && memcmp(c->answer + 9, "201", 3) == 0)
		load->result->acknowledged++;
	else
		load->result->refused++;
	r = send_next(load, c);
	if (r == 1)
		load->open--;
	return r < 0 ? -1 : 0;
}

static int receive(struct load *load, struct connection *c)
{
	ssize_t n =
		recv(c->fd, c->answer + c->answer_len, ANSWER_MAX - 1 - c->answer_len, 0);

	if (n <= 0)
		return -1;
	c->answer_len += (size_t)n;
	c->answer[c->answer_len] = '\0';
	return is_complete(c) ? finish(load, c) : 0;
}

static int open_connections(struct load *load)
{
	for (unsigned i = 0; i < load->options->connections; i++) {
		struct connection *c = &load->connections[i];
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
		int r;

		c->fd = connect_to(load->options->address);
		if (c->fd < 0 || epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event))
			return -1;
		r = send_next(load, c);
		if (r < 0)
			return -1;
		load->open += r == 0;
	}
	return 0;
}

static int run_loop(struct load *load)
{
	struct epoll_event events[64];

	while (load->open > 0) {
		int n = epoll_wait(load->epoll, events, 64, 30000);

		if (n <= 0)
			return -1;
		for (int i = 0; i < n; i++) {
			if (receive(load, events[i].data.ptr))
				return -1;
		}
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void summarise(struct load *load)
{
	uint64_t n = load->answered;

	if (n == 0)
		return;
	qsort(load->latencies_us, n, sizeof(uint32_t), by_size);
	load->result->p50_us = load->latencies_us[n / 2];
	load->result->p99_us = load->latencies_us[n * 99 / 100];
	load->result->max_us = load->latencies_us[n - 1];
}

static void close_connections(struct load *load)
{
	for (unsigned i = 0; load->connections && i < load->options->connections; i++) {
		if (load->connections[i].fd > 0)
			close(load->connections[i].fd);
	}
}

int load_run(const struct load_options *options, const struct workload *workload,
	struct load_result *out)
{
	struct load load = { .options = options, .workload = workload, .result = out };
	int64_t start_us = clock_monotonic_us();
	int r = -1;

	memset(out, 0, sizeof(*out));
	load.next = options->first;
	load.stop_us = options->max_us ? start_us + options->max_us : 0;
	load.connections = calloc(options->connections, sizeof(*load.connections));
	load.latencies_us = malloc((options->events + 1) * sizeof(uint32_t));
	load.request = malloc(HEAD_MAX + workload_event_max(workload));
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load.connections && load.latencies_us && load.request && load.epoll >= 0)
		r = open_connections(&load) || run_loop(&load) ? -1 : 0;
	out->elapsed_us = clock_monotonic_us() - start_us;
	summarise(&load);
	close_connections(&load);
	close(load.epoll);
	free(load.connections);
	free(load.latencies_us);
	free(load.request);
	return r;
}
