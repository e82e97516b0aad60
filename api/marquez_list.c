/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_list.c - pages of datasets and jobs that are not hidden
 */
#include "api/marquez_list.h"

#include "api/call.h"
#include "api/handlers.h"
#include "api/nodelife.h"
#include "api/nodeout.h"

#define NODES_A_STEP 1024
#define ITEMS_A_LOOK 256 /* between looks at the clock */

/* Makes room for one more step. */
static int make_room(struct arena *arena, struct mq_ids *list)
{
	size_t room = list->room ? list->room * 2 : 2 * (size_t)NODES_A_STEP;
	node_id *ids;

	if (list->room - list->count >= NODES_A_STEP)
		return 0;
	ids = arena_array(arena, room, sizeof(*ids));
	if (!ids)
		return ERR_NOMEM;
	if (list->count)
		memcpy(ids, list->ids, list->count * sizeof(*ids));
	list->ids = ids;
	list->room = room;
	return 0;
}

/* Returns 1 when a list shows the node, or 0. */
static int is_shown(struct mq *mq, node_id id)
{
	struct entity_times times;
	struct entity entity;
	int r = snapshot_lists(mq->call->snapshot, id);

	if (r != 1 || !mq->hidden.nodes)
		return r;
	r = node_get(mq->call, id, &entity);
	if (!r)
		r = node_times(mq->call, id, &times);
	if (!r)
		r = mq_fill_times(mq->call, id, &times);
	return r ? r : !mq_is_hidden(mq, &entity, &times);
}

static int keep_shown(struct mq *mq, struct mq_ids *list, size_t found)
{
	size_t end = list->count + found;

	for (size_t i = list->count; i < end; i++) {
		int r = is_shown(mq, list->ids[i]);

		if (r < 0)
			return r;
		if (r)
			list->ids[list->count++] = list->ids[i];
	}
	return 0;
}

int mq_list(struct mq *mq, enum node_kind kind, uint32_t namespace_id, struct mq_ids *out)
{
	struct entity_range range = { .kind = kind, .namespace_id = namespace_id };
	size_t found = NODES_A_STEP;

	*out = (struct mq_ids){ .count = 0 };
	while (found == NODES_A_STEP) {
		int r = make_room(mq->call->arena, out);

		if (!r)
			r = entity_list(mq->call->snapshot->txn, &range,
				out->ids + out->count, NODES_A_STEP, &found);
		if (r)
			return r;
		if (found)
			range.after = out->ids[out->count + found - 1];
		r = keep_shown(mq, out, found);
		if (!r && found == NODES_A_STEP && call_is_late(mq->call))
			r = ERR_BUSY;
		if (r)
			return r;
	}
	return 0;
}

int mq_in_time(const struct call *call, size_t looked)
{
	return looked % ITEMS_A_LOOK == ITEMS_A_LOOK - 1 && call_is_late(call) ? ERR_BUSY
									       : 0;
}

size_t mq_page_end(const struct mq_page *page, size_t count, size_t *begin_out)
{
	size_t begin = page->offset < count ? (size_t)page->offset : count;

	*begin_out = begin;
	return page->limit < count - begin ? begin + (size_t)page->limit : count;
}

int mq_arg_namespace(struct call *call, struct reply *reply, uint32_t *out)
{
	int r = mq_find_namespace(call, call->args[0]);

	*out = 0;
	if (r)
		return r == 1 ? mq_refuse_missing(reply, "Namespace", call->args[0]) : r;
	r = namespace_find(call->snapshot->txn, call->args[0], out);
	return r < 0 ? r : 0;
}
