/* SPDX-License-Identifier: Apache-2.0 */

/*
 * child.c - a server process under measurement
 */

#include "tests/bench/child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reads lines until one says where the server listens. */
static int read_address(struct child *child, FILE *lines)
{
	char line[1024];

	while (fgets(line, sizeof(line), lines)) {
		const char *found = strstr(line, "listen=http://");

		if (found &&
			sscanf(found, "listen=http://%63[^ \n]", child->address) == 1)
			return 0;
		fputs(line, stderr);
	}
	return -1;
}

int child_start(struct child *child, const char *const argv[])
{
	char *words[CHILD_ARGUMENTS_MAX + 1] = { NULL };
	int ends[2];
	FILE *lines;
	int r;

	for (size_t i = 0; argv[i] && i < CHILD_ARGUMENTS_MAX; i++)
		memcpy(&words[i], &argv[i], sizeof(words[i]));
	if (!argv[0] || pipe(ends))
		return -1;
	child->pid = fork();
	if (child->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(words[0], words);
		_exit(127);
	}
	close(ends[1]);
	lines = fdopen(ends[0], "r");
	r = lines ? read_address(child, lines) : -1;
	/* The end stays open: the server may say more, and a pipe holds enough for that.
	 */
	return r;
}

static int read_proc(const struct child *child, const char *name, char *text, int size)
{
	char path[64];
	FILE *file;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)child->pid, name);
	file = fopen(path, "r");
	if (!file)
		return -1;
	r = fgets(text, size, file) ? 0 : -1;
	fclose(file);
	return r;
}

/* The number behind so many spaces; 0 when there is none. */
static uint64_t number_at(const char *text, unsigned spaces)
{
	for (; text && spaces > 0; spaces--) {
		text = strchr(text, ' ');
		if (text)
			text++;
	}
	return text ? strtoull(text, NULL, 10) : 0;
}

int64_t child_cpu_us(const struct child *child)
{
	char text[1024];
	char *rest =
		read_proc(child, "stat", text, sizeof(text)) ? NULL : strrchr(text, ')');
	uint64_t user = number_at(rest, 12);
	uint64_t system = number_at(rest, 13);

	return (int64_t)(user + system) * 1000000 / sysconf(_SC_CLK_TCK);
}

uint64_t child_memory(const struct child *child)
{
	char text[256];
	char *rest = read_proc(child, "statm", text, sizeof(text)) ? NULL : text;

	return number_at(rest, 1) * (uint64_t)sysconf(_SC_PAGESIZE);
}

int child_stop(struct child *child)
{
	int status;

	kill(child->pid, SIGTERM);
	if (waitpid(child->pid, &status, 0) != child->pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
