/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_fixture.h - an image for one test
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph/image_layout.h"

#define NOW  (EDGE_OBSERVED_NOW | EDGE_OBSERVED_EVER)
#define PAST EDGE_OBSERVED_EVER

static inline int make_image(void **state)
{
	struct image *image = NULL;

	if (image_new(&image))
		return -1;
	*state = image;
	return 0;
}

static inline int drop_image(void **state)
{
	image_free(*state);
	return 0;
}

static inline void add_nodes(struct image *image, node_id last)
{
	for (node_id id = 1; id <= last; id++)
		assert_int_equal(image_add_node(image, id, NODE_DATASET, 7, 0), 0);
}

static inline void put(struct image *image, node_id from, node_id to, uint32_t flags)
{
	assert_int_equal(image_put_edge(image, from, DOWNSTREAM, to, flags), 0);
	assert_int_equal(image_put_edge(image, to, UPSTREAM, from, flags), 0);
}

#define IMAGE_TEST(test) cmocka_unit_test_setup_teardown(test, make_image, drop_image)
