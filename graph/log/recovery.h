/* SPDX-License-Identifier: Apache-2.0 */

/*
 * recovery.h - from the files of a log to its state
 */
#pragma once

#include "base/attr.h"

struct eventlog;
struct fault;

/*
 * Finds segments and dictionaries, checks how they belong together, reads the
 * newest segment frame by frame and cuts its torn tail.  log->dir and
 * log->options are set; the rest of log is filled in.
 */
NODISCARD int recovery_run(struct eventlog *log, const char *path, struct fault *fault);
