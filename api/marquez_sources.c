/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_sources.c - GET /api/v1/sources, and one of them
 *
 * A source is what datasets name in their facet dataSource; nothing else keeps
 * them, so all datasets are looked at.
 */
#include "api/call.h"
#include "api/handlers.h"
#include "api/marquez_list.h"
#include "api/marquez_parts.h"
#include "api/marquez_put.h"
#include "api/marquez_source.h"
#include "api/nodelife.h"
#include "graph/note.h"

#include <stdlib.h>

static const struct param_rule page_rules[] = { MQ_PAGE_RULES, { NULL, 0 } };

static int add_source(
	struct call *call, struct mq_sources *out, const struct mq_source *source)
{
	size_t room = out->room ? out->room * 2 : 64;
	struct mq_source *list;

	if (out->count == out->room) {
		list = arena_array(call->arena, room, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		if (out->count)
			memcpy(list, out->list, out->count * sizeof(*list));
		out->list = list;
		out->room = room;
	}
	out->list[out->count++] = *source;
	return 0;
}

static int add_of_dataset(struct call *call, node_id dataset, struct mq_sources *out)
{
	struct entity_times times;
	struct mq_source source = { .noted = false };
	int r = mq_source_of(call, dataset, &source.name, &source.uri);

	if (!r)
		r = node_times(call, dataset, &times);
	if (r)
		return r;
	source.first_us = times.first_seen_us;
	source.last_us = times.last_seen_us;
	return add_source(call, out, &source);
}

struct gathering {
	struct call *call;
	struct mq_sources *sources;
};

static int add_noted(void *ctx, const struct note *note)
{
	const struct gathering *gathering = ctx;
	struct mq_texts texts = { { "type", "connectionUrl", "description", "createdAt" },
		{ { 0 } } };
	struct mq_source source = { .name = note->names[0],
		.first_us = note->time_us,
		.last_us = note->time_us,
		.noted = true };
	int r;

	if (note->name_count != 1)
		return 0;
	r = mq_json_texts(gathering->call, note->content, &texts);
	if (r)
		return r;
	source.first_us = mq_note_first(note, texts.texts[3]);
	source.type = texts.texts[0];
	source.uri = texts.texts[1].ptr ? texts.texts[1] : SLICE("");
	source.description = texts.texts[2];
	return add_source(gathering->call, gathering->sources, &source);
}

/* By name; of one name, what people said first, then what was told last. */
static int by_name(const void *a, const void *b)
{
	const struct mq_source *x = a;
	const struct mq_source *y = b;
	int r = slice_compare(x->name, y->name);

	if (!r)
		r = (int)y->noted - (int)x->noted;
	if (!r)
		r = (x->last_us < y->last_us) - (x->last_us > y->last_us);
	return r ? r : slice_compare(x->uri, y->uri);
}

static void widen(struct mq_source *source, const struct mq_source *other)
{
	if (other->first_us != TIME_NEVER &&
		(source->first_us == TIME_NEVER || other->first_us < source->first_us))
		source->first_us = other->first_us;
	if (other->last_us > source->last_us)
		source->last_us = other->last_us;
}

static void unite(struct mq_sources *sources)
{
	size_t kept = 0;

	if (sources->count < 2)
		return;
	qsort(sources->list, sources->count, sizeof(*sources->list), by_name);
	for (size_t i = 0; i < sources->count; i++) {
		struct mq_source *last = kept ? &sources->list[kept - 1] : NULL;

		if (last && slice_equal(last->name, sources->list[i].name))
			widen(last, &sources->list[i]);
		else
			sources->list[kept++] = sources->list[i];
	}
	sources->count = kept;
}

int mq_sources_read(struct mq *mq, struct mq_sources *out)
{
	const struct note_key all = { .kind = SLICE("source") };
	struct gathering gathering = { mq->call, out };
	struct mq_ids datasets;
	int r = mq_list(mq, NODE_DATASET, 0, &datasets);

	*out = (struct mq_sources){ .count = 0 };
	if (r)
		return r;
	for (size_t i = 0; i < datasets.count && !r; i++) {
		r = mq_in_time(mq->call, i);
		if (!r)
			r = add_of_dataset(mq->call, datasets.ids[i], out);
	}
	if (!r)
		r = note_each(mq->call->snapshot->txn, &all, add_noted, &gathering);
	unite(out);
	return r;
}

static void write_source(struct jsonw *w, const struct mq_source *source)
{
	const struct entity_times times = { .first_seen_us = source->first_us,
		.last_seen_us = source->last_us };

	jsonw_object(w);
	jsonw_key(w, "type");
	/* Marquez says so of all that events tell. */
	jsonw_string(w, source->type.ptr ? source->type : SLICE("POSTGRESQL"));
	jsonw_text_or_null(w, "name", source->name);
	mq_seen(w, &times);
	jsonw_text_or_null(w, "connectionUrl", source->uri);
	jsonw_text_or_null(w, "description", source->description);
	jsonw_object_end(w);
}

static int read_sources(struct call *call, struct mq_sources *out)
{
	struct mq mq;
	int r = mq_open(call, &mq);

	if (r)
		return r;
	r = mq_sources_read(&mq, out);
	mq_close(&mq);
	return r;
}

int api_mq_sources(struct call *call, struct reply *reply)
{
	struct mq_sources sources;
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
	r = read_sources(call, &sources);
	if (r)
		return r;
	answer_json(&w, reply);
	jsonw_key(&w, "sources");
	jsonw_array(&w);
	end = mq_page_end(&page, sources.count, &i);
	for (; i < end && !page_is_long(w.buf); i++)
		write_source(&w, &sources.list[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return 0;
}

int api_mq_source(struct call *call, struct reply *reply)
{
	struct mq_sources sources;
	struct jsonw w;
	int r = read_sources(call, &sources);

	if (r)
		return r;
	reply->media_type = "application/json";
	jsonw_init(&w, &reply->body);
	for (size_t i = 0; i < sources.count; i++) {
		if (slice_equal(sources.list[i].name, call->args[0])) {
			write_source(&w, &sources.list[i]);
			return 0;
		}
	}
	(void)mq_refuse_missing(reply, "Source", call->args[0]);
	return 0;
}
