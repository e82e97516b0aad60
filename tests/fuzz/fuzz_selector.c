/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_selector.c - any text is a selector, or refused with a place in it
 */
#include "base/arena.h"
#include "graph/select_impl.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Every node but the last has a parent behind it, and is one of its children. */
static void check_place(const struct selector *selector, uint32_t place)
{
	const struct select_node *node = &selector->nodes[place];
	uint32_t child;

	if (place == selector->count - 1) {
		require(node->parent == SELECT_NONE);
		return;
	}
	require(node->parent > place && node->parent < selector->count);
	child = selector->nodes[node->parent].child;
	while (child != place) {
		require(child < place);
		child = selector->nodes[child].next;
	}
}

static void check_glob(const struct select_atom *atom)
{
	struct meter meter = { .left = 1000, .deadline_us = INT64_MAX };
	const struct glob *glob = &atom->glob;

	require(glob->prefix <= glob->len);
	/* As names, most patterns match themselves: '*' and '?' are characters. */
	if (glob_exact(glob))
		require(glob_matches(glob, slice_of(glob->bytes, glob->len), &meter));
	else
		(void)glob_matches(glob, slice_of(glob->bytes, glob->len), &meter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(4096, 1 << 26);
	const struct selector *selector;
	struct fault fault = { 0 };

	require(arena != NULL);
	if (selector_parse(slice_of(data, size), arena, &selector, &fault)) {
		require(fault.has_offset && fault.offset <= size && fault.why[0]);
		return 0;
	}
	require(selector->count > 0);
	for (uint32_t i = 0; i < selector->count; i++) {
		check_place(selector, i);
		if (selector->nodes[i].op == SELECT_ATOM)
			check_glob(selector->nodes[i].atom);
	}
	return 0;
}
