/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_mermaid.c - impact as a Mermaid flowchart
 *
 * The explaining paths of the worst impacts, each node and each edge once.  Arrows
 * go the way that effects do, dotted into a writer of what is changed.  Mermaid
 * refuses a text of 50 000 characters or more, and one of more than 500 edges:
 * what is beyond that is not drawn, and a node says how much that is.
 */
#include "api/impact_words.h"
#include "api/mermaid.h"
#include "base/hash.h"

#include <inttypes.h>

#define NAME_MAX_BYTES 100
#define TEXT_MAX       47000 /* of nodes, edges and classes; the rest is fixed */
#define CLASS_BYTES    8     /* ",n1234" and some more */
#define NODES_MAX      1000
#define EDGES_MAX      480  /* notes need some */
#define SLOTS	       4096 /* a power of two, more than any of both */

struct drawn_node {
	struct hash128 hash; /* of its key */
	enum impact_effect effect;
	bool changed; /* it is what the question changes */
};

struct drawing {
	const struct impact_report *report;
	struct buf nodes;
	struct buf edges;
	struct drawn_node *list; /* by id */
	uint32_t node_count;
	uint32_t edge_count;
	uint16_t *node_slots; /* id + 1; 0: free */
	uint32_t *edge_slots; /* from and to, + 1; 0: free */
};

static struct hash128 hash_of(const struct node_key *key)
{
	const struct slice pieces[] = { slice_from(key->kind == NODE_WHOLE
							   ? node_kind_text(NODE_DATASET)
							   : node_kind_text(key->kind)),
		key->namespace, key->name, key->field };

	return hash128_pieces(pieces, sizeof(pieces) / sizeof(pieces[0]));
}

static uint32_t add_node(struct drawing *drawing, const struct node_key *key,
	struct hash128 hash, uint16_t *slot)
{
	uint32_t id = drawing->node_count++;

	drawing->list[id] = (struct drawn_node){ .hash = hash };
	*slot = (uint16_t)(id + 1);
	buf_printf(&drawing->nodes, "\tn%" PRIu32, id);
	mermaid_label(&drawing->nodes, key, NAME_MAX_BYTES);
	buf_byte(&drawing->nodes, '\n');
	return id;
}

/* The id of a node, which is drawn unless it is already.  There is room for one. */
static uint32_t draw_node(struct drawing *drawing, const struct node_key *key)
{
	struct hash128 hash = hash_of(key);
	size_t at = hash.lo % SLOTS;

	for (; drawing->node_slots[at]; at = (at + 1) % SLOTS) {
		uint32_t id = drawing->node_slots[at] - 1U;

		if (hash128_equal(drawing->list[id].hash, hash))
			return id;
	}
	return add_node(drawing, key, hash, &drawing->node_slots[at]);
}

/* omitted: steps between both that are not told. */
static void draw_edge(struct drawing *drawing, uint32_t from, uint32_t to, bool upstream,
	size_t omitted)
{
	uint32_t edge = (from << 16 | to) + 1;
	size_t at = (from * 31U + to) % SLOTS;

	for (; drawing->edge_slots[at]; at = (at + 1) % SLOTS) {
		if (drawing->edge_slots[at] == edge)
			return;
	}
	drawing->edge_slots[at] = edge;
	drawing->edge_count++;
	buf_printf(&drawing->edges, "\tn%" PRIu32 " %s", from, upstream ? "-.->" : "-->");
	if (omitted)
		buf_printf(&drawing->edges, "|%zu more|", omitted);
	buf_printf(&drawing->edges, " n%" PRIu32 "\n", to);
}

static bool is_full(const struct drawing *drawing)
{
	return drawing->nodes.len + drawing->edges.len +
			       (size_t)drawing->node_count * CLASS_BYTES >
		       TEXT_MAX ||
	       drawing->edge_count > EDGES_MAX;
}

/* Draws a whole path, or nothing of it: false, and then no more may be drawn. */
static bool draw_path(struct drawing *drawing, const struct report_impact *impact)
{
	const struct drawing before = *drawing;
	uint32_t last = 0;

	for (size_t i = 0; i < impact->path_count; i++) {
		uint32_t id;

		if (drawing->node_count == NODES_MAX || is_full(drawing))
			break;
		id = draw_node(drawing, &impact->path[i]->key);
		drawing->list[id].changed |= i == 0;
		if (i && id != last)
			draw_edge(drawing, last, id, impact->impact.upstream,
				i == REPORT_PATH_END ? impact->path_omitted : 0);
		last = id;
		if (i + 1 == impact->path_count && !is_full(drawing)) {
			if (drawing->list[id].effect < impact->impact.effect)
				drawing->list[id].effect = impact->impact.effect;
			return true;
		}
	}
	drawing->nodes.len = before.nodes.len;
	drawing->edges.len = before.edges.len;
	drawing->node_count = before.node_count;
	drawing->edge_count = before.edge_count;
	return false;
}

