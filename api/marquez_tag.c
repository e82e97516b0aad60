/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_tag.c - GET /api/v1/tags, and the tags that single nodes have
 *
 * Tags come from facets, and from people, whose word is in notes: that there is a
 * tag, with a description, and that something has it.
 */
#include "api/marquez_tag.h"

#include "api/facetin.h"
#include "api/handlers.h"
#include "graph/label.h"
#include "graph/note.h"

#include <stdlib.h>

static int add_tag(struct arena *arena, struct mq_tags *tags, const struct mq_tag *tag)
{
	size_t room = tags->room ? tags->room * 2 : 8;
	struct mq_tag *list;

	if (tags->count == tags->room) {
		list = arena_array(arena, room, sizeof(*list));
		if (!list)
			return ERR_NOMEM;
		if (tags->count)
			memcpy(list, tags->list, tags->count * sizeof(*list));
		tags->list = list;
		tags->room = room;
	}
	tags->list[tags->count++] = *tag;
	return 0;
}

static int by_field_and_text(const struct mq_tag *x, const struct mq_tag *y)
{
	int r = slice_compare(x->field, y->field);

	return r ? r : slice_compare(x->text, y->text);
}

/* Of one tag, what people said last stands first, and facets behind it. */
static int by_tag(const void *a, const void *b)
{
	const struct mq_tag *x = a;
	const struct mq_tag *y = b;
	int r = by_field_and_text(x, y);

	return r ? r : (x->said_us < y->said_us) - (x->said_us > y->said_us);
}

static void finish(struct mq_tags *tags)
{
	size_t kept = 0;
	struct mq_tag last;

	if (tags->count)
		qsort(tags->list, tags->count, sizeof(*tags->list), by_tag);
	for (size_t i = 0; i < tags->count; i++) {
		struct mq_tag tag = tags->list[i];

		if ((!i || by_field_and_text(&tag, &last) != 0) && !tag.denied)
			tags->list[kept++] = tag;
		last = tag;
	}
	tags->count = kept;
}

static int join(struct arena *arena, const struct ol_label *label, struct slice *out)
{
	size_t n = label->name.len + 1 + label->value.len;
	char *text;

	*out = label->name;
	if (!label->value.len)
		return 0;
	text = arena_alloc(arena, n);
	if (!text)
		return ERR_NOMEM;
	if (label->name.len)
		memcpy(text, label->name.ptr, label->name.len);
	text[label->name.len] = '=';
	memcpy(text + label->name.len + 1, label->value.ptr, label->value.len);
	*out = slice_of(text, n);
	return 0;
}

static int add_facet_tags(struct call *call, node_id node, struct mq_tags *out)
{
	struct ol_labels labels;
	int r = facet_tags(call, node, &labels);

	for (size_t i = 0; i < labels.count && !r; i++) {
		struct mq_tag tag = { .field = labels.list[i].field,
			.said_us = TIME_NEVER };

		r = join(call->arena, &labels.list[i], &tag.text);
		if (!r)
			r = add_tag(call->arena, out, &tag);
	}
	return r;
}

struct gathering {
	struct arena *arena;
	struct mq_tags *tags;
	size_t place; /* of the tag among the names; a field stands before it */
};

static int add_note(void *ctx, const struct note *note)
{
	const struct gathering *gathering = ctx;
	size_t place = gathering->place;
	struct mq_tag tag = { .field = { 0 } };

	if (note->name_count != place + 1)
		return 0;
	tag.text = note->names[place];
	tag.said_us = note->time_us;
	tag.denied = slice_equal(note->content, SLICE("false"));
	if (place == 3)
		tag.field = note->names[2];
	return add_tag(gathering->arena, gathering->tags, &tag);
}

static int add_noted(struct call *call, const struct node_key *node, const char *kind,
	size_t place, struct mq_tags *out)
{
	const struct slice names[] = { node->namespace, node->name };
	const struct note_key key = { slice_from(kind), names, ARRAY_LEN(names) };
	struct gathering gathering = { call->arena, out, place };

	return note_each(call->snapshot->txn, &key, add_note, &gathering);
}

/* Those of one name of a dataset, or of a job. */
static int add_of_name(struct call *call, const struct node_key *key, struct mq_tags *out)
{
	int r;

	if (key->kind == NODE_JOB)
		return add_noted(call, key, "job_tag", 2, out);
	r = add_noted(call, key, "dataset_tag", 2, out);
	return r ? r : add_noted(call, key, "field_tag", 3, out);
}

int mq_tags_read(struct call *call, const struct entity *entity, struct mq_tags *out)
{
	int r;

	*out = (struct mq_tags){ .count = 0 };
	r = add_facet_tags(call, entity->id, out);
	for (node_id at = entity->id; at && !r; at = ring_next(call, entity->id, at)) {
		struct entity name;

		r = entity_get(call->snapshot->txn, at, &name);
		if (!r)
			r = add_of_name(call, &name.key, out);
	}
	finish(out);
	return r > 0 ? ERR_CORRUPT : r;
}

