/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_rule_words.c - the rules of docs/IMPACT.md as sentences
 */
#include "api/impact_words.h"

struct phrase {
	const char *word;
	const char *text;
};

/* The second half of a rule's id: how something takes from what changes. */
static const struct phrase uses[] = {
	{ "IDENTITY", "A column is copied from " },
	{ "TRANSFORMATION", "A column is computed from " },
	{ "AGGREGATION", "A column is aggregated from " },
	{ "FILTER", "Rows are filtered by " },
	{ "JOIN", "Rows are joined by " },
	{ "GROUP_BY", "Rows are grouped by " },
	{ "WINDOW", "A column is computed over a window of " },
	{ "CONDITIONAL", "A condition looks at " },
	{ "SORT", "Rows are sorted by " },
};

/* The first half: what became of that. */
static const struct phrase fates[] = {
	{ "drop", "a column that is gone" },
	{ "widen", "a column whose type is wider" },
	{ "grain", "a column whose type is wider, by which equal values may part" },
	{ "narrow", "a column whose type is narrower" },
	{ "retype", "a column whose type is another" },
	{ "nullable", "a column that may be null" },
	{ "values", "a column whose values change" },
	{ "mask", "a column that is masked" },
	{ "untold", "a column whose type is not understood" },
	{ "rows", "a dataset whose rows change" },
	{ "opaque", "what is not known" },
};

/* What may stand behind both. */
static const struct phrase tails[] = {
	{ "sole", ", and from nothing else" },
	{ "typed", ", and has a type of its own" },
};

static const struct phrase others[] = {
	{ "change", "This is what is changed." },
	{ "fail/reader", "A job reads a column that is gone or takes another type." },
	{ "fail/dataset", "A job reads a dataset that is gone." },
	{ "fail/writer", "A job writes what the new schema refuses." },
	{ "opaque/reader", "A job reads the dataset and tells no columns of it." },
	{ "opaque/job", "A job tells no columns of what it reads and writes." },
	{ "opaque/flow", "Data flows between two datasets, and no columns are told." },
	{ "opaque/below", "It is below a job that may fail." },
	{ "stale/below", "It is below a job that fails, and is no longer refreshed." },
	{ "add/mirror", "A dataset takes all columns of the one that gets a new one." },
	{ "add/copy", "A dataset takes all columns there are today; whether it will take "
		      "a new one is not known." },
	{ "nested/in", "It is a field in a column that changes." },
	{ "nested/around", "It is a column around a field that changes." },
	{ "proved", "It is reached table by table, and by no column that changes." },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *find(const struct phrase *table, size_t count, struct slice word)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(slice_from(table[i].word), word))
			return table[i].text;
	}
	return NULL;
}

/* Cuts the word before the next slash off the front. */
static struct slice next_word(struct slice *rest)
{
	const char *slash = rest->len ? memchr(rest->ptr, '/', rest->len) : NULL;
	struct slice word = *rest;

	word.len = slash ? (size_t)(slash - rest->ptr) : rest->len;
	rest->len -= word.len + (slash ? 1 : 0);
	rest->ptr += word.len + (slash ? 1 : 0);
	return word;
}

bool words_rule(struct buf *buf, const char *rule)
{
	struct slice rest = slice_from(rule);
	const char *whole = find(others, COUNT(others), rest);
	const char *fate = find(fates, COUNT(fates), next_word(&rest));
	const char *use = find(uses, COUNT(uses), next_word(&rest));
	const char *tail = rest.len ? find(tails, COUNT(tails), rest) : "";
	bool known = whole || (fate && use && tail);

	if (whole)
		buf_str(buf, whole);
	else if (known)
		buf_printf(buf, "%s%s%s.", use, fate, tail);
	else
		buf_str(buf, rule);
	return known;
}
