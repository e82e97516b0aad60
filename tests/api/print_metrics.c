/* SPDX-License-Identifier: Apache-2.0 */

/*
 * print_metrics.c - the page of metrics on standard output, for promtool
 *
 *	print_metrics | promtool check metrics
 */
#include "api/health.h"
#include "api/router.h"
#include "base/metrics.h"

#include <stdio.h>

int main(void)
{
	struct server_state server = { .version = "1.2.3", .started_us = 1500000 };
	struct call call = { .path = SLICE("/metrics"), .state = &server };
	const struct route *route;
	struct reply reply;
	const char *allow;
	size_t written;

	metric_observe_us(M_QUERY_TIME, 1000);
	reply_init(&reply);
	if (route_find(SLICE("GET"), call.path, call.args, &route, &allow) != MATCH_ROUTE)
		return 1;
	route_run(route, &call, &reply);
	written = fwrite(reply.body.data, 1, reply.body.len, stdout);
	reply_fini(&reply);
	return written == 0;
}
