/* SPDX-License-Identifier: Apache-2.0 */

/*
 * router.h - from method and path to a route
 */
#pragma once

#include "api/call.h"

enum route_match {
	MATCH_ROUTE,	 /* *out is the route, call->args are filled in */
	MATCH_NO_PATH,	 /* 404 */
	MATCH_NO_METHOD, /* 405, or the answer to OPTIONS: *allow_out says which there are
			  */
};

/*
 * HEAD matches GET.  A trailing slash is ignored.  path is as received: it is cut
 * into segments before these are decoded, so that a name may hold "%2F".  args
 * point into it, and are not decoded yet; those that the route has not are empty.
 * *allow_out is static.
 */
enum route_match route_find(struct slice method, struct slice path,
	struct slice args[CALL_ARGS_MAX], const struct route **out,
	const char **allow_out);

/*
 * Decodes the call's args, runs a route's handler, and turns a failure into a problem, so
 * that the reply is always complete.  Also used by the command line.
 */
void route_run(const struct route *route, struct call *call, struct reply *reply);

/* The same with the reply's own handler, when what it wrote is in the snapshot. */
void route_then(struct call *call, struct reply *reply);
