/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_keep.h - what was found, taken out of its call to outlive it
 */
#pragma once

#include "api/impact_found.h"

/* Copies into the arena what the question and the engine's answer lent. */
NODISCARD int impact_found_detach(struct impact_found *found, struct arena *arena);
