/* SPDX-License-Identifier: Apache-2.0 */

/*
 * random_events.h - sets of events that collide in every way we could think of
 *
 * Few names, few times, all facets that bear on the graph, some of them deleted
 * or malformed.  The same seed gives the same set.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SCRIPT_EVENTS 16

struct script {
	char *texts[SCRIPT_EVENTS]; /* malloc'd; as json_dumps() writes them, compact */
	int64_t received_us[SCRIPT_EVENTS];
	size_t count;
};

/* All events are between these times; `eventTime` of a few cannot be read. */
extern const int64_t script_begin_us;
extern const int64_t script_end_us;

void script_make(unsigned seed, struct script *out);
void script_free(struct script *script);
