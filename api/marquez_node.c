/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_node.c - the parameter nodeId: which node a graph is asked of
 */
#include "api/marquez_node.h"

#include "api/facetin.h"

/* Colons tried in one text; each costs a look-up. */
#define SPLITS_MAX 1000

/* What stands before a colon, and what behind it. */
struct split {
	struct slice text;
	struct slice left;
	struct slice right;
	unsigned tried;
};

/* The next colon; false when there is none, or there were too many. */
static bool split_next(struct split *split)
{
	size_t from = split->left.ptr ? split->left.len + 1 : 0;
	const char *colon;

	if (from >= split->text.len || split->tried++ == SPLITS_MAX)
		return false;
	colon = memchr(split->text.ptr + from, ':', split->text.len - from);
	if (!colon)
		return false;
	split->left = slice_of(split->text.ptr, (size_t)(colon - split->text.ptr));
	split->right = slice_of(colon + 1, split->text.len - split->left.len - 1);
	return true;
}

/* A colon that Marquez splits at: not that of "s3://" or of a port. */
static bool is_usual(const struct split *split)
{
	struct slice right = split->right;

	return !slice_starts(right, SLICE("//")) &&
	       !(right.len && right.ptr[0] >= '0' && right.ptr[0] <= '9');
}

/* What a node that is not there would be called. */
static struct slice usual_name(struct slice text)
{
	struct split split = { .text = text };
	struct slice name = text;

	while (split_next(&split)) {
		name = split.right;
		if (is_usual(&split))
			return name;
	}
	return name;
}

/* A field under any of the names of its dataset, or one that the schema has. */
static int find_field(struct call *call, struct slice name, struct mq_node *node)
{
	int r = 1;

	for (node_id at = node->id; at && r == 1; at = ring_next(call, node->id, at)) {
		struct entity dataset;
		struct node_key key;

		r = entity_get(call->snapshot->txn, at, &dataset);
		if (r)
			return r < 0 ? r : ERR_CORRUPT;
		key = dataset.key;
		key.kind = NODE_FIELD;
		key.field = name;
		r = entity_find(call->snapshot->txn, &key, &node->field);
	}
	if (r == 0)
		node->field = image_canonical(call->snapshot->image, node->field);
	node->field_name = name;
	return r == 1 ? facet_schema_has(call, node->id, name) : r;
}

static int find_field_within(struct call *call, struct slice namespace, struct slice text,
	struct mq_node *node)
{
	struct split split = { .text = text };
	int r = 1;

	while (r == 1 && split_next(&split)) {
		r = mq_find_dataset(call, namespace, split.left, &node->id);
		if (r == 0)
			r = find_field(call, split.right, node);
	}
	return r;
}

static int find_within(struct call *call, struct slice namespace, struct slice text,
	struct mq_node *node)
{
	switch (node->kind) {
	case NODE_JOB:
		return mq_find_job(call, namespace, text, &node->id);
	case NODE_FIELD:
		return find_field_within(call, namespace, text, node);
	case NODE_DATASET:
	case NODE_WHOLE:
		break;
	}
	return mq_find_dataset(call, namespace, text, &node->id);
}

/*
 * Namespaces are few: they are looked for first, since jobs and fields are looked for
 * in many ways again.
 */
static int find(struct call *call, struct slice text, struct mq_node *node)
{
	struct split split = { .text = text };
	int r = 1;

	node->field = 0;
	while (r == 1 && split_next(&split)) {
		uint32_t id;

		r = namespace_find(call->snapshot->txn, split.left, &id);
		if (r == 0)
			r = find_within(call, split.left, split.right, node);
	}
	return r;
}

/* Cuts "#VERSION" off; false when there is none. */
static bool cut_version(struct slice *text, struct runid *out)
{
	size_t n = RUNID_TEXT_MAX - 1;
	size_t at = text->len > n ? text->len - n - 1 : 0;

	if (text->len <= n || text->ptr[at] != '#' ||
		runid_from_text(slice_of(text->ptr + at + 1, n), out))
		return false;
	text->len = at;
	return true;
}

static int find_versioned(
	struct call *call, struct slice *text, unsigned flags, struct mq_node *node)
{
	int r = find(call, *text, node);

	if (r != 1 || !(flags & MQ_NODE_VERSIONS) || !cut_version(text, &node->version))
		return r;
	node->versioned = true;
	return find(call, *text, node);
}

static bool cut_prefix(struct slice *text, struct slice prefix)
{
	if (!slice_starts(*text, prefix))
		return false;
	*text = slice_of(text->ptr + prefix.len, text->len - prefix.len);
	return true;
}

/* Returns 0, or 1 when it is none of these. */
static int read_prefix(struct slice *text, enum node_kind *out)
{
	if (cut_prefix(text, SLICE("dataset:")))
		*out = NODE_DATASET;
	else if (cut_prefix(text, SLICE("job:")))
		*out = NODE_JOB;
	else if (cut_prefix(text, SLICE("datasetField:")))
		*out = NODE_FIELD;
	else
		return 1;
	return 0;
}

static int refuse_kind(struct reply *reply, struct slice text)
{
	return mq_refuse(reply, 404, "Node '%.*s' must be of type dataset or job!",
		(int)(text.len < 1000 ? text.len : 1000), text.ptr);
}

int mq_node_read(struct call *call, const struct params *p, unsigned flags,
	struct reply *reply, struct mq_node *out, struct slice *name_out)
{
	struct slice whole = param_get(p, "nodeId");
	struct slice text = whole;
	int r;

	*out = (struct mq_node){ .id = 0 };
	if (!param_given(p, "nodeId"))
		return mq_refuse_param(reply, "query param nodeId must not be null");
	if (read_prefix(&text, &out->kind))
		return slice_starts(whole, SLICE("run:")) ? refuse_kind(reply, whole)
							  : mq_refuse_path(reply);
	if (out->kind == NODE_FIELD && !(flags & MQ_NODE_FIELDS))
		return refuse_kind(reply, whole);
	r = find_versioned(call, &text, flags, out);
	*name_out = usual_name(text);
	return r == 1 ? 2 : r;
}
