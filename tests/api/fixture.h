/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fixture.h - a real graph in a fresh directory, and questions to it
 *
 *	struct fixture f;
 *	struct reply reply;
 *
 *	fixture_open(&f);
 *	fixture_add(&f, SLICE("{...}"), received_us);
 *	fixture_publish(&f);
 *	fixture_get(&f, "/api/v2/nodes", "kind=job", &reply);
 *	...
 *	reply_fini(&reply);
 *	fixture_close(&f);
 *
 * What goes wrong fails the test at once.
 */
#pragma once

#include "api/call.h"
#include "api/health.h"
#include "graph/graph.h"
#include "tests/unit/tempdir.h"

#include <jansson.h>

struct fixture {
	struct tempdir dir;
	struct graph *graph;
	struct log_packer *packer;
	struct arena *arena;
	struct server_state state;
	int64_t deadline_us; /* of the calls; 0: none */
	size_t body_max;     /* of replies; 0: REPLY_MAX */
	struct slice accept;
	struct kept_answers *kept; /* of the calls; or NULL */
};

void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);

/* Appends and folds one event; readers see it after fixture_publish(). */
void fixture_add(struct fixture *f, struct slice event, int64_t received_us);
void fixture_publish(struct fixture *f);

/* One event a line; the n-th is received n seconds after 2026-08-10T00:00:00Z. */
void fixture_add_lines(struct fixture *f, const char *path);

/* Asks as the server does: route, handler, complete reply. */
void fixture_get(
	struct fixture *f, const char *path, const char *query, struct reply *reply);

/* The same with any method and a body.  What a reply wants stored is not. */
struct question {
	const char *method;
	const char *path;
	const char *query;
	struct slice body;
};
void fixture_ask(struct fixture *f, const struct question *question, struct reply *reply);

/*
 * As the server does: what the reply wants stored is, received at that time, and who
 * is to answer then does.
 */
void fixture_write(struct fixture *f, const struct question *question,
	int64_t received_us, struct reply *reply);

/* As fixture_get(); the reply must be 200 and JSON.  The caller drops the reference. */
json_t *fixture_json(struct fixture *f, const char *path, const char *query);

/* A whole file; NUL-terminated, the caller frees it. */
char *fixture_read_file(const char *path, size_t *len_out);
