/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image.c - versions: which one is published, who reads which, what can go
 *
 * The versions that someone may read stand in a chain from the oldest to the
 * published one.  Each has the memory that its successor replaced; that is in
 * use by it and maybe by older ones, so it goes when the version is the oldest
 * and nobody reads it.  The lock covers the chain and the pins and is held for
 * a few instructions; memory is freed outside it.
 */
#include "graph/image.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "graph/image_draft.h"

struct image {
	pthread_mutex_t lock;
	struct image_version *oldest;
	struct image_version *published;
	struct image_draft draft; /* the fold's alone */
};

int image_new(struct image **out)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return ERR_NOMEM;
	if (pthread_mutex_init(&image->lock, NULL)) {
		free(image);
		return ERR_NOMEM;
	}
	image->draft.epoch = 1;
	*out = image;
	return 0;
}

/* Takes the versions that nobody can read any more off the chain; under the lock. */
static struct image_version *detach_unread(struct image *image)
{
	struct image_version *first = image->oldest;
	struct image_version *last = NULL;

	while (image->oldest != image->published && image->oldest->pins == 0) {
		last = image->oldest;
		image->oldest = last->newer;
	}
	if (!last)
		return NULL;
	last->newer = NULL;
	return first;
}

static void retire_all(struct image_version *version)
{
	while (version) {
		struct image_version *newer = version->newer;

		image_version_retire(version);
		version = newer;
	}
}

void image_free(struct image *image)
{
	if (!image)
		return;
	draft_fini(&image->draft);
	retire_all(detach_unread(image));
	assert(image->oldest == image->published);
	if (image->published) {
		assert(image->published->pins == 0);
		image_version_destroy(image->published);
	}
	pthread_mutex_destroy(&image->lock);
	free(image);
}

int image_add_node(struct image *image, node_id id, enum node_kind kind,
	uint32_t namespace_id, node_id parent)
{
	struct image_node attributes = {
		.kind = (uint8_t)kind,
		.namespace_id = namespace_id,
		.parent = parent,
	};
	int r;

	if (id == 0)
		return ERR_CORRUPT;
	r = draft_begin(&image->draft, image->published);
	if (r)
		return r;
	return draft_put_node(&image->draft, id, &attributes);
}

int image_set_nested(struct image *image, node_id whole)
{
	int r = draft_begin(&image->draft, image->published);

	if (r)
		return r;
	if (!draft_has_node(&image->draft, whole))
		return ERR_CORRUPT;
	return draft_set_nested(&image->draft, whole);
}

/*
 * Readers index by the ids of peers, up to the highest node: one beyond it
 * must not come in.
 */
static bool peer_fits(const struct image *image, node_id peer)
{
	return peer != 0 && peer <= image->draft.version->last;
}

static int note_edge(struct image *image, const struct edge_op *op)
{
	int r = draft_begin(&image->draft, image->published);

	if (r)
		return r;
	if (!draft_has_node(&image->draft, op->node) || !peer_fits(image, op->peer))
		return ERR_CORRUPT;
	return draft_note(&image->draft, op);
}

int image_put_edge(struct image *image, node_id node, enum direction direction,
	node_id peer, uint32_t flags)
{
	return note_edge(image, &(struct edge_op){ .node = node,
					.peer = peer,
					.flags = flags,
					.direction = (uint8_t)direction });
}

int image_remove_edge(
	struct image *image, node_id node, enum direction direction, node_id peer)
{
	return note_edge(image, &(struct edge_op){ .node = node,
					.peer = peer,
					.direction = (uint8_t)direction,
					.gone = true });
}

int image_set_ring(struct image *image, const node_id *ids, size_t count)
{
	int r = draft_begin(&image->draft, image->published);

	return r ? r : draft_set_ring(&image->draft, ids, count);
}

int image_load_edges(struct image *image, node_id node, enum direction direction,
	const struct edge *edges, size_t count)
{
	int r = draft_begin(&image->draft, image->published);

	if (r)
		return r;
	if (!draft_has_node(&image->draft, node))
		return ERR_CORRUPT;
	for (size_t i = 0; i < count; i++) {
		if (!peer_fits(image, edges[i].peer) ||
			(i && edges[i].peer <= edges[i - 1].peer))
			return ERR_CORRUPT;
	}
	return draft_load(&image->draft, node, direction, edges, count);
}

int image_prepare(struct image *image)
{
	int r = draft_begin(&image->draft, image->published);

	if (r)
		return r;
	return draft_settle(&image->draft);
}

int image_publish(struct image *image, uint64_t sequence)
{
	struct image_version *version;
	struct image_version *unread;
	struct garbage replaced;
	int r = image_prepare(image);

	if (r)
		return r;
	version = draft_take(&image->draft, &replaced);
	version->image = image;
	version->sequence = sequence;

	pthread_mutex_lock(&image->lock);
	if (image->published) {
		image->published->garbage = replaced;
		image->published->newer = version;
	} else {
		image->oldest = version;
		free(replaced.items);
	}
	image->published = version;
	unread = detach_unread(image);
	pthread_mutex_unlock(&image->lock);

	retire_all(unread);
	return 0;
}

void image_reset(struct image *image)
{
	draft_drop(&image->draft);
}

struct image_version *image_pin(struct image *image)
{
	struct image_version *version;

	pthread_mutex_lock(&image->lock);
	version = image->published;
	if (version)
		version->pins++;
	pthread_mutex_unlock(&image->lock);
	return version;
}

void image_unpin(struct image_version *version)
{
	struct image *image = version->image;
	struct image_version *unread;

	pthread_mutex_lock(&image->lock);
	version->pins--;
	unread = detach_unread(image);
	pthread_mutex_unlock(&image->lock);

	retire_all(unread);
}

uint64_t image_sequence(const struct image_version *version)
{
	return version->sequence;
}

node_id image_last(const struct image_version *version)
{
	return version->last;
}

uint64_t image_edge_count(const struct image_version *version)
{
	return version->edge_count;
}

uint64_t image_ring_count(const struct image_version *version)
{
	return version->ring_count;
}

const struct image_node *image_node(const struct image_version *version, node_id id)
{
	const struct image_node *node = image_at(version, id);

	return node && node->kind ? node : NULL;
}
