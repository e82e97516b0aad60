/* SPDX-License-Identifier: Apache-2.0 */

/*
 * folder.h - the names in a log's folder
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct folder {
	uint64_t *segments; /* first sequences, rising */
	size_t count;
	size_t cap;
	uint32_t dictionaries; /* the highest number */
};

void folder_fini(struct folder *folder);

/*
 * Lists the folder; other names in it are passed over.  clean: removes what
 * was being made when the last owner stopped.
 */
NODISCARD int folder_list(int dir, bool clean, struct folder *out);
