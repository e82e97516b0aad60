/* SPDX-License-Identifier: Apache-2.0 */

/*
 * proposal_impl.h - a proposed schema, and what it may have renamed
 */
#pragma once

#include "graph/proposal.h"

/* A column that goes or comes. */
struct loose_column {
	const struct ol_column *column;
	struct slice path; /* as it stands */
};

struct loose_columns {
	struct loose_column *list;
	size_t count;
};

/* proposal_hint.c: which of those that go may be one of those that come. */
NODISCARD int proposal_guess(const struct loose_columns *gone,
	const struct loose_columns *come, struct arena *arena,
	struct proposal_changes *out);

/* How near two names are, the nearest first (proposal_name.c). */
enum name_likeness {
	NAMES_SPELLED,	   /* equal but for letter case and separators */
	NAMES_ABBREVIATED, /* word by word, one is the other in short */
	NAMES_CONTAINED,   /* all words of the one are in the other */
	NAMES_EDITED,	   /* a few letters differ */
	NAMES_DIFFERENT,
};
struct name_verdict {
	enum name_likeness likeness;
	unsigned distance; /* NAMES_EDITED: letters that differ */
};
struct name_verdict names_compare(struct slice a, struct slice b);
