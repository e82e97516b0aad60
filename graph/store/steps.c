/* SPDX-License-Identifier: Apache-2.0 */

/* steps.c - sorted ids in records: each by its distance from the one before */

#include "steps.h"

#include "base/arena.h"
#include "base/err.h"

bool steps_put(struct record_writer *writer, const uint32_t *ids, size_t count)
{
	uint32_t before = 0;

	for (size_t i = 0; i < count; i++) {
		if (ids[i] <= before)
			return false;
		record_put_varint(writer, ids[i] - before);
		before = ids[i];
	}
	return true;
}

int steps_get(
	struct record_reader *reader, struct arena *arena, size_t count, uint32_t **out)
{
	uint32_t *ids = arena_array(arena, count ? count : 1, sizeof(*ids));
	uint64_t id = 0;

	if (!ids)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		uint64_t step = record_get_u32(reader);

		id += step;
		if (step == 0 || id > UINT32_MAX)
			return ERR_CORRUPT;
		ids[i] = (uint32_t)id;
	}
	*out = ids;
	return 0;
}

bool steps_seek(struct record_reader *reader, size_t count, uint32_t wanted)
{
	uint64_t id = 0;
	bool found = false;

	while (count-- && !reader->bad) {
		id += record_get_u32(reader);
		found |= id == wanted;
	}
	return found;
}
