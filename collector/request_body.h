/* SPDX-License-Identifier: Apache-2.0 */

/*
 * request_body.h - the body of a request, without its content coding
 */
#pragma once

#include "collector/http_server.h"

/* malloc'd; data is NULL when there is no body. */
struct request_body {
	char *data;
	size_t len;
};

/*
 * Takes the body: as it came or, when its head or its first bytes say that it is
 * gzip, inflated.  ERR_INVALID and ERR_TOO_LARGE with a fault, ERR_NOMEM.
 */
NODISCARD int request_body_take(struct http_request *request, size_t max_bytes,
	struct request_body *out, struct fault *fault);
