/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_terms.c - the words of answers about impact
 */
#include "api/impact_report.h"

const enum impact_effect impact_effects[IMPACT_EFFECTS] = {
	EFFECT_BREAKS,
	EFFECT_CHANGES_ROWS,
	EFFECT_CHANGES_VALUES,
	EFFECT_CHANGES_SCHEMA,
	EFFECT_STALE,
	EFFECT_UNKNOWN,
	EFFECT_UNAFFECTED,
};

unsigned impact_effect_place(enum impact_effect effect)
{
	unsigned place = 0;

	while (place < IMPACT_EFFECTS - 1 && impact_effects[place] != effect)
		place++;
	return place;
}

const char *impact_verdict_text(enum impact_verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return "pass";
	case VERDICT_REVIEW:
		return "review";
	case VERDICT_BLOCK:
		return "block";
	}
	return "unknown";
}

const char *impact_horizon_text(enum impact_horizon horizon)
{
	switch (horizon) {
	case HORIZON_FAIL_STOP:
		return "fail_stop";
	case HORIZON_FIX_FORWARD:
		return "fix_forward";
	}
	return "unknown";
}

const char *impact_certainty_text(enum impact_certainty certainty)
{
	switch (certainty) {
	case CERTAIN_OBSERVED:
		return "observed";
	case CERTAIN_DECLARED:
		return "declared";
	case CERTAIN_INFERRED:
		return "inferred";
	}
	return "unknown";
}
