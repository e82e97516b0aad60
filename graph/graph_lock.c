/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_lock.c - who uses a data directory
 */
#include "graph/graph_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define PID_TEXT_MAX 32

/* The process that wrote its number into the lock file and is alive; 0: unknown. */
static long owner_of(int fd)
{
	char text[PID_TEXT_MAX];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long pid;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	pid = strtol(text, NULL, 10);
	if (pid <= 0 || pid > INT_MAX)
		return 0;
	return kill((pid_t)pid, 0) == 0 || errno == EPERM ? pid : 0;
}

static int locked(int fd, const char *path, struct fault *fault)
{
	long pid = owner_of(fd);

	if (pid)
		(void)fault_set(fault, path,
			"another process (pid %ld) uses it; stop it or ask it with --url",
			pid);
	else
		(void)fault_set(fault, path,
			"another process uses it; stop it or ask it with --url");
	return ERR_LOCKED;
}

/* For whoever is refused; without it they are told less. */
static void sign(int fd)
{
	char text[PID_TEXT_MAX];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, text, (size_t)n, 0);
}

int graph_lock(const char *path, bool readonly, int *out, struct fault *fault)
{
	char name[PATH_MAX];
	int flags = readonly ? O_RDONLY : O_RDWR | O_CREAT;
	int fd;
	int n;

	n = snprintf(name, sizeof(name), "%s/lock", path);
	if (n < 0 || (size_t)n >= sizeof(name))
		return fault_set(fault, path, "the path is too long");
	fd = open(name, flags | O_CLOEXEC, 0600);
	if (fd < 0 && errno == ENOENT && readonly) {
		*out = LOCK_NONE;
		return 0;
	}
	if (fd < 0) {
		n = err_from_errno(errno);
		(void)fault_set(fault, name, "cannot be opened: %s", err_text(n));
		return n;
	}
	if (flock(fd, (readonly ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0) {
		n = errno == EWOULDBLOCK ? locked(fd, path, fault)
					 : err_from_errno(errno);
		(void)close(fd);
		return n;
	}
	if (!readonly)
		sign(fd);
	*out = fd;
	return 0;
}

void graph_unlock(int lock)
{
	if (lock == LOCK_NONE)
		return;
	/* The file stays: to remove it would let two processes lock two files. */
	(void)close(lock);
}
