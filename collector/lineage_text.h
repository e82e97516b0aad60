/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lineage_text.h - a lineage answer as two trees for people
 */
#pragma once

#include "base/attr.h"

#include <jansson.h>
#include <stdio.h>

/*
 * Prints the answer of GET /api/v2/lineage.  A node that stands in several
 * places is followed where it comes first and marked with "*" elsewhere.
 * Returns 0, ERR_INVALID when it is no such answer, or ERR_NOMEM.
 */
NODISCARD int lineage_text_print(const json_t *answer, FILE *out);
