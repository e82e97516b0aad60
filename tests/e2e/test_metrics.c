/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_metrics.c - what Prometheus reads
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/e2e/events.h"
#include "tests/e2e/trial.h"

#define TEXT_MAX ((size_t)1 << 20)
#define EVENTS	 20
#define PROMTOOL "/usr/bin/promtool"

/* A server that has seen events, one of them twice, a wrong one, and a question. */
static int set_up(void **state)
{
	struct trial *trial;
	struct answer answer;
	struct buf event;

	trial_set_up_server(state);
	trial = *state;
	buf_init(&event, TEXT_MAX);
	for (unsigned i = 0; i <= EVENTS; i++) {
		buf_clear(&event);
		event_small(&event, 1, 0, i % EVENTS);
		assert_int_equal(client_post(&trial->client, "/api/v1/lineage",
					 buf_get(&event), &answer),
			0);
		assert_int_equal(answer.status, 201);
	}
	buf_fini(&event);
	assert_int_equal(
		client_post(&trial->client, "/api/v1/lineage", SLICE("{}"), &answer), 0);
	return client_get(&trial->client, "/api/v2/nodes", &answer);
}

static void read_metrics(struct trial *trial, struct buf *out)
{
	struct answer answer;
	char type[96];

	assert_int_equal(client_get(&trial->client, "/metrics", &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_field(&answer, "Content-Type", type, sizeof(type)));
	assert_string_equal(type, "text/plain; version=0.0.4; charset=utf-8");
	buf_init(out, TEXT_MAX);
	buf_byte(out, '\n');
	buf_slice(out, answer.body);
	buf_byte(out, '\0');
}

static void prometheus_has_nothing_to_find_fault_with(void **state)
{
	const char *const argv[] = { PROMTOOL, "check", "metrics", NULL };
	struct trial *trial = *state;
	struct buf metrics;
	struct buf words;
	char file[E2E_PATH_MAX];

	if (access(PROMTOOL, X_OK)) {
		print_message("%s is not there (Debian: prometheus)\n", PROMTOOL);
		skip();
	}
	read_metrics(trial, &metrics);
	path_join(file, trial->dir, "metrics");
	file_write(file, slice_of(metrics.data + 1, metrics.len - 2));
	buf_init(&words, TEXT_MAX);
	if (process_run(argv, file, &words, &words) != 0 || words.len > 0)
		fail_msg("%.*s", (int)words.len, words.data);
	buf_fini(&words);
	buf_fini(&metrics);
}

/* The value of a metric without labels. */
static double value_of(const struct buf *metrics, const char *name)
{
	char start[96];
	const char *at;

	snprintf(start, sizeof(start), "\n%s ", name);
	at = strstr(metrics->data, start);
	if (!at) {
		fail_msg("there is no %s", name);
		return 0;
	}
	return strtod(at + strlen(start), NULL);
}

static void counters_tell_what_was_done(void **state)
{
	static const struct {
		const char *name;
		int value;
	} expected[] = {
		{ "headwater_events_accepted_total", EVENTS + 1 },
		{ "headwater_events_duplicate_total", 1 },
		{ "headwater_events_refused_total", 1 },
		{ "headwater_log_sequence", EVENTS },
		{ "headwater_fold_sequence", EVENTS },
		{ "headwater_http_connections", 1 },
		{ "headwater_http_connections_total", 1 },
		{ "headwater_http_requests_total", EVENTS + 4 },
		{ "headwater_http_refused_total", 1 },
		{ "headwater_http_in_flight_bytes", 0 },
		{ "headwater_ingest_seconds_count", EVENTS + 1 },
		{ "headwater_query_seconds_count", 1 },
	};
	static const char *const positive[] = { "headwater_event_bytes_total",
		"headwater_log_written_bytes_total", "headwater_log_syncs_total",
		"headwater_fold_commits_total", "headwater_graph_nodes",
		"headwater_graph_edges", "headwater_log_sync_seconds_sum",
		"process_resident_memory_bytes", "process_open_fds",
		"process_start_time_seconds" };
	struct trial *trial = *state;
	struct buf metrics;

	read_metrics(trial, &metrics);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		if ((int)value_of(&metrics, expected[i].name) != expected[i].value)
			fail_msg("%s is %g", expected[i].name,
				value_of(&metrics, expected[i].name));
	}
	for (size_t i = 0; i < ARRAY_LEN(positive); i++) {
		if (value_of(&metrics, positive[i]) <= 0)
			fail_msg("%s is not counted", positive[i]);
	}
	buf_fini(&metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(prometheus_has_nothing_to_find_fault_with,
			set_up, trial_tear_down_server),
		cmocka_unit_test_setup_teardown(
			counters_tell_what_was_done, set_up, trial_tear_down_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
