/* SPDX-License-Identifier: Apache-2.0 */

/*
 * request_body.c - the body of a request, without its content coding
 */

#include "collector/request_body.h"

#include "collector/inflate.h"

int request_body_take(struct http_request *request, size_t max_bytes,
	struct request_body *out, struct fault *fault)
{
	struct slice encoding = request->head.content_encoding;
	bool says_gzip = encoding.len > 0 && !slice_equal_nocase(encoding, "identity");

	if (says_gzip || inflate_is_gzip(request->body))
		return inflate_gzip(
			request->body, max_bytes, &out->data, &out->len, fault);
	out->data = http_request_take_body(request, &out->len);
	return 0;
}
