/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_world.h - a store, an image and a snapshot of both, for one test
 */
#pragma once

#include "tests/unit/store_fixture.h"

#include "base/arena.h"
#include "graph/image.h"
#include "graph/lineage.h"

struct world {
	void *fixture;
	struct image *image;
	struct snapshot snapshot;
	struct arena *arena;
};

static inline int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w || fixture_setup(&w->fixture) || image_new(&w->image))
		return -1;
	w->arena = arena_new(1 << 16, SIZE_MAX);
	*state = w;
	return w->arena ? 0 : -1;
}

static inline int close_world(void **state)
{
	struct world *w = *state;

	if (w->snapshot.image)
		image_unpin(w->snapshot.image);
	image_free(w->image);
	arena_free(w->arena);
	fixture_teardown(&w->fixture);
	free(w);
	return 0;
}

static inline void take_snapshot(struct world *w)
{
	struct fixture *f = w->fixture;

	w->snapshot = (struct snapshot){ .txn = f->txn, .image = image_pin(w->image) };
}

static inline struct lineage answer(struct world *w, const struct lineage_query *query)
{
	struct lineage out;

	assert_int_equal(lineage_walk(&w->snapshot, query, w->arena, &out), 0);
	return out;
}
