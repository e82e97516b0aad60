/* SPDX-License-Identifier: Apache-2.0 */

/*
 * selection.c - GET /api/v2/selection: the nodes that a selector means
 */
#include "api/columnout.h"
#include "api/cursor.h"
#include "api/facetin.h"
#include "api/graphout.h"
#include "api/handlers.h"
#include "api/nodelife.h"
#include "api/selectorin.h"

#include <stdlib.h>

#define SELECTION_MAX 10000

static const struct param_range page_limit = { 1, SELECTION_MAX, 1000 };
static const struct param_range group_limit = { 1, SELECTION_MAX, SELECTION_MAX };

static const struct param_rule selection_rules[] = { WALK_RULES, TIME_RULES,
	{ "select", 1 }, { "groupBy", 1 }, { "limit", 1 }, { "cursor", 1 }, { NULL, 0 } };

struct selection {
	struct lineage_query walk;
	struct selected found;
	bool by_owner;
	size_t limit;
	node_id after;
};

static int write_node(struct jsonw *w, struct call *call, node_id id)
{
	struct entity_times times;
	struct entity entity;
	int r = node_get(call, id, &entity);

	if (!r)
		r = node_times(call, id, &times);
	if (r)
		return r;
	jsonw_object(w);
	jsonw_node_name(w, &entity);
	jsonw_seen(w, "lastSeen", times.last_seen_us);
	r = jsonw_labels(w, call, &entity);
	jsonw_object_end(w);
	return r;
}

/* Nodes behind the cursor; *next_out is the cursor of the following page, or 0. */
static int write_list(struct jsonw *w, struct call *call,
	const struct selection *selection, node_id *next_out)
{
	size_t written = 0;
	int r = 0;

	*next_out = 0;
	jsonw_key(w, "nodes");
	jsonw_array(w);
	for (size_t i = 0; i < selection->found.count && !r; i++) {
		node_id id = selection->found.ids[i];

		if (id <= selection->after)
			continue;
		if (written == selection->limit || page_must_end(call, w->buf, written)) {
			*next_out = selection->found.ids[i - 1];
			break;
		}
		r = write_node(w, call, id);
		written++;
	}
	jsonw_array_end(w);
	return r;
}

/* That somebody owns a node. */
struct owned {
	struct slice owner;
	node_id node;
};

struct owned_list {
	struct owned *list;
	size_t count;
	size_t room;
};

static int by_owner(const void *a, const void *b)
{
	const struct owned *x = a;
	const struct owned *y = b;
	int r = slice_compare(x->owner, y->owner);

	return r ? r : (x->node > y->node) - (x->node < y->node);
}

static int add_owned(
	struct call *call, struct owned_list *owned, struct slice owner, node_id node)
{
	if (owned->count == owned->room) {
		size_t room = owned->room ? owned->room * 2 : 64;
		struct owned *list = arena_array(call->arena, room, sizeof(*list));

		if (!list)
			return ERR_NOMEM;
		if (owned->count)
			memcpy(list, owned->list, owned->count * sizeof(*list));
		owned->list = list;
		owned->room = room;
	}
	owned->list[owned->count++] = (struct owned){ owner, node };
	return 0;
}

/* Who owns what; a node without an owner is in unowned. */
static int collect_owned(struct call *call, const struct selection *selection,
	size_t count, struct owned_list *owned, struct owned_list *unowned)
{
	for (size_t i = 0; i < count; i++) {
		node_id id = selection->found.ids[i];
		struct ol_labels owners;
		int r = facet_owners(call, node_dataset(call, id), &owners);

		for (size_t k = 0; k < owners.count && !r; k++)
			r = add_owned(call, owned, owners.list[k].name, id);
		if (!r && owners.count == 0)
			r = add_owned(call, unowned, (struct slice){ 0 }, id);
		if (r)
			return r;
	}
	if (owned->count)
		qsort(owned->list, owned->count, sizeof(*owned->list), by_owner);
	return 0;
}

/* One array of nodes: those of list[begin] to list[end - 1], each once. */
static int write_owned(struct jsonw *w, struct call *call, const struct owned_list *list,
	size_t begin, size_t end)
{
	int r = 0;

	jsonw_array(w);
	for (size_t i = begin; i < end && !r; i++) {
		if (i == begin || list->list[i].node != list->list[i - 1].node)
			r = jsonw_node_brief(w, call, list->list[i].node);
	}
	jsonw_array_end(w);
	return r;
}

static int write_owners(
	struct jsonw *w, struct call *call, const struct owned_list *owned)
{
	size_t end;
	int r = 0;

	jsonw_key(w, "owners");
	jsonw_array(w);
	for (size_t i = 0; i < owned->count && !r; i = end) {
		for (end = i + 1; end < owned->count; end++) {
			if (!slice_equal(owned->list[end].owner, owned->list[i].owner))
				break;
		}
		jsonw_object(w);
		jsonw_key(w, "name");
		jsonw_string(w, owned->list[i].owner);
		jsonw_key(w, "nodes");
		r = write_owned(w, call, owned, i, end);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return r;
}

static int write_by_owner(struct jsonw *w, struct call *call,
	const struct selection *selection, size_t count)
{
	struct owned_list owned = { .count = 0 };
	struct owned_list unowned = { .count = 0 };
	int r = collect_owned(call, selection, count, &owned, &unowned);

	if (!r)
		r = write_owners(w, call, &owned);
	if (r)
		return r;
	jsonw_key(w, "unowned");
	return write_owned(w, call, &unowned, 0, unowned.count);
}

static int write_answer(struct call *call, struct reply *reply, const struct params *p,
	const struct selection *selection)
{
	size_t count = selection->found.count;
	const char *reason = cut_text(selection->found.cut);
	bool more = selection->by_owner && count > selection->limit;
	struct jsonw w;
	node_id next = 0;
	int r;

	answer_open(&w, call, reply);
	jsonw_cut(&w, !reason && more ? "limit" : reason);
	jsonw_key(&w, "count");
	jsonw_uint(&w, count);
	if (selection->by_owner)
		r = write_by_owner(&w, call, selection, more ? selection->limit : count);
	else
		r = write_list(&w, call, selection, &next);
	if (r)
		return r;
	jsonw_next(&w, p, "selection", next ? &(struct cursor){ { next } } : NULL);
	jsonw_object_end(&w);
	return 0;
}

/* Returns 0, also when p has a fault. */
static int read_selection(struct call *call, struct params *p, struct selection *out)
{
	static const char *const groups[] = { "none", "owner", NULL };
	struct cursor cursor;

	*out = (struct selection){ .by_owner = false };
	params_parse(p, call->query, selection_rules, call->arena);
	walk_read_time(p, &out->walk);
	walk_read(call, p, &out->walk);
	out->by_owner = param_choice(p, "groupBy", groups, 0) == 1;
	out->limit = param_uint(p, "limit", out->by_owner ? &group_limit : &page_limit);
	if (param_cursor(p, "selection", &cursor))
		out->after = (node_id)cursor.at[0];
	if (!param_given(p, "select"))
		params_fault(p, "select", "is missing: which nodes");
	return selector_read(call, p, "select", &out->walk, &out->found);
}

int api_selection(struct call *call, struct reply *reply)
{
	struct selection selection;
	struct params p;
	int r = read_selection(call, &p, &selection);

	if (r)
		return r;
	if (params_error(&p))
		return params_refuse(&p, reply);
	return write_answer(call, reply, &p, &selection);
}
