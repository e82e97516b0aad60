/* SPDX-License-Identifier: Apache-2.0 */

/*
 * compare.c - whether the engine knows of nodes and runs what the model knows
 */
#include "base/arena.h"
#include "base/hash.h"
#include "graph/alias.h"
#include "graph/entity.h"
#include "graph/history.h"
#include "graph/label.h"
#include "graph/parent.h"
#include "graph/run.h"
#include "tests/model/compare_impl.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define FACETS_MAX 64
#define NAME_SIZE  160

const char *compare_name(const struct model *model, int node)
{
	static char texts[8][NAME_SIZE];
	static unsigned next;
	char *text = texts[next++ % ARRAY_LEN(texts)];
	const struct model_node *n;

	if (node < 0)
		return "nothing";
	n = &model->nodes[node];
	(void)snprintf(text, NAME_SIZE, "%s %s/%s%s%s", node_kind_text(n->kind),
		n->namespace, n->name, *n->field ? "." : "", n->field);
	return text;
}

void differ(struct comparison *c, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	buf_str(c->out, line);
	buf_byte(c->out, '\n');
}

static struct node_key key_of(const struct model_node *node)
{
	return (struct node_key){ node->kind, slice_from(node->namespace),
		slice_from(node->name), slice_from(node->field) };
}

static const char *copied(const struct comparison *c, struct slice s)
{
	char *text = arena_alloc(c->arena, s.len + 1);

	assert(text);
	memcpy(text, s.ptr ? s.ptr : "", s.len);
	text[s.len] = '\0';
	return text;
}

int compare_node(const struct comparison *c, node_id id)
{
	struct entity entity;
	struct model_node key = { .field = "" };
	int r;

	for (size_t i = 0; i < c->model->node_count; i++) {
		if (id && c->ids[i] == id)
			return (int)i;
	}
	r = entity_get(c->snapshot->txn, id, &entity);
	if (r)
		return -1;
	key.kind = entity.key.kind;
	key.namespace = copied(c, entity.key.namespace);
	key.name = copied(c, entity.key.name);
	if (key.kind == NODE_FIELD)
		key.field = copied(c, entity.key.field);
	return model_find(c->model, &key);
}

static void find_ids(struct comparison *c)
{
	for (size_t i = 0; i < c->model->node_count; i++) {
		struct node_key key = key_of(&c->model->nodes[i]);

		if (entity_find(c->snapshot->txn, &key, &c->ids[i]))
			c->ids[i] = 0;
	}
}

static const struct model_facet *standing(
	const struct model *model, int node, uint64_t name)
{
	for (size_t i = 0; i < model->facet_count; i++) {
		const struct model_facet *facet = &model->facets[i];

		if (facet->node == node && hash64(slice_from(facet->name)) == name)
			return facet;
	}
	return NULL;
}

static void compare_facets(struct comparison *c, int node)
{
	struct entity_facet rows[FACETS_MAX];
	struct entity entity;
	size_t count = 0;

	if (entity_get(c->snapshot->txn, c->ids[node], &entity))
		return;
	if (entity_facets(c->snapshot->txn, c->ids[node], rows, FACETS_MAX))
		return;
	for (size_t i = 0; i < c->model->facet_count; i++)
		count += c->model->facets[i].node == node;
	if (count != entity.facet_count)
		differ(c, "%s: %zu facets stand or are deleted, engine: %u",
			compare_name(c->model, node), count, entity.facet_count);
	for (size_t i = 0; i < entity.facet_count; i++) {
		const struct model_facet *facet =
			standing(c->model, node, rows[i].name_hash);

		if (!facet)
			differ(c, "%s: engine has a facet that does not stand",
				compare_name(c->model, node));
		else if (facet->hash != rows[i].hash || facet->time_us != rows[i].time_us)
			differ(c,
				"%s: %s is another one: %" PRIx64 " of %" PRId64
				", engine: %" PRIx64 " of %" PRId64,
				compare_name(c->model, node), facet->name, facet->hash,
				facet->time_us, rows[i].hash, rows[i].time_us);
	}
}

static const struct model_past *past_of(
	const struct model *model, int node, const char *name, uint64_t hash)
{
	for (size_t i = 0; i < model->past_count; i++) {
		const struct model_past *past = &model->pasts[i];

		if (past->node == node && past->hash == hash &&
			strcmp(past->name, name) == 0)
			return past;
	}
	return NULL;
}