/* The first tag of a field, or where it would be. */
static size_t first_of(const struct mq_tags *tags, struct slice field)
{
	size_t low = 0;
	size_t high = tags->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slice_compare(tags->list[middle].field, field) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void mq_tags_write(struct jsonw *w, const struct mq_tags *tags, struct slice field)
{
	jsonw_key(w, "tags");
	jsonw_array(w);
	for (size_t i = first_of(tags, field); i < tags->count; i++) {
		const struct mq_tag *tag = &tags->list[i];

		if (!slice_equal(tag->field, field))
			break;
		if (!tag->field.ptr == !field.ptr)
			jsonw_string(w, tag->text);
	}
	jsonw_array_end(w);
}

/* The tags there are, for the list: their texts, with room for what repeats. */
static int keep_text(struct gathering *gathering, struct slice text)
{
	struct mq_tags *tags = gathering->tags;
	struct mq_tag tag = { .text = text };

	/* Labels come in order: those of one text are neighbours. */
	if (tags->count && slice_equal(tags->list[tags->count - 1].text, text))
		return 0;
	tag.text = text.len ? arena_dup(gathering->arena, text) : SLICE("");
	if (!tag.text.ptr)
		return ERR_NOMEM;
	return add_tag(gathering->arena, tags, &tag);
}

static int add_label(void *ctx, struct slice text, node_id node)
{
	(void)node;
	return keep_text(ctx, text);
}

static int add_noted_text(void *ctx, const struct note *note)
{
	struct gathering *gathering = ctx;

	if (note->name_count <= gathering->place)
		return 0;
	return keep_text(gathering, note->names[gathering->place]);
}

static int gather_all(struct call *call, struct mq_tags *out)
{
	static const struct {
		const char *kind;
		size_t place;
	} sources[] = { { "tag", 0 }, { "dataset_tag", 2 }, { "job_tag", 2 },
		{ "field_tag", 3 } };
	struct gathering gathering = { call->arena, out, 0 };
	int r = keep_text(&gathering, SLICE("PII"));

	if (!r)
		r = keep_text(&gathering, SLICE("SENSITIVE"));
	if (!r)
		r = label_each(
			call->snapshot->txn, LABEL_TAG, SLICE(""), add_label, &gathering);
	for (size_t i = 0; i < ARRAY_LEN(sources) && !r; i++) {
		const struct note_key key = { .kind = slice_from(sources[i].kind) };

		gathering.place = sources[i].place;
		r = note_each(call->snapshot->txn, &key, add_noted_text, &gathering);
	}
	finish(out);
	return r;
}

/* What people said of it, else what Marquez is shipped with. */
static int describe(struct call *call, struct slice tag, struct slice *out)
{
	const struct note_key key = { SLICE("tag"), &tag, 1 };
	struct mq_texts texts = { { "description" }, { { 0 } } };
	struct note note;
	int r = note_get(call->snapshot->txn, &key, &note);

	*out = (struct slice){ 0 };
	if (!r) {
		r = mq_json_texts(call, note.content, &texts);
		*out = texts.texts[0];
	} else if (r == 1 && slice_equal(tag, SLICE("PII"))) {
		*out = SLICE("Personally identifiable information");
	} else if (r == 1 && slice_equal(tag, SLICE("SENSITIVE"))) {
		*out = SLICE("Contains sensitive information");
	}
	return r < 0 ? r : 0;
}

static int write_tags(struct jsonw *w, struct call *call, const struct mq_tags *tags,
	const struct mq_page *page)
{
	size_t end = page->offset + page->limit < tags->count
			     ? (size_t)(page->offset + page->limit)
			     : tags->count;

	for (size_t i = (size_t)page->offset; i < end; i++) {
		struct slice description;
		int r = describe(call, tags->list[i].text, &description);

		if (r || page_is_long(w->buf))
			return r;
		jsonw_object(w);
		jsonw_text_or_null(w, "name", tags->list[i].text);
		jsonw_text_or_null(w, "description", description);
		jsonw_object_end(w);
	}
	return 0;
}

int api_mq_tags(struct call *call, struct reply *reply)
{
	static const struct param_rule rules[] = { MQ_PAGE_RULES, { NULL, 0 } };
	struct mq_tags tags = { .count = 0 };
	struct mq_page page;
	struct params p;
	struct jsonw w;
	int r = mq_params(call, rules, &p, reply);

	if (!r)
		r = mq_page(&p, reply, &page);
	if (r)
		return r < 0 ? r : 0;
	r = gather_all(call, &tags);
	if (r)
		return r;
	answer_json(&w, reply);
	jsonw_key(&w, "tags");
	jsonw_array(&w);
	r = write_tags(&w, call, &tags, &page);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return r;
}
