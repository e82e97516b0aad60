/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_floors.c - what the parts of an event's way cost by themselves
 *
 * The processor time of each part over the same events: the HTTP layer with a
 * server that does nothing, reading, packing, and the writes of the store that
 * a run in the steady state needs.  Each is measured while the other processor
 * is busy, as it is under load: two that share a core are slower then.
 */

#define _GNU_SOURCE /* memmem() */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "collector/event_reader.h"
#include "graph/eventlog.h"
#include "graph/run.h"
#include "graph/store.h"
#include "tests/bench/bench.h"
#include "tests/bench/loadgen.h"
#include "tests/bench/report.h"

#define EVENTS	    20000
#define ROUNDS	    5
#define SYNCS	    400
#define GROUP	    4096 /* events of one commit of the store, as under load */
#define TRAIN_MAX_S 30
#define STORED	    UINT64_C(98304) /* events of the store's floor: whole groups */

/* The events of one round, made beforehand. */
struct sample {
	char *text;
	struct slice *events;
};

static double thread_cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int sample_new(const struct workload *workload, struct sample *out)
{
	size_t max = workload_event_max(workload);

	out->text = malloc(max * EVENTS);
	out->events = malloc(EVENTS * sizeof(*out->events));
	if (!out->text || !out->events)
		return -1;
	for (size_t i = 0; i < EVENTS; i++) {
		char *at = out->text + i * max;

		out->events[i] = slice_of(at, workload_event(workload, i, at));
	}
	return 0;
}

static void sample_free(struct sample *sample)
{
	free(sample->text);
	free(sample->events);
}

/* Keeps the other processor busy by reading events. */
struct companion {
	const struct sample *sample;
	pthread_t thread;
	atomic_bool stop;
};

static void *companion_main(void *arg)
{
	struct companion *companion = arg;
	AUTO(arena) struct arena *arena = arena_new((size_t)64 << 10, (size_t)1 << 30);
	struct ol_event event;

	for (size_t i = 0; arena && !atomic_load(&companion->stop);
		i = (i + 1) % EVENTS) {
		arena_reset(arena);
		if (event_read(companion->sample->events[i], WORKLOAD_RECEIVED_US, arena,
			    &event, NULL))
			break;
	}
	return NULL;
}

static int companion_start(struct companion *companion, const struct sample *sample)
{
	companion->sample = sample;
	atomic_init(&companion->stop, false);
	return pthread_create(&companion->thread, NULL, companion_main, companion);
}

static void companion_stop(struct companion *companion)
{
	atomic_store(&companion->stop, true);
	pthread_join(companion->thread, NULL);
}

static int floor_read(const struct sample *sample, double *out)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 << 10, (size_t)1 << 30);
	double rounds[ROUNDS];
	struct ol_event event;

	if (!arena)
		return -1;
	for (int round = 0; round < ROUNDS; round++) {
		double start = thread_cpu_us();

		for (size_t i = 0; i < EVENTS; i++) {
			arena_reset(arena);
			if (event_read(sample->events[i], WORKLOAD_RECEIVED_US, arena,
				    &event, NULL))
				return -1;
		}
		rounds[round] = (thread_cpu_us() - start) / EVENTS;
	}
	*out = median(rounds, ROUNDS);
	return 0;
}

/* Packs until the log has trained its dictionary. */
static int wait_dictionary(
	const struct sample *sample, struct log_packer *packer, char *packed)
{
	int64_t give_up_us = clock_monotonic_us() + TRAIN_MAX_S * INT64_C(1000000);
	struct log_record record = { 0 };

	for (size_t i = 0; record.dictionary == 0; i = (i + 1) % EVENTS) {
		if (eventlog_pack(packer, sample->events[i], packed, &record) ||
			clock_monotonic_us() > give_up_us)
			return -1;
		if (i == EVENTS - 1)
			usleep(10000);
	}
	return 0;
}

static int measure_pack(const struct sample *sample, struct log_packer *packer,
	char *packed, double *us_out, double *bytes_out)
{
	double rounds[ROUNDS];
	struct log_record record;
	uint64_t bytes = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double start = thread_cpu_us();

		for (size_t i = 0; i < EVENTS; i++) {
			if (eventlog_pack(packer, sample->events[i], packed, &record))
				return -1;
			bytes += record.packed.len;
		}
		rounds[round] = (thread_cpu_us() - start) / EVENTS;
	}
	*us_out = median(rounds, ROUNDS);
	*bytes_out = (double)bytes / EVENTS / ROUNDS;
	return 0;
}

static int measure_sync(struct eventlog *log, struct log_record *record, double *out)
{
	double times[SYNCS];
	uint64_t sequence;

	for (int i = 0; i < SYNCS; i++) {
		int64_t start_us = clock_monotonic_us();

		if (eventlog_append(log, record, 1, clock_now_us(), &sequence) ||
			eventlog_sync(log))
			return -1;
		times[i] = (double)(clock_monotonic_us() - start_us);
	}
	*out = median(times, SYNCS);
	return 0;
}

static int floor_log(
	const struct bench *bench, const struct sample *sample, struct floors *out)
{
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_packer) struct log_packer *packer = NULL;
	struct eventlog_options options = { 0 };
	struct fault fault;
	char path[4096];
	char *packed = malloc(log_pack_bound(workload_event_max(bench->workload)));
	double bytes = 0;
	int r;

	snprintf(path, sizeof(path), "%s/floor-log", bench->dir);
	options.path = path;
	r = !packed || eventlog_open(&options, &log, &fault) ||
	    log_packer_new(log, &packer) || wait_dictionary(sample, packer, packed) ||
	    measure_pack(sample, packer, packed, &out->pack, &bytes);
	free(packed);
	report_row("bytes of an event", (double)sample->events[1].len, "B", GOAL_NONE, 0);
	report_row("the same, packed", bytes, "B", GOAL_NONE, 0);
	return r ? -1 : 0;
}

