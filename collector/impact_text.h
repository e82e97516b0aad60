/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_text.h - an answer about impact as a report for people
 */
#pragma once

#include "base/attr.h"

#include <jansson.h>
#include <stdio.h>

/*
 * Prints the answer of /api/v2/impact: the verdict, what changes, what it does by
 * horizon and effect, worst first, how much of it is known, and whom to tell.
 * Sentences are wrapped to the terminal, or to 80 columns; colours are for
 * terminals, unless NO_COLOR is set.  Returns 0, or ERR_INVALID when it is no
 * such answer.
 */
NODISCARD int impact_text_print(const json_t *answer, FILE *out);
