/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_events.c - GET /api/v1/events/lineage: run events by their own time
 *
 * There is no index of events by time.  Each run knows its newest events, so all
 * runs are gone through, and the events of the page are kept; only these are read
 * from the log.  Of a run with more events than it keeps track of, the newest are
 * listed, and all are counted.
 */
#include "api/handlers.h"
#include "api/jsonscan.h"
#include "api/marquez.h"
#include "api/marquez_walk.h"
#include "api/runout.h"
#include "base/clock.h"
#include "graph/tally.h"

#include <stdlib.h>

#define RUNS_A_LOOK 256 /* between looks at the clock */
#define KEPT_MIN    1024

static const struct param_rule events_rules[] = { MQ_PAGE_RULES, { "before", 1 },
	{ "after", 1 }, { "sortDirection", 1 }, { NULL, 0 } };

struct events_query {
	int64_t after_us;
	int64_t before_us; /* not included */
	bool newest_first;
	struct mq_page page;
};

/* The first events of the order asked for, and how many there are in all. */
struct events {
	const struct events_query *query;
	int64_t counted_from_us; /* whole hours, which are counted already ... */
	int64_t counted_to_us;	 /* ... up to here */
	struct run_event *list;
	size_t count;
	size_t wanted;
	size_t room;
	uint64_t total;
	bool late;
};

static int read_time(
	const struct params *p, const char *name, struct reply *reply, int64_t *out)
{
	if (!param_given(p, name) || !time_parse(param_get(p, name), out))
		return 0;
	return mq_refuse(
		reply, 400, "query param %s must be a date and time with a zone", name);
}

