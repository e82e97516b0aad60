/* SPDX-License-Identifier: Apache-2.0 */

/* steps.h - sorted ids in records: each by its distance from the one before */
#pragma once

#include "record.h"

struct arena;

/* Returns false when the ids are not sorted, when one is there twice, or is 0. */
NODISCARD bool steps_put(struct record_writer *writer, const uint32_t *ids, size_t count);

/* How many of something: no more than there are bytes left to tell them. */
static inline size_t steps_count(struct record_reader *reader)
{
	return (size_t)record_get_max(reader, record_left(reader));
}

/* Reads them into the arena; ERR_CORRUPT when they are no such ids. */
NODISCARD int steps_get(
	struct record_reader *reader, struct arena *arena, size_t count, uint32_t **out);

/* Reads through all of them; whether a wanted one is there. */
bool steps_seek(struct record_reader *reader, size_t count, uint32_t wanted);
