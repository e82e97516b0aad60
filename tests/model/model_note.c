/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model_note.c - what is said beside the events, and what is counted by the hour
 */
#include "base/arena.h"
#include "base/hash.h"
#include "tests/model/model_impl.h"

#include <assert.h>
#include <stdlib.h>

bool model_is_note(const json_t *json)
{
	return json_object_get(json, "note") && !json_object_get(json, "run") &&
	       !json_object_get(json, "job") && !json_object_get(json, "dataset");
}

static bool same_names(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "name"), json_object_get(b, "name")) &&
	       json_equal(json_object_get(a, "kind"), json_object_get(b, "kind"));
}

/* 0: it was taken back. */
static uint64_t hash_of(const json_t *content)
{
	char *bytes;
	uint64_t hash;

	if (json_is_null(content))
		return 0;
	bytes = json_dumps(content, JSON_COMPACT | JSON_ENCODE_ANY);
	assert(bytes);
	hash = hash64(slice_from(bytes));
	free(bytes);
	return hash;
}

static struct model_note *find(struct model *model, const json_t *json)
{
	for (size_t i = 0; i < model->note_count; i++) {
		if (same_names(model->notes[i].json, json))
			return &model->notes[i];
	}
	model->notes[model->note_count] = (struct model_note){ .time_us = INT64_MIN };
	return &model->notes[model->note_count++];
}

/* The newest stands; at the same time the one with the larger hash. */
void model_build_notes(struct model *model)
{
	model->note_count = 0;
	for (size_t i = 0; i < model->event_count; i++) {
		const struct model_event *event = &model->events[i];
		json_t *json = json_object_get(event->json, "note");
		struct model_note *note;
		uint64_t hash;

		if (event->kind != EVENT_NOTE)
			continue;
		hash = hash_of(json_object_get(json, "content"));
		note = find(model, json);
		if (event->time_us > note->time_us ||
			(event->time_us == note->time_us && hash > note->hash) ||
			!note->json)
			*note = (struct model_note){ json, event->time_us, hash };
	}
}

size_t model_count_events(
	const struct model *model, int64_t from_us, int64_t to_us, enum event_type type)
{
	size_t count = 0;

	for (size_t i = 0; i < model->event_count; i++) {
		const struct model_event *event = &model->events[i];

		count += event->kind == EVENT_RUN && event->type == type &&
			 event->time_us >= from_us && event->time_us < to_us;
	}
	return count;
}