/* What changes is drawn even when nothing comes of it. */
static size_t draw_changes(struct drawing *drawing)
{
	const struct impact_report *report = drawing->report;

	for (size_t i = 0; i < report->change_count; i++) {
		struct node_key key = report->changes[i].dataset;
		uint32_t id;

		if (drawing->node_count == NODES_MAX || is_full(drawing))
			return i;
		key.field = report->changes[i].asked->change.column;
		key.kind = key.field.len ? NODE_FIELD : NODE_DATASET;
		id = draw_node(drawing, &key);
		drawing->list[id].changed = true;
	}
	return report->change_count;
}

static const char *const class_names[IMPACT_EFFECTS][2] = {
	{ "breaks", "fill:#f8d7da,stroke:#b02a37,color:#000" },
	{ "rows", "fill:#ffe5d0,stroke:#ca6510,color:#000" },
	{ "values", "fill:#fff3cd,stroke:#997404,color:#000" },
	{ "schema", "fill:#cfe2ff,stroke:#0a58ca,color:#000" },
	{ "stale", "fill:#e9ecef,stroke:#6c757d,color:#000" },
	{ "unknown", "fill:#e2d9f3,stroke:#59359a,color:#000,stroke-dasharray:4" },
	{ "unaffected", "fill:#d1e7dd,stroke:#146c43,color:#000" },
};

/* A class and the nodes that have it; one without nodes is not there. */
static void put_class(struct buf *buf, const struct drawing *drawing, const char *name,
	bool changed, enum impact_effect effect)
{
	bool any = false;

	for (uint32_t i = 0; i < drawing->node_count; i++) {
		const struct drawn_node *node = &drawing->list[i];

		if (node->changed != changed || (!changed && node->effect != effect))
			continue;
		buf_printf(buf, "%sn%" PRIu32, any ? "," : "\tclass ", i);
		any = true;
	}
	if (any)
		buf_printf(buf, " %s\n", name);
}

static void put_classes(struct buf *buf, const struct drawing *drawing)
{
	for (size_t i = 0; i < IMPACT_EFFECTS; i++)
		buf_printf(
			buf, "\tclassDef %s %s\n", class_names[i][0], class_names[i][1]);
	buf_str(buf, "\tclassDef changed stroke-width:4px\n");
	put_class(buf, drawing, "changed", true, EFFECT_NONE);
	for (size_t i = 0; i < IMPACT_EFFECTS; i++)
		put_class(buf, drawing, class_names[i][0], false, impact_effects[i]);
}

static void put_note(struct buf *buf, uint64_t count, const char *what)
{
	if (count)
		buf_printf(buf, "\tmore_%s[\"%" PRIu64 " more %s are not drawn\"]\n",
			what, count, what);
}

static void put_chart(struct buf *buf, const struct drawing *drawing)
{
	const struct impact_report *report = drawing->report;

	buf_str(buf, "flowchart LR\n\t%% ");
	words_coverage(buf, report);
	buf_byte(buf, '\n');
	buf_slice(buf, buf_get(&drawing->nodes));
	buf_slice(buf, buf_get(&drawing->edges));
	if (impact_cut_text(report))
		buf_printf(buf, "\tincomplete[\"%s\"]\n", impact_cut_text(report));
	if (report->coverage.lower_bound)
		buf_str(buf, "\tbound[\"There may be more than is drawn\"]\n");
	if (impact_is_narrowed(report)) {
		buf_str(buf, "\tnarrowed[\"");
		words_narrowed(buf, report);
		buf_str(buf, "\"]\n");
	}
}

static int draw(struct drawing *drawing, struct arena *arena, struct buf *buf)
{
	const struct report_impact **list;
	size_t changes = draw_changes(drawing);
	size_t count;
	size_t drawn = 0;
	int r = impact_worst_first(drawing->report, arena, &list, &count);

	if (r)
		return r;
	while (drawn < count && draw_path(drawing, list[drawn]))
		drawn++;
	put_chart(buf, drawing);
	put_note(buf, drawing->report->change_count - changes, "changes");
	put_note(buf, impact_affected(&drawing->report->counts) - drawn, "impacts");
	put_classes(buf, drawing);
	r = buf_error(&drawing->nodes);
	if (!r)
		r = buf_error(&drawing->edges);
	return r ? r : buf_error(buf);
}

int impact_render_mermaid(
	struct call *call, const struct impact_report *report, struct reply *reply)
{
	struct drawing drawing = { .report = report,
		.list = arena_array(call->arena, NODES_MAX, sizeof(*drawing.list)),
		.node_slots = arena_array(call->arena, SLOTS, sizeof(uint16_t)),
		.edge_slots = arena_array(call->arena, SLOTS, sizeof(uint32_t)) };
	int r;

	if (!drawing.list || !drawing.node_slots || !drawing.edge_slots)
		return ERR_NOMEM;
	buf_init(&drawing.nodes, REPLY_MAX);
	buf_init(&drawing.edges, REPLY_MAX);
	reply->media_type = "text/vnd.mermaid; charset=utf-8";
	r = draw(&drawing, call->arena, &reply->body);
	buf_fini(&drawing.nodes);
	buf_fini(&drawing.edges);
	return r;
}
