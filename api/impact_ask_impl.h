/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_ask_impl.h - a question about impact, while it is read
 */
#pragma once

#include "api/bodyin.h"
#include "api/impact_ask.h"

/*
 * The options that body and query both may have: adds those of the body to the
 * parameters, as if they had been there (impact_options.c).  Faults are the body's.
 */
NODISCARD int impact_options_of_body(
	struct body *body, const struct body_at *top, struct params *p);

/* What the options say.  Faults are those of p. */
NODISCARD int impact_options_read(
	struct call *call, struct params *p, struct impact_question *out);

/* "BREAKS" and so on: one effect, or EFFECT_NONE when the text is none. */
enum impact_effect impact_effect_from_text(struct slice text);

/* The list of waivers at a place (impact_waivers.c); 1 when the reply says what is
 * wrong. */
NODISCARD int impact_waivers_read(struct call *call, struct reply *reply,
	const struct body_at *at, struct impact_question *out);

#define IMPACT_OPTION_RULES                                                          \
	TIME_RULES, { "evidence", 1 }, { "direction", 1 }, { "horizons", 1 },        \
		{ "exclude", 1 }, { "groupBy", 1 }, { "limit", 1 }, { "cursor", 1 }, \
		{ "failOn", 1 }, { "format", 1 },                                    \
	{                                                                            \
		"artifact", 1                                                        \
	}
