/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_stats.c - GET /api/v1/stats/...: how much there was, hour by hour
 *
 * Over a day, 24 hours up to the current one; over a week, 7 days of a time zone.
 * Days are given as Marquez gives them: what the zone's clocks show, as if it were
 * UTC.  Counts are by whole hours of UTC: where a zone is not whole hours ahead, an
 * hour counts for the day that it begins in.
 */
#include "api/handlers.h"
#include "api/marquez_source.h"
#include "api/marquez_zone.h"
#include "base/clock.h"
#include "graph/tally.h"

#define DAY_HOURS   24
#define WEEK_DAYS   7
#define BUCKETS_MAX DAY_HOURS

static const struct param_rule stats_rules[] = { { "period", 1 }, { "timezone", 1 },
	{ NULL, 0 } };

struct bucket {
	int64_t from_hour;
	int64_t to_hour; /* not included */
	int64_t shown_from_us;
	int64_t shown_to_us;
};

struct buckets {
	struct bucket list[BUCKETS_MAX];
	size_t count;
};

static int refuse_text(struct reply *reply, int status, const char *text)
{
	reply->status = status;
	reply->media_type = "text/plain; charset=utf-8";
	buf_clear(&reply->body);
	buf_str(&reply->body, text);
	return 1;
}

static void fill_day(struct buckets *out)
{
	int64_t now = tally_hour(clock_now_us());

	out->count = DAY_HOURS;
	for (int i = 0; i < DAY_HOURS; i++) {
		int64_t hour = now - (DAY_HOURS - 1) + i;

		out->list[i] = (struct bucket){ hour, hour + 1, hour * TALLY_HOUR_US,
			(hour + 1) * TALLY_HOUR_US };
	}
}

/* The first hour that begins at or after a time. */
static int64_t hour_from(int64_t us)
{
	return tally_hour(us - 1) + 1;
}

static void fill_week(const struct mq_zone *zone, struct buckets *out)
{
	int64_t now_us = clock_now_us();

	out->count = WEEK_DAYS;
	for (int i = 0; i < WEEK_DAYS; i++) {
		struct mq_day day = mq_zone_day(zone, now_us, WEEK_DAYS - 1 - i);
		struct mq_day next = mq_zone_day(zone, now_us, WEEK_DAYS - 2 - i);

		out->list[i] = (struct bucket){ hour_from(day.begin_us),
			hour_from(next.begin_us), day.shown_us, next.shown_us };
	}
}

static int read_week(struct call *call, struct params *p, struct reply *reply,
	bool zone_needed, struct buckets *out)
{
	struct slice name = param_get(p, "timezone");
	struct mq_zone zone;
	int r;

	if (!name.len && zone_needed)
		return refuse_text(
			reply, 400, "Timezone must be specified for period 'WEEK'");
	r = mq_zone_read(name.len ? name : SLICE("UTC"), call->arena, &zone);
	if (r == 1)
		return mq_refuse(reply, 400, "time zone \"%.*s\" not recognized",
			(int)(name.len < 64 ? name.len : 64), name.ptr);
	if (!r)
		fill_week(&zone, out);
	return r;
}

static int read_buckets(
	struct call *call, struct reply *reply, bool zone_needed, struct buckets *out)
{
	struct slice period;
	struct params p;
	int r = mq_params(call, stats_rules, &p, reply);

	if (r)
		return r;
	period = param_get(&p, "period");
	if (slice_equal_nocase(period, "WEEK"))
		return read_week(call, &p, reply, zone_needed, out);
	if (!slice_equal_nocase(period, "DAY"))
		return refuse_text(reply, 400, "Invalid period");
	fill_day(out);
	return 0;
}

static void open_list(struct jsonw *w, struct reply *reply)
{
	reply->media_type = "application/json";
	jsonw_init(w, &reply->body);
	jsonw_array(w);
}

static void open_bucket(struct jsonw *w, const struct bucket *bucket)
{
	jsonw_object(w);
	mq_time(w, "startInterval", bucket->shown_from_us);
	mq_time(w, "endInterval", bucket->shown_to_us);
}

