/* SPDX-License-Identifier: Apache-2.0 */

/*
 * document.h - a whole file as one JSON value
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

#include <jansson.h>

/*
 * Reads a file, or standard input when path is "-": as JSON when its first
 * character is { or [, else as YAML.  Gives the value to the caller.  What is
 * wrong (ERR_INVALID, ERR_TOO_LARGE) or cannot be read is told as a fault that
 * names the path.
 */
NODISCARD int document_read(const char *path, json_t **out, struct fault *fault);

/* The same of a file in JSON only, which may be far larger. */
NODISCARD int document_read_json(const char *path, json_t **out, struct fault *fault);
