/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_page.h - what was found, with the names and facts that answers show
 */
#pragma once

#include "api/impact_found.h"

/*
 * The impacts from `offset` on, at most `limit` of them; for formats that show a
 * few, the worst of both horizons.
 */
NODISCARD int impact_page_impacts(struct impact_assets *assets,
	const struct impact_question *question, const struct impact_found *found,
	struct impact_report *out);

/* Owners, namespaces and depths. */
NODISCARD int impact_page_groups(struct impact_assets *assets,
	const struct impact_found *found, struct impact_report *out);

/* The changes, with who reads and writes what they are about. */
NODISCARD int impact_page_changes(struct impact_assets *assets,
	const struct impact_found *found, struct impact_report *out);

/* What was said of the question, and who writes what goes. */
NODISCARD int impact_page_notes(struct impact_assets *assets,
	const struct impact_question *question, const struct impact_found *found,
	struct impact_report *out);

/* The first hops that tell no columns. */
NODISCARD int impact_page_opaque(struct impact_assets *assets,
	const struct impact_found *found, struct impact_report *out);
