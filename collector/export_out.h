/* SPDX-License-Identifier: Apache-2.0 */

/*
 * export_out.h - where exported events are written
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Writes one event: as a line to standard output, or, with a directory, as the
 * file DIR/SEQUENCE.json, which must not be there yet.
 */
NODISCARD int export_write(
	const char *dir, uint64_t sequence, struct slice raw, struct fault *fault);

/* Makes the directory when it is not there; dir may be NULL. */
NODISCARD int export_prepare(const char *dir, struct fault *fault);
