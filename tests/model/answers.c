/* SPDX-License-Identifier: Apache-2.0 */

/*
 * answers.c - answers as texts that can be compared
 */
#include "tests/model/answers.h"

#include "graph/entity.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct rewriting {
	struct snapshot snapshot;
};

static json_t *node_text(const struct rewriting *w, json_int_t id)
{
	struct entity entity;

	if (id <= 0 || entity_get(w->snapshot.txn, (node_id)id, &entity))
		return json_string("no such node");
	return json_sprintf("%s|%.*s|%.*s|%.*s", node_kind_text(entity.key.kind),
		(int)entity.key.namespace.len, entity.key.namespace.ptr,
		(int)entity.key.name.len, entity.key.name.ptr, (int)entity.key.field.len,
		entity.key.field.ptr ? entity.key.field.ptr : "");
}

static bool is_one_of(const char *key, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(key, *list) == 0)
			return true;
	}
	return false;
}

static bool holds_ids(const char *key)
{
	static const char *const keys[] = { "id", "from", "to", "via", "roots", "source",
		"target", "job", "owner", NULL };

	return is_one_of(key, keys);
}

static bool counts_events(const char *key)
{
	static const char *const keys[] = { "graphVersion", "next", "sequence", "href",
		"events", NULL };

	return is_one_of(key, keys);
}

/* Lists that have an order of their own, which no id bears on. */
static bool is_ordered(const char *key)
{
	static const char *const keys[] = { "versions", "columns", "fields", "changes",
		"evidence", "classes", NULL };

	return is_one_of(key, keys);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Facets go out as they came in: nothing in them is an id. */
static json_t *rewrite(const struct rewriting *w, const char *key, json_t *value);

static json_t *rewrite_object(const struct rewriting *w, json_t *object)
{
	json_t *out = json_object();
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (counts_events(key) && !json_is_array(value))
			continue;
		value = strcmp(key, "facets") == 0 ? json_incref(value)
						   : rewrite(w, key, value);
		if (json_object_set_new(out, key, value))
			abort();
	}
	return out;
}

/* Of jobs whose flows are not told, an answer lists so many: the first by id. */
#define JOBS_LISTED 20

static json_t *rewrite_array(const struct rewriting *w, const char *key, json_t *array)
{
	size_t listed = json_array_size(array);
	size_t count = strcmp(key, "jobs") == 0 && listed == JOBS_LISTED ? 0 : listed;
	char **texts = calloc(count + 1, sizeof(*texts));
	json_t *out = json_array();

	assert(texts);
	for (size_t i = 0; i < count; i++) {
		json_t *item = rewrite(w, key, json_array_get(array, i));

		texts[i] =
			json_dumps(item, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
		assert(texts[i]);
		json_decref(item);
	}
	if (!is_ordered(key))
		qsort(texts, count, sizeof(*texts), compare_texts);
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(
			    out, json_loads(texts[i], JSON_DECODE_ANY, NULL)))
			abort();
		free(texts[i]);
	}
	free(texts);
	return out;
}

/* Answers are shallow: it may call itself. */
static json_t *rewrite(const struct rewriting *w, const char *key, json_t *value)
{
	if (json_is_integer(value) && holds_ids(key))
		return node_text(w, json_integer_value(value));
	if (json_is_object(value))
		return rewrite_object(w, value);
	if (json_is_array(value))
		return rewrite_array(w, key, value);
	return json_incref(value);
}

json_t *answer_without_ids(struct fixture *fixture, json_t *body)
{
	struct rewriting w;
	json_t *out;

	if (snapshot_take(fixture->graph, &w.snapshot))
		abort();
	out = rewrite(&w, "", body);
	snapshot_end(&w.snapshot);
	return out;
}

char *answer_text(struct fixture *fixture, const char *path, const char *query)
{
	struct reply reply;
	json_t *body;
	json_t *plain;
	char *text;

	fixture_get(fixture, path, query, &reply);
	body = json_loadb(reply.body.data, reply.body.len, JSON_ALLOW_NUL, NULL);
	assert(body);
	plain = answer_without_ids(fixture, body);
	text = json_dumps(plain, JSON_COMPACT | JSON_SORT_KEYS);
	assert(text);
	json_decref(body);
	json_decref(plain);
	reply_fini(&reply);
	return text;
}

static int append_text(void *ctx, struct slice text)
{
	buf_slice(ctx, text);
	return 0;
}

void dump_text(struct fixture *fixture, struct buf *out)
{
	struct snapshot snapshot;

	if (snapshot_take(fixture->graph, &snapshot) ||
		graph_dump(&snapshot, append_text, out))
		abort();
	snapshot_end(&snapshot);
}
