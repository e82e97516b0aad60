/* SPDX-License-Identifier: Apache-2.0 */

/*
 * events.c - GET /api/v2/events and /api/v2/events/{sequence}: what was received
 */
#include "api/cursor.h"
#include "api/handlers.h"
#include "graph/graph.h"

#define EVENTS_LIMIT_MAX 10000

static const struct param_range events_limit = { 1, EVENTS_LIMIT_MAX, 100 };

static const struct param_rule events_rules[] = {
	{ "from", 1 },
	{ "to", 1 },
	{ "after", 1 },
	{ "before", 1 },
	{ "format", 1 },
	{ "limit", 1 },
	{ "cursor", 1 },
	{ NULL, 0 },
};

enum events_format { FORMAT_JSON, FORMAT_NDJSON };
static const char *const formats[] = { "json", "ndjson", NULL };

struct events_query {
	uint64_t from;
	uint64_t to;
	int64_t after_us;
	int64_t before_us;
	enum events_format format;
	size_t limit;
};

/* Which of both formats the Accept field names first. */
static enum events_format format_accepted(struct slice accept)
{
	struct slice type;

	while (accept_next(&accept, &type)) {
		if (slice_equal_nocase(type, "application/x-ndjson"))
			return FORMAT_NDJSON;
		if (slice_equal_nocase(type, "application/json"))
			return FORMAT_JSON;
	}
	return FORMAT_JSON;
}

static void read_query(struct call *call, struct params *p, struct events_query *out)
{
	const struct param_range sequences = { 0, UINT64_MAX, 0 };
	const struct param_range to = { 0, UINT64_MAX, UINT64_MAX };
	struct cursor cursor;

	params_parse(p, call->query, events_rules, call->arena);
	out->from = param_uint(p, "from", &sequences);
	out->to = param_uint(p, "to", &to);
	out->after_us = param_time(p, "after", INT64_MIN);
	out->before_us = param_time(p, "before", INT64_MAX);
	out->limit = param_uint(p, "limit", &events_limit);
	out->format = (enum events_format)param_choice(
		p, "format", formats, format_accepted(call->accept));
	if (param_cursor(p, "events", &cursor))
		out->from = cursor.at[0];
	/* The log may be ahead of the graph; the answer shows one version. */
	if (out->to > call->snapshot->version)
		out->to = call->snapshot->version;
}

/* The next event read is the first that was received at after_us or later, from `from`
 * on. */
static int seek(struct log_reader *reader, const struct events_query *query)
{
	struct log_event found;
	int r;

	if (query->after_us == INT64_MIN)
		return log_reader_seek(reader, query->from);
	r = log_reader_seek_time(reader, query->after_us);
	if (r || query->from == 0)
		return r;
	r = log_reader_next(reader, &found);
	if (r == 1)
		return 0; /* the end: the next read says so again */
	if (r)
		return r;
	return log_reader_seek(
		reader, found.sequence > query->from ? found.sequence : query->from);
}

static void write_json(struct jsonw *w, const struct log_event *event)
{
	jsonw_object(w);
	jsonw_key(w, "sequence");
	jsonw_uint(w, event->sequence);
	jsonw_key(w, "receivedAt");
	jsonw_time(w, event->received_us);
	jsonw_key(w, "event");
	jsonw_stored(w, event->raw);
	jsonw_object_end(w);
}

/* JSON strings hold no raw line breaks: those of an event stand between its tokens. */
static void write_line(struct buf *buf, const struct log_event *event)
{
	struct slice text = jsonw_without_mark(event->raw);
	char *out = buf_reserve(buf, text.len + 1);

	if (!out)
		return;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		out[i] = c;
		if (c == '\n' || c == '\r')
			out[i] = ' ';
	}
	out[text.len] = '\n';
	buf_advance(buf, text.len + 1);
}

/* Returns 0 and an event of the query, or 1 when there are no more. */
static int next_event(struct log_reader *reader, const struct events_query *query,
	struct log_event *out)
{
	int r = log_reader_next(reader, out);

