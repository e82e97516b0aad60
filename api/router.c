/* SPDX-License-Identifier: Apache-2.0 */

/*
 * router.c - from method and path to a route
 *
 * The table is short, and the route of every event stands first in it: it is
 * searched from the top.
 */
#include "api/router.h"

#include "api/graph_format.h"
#include "api/params.h"
#include "api/problem.h"

enum method_bit {
	METHOD_GET = 1,
	METHOD_POST = 2,
	METHOD_PUT = 4,
	METHOD_DELETE = 8,
	METHODS_ALL = 15,
};

/* Allow, by the methods that a path has. */
static const char *const allow_texts[] = {
	"OPTIONS",
	"GET, HEAD, OPTIONS",
	"OPTIONS, POST",
	"GET, HEAD, OPTIONS, POST",
	"OPTIONS, PUT",
	"GET, HEAD, OPTIONS, PUT",
	"OPTIONS, POST, PUT",
	"GET, HEAD, OPTIONS, POST, PUT",
	"DELETE, OPTIONS",
	"DELETE, GET, HEAD, OPTIONS",
	"DELETE, OPTIONS, POST",
	"DELETE, GET, HEAD, OPTIONS, POST",
	"DELETE, OPTIONS, PUT",
	"DELETE, GET, HEAD, OPTIONS, PUT",
	"DELETE, OPTIONS, POST, PUT",
	"DELETE, GET, HEAD, OPTIONS, POST, PUT",
};
_Static_assert(ARRAY_LEN(allow_texts) == METHODS_ALL + 1, "every set of methods");

static unsigned method_bit(const char *method)
{
	switch (method[0]) {
	case 'G':
		return METHOD_GET;
	case 'D':
		return METHOD_DELETE;
	}
	return method[1] == 'U' ? METHOD_PUT : METHOD_POST;
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

/* Takes one byte off a text; a '%' without two digits behind it is one too. */
static char take_byte(struct slice *text)
{
	int high = text->len > 2 && text->ptr[0] == '%' ? hex_value(text->ptr[1]) : -1;
	int low = high >= 0 ? hex_value(text->ptr[2]) : -1;
	size_t n = low >= 0 ? 3 : 1;
	char c = text->ptr[0];

	if (low >= 0)
		c = (char)(high << 4 | low);
	*text = slice_of(text->ptr + n, text->len - n);
	return c;
}

/* Whether a segment, once decoded, is this word. */
static bool says(struct slice segment, struct slice word)
{
	while (segment.len > 0 && word.len > 0) {
		if (take_byte(&segment) != word.ptr[0])
			return false;
		word = slice_of(word.ptr + 1, word.len - 1);
	}
	return segment.len == 0 && word.len == 0;
}

static bool match(
	const char *pattern, struct slice path, struct slice args[CALL_ARGS_MAX])
{
	struct slice rest = slice_from(pattern);
	size_t arg = 0;

	memset(args, 0, CALL_ARGS_MAX * sizeof(*args));
	while (rest.len > 0 && path.len > 0) {
		struct slice want = take_segment(&rest);
		struct slice have = take_segment(&path);

		if (want.len > 0 && want.ptr[0] == '{') {
			if (have.len == 0 || arg == CALL_ARGS_MAX)
				return false;
			args[arg++] = have;
		} else if (!says(have, want)) {
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
		*allow_out = allow_texts[METHODS_ALL];
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

/* Most have nothing to decode, and stay where they are. */
static int decode_args(struct call *call)
{
	for (size_t i = 0; i < CALL_ARGS_MAX; i++) {
		struct slice rest = call->args[i];
		char *text;
		size_t n = 0;

		if (rest.len == 0 || !memchr(rest.ptr, '%', rest.len))
			continue;
		text = arena_alloc(call->arena, rest.len);
		if (!text)
			return ERR_NOMEM;
		while (rest.len > 0)
			text[n++] = take_byte(&rest);
		call->args[i] = slice_of(text, n);
	}
	return 0;
}

static int run(const struct route *route, struct call *call, struct reply *reply)
{
	int r = decode_args(call);

	if (r)
		return r;
	return route->handler ? route->handler(call, reply) : ERR_UNSUPPORTED;
}

static void finish(const struct call *call, struct reply *reply, int r)
{
	if (!r)
		r = buf_error(&reply->body);
	/* Memory there may be; this question alone wants too much of it. */
	if (r == ERR_NOMEM && arena_was_full(call->arena))
		r = ERR_TOO_LARGE;
	if (r == ERR_TOO_LARGE)
		problem_reply(reply, 413,
			"the answer would be too large; ask for less with %s",
			reply->ask_less ? reply->ask_less
					: "`limit`, `depth` or `facets`");
	else if (r)
		problem_from_error(reply, r);
}

void route_run(const struct route *route, struct call *call, struct reply *reply)
{
	finish(call, reply, run(route, call, reply));
}

void route_then(struct call *call, struct reply *reply)
{
	int status = reply->status;

	buf_clear(&reply->body);
	reply->status = 200;
	finish(call, reply, reply->then(call, reply));
	if (reply->status == 200)
		reply->status = status;
}
