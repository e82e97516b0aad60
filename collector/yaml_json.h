/* SPDX-License-Identifier: Apache-2.0 */

/*
 * yaml_json.h - a YAML document as the JSON value that it stands for
 *
 * Scalars are resolved as YAML 1.2's core schema says: only plain ones are
 * anything but text, and `yes` or `012` are no exceptions.  An alias stands for
 * its anchor's value, which the tree then holds twice.  Refused are: a second
 * document, a key twice in one mapping, keys that are no scalars, merge keys
 * (<<), tags of one's own, U+0000, and what is deeper or larger than below,
 * with all aliases counted as if they were written out and long texts as several
 * nodes.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"

#include <jansson.h>

#define DOCUMENT_DEPTH_MAX 100
#define DOCUMENT_NODES_MAX ((size_t)1 << 20)

/*
 * Gives the value to the caller.  ERR_INVALID with a fault whose why begins with
 * the line, or ERR_NOMEM.  name stands for the input in the fault.
 */
NODISCARD int document_from_yaml(
	struct slice text, const char *name, json_t **out, struct fault *fault);
