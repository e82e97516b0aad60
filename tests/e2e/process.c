/* SPDX-License-Identifier: Apache-2.0 */

/*
 * process.c - running the real program
 */
#define _GNU_SOURCE /* memfd_create(), memmem(), pipe2() */
#include "tests/e2e/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/e2e/files.h"

#define LOG_MAX	    ((size_t)64 << 20)
#define OPTIONS_MAX 16

const char program_path[] = HEADWATER_PROGRAM;

/* After fork(): -1 leaves a stream as it is. */
static void become(const char *const argv[], int in, int out, int err)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (in >= 0)
		dup2(in, STDIN_FILENO);
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	if (err >= 0)
		dup2(err, STDERR_FILENO);
	/* execv() changes nothing; its type is older than const. */
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What was written to a memory file. */
static void collect(int fd, struct buf *out)
{
	off_t at = 0;
	ssize_t n;

	while (out) {
		char *to = buf_reserve(out, 65536);

		need(to != NULL, "memory for", "output");
		n = pread(fd, to, 65536, at);
		if (n <= 0)
			break;
		buf_advance(out, (size_t)n);
		at += n;
	}
	close(fd);
}

int process_run(
	const char *const argv[], const char *in, struct buf *out, struct buf *err)
{
	int fd_in = open(in ? in : "/dev/null", O_RDONLY | O_CLOEXEC);
	int fd_out = memfd_create("out", MFD_CLOEXEC);
	int fd_err = memfd_create("err", MFD_CLOEXEC);
	int status = 0;
	pid_t pid;

	need(fd_in >= 0 && fd_out >= 0 && fd_err >= 0, "open", argv[0]);
	pid = fork();
	need(pid >= 0, "fork", argv[0]);
	if (pid == 0)
		become(argv, fd_in, fd_out, err ? fd_err : -1);
	need(waitpid(pid, &status, 0) == pid, "wait", argv[0]);
	close(fd_in);
	collect(fd_out, out);
	collect(fd_err, err);
	return exit_status(status);
}

pid_t process_spawn(const char *const argv[])
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid = fork();

	need(nowhere >= 0 && pid >= 0, "fork", argv[0]);
	if (pid == 0)
		become(argv, nowhere, nowhere, nowhere);
	close(nowhere);
	return pid;
}

bool process_kill(pid_t pid)
{
	int status = 0;

	kill(pid, SIGKILL);
	need(waitpid(pid, &status, 0) == pid, "wait", program_path);
	return exit_status(status) == 128 + SIGKILL;
}

static void *read_lines(void *arg)
{
	struct server *server = arg;
	char bytes[4096];
	ssize_t n;

	do {
		n = read(server->lines, bytes, sizeof(bytes));
		pthread_mutex_lock(&server->lock);
		if (n > 0)
			buf_bytes(&server->log, bytes, (size_t)n);
		server->ended = n <= 0;
		pthread_cond_broadcast(&server->more);
		pthread_mutex_unlock(&server->lock);
	} while (n > 0);
	return NULL;
}

static void start_reader(struct server *server, int lines)
{
	pthread_condattr_t attr;

	server->lines = lines;
	buf_init(&server->log, LOG_MAX);
	pthread_mutex_init(&server->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&server->more, &attr);
	pthread_condattr_destroy(&attr);
	need(pthread_create(&server->reader, NULL, read_lines, server) == 0, "thread",
		"");
}

void server_spawn(struct server *server, const char *data, const char *const *options)
{
	const char *argv[OPTIONS_MAX + 7] = { program_path, "serve", "--data", data,
		"--listen=127.0.0.1:0" };
	int ends[2];

	/* Options of the caller come later, and count. */
	for (size_t i = 0; options && options[i] && i < OPTIONS_MAX; i++)
		argv[i + 5] = options[i];
	memset(server, 0, sizeof(*server));
	need(pipe2(ends, O_CLOEXEC) == 0, "pipe", "");
	server->pid = fork();
	need(server->pid >= 0, "fork", program_path);
	if (server->pid == 0)
		become(argv, -1, -1, ends[1]);
	close(ends[1]);
	start_reader(server, ends[0]);
}

/* With the lock held: text in the log, or NULL. */
static const char *find_said(struct server *server, const char *text)
{
	return server->log.len
		       ? memmem(server->log.data, server->log.len, text, strlen(text))
		       : NULL;
}

/* Waits with the lock held until the text stands in the log, the server ended, or time.
 */
static const char *wait_said(struct server *server, const char *text, int64_t timeout_us)
{
	int64_t end_us = clock_monotonic_us() + timeout_us;
	struct timespec end = { end_us / 1000000, end_us % 1000000 * 1000 };
	const char *found = NULL;
	int r = 0;

	while (r == 0) {
		found = text ? find_said(server, text) : NULL;
		if (found || server->ended)
			break;
		r = pthread_cond_timedwait(&server->more, &server->lock, &end);
	}
	return found;
}

bool server_said(struct server *server, const char *text, int64_t timeout_us)
{
	bool said;

	pthread_mutex_lock(&server->lock);
	said = wait_said(server, text, timeout_us) != NULL;
	pthread_mutex_unlock(&server->lock);
	return said;
}

bool server_ready(struct server *server)
{
	const char *found;
	bool ready;

	pthread_mutex_lock(&server->lock);
	found = wait_said(server, "ready listen=http://", SERVER_WAIT_US);
	ready = found && sscanf(found, "ready listen=http://%63s", server->address) == 1;
	pthread_mutex_unlock(&server->lock);
	return ready;
}

static void print_log(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	fwrite(server->log.data, 1, server->log.len, stderr);
	pthread_mutex_unlock(&server->lock);
}

void server_start(struct server *server, const char *data, const char *const *options)
{
	server_spawn(server, data, options);
	if (server_ready(server))
		return;
	print_log(server);
	need(false, "start a server on", data);
}

int server_wait(struct server *server, int64_t timeout_us)
{
	static const char *const complaints[] = { "Sanitizer", "runtime error:" };
	int status = 0;
	bool ended;

	pthread_mutex_lock(&server->lock);
	(void)wait_said(server, NULL, timeout_us);
	ended = server->ended;
	pthread_mutex_unlock(&server->lock);
	if (!ended)
		return -1;
	if (!server->reaped) {
		need(waitpid(server->pid, &status, 0) == server->pid, "wait",
			program_path);
		server->status = exit_status(status);
		server->reaped = true;
	}
	for (size_t i = 0; i < ARRAY_LEN(complaints); i++) {
		if (server_said(server, complaints[i], 0)) {
			print_log(server);
			return -2;
		}
	}
	return server->status;
}

int server_stop(struct server *server)
{
	kill(server->pid, SIGTERM);
	return server_wait(server, SERVER_WAIT_US);
}

void server_kill(struct server *server)
{
	if (!server->reaped)
		kill(server->pid, SIGKILL);
	(void)server_wait(server, SERVER_WAIT_US);
}

void server_fini(struct server *server)
{
	server_kill(server);
	pthread_join(server->reader, NULL);
	close(server->lines);
	buf_fini(&server->log);
	pthread_cond_destroy(&server->more);
	pthread_mutex_destroy(&server->lock);
}
