/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_reader.h - JSON text of facets -> what include/graph/facets.h says
 *
 * As the event reader: one pass, no tree, names are slices of the facet's bytes
 * (of the arena, where they had escapes).  Time is linear in the bytes.  Beside
 * its results a call takes from the arena what it needs on the way: of column
 * lineage eight bytes for each pair of columns, and what names each column once.
 *
 * null is as good as missing, unless docs/SEMANTICS.md calls the facet
 * malformed then; unknown members are passed over.  A facet that says
 * "_deleted": true is not for these calls.
 */
#pragma once

#include "graph/facets.h"

extern const struct facet_reader facet_reader_json;
