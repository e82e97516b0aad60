/* SPDX-License-Identifier: Apache-2.0 */

/*
 * settings_file.h - settings from a configuration file
 */
#pragma once

#include "collector/settings.h"

/*
 * Reads a JSON object of settings by name: strings, numbers, booleans.  One
 * file may serve all commands: members for others are passed over.
 */
NODISCARD int settings_read_file(unsigned command, const char *path,
	struct settings *settings, struct fault *fault);

/* Sets one from its text; where names it in a fault.  The text is borrowed. */
NODISCARD int settings_set(struct settings *settings, const struct setting *row,
	const char *where, const char *text, struct fault *fault);

/* The row of this name that the command knows, else another one; or NULL. */
const struct setting *settings_find(unsigned command, const char *name, size_t len);
