/* SPDX-License-Identifier: Apache-2.0 */

/*
 * child.h - a server process under measurement
 */
#pragma once

#include "base/attr.h"

#include <stdint.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	char address[64]; /* "127.0.0.1:PORT" */
};

#define CHILD_ARGUMENTS_MAX 16

/*
 * Starts a program whose line on standard error says listen=http://ADDRESS,
 * and waits for that line.  argv ends with NULL.  Returns 0, or -1.
 */
NODISCARD int child_start(struct child *child, const char *const argv[]);

/* Processor time that it has used, in microseconds. */
int64_t child_cpu_us(const struct child *child);

/* Resident memory in bytes. */
uint64_t child_memory(const struct child *child);

/* SIGTERM, and waits; returns its exit status, or -1. */
int child_stop(struct child *child);
