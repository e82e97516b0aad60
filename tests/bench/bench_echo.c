/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_echo.c - the HTTP layer alone: takes bodies and answers 201
 */

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "collector/http_server.h"

#define BODY_MAX (32 << 20)

static void decide(void *ctx, const struct http_head *head, struct http_decision *out)
{
	(void)ctx;
	(void)head;
	out->body_max = BODY_MAX;
}

static void handle(void *ctx, struct http_request *request)
{
	struct http_reply reply = { .status = 201 };

	(void)ctx;
	http_reply_send(request, &reply);
}

static void problem(void *ctx, int status, const char *why, struct http_reply *out)
{
	(void)ctx;
	(void)why;
	out->status = status;
}

int main(void)
{
	struct http_options options = { .listen = "127.0.0.1:0",
		.hooks = { decide, handle, problem, NULL } };
	struct http_server *server;
	struct fault fault;
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (http_server_new(&options, &server, &fault) || http_server_start(server))
		return 1;
	fprintf(stderr, "ready listen=http://%s\n", http_server_address(server));
	sigwait(&set, &number);
	http_server_free(server);
	return 0;
}
