/* SPDX-License-Identifier: Apache-2.0 */

/*
 * progress.c - how far a long command is
 */

#include "collector/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define BAR_WIDTH 30
#define BAR_US	  INT64_C(100000)
#define LINE_US	  INT64_C(10000000)

void progress_start(struct progress *progress, const char *what)
{
	progress->what = what;
	progress->bar = isatty(STDERR_FILENO);
	progress->started_us = clock_monotonic_us();
	progress->next_us = progress->started_us + (progress->bar ? BAR_US : LINE_US);
}

static void show_bar(const char *what, int percent, uint64_t events, uint64_t rate)
{
	char bar[BAR_WIDTH + 1];

	for (int i = 0; i < BAR_WIDTH; i++)
		bar[i] = i * 100 < percent * BAR_WIDTH ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r%s [%s] %3d %%  %llu events, %llu/s ", what, bar, percent,
		(unsigned long long)events, (unsigned long long)rate);
}

void progress_show(
	struct progress *progress, uint64_t done, uint64_t total, uint64_t events)
{
	int64_t now_us = clock_monotonic_us();
	int64_t spent_us = now_us - progress->started_us;
	uint64_t rate = spent_us > 0 ? events * 1000000 / (uint64_t)spent_us : 0;
	int percent = total > 0 ? (int)(done * 100 / total) : 0;

	if (now_us < progress->next_us)
		return;
	progress->next_us = now_us + (progress->bar ? BAR_US : LINE_US);
	if (progress->bar)
		show_bar(progress->what, percent, events, rate);
	else
		fprintf(stderr, "%s: %d %%, %llu events, %llu/s\n", progress->what,
			percent, (unsigned long long)events, (unsigned long long)rate);
}

void progress_end(struct progress *progress)
{
	if (progress->bar)
		fputs("\r\033[K", stderr);
}