static void write_count(struct jsonw *w, const char *name, uint64_t count)
{
	jsonw_key(w, name);
	jsonw_uint(w, count);
}

int api_mq_stats_events(struct call *call, struct reply *reply)
{
	struct buckets buckets;
	struct jsonw w;
	int r = read_buckets(call, reply, true, &buckets);

	if (r)
		return r < 0 ? r : 0;
	open_list(&w, reply);
	for (size_t i = 0; i < buckets.count && !r; i++) {
		const struct bucket *bucket = &buckets.list[i];
		struct tally tally;

		r = tally_get(
			call->snapshot->txn, bucket->from_hour, bucket->to_hour, &tally);
		if (r)
			return r;
		open_bucket(&w, bucket);
		write_count(&w, "fail", tally.counts[TYPE_FAIL]);
		write_count(&w, "start", tally.counts[TYPE_START]);
		write_count(&w, "complete", tally.counts[TYPE_COMPLETE]);
		write_count(&w, "abort", tally.counts[TYPE_ABORT]);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	return r;
}

/* How many there were at the end of each bucket, of which counts has those of before
 * the first one and then those that came in each. */
static void write_growth(struct jsonw *w, const struct buckets *buckets,
	const uint64_t counts[BUCKETS_MAX + 1])
{
	uint64_t total = counts[0];

	for (size_t i = 0; i < buckets->count; i++) {
		total += counts[i + 1];
		open_bucket(w, &buckets->list[i]);
		write_count(w, "count", total);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static int answer_counted(
	struct call *call, struct reply *reply, enum tally_counter counter)
{
	uint64_t counts[BUCKETS_MAX + 1];
	int64_t from = INT64_MIN;
	struct buckets buckets;
	struct tally tally;
	struct jsonw w;
	int r = read_buckets(call, reply, false, &buckets);

	if (r)
		return r < 0 ? r : 0;
	for (size_t i = 0; i <= buckets.count; i++) {
		int64_t to = i ? buckets.list[i - 1].to_hour : buckets.list[0].from_hour;

		r = tally_get(call->snapshot->txn, from, to, &tally);
		if (r)
			return r;
		counts[i] = tally.counts[counter];
		from = to;
	}
	open_list(&w, reply);
	write_growth(&w, &buckets, counts);
	return 0;
}

int api_mq_stats_jobs(struct call *call, struct reply *reply)
{
	return answer_counted(call, reply, TALLY_JOBS);
}

int api_mq_stats_datasets(struct call *call, struct reply *reply)
{
	return answer_counted(call, reply, TALLY_DATASETS);
}

/* Adds one that came in a bucket or before it, unless that was behind all. */
static void count_one(
	const struct buckets *buckets, int64_t us, uint64_t counts[BUCKETS_MAX + 1])
{
	int64_t hour = tally_hour(us);
	size_t i = 0;

	while (i < buckets->count && hour >= buckets->list[i].to_hour)
		i++;
	if (i < buckets->count)
		counts[i + 1]++;
}

static int count_sources(struct call *call, const struct buckets *buckets,
	uint64_t counts[BUCKETS_MAX + 1])
{
	struct mq_sources sources = { .count = 0 };
	struct mq mq;
	int r = mq_open(call, &mq);

	if (r)
		return r;
	r = mq_sources_read(&mq, &sources);
	for (size_t i = 0; i < sources.count && !r; i++)
		count_one(buckets, sources.list[i].first_us, counts);
	mq_close(&mq);
	return r;
}

int api_mq_stats_sources(struct call *call, struct reply *reply)
{
	uint64_t counts[BUCKETS_MAX + 1] = { 0 };
	struct buckets buckets;
	struct jsonw w;
	int r = read_buckets(call, reply, false, &buckets);

	if (r)
		return r < 0 ? r : 0;
	r = count_sources(call, &buckets, counts);
	if (r)
		return r;
	open_list(&w, reply);
	write_growth(&w, &buckets, counts);
	return 0;
}
