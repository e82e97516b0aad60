/* SPDX-License-Identifier: Apache-2.0 */

/*
 * events.c - events to send, from a seed
 */
#include "tests/e2e/events.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tests/e2e/files.h"

#define TEXT_MAX  ((size_t)64 << 20)
#define EPOCH_US  INT64_C(1767225600000000) /* 2026-01-01 */
#define HOUR_US	  INT64_C(3600000000)
#define GENERATED 430
#define RUNS	  60

uint64_t seed_new(void)
{
	const char *text = getenv("E2E_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : (uint64_t)clock_now_us();

	printf("E2E_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	return seed;
}

/* splitmix64 */
uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

size_t random_below(uint64_t *state, size_t n)
{
	return (size_t)(random_next(state) % n);
}

static void put_head(
	struct buf *out, const char *type, int64_t time_us, uint64_t run, unsigned job)
{
	char time[TIME_TEXT_MAX];

	buf_printf(out, "{\"eventType\":\"%s\",\"eventTime\":\"%s\",", type,
		time_format(time_us, time));
	buf_printf(out, "\"run\":{\"runId\":\"%08x-%04x-7000-8000-%012" PRIx64 "\"},",
		(unsigned)(run >> 32), job & 0xffff, run & 0xffffffff);
	buf_printf(
		out, "\"job\":{\"namespace\":\"etl://test\",\"name\":\"job.%u\"}", job);
}

static void put_dataset(struct buf *out, unsigned number)
{
	buf_printf(out, "{\"namespace\":\"s3://lake-%u\",\"name\":\"table/%u\"}",
		number % 3, number);
}

void event_small(struct buf *out, uint64_t seed, unsigned client, uint64_t number)
{
	uint64_t run = number / 2;
	bool ends = number % 2 == 1;
	bool shared = run % 10 == 0;
	unsigned job = shared ? 0 : client * 4 + (unsigned)run % 4 + 1;

	put_head(out, ends ? "COMPLETE" : "START",
		EPOCH_US + (int64_t)number * 1000 + client,
		(seed & 0xffff) << 48 | (shared ? 0 : (uint64_t)client + 1) << 32 | run,
		job);
	buf_str(out, ",\"inputs\":[");
	put_dataset(out, (unsigned)(run % 17));
	buf_str(out, "],\"outputs\":[");
	put_dataset(out, job + 100);
	buf_printf(out,
		"],\"producer\":\"https://example.org/%" PRIx64 "/%u/%" PRIu64 "\"}",
		seed, client, number);
}

void texts_add(struct texts *texts, struct slice text)
{
	char *copy = malloc(text.len + 1);

	if (texts->count == texts->cap) {
		texts->cap = texts->cap ? 2 * texts->cap : 256;
		texts->list = reallocarray(texts->list, texts->cap, sizeof(*texts->list));
	}
	need(copy && texts->list, "memory for", "texts");
	memcpy(copy, text.ptr, text.len);
	texts->list[texts->count++] = slice_of(copy, text.len);
}

void texts_fini(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free((void *)(uintptr_t)texts->list[i].ptr);
	free(texts->list);
	memset(texts, 0, sizeof(*texts));
}

void texts_shuffle(struct texts *texts, uint64_t *random)
{
	for (size_t i = texts->count; i > 1; i--) {
		size_t j = random_below(random, i);
		struct slice other = texts->list[j];

		texts->list[j] = texts->list[i - 1];
		texts->list[i - 1] = other;
	}
}

void texts_add_lines(struct texts *texts, struct slice text)
{
	while (text.len > 0) {
		const char *end = memchr(text.ptr, '\n', text.len);
		size_t n = end ? (size_t)(end - text.ptr) : text.len;

		if (n > 0)
			texts_add(texts, slice_of(text.ptr, n));
		n += end ? 1 : 0;
		text = slice_of(text.ptr + n, text.len - n);
	}
}

void texts_join(const struct texts *texts, struct buf *out)
{
	for (size_t i = 0; i < texts->count; i++) {
		buf_slice(out, texts->list[i]);
		buf_byte(out, '\n');
	}
}

void texts_array(const struct texts *texts, size_t from, size_t to, struct buf *out)
{
	buf_byte(out, '[');
	for (size_t i = from; i < to; i++) {
		buf_str(out, i > from ? "," : "");
		buf_slice(out, texts->list[i]);
	}
	buf_byte(out, ']');
}

/* Events without a time that can be believed count from when they came. */
static bool has_own_time(const char *name)
{
	static const char *const without[] = { "time-missing", "time-null",
		"time-unreadable", "time-not-a-string", "time-far-ahead" };

	for (size_t i = 0; i < ARRAY_LEN(without); i++) {
		if (strcmp(name, without[i]) == 0)
			return false;
	}
	return name[0] != '.';
}

/* An array keeps no blanks around its events, so they would be other bytes there. */
static struct slice without_blanks(struct slice text)
{
	while (text.len > 0 && strchr(" \t", text.ptr[0]))
		text = slice_of(text.ptr + 1, text.len - 1);
	while (text.len > 0 && strchr(" \t", text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* A line break of a pretty-printed event is a space; the mark at the start goes. */
static void add_file(struct texts *texts, const char *path)
{
	struct buf text;
	struct slice bytes;

	buf_init(&text, TEXT_MAX);
	file_read(path, &text);
	bytes = buf_get(&text);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n' || text.data[i] == '\r')
			text.data[i] = ' ';
	}
	if (slice_starts(bytes, SLICE("\xef\xbb\xbf")))
		bytes = slice_of(bytes.ptr + 3, bytes.len - 3);
	texts_add(texts, without_blanks(bytes));
	buf_fini(&text);
}

static void add_cases(struct texts *texts)
{
	DIR *dir = opendir(HEADWATER_SOURCE "/tests/cases/event-valid");
	struct dirent *entry;

	need(dir != NULL, "open", "tests/cases/event-valid");
	while ((entry = readdir(dir)) != NULL) {
		char path[E2E_PATH_MAX + 32];

		if (!has_own_time(entry->d_name))
			continue;
		snprintf(path, sizeof(path),
			HEADWATER_SOURCE "/tests/cases/event-valid/%.100s/event.json",
			entry->d_name);
		add_file(texts, path);
	}
	closedir(dir);
}

static void add_demo(struct texts *texts)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	file_read(HEADWATER_SOURCE "/scripts/demo/events.ndjson", &text);
	texts_add_lines(texts, buf_get(&text));
	buf_fini(&text);
}

static void put_some_datasets(struct buf *out, const char *member, uint64_t *random)
{
	size_t count = random_below(random, 4);

	buf_printf(out, ",\"%s\":[", member);
	for (size_t i = 0; i < count; i++) {
		buf_str(out, i ? "," : "");
		put_dataset(out, (unsigned)random_below(random, 12));
	}
	buf_byte(out, ']');
}

/* Two times of the same facet are equal now and then: the tie must not depend on order.
 */
static void put_run_event(struct buf *out, uint64_t *random)
{
	static const char *const types[] = { "START", "START", "RUNNING", "COMPLETE",
		"COMPLETE", "FAIL", "ABORT", "OTHER" };
	uint64_t run = random_below(random, RUNS);
	int64_t at_us = EPOCH_US + (int64_t)(run + random_below(random, 5)) * HOUR_US;

	put_head(out, types[random_below(random, ARRAY_LEN(types))], at_us, run + 1,
		(unsigned)run % 7);
	put_some_datasets(out, "inputs", random);
	put_some_datasets(out, "outputs", random);
	buf_byte(out, '}');
}

static void put_facet(struct buf *out, uint64_t *random)
{
	buf_printf(out, ",\"facets\":{\"documentation\":{\"description\":\"%zu\"%s}}",
		random_below(random, 1000),
		random_below(random, 3) == 0 ? ",\"_deleted\":true" : "");
}

static void put_time(struct buf *out, uint64_t *random)
{
	char time[TIME_TEXT_MAX];

	buf_printf(out, "{\"eventTime\":\"%s\",",
		time_format(
			EPOCH_US + (int64_t)random_below(random, 24) * HOUR_US, time));
}

static void put_job_event(struct buf *out, uint64_t *random)
{
	put_time(out, random);
	buf_printf(out, "\"job\":{\"namespace\":\"etl://test\",\"name\":\"job.%zu\"",
		random_below(random, 9));
	put_facet(out, random);
	buf_byte(out, '}');
	put_some_datasets(out, "inputs", random);
	put_some_datasets(out, "outputs", random);
	buf_byte(out, '}');
}

static void put_dataset_event(struct buf *out, uint64_t *random)
{
	unsigned number = (unsigned)random_below(random, 12);

	put_time(out, random);
	buf_printf(out,
		"\"dataset\":{\"namespace\":\"s3://lake-%u\",\"name\":\"table/%u\"",
		number % 3, number);
	put_facet(out, random);
	buf_str(out, "}}");
}

static void put_note_event(struct buf *out, uint64_t *random)
{
	static const char *const contents[] = { "null", "{\"x\":1}", "\"y\"", "[]" };

	put_time(out, random);
	buf_printf(out, "\"note\":{\"kind\":\"tag\",\"name\":[\"n%zu\"],\"content\":%s}}",
		random_below(random, 5),
		contents[random_below(random, ARRAY_LEN(contents))]);
}

void texts_add_everything(struct texts *texts, uint64_t *random)
{
	struct buf text;

	add_cases(texts);
	add_demo(texts);
	buf_init(&text, TEXT_MAX);
	for (int i = 0; i < GENERATED; i++) {
		buf_clear(&text);
		switch (random_below(random, 9)) {
		case 0:
			put_job_event(&text, random);
			break;
		case 1:
			put_dataset_event(&text, random);
			break;
		case 2:
			put_note_event(&text, random);
			break;
		default:
			put_run_event(&text, random);
			break;
		}
		texts_add(texts, buf_get(&text));
	}
	buf_fini(&text);
}
