/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_find.c - nodes by the names that Marquez gives them
 *
 * Marquez shows a job that another one started as PARENT.SIMPLE.  Here jobs keep
 * the names that events told, so what is shown is put together when it is asked
 * for, and what is asked for is taken apart at each of its dots.
 */
#include "api/marquez.h"

#include "api/call.h"
#include "api/nodelife.h"
#include "api/nodeout.h"
#include "graph/note.h"
#include "graph/parent.h"

/* Parents above a job that are shown; of a circle each is shown once. */
#define LEVELS_MAX 16

/* Dots tried in one name; each costs a look-up. */
#define DOTS_MAX 1000

int mq_find_namespace(struct call *call, struct slice name)
{
	const struct note_key key = { SLICE("namespace"), &name, 1 };
	struct note note;
	uint32_t id;
	int r = namespace_find(call->snapshot->txn, name, &id);

	if (r != 1 || slice_equal(name, SLICE("default")))
		return r < 0 ? r : 0;
	return note_get(call->snapshot->txn, &key, &note);
}

int mq_find_dataset(
	struct call *call, struct slice namespace, struct slice name, node_id *out)
{
	const struct node_key key = {
		.kind = NODE_DATASET, .namespace = namespace, .name = name
	};
	node_id id;
	int r = entity_find(call->snapshot->txn, &key, &id);

	if (r)
		return r;
	id = image_canonical(call->snapshot->image, id);
	/* Of some nothing is known but that symlinks named them once. */
	r = snapshot_lists(call->snapshot, id);
	if (r < 0)
		return r;
	*out = id;
	return r ? 0 : 1;
}

