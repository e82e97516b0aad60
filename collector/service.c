/* SPDX-License-Identifier: Apache-2.0 */

/*
 * service.c - the running collector
 *
 * Requests arrive on loop threads.  Events are read and packed there (large
 * bodies on a worker) and go to the writer; questions go to a worker, which
 * waits until the graph has every event acknowledged before the question came.
 */

#include "collector/service.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/health.h"
#include "api/problem.h"
#include "api/router.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "collector/answer.h"
#include "collector/event_reader.h"
#include "collector/facet_reader.h"
#include "collector/folder.h"
#include "collector/http_server.h"
#include "collector/inflate.h"
#include "collector/ingest.h"
#include "collector/tokens.h"
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

struct service {
	struct graph *graph;
	struct folder *folder;
	struct writer *writer;
	struct workers *workers;
	struct ingest *ingest;
	struct http_server *http;
	const struct tokens *tokens;
	size_t event_max_bytes;
	unsigned loops;
	struct server_state state;
};

/* A request on its way to a worker. */
struct job {
	struct service *service;
	struct http_request *request;
	const struct route *route;
	struct slice args[CALL_ARGS_MAX];
	uint64_t sequence; /* what the answer must have seen */
};

static void refuse(struct http_decision *out, struct reply *reply)
{
	struct http_reply http;

	answer_from_reply(&http, reply);
	out->refuse_status = http.status;
	out->refuse_media_type = http.media_type;
	out->refuse_body = http.body;
	out->refuse_body_len = http.body_len;
	out->retry_after_s = http.retry_after_s;
}

static bool is_options(const struct http_head *head)
{
	return slice_equal(head->method, SLICE("OPTIONS"));
}

static void refuse_unrouted(enum route_match match, const struct http_head *head,
	const char *allow, struct http_decision *out)
{
	struct reply reply;

	reply_init(&reply);
	if (match == MATCH_NO_PATH)
		problem_reply(&reply, 404, "there is nothing at this path");
	else if (is_options(head))
		reply.status = 204;
	else
		problem_reply(&reply, 405, "this path does not know this method");
	out->allow = match == MATCH_NO_PATH ? NULL : allow;
	out->keep_open = true;
	refuse(out, &reply);
}

static void refuse_unauthorised(int verdict, struct http_decision *out)
{
	struct reply reply;

	reply_init(&reply);
	if (verdict != TOKEN_FORBIDDEN)
		out->refuse_extra = "WWW-Authenticate: Bearer\r\n";
	if (verdict == TOKEN_MISSING)
		problem_reply(&reply, 401,
			"a token is needed: send Authorization: Bearer hw_ID_SECRET");
	else
		problem_reply(&reply, verdict == TOKEN_WRONG ? 401 : 403,
			verdict == TOKEN_WRONG ? "this token is not known here"
					       : "this token may not do that");
	/* RFC 9110 wants a 401 to say how one would be let in. */
	if (reply.status == 401)
		out->refuse_extra = "WWW-Authenticate: Bearer\r\n";
	refuse(out, &reply);
}

static bool takes_events(const struct route *route)
{
	return route->kind == ROUTE_EVENT || route->kind == ROUTE_BATCH;
}

/* Health must be visible to probes that have no token. */
static bool is_open(const struct route *route)
{
	return route->kind == ROUTE_INLINE && strcmp(route->pattern, "/metrics") != 0;
}

/* Types that cannot be JSON; clients send JSON under many odd ones. */
static bool is_foreign_type(struct slice type)
{
	static const char *const foreign[] = { "multipart/", "image/", "audio/", "video/",
		"text/html", "text/xml", "application/xml", "application/zip" };

	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (slice_starts(type, slice_from(foreign[i])))
			return true;
	}
	return false;
}

static bool is_known_encoding(struct slice encoding)
{
	static const char *const known[] = { "", "gzip", "x-gzip", "identity" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (slice_equal_nocase(encoding, known[i]))
			return true;
	}
	return false;
}

static void decide_events(
	struct service *service, const struct http_head *head, struct http_decision *out)
{
	struct reply reply;
	int failure = writer_failure(service->writer);

