/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_action.h - what to do about an impact, in a sentence
 */
#pragma once

#include "graph/impact.h"

/* A static sentence, of an impact on a node of this kind that the change has. */
const char *impact_action(const struct impact *impact, enum node_kind kind,
	const struct impact_change *change);
