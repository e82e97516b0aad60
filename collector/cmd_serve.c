/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cmd_serve.c - headwater serve: run the collector until told to stop
 */

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "collector/cmd.h"
#include "collector/listen.h"
#include "collector/service.h"
#include "collector/tokens.h"

#define DRAIN_US  INT64_C(10000000)
#define HOSTS_MAX 64

#define DESCRIPTORS_BESIDE 256
#define LARGE_BODY_BYTES   (1 << 20)

/* The text is cut at its commas. */
static int split_hosts(char *text, const char *hosts[HOSTS_MAX + 1], struct fault *fault)
{
	size_t n = 0;
	char *rest = text;

	while (rest && *rest) {
		if (n == HOSTS_MAX)
			return fault_set(
				fault, "--hosts", "has more than %d names", HOSTS_MAX);
		hosts[n++] = strsep(&rest, ",");
	}
	hosts[n] = NULL;
	return 0;
}

/* Blocked in every thread from here on, so that sigwait() gets them. */
static void block_signals(sigset_t *set)
{
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* A second signal ends the process at once. */
static void *wait_impatience(void *arg)
{
	sigset_t *set = arg;
	int number;

	sigwait(set, &number);
	log_line(LOG_WARNING, "second signal, leaving at once");
	_exit(EXIT_SOFTWARE);
}

/* As many descriptors as connections, and some for files; as far as the system lets us.
 */
static void raise_descriptors(unsigned connections)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)connections + DESCRIPTORS_BESIDE;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur < wanted)
		log_line(LOG_WARNING,
			"open files are limited to %llu, so not every one of %u "
			"connections "
			"can be served",
			(unsigned long long)limit.rlim_cur, connections);
}

/*
 * Without this the C library keeps the memory of large bodies: each that is
 * freed moves the size from which on memory goes back to the system.
 */
static void give_large_bodies_back(void)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has been started yet */
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BODY_BYTES);
}

static int serve_until_told(const struct service_options *options, struct fault *fault)
{
	struct service *service;
	pthread_t impatience;
	sigset_t set;
	int number;
	int r;

	block_signals(&set);
	raise_descriptors(options->connections_max);
	give_large_bodies_back();
	r = service_start(options, &service, fault);
	if (r)
		return r;
	log_line(LOG_INFO, "ready listen=http://%s data=%s", service_address(service),
		options->data);
	sigwait(&set, &number);
	log_line(LOG_INFO, "stopping signal=%d", number);
	if (pthread_create(&impatience, NULL, wait_impatience, &set) == 0)
		pthread_detach(impatience);
	r = service_stop(service, DRAIN_US);
	if (r)
		fault_set(fault, "", "the event log had failed; see the lines above");
	else
		log_line(LOG_INFO, "stopped");
	return r;
}

static int check_exposure(const struct settings *settings, struct fault *fault)
{
	if (settings->tokens || listen_is_loopback(settings->listen))
		return 0;
	return fault_set(fault, "--listen",
		"%s can be reached from outside, and that needs --tokens FILE (make one "
		"with "
		"`headwater token`)",
		settings->listen);
}

static int run(struct settings *settings)
{
	AUTO(tokens) struct tokens *tokens = NULL;
	const char *hosts[HOSTS_MAX + 1] = { NULL };
	char *host_text = settings->hosts ? strdup(settings->hosts) : NULL;
	struct fault fault = { 0 };
	struct service_options options = {
		.listen = settings->listen,
		.data = settings->data,
		.version = program_version,
		.hosts = hosts,
		.web_dir = settings->web_dir,
		.loops = (unsigned)settings->loops,
		.workers = (unsigned)settings->workers,
		.connections_max = (unsigned)settings->connections,
		.event_max_bytes = (size_t)settings->event_max_bytes,
		.quota_bytes = (uint64_t)settings->quota_bytes,
		.in_flight_max_bytes = (uint64_t)settings->in_flight_bytes,
		.no_sync = settings->no_sync,
	};
	int r = check_exposure(settings, &fault);

	if (!r && settings->tokens)
		r = tokens_load(settings->tokens, &tokens, &fault);
	if (!r)
		r = split_hosts(host_text, hosts, &fault);
	options.tokens = tokens;
	if (!r)
		r = serve_until_told(&options, &fault);
	free(host_text);
	return r ? command_failed(r, &fault) : EXIT_DONE;
}

const struct command cmd_serve = {
	.name = "serve",
	.bit = CMD_SERVE,
	.arguments = "",
	.summary = "receive events over HTTP and answer questions",
	.help = "Runs until SIGTERM or SIGINT: then it stops accepting, answers what it "
		"has\n"
		"read, and ends.  A second signal ends it at once; no acknowledged event "
		"is\n"
		"lost by that.\n",
	.run = run,
};
