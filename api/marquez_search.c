/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_search.c - GET /api/v1/search: datasets and jobs by a part of their name
 */
#include "api/handlers.h"
#include "api/marquez_scan.h"
#include "api/marquez_walk.h"
#include "api/marquez_words.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "base/clock.h"

#include <stdlib.h>

#define LIMIT_USUAL 10
#define TEXT_MAX    1000
#define HITS_MAX    ((size_t)1 << 24)

static const struct param_rule search_rules[] = { { "q", 1 }, { "filter", 1 },
	{ "sort", 1 }, { "limit", 1 }, { "offset", 1 }, { "namespace", 1 },
	{ "before", 1 }, { "after", 1 }, { NULL, 0 } };

enum search_sort { SORT_NAME, SORT_UPDATED };

struct search {
	struct slice text;
	enum node_kind kind; /* 0: both */
	enum search_sort sort;
	uint64_t limit;
	uint64_t offset;
	int64_t before_us;
	int64_t after_us;
	uint32_t namespace_id; /* 0: any */
	bool nowhere;	       /* there is no such namespace */
};

struct hit {
	node_id id;
	enum node_kind kind;
	int64_t updated_us;
	struct slice namespace;
	struct slice name;
};

struct hits {
	struct mq *mq;
	const struct search *search;
	struct idset *seen;
	struct hit *list;
	size_t count;
	size_t room;
	bool late;
};

static bool is_date(struct slice text)
{
	static const char form[] = "dddd-dd-dd";

	if (text.len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';

		if (form[i] == 'd' ? !digit : text.ptr[i] != form[i])
			return false;
	}
	return true;
}

/* A date is its first moment. */
static int read_date(
	const struct params *p, const char *name, struct reply *reply, int64_t *out)
{
	struct slice text = param_get(p, name);
	char moment[sizeof("2026-08-01T00:00:00Z")] = "";

	if (!param_given(p, name))
		return 0;
	if (!is_date(text))
		return mq_refuse_param(reply,
			"query param %s must match \"^\\d{4}-\\d{2}-\\d{2}$\"", name);
	memcpy(moment, text.ptr, text.len);
	memcpy(moment + text.len, "T00:00:00Z", sizeof("T00:00:00Z"));
	if (time_parse(slice_from(moment), out))
		return mq_refuse(reply, 400, "date/time field value out of range");
	return 0;
}

static int read_namespace(struct call *call, const struct params *p, struct search *out)
{
	int r;

	if (!param_given(p, "namespace"))
		return 0;
	r = namespace_find(
		call->snapshot->txn, param_get(p, "namespace"), &out->namespace_id);
	out->nowhere = r == 1;
	return r < 0 ? r : 0;
}

static int read_search(struct call *call, struct reply *reply, struct search *out)
{
	static const char *const kinds[] = { "DATASET", "JOB", NULL };
	static const char *const sorts[] = { "NAME", "UPDATE_AT", "UPDATED_AT", NULL };
	unsigned kind;
	unsigned sort;
	struct params p;
	int r = mq_params(call, search_rules, &p, reply);

	*out = (struct search){ .before_us = INT64_MAX, .after_us = INT64_MIN };
	if (r)
		return r;
	out->text = param_get(&p, "q");
	if (mq_is_blank(out->text))
		return mq_refuse_param(reply, "query param q must not be blank");
	if (out->text.len > TEXT_MAX)
		return mq_refuse_param(
			reply, "query param q must have at most %d bytes", TEXT_MAX);
	r = mq_word(&p, "filter", kinds, 2, reply, &kind);
	if (!r)
		r = mq_word(&p, "sort", sorts, 0, reply, &sort);
	if (!r)
		r = mq_int(&p, "limit", LIMIT_USUAL, reply, &out->limit);
	if (!r)
		r = mq_int(&p, "offset", 0, reply, &out->offset);
	if (!r)
		r = read_date(&p, "before", reply, &out->before_us);
	if (!r)
		r = read_date(&p, "after", reply, &out->after_us);
	if (r)
		return r;
	out->kind = kind == 0 ? NODE_DATASET : kind == 1 ? NODE_JOB : 0;
	out->sort = sort == 0 ? SORT_NAME : SORT_UPDATED;
	return read_namespace(call, &p, out);
}

