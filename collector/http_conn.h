/* SPDX-License-Identifier: Apache-2.0 */

/*
 * http_conn.h - a connection: bytes in, requests to the hooks, answers in order
 *
 * An exchange is a request and its answer.  A connection queues its exchanges
 * in the order of their requests and sends the answers in that order; requests
 * with a body may be with the hooks together, one without a body is handed
 * over when all before it are answered.
 *
 *	http_input.c	receives, reads heads and bodies, judges
 *	http_output.c	sends, and closes in a way that the answer is readable
 *	http_conn.c	opens, keeps the deadlines, closes
 *
 * Only the loop's thread calls what is declared here, but for http_conn_new()
 * and http_conn_discard().  A connection that is closed stays until
 * http_conn_settle(), which every callback ends with.
 */
#pragma once

#include "base/attr.h"
#include "collector/http_loop.h"
#include "collector/http_read.h"
#include "collector/http_write.h"

/* Requests of one connection that are not answered and sent yet. */
#define HTTP_PIPELINE_MAX 16

/* Said when the client waits to hear that its body is wanted. */
#define HTTP_INTERIM	 "HTTP/1.1 100 Continue\r\n\r\n"
#define HTTP_INTERIM_LEN (sizeof(HTTP_INTERIM) - 1)

/* What a client may still send after the last answer before we hang up. */
#define HTTP_LINGER_BYTES ((uint64_t)8 << 20)

enum http_phase {
	PHASE_IDLE,   /* between two requests */
	PHASE_HEAD,   /* a head has begun */
	PHASE_BODY,   /* a body is being received */
	PHASE_ANSWER, /* the hooks have requests; no deadline of ours */
	PHASE_WRITE,  /* the client does not take its answers fast enough */
	PHASE_LINGER, /* all is said; what still comes is thrown away */
};

struct http_exchange {
	struct http_request request;
	struct http_loop *loop;
	struct http_conn *conn;	    /* NULL: it is gone */
	struct http_exchange *next; /* in the connection's queue */
	struct http_exchange *prev; /* among the orphans, with next */
	struct http_exchange *mail;
	struct http_reply reply;
	char *body;
	size_t body_len;
	size_t body_room;
	uint64_t charged; /* of common->in_flight */
	struct http_chunk_reader chunks;
	bool handed; /* the hooks have it, or had it */
	bool answered;
	bool in_turn;	      /* a question with a body; see http_server.h */
	bool held;	      /* complete, and waits for those before it */
	bool last;	      /* the connection ends after it */
	uint8_t interim_left; /* bytes of HTTP_INTERIM to be sent */
	uint16_t head_len;
	size_t sent; /* of head and body */
	char head[HTTP_REPLY_HEAD_MAX];
	char text[]; /* what the request's slices point into */
};

/* Whether it has its turn alone: after those before it, and before what follows. */
static inline bool http_exchange_is_question(const struct http_exchange *exchange)
{
	return exchange->in_turn || !exchange->request.head.has_body;
}

struct http_conn {
	struct http_loop *loop;
	struct http_conn *next; /* on the loop */
	struct http_conn *prev;
	struct http_conn *touched; /* in a batch of answers */
	struct http_peer peer;
	struct event read;
	struct event write;
	struct event timer;
	int fd; /* -1: closed */
	bool is_touched;
	bool busy;	/* input runs: an answer need not start the output */
	bool reading;	/* the read event is on */
	bool unsent;	/* the write event is on: the socket is full */
	bool yielded;	/* pending holds requests whose turn comes again */
	bool finished;	/* the client sends no more */
	bool closing;	/* no further request is read */
	bool lingering; /* all is sent */
	uint8_t phase;	/* enum http_phase */
	uint32_t requests;
	uint32_t phase_requests; /* of them when the phase began */
	int64_t phase_since_us;
	int64_t due_us;	   /* when the timer has something to do */
	int64_t armed_us;  /* when it goes off; INT64_MAX: it does not */
	uint64_t progress; /* bytes that had come or gone at progress_us */
	int64_t progress_us;
	uint64_t sent_total;
	uint64_t discarded;
	struct http_reader reader;
	char *pending; /* bytes not read yet */
	size_t pending_len;
	size_t pending_room;
	struct http_exchange *first; /* oldest */
	struct http_exchange *newest;
	struct http_exchange *current; /* its body is being received */
	unsigned queued;
	unsigned unanswered;
};

/* Takes the socket; on failure (NULL) it stays the caller's. */
NODISCARD struct http_conn *http_conn_new(
	struct http_common *common, int fd, struct http_peer peer);
/* Closes and frees one that no loop has opened. */
void http_conn_discard(struct http_common *common, struct http_conn *conn);

/* Puts it on the loop and begins to read. */
void http_conn_open(struct http_conn *conn, struct http_loop *loop);

/* Closes the socket; unanswered exchanges become orphans of the loop. */
void http_conn_close(struct http_conn *conn);

/* The end of every callback: the events and the deadline that are now right. */
void http_conn_settle(struct http_conn *conn);

static inline bool http_conn_is_open(const struct http_conn *conn)
{
	return conn->fd >= 0;
}

/* http_input.c */

/* True when a further request may be read. */
bool http_input_may_parse(const struct http_conn *conn);

/* True when bytes may be received: for the body, or for a request. */
bool http_input_may_receive(const struct http_conn *conn);

/* Receives once, and does all that can be done with what is there. */
void http_input_receive(struct http_conn *conn);

/* The same with the bytes that were left, after an answer was sent or a turn ended. */
void http_input_resume(struct http_conn *conn);

/* Answers the request that is being read with a refusal; the connection ends. */
void http_input_refuse(struct http_conn *conn, int status, const char *why);

/* http_output.c */

/* Gives a whole exchange to the hooks, now or when those before it are answered. */
void http_output_hand_over(struct http_exchange *exchange);

/* The reply of the exchange is filled in: makes its head. */
void http_output_answered(struct http_exchange *exchange);

/* Sends what may be sent. */
void http_output_flush(struct http_conn *conn);

/* http_exchange.c */

static inline struct http_exchange *http_exchange_of(struct http_request *request)
{
	/* The request is the first member. */
	return (struct http_exchange *)(void *)request;
}

/* With copies of what the message's slices point at; at the end of the queue. */
NODISCARD struct http_exchange *http_exchange_new(
	struct http_conn *conn, const struct http_message *message);

/* Gives the body's bytes and its share of the budget back. */
void http_exchange_drop_body(struct http_exchange *exchange);
void http_exchange_free(struct http_exchange *exchange);

/* True while the budget of all loops has room for bytes of a body to come. */
bool http_exchange_fits(const struct http_exchange *exchange, uint64_t bytes);

/* Counts bytes of a body; false when the budget of all loops is used up. */
bool http_exchange_charge(struct http_exchange *exchange, uint64_t bytes);
