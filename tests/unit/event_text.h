/* SPDX-License-Identifier: Apache-2.0 */

/*
 * event_text.h - events for tests, in one line each
 *
 *	run R1 START 5 J a,b > c
 *	job 7 J a > c
 *	dataset 9 a[owner=me][schema!]
 *	run R1^P:K^Q:L[f=1] COMPLETE 6 J - > -
 *	run R1 START 5 J a[f=1]+[g=2] > c
 *	note 5 tag pii,a = {"x":1}
 *
 * That is kind, run and type, event time, job, inputs and outputs.  A name may
 * be NAMESPACE@NAME, the namespace is "n" otherwise, and a facet is told by
 * [name=bytes], or by [name!] when it is deleted.  "-" is an empty list.  The
 * run in the fourth line has the parent run P of the job K, the root Q of L, and a
 * facet; in the fifth g is an inputFacet of a.  A note has a kind, names, and
 * what follows "= "; nothing takes it back.
 *
 * event_text_read() fits event_decode: the graph can keep such lines in its
 * log, and does not know that they are not JSON.
 */
#pragma once

#include "base/arena.h"
#include "base/hash.h"
#include "graph/model.h"

#include <stdlib.h>
#include <string.h>

/* Cuts off the part of text before the first stop; all when there is none. */
static inline struct slice text_cut(struct slice *text, char stop)
{
	const char *end = text->len ? memchr(text->ptr, stop, text->len) : NULL;
	size_t len = end ? (size_t)(end - text->ptr) : text->len;
	size_t skip = end ? len + 1 : len;
	struct slice part = slice_of(text->ptr, len);

	*text = slice_of(text->ptr + skip, text->len - skip);
	return part;
}

static inline size_t text_count(struct slice text, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == c;
	return n;
}

static inline int64_t text_number(struct slice text)
{
	int64_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n = n * 10 + (text.ptr[i] - '0');
	return n;
}

/* text is what follows the name: "[a=b][c!]". */
static inline int text_facets(
	struct slice text, struct arena *arena, struct ol_facets *out)
{
	out->count = 0;
	out->list = arena_array(arena, text_count(text, '[') + 1, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	while (text.len) {
		struct slice body = text_cut(&text, ']');
		struct ol_facet *facet = &out->list[out->count++];

		if (!body.len || body.ptr[0] != '[')
			return ERR_INVALID;
		body = slice_of(body.ptr + 1, body.len - 1);
		facet->deleted = body.len && body.ptr[body.len - 1] == '!';
		facet->name = text_cut(&body, facet->deleted ? '!' : '=');
		facet->bytes = facet->deleted ? SLICE("!") : body;
	}
	return 0;
}

/* Cuts off what follows "+", the facets of a dataset as an input or output. */
static inline struct slice text_cut_io(struct slice *text)
{
	for (size_t i = 0; i + 1 < text->len; i++) {
		const char *at = text->ptr + i;
		struct slice io = slice_of(at + 1, text->len - i - 1);

		if (at[0] != '+' || at[1] != '[')
			continue;
		*text = slice_of(text->ptr, i);
		return io;
	}
	return slice_of(NULL, 0);
}

static inline int text_dataset(
	struct slice text, struct arena *arena, struct ol_dataset *out)
{
	struct slice io = text_cut_io(&text);
	struct slice whole = text;
	struct slice name = text_cut(&text, '[');
	struct slice facets = slice_of(name.ptr + name.len, whole.len - name.len);
	int r;

