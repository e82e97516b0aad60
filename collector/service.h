/* SPDX-License-Identifier: Apache-2.0 */

/*
 * service.h - the running collector: graph, pipeline, workers and HTTP as one
 *
 * service_start() opens the data directory and everything over it and serves;
 * service_stop() drains it: no new connections, every request whose head was
 * read is answered, what was acknowledged is folded and published.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct service;
struct tokens;

/*
 * 0 loops or workers: one a processor, at most 4; 0 connections_max or
 * in_flight_max_bytes: what http_server.h says; 0 quota_bytes: none.
 */
struct service_options {
	const char *listen;
	const char *data;
	const char *version;
	const char *const *hosts;    /* NULL-ended, or NULL */
	const char *web_dir;	     /* files of a web UI; or NULL */
	const struct tokens *tokens; /* or NULL: no authorisation */
	unsigned loops;
	unsigned workers;
	unsigned connections_max;
	size_t event_max_bytes;
	uint64_t quota_bytes;
	uint64_t in_flight_max_bytes;
	bool no_sync; /* for measurements only */
};

NODISCARD int service_start(
	const struct service_options *options, struct service **out, struct fault *fault);

/* "127.0.0.1:5000" */
const char *service_address(const struct service *service);

/*
 * Ends and frees it.  Returns 0, or the failure of the log that had made it
 * refuse events.
 */
int service_stop(struct service *service, int64_t timeout_us);
