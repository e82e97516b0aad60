/* SPDX-License-Identifier: Apache-2.0 */

/*
 * runid.h - the identity of a run in 16 bytes
 *
 * OpenLineage says UUID, and clients write it in every form that a UUID has:
 * upper case, without hyphens, in braces, as urn:uuid.  All of them are one
 * run.  Anything else is a run too: its bytes become a UUID of version 5, and
 * whoever keeps the run keeps the text as well.
 */
#pragma once

#include "base/slice.h"

#include <stdint.h>

#define RUNID_TEXT_MAX 37

struct runid {
	uint8_t bytes[16];
};

/*
 * Returns 0 when text is a UUID in one of its forms, 1 when it is not and the
 * id was derived from its bytes; out is filled in either way.
 */
int runid_from_text(struct slice text, struct runid *out);

/* Lower case with hyphens, NUL-terminated; returns text. */
char *runid_format(const struct runid *id, char text[RUNID_TEXT_MAX]);

/* A fresh one, random (version 4). */
void runid_random(struct runid *out);

static inline int runid_compare(const struct runid *a, const struct runid *b)
{
	return __builtin_memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}