	out->namespace = SLICE("n");
	if (text_count(name, '@'))
		out->namespace = text_cut(&name, '@');
	out->name = name;
	r = text_facets(facets, arena, &out->facets);
	return r ? r : text_facets(io, arena, &out->io_facets);
}

static inline int text_datasets(
	struct slice text, struct arena *arena, struct ol_datasets *out)
{
	out->count = 0;
	if (slice_equal(text, SLICE("-")))
		return 0;
	out->list = arena_array(arena, text_count(text, ',') + 1, sizeof(*out->list));
	if (!out->list)
		return ERR_NOMEM;
	while (text.len) {
		int r = text_dataset(
			text_cut(&text, ','), arena, &out->list[out->count++]);

		if (r)
			return r;
	}
	return 0;
}

static inline enum event_type text_type(struct slice text)
{
	for (int i = TYPE_OTHER; i <= TYPE_ABORT; i++)
		if (slice_equal(text, slice_from(event_type_text((enum event_type)i))))
			return (enum event_type)i;
	return TYPE_OTHER;
}

/* "P:K": a run and its job; nothing is not told. */
static inline void text_ancestor(struct slice text, struct ol_ancestor *out)
{
	if (!text.len)
		return;
	out->run_text = text_cut(&text, ':');
	out->run_derived = runid_from_text(out->run_text, &out->run) == 1;
	out->namespace = SLICE("n");
	if (text_count(text, '@'))
		out->namespace = text_cut(&text, '@');
	out->name = text;
}

/* "R1^P:K^Q:L[f=1]": the run, its parent and root, its facets. */
static inline int text_run(struct slice text, struct arena *arena, struct ol_event *out)
{
	struct slice whole = text;
	struct slice run = text_cut(&text, '[');
	struct slice facets = slice_of(run.ptr + run.len, whole.len - run.len);

	out->run_text = text_cut(&run, '^');
	out->run_derived = runid_from_text(out->run_text, &out->run) == 1;
	text_ancestor(text_cut(&run, '^'), &out->parent);
	text_ancestor(run, &out->root);
	return text_facets(facets, arena, &out->run_facets);
}

/* "J a > c": the job and what it reads and writes. */
static inline int text_job(struct slice text, struct arena *arena, struct ol_event *out)
{
	struct ol_dataset job = { 0 };
	int r = text_dataset(text_cut(&text, ' '), arena, &job);

	if (!r)
		r = text_datasets(text_cut(&text, ' '), arena, &out->inputs);
	if (r || !slice_equal(text_cut(&text, ' '), SLICE(">")))
		return r ? r : ERR_INVALID;
	out->job = (struct ol_job){ job.namespace, job.name, job.facets };
	return text_datasets(text, arena, &out->outputs);
}

/* "tag pii,a = {}": kind, names, content. */
static inline int text_note(struct slice text, struct arena *arena, struct ol_event *out)
{
	struct ol_note *note = arena_array(arena, 1, sizeof(*note));
	struct slice names;

	if (!note)
		return ERR_NOMEM;
	note->kind = text_cut(&text, ' ');
	names = text_cut(&text, ' ');
	while (names.len && note->name_count < NOTE_NAMES_MAX)
		note->names[note->name_count++] = text_cut(&names, ',');
	if (!slice_equal(text_cut(&text, ' '), SLICE("=")))
		return ERR_INVALID;
	if (text.len)
		note->content = text;
	out->note = note;
	return 0;
}

static inline int text_body(struct slice text, struct arena *arena, struct ol_event *out)
{
	switch (out->kind) {
	case EVENT_RUN:
	case EVENT_JOB:
		return text_job(text, arena, out);
	case EVENT_DATASET:
		return text_dataset(text, arena, &out->dataset);
	case EVENT_NOTE:
		return text_note(text, arena, out);
	}
	return ERR_INVALID;
}

static inline int event_text_read(struct slice raw, int64_t received_us,
	struct arena *arena, struct ol_event *out, struct fault *fault)
{
	struct slice text = raw;
	struct slice kind = text_cut(&text, ' ');
	int r = 0;

	(void)received_us;
	*out = (struct ol_event){ .raw = raw, .raw_hash = hash64(raw) };
	if (slice_equal(kind, SLICE("run"))) {
		out->kind = EVENT_RUN;
		r = text_run(text_cut(&text, ' '), arena, out);
		out->type = text_type(text_cut(&text, ' '));
	} else if (slice_equal(kind, SLICE("job"))) {
		out->kind = EVENT_JOB;
	} else if (slice_equal(kind, SLICE("dataset"))) {
		out->kind = EVENT_DATASET;
	} else if (slice_equal(kind, SLICE("note"))) {
		out->kind = EVENT_NOTE;
	} else {
		return fault_set(fault, "", "no event");
	}
	out->time_us = text_number(text_cut(&text, ' '));
	if (r)
		return r;
	r = text_body(text, arena, out);
	out->lineage_hash = ol_event_lineage_hash(out);
	return r;
}
