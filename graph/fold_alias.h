/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_alias.h - which names are one dataset, as symlinks come and go
 *
 * A name that several datasets claim belongs to the one whose facet is the
 * newest.  So a claimer's time matters, but only while its name is contested: a
 * call returns 1 then, and the memo must not skip what the facet does.
 *
 * The store is kept right by each call; the image's rings by aliases_flush(),
 * once for all that happened to a group since.
 */
#pragma once

#include "base/attr.h"
#include "graph/facets.h"

struct aliases;
struct fold;

NODISCARD int aliases_new(struct aliases **out);
void aliases_free(struct aliases *aliases);
DEFINE_AUTO(aliases, struct aliases *, aliases_free);

/* Sets the rings that are not right any more. */
NODISCARD int aliases_flush(struct fold *fold);

/* Forgets which those are. */
void aliases_clear(struct aliases *aliases);

/* So many identifiers of one facet count. */
#define ALIAS_CLAIMS_MAX 1000

/* Another facet stands for the claimer; one that is deleted claims nothing. */
NODISCARD int fold_alias_claim(
	struct fold *fold, node_id claimer, const struct ol_symlinks *symlinks);

/* The facet that stands was told again, maybe at a newer time. */
NODISCARD int fold_alias_again(struct fold *fold, node_id claimer);

/* A facet that does not stand: the names become nodes. */
NODISCARD int fold_alias_names(struct fold *fold, const struct ol_symlinks *symlinks);

/* A new field, or a new whole, in the store and in the image. */
NODISCARD int fold_alias_field(struct fold *fold, node_id id);
