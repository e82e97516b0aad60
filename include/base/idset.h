/* SPDX-License-Identifier: Apache-2.0 */

/*
 * idset.h - a set of 64-bit ids, each with a 64-bit value
 *
 * An open-addressing table for "was this seen before, and what did we note of
 * it".  Grows by doubling up to a ceiling.  The id 0 is not a member.  One
 * thread at a time.
 */
#pragma once

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idset;

NODISCARD struct idset *idset_new(size_t max_members);
void idset_free(struct idset *set);
DEFINE_AUTO(idset, struct idset *, idset_free);

void idset_clear(struct idset *set);
size_t idset_count(const struct idset *set);

/*
 * Returns 0 when it was added, 1 when it was there (its value is replaced);
 * ERR_TOO_LARGE at the ceiling, ERR_NOMEM, ERR_INVALID for the id 0.
 */
NODISCARD int idset_put(struct idset *set, uint64_t id, uint64_t value);

/* Returns 0 and the value, or 1 when it is not a member. value_out or NULL. */
int idset_get(const struct idset *set, uint64_t id, uint64_t *value_out);

/* Returns 0 when it was removed, 1 when it was not a member. */
int idset_remove(struct idset *set, uint64_t id);
