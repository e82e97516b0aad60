/* SPDX-License-Identifier: Apache-2.0 */

/*
 * odcs.h - a data contract as proposed schemas
 *
 * Reads version 3 of the Open Data Contract Standard.  Of each object in
 * `schema` it takes what bears on impact: physical names, else names; physical
 * types; `required` and `primaryKey`, where they are told; nested properties,
 * and those of the items of lists below a field `_element`.  A logical type
 * says nothing of a column's width, so it is left out, with a note.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <jansson.h>

/* Whose the contract is, told on the command line; each may be NULL. */
struct odcs_naming {
	const char *server;    /* the one of `servers` that counts */
	const char *namespace; /* in place of what that server tells */
	const char *dataset;   /* the name of the one dataset */
};

/*
 * Appends to proposed what POST /api/v2/impact takes, one for each object, and
 * to notes what could not be understood, as sentences.  ERR_INVALID with a
 * fault, or ERR_NOMEM.
 */
NODISCARD int odcs_read(const json_t *contract, const struct odcs_naming *naming,
	json_t *proposed, json_t *notes, struct fault *fault);
