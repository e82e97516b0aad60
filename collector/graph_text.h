/* SPDX-License-Identifier: Apache-2.0 */

/*
 * graph_text.h - nodes and edges of an answer as lines for people
 */
#pragma once

#include "base/attr.h"

#include <jansson.h>
#include <stdio.h>

/*
 * One edge a line, "name  (namespace) -> name  (namespace)  basis", and nodes
 * without edges alone.  Of a diff, with '+' or '-' before what was added or
 * removed.  Returns 0, ERR_INVALID when the answer has no graph, or ERR_NOMEM.
 */
NODISCARD int graph_text_print(const json_t *answer, FILE *out);
