/* SPDX-License-Identifier: Apache-2.0 */

/*
 * export.h - the events between --from and --to, out of a directory or a server
 */
#pragma once

#include "collector/settings.h"

NODISCARD int export_from_directory(const struct settings *settings, struct fault *fault);
NODISCARD int export_from_server(const struct settings *settings, struct fault *fault);