static void compare_history(struct comparison *c, int node, const char *name)
{
	struct past_facets has = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < c->model->past_count; i++)
		count += c->model->pasts[i].node == node &&
			 strcmp(c->model->pasts[i].name, name) == 0;
	if (history_list(c->snapshot->txn, c->ids[node], hash64(slice_from(name)),
		    c->arena, &has) ||
		has.count != count)
		differ(c, "%s: %s had %zu contents, engine: %zu",
			compare_name(c->model, node), name, count, has.count);
	for (size_t i = 0; i < has.count; i++) {
		const struct model_past *past =
			past_of(c->model, node, name, has.list[i].hash);

		if (!past || past->first_us != has.list[i].first_us ||
			past->last_us != has.list[i].last_us)
			differ(c,
				"%s: %s from %" PRId64 " to %" PRId64 ", engine: %" PRId64
				" to %" PRId64,
				compare_name(c->model, node), name,
				past ? past->first_us : 0, past ? past->last_us : 0,
				has.list[i].first_us, has.list[i].last_us);
	}
}

static void compare_life(struct comparison *c, int node)
{
	const struct model_life *life = &c->model->lives[node];
	bool dropped =
		life->dropped_us != INT64_MIN && life->dropped_us >= life->written_us;
	struct entity entity;

	if (entity_get(c->snapshot->txn, c->ids[node], &entity))
		return;
	if (dropped != entity_dropped(&entity.times))
		differ(c, "%s: %s dropped, engine: written %" PRId64 " dropped %" PRId64,
			compare_name(c->model, node), dropped ? "is" : "is not",
			entity.times.written_us, entity.times.dropped_us);
}

static void compare_aliases(struct comparison *c, int node)
{
	struct alias_ids group = { 0 };
	size_t members = 0;
	int stands;

	if (alias_group(c->snapshot->txn, c->ids[node], c->arena, &group)) {
		differ(c, "%s: alias_group failed", compare_name(c->model, node));
		return;
	}
	stands = group.count ? compare_node(c, group.ids[0]) : -1;
	for (size_t i = 0; i < c->model->node_count; i++)
		members += c->model->nodes[i].kind == NODE_DATASET &&
			   c->model->canonical[i] == c->model->canonical[node];
	if (stands != c->model->canonical[node] || members != group.count)
		differ(c, "%s: %s stands for %zu, engine: %s for %zu",
			compare_name(c->model, node),
			compare_name(c->model, c->model->canonical[node]), members,
			compare_name(c->model, stands), group.count);
	stands = compare_node(c, image_canonical(c->snapshot->image, c->ids[node]));
	if (stands != c->model->canonical[node])
		differ(c, "%s: %s stands for it, image: %s", compare_name(c->model, node),
			compare_name(c->model, c->model->canonical[node]),
			compare_name(c->model, stands));
}

static void compare_parent(struct comparison *c, int node)
{
	const struct model_ancestors *told = &c->model->parents[node];
	struct job_parent has = { 0 };

	if (job_parent_get(c->snapshot->txn, c->ids[node], &has) < 0)
		differ(c, "%s: job_parent_get failed", compare_name(c->model, node));
	if ((has.parent ? compare_node(c, has.parent) : -1) != told->parent ||
		(has.root ? compare_node(c, has.root) : -1) != told->root)
		differ(c, "%s: parent %s root %s, engine: %s, %s",
			compare_name(c->model, node),
			compare_name(c->model, told->parent),
			compare_name(c->model, told->root),
			compare_name(
				c->model, has.parent ? compare_node(c, has.parent) : -1),
			compare_name(
				c->model, has.root ? compare_node(c, has.root) : -1));
}

struct label_search {
	struct comparison *c;
	enum label_kind kind;
	size_t found;
};

static const char *const label_words[] = {
	[LABEL_OWNER] = "owner",
	[LABEL_TAG] = "tag",
	[LABEL_PLANNED] = "planned change",
};

static int see_label(void *ctx, struct slice text, node_id id)
{
	struct label_search *search = ctx;
	const struct model *model = search->c->model;
	int node = compare_node(search->c, id);

	for (size_t i = 0; i < model->label_count; i++) {
		const struct model_label *label = &model->labels[i];

		if (label->kind == search->kind && label->node == node &&
			slice_equal(slice_from(label->text), text)) {
			search->found++;
			return 0;
		}
	}
	differ(search->c, "%s: engine has the %s %.*s", compare_name(model, node),
		label_words[search->kind], (int)text.len, text.ptr);
	return 0;
}

