/* SPDX-License-Identifier: Apache-2.0 */

/*
 * service.c - the running collector
 *
 * Requests arrive on loop threads.  Events are read and packed there (large
 * bodies on a worker) and go to the writer; questions go to a worker, which
 * waits until the graph has every event acknowledged before the question came.
 * What is written by questions is written one at a time, so that each sees what
 * the one before it did.
 */

#include "collector/service.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/health.h"
#include "api/kept.h"
#include "api/problem.h"
#include "api/router.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "collector/answer.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "collector/folder.h"
#include "collector/gate.h"
#include "collector/http_server.h"
#include "collector/inflate.h"
#include "collector/ingest.h"
#include "collector/request_body.h"
#include "collector/web.h"
#include "collector/workers.h"
#include "collector/writer.h"
#include "graph/graph.h"

/* A body up to this size is read and packed on the loop itself. */
#define INLINE_BODY_MAX ((size_t)64 << 10)
#define INLINE_GZIP_MAX ((size_t)8 << 10)

#define QUESTION_US	INT64_C(10000000) /* the longest a question may take */
#define JOBS_MAX	4096
#define QUEUE_MAX_BYTES ((size_t)64 << 20)
#define CALL_CHUNK	((size_t)64 << 10)
#define CALL_ARENA_MAX	((size_t)1 << 30)
#define KEPT_MAX_BYTES	((size_t)64 << 20)

/* A question that took so much is large; its body takes more when it is read. */
#define LARGE_CALL ((size_t)64 << 20)
#define LARGE_BODY ((size_t)1 << 20)

struct service {
	struct graph *graph;
	struct folder *folder;
	struct writer *writer;
	struct workers *workers;
	struct ingest *ingest;
	struct http_server *http;
	struct web *web; /* or NULL */
	struct gate gate;
	pthread_mutex_t writing; /* held from before a write reads until it is durable */
	unsigned loops;
	struct kept_answers *kept;
	struct server_state state;
};

/* A request on its way to a worker. */
struct job {
	struct service *service;
	struct http_request *request;
	const struct route *route; /* NULL: a file of the web UI */
	struct slice args[CALL_ARGS_MAX];
	uint64_t sequence; /* what the answer must have seen */
	bool large;	   /* the memory that it took is to be given back */
};

static void decide(void *ctx, const struct http_head *head, struct http_decision *out)
{
	struct service *service = ctx;

	gate_decide(&service->gate, head, out);
}

static void begin_call(
	const struct job *job, struct slice body, struct arena *arena, struct call *out)
{
	const struct http_request *request = job->request;

	*out = (struct call){
		.method = request->head.method,
		.path = request->head.path,
		.query = request->head.query,
		.accept = request->head.accept,
		.body = body,
		.arena = arena,
		.state = &job->service->state,
		.kept = job->service->kept,
		.deadline_us = request->complete_us + QUESTION_US,
	};
	memcpy(out->args, job->args, sizeof(out->args));
}

static void observe_answer(const struct job *job)
{
	metric_observe_us(M_QUERY_TIME, clock_monotonic_us() - job->request->complete_us);
}

static void answer_error(struct http_request *request, int failure)
{
	struct reply reply;

	reply_init(&reply);
	problem_from_error(&reply, failure);
	answer_send(request, &reply);
}

/* The snapshot ends before the answer is sent: no reader waits for a client. */
static int ask_snapshot(struct job *job, struct call *call, struct reply *reply)
{
	struct service *service = job->service;
	struct snapshot snapshot;
	int r = folder_wait(service->folder, job->sequence, call->deadline_us);

	if (!r)
		r = snapshot_take(service->graph, &snapshot);
	if (r)
		return r;
	call->snapshot = &snapshot;
	if (reply->then)
		route_then(call, reply);
	else
		route_run(job->route, call, reply);
	call->snapshot = NULL;
	snapshot_end(&snapshot);
	job->large =
		arena_bytes(call->arena) >= LARGE_CALL || call->body.len >= LARGE_BODY;
	return 0;
}

/* Makes the events of a reply durable; else the reply says that they are not. */
static void store_events(struct service *service, struct reply *reply, unsigned lane)
{
	struct fault fault = { 0 };
	int r;

	if (reply->event.len == 0)
		return;
	r = ingest_own(service->ingest, &reply->event, lane, &fault);
	if (!r)
		return;
	reply->then = NULL;
	reply->location[0] = '\0';
	if (r == ERR_INVALID) {
		log_line(LOG_ERROR, "an event of our own is refused: %s: %s", fault.where,
			fault.why);
		problem_reply(reply, 500, "nothing was stored: %s", fault.why);
	} else {
		problem_reply(reply, 503, "nothing was stored: %s", err_text(r));
	}
}

