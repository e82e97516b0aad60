/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_origin.h - whether an effect comes of a writer that fails
 */
#pragma once

#include "graph/impact.h"

struct idset;

/*
 * Whether the path that explains it begins with a writer of what is changed.
 * Paths share their beginnings: what was found of each step is kept in known,
 * which is for one answer.
 */
NODISCARD int impact_is_by_writer(
	const struct impact *impact, struct idset *known, bool *out);
