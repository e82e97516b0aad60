/* SPDX-License-Identifier: Apache-2.0 */

/*
 * progress.h - how far a long command is: a bar on a terminal, else lines
 *
 * Writes to standard error: a bar ten times a second, or a line every ten
 * seconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what;
	bool bar;
	int64_t started_us;
	int64_t next_us;
};

void progress_start(struct progress *progress, const char *what);

/* done of total bytes (total 0: not known) and the events so far. */
void progress_show(
	struct progress *progress, uint64_t done, uint64_t total, uint64_t events);

/* Takes the bar away. */
void progress_end(struct progress *progress);
