/* SPDX-License-Identifier: Apache-2.0 */

/*
 * compare.h - whether the engine says what the model says
 */
#pragma once

#include "base/buf.h"
#include "graph/graph.h"
#include "tests/model/model.h"

/*
 * Compares everything that both know: nodes' facets, lifecycle, aliases,
 * parents, labels and runs; then walks from every node at every level, now, as
 * of times and over windows that the seed chooses.  What they disagree about is
 * written to out, a line each, until there is about a page of it.
 */
void compare_all(const struct model *model, struct snapshot *snapshot, unsigned seed,
	struct buf *out);
