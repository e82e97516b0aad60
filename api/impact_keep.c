/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_keep.c - what was found, taken out of its call to outlive it
 */
#include "api/impact_keep.h"

/* A copy of an array that may be empty; NULL without memory. */
static void *dup_array(struct arena *arena, const void *list, size_t count, size_t size)
{
	void *copy = arena_array(arena, count + 1, size);

	if (copy && count)
		memcpy(copy, list, count * size);
	return copy;
}

static int dup_text(struct arena *arena, struct slice *text)
{
	struct slice copy = arena_dup(arena, *text);

	if (text->len && !copy.ptr)
		return ERR_NOMEM;
	if (text->ptr)
		*text = text->len ? copy : SLICE("");
	return 0;
}

static int dup_texts(struct arena *arena, struct slice *const *texts, size_t count)
{
	int r = 0;

	for (size_t i = 0; !r && i < count; i++)
		r = dup_text(arena, texts[i]);
	return r;
}

static int detach_change(struct asked_change *asked, struct arena *arena)
{
	struct slice *const texts[] = { &asked->change.column, &asked->change.types.path,
		&asked->to, &asked->to_namespace, &asked->type_before,
		&asked->type_after };

	return dup_texts(arena, texts, ARRAY_LEN(texts));
}

static int detach_waiver(struct waiver *waiver, struct arena *arena)
{
	struct slice *const texts[] = { &waiver->node, &waiver->reason };

	return dup_texts(arena, texts, ARRAY_LEN(texts));
}

/*
 * A path is copied from its end to the first step that was copied before: paths
 * share their beginnings, in the copy too.
 */
static int detach_path(
	const struct impact_step **place, struct idset *copies, struct arena *arena)
{
	while (*place) {
		const struct impact_step *step = *place;
		struct impact_step *copy;
		uint64_t known;
		int r;

		if (idset_get(copies, (uintptr_t)step, &known) == 0) {
			*place = (const struct impact_step *)(uintptr_t)known;
			return 0;
		}
		copy = arena_alloc(arena, sizeof(*copy));
		if (!copy)
			return ERR_NOMEM;
		*copy = *step;
		r = idset_put(copies, (uintptr_t)step, (uintptr_t)copy);
		if (r < 0)
			return r;
		*place = copy;
		place = &copy->from;
	}
	return 0;
}

static int detach_paths(struct impact_found *found, struct arena *arena)
{
	AUTO(idset) struct idset *copies = idset_new(SIZE_MAX);
	int r = copies ? 0 : ERR_NOMEM;

	for (size_t i = 0; !r && i < found->count; i++)
		r = detach_path(&found->list[i].because, copies, arena);
	return r;
}

int impact_found_detach(struct impact_found *found, struct arena *arena)
{
	int r = 0;

	found->list = dup_array(arena, found->list, found->count, sizeof(*found->list));
	found->opaque = dup_array(
		arena, found->opaque, found->opaque_count, sizeof(*found->opaque));
	found->changes = dup_array(
		arena, found->changes, found->change_count, sizeof(*found->changes));
	found->waivers = dup_array(
		arena, found->waivers, found->waiver_count, sizeof(*found->waivers));
	if (!found->list || !found->opaque || !found->changes || !found->waivers)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < found->change_count; i++)
		r = detach_change(&found->changes[i], arena);
	for (size_t i = 0; !r && i < found->waiver_count; i++)
		r = detach_waiver(&found->waivers[i], arena);
	return r ? r : detach_paths(found, arena);
}
