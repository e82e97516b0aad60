/* SPDX-License-Identifier: Apache-2.0 */

/*
 * router.c - from method and path to a route
 *
 * The table is short, and the route of every event stands first in it: it is
 * searched from the top.
 */
#include "api/router.h"

#include "api/graph_format.h"
#include "api/problem.h"

enum method_bit {
	METHOD_GET = 1,
	METHOD_POST = 2,
};

/* Allow, by the methods that a path has. */
static const char *const allow_texts[] = {
	[0] = "OPTIONS",
	[METHOD_GET] = "GET, HEAD, OPTIONS",
	[METHOD_POST] = "OPTIONS, POST",
	[METHOD_GET | METHOD_POST] = "GET, HEAD, OPTIONS, POST",
};

static unsigned method_bit(const char *method)
{
	return method[0] == 'G' ? METHOD_GET : METHOD_POST;
}

/* Cuts the segment off the front of a path that begins with '/'. */
static struct slice take_segment(struct slice *path)
{
	const char *start = path->ptr + 1;
	const char *end = memchr(start, '/', path->len - 1);
	size_t n = end ? (size_t)(end - start) : path->len - 1;

	*path = slice_of(start + n, path->len - 1 - n);
	return slice_of(start, n);
}

static bool match(
	const char *pattern, struct slice path, struct slice args[CALL_ARGS_MAX])
{
	struct slice rest = slice_from(pattern);
	size_t arg = 0;

	while (rest.len > 0 && path.len > 0) {
		struct slice want = take_segment(&rest);
		struct slice have = take_segment(&path);

		if (want.len > 0 && want.ptr[0] == '{') {
			if (have.len == 0 || arg == CALL_ARGS_MAX)
				return false;
			args[arg++] = have;
		} else if (!slice_equal(want, have)) {
			return false;
		}
	}
	return rest.len == 0 && path.len == 0;
}

static bool method_fits(const char *method, struct slice asked)
{
	return slice_equal(slice_from(method), asked) ||
	       (method[0] == 'G' && slice_equal(asked, SLICE("HEAD")));
}

enum route_match route_find(struct slice method, struct slice path,
	struct slice args[CALL_ARGS_MAX], const struct route **out,
	const char **allow_out)
{
	unsigned methods = 0;

	if (slice_equal(path, SLICE("*"))) {
		*allow_out = allow_texts[METHOD_GET | METHOD_POST];
		return MATCH_NO_METHOD;
	}
	if (path.len == 0 || path.ptr[0] != '/')
		return MATCH_NO_PATH;
	if (path.len > 1 && path.ptr[path.len - 1] == '/' &&
		path.ptr[path.len - 2] != '/')
		path.len--;

	for (const struct route *route = api_routes; route->method; route++) {
		struct slice plain = route->formats ? graph_path(path) : path;

		if (!match(route->pattern, plain, args))
			continue;
		if (method_fits(route->method, method)) {
			*out = route;
			return MATCH_ROUTE;
		}
		methods |= method_bit(route->method);
	}
	if (!methods)
		return MATCH_NO_PATH;
	*allow_out = allow_texts[methods];
	return MATCH_NO_METHOD;
}

void route_run(const struct route *route, struct call *call, struct reply *reply)
{
	int r = route->handler ? route->handler(call, reply) : ERR_UNSUPPORTED;

	if (!r)
		r = buf_error(&reply->body);
	/* Memory there may be; this question alone wants too much of it. */
	if (r == ERR_NOMEM && arena_was_full(call->arena))
		r = ERR_TOO_LARGE;
	if (r == ERR_TOO_LARGE)
		problem_reply(reply, 413,
			"the answer would be too large; ask for less with `limit`, "
			"`depth` or `facets`");
	else if (r)
		problem_from_error(reply, r);
}
