/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_marquez.h - moving in: what a running Marquez has, over its API
 *
 * Its run events are read oldest first, a page at a time, and then what people
 * told it: owners and descriptions, sources, tags, and which namespaces are
 * hidden, each as a note with the time that Marquez gives it.  The same state
 * gives the same bytes, so that an import may be started again.
 */
#pragma once

#include "collector/import_sink.h"

struct progress;

/*
 * Adds all that settings->marquez has to the sink.  A fault's where is the
 * request that failed; settings must outlive the sink.
 */
NODISCARD int import_marquez(const struct settings *settings, struct import_sink *sink,
	struct progress *progress, struct fault *fault);
