/* SPDX-License-Identifier: Apache-2.0 */

/*
 * slab.h - memory for edge lists that are loaded in order, released one by one
 *
 * A slab is a large block whose first half are peers, list behind list, and
 * whose second half are their flags: a walk that asks for peers alone reads
 * them without a gap.  A slab is freed when all its lists are released,
 * so what is lost to replaced lists is never more than what was loaded.
 *
 * slab_take() and slab_pool_close() belong to one thread; slab_release() may be
 * called by any.
 */
#pragma once

#include "base/attr.h"
#include "graph/model.h"

struct slab;

struct slab_pool {
	struct slab *open; /* the one that lists are taken from, or NULL */
	size_t used;	   /* entries */
};

/* Longer lists do not come from a slab. */
#define SLAB_LIST_MAX ((size_t)16 << 10)

struct slab_list {
	node_id *peers;
	uint32_t *flags;
};

/* Room for count (1 to SLAB_LIST_MAX) peers and flags, not zeroed; ERR_NOMEM. */
NODISCARD int slab_take(struct slab_pool *pool, size_t count, struct slab_list *out);

/* Releases the list that begins with these peers. */
void slab_release(void *peers);

/* Lets go of the open slab: its lists live on, the next one starts a new slab. */
void slab_pool_close(struct slab_pool *pool);