static bool has_id(const node_id *ids, size_t count, node_id id)
{
	for (size_t i = 0; i < count; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* The job and those above it, as far as they go. */
static int climb(
	struct call *call, node_id job, node_id ids[LEVELS_MAX], size_t *count_out)
{
	size_t count = 0;

	while (job && count < LEVELS_MAX && !has_id(ids, count, job)) {
		struct job_parent family = { .parent = 0 };
		int r = job_parent_get(call->snapshot->txn, job, &family);

		if (r < 0)
			return r;
		ids[count++] = job;
		job = family.parent;
	}
	*count_out = count;
	return 0;
}

/* Whether a name begins with another one and a dot. */
static bool is_within(struct slice name, struct slice parent)
{
	return name.len > parent.len + 1 && name.ptr[parent.len] == '.' &&
	       slice_starts(name, parent);
}

static int join(
	struct arena *arena, struct slice parent, struct slice simple, struct slice *out)
{
	char *text = arena_alloc(arena, parent.len + 1 + simple.len);

	if (!text)
		return ERR_NOMEM;
	if (parent.len)
		memcpy(text, parent.ptr, parent.len);
	text[parent.len] = '.';
	if (simple.len)
		memcpy(text + parent.len + 1, simple.ptr, simple.len);
	*out = slice_of(text, parent.len + 1 + simple.len);
	return 0;
}

/* Puts a job below what is above it so far. */
static int descend(struct call *call, node_id job, struct mq_job_name *name)
{
	struct slice above = name->name;
	struct entity entity;
	int r = node_get(call, job, &entity);

	if (r)
		return r;
	name->namespace = entity.key.namespace;
	name->parent_name = above;
	name->simple = entity.key.name;
	name->name = entity.key.name;
	if (!above.ptr)
		return 0;
	if (!is_within(entity.key.name, above))
		return join(call->arena, above, entity.key.name, &name->name);
	name->simple = slice_of(
		entity.key.name.ptr + above.len + 1, entity.key.name.len - above.len - 1);
	return 0;
}

int mq_job_name(struct call *call, node_id job, struct mq_job_name *out)
{
	node_id ids[LEVELS_MAX];
	size_t count;
	int r = climb(call, job, ids, &count);

	*out = (struct mq_job_name){ .parent = !r && count > 1 ? ids[1] : 0 };
	for (size_t i = r ? 0 : count; i > 0 && !r; i--)
		r = descend(call, ids[i - 1], out);
	return r;
}

/* Returns 0 when this job is shown under the name, or 1. */
static int is_shown_as(struct call *call, node_id job, struct slice name)
{
	struct mq_job_name shown;
	int r = mq_job_name(call, job, &shown);

	if (r)
		return r;
	return slice_equal(shown.name, name) ? 0 : 1;
}

/* A job whose own name is what stands behind one of the dots. */
static int find_below(
	struct call *call, struct slice namespace, struct slice name, node_id *out)
{
	unsigned dots = 0;

	for (size_t i = 0; i < name.len && dots < DOTS_MAX; i++) {
		struct node_key key = { .kind = NODE_JOB, .namespace = namespace };
		int r;

		if (name.ptr[i] != '.')
			continue;
		dots++;
		key.name = slice_of(name.ptr + i + 1, name.len - i - 1);
		r = entity_find(call->snapshot->txn, &key, out);
		if (!r)
			r = is_shown_as(call, *out, name);
		if (r <= 0)
			return r;
	}
	return 1;
}

int mq_find_job(
	struct call *call, struct slice namespace, struct slice name, node_id *out)
{
	const struct node_key key = {
		.kind = NODE_JOB, .namespace = namespace, .name = name
	};
	node_id exact = 0;
	int r = entity_find(call->snapshot->txn, &key, &exact);

	if (!r)
		r = is_shown_as(call, exact, name);
	if (!r)
		*out = exact;
	if (r <= 0)
		return r;
	r = find_below(call, namespace, name, out);
	if (r != 1 || !exact)
		return r;
	*out = exact;
	return 0;
}

/* The key of a node, with the name of a job as it is shown. */
static int read_shown(struct call *call, node_id node, struct node_key *out)
{
	struct mq_job_name job;
	struct entity entity;
	int r = node_get(call, node, &entity);

	if (r)
		return r;
	*out = entity.key;
	if (out->kind != NODE_JOB)
		return 0;
	r = mq_job_name(call, node, &job);
	out->name = job.name;
	return r;
}

int mq_node_id(struct jsonw *w, struct call *call, node_id node)
{
	struct node_key key;
	struct buf text;
	int r = read_shown(call, node, &key);

	if (r)
		return r;
	buf_init(&text, w->buf->max);
	buf_str(&text, node_kind_text(key.kind));
	buf_byte(&text, ':');
	buf_slice(&text, key.namespace);
	buf_byte(&text, ':');
	buf_slice(&text, key.name);
	r = buf_error(&text);
	if (!r)
		jsonw_string(w, buf_get(&text));
	buf_fini(&text);
	return r;
}

int mq_name(struct jsonw *w, struct call *call, node_id node)
{
	struct node_key key;
	int r = read_shown(call, node, &key);

	if (!r)
		jsonw_name(w, &key);
	return r;
}

static int require_namespace(struct call *call, struct reply *reply)
{
	int r = mq_find_namespace(call, call->args[0]);

	return r == 1 ? mq_refuse_missing(reply, "Namespace", call->args[0]) : r;
}

/* Returns 0, or 1 when the node was hidden, and nothing was heard of it since. */
static int check_shown(struct call *call, node_id node)
{
	struct entity_times times;
	struct entity entity;
	struct mq mq;
	int r = node_get(call, node, &entity);

	if (!r)
		r = node_times(call, node, &times);
	if (!r)
		r = mq_fill_times(call, node, &times);
	if (!r)
		r = mq_open(call, &mq);
	if (r)
		return r;
	r = mq_is_hidden(&mq, &entity, &times);
	mq_close(&mq);
	return r;
}

int mq_arg_dataset(struct call *call, struct reply *reply, node_id *out)
{
	int r = require_namespace(call, reply);

	if (r)
		return r;
	r = mq_find_dataset(call, call->args[0], call->args[1], out);
	if (!r)
		r = check_shown(call, *out);
	return r == 1 ? mq_refuse_missing(reply, "Dataset", call->args[1]) : r;
}

int mq_arg_job(struct call *call, struct reply *reply, node_id *out)
{
	int r = require_namespace(call, reply);

	if (r)
		return r;
	r = mq_find_job(call, call->args[0], call->args[1], out);
	if (!r)
		r = check_shown(call, *out);
	return r == 1 ? mq_refuse_missing(reply, "Job", call->args[1]) : r;
}

int mq_arg_uuid(struct call *call, struct reply *reply, size_t arg, struct runid *out)
{
	return runid_from_text(call->args[arg], out) ? mq_refuse_path(reply) : 0;
}
