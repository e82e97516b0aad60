/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_namespaces.c - GET /api/v1/namespaces, and one of them
 *
 * A namespace is there when a node is in it, or when somebody said so; "default"
 * always is.
 */
#include "api/call.h"
#include "api/handlers.h"
#include "api/marquez_list.h"
#include "api/marquez_parts.h"
#include "api/marquez_put.h"
#include "api/nodeout.h"
#include "graph/note.h"

#include <stdlib.h>

#define NODES_A_STEP 256

static const struct param_rule page_rules[] = { MQ_PAGE_RULES, { NULL, 0 } };

struct names {
	struct arena *arena;
	struct slice *list;
	size_t count;
	size_t room;
};

static int add_name(struct names *names, struct slice name)
{
	size_t room = names->room ? names->room * 2 : 32;
	struct slice *list;

	if (names->count == names->room) {
		list = arena_array(names->arena, room, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		if (names->count)
			memcpy(list, names->list, names->count * sizeof(*list));
		names->list = list;
		names->room = room;
	}
	names->list[names->count++] = name;
	return 0;
}

static int add_known(void *ctx, uint32_t id, struct slice name)
{
	(void)id;
	return add_name(ctx, name);
}

static int add_noted(void *ctx, const struct note *note)
{
	return note->name_count == 1 ? add_name(ctx, note->names[0]) : 0;
}

static int by_name(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static int gather_names(struct call *call, struct names *out)
{
	const struct note_key all = { .kind = SLICE("namespace") };
	size_t kept = 0;
	int r = add_name(out, SLICE("default"));

	if (!r)
		r = namespace_each(call->snapshot->txn, add_known, out);
	if (!r)
		r = note_each(call->snapshot->txn, &all, add_noted, out);
	if (r)
		return r;
	qsort(out->list, out->count, sizeof(*out->list), by_name);
	for (size_t i = 0; i < out->count; i++) {
		if (!kept || !slice_equal(out->list[i], out->list[kept - 1]))
			out->list[kept++] = out->list[i];
	}
	out->count = kept;
	return 0;
}

struct namespace
{
	struct slice name;
	struct entity_times times; /* of all that is in it */
	struct slice owner;
	struct slice description;
	bool hidden;
};

static void widen(struct entity_times *times, int64_t first_us, int64_t last_us)
{
	if (first_us == TIME_NEVER)
		return;
	if (times->first_seen_us == TIME_NEVER || first_us < times->first_seen_us)
		times->first_seen_us = first_us;
	if (last_us > times->last_seen_us)
		times->last_seen_us = last_us;
}

static int read_times(struct call *call, uint32_t id, struct entity_times *times)
{
	struct entity_range range = { .namespace_id = id };
	node_id ids[NODES_A_STEP];
	size_t count = NODES_A_STEP;

	while (count == NODES_A_STEP) {
		int r = entity_list(
			call->snapshot->txn, &range, ids, NODES_A_STEP, &count);

		for (size_t i = 0; i < count && !r; i++) {
			struct entity entity;

			r = node_get(call, ids[i], &entity);
			if (!r)
				widen(times, entity.times.first_seen_us,
					entity.times.last_seen_us);
		}
		if (r)
			return r;
		/* What was not looked at may be the newest. */
		if (count == NODES_A_STEP && call_is_late(call))
			return ERR_BUSY;
		if (count)
			range.after = ids[count - 1];
	}
	return 0;
}

/* What people say of it; that they say so makes it known, too. */
static int read_note(struct call *call, struct namespace *out)
{
	const struct note_key key = { SLICE("namespace"), &out->name, 1 };
	struct mq_texts texts = { { "ownerName", "description", "createdAt" },
		{ { 0 } } };
	struct note note;
	int r = note_get(call->snapshot->txn, &key, &note);

	if (r == 0) {
		r = mq_json_texts(call, note.content, &texts);
		widen(&out->times, mq_note_first(&note, texts.texts[2]), note.time_us);
	}
	out->owner = texts.texts[0].ptr ? texts.texts[0] : SLICE("anonymous");
	out->description = texts.texts[1];
	return r < 0 ? r : 0;
}

/* Until something is heard of it again. */
static int read_hidden(struct call *call, struct namespace *out)
{
	const struct slice names[] = { SLICE("namespace"), out->name };
	const struct note_key key = { SLICE("hidden"), names, ARRAY_LEN(names) };
	struct note note;
	int r = note_get(call->snapshot->txn, &key, &note);

	out->hidden = r == 0 && note.time_us >= out->times.last_seen_us;
	return r < 0 ? r : 0;
}

static int read_namespace(struct call *call, struct slice name, struct namespace *out)
{
	uint32_t id;
	int r = namespace_find(call->snapshot->txn, name, &id);

	*out = (struct namespace){ .name = name,
		.times = { TIME_NEVER, TIME_NEVER, TIME_NEVER, TIME_NEVER } };
	if (!r)
		r = read_times(call, id, &out->times);
	if (r >= 0)
		r = read_note(call, out);
	return r ? r : read_hidden(call, out);
}

int mq_namespace_seen(struct call *call, struct slice name, int64_t *us_out)
{
	struct namespace namespace;
	int r = read_namespace(call, name, &namespace);

	*us_out = namespace.times.last_seen_us;
	return r;
}

static int write_namespace(struct jsonw *w, struct call *call, struct slice name)
{
	struct namespace namespace;
	int r = read_namespace(call, name, &namespace);

	if (r)
		return r;
	jsonw_object(w);
	jsonw_text_or_null(w, "name", name);
	mq_seen(w, &namespace.times);
	jsonw_text_or_null(w, "ownerName", namespace.owner);
	jsonw_text_or_null(w, "description", namespace.description);
	jsonw_key(w, "isHidden");
	jsonw_bool(w, namespace.hidden);
	jsonw_object_end(w);
	return 0;
}

int api_mq_namespaces(struct call *call, struct reply *reply)
{
	struct names names = { .arena = call->arena };
	struct mq_page page;
	struct params p;
	struct jsonw w;
	size_t i;
	size_t end;
	int r = mq_params(call, page_rules, &p, reply);

	if (!r)
		r = mq_page(&p, reply, &page);
	if (r)
		return r < 0 ? r : 0;
	r = gather_names(call, &names);
	if (r)
		return r;
	answer_json(&w, reply);
	jsonw_key(&w, "namespaces");
	jsonw_array(&w);
	end = mq_page_end(&page, names.count, &i);
	for (size_t begin = i; i < end && !r; i++) {
		if (page_must_end(call, w.buf, i - begin))
			break;
		r = write_namespace(&w, call, names.list[i]);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return r;
}

int api_mq_namespace(struct call *call, struct reply *reply)
{
	uint32_t id;
	struct jsonw w;
	int r = mq_arg_namespace(call, reply, &id);

	if (r)
		return r < 0 ? r : 0;
	reply->media_type = "application/json";
	jsonw_init(&w, &reply->body);
	return write_namespace(&w, call, call->args[0]);
}
