/* SPDX-License-Identifier: Apache-2.0 */

/*
 * export_server.c - events out of a running server, page by page
 *
 * Lines come as pages of NDJSON, files one by one as exact bytes.
 */

#include <stdio.h>

#include "api/json_auto.h"
#include "collector/ask.h"
#include "collector/export.h"
#include "collector/export_out.h"

#define PAGE_EVENTS 1000
#define PAGE_MAX    ((size_t)256 << 20)

/* The sequence numbers of the first and the last event that the server has. */
static int ask_range(const struct settings *settings, struct buf *page,
	uint64_t *first_out, uint64_t *last_out, struct fault *fault)
{
	AUTO(json) json_t *answer = NULL;
	int r = ask(settings, "/api/v2/events", "limit=1", page, fault);

	if (r)
		return r;
	answer = json_loadb(page->data, page->len, JSON_ALLOW_NUL, NULL);
	if (!json_is_integer(json_object_get(answer, "first")))
		return fault_set(
			fault, settings->url, "does not answer as Headwater does");
	*first_out = (uint64_t)json_integer_value(json_object_get(answer, "first"));
	*last_out = (uint64_t)json_integer_value(json_object_get(answer, "graphVersion"));
	return 0;
}

static uint64_t count_lines(const struct buf *page)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < page->len; i++)
		lines += page->data[i] == '\n';
	return lines;
}

static int export_page(const struct settings *settings, uint64_t *next, uint64_t last,
	struct buf *page, struct fault *fault)
{
	char query[128];
	int r;

	snprintf(query, sizeof(query), "format=ndjson&limit=%d&from=%llu&to=%llu",
		PAGE_EVENTS, (unsigned long long)*next, (unsigned long long)last);
	r = ask(settings, "/api/v2/events", query, page, fault);
	if (r)
		return r;
	*next += count_lines(page);
	return fwrite(page->data, 1, page->len, stdout) == page->len ? 0 : ERR_IO;
}

static int export_file(const struct settings *settings, uint64_t sequence,
	struct buf *page, struct fault *fault)
{
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/api/v2/events/%llu", (unsigned long long)sequence);
	r = ask(settings, path, "", page, fault);
	return r ? r : export_write(settings->dir, sequence, buf_get(page), fault);
}

static int export_range(const struct settings *settings, uint64_t first, uint64_t last,
	struct buf *page, struct fault *fault)
{
	int r = export_prepare(settings->dir, fault);

	while (!r && first <= last) {
		uint64_t before = first;

		buf_clear(page);
		if (settings->dir)
			r = export_file(settings, first++, page, fault);
		else
			r = export_page(settings, &first, last, page, fault);
		if (first == before)
			break; /* retention took the rest meanwhile */
	}
	return r;
}

int export_from_server(const struct settings *settings, struct fault *fault)
{
	uint64_t first = 0;
	uint64_t last = 0;
	struct buf page;
	int r;

	buf_init(&page, PAGE_MAX);
	r = ask_range(settings, &page, &first, &last, fault);
	if (!r && first < (uint64_t)settings->from)
		first = (uint64_t)settings->from;
	if (!r && last > (uint64_t)settings->to)
		last = (uint64_t)settings->to;
	if (!r)
		r = export_range(settings, first, last, &page, fault);
	buf_fini(&page);
	return r == 1 ? ERR_NOT_FOUND : r;
}
