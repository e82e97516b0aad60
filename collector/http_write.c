/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_write.c - the head of an answer, and the time in it
 *
 * Written piece by piece with memcpy: it is done for every request, and a
 * format string would be the largest part of its cost.
 */
#include "collector/http_write.h"

#include <stdio.h>
#include <time.h>

struct status_row {
	int status;
	struct slice text;
};

#define ROW(status, text)                      \
	{                                      \
		status,                        \
		{                              \
			text, sizeof(text) - 1 \
		}                              \
	}

static const struct status_row status_rows[] = {
	ROW(200, "OK"),
	ROW(201, "Created"),
	ROW(202, "Accepted"),
	ROW(204, "No Content"),
	ROW(207, "Multi-Status"),
	ROW(301, "Moved Permanently"),
	ROW(302, "Found"),
	ROW(304, "Not Modified"),
	ROW(307, "Temporary Redirect"),
	ROW(308, "Permanent Redirect"),
	ROW(400, "Bad Request"),
	ROW(401, "Unauthorized"),
	ROW(403, "Forbidden"),
	ROW(404, "Not Found"),
	ROW(405, "Method Not Allowed"),
	ROW(406, "Not Acceptable"),
	ROW(408, "Request Timeout"),
	ROW(409, "Conflict"),
	ROW(410, "Gone"),
	ROW(411, "Length Required"),
	ROW(412, "Precondition Failed"),
	ROW(413, "Content Too Large"),
	ROW(414, "URI Too Long"),
	ROW(415, "Unsupported Media Type"),
	ROW(417, "Expectation Failed"),
	ROW(421, "Misdirected Request"),
	ROW(422, "Unprocessable Content"),
	ROW(429, "Too Many Requests"),
	ROW(431, "Request Header Fields Too Large"),
	ROW(500, "Internal Server Error"),
	ROW(501, "Not Implemented"),
	ROW(503, "Service Unavailable"),
	ROW(504, "Gateway Timeout"),
	ROW(505, "HTTP Version Not Supported"),
	ROW(507, "Insufficient Storage"),
};

struct slice http_status_text(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(status_rows); i++) {
		if (status_rows[i].status == status)
			return status_rows[i].text;
	}
	return SLICE("Status");
}

bool http_status_has_body(int status)
{
	return status != 204 && status != 304;
}

size_t http_date_format(int64_t seconds, char out[HTTP_DATE_MAX])
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t when = (time_t)seconds;
	struct tm tm;
	int n;

	if (!gmtime_r(&when, &tm))
		return 0;
	n = snprintf(out, HTTP_DATE_MAX, "%s, %02d %s %d %02d:%02d:%02d GMT",
		days[tm.tm_wday % 7], tm.tm_mday, months[tm.tm_mon % 12],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return n > 0 && n < HTTP_DATE_MAX ? (size_t)n : 0;
}

/* Where the next piece goes; NULL once something did not fit. */
struct head_text {
	char *at;
	const char *end;
};

static void put(struct head_text *text, struct slice s)
{
	if (!text->at || (size_t)(text->end - text->at) < s.len) {
		text->at = NULL;
		return;
	}
	if (s.len)
		memcpy(text->at, s.ptr, s.len);
	text->at += s.len;
}

static void put_number(struct head_text *text, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	put(text, slice_of(digits + at, sizeof(digits) - at));
}

static void put_field(struct head_text *text, struct slice name, const char *value)
{
	if (!value)
		return;
	put(text, name);
	put(text, slice_from(value));
	put(text, SLICE("\r\n"));
}

static void put_number_field(struct head_text *text, struct slice name, uint64_t n)
{
	put(text, name);
	put_number(text, n);
	put(text, SLICE("\r\n"));
}

static void put_content(struct head_text *text, const struct http_reply *reply)
{
	bool html = reply->media_type && strncmp(reply->media_type, "text/html", 9) == 0;

	if (http_status_has_body(reply->status)) {
		put_field(text, SLICE("Content-Type: "), reply->media_type);
		put_number_field(text, SLICE("Content-Length: "), reply->body_len);
	}
	put(text, SLICE("X-Content-Type-Options: nosniff\r\n"));
	/* A page, and whoever knows better, says its own. */
	if (!reply->extra || !strstr(reply->extra, "Cache-Control:"))
		put(text, SLICE("Cache-Control: no-store\r\n"));
	if (!html && (!reply->extra || !strstr(reply->extra, "Content-Security-Policy:")))
		put(text, SLICE("Content-Security-Policy: default-src 'none'\r\n"));
}

static bool is_printable(const char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

size_t http_head_write(const struct http_reply *reply, struct slice date, bool close,
	char out[HTTP_REPLY_HEAD_MAX])
{
	struct head_text text = { out, out + HTTP_REPLY_HEAD_MAX };

	put(&text, SLICE("HTTP/1.1 "));
	put_number(&text, (uint64_t)reply->status);
	put(&text, SLICE(" "));
	put(&text, http_status_text(reply->status));
	put(&text, SLICE("\r\nDate: "));
	put(&text, date);
	put(&text, SLICE("\r\n"));
	put_content(&text, reply);
	put_field(&text, SLICE("Allow: "), reply->allow);
	if (reply->retry_after_s > 0)
		put_number_field(
			&text, SLICE("Retry-After: "), (uint64_t)reply->retry_after_s);
	/* What could end the line it stands in must not get into a head. */
	if (reply->outcome[0] && is_printable(reply->outcome))
		put_field(&text, SLICE("Headwater-Outcome: "), reply->outcome);
	if (reply->location[0] && is_printable(reply->location))
		put_field(&text, SLICE("Location: "), reply->location);
	if (close)
		put(&text, SLICE("Connection: close\r\n"));
	if (reply->extra)
		put(&text, slice_from(reply->extra));
	put(&text, SLICE("\r\n"));
	return text.at ? (size_t)(text.at - out) : 0;
}