/* What the one before has stored is to be seen, too. */
static int ask_to_write(
	struct job *job, struct call *call, unsigned lane, struct reply *reply)
{
	struct service *service = job->service;
	int r;

	pthread_mutex_lock(&service->writing);
	job->sequence = eventlog_last(graph_log(service->graph));
	r = ask_snapshot(job, call, reply);
	if (reply->status >= 300)
		reply->then = NULL;
	else if (!r)
		store_events(service, reply, lane);
	pthread_mutex_unlock(&service->writing);
	if (r || !reply->then)
		return r;
	job->sequence = eventlog_last(graph_log(service->graph));
	return ask_snapshot(job, call, reply);
}

static int find_answer(
	struct job *job, struct slice body, unsigned lane, struct reply *reply)
{
	AUTO(arena) struct arena *arena = arena_new(CALL_CHUNK, CALL_ARENA_MAX);
	struct call call;
	int r;

	if (!arena)
		return ERR_NOMEM;
	begin_call(job, body, arena, &call);
	r = job->route->kind == ROUTE_WRITE ? ask_to_write(job, &call, lane, reply)
					    : ask_snapshot(job, &call, reply);
	if (!r)
		observe_answer(job);
	return r;
}

static void answer_question(struct job *job, unsigned lane)
{
	struct request_body body = { 0 };
	struct fault fault = { 0 };
	struct reply reply;
	struct slice text;
	int r = request_body_take(job->request, GATE_QUESTION_MAX, &body, &fault);

	reply_init(&reply);
	text = slice_of(body.data, body.len);
	if (r == ERR_INVALID || r == ERR_TOO_LARGE) {
		problem_from_fault(&reply, r == ERR_TOO_LARGE ? 413 : 400, &fault);
		r = 0;
	} else if (!r) {
		r = find_answer(job, text, lane, &reply);
	}
	if (r)
		problem_from_error(&reply, r);
	free(body.data);
	answer_send(job->request, &reply);
	/* Of many small pieces the C library would keep almost all, for every worker. */
	if (job->large)
		(void)malloc_trim(0);
}

static void answer_web(const struct job *job)
{
	struct http_reply reply;

	web_answer(job->service->web, job->request->head.raw_path, &reply);
	http_reply_send(job->request, &reply);
}

static void job_main(void *arg, unsigned worker)
{
	struct job *job = arg;
	struct service *service = job->service;
	unsigned lane = service->loops + worker;

	if (!job->route)
		answer_web(job);
	else if (gate_takes_events(job->route))
		ingest_request(service->ingest, job->request,
			job->route->kind == ROUTE_BATCH ? INGEST_ARRAY : INGEST_ANY,
			lane);
	else
		answer_question(job, lane);
	free(job);
}

static void to_worker(struct service *service, const struct job *what)
{
	struct job *job = malloc(sizeof(*job));
	int r = ERR_NOMEM;

	if (job) {
		*job = *what;
		r = workers_submit(service->workers, job_main, job);
	}
	if (r) {
		free(job);
		answer_error(what->request, r);
	}
}

static void handle_inline(const struct job *job)
{
	AUTO(arena) struct arena *arena = arena_new(CALL_CHUNK, CALL_ARENA_MAX);
	struct reply reply;
	struct call call;

	atomic_store(
		&job->service->state.write_error, writer_failure(job->service->writer));
	if (!arena) {
		answer_error(job->request, ERR_NOMEM);
		return;
	}
	reply_init(&reply);
	begin_call(job, slice_of(NULL, 0), arena, &call);
	route_run(job->route, &call, &reply);
	observe_answer(job);
	answer_send(job->request, &reply);
}

static bool is_quick(struct slice body)
{
	return body.len <= (inflate_is_gzip(body) ? INLINE_GZIP_MAX : INLINE_BODY_MAX);
}

static void handle(void *ctx, struct http_request *request)
{
	struct service *service = ctx;
	struct job job = { .service = service, .request = request };
	const char *allow;
	enum route_match match = route_find(request->head.method, request->head.raw_path,
		job.args, &job.route, &allow);

	if (gate_is_web(&service->gate, match, request->head.raw_path)) {
		job.route = NULL;
		to_worker(service, &job);
		return;
	}
	if (match != MATCH_ROUTE) {
		answer_error(request, ERR_NOT_FOUND); /* decide() let it pass: never */
		return;
	}
	if (gate_takes_events(job.route) && is_quick(request->body)) {
		ingest_request(service->ingest, request,
			job.route->kind == ROUTE_BATCH ? INGEST_ARRAY : INGEST_ANY,
			request->loop);
	} else if (job.route->kind == ROUTE_INLINE) {
		handle_inline(&job);
	} else {
		job.sequence = eventlog_last(graph_log(service->graph));
		to_worker(service, &job);
	}
}

