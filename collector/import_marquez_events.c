/* SPDX-License-Identifier: Apache-2.0 */

/*
 * import_marquez_events.c - the run events of a Marquez, oldest first
 *
 * A page begins at the time at which the one before it ended, so that no page
 * costs Marquez more than another, and an event that arrives meanwhile moves
 * none.  Those of that one time come twice; they are stored once.  Only when a
 * whole page is of one time do we go on within it by count.
 */
#include "collector/import_marquez_impl.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/idset.h"
#include "collector/ask.h"
#include "collector/json_nulls.h"
#include "collector/json_part.h"

#define EVENTS_A_PAGE 100

/* Without it Marquez leaves out what is dated 2030 or later. */
#define BEFORE "9999-01-01T00:00:00Z"

/* Where the next page begins. */
struct place {
	int64_t after_us;
	uint64_t offset;
	unsigned limit;
};

static int get_page(struct marquez *m, const struct place *place, struct slice *events)
{
	char after[TIME_TEXT_MAX];

	buf_clear(&m->target);
	buf_printf(&m->target,
		"/api/v1/events/lineage?sortDirection=asc&limit=%u&offset=%llu"
		"&after=%s&before=" BEFORE,
		place->limit, (unsigned long long)place->offset,
		time_format(place->after_us, after));
	return marquez_page(m, "events", events);
}

static void read_total(struct marquez *m)
{
	struct slice value;
	uint64_t total = 0;

	if (m->total || !part_member(buf_get(&m->body), "totalCount", &value))
		return;
	for (size_t i = 0; i < value.len && i < 18; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return;
		total = total * 10 + (uint64_t)(value.ptr[i] - '0');
	}
	m->total = total;
}

uint64_t marquez_job_hash(struct slice namespace, struct slice name)
{
	uint64_t hash = hash64_seeded(name, hash64(namespace));

	return hash ? hash : 1;
}

static int remember_job(struct marquez *m, struct slice event)
{
	struct slice namespace;
	struct slice name;
	struct slice job;
	int r;

	if (!part_member(event, "job", &job))
		return 0;
	r = marquez_text(m, job, "namespace", &namespace);
	if (!r)
		r = marquez_text(m, job, "name", &name);
	if (r || !namespace.ptr || !name.ptr)
		return r;
	r = idset_put(m->told, marquez_job_hash(namespace, name), 0);
	return r < 0 ? r : 0;
}

/* Its time is the newest until now, if it has one that can be read. */
static int add_event(struct marquez *m, struct slice event, int64_t *last_us)
{
	struct slice text;
	int64_t time_us;
	int r = marquez_text(m, event, "eventTime", &text);

	if (r)
		return r;
	if (text.ptr && !time_parse(text, &time_us)) {
		*last_us = time_us;
		if (time_us > m->newest_us)
			m->newest_us = time_us;
	}
	r = remember_job(m, event);
	if (r)
		return r;
	json_copy_without_nulls(event, &m->text);
	return marquez_add(m);
}

/* Adds a page; *count is 0 behind the last one. */
static int add_page(struct marquez *m, struct place *place, uint64_t *count)
{
	int64_t last_us = place->after_us;
	struct json_parts parts;
	struct slice events;
	struct slice event;
	int r = get_page(m, place, &events);

	*count = 0;
	if (r)
		return r;
	read_total(m);
	parts_init(&parts, events);
	while (!r && parts_next(&parts, &event)) {
		r = add_event(m, event, &last_us);
		(*count)++;
	}
	if (last_us > place->after_us) {
		place->after_us = last_us;
		place->offset = 0;
	} else {
		place->offset += *count;
	}
	return r;
}

int marquez_events(struct marquez *m)
{
	struct place place = { .limit = EVENTS_A_PAGE };
	uint64_t count = 1;
	int r = 0;

	while (!r && count > 0) {
		r = add_page(m, &place, &count);
		/* A few events can be very large. */
		if (r == ERR_TOO_LARGE && place.limit > 1) {
			memset(m->fault, 0, sizeof(*m->fault));
			place.limit /= 2;
			count = 1;
			r = 0;
		}
	}
	return r;
}