static void compare_labels(struct comparison *c, enum label_kind kind)
{
	struct label_search search = { c, kind, 0 };
	size_t count = 0;

	for (size_t i = 0; i < c->model->label_count; i++)
		count += c->model->labels[i].kind == kind;
	if (label_each(c->snapshot->txn, kind, (struct slice){ 0 }, see_label, &search))
		differ(c, "label_each failed");
	if (search.found != count)
		differ(c, "%zu times %s, engine has %zu of them", count,
			label_words[kind], search.found);
}

static bool is_in(const struct model_set *set, int node)
{
	bool in = false;

	for (size_t i = 0; i < set->input_count; i++)
		in |= set->inputs[i] == node;
	for (size_t i = 0; i < set->output_count; i++)
		in |= set->outputs[i] == node;
	for (size_t i = 0; i < set->flow_count; i++)
		in |= set->flows[i].source == node || set->flows[i].target == node;
	return in;
}

/* Whether an event tells anything of a node; it may only name it. */
static bool is_told_of(const struct model *model, int node)
{
	for (size_t i = 0; i < model->event_count; i++) {
		if (is_in(&model->events[i].set, node))
			return true;
	}
	return false;
}

void compare_states(struct comparison *c)
{
	for (int i = 0; i < (int)c->model->node_count; i++) {
		enum node_kind kind = c->model->nodes[i].kind;

		if (!c->ids[i]) {
			if (is_told_of(c->model, i))
				differ(c, "%s: engine does not know it",
					compare_name(c->model, i));
			continue;
		}
		if (kind == NODE_DATASET || kind == NODE_JOB)
			compare_facets(c, i);
		if (kind == NODE_DATASET) {
			compare_history(c, i, "schema");
			compare_history(c, i, "symlinks");
			compare_history(c, i, "lifecycleStateChange");
			compare_life(c, i);
			compare_aliases(c, i);
		}
		if (kind == NODE_JOB)
			compare_parent(c, i);
	}
	compare_labels(c, LABEL_OWNER);
	compare_labels(c, LABEL_TAG);
	compare_labels(c, LABEL_PLANNED);
}

static void compare_link(struct comparison *c, const char *text, const char *what,
	const struct run_link *link, int job, const struct runid *run)
{
	int has = link->job ? compare_node(c, link->job) : -1;

	if (has != job || (job >= 0 && runid_compare(&link->run, run) != 0))
		differ(c, "run %s: %s of %s, engine: %s", text, what,
			compare_name(c->model, job), compare_name(c->model, has));
}

static void compare_state(struct comparison *c, const char *text,
	const struct model_run *run, const struct run *has)
{
	if (has->state == run->state && has->start_us == run->start_us &&
		has->first_us == run->first_us && has->last_us == run->last_us &&
		has->end_us == run->end_us)
		return;
	differ(c,
		"run %s: %s from %" PRId64 " to %" PRId64 ", engine: %s from %" PRId64
		" to %" PRId64,
		text, event_type_text(run->state), run->start_us, run->end_us,
		event_type_text(has->state), has->start_us, has->end_us);
}

static void compare_run(struct comparison *c, const struct model_run *run)
{
	char text[RUNID_TEXT_MAX];
	struct run has;

	(void)runid_format(&run->id, text);
	if (run_get(c->snapshot->txn, &run->id, &has)) {
		differ(c, "run %s: engine does not know it", text);
		return;
	}
	if (compare_node(c, has.job) != run->job)
		differ(c, "run %s: of %s, engine: %s", text,
			compare_name(c->model, run->job),
			compare_name(c->model, compare_node(c, has.job)));
	compare_link(
		c, text, "parent", &has.parent, run->told.parent, &run->told.parent_run);
	compare_link(c, text, "root", &has.root, run->told.root, &run->told.root_run);
	if (run->own)
		compare_state(c, text, run, &has);
	else if (has.event_total || has.first_us != run->first_us)
		differ(c,
			"run %s: sent no event, first named at %" PRId64
			", engine: %u events, %" PRId64,
			text, run->first_us, has.event_total, has.first_us);
}

void compare_runs(struct comparison *c)
{
	for (size_t i = 0; i < c->model->run_count; i++)
		compare_run(c, &c->model->runs[i]);
}

void compare_all(const struct model *model, struct snapshot *snapshot, unsigned seed,
	struct buf *out)
{
	struct comparison c = { .model = model, .snapshot = snapshot, .out = out };

	c.arena = arena_new((size_t)64 << 10, (size_t)256 << 20);
	assert(c.arena);
	find_ids(&c);
	compare_states(&c);
	compare_runs(&c);
	compare_notes(&c);
	compare_walks(&c, seed);
	arena_free(c.arena);
}
