/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_path.h - the explaining paths that answers about impact show
 *
 * Paths share their beginnings: each step is looked at, and named, once a page.
 */
#pragma once

#include "api/impact_asset.h"
#include "api/impact_report.h"

struct impact_paths {
	struct impact_assets *assets;
	struct idset *steps; /* by address: what is known of a step */
};

NODISCARD int impact_paths_init(struct impact_paths *paths, struct impact_assets *assets);
void impact_paths_fini(struct impact_paths *paths);

/* Fills in the path of an impact: of a long one both ends, REPORT_PATH_END each. */
NODISCARD int impact_path_fill(struct impact_paths *paths, struct report_impact *out);
