/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_meaning.h - which facets bear on the graph, and what one says
 *
 * A facet is known by its name and by what carries it.  Of some it only counts
 * here whether they are well-formed (their flows are read elsewhere); others do
 * something to the graph besides standing there.
 */
#pragma once

#include "graph/facets.h"

struct fold;

enum meaning {
	MEANING_CHECKED, /* well-formed, and nothing more */
	MEANING_OWNERS,
	MEANING_TAGS,
	MEANING_SYMLINKS,
	MEANING_LIFECYCLE,
	MEANING_PLANNED,
};

struct known_facet; /* a row of the table */

/* NULL: a facet that is kept as it is. */
const struct known_facet *known_facet_find(enum node_kind kind, struct slice name);

enum meaning known_facet_meaning(const struct known_facet *known);

/* Which member counts is told by the meaning. */
struct facet_said {
	struct ol_labels labels;
	struct ol_symlinks symlinks;
	struct ol_lifecycle lifecycle;
};

/*
 * Reads a facet into the fold's scratch.  Returns 1 when it is malformed.
 * Entries that were left out go to fold->odd, when nobody else counts them.
 */
NODISCARD int known_facet_read(struct fold *fold, const struct known_facet *known,
	struct slice bytes, struct facet_said *out);

/* The last facet of a name; NULL: there is none, or it is deleted. */
const struct ol_facet *facet_told(const struct ol_facets *facets, struct slice name);
