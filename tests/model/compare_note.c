/* SPDX-License-Identifier: Apache-2.0 */

/*
 * compare_note.c - whether the engine keeps the notes that the model keeps, and
 * counts what it counts
 */
#include "graph/entity.h"
#include "graph/note.h"
#include "graph/tally.h"
#include "tests/model/compare_impl.h"
#include "tests/model/random_events.h"

#include <inttypes.h>

/* The names of a model's note, as the engine takes them. */
struct names {
	struct slice list[NOTE_NAMES_MAX];
	struct note_key key;
};

static void names_of(const struct model_note *note, struct names *out)
{
	const json_t *names = json_object_get(note->json, "name");
	size_t i;
	json_t *name;

	json_array_foreach(names, i, name) out->list[i] =
		slice_from(json_string_value(name));
	out->key = (struct note_key){
		.kind = slice_from(
			json_string_value(json_object_get(note->json, "kind"))),
		.names = out->list,
		.count = json_array_size(names),
	};
}

static void compare_note(struct comparison *c, const struct model_note *note)
{
	struct names names;
	struct note has = { .hash = 0 };
	int r;

	names_of(note, &names);
	r = note_get(c->snapshot->txn, &names.key, &has);
	if (r < 0 || (r == 0) != (note->hash != 0))
		differ(c, "note %.*s: hash %" PRIx64 ", engine answers %d",
			(int)names.key.kind.len, names.key.kind.ptr, note->hash, r);
	else if (r == 0 && (has.hash != note->hash || has.time_us != note->time_us))
		differ(c,
			"note %.*s: %" PRIx64 " of %" PRId64 ", engine: %" PRIx64
			" of %" PRId64,
			(int)names.key.kind.len, names.key.kind.ptr, note->hash,
			note->time_us, has.hash, has.time_us);
}

static int count_note(void *ctx, const struct note *note)
{
	size_t *count = ctx;

	(void)note;
	(*count)++;
	return 0;
}

static void compare_kept(struct comparison *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->model->note_count; i++)
		compare_note(c, &c->model->notes[i]);
	if (note_all(c->snapshot->txn, count_note, &count) ||
		count != c->model->note_count)
		differ(c, "%zu notes, engine has %zu", c->model->note_count, count);
}

/* What the engine's own nodes say of one hour. */
struct first_seen {
	int64_t hour;
	uint64_t counts[TALLY_COUNTERS];
};

static int see_node(void *ctx, const struct entity *entity)
{
	struct first_seen *seen = ctx;
	int64_t first_us = entity->times.first_seen_us;

	if (first_us == TIME_NEVER || tally_hour(first_us) != seen->hour)
		return 0;
	seen->counts[TALLY_JOBS] += entity->key.kind == NODE_JOB;
	seen->counts[TALLY_DATASETS] += entity->key.kind == NODE_DATASET;
	return 0;
}

static void compare_hour(struct comparison *c, int64_t hour)
{
	struct first_seen seen = { .hour = hour };
	struct tally has = { .hour = 0 };

	for (int type = TYPE_OTHER; type <= TYPE_ABORT; type++)
		seen.counts[type] = model_count_events(c->model, hour * TALLY_HOUR_US,
			(hour + 1) * TALLY_HOUR_US, (enum event_type)type);
	if (entity_each(c->snapshot->txn, see_node, &seen) ||
		tally_get(c->snapshot->txn, hour, hour + 1, &has))
		differ(c, "hour %" PRId64 ": cannot be read", hour);
	for (int i = 0; i < TALLY_COUNTERS; i++) {
		if (seen.counts[i] != has.counts[i])
			differ(c,
				"hour %" PRId64 ": counter %d is %" PRIu64
				", engine: %" PRIu64,
				hour, i, seen.counts[i], has.counts[i]);
	}
}

void compare_notes(struct comparison *c)
{
	int64_t from = tally_hour(script_begin_us) - 1;
	int64_t to = tally_hour(script_end_us) + 2;
	struct tally all = { .hour = 0 };
	struct tally known = { .hour = 0 };

	compare_kept(c);
	for (int64_t hour = from; hour < to; hour++)
		compare_hour(c, hour);
	if (tally_get(c->snapshot->txn, INT64_MIN, INT64_MAX, &all) ||
		tally_get(c->snapshot->txn, from, to, &known) ||
		memcmp(all.counts, known.counts, sizeof(all.counts)) != 0)
		differ(c, "engine counts something where no event is");
}
