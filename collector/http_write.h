/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_write.h - the head of an answer, and the time in it
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "collector/http_server.h"

#include <stdbool.h>
#include <stdint.h>

/* Room for everything we write, and about 380 bytes of reply->extra. */
#define HTTP_REPLY_HEAD_MAX 1024

#define HTTP_DATE_MAX 32

/* "Sun, 06 Nov 1994 08:49:37 GMT"; independent of the locale.  Returns its length. */
size_t http_date_format(int64_t seconds, char out[HTTP_DATE_MAX]);

/* The reason phrase of a status that we send; "Status" for any other. */
struct slice http_status_text(int status);

/* False for 204 and 304, whose heads end the answer. */
bool http_status_has_body(int status);

/*
 * Writes the head of an answer with the empty line.  Returns its length, or 0
 * when it does not fit, which only a long extra can bring about.
 */
NODISCARD size_t http_head_write(const struct http_reply *reply, struct slice date,
	bool close, char out[HTTP_REPLY_HEAD_MAX]);
