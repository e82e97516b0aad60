/* SPDX-License-Identifier: Apache-2.0 */

/*
 * metrics.c - GET /metrics: the table of metrics as Prometheus text, 0.0.4
 */
#include "base/metrics.h"

#include "api/handlers.h"
#include "api/health.h"
#include "api/process.h"

#include <inttypes.h>

static const char *kind_text(enum metric_kind kind)
{
	switch (kind) {
	case METRIC_COUNTER:
		return "counter";
	case METRIC_GAUGE:
		return "gauge";
	case METRIC_HISTOGRAM:
		return "histogram";
	}
	return "untyped";
}

static void write_head(
	struct buf *b, const char *name, const char *help, enum metric_kind kind)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind_text(kind));
}

/* Microseconds as seconds. */
static void write_seconds(struct buf *b, int64_t us)
{
	buf_printf(b, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

static void write_histogram(struct buf *b, enum metric metric)
{
	const char *name = metric_rows[metric].name;
	uint64_t counts[METRIC_BUCKETS + 1];
	uint64_t sum = 0;
	int64_t sum_us;

	metric_histogram(metric, counts, &sum_us);
	for (size_t i = 0; i < METRIC_BUCKETS; i++) {
		sum += counts[i];
		buf_printf(b, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name,
			(double)metric_bounds_us[i] / 1e6, sum);
	}
	sum += counts[METRIC_BUCKETS];
	buf_printf(b, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum ", name, sum, name);
	write_seconds(b, sum_us);
	buf_printf(b, "\n%s_count %" PRIu64 "\n", name, sum);
}

static void write_table(struct buf *b)
{
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		const struct metric_row *row = &metric_rows[i];

		write_head(b, row->name, row->help, row->kind);
		if (row->kind == METRIC_HISTOGRAM)
			write_histogram(b, (enum metric)i);
		else
			buf_printf(b, "%s %" PRId64 "\n", row->name,
				metric_get((enum metric)i));
	}
}

static void write_gauge(struct buf *b, const char *name, const char *help, uint64_t value)
{
	write_head(b, name, help, METRIC_GAUGE);
	buf_printf(b, "%s %" PRIu64 "\n", name, value);
}

static void write_process(struct buf *b, const struct server_state *state)
{
	struct process_stats stats;

	process_stats_read(&stats);
	write_gauge(b, "process_resident_memory_bytes", "Resident memory size in bytes.",
		stats.resident_bytes);
	write_gauge(b, "process_virtual_memory_bytes", "Virtual memory size in bytes.",
		stats.virtual_bytes);
	write_gauge(b, "process_open_fds", "Number of open file descriptors.",
		stats.open_fds);
	write_gauge(b, "process_max_fds", "Maximum number of open file descriptors.",
		stats.max_fds);
	write_head(b, "process_cpu_seconds_total",
		"Total user and system CPU time spent in seconds.", METRIC_COUNTER);
	buf_str(b, "process_cpu_seconds_total ");
	write_seconds(b, (int64_t)stats.cpu_us);
	buf_str(b, "\n");
	write_head(b, "process_start_time_seconds",
		"Start time of the process since the Unix epoch in seconds.",
		METRIC_GAUGE);
	buf_str(b, "process_start_time_seconds ");
	write_seconds(b, state->started_us);
	buf_str(b, "\n");
}

int api_metrics(struct call *call, struct reply *reply)
{
	struct buf *b = &reply->body;

	reply->media_type = "text/plain; version=0.0.4; charset=utf-8";
	write_head(b, "headwater_build_info", "What is running; always 1.", METRIC_GAUGE);
	buf_printf(b, "headwater_build_info{version=\"%s\"} 1\n", call->state->version);
	write_table(b);
	write_process(b, call->state);
	return 0;
}
