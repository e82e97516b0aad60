/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_hidden.c - one answer: what is read once for all of it
 *
 * What was hidden is few, and is read from its notes.  An event that comes later
 * shows its nodes again, so the note's time counts.
 */
#include "api/marquez.h"

#include "api/call.h"
#include "graph/note.h"

#define HIDDEN_MAX ((size_t)1 << 24)

static int keep_newest(struct idset *set, uint64_t id, int64_t time_us)
{
	uint64_t known;
	int r;

	if (idset_get(set, id, &known) == 0 && (int64_t)known >= time_us)
		return 0;
	r = idset_put(set, id, (uint64_t)time_us);
	return r < 0 ? r : 0;
}

static int hide_namespace(struct mq *mq, const struct note *note)
{
	uint32_t id;
	int r = namespace_find(mq->call->snapshot->txn, note->names[1], &id);

	if (r)
		return r < 0 ? r : 0;
	return keep_newest(mq->hidden.namespaces, id, note->time_us);
}

static int hide_node(struct mq *mq, const struct note *note, enum node_kind kind)
{
	const struct node_key key = {
		.kind = kind, .namespace = note->names[1], .name = note->names[2]
	};
	node_id id;
	int r = entity_find(mq->call->snapshot->txn, &key, &id);

	if (r)
		return r < 0 ? r : 0;
	id = image_canonical(mq->call->snapshot->image, id);
	return keep_newest(mq->hidden.nodes, id, note->time_us);
}

static int hide(void *ctx, const struct note *note)
{
	struct mq *mq = ctx;
	enum node_kind kind;

	if (!mq->hidden.nodes) {
		mq->hidden.nodes = idset_new(HIDDEN_MAX);
		mq->hidden.namespaces = idset_new(HIDDEN_MAX);
		if (!mq->hidden.nodes || !mq->hidden.namespaces)
			return ERR_NOMEM;
	}
	if (note->name_count == 2 && slice_equal(note->names[0], SLICE("namespace")))
		return hide_namespace(mq, note);
	if (note->name_count == 3 && !node_kind_from_text(note->names[0], &kind))
		return hide_node(mq, note, kind);
	return 0;
}

int mq_open(struct call *call, struct mq *out)
{
	const struct note_key all = { .kind = SLICE("hidden") };
	int r;

	*out = (struct mq){ .call = call };
	r = note_each(call->snapshot->txn, &all, hide, out);
	if (r < 0)
		mq_close(out);
	return r;
}

static bool is_covered(const struct idset *set, uint64_t id, int64_t last_seen_us)
{
	uint64_t since;

	return set && idset_get(set, id, &since) == 0 && (int64_t)since >= last_seen_us;
}

bool mq_is_hidden(const struct mq *mq, const struct entity *entity,
	const struct entity_times *times)
{
	return is_covered(mq->hidden.nodes, entity->id, times->last_seen_us) ||
	       is_covered(
		       mq->hidden.namespaces, entity->namespace_id, times->last_seen_us);
}

void mq_close(struct mq *mq)
{
	idset_free(mq->hidden.nodes);
	idset_free(mq->hidden.namespaces);
	idset_free(mq->versions.places);
}
