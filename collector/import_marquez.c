/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_marquez.c - moving in: pages of a running Marquez
 */
#include "collector/import_marquez_impl.h"

#include <stdio.h>

#include "base/idset.h"
#include "collector/ask.h"
#include "collector/json_part.h"
#include "collector/progress.h"

#define PAGE_MAX   ((size_t)256 << 20)
#define TARGET_MAX ((size_t)64 << 10)
#define CHUNK	   ((size_t)64 << 10)
#define JOBS_MAX   ((size_t)1 << 26)

/* Marquez may work on one page of a large installation for minutes. */
#define TIMEOUT_US INT64_C(900000000)

static int get(struct marquez *m)
{
	struct http_client_request request = {
		.method = "GET",
		.target = m->target.data,
		.accept = "application/json",
	};
	struct http_client_answer answer;
	int r = http_client_send(m->client, &request, &answer, &m->body, m->fault);

	if (!r)
		r = ask_judge(answer.status, buf_get(&m->body), m->fault);
	/* Its troubles are not those of a data directory. */
	return r == 1 || r == ERR_CORRUPT ? ERR_IO : r;
}

static int check(struct marquez *m, const char *member, struct slice *out)
{
	struct slice body = buf_get(&m->body);
	struct scan scan;
	int r;

	scan_init(&scan, body);
	r = scan_text(&scan, body);
	if (r)
		return fault_set(m->fault, "", "the answer is no JSON: %s", scan.why);
	if (part_member(body, member, out) && out->ptr[0] == '[')
		return 0;
	return fault_set(m->fault, "", "the answer has no list of %s", member);
}

int marquez_page(struct marquez *m, const char *member, struct slice *out)
{
	int r;

	buf_byte(&m->target, '\0');
	r = buf_error(&m->target);
	if (r)
		return r;
	arena_reset(m->page);
	buf_clear(&m->body);
	r = get(m);
	if (!r)
		r = check(m, member, out);
	if (r && m->fault)
		snprintf(m->fault->where, FAULT_WHERE_MAX, "%s", m->target.data);
	return r;
}

int marquez_text(
	struct marquez *m, struct slice object, const char *name, struct slice *out)
{
	struct slice value;
	int r;

	*out = (struct slice){ 0 };
	if (!part_member(object, name, &value))
		return 0;
	r = part_text(value, m->page, out);
	if (r)
		*out = (struct slice){ 0 };
	return r < 0 ? r : 0;
}

int marquez_add(struct marquez *m)
{
	uint64_t done = ++m->added < m->total ? m->added : m->total;
	int r = buf_error(&m->text);

	if (!r)
		r = import_sink_add(
			m->sink, buf_get(&m->text), m->origin, m->added, m->fault);
	buf_clear(&m->text);
	progress_show(m->progress, done, m->total, m->added);
	return r;
}

static int open_client(
	const struct settings *settings, struct http_client **out, struct fault *fault)
{
	int r = http_client_new(settings->marquez, out, fault);

	if (r)
		return r;
	http_client_set_timeout(*out, TIMEOUT_US);
	return http_client_set_token(*out, settings->marquez_token);
}

int import_marquez(const struct settings *settings, struct import_sink *sink,
	struct progress *progress, struct fault *fault)
{
	AUTO(http_client) struct http_client *client = NULL;
	AUTO(arena) struct arena *names = arena_new(CHUNK, PAGE_MAX);
	AUTO(arena) struct arena *page = arena_new(CHUNK, PAGE_MAX);
	AUTO(idset) struct idset *told = idset_new(JOBS_MAX);
	struct marquez m = { .sink = sink,
		.progress = progress,
		.fault = fault,
		.origin = settings->marquez,
		.names = names,
		.page = page,
		.told = told };
	int r = names && page && told ? open_client(settings, &client, fault) : ERR_NOMEM;

	if (r)
		return r;
	m.client = client;
	buf_init(&m.target, TARGET_MAX);
	buf_init(&m.body, PAGE_MAX);
	buf_init(&m.text, PAGE_MAX);
	r = marquez_events(&m);
	if (!r)
		r = marquez_notes(&m);
	buf_fini(&m.target);
	buf_fini(&m.body);
	buf_fini(&m.text);
	return r ? r : import_sink_flush(sink, fault);
}
