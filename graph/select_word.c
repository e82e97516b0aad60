/* SPDX-License-Identifier: Apache-2.0 */

/*
 * select_word.c - the methods of a selector that take words, not patterns
 */
#include "graph/select_impl.h"

#include "base/clock.h"

#include <string.h>

#define SECOND_US INT64_C(1000000)
#define DAY_US	  (SECOND_US * 24 * 3600)

static int read_kind(struct select_atom *atom, struct slice word, struct fault *fault)
{
	if (node_kind_from_text(word, &atom->kind))
		return fault_set(fault, "", "kind: takes dataset, job or field");
	return 0;
}

struct edge_word {
	struct slice word;
	uint32_t edges;
};

static const struct edge_word edge_words[] = {
	{ { "observed", 8 }, EDGE_OBSERVED_NOW | EDGE_FLOW_OBSERVED_NOW },
	{ { "declared", 8 }, EDGE_DECLARED_NOW | EDGE_FLOW_DECLARED_NOW },
	{ { "inferred", 8 }, EDGE_FLOW_INFERRED_NOW },
	{ { "none", 4 }, 0 },
};

static int read_edges(struct select_atom *atom, struct slice word, struct fault *fault)
{
	for (size_t i = 0; i < ARRAY_LEN(edge_words); i++) {
		if (slice_equal(word, edge_words[i].word)) {
			atom->edges = edge_words[i].edges;
			return 0;
		}
	}
	return fault_set(fault, "", "edge: takes observed, declared, inferred or none");
}

/* Takes the digits at the front of a word; false: there are none, or too many. */
static bool take_number(struct slice *word, int64_t *out)
{
	int64_t value = 0;
	size_t i = 0;

	for (; i < word->len && word->ptr[i] >= '0' && word->ptr[i] <= '9'; i++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, word->ptr[i] - '0', &value))
			return false;
	}
	*word = slice_of(word->ptr + i, word->len - i);
	*out = value;
	return i > 0;
}

/* "30d" and the like. */
static bool read_duration(struct slice word, int64_t *out)
{
	static const char letters[] = "smhdw";
	static const int64_t units[] = { SECOND_US, SECOND_US * 60, SECOND_US * 3600,
		DAY_US, DAY_US * 7 };
	const char *letter;
	int64_t count;

	if (!take_number(&word, &count) || word.len != 1)
		return false;
	letter = memchr(letters, word.ptr[0], sizeof(letters) - 1);
	return letter && !__builtin_mul_overflow(count, units[letter - letters], out);
}

static bool read_interval(struct slice word, struct select_seen *seen)
{
	const char *slash = word.len ? memchr(word.ptr, '/', word.len) : NULL;
	struct slice from = word;
	struct slice to = word;
	int64_t last;
	int64_t first;

	if (slash) {
		from.len = (size_t)(slash - word.ptr);
		to = slice_of(slash + 1, word.len - from.len - 1);
	}
	return !time_parse_span(from, &seen->from_us, &last) &&
	       !time_parse_span(to, &first, &seen->to_us) && seen->from_us <= seen->to_us;
}

static int read_seen(struct select_atom *atom, struct slice word, struct fault *fault)
{
	struct select_seen *seen = &atom->seen;

	if (word.len && word.ptr[0] == '>') {
		seen->outside = true;
		word = slice_of(word.ptr + 1, word.len - 1);
	}
	seen->ago = read_duration(word, &seen->within_us);
	if (seen->ago || (!seen->outside && read_interval(word, seen)))
		return 0;
	return fault_set(fault, "",
		"seen: takes a time such as 30d, >30d, 2026-08-01 or "
		"2026-08-01/2026-08-31");
}

int select_read_word(struct select_atom *atom, struct slice word, struct fault *fault)
{
	switch (atom->method) {
	case METHOD_KIND:
		return read_kind(atom, word, fault);
	case METHOD_EDGE:
		return read_edges(atom, word, fault);
	case METHOD_SEEN:
		return read_seen(atom, word, fault);
	case METHOD_NAME:
	case METHOD_NS:
	case METHOD_FIELD:
	case METHOD_OWNER:
	case METHOD_TAG:
		break;
	}
	return 0;
}
