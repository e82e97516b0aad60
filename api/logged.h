/* SPDX-License-Identifier: Apache-2.0 */

/*
 * logged.h - single events of the log, read again
 */
#pragma once

#include "api/call.h"

/*
 * Reads events by number.  What an event points to is valid until the next one
 * is read.
 */
struct logged;

NODISCARD int logged_new(struct call *call, struct logged **out);
void logged_free(struct logged *logged);
DEFINE_AUTO(logged, struct logged *, logged_free);

/* Returns 0, or 1 when the event is in the log no more. */
NODISCARD int logged_read(struct logged *logged, uint64_t sequence, struct ol_event *out);
