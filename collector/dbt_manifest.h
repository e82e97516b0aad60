/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dbt_manifest.h - what a branch of a dbt project changes
 *
 * Two manifests, of the main branch and of the changed one, become changes as
 * POST /api/v2/impact takes them.  Models, seeds and snapshots are matched by
 * their ids; a dataset is named DATABASE.SCHEMA.ALIAS, as dbt's events name it.
 * What goes away is dropped, unless another node makes that relation now; what
 * moves is renamed.  All columns are compared only where a contract is enforced
 * in both, since only then a manifest has them all; elsewhere and in sources
 * the types that both tell.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <jansson.h>

struct dbt_manifests {
	const json_t *before;
	const json_t *after;
	const char *namespace; /* of the datasets */
};

/* What manifests tell. */
struct dbt_told {
	json_t *changes;  /* appended to */
	json_t *notes;	  /* what was not compared, as sentences: appended to */
	size_t unchecked; /* changed models of whose columns not all were compared */
};

/*
 * ERR_INVALID with a fault when these are no two manifests of one target, or
 * ERR_NOMEM.
 */
NODISCARD int dbt_changes(const struct dbt_manifests *manifests, struct dbt_told *told,
	struct fault *fault);