static void layer_problem(void *ctx, int status, const char *why, struct http_reply *out)
{
	struct reply reply;

	(void)ctx;
	reply_init(&reply);
	problem_reply(&reply, status, "%s", why);
	answer_from_reply(out, &reply);
}

static void say_progress(void *ctx, uint64_t done, uint64_t total)
{
	static struct log_limit limit;

	(void)ctx;
	log_limited(&limit, LOG_INFO, "folding the log: %llu of %llu events",
		(unsigned long long)done, (unsigned long long)total);
}

static int open_graph(struct service *service, const struct service_options *options,
	struct fault *fault)
{
	struct graph_options graph = {
		.path = options->data,
		.create = true,
		.quota_bytes = options->quota_bytes,
		.no_sync = options->no_sync,
		.decode = event_read,
		.facets = &facet_reader_json,
		.progress = say_progress,
	};

	return graph_open(&graph, &service->graph, fault);
}

static int start_pipeline(struct service *service, unsigned workers)
{
	struct writer_options writer = {
		.graph = service->graph,
		.queue_max_bytes = QUEUE_MAX_BYTES,
	};
	struct ingest_options ingest = {
		.graph = service->graph,
		.event_max_bytes = service->gate.event_max_bytes,
		.lanes = service->loops + workers,
	};
	int r = folder_start(service->graph, &service->folder);

	if (r)
		return r;
	writer.folder = service->folder;
	r = writer_start(&writer, &service->writer);
	if (r)
		return r;
	service->gate.writer = service->writer;
	ingest.writer = service->writer;
	r = ingest_new(&ingest, &service->ingest);
	if (r)
		return r;
	return workers_start(workers, JOBS_MAX, &service->workers);
}

static int start_http(struct service *service, const struct service_options *options,
	struct fault *fault)
{
	struct http_options http = {
		.listen = options->listen,
		.loops = service->loops,
		.connections_max = options->connections_max,
		.in_flight_max = options->in_flight_max_bytes,
		.hosts = options->hosts,
		.hooks = { decide, handle, layer_problem, service },
	};
	int r = http_server_new(&http, &service->http, fault);

	return r ? r : http_server_start(service->http);
}

static unsigned processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 4 ? 4 : (unsigned)n;
}

int service_start(
	const struct service_options *options, struct service **out, struct fault *fault)
{
	struct service *service = calloc(1, sizeof(*service));
	int r;

	if (!service)
		return ERR_NOMEM;
	pthread_mutex_init(&service->writing, NULL);
	service->gate.tokens = options->tokens;
	service->gate.web = options->web_dir;
	service->gate.event_max_bytes = options->event_max_bytes;
	service->loops = options->loops ? options->loops : processors();
	service->state.version = options->version;
	service->state.started_us = clock_now_us();
	service->kept = kept_new(KEPT_MAX_BYTES);
	r = service->kept ? 0 : ERR_NOMEM;
	if (!r && options->web_dir)
		r = web_open(options->web_dir, &service->web, fault);
	if (!r)
		r = open_graph(service, options, fault);
	if (!r)
		r = start_pipeline(
			service, options->workers ? options->workers : processors());
	if (!r)
		r = start_http(service, options, fault);
	if (r) {
		(void)service_stop(service, 0);
		return r;
	}
	atomic_store(&service->state.ready, true);
	*out = service;
	return 0;
}

const char *service_address(const struct service *service)
{
	return http_server_address(service->http);
}

/* Who hands on stops before who takes. */
int service_stop(struct service *service, int64_t timeout_us)
{
	int failure;

	atomic_store(&service->state.draining, true);
	if (service->http) {
		http_server_drain(service->http, timeout_us);
		/* A client that was too slow must not reach what ends below. */
		http_server_stop(service->http);
	}
	if (service->workers)
		workers_stop(service->workers);
	failure = service->writer ? writer_failure(service->writer) : 0;
	if (service->writer)
		writer_stop(service->writer);
	if (service->folder)
		folder_stop(service->folder);
	if (service->http)
		http_server_free(service->http);
	ingest_free(service->ingest);
	kept_free(service->kept);
	web_close(service->web);
	graph_close(service->graph);
	pthread_mutex_destroy(&service->writing);
	free(service);
	return failure;
}
