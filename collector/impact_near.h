/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_near.h - what a question that was refused may have been meant to be
 */
#pragma once

#include "collector/settings.h"

#include <jansson.h>

/*
 * After a question was refused: writes to standard error what the part of it says
 * that was at fault.  When there is no such dataset (missing): which one that is,
 * and a few that have its last word in their names.  body: the question's, or
 * NULL; where: the fault's place in it.
 */
void impact_near_print(const struct settings *settings, const json_t *body,
	const char *where, bool missing);
