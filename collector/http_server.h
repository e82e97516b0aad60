/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_server.h - listeners, loops and connections; knows no route
 *
 * One or more loop threads each own their connections.  A request is judged
 * twice: decide() at the end of its head, before a byte of body is kept, and
 * handle() when its body is complete.  Both run on the connection's loop and
 * must not block.  handle() may answer at once or hand the request to another
 * thread; whoever has it answers it once, from any thread, with
 * http_reply_send().  Answers of one connection leave in order of requests.
 *
 * Requests of one connection that have a body may be with the hooks together,
 * a few of them; one without a body is a question, and so is one of which
 * decide() says so.  A question comes to handle() when all before it are answered,
 * so that it sees what they brought.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct http_server;

struct http_head {
	struct slice method;
	struct slice path;     /* decoded once, begins with '/'; "*" for OPTIONS * */
	struct slice raw_path; /* the same as received: a "%2F" is no separator */
	struct slice query;    /* as received */
	struct slice authorization;
	struct slice accept;
	struct slice content_type;
	struct slice content_encoding;
	struct slice user_agent;
	uint64_t content_length; /* 0 when chunked or none */
	bool chunked;
	bool has_body;
	bool head_only; /* HEAD: the body of the answer is counted, not sent */
};

/* What decide() says: go on with a body up to a limit, or answer now and close. */
struct http_decision {
	uint64_t body_max; /* larger is 413 */
	int refuse_status; /* 0: go on */
	const char *refuse_media_type;
	char *refuse_body; /* malloc'd, taken; or NULL */
	size_t refuse_body_len;
	const char *allow;	  /* static, for 405; or NULL */
	const char *refuse_extra; /* static; see struct http_reply */
	int retry_after_s;
	bool keep_open; /* a refused request without body keeps its connection */
	bool in_turn;	/* a question, though it has a body */
};

/* Longest value of the field Headwater-Outcome, with its NUL. */
#define HTTP_OUTCOME_SIZE 96

/* The same of Location. */
#define HTTP_LOCATION_SIZE 96

/* A complete request.  Its slices live until it is answered. */
struct http_request {
	struct http_head head;
	struct slice body;   /* de-chunked, not inflated */
	int64_t complete_us; /* clock_monotonic_us() when the last byte came */
	unsigned loop;	     /* index of the loop it lives on */
};

/* Gives the body's memory (malloc'd) to the caller; the request then has none. */
char *http_request_take_body(struct http_request *request, size_t *len_out);

struct http_reply {
	int status;
	const char *media_type; /* NULL: no body */
	const char *allow;	/* or NULL */
	int retry_after_s;	/* 0: none */
	const char *extra;	/* further complete header lines, each with CRLF, or NULL;
				   static */
	char *body;		/* malloc'd, taken; or NULL */
	size_t body_len;
	/* NULL: free(); else gives the body back, on any thread. */
	void (*release)(char *body, size_t len);
	bool close;
	/* Values of Headwater-Outcome and Location, or empty; sent when printable ASCII.
	 */
	char outcome[HTTP_OUTCOME_SIZE];
	char location[HTTP_LOCATION_SIZE];
};

/* Any thread, once for each request; takes the request and the body. */
void http_reply_send(struct http_request *request, const struct http_reply *reply);

struct http_hooks {
	void (*decide)(
		void *ctx, const struct http_head *head, struct http_decision *out);
	void (*handle)(void *ctx, struct http_request *request);
	/* An answer the layer makes itself (400, 408, 413, 431 ...): gives the body for
	 * it. */
	void (*problem)(void *ctx, int status, const char *why, struct http_reply *out);
	void *ctx;
};

/* 0 in a number means the default that the comment names. */
struct http_options {
	const char *listen;	  /* "127.0.0.1:5000", "[::1]:0" */
	unsigned loops;		  /* threads; the number of processors, at most 4 */
	unsigned connections_max; /* 4096 */
	unsigned connections_per_address_max; /* 256; loopback exempt */
	uint64_t in_flight_max;	  /* bytes of bodies held; 64 MiB; beyond it 503 */
	const char *const *hosts; /* allowed names in Host beside addresses and localhost;
				     NULL-ended, or NULL */
	int64_t idle_us, head_us, body_us, write_stall_us,
		linger_us; /* 60 s, 10 s, 30 s, 30 s, 2 s */
	struct http_hooks hooks;
};

/* Listens; ERR_ADDRESS, ERR_PERMISSION, ERR_INVALID with a fault that says what to do. */
NODISCARD int http_server_new(const struct http_options *options,
	struct http_server **out, struct fault *fault);

/* Starts the loop threads. */
NODISCARD int http_server_start(struct http_server *server);

/* Where it listens: port 0 has become a real one.  "127.0.0.1:43127" */
const char *http_server_address(const struct http_server *server);

/*
 * Stops accepting at once, answers every request whose head was read, closes
 * idle connections, and returns when all are closed or the time is over.
 */
void http_server_drain(struct http_server *server, int64_t timeout_us);

/*
 * Ends the loops: no hook is called any more and no connection is served.
 * Requests may still be answered; nobody hears it.
 */
void http_server_stop(struct http_server *server);

/* Stops it and frees everything; unanswered requests must not be answered any
 * more. */
void http_server_free(struct http_server *server);