static int read_query(struct call *call, struct reply *reply, struct events_query *out)
{
	static const char *const directions[] = { "DESC", "ASC", NULL };
	unsigned direction;
	struct params p;
	int r = mq_params(call, events_rules, &p, reply);

	*out = (struct events_query){ .after_us = 0, .before_us = INT64_MAX };
	if (!r)
		r = mq_page(&p, reply, &out->page);
	if (!r)
		r = read_time(&p, "after", reply, &out->after_us);
	if (!r)
		r = read_time(&p, "before", reply, &out->before_us);
	if (!r)
		r = mq_word(&p, "sortDirection", directions, 0, reply, &direction);
	if (r)
		return r;
	out->newest_first = direction == 0;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct run_event *x = a;
	const struct run_event *y = b;

	if (x->time_us != y->time_us)
		return x->time_us < y->time_us ? -1 : 1;
	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static int by_time_newest_first(const void *a, const void *b)
{
	return by_time(b, a);
}

/* Sorts, and forgets what cannot be in the page. */
static void cut(struct events *events)
{
	if (events->count)
		qsort(events->list, events->count, sizeof(*events->list),
			events->query->newest_first ? by_time_newest_first : by_time);
	if (events->count > events->wanted)
		events->count = events->wanted;
}

static int make_room(struct events *events, struct arena *arena)
{
	size_t room = events->room ? events->room * 2 : KEPT_MIN;
	struct run_event *list;

	if (events->count < events->room)
		return 0;
	if (events->room / 2 >= events->wanted && events->room) {
		cut(events);
		return 0;
	}
	list = arena_array(arena, room, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (events->count)
		memcpy(list, events->list, events->count * sizeof(*list));
	events->list = list;
	events->room = room;
	return 0;
}

static int add_event(
	struct events *events, struct arena *arena, const struct run_event *event)
{
	int r = make_room(events, arena);

	if (r)
		return r;
	if (event->time_us < events->counted_from_us ||
		event->time_us >= events->counted_to_us)
		events->total++;
	events->list[events->count++] = *event;
	return 0;
}

static int add_run(struct events *events, struct arena *arena, const struct run *run)
{
	const struct events_query *query = events->query;
	int r = 0;

	if (run->last_us < query->after_us || run->first_us >= query->before_us)
		return 0;
	for (uint32_t i = 0; i < run->event_count && !r; i++) {
		int64_t at_us = run->events[i].time_us;

		if (at_us >= query->after_us && at_us < query->before_us)
			r = add_event(events, arena, &run->events[i]);
	}
	return r;
}

/* Hours that lie within the time asked for are counted as they are kept. */
static int count_hours(struct call *call, struct events *events)
{
	int64_t from = tally_hour(events->query->after_us - 1) + 1;
	int64_t to = tally_hour(events->query->before_us);
	struct tally tally;
	int r;

	if (from >= to)
		return 0;
	r = tally_get(call->snapshot->txn, from, to, &tally);
	if (r)
		return r;
	events->counted_from_us = from * TALLY_HOUR_US;
	events->counted_to_us = to * TALLY_HOUR_US;
	for (unsigned type = TYPE_OTHER; type <= TYPE_ABORT; type++)
		events->total += tally.counts[type];
	return 0;
}

/* The next older run: 0, or 1 when that was the last. */
static int next_run(struct call *call, struct run_position *at, struct run *out)
{
	struct run_position next;
	int r = run_index_next(
		call->snapshot->txn, 0, EVIDENCE_OBSERVED, RUN_OLDER, at, &next);

	if (r)
		return r;
	*at = next;
	return run_at(call, at, out);
}

static int find_events(struct call *call, struct events *events)
{
	struct run_position at = run_position_last;
	int r = count_hours(call, events);

	for (unsigned looked = 1; !r && !events->late; looked++) {
		struct run run;

		r = next_run(call, &at, &run);
		if (!r)
			r = add_run(events, call->arena, &run);
		events->late = looked % RUNS_A_LOOK == 0 && call_is_late(call);
	}
	cut(events);
	return r < 0 ? r : 0;
}

/* As Java's ISO_OFFSET_DATE_TIME: as many digits as there are. */
static void write_time(struct jsonw *w, int64_t us)
{
	char text[TIME_TEXT_MAX];
	size_t n = strlen(time_format(us, text)) - 1;

	/* Behind the seconds there are always a point and six digits. */
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	text[n] = 'Z';
	jsonw_string(w, slice_of(text, n + 1));
}

/* The event as it came, but with its time in UTC, and null for what is not there. */
static void write_event(struct jsonw *w, struct slice raw, int64_t time_us)
{
	static const char *const shown[] = { "eventType", "inputs", "outputs",
		"schemaURL" };
	struct jsonscan scan;
	struct slice name;
	struct slice value;

	jsonw_object(w);
	jsonscan_init(&scan, raw);
	while (jsonscan_next(&scan, &name, &value)) {
		jsonw_key_plain(w, name);
		if (slice_equal(name, SLICE("eventTime")))
			write_time(w, time_us);
		else
			jsonw_stored(w, value);
	}
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		if (jsonscan_member(raw, slice_from(shown[i]), &value))
			continue;
		jsonw_key(w, shown[i]);
		jsonw_null(w);
	}
	jsonw_object_end(w);
}

/* Events that retention removed are left out. */
static int write_logged(
	struct jsonw *w, struct log_reader *reader, const struct run_event *event)
{
	struct log_event found;
	int r = log_reader_seek(reader, event->sequence);

	if (!r)
		r = log_reader_next(reader, &found);
	if (r)
		return r < 0 ? r : 0;
	if (found.sequence == event->sequence)
		write_event(w, found.raw, event->time_us);
	return 0;
}

static int write_answer(
	struct call *call, struct reply *reply, const struct events *events)
{
	AUTO(log_reader) struct log_reader *reader = NULL;
	size_t first = events->query->page.offset < events->count
			       ? events->query->page.offset
			       : events->count;
	const char *why = events->late ? "deadline" : NULL;
	struct jsonw w;
	int r = log_reader_new(graph_log(call->snapshot->graph), &reader);

	answer_json(&w, reply);
	jsonw_key(&w, "events");
	jsonw_array(&w);
	for (size_t i = first; i < events->count && !r; i++) {
		if (i > first && page_is_long(w.buf)) {
			why = "size";
			break;
		}
		r = write_logged(&w, reader, &events->list[i]);
	}
	jsonw_array_end(&w);
	jsonw_key(&w, "totalCount");
	jsonw_uint(&w, events->total);
	mq_truncated(&w, why);
	jsonw_object_end(&w);
	return r;
}

int api_mq_events(struct call *call, struct reply *reply)
{
	struct events_query query;
	struct events events = { .query = &query };
	int r = read_query(call, reply, &query);

	if (r)
		return r < 0 ? r : 0;
	events.wanted = query.page.limit + query.page.offset;
	r = find_events(call, &events);
	return r ? r : write_answer(call, reply, &events);
}
