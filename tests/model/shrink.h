/* SPDX-License-Identifier: Apache-2.0 */

/*
 * shrink.h - the least of an event that still shows something
 */
#pragma once

#include <stdbool.h>

/* Whether the event, written like this, still shows it. */
typedef bool shrink_shows(void *ctx, const char *text);

/*
 * Takes members and items away as long as what is left shows it.  Returns the
 * smaller text (malloc'd).  What every event needs stays: it can be read.
 */
char *shrink_event(const char *text, shrink_shows *shows, void *ctx);