/* A time, not processor time, so that nothing else runs meanwhile. */
static int floor_sync(const struct bench *bench, const struct sample *sample, double *out)
{
	AUTO(eventlog) struct eventlog *log = NULL;
	AUTO(log_packer) struct log_packer *packer = NULL;
	struct eventlog_options options = { 0 };
	struct log_record record;
	struct fault fault;
	char path[4096];
	char *packed = malloc(log_pack_bound(workload_event_max(bench->workload)));
	int r;

	snprintf(path, sizeof(path), "%s/floor-sync", bench->dir);
	options.path = path;
	r = !packed || eventlog_open(&options, &log, &fault) ||
	    log_packer_new(log, &packer) ||
	    eventlog_pack(packer, sample->events[0], packed, &record) ||
	    measure_sync(log, &record, out);
	free(packed);
	return r ? -1 : 0;
}

/* The records and index rows that event n of the steady state writes. */
static int write_event(struct store_txn *txn, const struct workload *workload, uint64_t n,
	char *text, struct run *run)
{
	struct run_position position;
	size_t len = workload_event(workload, n, text);
	const char *id = memmem(text, len, "\"runId\":\"", 9);

	if (!id)
		return -1;
	memset(run, 0, sizeof(*run));
	(void)runid_from_text(slice_of(id + 9, 36), &run->id);
	run->job = (node_id)(n / 2 % 2000 + 1);
	run->start_us = run->first_us = (int64_t)n;
	run->end_us = INT64_MAX;
	run->io = run->job;
	run->event_count = run->event_total = (uint32_t)(n & 1) + 1;
	run->events[0] = (struct run_event){ (int64_t)n, hash64(slice_of(text, len)), n };
	run->events[1] = run->events[0];
	position = (struct run_position){ run->start_us, run->id };
	if (run_put(txn, run))
		return -1;
	return n & 1 ? 0 : run_index_add(txn, run->job, EVIDENCE_OBSERVED, &position);
}

static int measure_store(
	const struct bench *bench, struct store *store, char *text, double *out)
{
	static struct run run;
	double spent = 0;

	for (uint64_t n = 0; n < STORED; n += GROUP) {
		struct store_txn *txn;
		double start;

		if (store_write(store, &txn))
			return -1;
		start = thread_cpu_us();
		for (uint64_t i = n; i < n + GROUP; i++) {
			if (write_event(txn, bench->workload, i, text, &run))
				return -1;
		}
		if (store_set_position(txn, n) || store_commit(txn))
			return -1;
		spent += thread_cpu_us() - start;
	}
	*out = spent / STORED;
	return 0;
}

static int floor_store(const struct bench *bench, double *out)
{
	AUTO(store) struct store *store = NULL;
	struct store_options options = { 0 };
	struct fault fault;
	char path[4096];
	char *text = malloc(workload_event_max(bench->workload));
	int r;

	snprintf(path, sizeof(path), "%s/floor-graph", bench->dir);
	options.path = path;
	r = !text || store_open(&options, &store, &fault) ||
	    measure_store(bench, store, text, out);
	free(text);
	return r ? -1 : 0;
}

static int echo_round(const struct bench *bench, const struct child *server,
	unsigned connections, uint64_t events, double *cpu_out, double *p50_out)
{
	struct load_options options = { server->address, connections, 0, events, 0 };
	struct load_result result;
	int64_t cpu_us = child_cpu_us(server);

	if (load_run(&options, bench->workload, &result) || result.refused > 0)
		return -1;
	*cpu_out = (double)(child_cpu_us(server) - cpu_us) / (double)events;
	*p50_out = (double)result.p50_us;
	return 0;
}

static int floor_http(const struct bench *bench, struct floors *out)
{
	const char *const argv[] = { bench->echo, NULL };
	double cpu[ROUNDS], p50[ROUNDS], unused;
	struct child server;

	if (child_start(&server, argv))
		return -1;
	for (int i = 0; i < ROUNDS; i++) {
		if (echo_round(bench, &server, 64, bench->events, &cpu[i], &unused) ||
			echo_round(
				bench, &server, 1, bench->events / 20, &unused, &p50[i]))
			return -1;
	}
	out->http = median(cpu, ROUNDS);
	out->http_one = median(p50, ROUNDS);
	return child_stop(&server) ? -1 : 0;
}

static int floors_in_company(
	const struct bench *bench, const struct sample *sample, struct floors *out)
{
	struct companion companion;
	int r;

	if (companion_start(&companion, sample))
		return -1;
	r = floor_read(sample, &out->read) || floor_log(bench, sample, out) ||
	    floor_store(bench, &out->store);
	companion_stop(&companion);
	return r ? -1 : 0;
}

int bench_floors(const struct bench *bench, struct floors *out)
{
	struct sample sample = { 0 };
	int r;

	report_section("floors: each part by itself");
	r = sample_new(bench->workload, &sample) ||
	    floors_in_company(bench, &sample, out) ||
	    floor_sync(bench, &sample, &out->sync) || floor_http(bench, out);
	sample_free(&sample);
	if (r)
		return -1;
	report_row("HTTP: the same bodies to a server that does nothing", out->http, "us",
		GOAL_NONE, 0);
	report_row("reading", out->read, "us", GOAL_NONE, 0);
	report_row("packing", out->pack, "us", GOAL_NONE, 0);
	report_row("the store's writes", out->store, "us", GOAL_NONE, 0);
	report_row("append and sync of one event, time", out->sync, "us", GOAL_NONE, 0);
	report_row("bare HTTP, one client, time", out->http_one, "us", GOAL_NONE, 0);
	return 0;
}
