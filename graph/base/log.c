/* SPDX-License-Identifier: Apache-2.0 */

/*
 * log.c - one line, one write
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "graph/base/text.h"

#define LOG_LINE_MAX 2048
/* Kept free for " held=N" and the end of the line. */
#define LOG_TAIL_MAX 32
#define SECOND_US    1000000

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

static _Atomic int top_level = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&top_level, (int)level, memory_order_relaxed);
}

int log_level_from_text(const char *text, enum log_level *out)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
		if (strcmp(text, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return 0;
		}
	}
	return 1;
}

static bool wanted(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&top_level, memory_order_relaxed);
}

/* A log that cannot be written has nowhere to complain. */
static void write_all(const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(STDERR_FILENO, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

PRINTF(3, 0)
static void emit(enum log_level level, unsigned held, const char *fmt, va_list args)
{
	char line[LOG_LINE_MAX + LOG_TAIL_MAX];
	char now[TIME_TEXT_MAX];
	int saved = errno;
	size_t len;

	len = text_format(line, LOG_LINE_MAX, "%s %s ", time_format(clock_now_us(), now),
		level_names[level]);
	len += text_vformat(line + len, LOG_LINE_MAX - len, fmt, args);
	if (held)
		len += text_format(line + len, LOG_TAIL_MAX - 1, " held=%u", held);
	line[len++] = '\n';
	write_all(line, len);
	errno = saved;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	va_list args;

	if (!wanted(level))
		return;
	va_start(args, fmt);
	emit(level, 0, fmt, args);
	va_end(args);
}

/* Of threads that come at once, the one that moves next_us on may write. */
static bool pass(struct log_limit *limit)
{
	long long now = clock_monotonic_us();
	long long next = atomic_load(&limit->next_us);

	return now >= next &&
	       atomic_compare_exchange_strong(&limit->next_us, &next, now + SECOND_US);
}

void log_limited(struct log_limit *limit, enum log_level level, const char *fmt, ...)
{
	va_list args;

	if (!wanted(level))
		return;
	if (!pass(limit)) {
		atomic_fetch_add(&limit->held, 1);
		return;
	}
	va_start(args, fmt);
	emit(level, atomic_exchange(&limit->held, 0), fmt, args);
	va_end(args);
}
