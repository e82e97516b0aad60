/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_samples.h - reports about impact, to be printed in every format
 *
 * All of a sample is in the arena.
 */
#pragma once

#include "api/impact_report.h"

enum impact_sample {
	SAMPLE_PLAIN,	/* two changes: every effect, both horizons, a waiver */
	SAMPLE_HOSTILE, /* the same with names that mean something to the formats */
	SAMPLE_LONG,	/* the same with names of 4 KB */
	SAMPLE_MANY,	/* 3 000 impacts, 1 000 changes, 500 owners, long names */
	SAMPLE_CUT,	/* the search and the page were cut */
	SAMPLE_NONE,	/* a change that hits nothing */
	SAMPLE_NOTHING, /* no change */
};
#define SAMPLES 7

/* "plain" and so on. */
const char *impact_sample_text(enum impact_sample sample);

/* NULL without memory. */
struct impact_report *impact_sample_new(enum impact_sample sample, struct arena *arena);

/* Names that a format might take for its own, one for each place. */
#define HOSTILE_NAMESPACE                                                      \
	"=cmd|'/c calc'!A1 \"quoted\",<script>alert(1)</script> @everyone\r\n" \
	"<!-- headwater-impact -->"
#define HOSTILE_NAME                                                        \
	"``a```|b|[x](http://example.org){0}&amp;]]>--!>\n| c | #1 \\|\xff" \
	"\xed\xa0\x80\xef\xbf\xbf\x01\x1b[31m\xf0\x9f\x92\xa5\""
#define HOSTILE_FIELD "`%%{init: {}}%%`;end\n\tn0 --> n1\"]:::x@me"