/* Bytes of the character at `at`; one that is none is a byte. */
static size_t char_bytes(struct slice text, size_t at)
{
	size_t n = 1;

	if ((unsigned char)text.ptr[at] < 0xc0)
		return 1;
	while (at + n < text.len && ((unsigned char)text.ptr[at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/*
 * Whether the pattern matches the text from a place on, and where it stops to: at
 * its end or at a '%'.  '_' is any character; '\' takes the next one as it is.
 */
static bool match_piece(struct slice pattern, size_t *at, struct slice text, size_t *from)
{
	size_t i = *at;
	size_t k = *from;

	while (i < pattern.len && pattern.ptr[i] != '%') {
		if (k == text.len)
			return false;
		if (pattern.ptr[i] == '_') {
			k += char_bytes(text, k);
			i++;
			continue;
		}
		if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
			i++;
		if (mq_fold(pattern.ptr[i++]) != mq_fold(text.ptr[k++]))
			return false;
	}
	*at = i;
	*from = k;
	return true;
}

/*
 * Whether a text has the pattern somewhere: as SQL's ILIKE '%PATTERN%'.  Each piece
 * between two '%' is taken where it comes first, so nothing is tried twice.
 */
static bool name_matches(struct slice text, struct slice pattern)
{
	size_t at = 0;
	size_t from = 0;

	while (at < pattern.len) {
		size_t start = from;

		if (pattern.ptr[at] == '%') {
			at++;
			continue;
		}
		while (!match_piece(pattern, &at, text, &from)) {
			if (start == text.len)
				return false;
			from = ++start;
		}
	}
	return true;
}

static int make_room(struct hits *hits)
{
	size_t room = hits->room ? hits->room * 2 : 64;
	struct hit *list;

	if (hits->count < hits->room)
		return 0;
	list = arena_array(hits->mq->call->arena, room, sizeof(*list));
	if (!list)
		return ERR_NOMEM;
	if (hits->count)
		memcpy(list, hits->list, hits->count * sizeof(*list));
	hits->list = list;
	hits->room = room;
	return 0;
}

/* The names that the node itself is shown by. */
static int describe(struct call *call, node_id id, struct hit *hit)
{
	struct mq_job_name job;
	struct entity entity;
	int r = node_get(call, id, &entity);

	if (r)
		return r;
	hit->kind = entity.key.kind;
	hit->namespace = entity.key.namespace;
	hit->name = entity.key.name;
	if (entity.key.kind != NODE_JOB)
		return 0;
	r = mq_job_name(call, id, &job);
	hit->name = job.name;
	return r;
}

static int add_hit(struct hits *hits, node_id id)
{
	const struct search *search = hits->search;
	struct call *call = hits->mq->call;
	struct hit hit = { .id = id };
	struct entity_times times;
	bool hidden;
	int r = node_times(call, id, &times);

	if (!r)
		r = mq_fill_times(call, id, &times);
	if (!r)
		r = mq_node_hidden(hits->mq, id, &hidden);
	if (r || hidden || times.last_seen_us >= search->before_us ||
		times.last_seen_us < search->after_us)
		return r;
	r = describe(call, id, &hit);
	if (!r)
		r = make_room(hits);
	if (r)
		return r;
	hit.updated_us = times.last_seen_us;
	hits->list[hits->count++] = hit;
	return 0;
}

static int look_at(void *ctx, const struct mq_scanned *scanned)
{
	struct hits *hits = ctx;
	int r;

	if (!name_matches(scanned->name, hits->search->text))
		return 0;
	r = idset_put(hits->seen, scanned->id, 0);
	if (r)
		return r < 0 ? r : 0;
	return add_hit(hits, scanned->id);
}

static int find_hits(struct hits *hits)
{
	static const enum node_kind kinds[] = { NODE_DATASET, NODE_JOB };
	const struct search *search = hits->search;
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds) && !r && !search->nowhere; i++) {
		const struct mq_scan scan = { .kind = kinds[i],
			.namespace_id = search->namespace_id,
			.visit = look_at,
			.ctx = hits };

		if (!search->kind || search->kind == kinds[i])
			r = mq_scan(hits->mq, &scan, &hits->late);
		if (hits->late)
			break;
	}
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct hit *x = a;
	const struct hit *y = b;
	int r = slice_compare(x->name, y->name);

	if (!r)
		r = slice_compare(x->namespace, y->namespace);
	return r ? r : (x->kind > y->kind) - (x->kind < y->kind);
}

static int by_update(const void *a, const void *b)
{
	const struct hit *x = a;
	const struct hit *y = b;

	if (x->updated_us != y->updated_us)
		return x->updated_us > y->updated_us ? -1 : 1;
	return by_name(a, b);
}

static int write_hit(struct jsonw *w, struct call *call, const struct hit *hit)
{
	int r;

	jsonw_object(w);
	jsonw_key(w, "type");
	jsonw_text(w, hit->kind == NODE_JOB ? "JOB" : "DATASET");
	jsonw_key(w, "name");
	jsonw_string(w, hit->name);
	/* What no event had itself has none; clients want one. */
	mq_time(w, "updatedAt", hit->updated_us == TIME_NEVER ? 0 : hit->updated_us);
	jsonw_key(w, "namespace");
	jsonw_string(w, hit->namespace);
	jsonw_key(w, "nodeId");
	r = mq_node_id(w, call, hit->id);
	jsonw_object_end(w);
	return r;
}

static int write_answer(struct call *call, struct reply *reply, const struct hits *hits)
{
	const struct search *search = hits->search;
	size_t begin = search->offset < hits->count ? search->offset : hits->count;
	size_t count = hits->count - begin;
	struct jsonw w;
	int r = 0;

	if (count > search->limit)
		count = search->limit;
	answer_json(&w, reply);
	jsonw_key(&w, "totalCount");
	jsonw_uint(&w, hits->count);
	jsonw_key(&w, "results");
	jsonw_array(&w);
	for (size_t i = 0; i < count && !r && !page_is_long(w.buf); i++)
		r = write_hit(&w, call, &hits->list[begin + i]);
	jsonw_array_end(&w);
	mq_truncated(&w, hits->late ? "deadline" : NULL);
	jsonw_object_end(&w);
	return r;
}

static int answer(struct mq *mq, struct reply *reply, const struct search *search)
{
	AUTO(idset) struct idset *seen = idset_new(HITS_MAX);
	struct hits hits = { .mq = mq, .search = search, .seen = seen };
	int r;

	if (!seen)
		return ERR_NOMEM;
	r = find_hits(&hits);
	if (r)
		return r;
	if (hits.count)
		qsort(hits.list, hits.count, sizeof(*hits.list),
			search->sort == SORT_NAME ? by_name : by_update);
	return write_answer(mq->call, reply, &hits);
}

int api_mq_search(struct call *call, struct reply *reply)
{
	struct search search;
	struct mq mq;
	int r = read_search(call, reply, &search);

	if (!r)
		r = mq_open(call, &mq);
	if (r)
		return r < 0 ? r : 0;
	r = answer(&mq, reply, &search);
	mq_close(&mq);
	return r < 0 ? r : 0;
}
