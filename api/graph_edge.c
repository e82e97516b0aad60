/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_edge.c - what an edge of an answer is, in the words of answers
 */
#include "api/graph_edge.h"

static const uint32_t lane_now[EVIDENCE_COUNT] = {
	[EVIDENCE_OBSERVED] = EDGE_OBSERVED_NOW | EDGE_FLOW_OBSERVED_NOW,
	[EVIDENCE_DECLARED] = EDGE_DECLARED_NOW | EDGE_FLOW_DECLARED_NOW,
	[EVIDENCE_INFERRED] = EDGE_FLOW_INFERRED_NOW,
};

/* Of several forms, the one that says most. */
static const char *form_text(uint32_t flags)
{
	uint32_t classes = EDGE_CLASSES(flags);

	if (classes & CLASS_FORM_EXPLICIT)
		return "explicit";
	if (classes & CLASS_FORM_COLUMNS)
		return "columns";
	if (classes & CLASS_FORM_RENAME)
		return "rename";
	return (flags & EDGE_FLOW_NOW) == EDGE_FLOW_INFERRED_NOW ? "rename" : "explicit";
}

/* Datasets are joined by inputs and outputs through a job only. */
static bool is_product(enum lineage_level level, node_id via, uint32_t flags)
{
	return level == LEVEL_DATASET && (via || (flags & EDGE_IO_NOW));
}

void edge_facts_of(
	enum lineage_level level, node_id via, uint32_t flags, struct edge_facts *out)
{
	uint32_t classes = EDGE_CLASSES(flags);
	bool product = is_product(level, via, flags);

	for (int i = 0; i < EVIDENCE_COUNT; i++)
		out->evidence[i] = (flags & lane_now[i]) != 0;
	if (product)
		out->evidence[EVIDENCE_INFERRED] = true;
	out->classes = classes & ~(uint32_t)(CLASSES_FORM | CLASS_UNMASKED);
	/* What a job reads beside its flows it sees as it is. */
	out->masked = !product && !(flags & EDGE_IO_NOW) && flow_masked(classes);
	if (flags & EDGE_CONTAINS)
		out->basis = "contains";
	else if (product)
		out->basis = "product";
	else if (flags & EDGE_IO_NOW)
		out->basis = "io";
	else
		out->basis = form_text(flags);
}

const char *flow_form_facet(uint32_t classes)
{
	if (classes & CLASS_FORM_EXPLICIT)
		return "lineage";
	if (classes & CLASS_FORM_COLUMNS)
		return "columnLineage";
	if (classes & CLASS_FORM_RENAME)
		return "lifecycleStateChange";
	return flow_is_check(classes) ? "dataQualityAssertions" : NULL;
}

const char *view_change_text(enum view_change change)
{
	switch (change) {
	case VIEW_SAME:
		return "same";
	case VIEW_ADDED:
		return "added";
	case VIEW_REMOVED:
		return "removed";
	case VIEW_CHANGED:
		return "changed";
	}
	return "unknown";
}

static void put_word(struct buf *buf, size_t start, const char *word)
{
	if (buf->len > start)
		buf_byte(buf, ' ');
	buf_str(buf, word);
}

void edge_evidence_words(struct buf *buf, const struct edge_facts *facts)
{
	size_t start = buf->len;

	for (int i = 0; i < EVIDENCE_COUNT; i++) {
		if (facts->evidence[i])
			put_word(buf, start, evidence_text((enum evidence)i));
	}
}

void edge_class_words(struct buf *buf, const struct edge_facts *facts)
{
	size_t start = buf->len;

	for (unsigned bit = 0; flow_class_text(bit); bit++) {
		if (facts->classes >> bit & 1)
			put_word(buf, start, flow_class_text(bit));
	}
}

void jsonw_evidence(struct jsonw *w, const bool evidence[EVIDENCE_COUNT])
{
	jsonw_key(w, "evidence");
	jsonw_array(w);
	for (int i = 0; i < EVIDENCE_COUNT; i++) {
		if (evidence[i])
			jsonw_text(w, evidence_text((enum evidence)i));
	}
	jsonw_array_end(w);
}

void jsonw_classes(struct jsonw *w, uint32_t classes)
{
	uint32_t shown = classes & ~(uint32_t)(CLASSES_FORM | CLASS_UNMASKED);

	if (shown) {
		jsonw_key(w, "classes");
		jsonw_array(w);
		for (unsigned bit = 0; flow_class_text(bit); bit++) {
			if (shown >> bit & 1)
				jsonw_text(w, flow_class_text(bit));
		}
		jsonw_array_end(w);
	}
	if (flow_masked(classes)) {
		jsonw_key(w, "masked");
		jsonw_bool(w, true);
	}
}

void jsonw_edge_facts(struct jsonw *w, const struct edge_facts *facts)
{
	jsonw_key(w, "basis");
	jsonw_text(w, facts->basis);
	jsonw_evidence(w, facts->evidence);
	jsonw_classes(w, facts->classes | (facts->masked ? 0 : CLASS_UNMASKED));
}

void jsonw_edge_change(
	struct jsonw *w, enum lineage_level level, const struct view_edge *edge)
{
	struct edge_facts facts;

	jsonw_key(w, "change");
	jsonw_text(w, view_change_text(edge->change));
	if (edge->change != VIEW_CHANGED)
		return;
	edge_facts_of(level, edge->via, edge->before, &facts);
	jsonw_key(w, "before");
	jsonw_object(w);
	jsonw_edge_facts(w, &facts);
	jsonw_object_end(w);
}
