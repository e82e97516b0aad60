/* SPDX-License-Identifier: Apache-2.0 */

/*
 * problem.c - RFC 9457: what is wrong, where, and what to do
 */
#include "api/problem.h"

#include "api/problem_body.h"

#include <stdarg.h>
#include <stdio.h>

#define DETAIL_MAX    512
#define RETRY_AFTER_S 1

static const struct status_title {
	int status;
	const char *title;
} status_titles[] = {
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

static const char *title_of(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(status_titles); i++) {
		if (status_titles[i].status == status)
			return status_titles[i].title;
	}
	return status < 500 ? "Bad Request" : "Internal Server Error";
}

void problem_open(struct reply *reply, struct jsonw *w, int status, const char *detail)
{
	buf_clear(&reply->body);
	buf_clear(&reply->event);
	reply->outcome[0] = '\0';
	reply->status = status;
	reply->media_type = "application/problem+json";
	if (status == 503 && reply->retry_after_s == 0)
		reply->retry_after_s = RETRY_AFTER_S;

	jsonw_init(w, &reply->body);
	jsonw_object(w);
	jsonw_key(w, "type");
	jsonw_text(w, "about:blank");
	jsonw_key(w, "title");
	jsonw_text(w, title_of(status));
	jsonw_key(w, "status");
	jsonw_uint(w, (uint64_t)status);
	jsonw_key(w, "detail");
	jsonw_text(w, detail);
}

void problem_reply(struct reply *reply, int status, const char *fmt, ...)
{
	char detail[DETAIL_MAX];
	struct jsonw w;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(detail, sizeof(detail), fmt, args);
	va_end(args);

	problem_open(reply, &w, status, detail);
	jsonw_object_end(&w);
}

void problem_from_fault(struct reply *reply, int status, const struct fault *fault)
{
	struct jsonw w;

	problem_open(reply, &w, status, fault->why);
	if (fault->where[0]) {
		jsonw_key(&w, fault->where[0] == '/' ? "pointer" : "parameter");
		jsonw_text(&w, fault->where);
	}
	if (fault->has_offset) {
		jsonw_key(&w, "offset");
		jsonw_uint(&w, fault->offset);
	}
	jsonw_object_end(&w);
}

static int status_of(enum err err)
{
	switch (err) {
	case ERR_INVALID:
		return 400;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_TOO_LARGE:
		return 413;
	case ERR_UNSUPPORTED:
		return 501;
	case ERR_NOMEM:
	case ERR_DISK_FULL:
	case ERR_BUSY:
	case ERR_CLOSED:
		return 503;
	case ERR_IO:
	case ERR_CORRUPT:
	case ERR_LOCKED:
	case ERR_VERSION:
	case ERR_PERMISSION:
	case ERR_ADDRESS:
		break;
	}
	return 500;
}

void problem_from_error(struct reply *reply, int err)
{
	problem_reply(reply, status_of((enum err)err), "%s", err_text(err));
}
