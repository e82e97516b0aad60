/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_event_reader.c - any bytes as an event, and as a batch of them
 *
 * What is refused has a fault within the bytes.  What is accepted is JSON by
 * jansson's judgement too (but for what is tolerated), consists of bytes of
 * the text or of the arena, and is accepted again, with the same hashes.  An
 * element of a batch lies in the batch, behind the one before it.
 */
#include "collector/event_reader.h"
#include "tests/json_oracle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARENA_CHUNK 4096
#define ARENA_MAX   (1 << 24)

static void require(bool what)
{
	if (!what)
		abort();
}

static bool is_inside(struct slice part, struct slice whole)
{
	return part.ptr >= whole.ptr && part.len <= whole.len &&
	       part.ptr + part.len <= whole.ptr + whole.len;
}

/* The sanitizer objects when these bytes are neither the text's nor the arena's. */
static void touch(struct slice text)
{
	(void)hash64(text);
}

static void check_facets(const struct ol_event *event, const struct ol_facets *facets)
{
	for (size_t i = 0; i < facets->count; i++) {
		const struct ol_facet *facet = &facets->list[i];

		touch(facet->name);
		require(is_inside(facet->bytes, event->raw));
		require(facet->bytes.len >= 2 && facet->bytes.ptr[0] == '{' &&
			facet->bytes.ptr[facet->bytes.len - 1] == '}');
	}
}

static void check_dataset(const struct ol_event *event, const struct ol_dataset *dataset)
{
	touch(dataset->namespace);
	touch(dataset->name);
	check_facets(event, &dataset->facets);
	check_facets(event, &dataset->io_facets);
}

/* It is told whole, or not at all. */
static void check_ancestor(const struct ol_ancestor *ancestor)
{
	bool told = ancestor->name.ptr != NULL;

	require(told == (ancestor->namespace.ptr != NULL));
	require(told == (ancestor->run_text.len > 0));
	touch(ancestor->run_text);
	touch(ancestor->namespace);
	touch(ancestor->name);
}

/* Its content is JSON by itself. */
static void check_note(const struct ol_event *event, const struct ol_note *note)
{
	struct scan scan;

	require(note->kind.len >= 1 && note->kind.len <= NOTE_KIND_MAX);
	touch(note->kind);
	require(note->name_count >= 1 && note->name_count <= NOTE_NAMES_MAX);
	for (size_t i = 0; i < note->name_count; i++) {
		require(note->names[i].len <= NOTE_NAMES_BYTES);
		touch(note->names[i]);
	}
	if (!note->content.ptr)
		return;
	require(is_inside(note->content, event->raw));
	require(scan_text(&scan, note->content) == 0);
}

static void check_event(const struct ol_event *event)
{
	require(event->kind >= EVENT_RUN && event->kind <= EVENT_NOTE);
	require(event->type <= TYPE_ABORT);
	require((event->warnings == 0) == !event->warning);
	require((event->kind == EVENT_RUN) == (event->run_text.len > 0));
	touch(event->run_text);
	touch(event->job.namespace);
	touch(event->job.name);
	check_ancestor(&event->parent);
	check_ancestor(&event->root);
	require(event->parent.name.ptr || !event->root.name.ptr);
	require(event->kind == EVENT_RUN || !event->parent.name.ptr);
	require(event->time_us <= EVENT_AHEAD_US);
	touch(event->producer);
	touch(event->schema_url);
	check_facets(event, &event->run_facets);
	check_facets(event, &event->job.facets);
	for (size_t i = 0; i < event->inputs.count; i++)
		check_dataset(event, &event->inputs.list[i]);
	for (size_t i = 0; i < event->outputs.count; i++)
		check_dataset(event, &event->outputs.list[i]);
	check_dataset(event, &event->dataset);
	require((event->kind == EVENT_NOTE) == (event->note != NULL));
	if (event->note)
		check_note(event, event->note);
}

static void check_fault(const struct fault *fault, struct slice text)
{
	require(fault->has_offset && fault->offset <= text.len);
	require(fault->where[0] == '\0' || fault->where[0] == '/');
	require(fault->why[0] != '\0');
}

static void check_again(struct slice text, const struct ol_event *event)
{
	AUTO(arena) struct arena *arena = arena_new(ARENA_CHUNK, ARENA_MAX);
	struct ol_event again = { 0 };
	struct fault fault;

	require(arena && event_read(text, 0, arena, &again, &fault) == 0);
	require(again.raw_hash == event->raw_hash);
	require(hash128_equal(again.lineage_hash, event->lineage_hash));
}

static void read_one(struct slice text)
{
	AUTO(arena) struct arena *arena = arena_new(ARENA_CHUNK, ARENA_MAX);
	struct ol_event event;
	struct fault fault = { .has_offset = false };
	struct scan scan;
	int r;

	require(arena && oracle_agrees(text));
	r = event_read(text, 0, arena, &event, &fault);
	if (r == ERR_NOMEM)
		return;
	if (r) {
		check_fault(&fault, text);
		return;
	}
	require(scan_text(&scan, text) == 0);
	check_event(&event);
	if (event.warning)
		check_fault(event.warning, text);
	check_again(text, &event);
}

struct batch_check {
	struct slice text;
	const char *last;
	size_t count;
};

static int check_element(void *ctx, size_t index, struct slice element)
{
	struct batch_check *check = ctx;

	require(index == check->count++);
	require(is_inside(element, check->text) && element.ptr >= check->last);
	check->last = element.ptr + element.len;
	return 0;
}

/* A good array of n elements has n; anything else ends somehow. */
static void cut_batch(struct slice text)
{
	struct batch_check check = { .text = text, .last = text.ptr };
	struct fault fault = { .has_offset = false };
	struct scan scan;
	int r = event_array_each(text, check_element, &check, &fault);

	require((r == 0) || (r == ERR_INVALID));
	if (r)
		check_fault(&fault, text);
	if (event_text_is_array(text) && scan_text(&scan, text) == 0)
		require(r == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);

	read_one(text);
	cut_batch(text);
	return 0;
}
