/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_words.h - parts of an answer about impact as words
 *
 * The formats that people read share them; each brings its own escapes.
 */
#pragma once

#include "api/escape.h"
#include "api/impact_report.h"

struct words {
	struct buf *buf;
	escape_ascii *escape;
	size_t name_max; /* bytes of a name; the rest is left out, visibly */
};

/* NULL for each character: as it is. */
escape_ascii escape_none;

/* Text from outside. */
void words_name(const struct words *words, struct slice name);

/* "NAMESPACE:NAME", with ".COLUMN" behind that of a field. */
void words_node(const struct words *words, const struct node_key *key);

/* "drop_column NAMESPACE:NAME.COLUMN", and the new name or type behind it. */
void words_change(const struct words *words, const struct report_change *change);

/* Names with "; " between; the first most of them, and how many more there are. */
void words_owners(
	const struct words *words, const struct report_impact *impact, size_t most);

/*
 * Nodes with " > " between, from the change on; of more than most of them, which is
 * one or more, those in the middle are left out, visibly.
 */
void words_path(
	const struct words *words, const struct report_impact *impact, size_t most);

/* Until when a waiver holds, and why: "until 2026-08-01T...: REASON". */
void words_waiver(const struct words *words, const struct waiver *waiver);

/* Sentences about what was not asked for (impact_is_narrowed()); without names. */
void words_narrowed(struct buf *buf, const struct impact_report *report);

/* A sentence about what is known column by column, and those; without names. */
void words_coverage(struct buf *buf, const struct impact_report *report);

/*
 * What a rule says, as a sentence.  False when nothing is known of it: its id is
 * written.
 */
bool words_rule(struct buf *buf, const char *rule);

/* Those with an effect, which UNAFFECTED is not. */
uint64_t impact_affected(const struct report_counts *counts);

/* Impacts of the whole result that are not in the report. */
uint64_t impact_left_out(const struct impact_report *report);

/*
 * The impacts of the report that have an effect, worst first and else in its order.
 * The list is in the arena; ERR_NOMEM without memory.
 */
NODISCARD int impact_worst_first(const struct impact_report *report, struct arena *arena,
	const struct report_impact ***list_out, size_t *count_out);

/* A sentence about what ended the search early; NULL: nothing did. */
const char *impact_cut_text(const struct impact_report *report);

/* Some effect blocks, and nobody agreed to it. */
bool impact_fails(const struct impact_report *report, const struct report_impact *impact);

/* The change that an impact is of. */
const struct report_change *impact_change_of(
	const struct impact_report *report, const struct report_impact *impact);
