/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_edge.h - what an edge of an answer is, in the words of answers
 */
#pragma once

#include "api/jsonw.h"
#include "graph/flow.h"
#include "graph/view.h"

struct edge_facts {
	const char *basis;	       /* "io", "product", "columns", ... */
	bool evidence[EVIDENCE_COUNT]; /* by enum evidence */
	uint32_t classes;	       /* enum flow_class, without forms and UNMASKED */
	bool masked;
};

/* flags and via are those of a lineage_edge of this level. */
void edge_facts_of(
	enum lineage_level level, node_id via, uint32_t flags, struct edge_facts *out);

/* "columnLineage" for CLASS_FORM_COLUMNS and so on; NULL when there are no classes. */
const char *flow_form_facet(uint32_t classes);

const char *view_change_text(enum view_change change);

/* Evidence, and classes, as words with blanks between. */
void edge_evidence_words(struct buf *buf, const struct edge_facts *facts);
void edge_class_words(struct buf *buf, const struct edge_facts *facts);

/* The members evidence, and classes and masked where there are any. */
void jsonw_evidence(struct jsonw *w, const bool evidence[EVIDENCE_COUNT]);
void jsonw_classes(struct jsonw *w, uint32_t classes);

/*
 * The member change of an edge in a diff, and before when it is told otherwise:
 * basis, evidence, classes and masked of the earlier time.
 */
void jsonw_edge_change(
	struct jsonw *w, enum lineage_level level, const struct view_edge *edge);

/* The members basis, evidence, classes and masked. */
void jsonw_edge_facts(struct jsonw *w, const struct edge_facts *facts);
