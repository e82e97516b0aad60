/* SPDX-License-Identifier: Apache-2.0 */

/*
 * marquez_zone.h - days as a time zone has them
 *
 * Zones are those of the system's database (tzdata), by their IANA names; UTC is
 * known without it.
 */
#pragma once

#include "base/arena.h"
#include "base/slice.h"

#include <stdint.h>

/* From a moment on the zone is so far ahead of UTC. */
struct mq_zone_rule {
	int64_t from_s;
	int32_t ahead_s;
};

struct mq_zone {
	struct mq_zone_rule *rules; /* by from_s; the first holds since ever */
	size_t count;
};

/* Into the arena.  Returns 0, or 1 when no such zone is known. */
NODISCARD int mq_zone_read(struct slice name, struct arena *arena, struct mq_zone *out);

/* The same from the bytes of a file (TZif, RFC 8536). */
NODISCARD int mq_zone_decode(struct slice file, struct arena *arena, struct mq_zone *out);

/* How far the zone is ahead of UTC then. */
int64_t mq_zone_ahead_us(const struct mq_zone *zone, int64_t us);

/*
 * A day: when it begins, and what its clocks show then, taken as if it were UTC.
 * days_before counts back from the day that us is in.
 */
struct mq_day {
	int64_t begin_us;
	int64_t shown_us;
};
struct mq_day mq_zone_day(const struct mq_zone *zone, int64_t us, int days_before);
