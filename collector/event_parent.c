/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/event_parent.h"

static const struct member run_members[] = {
	MEMBER("runId", reader_text, struct ol_ancestor, run_text),
	MEMBERS_END,
};

static int read_run(struct reader *reader, void *out)
{
	struct ol_ancestor *ancestor = out;

	ancestor->run_text = slice_of(NULL, 0);
	return reader_object(reader, run_members, ancestor);
}

static const struct member job_members[] = {
	MEMBER("namespace", reader_text, struct ol_ancestor, namespace),
	MEMBER("name", reader_text, struct ol_ancestor, name),
	MEMBERS_END,
};

static int read_job(struct reader *reader, void *out)
{
	struct ol_ancestor *ancestor = out;

	ancestor->namespace = slice_of(NULL, 0);
	ancestor->name = slice_of(NULL, 0);
	return reader_object(reader, job_members, ancestor);
}

static const struct member root_members[] = {
	{ SLICE("run"), read_run, 0 },
	{ SLICE("job"), read_job, 0 },
	MEMBERS_END,
};

struct family {
	struct ol_ancestor parent;
	struct ol_ancestor root;
	const char *root_at; /* NULL: there is none */
};

static int read_root(struct reader *reader, void *out)
{
	struct family *family = out;
	char first = scan_peek(&reader->scan);

	family->root = (struct ol_ancestor){ .run_derived = false };
	family->root_at = first == 'n' ? NULL : reader->scan.p;
	return reader_object(reader, root_members, &family->root);
}

static const struct member parent_members[] = {
	MEMBER("run", read_run, struct family, parent),
	MEMBER("job", read_job, struct family, parent),
	{ SLICE("root"), read_root, 0 },
	MEMBERS_END,
};

static int read_family(struct reader *reader, void *out)
{
	return reader_members(reader, parent_members, out);
}

/* The instance that counts: the last of that name. */
static const struct ol_facet *find_facet(
	const struct ol_facets *facets, struct slice name)
{
	for (size_t i = facets->count; i > 0; i--)
		if (slice_equal(facets->list[i - 1].name, name))
			return &facets->list[i - 1];
	return NULL;
}

static int settle(struct reader *reader, const struct ol_ancestor *ancestor,
	const char *at, struct ol_ancestor *out)
{
	if (!ancestor->run_text.len || !ancestor->namespace.ptr || !ancestor->name.ptr)
		return reader_warn(
			reader, at, NULL, "names no run or no job, and is ignored");
	*out = *ancestor;
	out->run_derived = runid_from_text(out->run_text, &out->run) == 1;
	return 0;
}

int event_parent_read(struct reader *reader, struct ol_event *event)
{
	const struct ol_facet *facet = find_facet(&event->run_facets, SLICE("parent"));
	struct family family = { .root_at = NULL };
	const char *at;
	int r;

	if (!facet)
		facet = find_facet(&event->run_facets, SLICE("parentRun"));
	if (!facet || facet->deleted)
		return 0;
	at = facet->bytes.ptr;
	r = reader_again(reader, at, read_family, &family);
	if (!r)
		r = settle(reader, &family.parent, at, &event->parent);
	if (!r && event->parent.name.ptr && family.root_at)
		r = settle(reader, &family.root, family.root_at, &event->root);
	return r;
}
