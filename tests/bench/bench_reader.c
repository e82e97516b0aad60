/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_reader - what reading an event costs, beside simdjson
 *
 *	bench_reader events.ndjson
 *
 * Reads every line by event_read(), and by simdjson's DOM parser, which
 * validates and makes a tree but takes nothing out of it.  Prints the median
 * of several rounds in nanoseconds per byte.
 */
#include "tests/bench/bench_simdjson.h"
#include "tests/bench/workload.h"

#include "collector/event_reader.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS	    15
#define ROUND_BYTES 50000000 /* read again and again up to this many */
#define LINES_MAX   100000

struct lines {
	struct slice list[LINES_MAX];
	size_t count;
	size_t bytes;
};

typedef size_t read_line(void *ctx, struct slice line);

static size_t read_ours(void *ctx, struct slice line)
{
	struct ol_event event;
	struct fault fault;

	arena_reset(ctx);
	return event_read(line, WORKLOAD_RECEIVED_US, ctx, &event, &fault) == 0;
}

static size_t read_simdjson(void *ctx, struct slice line)
{
	return (size_t)bench_simdjson_parse(ctx, line.ptr, line.len);
}

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

/* Nanoseconds per byte of one round; every line must be accepted. */
static double measure_round(const struct lines *lines, read_line *read, void *ctx)
{
	size_t repeats = ROUND_BYTES / lines->bytes + 1;
	size_t accepted = 0;
	int64_t begin_us = clock_monotonic_us();
	double us;

	for (size_t n = 0; n < repeats; n++)
		for (size_t i = 0; i < lines->count; i++)
			accepted += read(ctx, lines->list[i]);
	us = (double)(clock_monotonic_us() - begin_us);
	if (accepted != repeats * lines->count)
		fprintf(stderr, "only %zu of %zu lines were accepted\n",
			accepted / repeats, lines->count);
	return us * 1000.0 / ((double)repeats * (double)lines->bytes);
}

static int load(const char *path, char **data_out, size_t *len_out)
{
	FILE *file = fopen(path, "rb");
	long size;

	if (!file)
		return -1;
	if (fseek(file, 0, SEEK_END) || (size = ftell(file)) <= 0 ||
		fseek(file, 0, SEEK_SET) || !(*data_out = malloc((size_t)size))) {
		(void)fclose(file);
		return -1;
	}
	*len_out = fread(*data_out, 1, (size_t)size, file);
	return fclose(file);
}

static void cut_lines(const char *data, size_t len, struct lines *lines)
{
	const char *p = data;
	const char *end = data + len;

	while (p < end && lines->count < LINES_MAX) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *last = newline ? newline : end;

		if (last > p) {
			lines->list[lines->count++] = slice_of(p, (size_t)(last - p));
			lines->bytes += (size_t)(last - p);
		}
		p = last + 1;
	}
}

static void compare(const struct lines *lines)
{
	struct arena *arena = arena_new(65536, SIZE_MAX);
	void *parser = bench_simdjson_new();
	double ours[ROUNDS];
	double theirs[ROUNDS];

	/* In turns, so that a busy moment of the machine hits both. */
	for (int i = 0; arena && i < ROUNDS; i++) {
		ours[i] = measure_round(lines, read_ours, arena);
		theirs[i] = measure_round(lines, read_simdjson, parser);
	}
	qsort(ours, ROUNDS, sizeof(ours[0]), compare_doubles);
	qsort(theirs, ROUNDS, sizeof(theirs[0]), compare_doubles);
	printf("lines %zu, bytes a line %.0f\n", lines->count,
		(double)lines->bytes / (double)lines->count);
	printf("event_read  %.3f ns/byte\n", ours[ROUNDS / 2]);
	printf("simdjson    %.3f ns/byte (%s)\n", theirs[ROUNDS / 2],
		bench_simdjson_name());
	printf("ratio       %.2f\n", ours[ROUNDS / 2] / theirs[ROUNDS / 2]);
	bench_simdjson_free(parser);
	arena_free(arena);
}

int main(int argc, char **argv)
{
	static struct lines lines;
	char *data = NULL;
	size_t len = 0;

	if (argc != 2 || load(argv[1], &data, &len)) {
		fprintf(stderr, "usage: bench_reader events.ndjson\n");
		return 2;
	}
	cut_lines(data, len, &lines);
	if (lines.count)
		compare(&lines);
	free(data);
	return lines.count ? 0 : 1;
}