	if (r)
		return r;
	return out->sequence > query->to || out->received_us >= query->before_us;
}

/* *next_out is the sequence that the next page begins with, or 0. */
static int write_page(struct call *call, const struct events_query *query,
	struct log_reader *reader, struct jsonw *w, uint64_t *next_out)
{
	int r = seek(reader, query);

	*next_out = 0;
	for (size_t written = 0; !r; written++) {
		struct log_event event;

		r = next_event(reader, query, &event);
		if (r)
			break;
		if (written == query->limit || page_must_end(call, w->buf, written)) {
			*next_out = event.sequence;
			return 0;
		}
		if (query->format == FORMAT_NDJSON)
			write_line(w->buf, &event);
		else
			write_json(w, &event);
	}
	return r < 0 ? r : 0;
}

static int answer_list(struct call *call, struct reply *reply, const struct params *p,
	const struct events_query *query, struct log_reader *reader)
{
	struct cursor next = { { 0 } };
	struct jsonw w;
	int r;

	answer_open(&w, call, reply);
	jsonw_key(&w, "first");
	jsonw_uint(&w, eventlog_first(graph_log(call->snapshot->graph)));
	jsonw_key(&w, "events");
	jsonw_array(&w);
	r = write_page(call, query, reader, &w, &next.at[0]);
	jsonw_array_end(&w);
	jsonw_next(&w, p, "events", next.at[0] ? &next : NULL);
	jsonw_object_end(&w);
	return r;
}

static int answer_lines(struct call *call, struct reply *reply,
	const struct events_query *query, struct log_reader *reader)
{
	struct jsonw w;
	uint64_t next;

	reply->media_type = "application/x-ndjson";
	jsonw_init(&w, &reply->body);
	return write_page(call, query, reader, &w, &next);
}

int api_events(struct call *call, struct reply *reply)
{
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct events_query query;
	struct params p;
	int r;

	read_query(call, &p, &query);
	if (params_error(&p))
		return params_refuse(&p, reply);
	r = log_reader_new(graph_log(call->snapshot->graph), &reader);
	if (r)
		return r;
	if (query.format == FORMAT_NDJSON)
		return answer_lines(call, reply, &query, reader);
	return answer_list(call, reply, &p, &query, reader);
}

static int find_event(struct call *call, uint64_t sequence, struct log_reader *reader,
	struct log_event *out)
{
	int r;

	if (sequence > call->snapshot->version)
		return 1;
	r = log_reader_seek(reader, sequence);
	if (!r)
		r = log_reader_next(reader, out);
	if (r)
		return r;
	return out->sequence != sequence;
}

static void answer_missing(struct call *call, struct reply *reply, uint64_t sequence)
{
	uint64_t first = eventlog_first(graph_log(call->snapshot->graph));

	if (sequence > 0 && sequence < first)
		problem_reply(reply, 410,
			"retention removed this event; the oldest one kept is %llu",
			(unsigned long long)first);
	else
		problem_reply(reply, 404, "there is no such event");
}

int api_event(struct call *call, struct reply *reply)
{
	static const struct param_rule no_rules[] = { { NULL, 0 } };
	AUTO(log_reader) struct log_reader *reader = NULL;
	struct log_event event;
	struct params p;
	uint64_t sequence;
	int r;

	params_parse(&p, call->query, no_rules, call->arena);
	if (params_error(&p))
		return params_refuse(&p, reply);
	if (uint_from_text(call->args[0], &sequence)) {
		problem_reply(reply, 400, "a sequence number is a decimal number");
		return 0;
	}
	r = log_reader_new(graph_log(call->snapshot->graph), &reader);
	if (!r)
		r = find_event(call, sequence, reader, &event);
	if (r < 0)
		return r;
	if (r) {
		answer_missing(call, reply, sequence);
		return 0;
	}
	reply->media_type = "application/json";
	buf_slice(&reply->body, event.raw);
	return 0;
}