	out->body_max = service->event_max_bytes;
	reply_init(&reply);
	if (is_foreign_type(head->content_type))
		problem_reply(&reply, 415, "events are application/json");
	else if (!is_known_encoding(head->content_encoding))
		problem_reply(&reply, 415,
			"the content codings known here are gzip and identity");
	else if (failure)
		problem_reply(&reply, 503,
			"nothing was stored: the event log has failed: %s",
			err_text(failure));
	if (reply.status != 200)
		refuse(out, &reply);
	reply_fini(&reply);
}

static void decide(void *ctx, const struct http_head *head, struct http_decision *out)
{
	struct service *service = ctx;
	struct slice args[CALL_ARGS_MAX];
	const struct route *route = NULL;
	const char *allow = NULL;
	enum route_match match =
		route_find(head->method, head->path, args, &route, &allow);
	int verdict = TOKEN_GOOD;

	if (match != MATCH_ROUTE) {
		refuse_unrouted(match, head, allow, out);
		return;
	}
	if (service->tokens && !is_open(route))
		verdict = tokens_check(service->tokens, head->authorization,
			takes_events(route) ? SCOPE_WRITE : SCOPE_READ);
	if (verdict != TOKEN_GOOD)
		refuse_unauthorised(verdict, out);
	else if (takes_events(route))
		decide_events(service, head, out);
}

static void run_call(const struct job *job, struct snapshot *snapshot,
	struct arena *arena, struct reply *reply)
{
	const struct http_request *request = job->request;
	struct call call = {
		.snapshot = snapshot,
		.method = request->head.method,
		.path = request->head.path,
		.query = request->head.query,
		.accept = request->head.accept,
		.body = request->body,
		.arena = arena,
		.state = &job->service->state,
		.deadline_us = request->complete_us + QUESTION_US,
	};

	memcpy(call.args, job->args, sizeof(call.args));
	reply_init(reply);
	route_run(job->route, &call, reply);
	metric_observe_us(M_QUERY_TIME, clock_monotonic_us() - request->complete_us);
}

static void answer_error(struct http_request *request, int failure)
{
	struct reply reply;

	reply_init(&reply);
	problem_from_error(&reply, failure);
	answer_send(request, &reply);
}

/* The snapshot ends before the answer is sent: no reader waits for a client. */
static void answer_question(struct job *job, unsigned worker)
{
	AUTO(arena) struct arena *arena = arena_new(CALL_CHUNK, CALL_ARENA_MAX);
	struct service *service = job->service;
	struct snapshot snapshot;
	struct reply reply;
	int r = arena ? 0 : ERR_NOMEM;

	(void)worker;
	if (!r)
		r = folder_wait(service->folder, job->sequence,
			job->request->complete_us + QUESTION_US);
	if (!r)
		r = snapshot_take(service->graph, &snapshot);
	if (r) {
		answer_error(job->request, r);
		return;
	}
	run_call(job, &snapshot, arena, &reply);
	snapshot_end(&snapshot);
	answer_send(job->request, &reply);
}

static void job_main(void *arg, unsigned worker)
{
	struct job *job = arg;
	struct service *service = job->service;

	if (takes_events(job->route))
		ingest_request(service->ingest, job->request,
			job->route->kind == ROUTE_BATCH ? INGEST_ARRAY : INGEST_ANY,
			service->loops + worker);
	else
		answer_question(job, worker);
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

	atomic_store(
		&job->service->state.write_error, writer_failure(job->service->writer));
	if (!arena) {
		answer_error(job->request, ERR_NOMEM);
		return;
	}
	run_call(job, NULL, arena, &reply);
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

	if (route_find(request->head.method, request->head.path, job.args, &job.route,
		    &allow) != MATCH_ROUTE) {
		answer_error(request, ERR_NOT_FOUND); /* decide() let it pass: never */
		return;
	}
	if (takes_events(job.route) && is_quick(request->body)) {
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
		.event_max_bytes = service->event_max_bytes,
		.lanes = service->loops + workers,
	};
	int r = folder_start(service->graph, &service->folder);

	if (r)
		return r;
	writer.folder = service->folder;
	r = writer_start(&writer, &service->writer);
	if (r)
		return r;
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
	service->tokens = options->tokens;
	service->event_max_bytes = options->event_max_bytes;
	service->loops = options->loops ? options->loops : processors();
	service->state.version = options->version;
	service->state.started_us = clock_now_us();
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
	graph_close(service->graph);
	free(service);
	return failure;
}
