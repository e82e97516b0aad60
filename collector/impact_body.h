/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_body.h - the body of a question about impact, out of files and options
 */
#pragma once

#include "collector/settings.h"

#include <jansson.h>

struct impact_body {
	json_t *json;  /* the caller's; NULL: the options name one change, for a GET */
	json_t *notes; /* what of a contract or manifests could not be asked: sentences */
	size_t untold; /* models of which nobody can say what changes */
};

/*
 * Makes the body for POST /api/v2/impact, and appends to notes.  ERR_INVALID with
 * a fault also when the options ask for nothing, or for more than one thing.
 */
NODISCARD int impact_body_read(
	const struct settings *settings, struct impact_body *out, struct fault *fault);
