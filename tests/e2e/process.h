/* SPDX-License-Identifier: Apache-2.0 */

/*
 * process.h - running the real program
 *
 * A server is started on port 0 and a data directory; what it writes to
 * standard error is collected by a thread, so that a test can wait for a line
 * instead of sleeping.  Every process dies with the test program.
 *
 * Start and end processes on the main thread only.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/* The program under test; cmake says where it is. */
extern const char program_path[];

/* What process_run() takes, for the program under test. */
#define ARGS(...) ((const char *const[]){ program_path, __VA_ARGS__, NULL })

/*
 * Runs a program to its end.  in: a file for standard input, or NULL; out and
 * err get what it wrote, or are NULL.  Returns its exit code, or 128 + signal.
 */
int process_run(
	const char *const argv[], const char *in, struct buf *out, struct buf *err);

/* Starts a program without output, and kill -9; returns whether it had not ended before.
 */
pid_t process_spawn(const char *const argv[]);
bool process_kill(pid_t pid);

struct server {
	pid_t pid;
	bool reaped;
	int status; /* exit code, or 128 + signal, once reaped */
	char address[64];

	pthread_t reader;
	int lines; /* the end of the pipe that is read */
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct buf log; /* guarded by lock, as is ended */
	bool ended;
};

#define SERVER_WAIT_US INT64_C(30000000)

/*
 * Starts `headwater serve` with options (NULL-ended, or NULL) and returns at
 * once.  Whatever happens next, server_fini() must follow.
 */
void server_spawn(struct server *server, const char *data, const char *const *options);

/* Waits until it listens; false when it ended before. */
NODISCARD bool server_ready(struct server *server);

/* Both; a server that does not become ready ends the test program with its log. */
void server_start(struct server *server, const char *data, const char *const *options);

/* Waits until its log holds the text; false when it ended or the time is over. */
NODISCARD bool server_said(struct server *server, const char *text, int64_t timeout_us);

/*
 * Waits for its end: the exit code or 128 + signal; -1 when the time is over;
 * -2 when a sanitizer had to complain (the log is printed).
 */
int server_wait(struct server *server, int64_t timeout_us);

/* SIGTERM, and server_wait(). */
int server_stop(struct server *server);

/* kill -9, and waits. */
void server_kill(struct server *server);

/* Kills it if it still runs, and frees what was kept of it. */
void server_fini(struct server *server);
