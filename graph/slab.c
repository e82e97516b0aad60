/* SPDX-License-Identifier: Apache-2.0 */

/*
 * slab.c - blocks aligned to their size, so that a list finds its block
 */
#include "graph/slab.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/* The size of a huge page: walks over a large graph miss the TLB far less. */
#define SLAB_BYTES ((size_t)2 << 20)
#define SLAB_ENTRIES \
	((SLAB_BYTES - sizeof(atomic_size_t)) / (sizeof(node_id) + sizeof(uint32_t)))

struct slab {
	atomic_size_t lists; /* and one more while it is open */
	node_id peers[SLAB_ENTRIES];
	uint32_t flags[SLAB_ENTRIES];
};

_Static_assert(sizeof(struct slab) <= SLAB_BYTES, "a list finds its slab by the address");
_Static_assert(SLAB_LIST_MAX <= SLAB_ENTRIES / 8, "little is lost at the end of a slab");

static void slab_let_go(struct slab *slab)
{
	if (atomic_fetch_sub_explicit(&slab->lists, 1, memory_order_acq_rel) == 1)
		free(slab);
}

static int slab_open(struct slab_pool *pool)
{
	struct slab *slab = aligned_alloc(SLAB_BYTES, SLAB_BYTES);

	if (!slab)
		return ERR_NOMEM;
	/* Advice only: without huge pages everything works, slower. */
	(void)madvise(slab, SLAB_BYTES, MADV_HUGEPAGE);
	atomic_init(&slab->lists, 1);
	slab_pool_close(pool);
	pool->open = slab;
	return 0;
}

int slab_take(struct slab_pool *pool, size_t count, struct slab_list *out)
{
	if (!pool->open || SLAB_ENTRIES - pool->used < count) {
		int r = slab_open(pool);

		if (r)
			return r;
	}
	out->peers = pool->open->peers + pool->used;
	out->flags = pool->open->flags + pool->used;
	pool->used += count;
	atomic_fetch_add_explicit(&pool->open->lists, 1, memory_order_relaxed);
	return 0;
}

void slab_release(void *peers)
{
	char *start = (char *)peers - ((uintptr_t)peers & (SLAB_BYTES - 1));

	slab_let_go((struct slab *)(void *)start);
}

void slab_pool_close(struct slab_pool *pool)
{
	if (pool->open)
		slab_let_go(pool->open);
	pool->open = NULL;
	pool->used = 0;
}
