/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_error.c - refusals in the words of Marquez
 */
#include "api/marquez.h"

#include "api/call.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_MAX 2048

static void begin(struct jsonw *w, struct reply *reply, int status)
{
	buf_clear(&reply->body);
	reply->status = status;
	reply->media_type = "application/json";
	jsonw_init(w, &reply->body);
	jsonw_object(w);
}

int mq_refuse(struct reply *reply, int status, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	struct jsonw w;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	begin(&w, reply, status);
	jsonw_key(&w, "code");
	jsonw_uint(&w, (uint64_t)status);
	jsonw_key(&w, "message");
	jsonw_text(&w, message);
	jsonw_object_end(&w);
	return 1;
}

static int refuse_list(struct reply *reply, int status, const char *message)
{
	struct jsonw w;

	begin(&w, reply, status);
	jsonw_key(&w, "errors");
	jsonw_array(&w);
	jsonw_text(&w, message);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return 1;
}

int mq_refuse_param(struct reply *reply, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	return refuse_list(reply, 400, message);
}

int mq_refuse_body(struct reply *reply, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	return refuse_list(reply, 422, message);
}

int mq_refuse_path(struct reply *reply)
{
	return mq_refuse(reply, 404, "HTTP 404 Not Found");
}

int mq_refuse_missing(struct reply *reply, const char *noun, struct slice name)
{
	int n = name.len < MESSAGE_MAX ? (int)name.len : MESSAGE_MAX;

	return mq_refuse(
		reply, 404, "%s '%.*s' not found.", noun, n, name.ptr ? name.ptr : "");
}
