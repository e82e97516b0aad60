/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_event_cases.c - tests/cases/event-valid and event-invalid
 *
 * event-valid/CASE/event.json is read as expected.txt says, line by line;
 * event-invalid/CASE/event.json is refused as error.txt says: where, why, at
 * which byte.  A new case is a new folder.
 */
#include "collector/event_reader.h"

#include "base/buf.h"
#include "base/clock.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FILE_MAX    4000000
#define SHOWN_MAX   20			      /* bytes of a facet */
#define RECEIVED_US INT64_C(1786000000000000) /* 2026-08-06T07:06:40Z */

/* Quoted; bytes that cannot be seen, or that would look alike, as \xNN. */
static void put_text(struct buf *out, struct slice text)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c < 0x20 || c >= 0x7f || c == '\\')
			buf_printf(out, "\\x%02x", c);
		else
			buf_byte(out, (char)c);
	}
	buf_byte(out, '"');
}

static void put_names(
	struct buf *out, const char *what, struct slice namespace, struct slice name)
{
	buf_printf(out, "%s ", what);
	put_text(out, namespace);
	buf_byte(out, ' ');
	put_text(out, name);
	buf_byte(out, '\n');
}

static void put_facets(struct buf *out, const char *what, const struct ol_facets *facets)
{
	for (size_t i = 0; i < facets->count; i++) {
		const struct ol_facet *facet = &facets->list[i];
		size_t shown =
			facet->bytes.len < SHOWN_MAX ? facet->bytes.len : SHOWN_MAX;

		buf_printf(out, "  %s ", what);
		put_text(out, facet->name);
		buf_printf(out, " %zu bytes%s ", facet->bytes.len,
			facet->deleted ? " deleted" : "");
		put_text(out, slice_of(facet->bytes.ptr, shown));
		buf_byte(out, '\n');
	}
}

static void put_datasets(
	struct buf *out, const char *what, const struct ol_datasets *datasets)
{
	for (size_t i = 0; i < datasets->count; i++) {
		const struct ol_dataset *dataset = &datasets->list[i];

		put_names(out, what, dataset->namespace, dataset->name);
		put_facets(out, "facet", &dataset->facets);
		put_facets(out, "io-facet", &dataset->io_facets);
	}
}

static void put_ancestor(
	struct buf *out, const char *what, const struct ol_ancestor *ancestor)
{
	char id[RUNID_TEXT_MAX];

	if (!ancestor->name.ptr)
		return;
	buf_printf(out, "%s %s%s ", what, runid_format(&ancestor->run, id),
		ancestor->run_derived ? " derived" : "");
	put_text(out, ancestor->run_text);
	put_names(out, " of", ancestor->namespace, ancestor->name);
}

static void put_head(struct buf *out, const struct ol_event *event)
{
	static const char *const kinds[] = { "", "run", "job", "dataset", "note" };
	char text[TIME_TEXT_MAX];
	char id[RUNID_TEXT_MAX];

	buf_printf(out, "%s %s %s%s\n", kinds[event->kind], event_type_text(event->type),
		time_format(event->time_us, text), event->time_guessed ? " guessed" : "");
	if (event->kind == EVENT_RUN) {
		buf_printf(out, "run %s ", runid_format(&event->run, id));
		put_text(out, event->run_text);
		buf_byte(out, '\n');
		put_facets(out, "facet", &event->run_facets);
		put_ancestor(out, "parent", &event->parent);
		put_ancestor(out, "root", &event->root);
	}
}

static void put_note(struct buf *out, const struct ol_note *note)
{
	buf_printf(out, "note %.*s", (int)note->kind.len, note->kind.ptr);
	for (size_t i = 0; i < note->name_count; i++) {
		buf_byte(out, ' ');
		put_text(out, note->names[i]);
	}
	buf_str(out, "\n  content ");
	if (note->content.ptr)
		put_text(out, note->content);
	else
		buf_str(out, "taken back");
	buf_byte(out, '\n');
}

static void put_event(struct buf *out, const struct ol_event *event)
{
	put_head(out, event);
	if (event->kind == EVENT_DATASET) {
		put_names(out, "dataset", event->dataset.namespace, event->dataset.name);
		put_facets(out, "facet", &event->dataset.facets);
	} else if (event->kind == EVENT_NOTE) {
		put_note(out, event->note);
	} else {
		put_names(out, "job", event->job.namespace, event->job.name);
		put_facets(out, "facet", &event->job.facets);
		put_datasets(out, "input", &event->inputs);
		put_datasets(out, "output", &event->outputs);
	}
	put_names(out, "producer", event->producer, event->schema_url);
	for (uint32_t i = 0; i < event->warnings; i++)
		buf_printf(out, "warning%s%s%s%s\n", i ? "" : " ",
			i ? "" : event->warning->where, i ? "" : ": ",
			i ? "" : event->warning->why);
}

static void put_fault(struct buf *out, const struct fault *fault)
{
	buf_printf(out, "where: %s\nwhy: %s\noffset: %llu\n", fault->where, fault->why,
		(unsigned long long)fault->offset);
}

/* The whole file in memory of exactly its size; the caller frees it. */
static struct slice load(const char *folder, const char *name, const char *file)
{
	char path[1024];
	FILE *stream;
	char *data = malloc(FILE_MAX);
	size_t len;

	assert_non_null(data);
	assert_in_range(snprintf(path, sizeof(path), "%s/%s/%s/%s", CASES_DIR, folder,
				name, file),
		1, sizeof(path) - 1);
	stream = fopen(path, "rb");
	if (!stream)
		fail_msg("%s is missing", path);
	len = fread(data, 1, FILE_MAX, stream);
	assert_in_range(len, 0, FILE_MAX - 1);
	assert_int_equal(fclose(stream), 0);
	data = realloc(data, len ? len : 1);
	assert_non_null(data);
	return slice_of(data, len);
}

static void unload(struct slice file)
{
	free((void *)(uintptr_t)file.ptr);
}

static int describe(struct slice text, struct buf *out)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 24);
	struct ol_event event;
	struct fault fault;
	int r;

	assert_non_null(arena);
	r = event_read(text, RECEIVED_US, arena, &event, &fault);
	if (r)
		put_fault(out, &fault);
	else
		put_event(out, &event);
	assert_int_equal(buf_error(out), 0);
	return r;
}

static void check_case(
	const char *folder, const char *name, const char *answer, int result)
{
	struct slice text = load(folder, name, "event.json");
	struct slice expected = load(folder, name, answer);
	struct buf got;

	buf_init(&got, FILE_MAX);
	assert_int_equal(describe(text, &got), result);
	if (!slice_equal(buf_get(&got), expected))
		fail_msg("%s/%s gives:\n%.*s", folder, name, (int)got.len, got.data);
	buf_fini(&got);
	unload(text);
	unload(expected);
}

static void check_folder(const char *folder, const char *answer, int result)
{
	char path[1024];
	struct dirent **entries;
	int count;

	(void)snprintf(path, sizeof(path), "%s/%s", CASES_DIR, folder);
	count = scandir(path, &entries, NULL, alphasort);
	assert_in_range(count, 3, 10000);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			check_case(folder, entries[i]->d_name, answer, result);
		free(entries[i]);
	}
	free(entries);
}

static void valid_events_are_read_as_expected(void **state)
{
	(void)state;
	check_folder("event-valid", "expected.txt", 0);
}

static void invalid_events_are_refused_as_expected(void **state)
{
	(void)state;
	check_folder("event-invalid", "error.txt", ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_events_are_read_as_expected),
		cmocka_unit_test(invalid_events_are_refused_as_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
