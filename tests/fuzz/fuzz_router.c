/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_router.c - any method and path find a route, or are told why not
 *
 * The input is METHOD, a space, PATH.  What a route's braces matched lies in
 * the path, and is one segment that is not empty.
 */
#include "api/router.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
	if (!truth)
		abort();
}

static void check_args(
	const struct route *route, const struct slice *args, struct slice path)
{
	size_t arg = 0;

	for (const char *p = route->pattern; *p; p++) {
		if (*p != '{')
			continue;
		require(args[arg].len > 0);
		require(args[arg].ptr >= path.ptr);
		require(args[arg].ptr + args[arg].len <= path.ptr + path.len);
		require(!memchr(args[arg].ptr, '/', args[arg].len));
		arg++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *space = size ? memchr(data, ' ', size) : NULL;
	size_t n = space ? (size_t)(space - data) : size;
	struct slice method = slice_of(data, n);
	struct slice path = slice_of(data + n, size - n);
	struct slice args[CALL_ARGS_MAX];
	const struct route *route = NULL;
	const char *allow = NULL;

	if (space)
		path = slice_of(space + 1, size - n - 1);
	switch (route_find(method, path, args, &route, &allow)) {
	case MATCH_ROUTE:
		require(route && route->method);
		check_args(route, args, path);
		break;
	case MATCH_NO_METHOD:
		require(allow != NULL);
		break;
	case MATCH_NO_PATH:
		break;
	}
	return 0;
}
