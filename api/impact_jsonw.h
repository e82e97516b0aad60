/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_jsonw.h - parts of an answer about impact, as JSON
 */
#pragma once

#include "api/impact_report.h"

/* A member with one effect; null: none. */
void jsonw_impact_effect(struct jsonw *w, const char *name, enum impact_effect effect);

/* The member "effects": those whose bits are set, worst first. */
void jsonw_impact_effects(struct jsonw *w, uint32_t effects);

/* A member with all effects and how often each is there. */
void jsonw_impact_counts(
	struct jsonw *w, const char *name, const struct report_counts *counts);

/* A member with the members of a key; null when its kind is 0. */
void jsonw_key_or_null(struct jsonw *w, const char *name, const struct node_key *key);

/* The member "until"; null: for good. */
void jsonw_waiver_until(struct jsonw *w, const struct waiver *waiver);

/* The members changes, suggestions, notes and waivers. */
void jsonw_impact_changes(struct jsonw *w, const struct impact_report *report);
NODISCARD int jsonw_impact_hints(
	struct jsonw *w, struct call *call, const struct impact_question *question);
NODISCARD int jsonw_impact_notes(
	struct jsonw *w, struct call *call, const struct impact_report *report);
void jsonw_impact_waivers(struct jsonw *w, const struct impact_report *report);
