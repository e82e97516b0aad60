/* SPDX-License-Identifier: Apache-2.0 */

/*
 * metrics.h - one table of counters, gauges and histograms
 *
 * Every metric is a row: its name, kind and the help line that operators read.
 * Counting is one relaxed atomic add and may be done by any thread.  The API
 * floor prints the table as Prometheus text.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/*
 * X(id, kind, name, help).  Histograms count microseconds and are printed in
 * seconds.  Names follow Prometheus' rules: base units, _total for counters.
 */
#define METRICS(X)                                                                    \
	X(EVENTS_ACCEPTED, COUNTER, "headwater_events_accepted_total",                \
		"Events acknowledged after they were made durable.")                  \
	X(EVENTS_DUPLICATE, COUNTER, "headwater_events_duplicate_total",              \
		"Events that were stored already, byte for byte.")                    \
	X(EVENTS_REFUSED, COUNTER, "headwater_events_refused_total",                  \
		"Events that were refused because of their content.")                 \
	X(EVENT_WARNINGS, COUNTER, "headwater_event_warnings_total",                  \
		"Odd values in accepted events that were passed over.")               \
	X(EVENT_BYTES, COUNTER, "headwater_event_bytes_total",                        \
		"Bytes of accepted events as received, inflated.")                    \
	X(LOG_BYTES, COUNTER, "headwater_log_written_bytes_total",                    \
		"Bytes appended to the event log.")                                   \
	X(LOG_SYNCS, COUNTER, "headwater_log_syncs_total", "Syncs of the event log.") \
	X(LOG_SYNC_TIME, HISTOGRAM, "headwater_log_sync_seconds",                     \
		"Time of one append and sync of the event log.")                      \
	X(LOG_SEQUENCE, GAUGE, "headwater_log_sequence",                              \
		"Sequence number of the last durable event.")                         \
	X(FOLD_SEQUENCE, GAUGE, "headwater_fold_sequence",                            \
		"Sequence number of the last event in the published graph.")          \
	X(FOLD_MEMO_HITS, COUNTER, "headwater_fold_memo_hits_total",                  \
		"Events whose lineage was unchanged and skipped the graph.")          \
	X(FOLD_COMMITS, COUNTER, "headwater_fold_commits_total",                      \
		"Commits of the graph.")                                              \
	X(FOLD_COMMIT_TIME, HISTOGRAM, "headwater_fold_commit_seconds",               \
		"Time of one commit of the graph.")                                   \
	X(DEPRECATED_READS, COUNTER, "headwater_deprecated_reads_total",              \
		"Uses of a column that began after a planned change of it was "       \
		"registered.")                                                        \
	X(GRAPH_NODES, GAUGE, "headwater_graph_nodes", "Nodes in the graph.")         \
	X(GRAPH_EDGES, GAUGE, "headwater_graph_edges",                                \
		"Edges in the graph, past ones too.")                                 \
	X(HTTP_CONNECTIONS, GAUGE, "headwater_http_connections", "Open connections.") \
	X(HTTP_ACCEPTED, COUNTER, "headwater_http_connections_total",                 \
		"Connections accepted.")                                              \
	X(HTTP_REQUESTS, COUNTER, "headwater_http_requests_total",                    \
		"Requests whose head was read.")                                      \
	X(HTTP_REFUSED, COUNTER, "headwater_http_refused_total",                      \
		"Requests answered with a status of 400 or more.")                    \
	X(HTTP_OVERLOAD, COUNTER, "headwater_http_overload_total",                    \
		"Requests answered 503 because a queue or budget was full.")          \
	X(HTTP_IN_FLIGHT, GAUGE, "headwater_http_in_flight_bytes",                    \
		"Bytes of request bodies held for requests not yet answered.")        \
	X(INGEST_TIME, HISTOGRAM, "headwater_ingest_seconds",                         \
		"From the last byte of an event request to its answer.")              \
	X(QUERY_TIME, HISTOGRAM, "headwater_query_seconds",                           \
		"From the last byte of a query to its answer.")

#define METRIC_ENUM(id, kind, name, help) M_##id,
enum metric { METRICS(METRIC_ENUM) METRIC_COUNT };
#undef METRIC_ENUM

/* Upper bounds of the buckets in microseconds; the last bucket has none. */
#define METRIC_BUCKETS 16
extern const int64_t metric_bounds_us[METRIC_BUCKETS];

struct metric_row {
	const char *name;
	const char *help;
	enum metric_kind kind;
};
extern const struct metric_row metric_rows[METRIC_COUNT];

void metric_add(enum metric metric, int64_t n);
void metric_set(enum metric metric, int64_t value);
void metric_observe_us(enum metric metric, int64_t us);

/* The value; of a histogram the sum of what was observed, in microseconds. */
int64_t metric_get(enum metric metric);

/* Fills counts[METRIC_BUCKETS + 1] (not cumulative) and the sum. */
void metric_histogram(enum metric metric, uint64_t *counts, int64_t *sum_us_out);
